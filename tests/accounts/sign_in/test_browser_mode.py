"""Browser mode: the refresh token lies in a cookie that no script reads and no other site can use."""

from typing import Any

from tests.api import Api, Reply, new_key
from tests.factories import PASSWORD, Factories

NEW = "Stetho-scope-9"
OURS = {"Origin": "https://cme.test"}


def cookie(reply: Reply) -> tuple[str, set[str]] | None:
    """The value and the attributes of the cookie that an answer sets."""
    for line in reply.headers.getlist("Set-Cookie"):
        first, *rest = (part.strip() for part in line.split(";"))
        if first.startswith("cme_refresh="):
            return first.removeprefix("cme_refresh="), set(rest)
    return None


def kept(reply: Reply) -> str:
    found = cookie(reply)
    assert found is not None
    return found[0]


def signed_in(api: Api, make: Factories, **more: Any) -> Reply:
    person = make.person()
    reply = api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD, "keep": "cookie", **more})
    assert reply.status_code == 200
    return reply


def with_cookie(api: Api, method: str, path: str, value: str, **headers: str) -> Reply:
    sent = {"Cookie": f"cme_refresh={value}", **headers}
    return api.app.test_client(use_cookies=False).open(f"/api/v1{path}", method=method, headers=sent)


def refresh(api: Api, value: str, **headers: str) -> Reply:
    return with_cookie(api, "POST", "/auth/refresh", value, **headers)


def test_the_refresh_token_is_in_the_cookie_alone(api: Api, make: Factories) -> None:
    reply = signed_in(api, make)
    assert "refresh_token" not in reply.json
    assert reply.json["access_token"]
    value, attributes = cookie(reply) or ("", set())
    assert value
    wanted = {"HttpOnly", "Secure", "SameSite=Strict", "Path=/api/v1/auth", f"Max-Age={30 * 24 * 3600}"}
    assert wanted <= attributes
    plain = api.post("/auth/login", {"cme_number": make.person().cme_number, "password": PASSWORD})
    assert plain.json["refresh_token"]
    assert cookie(plain) is None


def test_a_changed_password_keeps_its_token_in_the_cookie_too(api: Api, make: Factories) -> None:
    me = Api(api.app, signed_in(api, make).json["access_token"])
    body, key = {"current_password": PASSWORD, "new_password": NEW, "keep": "cookie"}, {"Idempotency-Key": new_key()}
    replies = [me.put("/me/password", body, headers=key) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert all("refresh_token" not in reply.json for reply in replies)
    assert kept(replies[0]) == kept(replies[1])


def test_only_our_own_pages_renew_a_sign_in(api: Api, make: Factories) -> None:
    value = kept(signed_in(api, make))
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        refused = refresh(api, value, **headers)
        assert (refused.status_code, refused.json["code"]) == (403, "foreign_origin")
        assert cookie(refused) is None
    renewed = refresh(api, value, **OURS)
    assert renewed.status_code == 200
    assert "refresh_token" not in renewed.json
    assert kept(renewed) not in ("", value)
    assert Api(api.app, renewed.json["access_token"]).get("/me").status_code == 200


def test_two_tabs_get_the_same_next_token(api: Api, make: Factories) -> None:
    value = kept(signed_in(api, make))
    assert kept(refresh(api, value, **OURS)) == kept(refresh(api, value, **OURS))


def test_without_a_cookie_nobody_is_signed_in_and_nothing_is_wrong(api: Api) -> None:
    for headers in ({}, OURS, {"Origin": "https://evil.example"}):
        reply = Api(api.app).post("/auth/refresh", headers=headers)
        assert (reply.status_code, reply.data) == (204, b"")


def test_a_dead_cookie_is_refused_and_deleted(api: Api, make: Factories) -> None:
    reply = signed_in(api, make)
    value = kept(reply)
    Api(api.app, reply.json["access_token"]).post("/auth/logout")
    for dead in (value, "garbage", reply.json["access_token"]):
        refused = refresh(api, dead, **OURS)
        assert (refused.status_code, refused.json["code"]) == (401, "token_invalid")
        assert "Max-Age=0" in (cookie(refused) or ("", set()))[1]


def test_signing_out_deletes_the_cookie(api: Api, make: Factories) -> None:
    reply = signed_in(api, make)
    bearer = f"Bearer {reply.json['access_token']}"
    out = with_cookie(api, "POST", "/auth/logout", kept(reply), Authorization=bearer)
    value, attributes = cookie(out) or ("?", set())
    assert (out.status_code, value) == (204, "")
    assert {"Max-Age=0", "Path=/api/v1/auth"} <= attributes


def test_a_bearer_goes_before_the_cookie(api: Api, make: Factories) -> None:
    browser = kept(signed_in(api, make))
    app = api.post("/auth/login", {"cme_number": make.person().cme_number, "password": PASSWORD}).json["refresh_token"]
    reply = refresh(api, browser, Authorization=f"Bearer {app}")
    assert reply.json["refresh_token"]
    assert cookie(reply) is None


def test_the_cookie_opens_nothing_but_a_refresh(api: Api, make: Factories) -> None:
    value = kept(signed_in(api, make))
    for path in ("/me", "/me/sign-ins"):
        assert with_cookie(api, "GET", path, value, **OURS).status_code in (401, 404)
