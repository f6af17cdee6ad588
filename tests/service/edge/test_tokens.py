"""Tokens that are forged, expired, of another purpose, or no tokens at all open nothing."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from apiflask import APIFlask

from tests.api import Api
from tests.factories import PASSWORD, Factories

pytestmark = pytest.mark.either_database


@pytest.fixture
def token(api: Api, make: Factories) -> str:
    person = make.person()
    reply = api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD})
    return str(reply.json["access_token"])


def forged(app: APIFlask, token: str, *, key: bytes | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    old = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode({**old, **claims}, key or app.extensions["components"].keys.jwt, algorithm=algorithm)


def test_the_token_itself_is_good(app: APIFlask, token: str) -> None:
    assert Api(app, token).get("/me").status_code == 200
    assert Api(app, forged(app, token)).get("/me").status_code == 200  # the forger of this file forges well


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": datetime.now(UTC) - timedelta(minutes=1)},
        {"nbf": datetime.now(UTC) + timedelta(hours=1)},
        {"aud": "another-api"},
        {"aud": None},
        {"type": "refresh"},
        {"sub": "01890000-0000-7000-8000-000000000000"},
        {"sub": 7},
        {"family": "01890000-0000-7000-8000-000000000000"},
        {"family": "' OR 1=1 --"},
        {"family": None},
        {"family": ["a"]},
    ],
)
def test_a_token_with_other_claims_is_refused(app: APIFlask, token: str, claims: dict[str, Any]) -> None:
    old = jwt.decode(token, options={"verify_signature": False})
    changed = {name: value for name, value in {**old, **claims}.items() if value is not None}
    reply = Api(app, jwt.encode(changed, app.extensions["components"].keys.jwt, algorithm="HS256")).get("/me")
    assert (reply.status_code, reply.json["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("seconds", [2, 8])
def test_a_token_of_a_machine_whose_clock_is_ahead_opens(app: APIFlask, token: str, seconds: int) -> None:
    old, ahead = jwt.decode(token, options={"verify_signature": False}), datetime.now(UTC) + timedelta(seconds=seconds)
    changed = jwt.encode({**old, "iat": ahead, "nbf": ahead}, app.extensions["components"].keys.jwt, algorithm="HS256")
    assert Api(app, changed).get("/me").status_code == 200


def test_a_token_that_was_opened_before_is_refused_once_it_has_expired(app: APIFlask, token: str) -> None:
    client, ends_at = Api(app, token), jwt.decode(token, options={"verify_signature": False})["exp"]
    assert [client.get("/me").status_code for _ in range(2)] == [200, 200]
    header, known = f"Bearer {token}", app.extensions["token_cache"]
    assert known.find(header, now=ends_at - 1) is not None
    assert known.find(header, now=ends_at) is None
    assert known.find(header[:-1], now=ends_at - 1) is None


def test_what_was_no_good_token_is_not_remembered(app: APIFlask, token: str) -> None:
    wrong = f"{token[:-4]}AAAA"
    assert [Api(app, wrong).get("/me").status_code for _ in range(2)] == [401, 401]
    assert app.extensions["token_cache"].find(f"Bearer {wrong}", now=0) is None


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused(app: APIFlask, token: str, algorithm: str) -> None:
    assert Api(app, forged(app, token, algorithm=algorithm, key=b"k" * 64)).get("/me").status_code == 401


def test_another_key_is_refused(app: APIFlask, token: str) -> None:
    assert Api(app, forged(app, token, key=b"another key of thirty-two bytes!")).get("/me").status_code == 401


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_no_algorithm_is_refused(app: APIFlask, token: str, name: str) -> None:
    def packed(part: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    body = token.split(".")[1]
    unsigned = f"{packed({'alg': name, 'typ': 'JWT'})}.{body}"
    assert Api(app, f"{unsigned}.").get("/me").status_code == 401
    assert Api(app, f"{unsigned}.{token.split('.')[2]}").get("/me").status_code == 401


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "Bearer", "." * 5000])
def test_what_is_no_token_is_refused(app: APIFlask, text: str) -> None:
    reply = Api(app).get("/me", headers={"Authorization": f"Bearer {text}".encode().decode("latin-1")})
    assert (reply.status_code, reply.mimetype) == (401, "application/problem+json")


def test_a_token_elsewhere_than_in_its_header_is_none(app: APIFlask, token: str) -> None:
    assert Api(app).get(f"/me?access_token={token}&jwt={token}").status_code == 401
    assert Api(app).get("/me", headers={"Cookie": f"access_token_cookie={token}"}).status_code == 401
    assert Api(app).get("/me", headers={"Authorization": f"Basic {token}"}).status_code == 401


def test_a_refused_token_says_how_to_sign_in(app: APIFlask) -> None:
    assert Api(app).get("/me").headers["WWW-Authenticate"] == "Bearer"
