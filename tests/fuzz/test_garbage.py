"""Garbage where people and machines put text: scanned codes, tickets, tokens, cursors, keys, headers, forms."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.accounts import Throttle
from tests.api import Api, Reply
from tests.fakes import FakeClock, face
from tests.fuzz.bounded import bounded
from tests.fuzz.world import World, ticket, venue_code

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]  # odd values are odd to one of the two

TEXT = st.text(max_size=200) | st.text(alphabet="\x00\ud800\udfff\uffff\u202e'\"\\;%{}$<>/?&=#. \r\n\t", max_size=50)
SENDABLE = TEXT.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
# What a header can carry at all: WSGI has latin-1, and a line break would be another header.
HEADER = st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=300)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


def is_refused(reply: Reply) -> bool:
    """Whether it is a 4xx that says what was wrong, and not by repeating it."""
    assert 400 <= reply.status_code < 500, (reply.status_code, reply.text[:300])
    assert reply.mimetype == "application/problem+json"
    return True


def broken(good: str) -> st.SearchStrategy[str]:
    """A good text with something done to it."""
    places = st.integers(0, len(good) - 1)
    return (
        places.map(lambda at: good[:at])
        | st.tuples(places, st.characters(exclude_categories=["Cs"])).map(lambda c: good[: c[0]] + c[1] + good[c[0] :])
        | st.tuples(places, st.characters(exclude_categories=["Cs"])).map(
            lambda c: good[: c[0]] + c[1] + good[c[0] + 1 :]
        )
        | SENDABLE.map(lambda text: good + text)
        | SENDABLE.map(lambda text: text + good)
    )


def test_scanned_garbage_is_no_code(api: Api, world: World, db: Session) -> None:
    me = api.as_(world.learner)
    good = venue_code(world, api)

    @bounded(60)
    @given(TEXT | broken(good))
    @example(good)
    @example(good + "\n")
    @example(good.upper())
    @example(good.replace("?c=", "?c=０"))
    @example(good[:-8] + "１２３４５６７８")
    @example(good + "&c=00000000")
    @example(good.replace("https", "http"))
    def scan(text: str) -> None:
        db.execute(delete(Throttle))  # who guesses is slowed down, and would be told nothing else
        reply = me.post("/check-in-tickets", {"qr": text})
        if text.strip() == good:  # space round it is trimmed
            assert reply.status_code == 201
        else:
            assert is_refused(reply)
            assert reply.status_code in (410, 422)

    scan()


@pytest.mark.either_database
def test_a_ticket_that_was_touched_is_no_ticket(api: Api, world: World, db: Session) -> None:
    me = api.as_(world.learner)
    good = ticket(world, api)
    head, claims, signature = good.split(".")

    @bounded(60)
    @given(
        SENDABLE | broken(good) | st.sampled_from(["..", f"{head}..{signature}", f".{claims}.", good[::-1], good * 9])
    )
    def use(text: str) -> None:
        db.execute(delete(Throttle))
        reply = me.send_photos("/check-ins", [face("li")], ticket=text)
        if text.strip() != good:
            assert is_refused(reply)

    use()


@pytest.mark.either_database
def test_a_forged_header_makes_no_ticket(api: Api, world: World) -> None:
    me = api.as_(world.learner)
    _, claims, signature = ticket(world, api).split(".")

    @bounded(60)
    @given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "jku", "b64", "crit"]), JSON))
    @example({"alg": "none"})
    @example({"alg": "HS256", "crit": ["b64"], "b64": False})
    def use(header: dict[str, Any]) -> None:
        head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        for forged in (f"{head}.{claims}.{signature}", f"{head}.{claims}."):
            assert is_refused(me.send_photos("/check-ins", [face("li")], ticket=forged))

    use()


PAGES = ["/projects", "/projects/{project_id}/sessions", "/sessions/{session_id}/attendance", "/me/attendance"]
KEYS = st.lists(
    TEXT
    | st.datetimes().map(str)
    | st.dates().map(str)
    | st.uuids().map(str)
    | st.sampled_from(
        ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01", "2026-W01-1", "20260101"]
    ),
    max_size=3,
)


@pytest.mark.parametrize("page", [*PAGES, "/face-cases"])
def test_a_made_up_cursor_gives_a_page_or_a_refusal(api: Api, world: World, page: str) -> None:
    caller = api.as_(world.admin if page == "/face-cases" else world.organizer)
    path = page.format(**world.ids)
    packed = (KEYS | JSON).map(
        lambda keys: base64.urlsafe_b64encode(json.dumps(keys).encode("utf-8", "surrogatepass")).decode()
    )

    @bounded(50)
    @given(packed | packed.map(lambda text: text.rstrip("=")) | SENDABLE)
    def turn(cursor: str) -> None:
        reply = caller.get(path, query_string={"cursor": cursor})
        if reply.status_code != 200:
            assert is_refused(reply)
            assert reply.status_code == 422

    turn()


LIMITS = ["", "0", "-1", "201", "1e3", "1.0", "２", "9" * 5000, "NaN", "null", "[]", " 5"]


@pytest.mark.either_database
def test_a_limit_is_a_number_in_its_bounds(api: Api, world: World) -> None:
    admin = api.as_(world.admin)
    for page in [*PAGES, "/face-cases"]:
        for limit in LIMITS:
            reply = admin.get(page.format(**world.ids), query_string={"limit": limit})
            assert reply.status_code == 200 or is_refused(reply)


HEADERS = ["Idempotency-Key", "X-Request-Id", "Accept-Language", "Accept", "User-Agent", "Cookie"]


@pytest.mark.either_database
def test_any_header_is_borne(api: Api, world: World) -> None:
    me = api.as_(world.learner)

    @bounded(60)
    @given(st.sampled_from(HEADERS), HEADER)
    def send(name: str, value: str) -> None:
        for reply in (
            me.get("/me", headers={name: value}),
            me.delete("/me/nothing", headers={name: value}),
            me.post("/check-in-tickets", {"qr": "x"}, headers={name: value}),
        ):
            assert reply.status_code == 200 or is_refused(reply)
            assert reply.headers["X-Request-Id"].isascii()

    send()


@pytest.mark.either_database
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "Basic ", ""])
def test_garbage_for_a_token_is_401(api: Api, scheme: str) -> None:
    @bounded(30)
    @given(HEADER)
    def send(value: str) -> None:
        for path in ("/me", "/auth/refresh"):
            reply = api.call(
                "POST" if path == "/auth/refresh" else "GET", path, headers={"Authorization": scheme + value}
            )
            if path == "/auth/refresh" and not (scheme + value).strip():
                assert reply.status_code == 204  # no token at all: nobody is signed in
            else:
                assert (reply.status_code, reply.json["code"]) == (401, "token_invalid")

    send()


@pytest.mark.either_database
@pytest.mark.parametrize("name", ["Content-Type", "Content-Length", "Host"])
def test_any_description_of_a_body_is_borne(api: Api, world: World, name: str) -> None:
    me = api.as_(world.learner)

    @bounded(30)
    @given(
        HEADER
        | st.sampled_from(["-1", "9" * 30, "0x10", "multipart/form-data; boundary=", "application/json; charset=x"])
    )
    def send(value: str) -> None:
        for path in ("/check-in-tickets", "/me/face"):
            reply = me.call("POST", path, headers={name: value}, data=b'{"qr": "x"}')
            assert is_refused(reply)

    send()


@pytest.mark.either_database
@pytest.mark.parametrize("path", ["/me/face", "/check-ins"])
def test_a_form_in_pieces_is_borne(api: Api, world: World, path: str) -> None:
    me = api.as_(world.learner)
    lines = [
        b"--edge\r\n", b"--edge--\r\n", b"\r\n", b"\n", b"--edge", b"Content-Type: image/jpeg\r\n",
        b'Content-Disposition: form-data; name="photos"; filename="a.jpg"\r\n',
        b'Content-Disposition: form-data; name="photos"\r\n', b'Content-Disposition: form-data; name="ticket"\r\n',
        b'Content-Disposition: form-data; name="consent_version"\r\n', b"Content-Disposition: form-data\r\n",
        b"Content-Disposition: form-data; name*=utf-8''%ff; filename*=utf-8''%00\r\n",
        b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: multipart/mixed; boundary=edge\r\n",
    ]  # fmt: skip

    @bounded(60)
    @given(st.lists(st.sampled_from(lines) | st.binary(max_size=40), max_size=14).map(b"".join))
    @example(b'--edge\r\nContent-Disposition: form-data; name="photos"; filename="a"\r\n\r\n\r\n' * 100 + b"--edge--")
    @example(b'--edge\r\nContent-Disposition: form-data; name="' + b"x" * 200_000 + b'"\r\n\r\n\r\n--edge--')
    @example(b'--edge\r\nContent-Disposition: form-data; name="ticket"\r\n\r\n' + b"x" * 200_000 + b"\r\n--edge--")
    def send(body: bytes) -> None:
        reply = me.call("POST", path, data=body, content_type="multipart/form-data; boundary=edge")
        assert is_refused(reply)

    send()


FIELDS = {
    "/auth/login": ("cme_number", "password", "phone", "code"),
    "/auth/sms-codes": ("phone", "purpose"),
    "/auth/password-resets": ("phone", "code", "new_password"),
    "/check-in-tickets": ("qr", "device_id", "location", "direction"),
    "/projects": ("name", "number", "starts_on", "ends_on", "unit_id"),
    "/projects/{project_id}/sessions": ("title", "venue", "starts_at", "ends_at", "zone", "geofence", "windows"),
    "/projects/{project_id}/roster": ("cme_numbers", "role"),
    "/people": ("cme_number", "name", "unit_id", "phone", "birth_on"),
    "/units": ("name", "kind", "parent_id"),
}
VALUES = (
    JSON
    | st.uuids().map(str)
    | st.dates().map(str)
    | st.datetimes().map(lambda at: at.isoformat() + "+08:00")
    | st.sampled_from(
        [
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31", "0001-01-01", "2026-02-30", 1e308,
            -1e308, 2**63, 10**40, "١٢٣٤٥٦", "+86" + "1" * 40, "Asia/../../etc/passwd", "/etc/localtime",
            {"latitude": 1e308, "longitude": 0}, {"latitude": 90, "longitude": 180, "radius_m": 10**30},
            {"latitude": True, "longitude": False, "accuracy": "1"},
        ]
    )
)  # fmt: skip


@pytest.mark.parametrize("path", FIELDS)
def test_any_value_of_any_field_is_borne(api: Api, world: World, clock: FakeClock, path: str) -> None:
    admin = api.as_(world.admin)

    @bounded(100)
    @given(st.dictionaries(st.sampled_from(FIELDS[path]), VALUES, min_size=1))
    def send(fields: dict[str, Any]) -> None:
        clock.turn(seconds=61)
        # With good values in the other fields, so that these ones count.
        good = {name: value for name, value in world.values.items() if name in FIELDS[path]}
        good |= {"name": "名", "title": "题", "venue": "厅", "kind": "hospital"} if "unit_id" in good else {}
        body = {name: value for name, value in (good | fields).items() if name in FIELDS[path]}
        reply = admin.post(path.format(**world.ids), body)
        assert reply.status_code < 300 or is_refused(reply)

    send()
