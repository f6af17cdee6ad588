"""Serves the web client: files that `scripts/build-web` made, each with its compressed copies beside it.

The pages of the client are one file, the shell; which page is shown, its script decides by the path. Where nothing was
built, none of these paths exists, and the pages without scripts stay.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import Response, make_response, request

from foundation.errors import NotFound
from service.configuration.naming import NameSettings
from service.edge.access import public
from service.edge.answers.problems import speaks_english
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall

SHELL_PATHS = (
    "/", "/sign-in", "/out-of-province", "/scan", "/check-in", "/enrol", "/history", "/credits", "/compliance",
    "/compliance/summary", "/summaries", "/openings", "/openings/<path:project>", "/applications", "/requests",
    "/certificates", "/claims", "/profile", "/phone", "/password", "/privacy", "/notices", "/my-code", "/where",
    "/more", "/sign-ins", "/second-factor", "/forgotten", "/kiosk", "/reviews", "/room", "/room/<session>",
    "/room/scan", "/room/attempts/<attempt>", "/room/settlements", "/room/settlements/<settlement>",
    "/faces", "/faces/resets", "/faces/people", "/faces/people/<person>", "/faces/cases/<case>",
    "/claims/<path:claim>", "/projects/<path:project>", "/screen/<token>",
)  # fmt: skip
"""The paths of the client's pages, as in web/src/router.ts."""
DEMO_PATHS = ("/dev/components", "/dev/phone")
"""Pages for those who try it out: all components, and tests of the phone in hand."""

_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
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
_MOST_OLDER = 5


@dataclass(frozen=True)
class WebFile:
    """A built file. bodies: its bytes by content coding; tag: the ETag of its content."""

    content_type: str
    bodies: dict[str, bytes]
    tag: str


def is_built(folder: Path | None) -> bool:
    """Return whether the client was built into `folder`."""
    return folder is not None and (folder / "index.html").is_file()


def install(app: APIFlask, folder: Path, names: NameSettings, logo: str | None, *, is_demo: bool) -> None:
    """Add the client in `folder` to `app`. Its paths come before those of the pages without scripts.

    names: how the app is called here; logo: the address of its logo.
    """
    read = lru_cache(maxsize=512)(lambda name: _read(folder, name))
    older = _older_builds(folder)
    told = _Told(names, logo)
    needed = _files_by_path(folder)
    shells = lru_cache(maxsize=256)(lambda english, files: told.shell(read("index.html"), english, files))
    manifests = lru_cache(maxsize=2)(lambda english: told.manifest(read("app.webmanifest"), english))

    def shell(call: PublicCall, **_: Any) -> Response:
        """Show the client. The shell is in the language that the browser prefers, as its script then is."""
        files = next((files for path, files in needed.items() if path.fullmatch(request.path)), ())
        return _answer(shells(speaks_english(), files), _ASK_AGAIN, "Accept-Encoding, Accept-Language")

    def manifest(call: PublicCall) -> Response:
        """Show what a phone wants to know when it keeps the app beside its others: names and icons."""
        return _answer(manifests(speaks_english()), _ASK_AGAIN, "Accept-Encoding, Accept-Language")

    def asset(call: PublicCall, name: str) -> Response:
        """Show a built file. Its name changes with its content, so it may be kept for ever.

        A page that was opened before an upgrade still finds the files of its own build, as long as that build is kept.
        """
        for build in (each for each in older if not (folder / "assets" / name).is_file()):
            if (build / "assets" / name).is_file():
                return _answer(_read(build, f"assets/{name}"), _FOREVER)
        return _answer(read(f"assets/{name}"), _FOREVER)

    def root_file(call: PublicCall) -> Response:
        """Show a file whose name stays the same: the service worker, the icons, what each page needs."""
        return _answer(read(request.path[1:]), _ASK_AGAIN)

    for path in (*SHELL_PATHS, *(DEMO_PATHS if is_demo else ())):
        _add(app, path, "web_shell", shell)
    for path in ("/sw.js", "/icon.svg", "/icon-512.png", "/too-old.js", "/pages.json", "/licenses.md"):
        _add(app, path, "web_file", root_file)
    _add(app, "/app.webmanifest", "web_manifest", manifest)
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


def _older_builds(folder: Path) -> list[Path]:
    """Return the builds beside this one that `scripts/build-web` made before, newest first."""
    beside = folder.resolve().parent.glob("web-*") if folder.name.startswith("web-") else ()
    builds = [each for each in beside if each.name != folder.name and is_built(each)]
    return sorted(builds, key=lambda each: each.stat().st_mtime, reverse=True)[:_MOST_OLDER]


def _files_by_path(folder: Path) -> Mapping[re.Pattern[str], Sequence[str]]:
    """Return the files that each page needs beside the first ones, by the pattern of its path."""
    listed = folder / "pages.json"
    if not listed.is_file():
        return {}
    found: dict[str, list[str]] = json.loads(listed.read_text(encoding="utf-8"))
    return {re.compile(re.sub(r":\w+", "[^/]+", path)): tuple(files) for path, files in found.items()}


def _answer(file: WebFile, cache: str, vary: str = "Accept-Encoding") -> Response:
    """Return a file in a coding that the browser takes."""
    coding = next((each for each, _ in _CODINGS if each in file.bodies and _takes(each)), "")
    response = make_response(file.bodies[coding])
    response.headers["Content-Type"] = file.content_type
    response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    response.headers["Vary"] = vary
    if coding:
        response.headers["Content-Encoding"] = coding
    response.set_etag(f"{file.tag}-{coding}")
    response.make_conditional(request)
    return response


def _takes(coding: str) -> bool:
    return request.accept_encodings[coding] > 0


@dataclass(frozen=True)
class _Told:
    """What the files of a build say of this installation. logo: the address of its logo."""

    names: NameSettings
    logo: str | None

    def shell(self, built: WebFile, english: bool, files: Sequence[str]) -> WebFile:
        """Return the shell in a language, with the names and the logo. It is built in Chinese, with our names.

        files: what the page needs; the browser fetches it at once, and not only when the first script has run.
        """
        html, names = built.bodies[""].decode(), self.names
        name = escape(names.app_short_name_en if english else names.app_short_name)
        for before, after in (("<title>", "</title>"), ('<span class="bar-name">', "</span>")):
            html = html.replace(before + _BUILT_NAME + after, before + name + after)
        both = (("zh-CN", _BUILT_NAME, names.app_short_name), ("en", _BUILT_NAME_EN, names.app_short_name_en))
        for language, ours, theirs in both:
            meta = f'<meta name="application-name" lang="{language}" content="'
            html = html.replace(f'{meta}{ours}">', f'{meta}{escape(theirs)}">')
        tags = "".join(f'<link rel="modulepreload" crossorigin href="/{name}">' for name in files)
        html = html.replace("</head>", f"{tags}</head>", 1)
        if english:
            html = html.replace('<html lang="zh-CN"', '<html lang="en"')
        if self.logo is not None:
            html = html.replace("<html ", f'<html data-logo="{self.logo}" ', 1)
            html = html.replace('href="/icon.svg" type="image/svg+xml"', f'href="{self.logo}" type="image/png"')
            html = html.replace('href="/icon-512.png"', f'href="{self.logo}"')
            bar = '<span class="bar-name">'
            html = html.replace(bar, f'<img class="logo" src="{self.logo}" alt="">{bar}')
        return _changed(built, html)

    def manifest(self, built: WebFile, english: bool) -> WebFile:
        """Return the manifest in a language, with the names and the logo."""
        told, names = json.loads(built.bodies[""]), self.names
        told["name"] = names.app_name_en if english else names.app_name
        told["short_name"] = names.app_short_name_en if english else names.app_short_name
        told["lang"] = "en" if english else "zh-CN"
        if self.logo is not None and names.logo is not None:
            told["icons"] = [{"src": self.logo, "sizes": names.logo.sizes, "type": "image/png", "purpose": "any"}]
        return _changed(built, json.dumps(told, ensure_ascii=False))


_BUILT_NAME, _BUILT_NAME_EN = "继续医学教育", "CME"


def _changed(built: WebFile, text: str) -> WebFile:
    """Return a built file with another content, compressed once."""
    plain = text.encode()
    bodies = {"": plain, "gzip": gzip.compress(plain, mtime=0)}
    return WebFile(built.content_type, bodies, hashlib.sha256(plain).hexdigest()[:20])
