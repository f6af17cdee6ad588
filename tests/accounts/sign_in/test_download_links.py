"""Download links: one file, once, within a minute, with the rights of who made the link."""

import logging
import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import SignIn
from models.edge import AuditEntry, DownloadLink
from models.people import Role, RoleGrant
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api, Reply
from tests.concurrency.at_once import at_once
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock

SHEET = "/api/v1/me/compliance.xlsx?year=2026"


def link(api: Api, path: str = SHEET) -> str:
    """The path of a new link."""
    reply = api.post("/download-links", {"path": path})
    assert reply.status_code == 201, reply.json
    return str(reply.json["url"].removeprefix("https://cme.test"))


def refusal(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


def test_a_link_gives_its_file_once_without_a_bearer(api: Api, make: Factories, clock: FakeClock) -> None:
    me = api.as_(make.person())
    made = me.post("/download-links", {"path": SHEET})
    assert made.json["url"].startswith("https://cme.test/api/v1/downloads/")
    assert made.json["expires_at"] == (clock.now() + timedelta(seconds=60)).isoformat().replace("+00:00", "Z")
    url = made.json["url"].removeprefix("https://cme.test")
    got = api.get(url)
    assert (got.status_code, got.content_type, got.data[:2]) == (200, me.get(SHEET).content_type, b"PK")
    assert got.headers["Content-Disposition"] == 'attachment; filename="compliance-2026.xlsx"'
    assert got.headers["Cache-Control"] == "no-store"
    assert refusal(api.get(url)) == (410, "link_used_up")


def test_of_four_who_open_a_link_at_once_one_gets_the_file(api: Api, make: Factories) -> None:
    url = link(api.as_(make.person()))
    replies = at_once([lambda: Api(api.app).get(url)] * 4)
    assert sorted(reply.status_code for reply in replies) == [200, 410, 410, 410]


def test_head_and_fetching_ahead_use_nothing_up(api: Api, make: Factories) -> None:
    url = link(api.as_(make.person()))
    for _ in range(2):
        assert (api.call("HEAD", url).status_code, api.call("OPTIONS", url).status_code) == (200, 200)
    for header in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Purpose": "preview"}):
        assert refusal(api.get(url, headers=header)) == (403, "link_prefetched")
    assert api.get(url).status_code == 200
    assert api.call("HEAD", url).status_code == 410


def test_a_link_works_for_sixty_seconds(api: Api, make: Factories, clock: FakeClock) -> None:
    me = api.as_(make.person())
    late, in_time = link(me), link(me)
    clock.turn(seconds=59)
    assert api.get(in_time).status_code == 200
    clock.turn(seconds=1)
    assert refusal(api.get(late)) == (410, "link_used_up")
    assert refusal(api.get("/downloads/01890000-0000-7000-8000-000000000000")) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/a.xlsx",
        "//evil.example/a.xlsx",
        "/api/v1//evil.example/a.xlsx",
        "/\\evil.example",
        "api/v1/me",
        "/api/v1/../../healthz",
        "/api/v1/me/../me",
        "/api/v1/me/%2e%2e/me",
        "/api/v1/me#x",
        "/api/v1/m e",
        "/api/v1/me?a=\r\nX: y",
        "/api/v1/no-such-page",
        "/api/v1/me/",
        "/api/v1/auth/logout",
        "/api/v1/download-links",
        "/api/v1/downloads/01890000-0000-7000-8000-000000000000",
        "/api/v1/ledger/head",
        "/api/v1/calendars/01890000-0000-7000-8000-000000000000",
        "/healthz",
        "/metrics",
        "/dev/outbox",
        "/s/abc",
    ],
)
def test_a_link_leads_to_nothing_but_our_own_gets_of_signed_in_people(api: Api, make: Factories, path: str) -> None:
    assert refusal(api.as_(make.person()).post("/download-links", {"path": path})) == (422, "link_path_invalid")


def test_a_link_leads_to_no_stream_of_events(api: Api, make: Factories) -> None:
    unit = make.unit()
    me = api.as_(make.organizer(unit))
    streams = [
        path
        for path, methods in api.get("/api/openapi.json").json["paths"].items()
        if "text/event-stream" in methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    ]
    assert streams
    for path in streams:
        filled = re.sub(r"{\w+}", "01890000-0000-7000-8000-000000000000", path)
        assert refusal(me.post("/download-links", {"path": filled})) == (422, "link_path_invalid")


def test_nobody_makes_a_link_without_a_sign_in(api: Api) -> None:
    assert refusal(api.post("/download-links", {"path": SHEET})) == (401, "token_invalid")


def test_a_link_has_the_rights_of_who_made_it_and_no_more(api: Api, make: Factories) -> None:
    unit, other = make.unit(), make.unit(name="第二医院")
    organizer = make.organizer(unit)
    path = f"/api/v1/projects/{make.project(unit=unit, organizer=organizer).id}/attendance.xlsx"
    assert refusal(api.as_(make.person(unit=unit)).post("/download-links", {"path": path})) == (403, "forbidden")
    stranger = api.as_(make.organizer(other))
    assert refusal(api.get(link(stranger, path))) == refusal(stranger.get(path)) == (403, "forbidden")
    assert api.get(link(api.as_(organizer), path)).data[:2] == b"PK"


def test_whoever_opens_a_link_signed_in_gets_the_file_of_its_maker(api: Api, make: Factories) -> None:
    one, two = make.person(), make.person()
    assert api.as_(two).get(link(api.as_(one), "/api/v1/me")).json["id"] == str(one.id)


def test_a_link_ends_with_the_sign_in_that_made_it(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    url = link(me)
    assert me.post("/auth/logout").status_code == 204
    assert refusal(api.get(url)) == (401, "token_invalid")


def test_a_link_loses_the_rights_that_its_maker_loses(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    organizer = make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer)
    url = link(api.as_(organizer), f"/api/v1/projects/{project.id}/attendance.xlsx")
    db.delete(db.scalars(select(RoleGrant).where(RoleGrant.role == Role.ORGANIZER)).one())
    db.flush()
    assert refusal(api.get(url)) == (403, "forbidden")


def test_a_look_by_a_link_is_audited_as_one_of_its_maker(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    admin, person = make.staff(Role.UNIT_ADMIN, unit), make.person(unit=unit)
    url = link(api.as_(admin), f"/api/v1/people/{person.id}/credits")
    assert api.get(url).status_code == 200
    assert [entry.actor_id for entry in db.scalars(select(AuditEntry))] == [admin.id]


def test_the_initial_password_opens_no_link(api: Api, make: Factories) -> None:
    me = api.as_(make.person(must_change_password=True), method="password")
    assert refusal(me.post("/download-links", {"path": SHEET})) == (403, "password_change_required")


def test_a_client_cant_say_by_a_header_whose_rights_it_has(api: Api) -> None:
    for name in ("cme.led_by_link", "Cme-Led-By-Link", "CME_LED_BY_LINK"):
        assert api.get("/me", headers={name: "x"}).status_code == 401


def test_the_secret_of_a_link_is_neither_stored_nor_logged(
    api: Api, make: Factories, db: Session, caplog: pytest.LogCaptureFixture
) -> None:
    me = api.as_(make.person())
    made = me.post("/download-links", {"path": SHEET}, headers={"Idempotency-Key": "k"})
    url = made.json["url"].removeprefix("https://cme.test")
    secret = url.rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        assert api.get(url).status_code == 200
    assert caplog.records
    assert secret not in " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert uuid.UUID(secret).bytes not in db.scalars(select(DownloadLink.link_hash)).one()
    again = me.post("/download-links", {"path": SHEET}, headers={"Idempotency-Key": "k"})
    assert again.json["url"] != made.json["url"]


def test_upkeep_deletes_expired_links(
    api: Api, make: Factories, db: Session, settings: Settings, clock: FakeClock
) -> None:
    link(api.as_(make.person()))
    sweep(settings, now=clock.now() + timedelta(minutes=2))
    assert db.scalars(select(DownloadLink)).all() == []
    assert db.scalars(select(SignIn)).all() != []


def test_the_request_of_a_link_is_remembered_as_nobodys_token(api: Api, make: Factories) -> None:
    assert api.get(link(api.as_(make.person()))).status_code == 200
    assert api.app.extensions["token_cache"].find("", now=-1) is None
    assert refusal(api.get("/me")) == (401, "token_invalid")


def test_a_link_of_a_sign_in_whose_second_factor_is_due_gives_nothing(api: Api, make: Factories, db: Session) -> None:
    url = link(api.as_(make.person()))
    db.execute(table_of(SignIn).update().values(is_second_factor_due=True))
    assert refusal(api.get(url)) == (403, "second_factor_required")
