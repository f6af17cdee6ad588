"""The OpenAPI 3.1 document at /api/openapi.json, and pages for people from the same data."""

from typing import Any, cast

from apiflask import APIFlask

from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.document import pages
from service.edge.document.making import complete

OPTIONS: dict[str, Any] = {
    "spec_path": "/openapi.json",
    "openapi_blueprint_url_prefix": "/api",
    "docs_path": None,  # the library's pages load scripts from other servers; ours have none
}


def install(app: APIFlask) -> None:
    """Add the document and the pages to `app`."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_SERVERS=False,
        SECURITY_SCHEMES={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        DESCRIPTION="继续医学教育：签到、学分与证书。Errors are RFC 9457 problems, in Chinese or English."
        " Accept-Language chooses the language.",
    )

    @app.spec_processor
    def finish(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        return complete(app, cast(dict[str, Any], spec))

    pages.install(app)
    show_spec = app.view_functions["openapi.spec"]
    app.view_functions["openapi.spec"] = public(refuses()(lambda call: show_spec()))
