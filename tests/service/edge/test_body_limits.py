"""Bodies too large or nested too deep are refused before anything parses them."""

import io
import json
from typing import Any

import pytest
from apiflask import APIFlask

from models.people import Role
from service.edge.requests import body_limits
from service.edge.requests.body_limits import ANONYMOUS, JSON, LARGEST_UPLOAD, MIB, ROWS, check_nesting
from tests.api import Api, Reply
from tests.factories import Factories

pytestmark = pytest.mark.either_database

SOME_ID = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the bodies that were scanned, which comes before parsing."""
    sizes: list[int] = []
    scan = check_nesting

    def note(body: bytes) -> None:
        sizes.append(len(body))
        scan(body)

    monkeypatch.setattr("service.app.check_nesting", note)
    return sizes


def send(api: Api, path: str, data: bytes, method: str = "POST", **more: Any) -> Reply:
    return api.call(method, path, data=data, content_type="application/json", **more)


def chunked(api: Api, path: str, data: bytes, kind: str = "application/json") -> tuple[Reply, io.BytesIO]:
    """Send a body without saying how long it is, as gunicorn hands over a chunked one; gives what was left unread."""
    stream = io.BytesIO(data)
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    reply = api.call("POST", path, input_stream=stream, content_type=kind, environ_overrides=environ)
    return reply, stream


def filled(size: int, whole: bytes = b'{"phone": "%s"}') -> bytes:
    """JSON of exactly `size` bytes."""
    return whole % (b"1" * (size - len(whole) + 2))


def test_many_small_objects_of_nobody_are_refused_before_they_are_read(api: Api, parsed: list[int]) -> None:
    reply = send(api, "/auth/login", b"[" + b"{}," * 1_000_000 + b"{}]")
    assert (reply.status_code, reply.json["code"]) == (413, "json_too_large")
    assert reply.json["limit_bytes"] == 64 * 1024
    assert parsed == []


def test_the_limit_of_nobody_is_exact(api: Api, parsed: list[int]) -> None:
    most = ANONYMOUS.most_json
    assert send(api, "/auth/sms-codes", filled(most)).json["code"] == "invalid_input"
    assert send(api, "/auth/sms-codes", filled(most + 1)).json["code"] == "json_too_large"
    assert parsed == [most]


@pytest.mark.parametrize("path", ["/auth/sms-codes", "/auth/login", "/auth/password-resets"])
def test_a_body_without_a_length_is_counted_while_it_is_read(api: Api, parsed: list[int], path: str) -> None:
    reply, stream = chunked(api, path, b"[" + b"{}," * 1_000_000 + b"{}]")
    assert (reply.status_code, reply.json["code"], reply.json["limit_bytes"]) == (413, "json_too_large", 64 * 1024)
    assert stream.tell() <= ANONYMOUS.most_json + 1
    assert parsed == []
    assert chunked(api, path, b"{}")[0].json["code"] == "invalid_input"


def test_who_has_signed_in_may_send_a_mebibyte(api: Api, make: Factories, parsed: list[int]) -> None:
    me, most = api.as_(make.person()), JSON.most_json
    assert send(me, "/check-in-tickets", filled(most)).json["code"] == "invalid_input"
    over = send(me, "/check-in-tickets", filled(most + 1))
    assert (over.status_code, over.json["code"], over.json["limit_bytes"]) == (413, "json_too_large", most)
    assert chunked(me, "/check-in-tickets", filled(most + 1))[0].json["code"] == "json_too_large"
    assert parsed == [most]


def test_a_bad_token_gives_no_right_to_a_larger_body(api: Api, make: Factories, parsed: list[int]) -> None:
    liar = Api(api.app, "no.such.token")
    assert send(liar, "/check-in-tickets", filled(JSON.most_json)).json["code"] == "token_invalid"
    me = api.as_(make.person())  # a good token gives none at a public route either
    assert send(me, "/auth/login", filled(ANONYMOUS.most_json + 1)).json["code"] == "json_too_large"
    assert parsed == []


def test_rows_of_an_import_may_be_four_mebibytes(api: Api, make: Factories) -> None:
    staff, whole = api.as_(make.staff(Role.AUTHORITY, make.unit())), b'{"rows": "%s"}'
    assert send(staff, "/credit-imports", filled(ROWS.most_json, whole)).json["code"] == "invalid_input"
    over = send(staff, "/credit-imports", filled(ROWS.most_json + 1, whole))
    assert (over.json["code"], over.json["limit_bytes"]) == ("json_too_large", 4 * MIB)


def test_a_route_without_a_body_refuses_a_large_one_too(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    assert send(me, "/auth/logout", filled(JSON.most_json + 1)).json["code"] == "json_too_large"
    assert send(me, "/me", filled(JSON.most_json + 1), "GET").json["code"] == "json_too_large"


def test_a_key_makes_no_large_body_readable(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    reply = send(me, "/check-in-tickets", filled(JSON.most_json + 1), headers={"Idempotency-Key": "one"})
    assert reply.json["code"] == "json_too_large"


def test_an_upload_takes_what_its_route_needs_and_no_more(api: Api, make: Factories) -> None:
    unit = make.unit()
    organizer, authority = api.as_(make.organizer(unit)), api.as_(make.staff(Role.AUTHORITY, unit))
    questions = {"form": "gift", "discipline": "内科"}
    for staff, path, field, fields, most in (
        (organizer, "/question-pictures", "picture", {}, 5),
        (organizer, "/question-imports", "file", questions, 5),
        (authority, "/credit-imports/files", "file", {}, 20),
    ):
        reply = upload(staff, path, field, b"x" * (most + 2) * MIB)
        assert (reply.status_code, reply.json["code"]) == (413, "request_too_large"), path
        assert reply.json["limit_bytes"] == (most + 1) * MIB
        just_over = upload(staff, path, field, b"x" * (most * MIB + 1), **fields)
        assert just_over.json["code"] in {"photo_too_large", "questions_unreadable", "sheet_too_large"}


def upload(api: Api, path: str, field: str, content: bytes, **fields: str) -> Reply:
    """Send a form as bytes: the test client would put one of this size into a file."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    head = "".join(parts) + f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="a"\r\n\r\n'
    body = head.encode() + content + b"\r\n--x--\r\n"
    return api.call("POST", path, data=body, content_type="multipart/form-data; boundary=x")


def test_json_at_a_route_of_uploads_has_the_smallest_limit(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    reply = send(me, "/me/face", filled(ANONYMOUS.most_json + 1))
    assert (reply.json["code"], reply.json["limit_bytes"]) == ("json_too_large", ANONYMOUS.most_json)


def test_a_form_at_a_route_of_json_has_the_limit_of_json(api: Api) -> None:
    reply = upload(api, "/auth/login", "file", b"x" * ANONYMOUS.most_json)
    assert (reply.status_code, reply.json["code"], reply.json["limit_bytes"]) == (413, "request_too_large", 64 * 1024)


def test_the_setting_caps_every_upload(app: APIFlask, api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    assert app.config[LARGEST_UPLOAD] == 61 * MIB
    app.config[LARGEST_UPLOAD] = 1000
    reply = me.enrol(b"x" * 2000)
    assert (reply.json["code"], reply.json["limit_bytes"]) == ("photos_too_large", 1000)


def test_an_upload_without_a_length_is_counted_too(api: Api, make: Factories) -> None:
    staff = api.as_(make.organizer(make.unit()))
    head = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    body = head + b"x" * (8 * MIB) + b"\r\n--x--\r\n"
    reply, stream = chunked(staff, "/question-pictures", body, "multipart/form-data; boundary=x")
    assert (reply.status_code, reply.json["code"], reply.json["limit_bytes"]) == (413, "request_too_large", 6 * MIB)
    assert stream.tell() <= 6 * MIB + 1


def test_a_form_of_too_many_or_too_long_fields_says_so(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    many = me.call("POST", "/me/face", data={f"f{n}": "x" for n in range(100)}, content_type=body_limits.MULTIPART)
    long = me.call("POST", "/me/face", data={"consent_version": "x" * 200_000}, content_type=body_limits.MULTIPART)
    for reply in (many, long):
        assert (reply.status_code, reply.json["code"]) == (413, "form_too_large")
        assert (reply.json["limit_fields"], reply.json["limit_bytes"]) == (60, 100_000)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_refusals_speak_both_languages(api: Api, language: str) -> None:
    headers = {"Accept-Language": language}
    large = send(api, "/auth/login", filled(ANONYMOUS.most_json + 1), headers=headers)
    deep = send(api, "/auth/login", b"[" * 33, headers=headers)
    assert f"{large.json['limit_bytes'] // 1024} kB" in large.json["hint"]
    assert str(deep.json["limit_levels"]) in deep.json["hint"]
    assert deep.json["limit_levels"] == 32
    for reply in (large, deep):
        assert reply.json["hint"].isascii() == (language == "en")


def nested(levels: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * levels + closing * levels).encode()


@pytest.mark.parametrize(
    ("body", "is_deep"),
    [
        (nested(32), False),
        (nested(33), True),
        (b"[" * 60_000, True),
        (b'{"a":' * 33, True),
        (b'{"a":[' * 16 + b"1" + b"]}" * 16, False),
        (b'{"a":[' * 17 + b"1" + b"]}" * 17, True),
        (b"[" + b"[[],{}]," * 7000 + b"1]", False),
        (json.dumps({"text": "[" * 100 + '"' + "{" * 100}).encode(), False),
        (json.dumps({"text": "\\" * 3 + '"' + "[" * 100}).encode(), False),
        (json.dumps(["\\"]).encode()[:-1] + b"," + nested(33) + b"]", True),
        (json.dumps({'"\\"': "学" * 100 + "[" * 40}, ensure_ascii=False).encode(), False),
    ],
)
def test_json_is_nested_up_to_32_levels_however_it_is_written(api: Api, body: bytes, is_deep: bool) -> None:
    reply = send(api, "/auth/login", body)
    assert (reply.json["code"] == "json_too_deep") == is_deep
    assert reply.status_code in (400, 422)


def test_json_in_utf_16_is_refused_since_its_brackets_can_hide(api: Api) -> None:
    reply = send(api, "/auth/login", json.dumps({"a": []}).encode("utf-16"))
    assert (reply.status_code, reply.json["code"]) == (400, "bad_request")


def test_a_body_that_is_wrong_in_thousands_of_places_names_a_hundred_of_them(api: Api) -> None:
    reply = send(api, "/auth/login", json.dumps({f"{n:x}": 0 for n in range(4000)}, separators=(",", ":")).encode())
    assert (reply.status_code, len(reply.json["errors"])) == (422, 100)


def test_a_header_of_languages_beyond_reason_is_not_read(api: Api) -> None:
    reply = api.get("/me", headers={"Accept-Language": "en," + ",".join(f"a{n}" for n in range(500))})
    assert reply.headers["Content-Language"] == "zh-CN"
    assert api.get("/me", headers={"Accept-Language": "fr, en;q=0.5"}).headers["Content-Language"] == "en"


def test_the_pages_of_all_calls_are_made_once(app: APIFlask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first = api.get("/api/docs/groups").text

    def refuse(*_: Any, **__: Any) -> str:
        raise AssertionError("made again")

    monkeypatch.setattr("service.edge.document.pages.render_template", refuse)
    assert api.get("/api/docs/groups").text == first
    assert api.get("/api/docs/groups/sign-in").status_code == 200
