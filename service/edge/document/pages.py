"""Pages about the API: a renderer of the document where it was fetched, and pages without scripts, one a group.

The renderer is Stoplight Elements, which `scripts/fetch-models` fetches as an npm package and we serve ourselves.
"""

import sys
import threading
from pathlib import Path
from typing import Any, cast

from apiflask import APIFlask
from flask import Response, render_template, request

from foundation.errors import NotFound
from service.edge.access import public
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall
from service.edge.document.plain import groups_of

DOCUMENT = "/api/openapi.json"
ELEMENTS = Path(sys.prefix) / "models" / "elements-9.0.25"
FILES = {"web-components.min.js": "text/javascript; charset=utf-8", "styles.min.css": "text/css; charset=utf-8"}
_STYLED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# The hash is of the one style that Elements sets within a picture, its maker's mark.
_SCRIPTED = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-MBVp6JYxbC/wICelYC6eULCRpgi9kGezXXSaq/TS2+I='; "
    "connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)


class _PlainPages:
    """The pages without scripts, made once: it takes a second, so a client must not cause it again and again."""

    def __init__(self, app: APIFlask) -> None:
        self._app, self._turn = app, threading.Lock()
        self._contents = ""
        self._by_slug: dict[str, str] = {}

    def contents(self) -> str:
        """Return the table of contents."""
        self._make()
        return self._contents

    def group(self, slug: str) -> str:
        """Return the page of a group. Raises NotFound."""
        self._make()
        if slug not in self._by_slug:
            raise NotFound
        return self._by_slug[slug]

    def _make(self) -> None:
        with self._turn:
            if self._contents:
                return
            document = cast(dict[str, Any], self._app.spec)
            groups = groups_of(document)
            for group in groups:
                self._by_slug[group.slug] = render_template("docs_group.html", home=DOCUMENT, group=group)
            self._contents = render_template("docs.html", home=DOCUMENT, spec=document, groups=groups)


def install(app: APIFlask) -> None:
    """Add the pages to `app`."""
    elements, plain = ELEMENTS, _PlainPages(app)

    @app.get("/api/docs")
    @app.doc(hide=True)
    @public
    @refuses()
    def docs(call: PublicCall) -> Response:
        """Show all calls as a page for people: by the renderer, or without scripts where it is missing."""
        if not all((elements / name).is_file() for name in FILES):
            return _page(plain.contents(), _STYLED)
        return _page(render_template("docs_elements.html", home=DOCUMENT), _SCRIPTED)

    @app.get("/api/docs/groups")
    @app.doc(hide=True)
    @public
    @refuses()
    def docs_groups(call: PublicCall) -> Response:
        """Show the table of contents of the pages without scripts."""
        return _page(plain.contents(), _STYLED)

    @app.get("/api/docs/groups/<slug>")
    @app.doc(hide=True)
    @public
    @refuses("not_found")
    def docs_group(call: PublicCall, slug: str) -> Response:
        """Show the calls of one group as a page without scripts."""
        return _page(plain.group(slug), _STYLED)

    @app.get("/api/docs/files/<name>")
    @app.doc(hide=True)
    @public
    @refuses("not_found")
    def docs_file(call: PublicCall, name: str) -> Response:
        """Give a file of the renderer."""
        if name not in FILES or not (elements / name).is_file():
            raise NotFound
        return _file(elements / name, FILES[name])

    @app.get("/api/problems")
    @app.doc(hide=True)
    @public
    @refuses()
    def problem_page(call: PublicCall) -> Response:
        """Show all error codes as a page for people."""
        return _page(render_template("problems.html", home=DOCUMENT, problems=PROBLEMS), _STYLED)


def _page(content: str, policy: str) -> Response:
    page = Response(content, content_type="text/html; charset=utf-8")
    page.headers["Content-Security-Policy"] = policy
    return page


def _file(path: Path, content_type: str) -> Response:
    """Return a file, compressed where its compressed copy is there and the client takes it."""
    packed = path.with_name(f"{path.name}.gz")
    is_packed = packed.is_file() and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response((packed if is_packed else path).read_bytes(), content_type=content_type)
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["Vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    return cast(Response, response.make_conditional(request))
