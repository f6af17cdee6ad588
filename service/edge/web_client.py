"""Serves the web client: files that `scripts/build-web` made, each with its compressed copies beside it.

The pages of the client are one file, the shell; which page is shown, its script decides by the path. Where nothing was
built, none of these paths exists, and the pages without scripts stay.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import Response, make_response, request

from foundation.errors import NotFound
from service.edge.access import public
from service.edge.calls import PublicCall
from service.edge.problems import speaks_english
from service.edge.refusals import refuses

SHELL_PATHS = (
    "/", "/sign-in", "/scan", "/check-in", "/enrol", "/history", "/credits", "/compliance", "/openings",
    "/certificates", "/claims", "/profile", "/privacy", "/notices", "/my-code", "/where", "/more", "/sign-ins",
    "/second-factor", "/forgotten", "/kiosk", "/reviews", "/room",
    "/room/<path:session>", "/projects/<path:project>", "/screen/<token>",
)  # fmt: skip
"""The paths of the client's pages, as in web/src/router.ts."""
DEMO_PATHS = ("/dev/components", "/dev/phone")
"""Pages for those who try it out: all components, and tests of the phone in hand."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_CODINGS = (("br", ".br"), ("gzip", ".gz"))
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class WebFile:
    """A built file. bodies: its bytes by content coding; tag: the ETag of its content."""

    content_type: str
    bodies: dict[str, bytes]
    tag: str


def is_built(folder: Path | None) -> bool:
    """Return whether the client was built into `folder`."""
    return folder is not None and (folder / "index.html").is_file()


def install(app: APIFlask, folder: Path, *, is_demo: bool) -> None:
    """Add the client in `folder` to `app`. Its paths come before those of the pages without scripts."""
    read = lru_cache(maxsize=512)(lambda name: _read(folder, name))

    def shell(call: PublicCall, **_: Any) -> Response:
        """Show the client. The shell is in the language that the browser prefers, as its script then is."""
        return _answer(read("index.html"), _ASK_AGAIN, _in_language)

    def asset(call: PublicCall, name: str) -> Response:
        """Show a built file. Its name changes with its content, so it may be kept for ever."""
        return _answer(read(f"assets/{name}"), _FOREVER)

    def root_file(call: PublicCall) -> Response:
        """Show a file whose name stays the same: the service worker, the icon, the manifest."""
        return _answer(read(request.path[1:]), _ASK_AGAIN)

    for path in (*SHELL_PATHS, *(DEMO_PATHS if is_demo else ())):
        _add(app, path, "web_shell", shell)
    for path in ("/sw.js", "/icon.svg", "/app.webmanifest"):
        _add(app, path, "web_file", root_file)
    _add(app, "/assets/<name>", "web_asset", asset)


def _add(app: APIFlask, path: str, name: str, view: Callable[..., Response]) -> None:
    if name not in app.view_functions:
        app.view_functions[name] = app.doc(hide=True)(public(refuses()(view)))
    app.add_url_rule(path, name, methods=["GET"])


def _read(folder: Path, name: str) -> WebFile:
    """Return a built file. Raises NotFound."""
    path = folder / name
    if path.suffix not in _TYPES or path.parent not in (folder, folder / "assets") or not path.is_file():
        raise NotFound
    plain = path.read_bytes()
    bodies = {"": plain}
    for coding, ending in _CODINGS:
        compressed = path.with_name(path.name + ending)
        if compressed.is_file():
            bodies[coding] = compressed.read_bytes()
    return WebFile(_TYPES[path.suffix], bodies, hashlib.sha256(plain).hexdigest()[:20])


def _answer(file: WebFile, cache: str, change: Callable[[bytes], bytes] | None = None) -> Response:
    """Return a file in a coding that the browser takes; one that is changed for the request goes uncompressed."""
    coding = "" if change else next((each for each, _ in _CODINGS if each in file.bodies and _takes(each)), "")
    body = change(file.bodies[""]) if change else file.bodies[coding]
    response = make_response(body)
    response.headers["Content-Type"] = file.content_type
    response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    response.headers["Vary"] = "Accept-Encoding, Accept-Language" if change else "Accept-Encoding"
    if coding:
        response.headers["Content-Encoding"] = coding
    response.set_etag(f"{file.tag}-{coding or hashlib.sha256(body).hexdigest()[:8]}")
    response.make_conditional(request)
    return response


def _takes(coding: str) -> bool:
    return request.accept_encodings[coding] > 0


def _in_language(html: bytes) -> bytes:
    """Return the shell in English where the browser prefers it. Chinese is what is built."""
    if not speaks_english():
        return html
    return html.replace(b'<html lang="zh-CN">', b'<html lang="en">').replace(
        '<span class="bar-name">继续医学教育</span>'.encode(), b'<span class="bar-name">CME</span>'
    )
