"""Pages about the API: by a renderer that we serve ourselves, and without scripts."""

import gzip
import re
from pathlib import Path

import pytest
from apiflask import APIFlask

from service.app import create_app
from service.configuration.settings import Settings
from service.edge.document import pages
from service.edge.document.plain import slug_of
from tests.api import Api

pytestmark = pytest.mark.either_database  # they ask the database nothing


ELEMENTS = {"web-components.min.js": b"customElements", "styles.min.css": b".sl-elements {}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What scripts/fetch-models leaves of the renderer."""
    for name, content in ELEMENTS.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    return tmp_path


@pytest.fixture
def rendering(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    """A service on a machine where the renderer could be fetched."""
    monkeypatch.setattr(pages, "ELEMENTS", folder)
    return create_app(settings)


@pytest.fixture
def plain(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    """A service on a machine where it could not."""
    monkeypatch.setattr(pages, "ELEMENTS", tmp_path / "nothing")
    return create_app(settings)


def test_the_renderer_runs_our_scripts_alone_and_none_within_the_page(rendering: APIFlask) -> None:
    page = rendering.test_client().get("/api/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r'(?:src|href)="(https?:)?//', page.text) == []
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    for name in re.findall(r'"(/api/docs/files/[^"]+)"', page.text):
        assert rendering.test_client().get(name).status_code == 200


def test_its_files_are_compressed_for_who_takes_that(rendering: APIFlask) -> None:
    client = rendering.test_client()
    plain = client.get("/api/docs/files/web-components.min.js")
    packed = client.get("/api/docs/files/web-components.min.js", headers={"Accept-Encoding": "gzip"})
    assert (plain.data, plain.mimetype) == (ELEMENTS["web-components.min.js"], "text/javascript")
    assert (gzip.decompress(packed.data), packed.headers["Content-Encoding"]) == (plain.data, "gzip")
    again = client.get("/api/docs/files/web-components.min.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["LICENSE", "..%2f..%2fpyvenv.cfg", "elements.js"])
def test_no_other_file_is_given(rendering: APIFlask, name: str) -> None:
    assert rendering.test_client().get(f"/api/docs/files/{name}").status_code == 404


def test_without_the_renderer_there_are_pages_without_scripts(plain: APIFlask) -> None:
    page = plain.test_client().get("/api/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert 'href="/api/docs/groups/sign-in"' in page.text
    assert plain.test_client().get("/api/docs/files/styles.min.css").status_code == 404


def test_the_table_of_contents_leads_to_each_call_in_the_order_of_the_journey(api: Api) -> None:
    document = api.get("/api/openapi.json").json
    contents = api.get("/api/docs/groups").text
    groups = list(dict.fromkeys(re.findall(r"/api/docs/groups/([a-z-]+)\"", contents)))
    assert groups == [slug_of(tag["name"]) for tag in document["tags"]]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            page = f"/api/docs/groups/{slug_of(operation['tags'][0])}"
            assert f"{page}#{operation['operationId']}" in contents, path
            assert f'id="{operation["operationId"]}"' in api.get(page).text, path


def test_a_group_shows_who_may_call_what_goes_in_and_what_comes_out(api: Api) -> None:
    page = api.get("/api/docs/groups/check-in").text
    assert "登录后均可" in page
    assert "Idempotency-Key (header)" in page
    assert 'href="#schema-CheckInOut"' in page
    assert 'id="schema-CheckInOut"' in page
    assert 'href="/api/problems#face_mismatch"' in page
    assert "组织者 organizer" in api.get("/api/docs/groups/sessions").text


def test_no_page_is_large(api: Api) -> None:
    document = api.get("/api/openapi.json").json
    sizes = {tag["name"]: len(api.get(f"/api/docs/groups/{slug_of(tag['name'])}").data) for tag in document["tags"]}
    assert max(sizes.values()) < 120_000, sizes


def test_an_unknown_group_is_not_found(api: Api) -> None:
    assert api.get("/api/docs/groups/nothing").json["code"] == "not_found"
