"""The files of the web client: how they are served, and that the client and the service agree about its pages."""

import contextlib
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydantic import ValidationError

from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.edge.web_client import DEMO_PATHS, SHELL_PATHS
from tests.api import Api
from tests.architecture.sources import ROOT
from tests.fakes import FakeClock, FakeEngine

SHELL = (ROOT / "web" / "index.html").read_text(encoding="utf-8")
MANIFEST = (ROOT / "web" / "public" / "app.webmanifest").read_text(encoding="utf-8")
PAGES = {"/check-in": ["assets/CheckIn-1.js", "assets/camera-1.js"], "/projects/:id/exam": ["assets/Exam-1.js"]}
SCRIPT = "export const answer = 42;" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build of the client, much smaller than the real one, beside the build of before."""
    before = tmp_path / "web-before" / "assets"
    before.mkdir(parents=True)
    (before / "core-old.js").write_text("export const answer = 41;")
    (before.parent / "index.html").write_text("the shell of before")
    tmp_path = tmp_path / "web-now"
    (tmp_path / "assets").mkdir(parents=True)
    (tmp_path / "pages.json").write_text(json.dumps(PAGES))
    (tmp_path / "index.html").write_text(SHELL, encoding="utf-8")
    (tmp_path / "app.webmanifest").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "sw.js").write_text("self.skipWaiting()")
    (tmp_path / "assets" / "core-abc.js").write_text(SCRIPT)
    (tmp_path / "assets" / "core-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "assets" / "reader.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.js").write_text("never served")
    return tmp_path


@contextlib.contextmanager
def browser_at(settings: Settings, clock: FakeClock, **changes: object) -> Iterator[FlaskClient]:
    """A browser at a service with other settings."""
    app = create_app(settings.model_copy(update=changes), clock=clock, engine=FakeEngine())
    yield app.test_client()
    with app.app_context():
        flask_db.engine.dispose()


@pytest.fixture
def browser(settings: Settings, clock: FakeClock, built: Path) -> Iterator[FlaskClient]:
    """A browser at a service that has a build of the client."""
    with browser_at(settings, clock, web_folder=built) as browser:
        yield browser


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/scan", "/room/some-id", "/projects/some-id/evaluation", "/screen/token", "/kiosk"]
)
def test_each_page_is_the_shell_under_a_policy_without_inline_code(browser: FlaskClient, path: str) -> None:
    reply = browser.get(path)
    assert (reply.status_code, reply.text, reply.headers["Cache-Control"]) == (200, SHELL, "no-cache")
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; ")
    assert "unsafe-inline" not in policy
    assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", DEMO_PATHS)
def test_pages_for_those_who_try_it_out_are_in_the_demo_alone(
    settings: Settings, clock: FakeClock, built: Path, path: str
) -> None:
    for is_demo, status in ((True, 200), (False, 404)):
        chosen = settings.model_copy(update={"web_folder": built, "demo": is_demo})
        app = create_app(chosen, clock=clock, engine=FakeEngine())
        assert app.test_client().get(path).status_code == status
        assert (f'href="{path}"' in app.test_client().get("/about").text) is is_demo
        with app.app_context():
            flask_db.engine.dispose()


def test_the_shell_names_the_files_of_its_page(browser: FlaskClient) -> None:
    for path, named in (("/check-in", PAGES["/check-in"]), ("/projects/some-id/exam", PAGES["/projects/:id/exam"])):
        wanted = re.findall(r'<link rel="modulepreload" crossorigin href="/([^"]+)">', browser.get(path).text)
        assert wanted == named
    assert browser.get("/pages.json").json == PAGES


def test_the_licences_of_what_the_client_is_built_from_are_shown_as_words(browser: FlaskClient, built: Path) -> None:
    (built / "licenses.md").write_text("# Licenses")
    reply = browser.get("/licenses.md")
    assert (reply.status_code, reply.text, reply.content_type) == (200, "# Licenses", "text/plain; charset=utf-8")


def test_the_shell_comes_compressed_and_once(browser: FlaskClient) -> None:
    first = browser.get("/check-in", headers={"Accept-Encoding": "gzip, br"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(first.data).decode() == browser.get("/check-in").text
    again = browser.get("/check-in", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = browser.get("/scan", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_a_page_that_was_opened_before_an_upgrade_finds_the_files_of_its_build(browser: FlaskClient) -> None:
    reply = browser.get("/assets/core-old.js")
    assert (reply.status_code, reply.text) == (200, "export const answer = 41;")
    assert "immutable" in reply.headers["Cache-Control"]


def test_the_shell_is_in_the_language_of_the_browser(browser: FlaskClient) -> None:
    english = browser.get("/", headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"})
    chinese = browser.get("/", headers={"Accept-Language": "zh-TW,en;q=0.5"})
    assert '<html lang="en">' in english.text
    assert chinese.text == SHELL
    assert "<title>CME</title>" in english.text
    assert english.headers["ETag"] != chinese.headers["ETag"]
    assert "Accept-Language" in english.headers["Vary"]
    small = browser.get("/", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data).decode() == SHELL


NAMED = {
    "app_name": "某省继续医学教育",
    "app_name_en": "CME of a province",
    "app_short_name": "医教<管理>",
    "app_short_name_en": "A&B",
}


def test_the_shell_and_the_manifest_say_the_names_of_the_installation(
    settings: Settings, clock: FakeClock, built: Path
) -> None:
    with browser_at(settings, clock, web_folder=built, **NAMED) as browser:
        shell = browser.get("/").text
        assert "<title>医教&lt;管理&gt;</title>" in shell
        assert '<span class="bar-name">医教&lt;管理&gt;</span>' in shell
        english = browser.get("/", headers={"Accept-Language": "en"}).text
        for text in (shell, english):
            assert '<meta name="application-name" lang="zh-CN" content="医教&lt;管理&gt;">' in text
            assert '<meta name="application-name" lang="en" content="A&amp;B">' in text
        assert "<title>A&amp;B</title>" in english
        manifest = json.loads(browser.get("/app.webmanifest").text)
        assert (manifest["name"], manifest["short_name"], manifest["lang"]) == (
            "某省继续医学教育",
            "医教<管理>",
            "zh-CN",
        )
        manifest = json.loads(browser.get("/app.webmanifest", headers={"Accept-Language": "en"}).text)
        assert (manifest["name"], manifest["short_name"], manifest["lang"]) == ("CME of a province", "A&B", "en")
        assert "某省继续医学教育" in browser.get("/about").text
        told = browser.get("/api/v1/client").json
        assert {name: told[name.removeprefix("app_")] for name in NAMED} == NAMED


def a_logo(path: Path, size: tuple[int, int] = (256, 256), kind: str = "PNG") -> Path:
    """A file with a picture."""
    Image.new("RGB", size, (200, 30, 60)).save(path, kind)
    return path


def test_a_logo_is_the_icon_of_the_app_and_lies_under_the_digest_of_its_content(
    settings: Settings, clock: FakeClock, built: Path, tmp_path: Path
) -> None:
    path = a_logo(tmp_path / "logo.png")
    with browser_at(settings, clock, web_folder=built, app_logo=path) as browser:
        address = browser.get("/api/v1/client").json["logo"]
        reply = browser.get(address)
        assert (reply.data, reply.mimetype) == (path.read_bytes(), "image/png")
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert reply.headers["Content-Security-Policy"].startswith("sandbox; ")
        assert browser.get(address[:-1] + "x").status_code == 404
        shell = browser.get("/").text
        assert f'<html data-logo="{address}" lang="zh-CN">' in shell
        assert f'<img class="logo" src="{address}" alt="">' in shell
        assert f'<link rel="icon" href="{address}" type="image/png">' in shell
        assert f'<link rel="apple-touch-icon" href="{address}">' in shell
        icons = json.loads(browser.get("/app.webmanifest").text)["icons"]
        assert icons == [{"src": address, "sizes": "256x256", "type": "image/png", "purpose": "any"}]


def test_without_a_logo_none_is_there(browser: FlaskClient) -> None:
    assert browser.get("/api/v1/client").json["logo"] is None
    assert browser.get("/api/v1/client/logo/0").status_code == 404


@pytest.mark.parametrize(
    "kind", ["an SVG", "a text", "nothing", "oblong", "too small", "too large", "a WebP", "too heavy", "a folder"]
)
def test_the_service_does_not_start_with_a_logo_that_is_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "logo.png"
    if kind == "an SVG":
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    elif kind == "a text":
        path.write_text("logo")
    elif kind == "oblong":
        a_logo(path, (256, 255))
    elif kind == "too small":
        a_logo(path, (191, 191))
    elif kind == "too large":
        a_logo(path, (1025, 1025))
    elif kind == "a WebP":
        a_logo(path, kind="WEBP")
    elif kind == "too heavy":
        path.write_bytes(a_logo(path).read_bytes() + bytes(200 * 1024))
    elif kind == "a folder":
        path.mkdir()
    with pytest.raises(ValidationError, match="wanted a square PNG of 192 to 1024 pixels a side, 200 KiB at most"):
        Settings(var=tmp_path, app_logo=path)


def test_the_shell_has_a_hint_for_browsers_in_which_the_app_does_not_start(browser: FlaskClient) -> None:
    shell = browser.get("/").text
    mounted = shell[shell.index('<div id="app">') : shell.index("<script")]
    assert "浏览器太旧" in mounted  # so it is gone once the app has started
    assert "this browser is too old" in mounted
    assert '<script nomodule src="/too-old.js"></script>' in shell
    for path in re.findall(r'<a href="([^"]+)"', mounted):
        assert browser.get(path).status_code == 200


def test_built_files_are_kept_for_ever_and_come_compressed(browser: FlaskClient) -> None:
    reply = browser.get("/assets/core-abc.js", headers={"Accept-Encoding": "gzip, br"})
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (reply.headers["Content-Encoding"], reply.mimetype) == ("gzip", "text/javascript")
    assert gzip.decompress(reply.data).decode() == SCRIPT
    plain = browser.get("/assets/core-abc.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert browser.get("/assets/reader.wasm").mimetype == "application/wasm"


def test_a_file_that_the_browser_has_is_not_sent_again(browser: FlaskClient) -> None:
    first = browser.get("/sw.js")
    again = browser.get("/sw.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.headers["Cache-Control"], again.status_code, again.data) == ("no-cache", 304, b"")


@pytest.mark.parametrize(
    "path", ["/assets/no-such.js", "/assets/..%2Fsecret.js", "/assets/%2e%2e/secret.js", "/secret.js", "/no-such-page"]
)
def test_nothing_else_of_the_folder_is_served(browser: FlaskClient, path: str) -> None:
    reply = browser.get(path)
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")


def test_the_api_is_no_page(browser: FlaskClient) -> None:
    assert browser.get("/api/v1/client").mimetype == "application/json"
    assert browser.get("/api/v1/no-such").json["code"] == "not_found"


def test_without_a_build_the_pages_without_scripts_stay(api: Api) -> None:
    assert "演示" in api.get("/").text or "继续医学教育" in api.get("/").text
    assert api.get("/check-in").status_code == 200
    assert api.get("/sign-in").status_code == 404


def test_the_first_screen_stays_beside_the_client(browser: FlaskClient) -> None:
    assert "接口" in browser.get("/about").text


def routes_of_the_client() -> set[str]:
    source = (ROOT / "web" / "src" / "router.ts").read_text(encoding="utf-8")
    return set(re.findall(r'path: "([^"]+)"', source))


def test_the_service_knows_each_page_of_the_client() -> None:
    served = {re.sub(r"<path:\w+>", "*", re.sub(r"<(\w+)>", r":\1", path)) for path in SHELL_PATHS + DEMO_PATHS}
    for route in routes_of_the_client() - {"/:rest(.*)"}:
        above = route.split("/:")[0] + "/*"
        assert route in served or above in served, route


def test_the_worker_leaves_what_is_no_page_to_the_server() -> None:
    source = (ROOT / "web" / "src" / "sw.ts").read_text(encoding="utf-8")
    (left_alone,) = re.findall(r"NOT_OURS = /\^\\/\(([^)]+)\)", source)
    for path in ("api", "s", "v", "verify-bundles", "badge-status", "about", "screen", "healthz", "readyz", "metrics"):
        assert path in left_alone.split("|")


def test_the_lock_of_the_client_names_no_registry_and_pins_each_package() -> None:
    lock = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    tarballs = [line for line in lock.splitlines() if "://" in line and ".tgz" in line]
    assert tarballs == []
    wanted = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
