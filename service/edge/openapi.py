"""The OpenAPI 3.1 document at /api/openapi.json, and two pages for people from the same data."""

import threading
from typing import Any, cast

from apiflask import APIFlask
from flask import render_template

from service.edge.access import public
from service.edge.calls import PublicCall
from service.edge.document.making import complete
from service.edge.problem_catalogue import PROBLEMS
from service.edge.refusals import refuses

_DOCUMENT = "/api/openapi.json"
OPTIONS: dict[str, Any] = {
    "spec_path": "/openapi.json",
    "openapi_blueprint_url_prefix": "/api",
    "docs_path": None,  # the library's pages load scripts from other servers; ours have none
}


def install(app: APIFlask) -> None:
    """Add the document and the two pages to `app`."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_SERVERS=False,
        SECURITY_SCHEMES={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        DESCRIPTION="继续医学教育：签到、学分与证书。Errors are RFC 9457 problems, in Chinese or English."
        " Accept-Language chooses the language.",
    )

    turn, made = threading.Lock(), list[str]()

    @app.spec_processor
    def mend(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        return complete(app, cast(dict[str, Any], spec))

    @app.get("/api/docs")
    @app.doc(hide=True)
    @public
    @refuses()
    def docs(call: PublicCall) -> Any:
        """Show all calls as a page for people."""
        with turn:  # built once: it takes a second of CPU, so a client must not cause it again and again
            if not made:
                spec = cast(dict[str, Any], app.spec)
                made.append(render_template("docs.html", home=_DOCUMENT, spec=spec, calls=_calls(spec)))
        return _page(app, made[0])

    @app.get("/api/problems")
    @app.doc(hide=True)
    @public
    @refuses()
    def problem_page(call: PublicCall) -> Any:
        """Show all error codes as a page for people."""
        return _page(app, render_template("problems.html", home=_DOCUMENT, problems=PROBLEMS))

    show_spec = app.view_functions["openapi.spec"]
    app.view_functions["openapi.spec"] = public(refuses()(lambda call: show_spec()))


def _page(app: APIFlask, content: str) -> Any:
    page = app.make_response(content)
    page.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return page


def _calls(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method.upper(), path, call) for path, methods in spec["paths"].items() for method, call in methods.items()]
