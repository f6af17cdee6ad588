"""What every request meets: documents, health, headers, limits."""

import re
from dataclasses import replace

import pytest
from apiflask import APIFlask
from pydantic import SecretStr

from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeEngine

pytestmark = pytest.mark.either_database


def test_the_openapi_document_is_3_1_and_tells_every_problem(api: Api) -> None:
    reply = api.get("/api/openapi.json")
    spec = reply.json
    assert spec["openapi"].startswith("3.1")
    enrol = spec["paths"]["/api/v1/me/face"]["post"]
    assert enrol["security"] == [{"bearer": []}]
    assert "face_belongs_to_another_account" in enrol["x-codes"]
    assert list(spec["components"]["responses"]["Problem"]["content"]) == ["application/problem+json"]
    assert "security" not in spec["paths"]["/api/v1/auth/login"]["post"]


def test_pages_for_people_need_nothing_from_afar(api: Api) -> None:
    for path in ("/api/docs/groups/check-in", "/api/problems"):
        page = api.get(path)
        assert page.status_code == 200
        assert "face_mismatch" in page.text
        assert "http://" not in page.text
        assert "https://" not in re.sub(r"https://cme\.(test|example)", "", page.text)


def test_alive_and_ready(api: Api, engine: FakeEngine) -> None:
    assert api.get("/healthz").status_code == 200
    assert api.get("/readyz").json["checks"] == {"database": "ok", "faces": "ok"}
    engine.is_ready = False
    broken = api.get("/readyz")
    assert (broken.status_code, broken.json["checks"]["faces"]) == (503, "not ready")


def test_metrics_count_by_route_template(api: Api, make: Factories) -> None:
    api.as_(make.person()).get("/me")
    text = api.get("/metrics").text
    assert 'route="/api/v1/me"' in text


def test_figures_are_for_who_has_the_token(app: APIFlask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    built = app.extensions["components"]
    settings = built.settings.model_copy(update={"metrics_token": SecretStr("secret")})
    monkeypatch.setitem(app.extensions, "components", replace(built, settings=settings))
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic secret"}):
        refused = api.get("/metrics", headers=given)
        assert (refused.status_code, refused.json["code"]) == (401, "token_invalid")
    shown = api.get("/metrics", headers={"Authorization": "Bearer secret"})
    assert (shown.status_code, "cme_requests_total" in shown.text) == (200, True)


def test_production_shows_its_figures_to_nobody_without_a_token(
    app: APIFlask, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = app.extensions["components"]
    settings = built.settings.model_copy(update={"environment": "production"})
    monkeypatch.setitem(app.extensions, "components", replace(built, settings=settings))
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        refused = api.get("/metrics", headers=given)
        assert (refused.status_code, refused.json["code"]) == (401, "token_invalid")
    settings = settings.model_copy(update={"metrics_token": SecretStr("secret")})
    monkeypatch.setitem(app.extensions, "components", replace(built, settings=settings))
    assert api.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "a b<c>", "[::1", "x:99999999", ""])
def test_the_host_of_a_request_decides_nothing(api: Api, make: Factories, host: str) -> None:
    me, evil = api.as_(make.person()), {"Host": host}
    assert api.get("/me", headers=evil).json["type"] == "https://cme.test/api/problems#token_invalid"
    assert me.call("POST", "/me/calendar", headers=evil).json["url"].startswith("https://cme.test/api/v1/calendars/")
    for path in ("/api//docs", "/api/v1//me", "/api/docs", "/api/problems", "/api/openapi.json"):
        reply = api.get(path, headers=evil)
        assert reply.status_code == (404 if "//" in path else 200)
        assert "Location" not in reply.headers
        assert not host or host not in reply.text


def test_answers_are_not_cached_and_not_sniffed(api: Api) -> None:
    headers = api.get("/me").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/me/face", "/auth/login"])
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text/plain", b"hello"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 20000),
        ("application/json", b'{"a": 1e999}'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\ngarbage"),
        ("application/x-www-form-urlencoded", b"%zz=%00"),
        ("application/xml", b"<!DOCTYPE x>"),
    ],
)
def test_garbage_bodies_are_4xx_problems(api: Api, make: Factories, path: str, kind: str, data: bytes) -> None:
    reply = api.as_(make.person()).call("POST", path, data=data, content_type=kind)
    assert 400 <= reply.status_code < 500
    assert reply.mimetype == "application/problem+json"


@pytest.mark.parametrize("key", ["x" * 129, "ключ", "tab\there"])
def test_an_impossible_idempotency_key_is_422(api: Api, make: Factories, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    reply = api.as_(make.person()).call("DELETE", "/me/face-consent", headers=headers)
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["Idempotency-Key"])
