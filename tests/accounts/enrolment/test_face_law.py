"""Faces can be switched on later, renewed, and end in time with a warning."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.people import Role, UnitKind
from service.commands.face_law import read_arguments, run
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api, Reply
from tests.concurrency.at_once import at_once
from tests.factories import Factories
from tests.fakes import FakeClock, face


def code_of(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


@pytest.fixture
def authority(api: Api, make: Factories) -> Api:
    return api.as_(make.staff(Role.AUTHORITY, make.province))


def assessment(clock: FakeClock, **more: object) -> dict[str, object]:
    today = day_at_home(clock.now())
    return {
        "approved_by": "某省卫健委",
        "assessed_on": today.isoformat(),
        "valid_until": (today + timedelta(days=365)).isoformat(),
    } | more


def test_faces_are_switched_on_by_the_authority(
    api: Api, make: Factories, clock: FakeClock, db: Session, authority: Api
) -> None:
    me = api.as_(make.person())
    assert code_of(me.enrol(face("li"))) == (409, "face_not_offered")
    assert authority.get("/face-law").json["warning"] == "no_text"
    text = {"version": "test-1", "text_zh": "告知", "text_en": "Notice"}
    assert authority.post("/face-law/texts", text).status_code == 201
    assert code_of(authority.post("/face-law/texts", text)) == (409, "consent_version_taken")
    assert authority.get("/face-law").json["warning"] == "no_assessment"
    assert authority.post("/face-law/assessments", assessment(clock)).status_code == 201
    shown = authority.get("/face-law").json
    assert (shown["is_offered"], shown["days_left"], shown["warning"]) == (True, 365, None)
    assert me.enrol(face("li")).status_code == 201
    audited = db.scalars(select(AuditEntry.action).where(AuditEntry.action.contains("t.")))
    assert {"consent_text.publish", "impact_assessment.register"} <= set(audited)


def test_people_who_enrolled_keep_their_face_when_a_new_text_comes(api: Api, make: Factories, authority: Api) -> None:
    make.face_law()
    old, new = api.as_(make.person()), api.as_(make.person())
    assert old.enrol(face("li")).status_code == 201
    text = {"version": "test-2", "text_zh": "新告知", "text_en": "New notice"}
    assert authority.post("/face-law/texts", text).status_code == 201
    assert old.get("/me/face").json["enrolled"] is True
    assert code_of(new.enrol(face("wang"))) == (422, "consent_required")
    assert new.enrol(face("wang"), version="test-2").status_code == 201


def test_only_the_authority_of_the_province_decides(api: Api, make: Factories, clock: FakeClock) -> None:
    city = make.unit(kind=UnitKind.CITY)
    for unit, role in ((city, Role.AUTHORITY), (city, Role.UNIT_ADMIN), (make.province, Role.SYSTEM_ADMIN)):
        admin = api.as_(make.staff(role, unit))
        assert code_of(admin.post("/face-law/assessments", assessment(clock))) == (403, "forbidden")
        text = {"version": "x", "text_zh": "x", "text_en": "x"}
        assert code_of(admin.post("/face-law/texts", text)) == (403, "forbidden")


@pytest.mark.parametrize(
    ("assessed", "until", "field"),
    [(1, 100, "assessed_on"), (-10, -1, "valid_until"), (0, 1200, "valid_until"), (-1, -2, "valid_until")],
)
def test_days_that_make_no_sense_are_refused(
    clock: FakeClock, authority: Api, assessed: int, until: int, field: str
) -> None:
    today = day_at_home(clock.now())
    days = {
        "assessed_on": (today + timedelta(days=assessed)).isoformat(),
        "valid_until": (today + timedelta(days=until)).isoformat(),
    }
    reply = authority.post("/face-law/assessments", assessment(clock, **days))
    assert code_of(reply) == (422, "assessment_invalid")
    assert list(reply.json["errors"]) == [field]


@pytest.mark.parametrize(
    ("assessed", "until", "field"),
    [("9999-12-31", "9999-12-31", "assessed_on"), ("0001-01-01", "9999-12-31", "valid_until")],
)
def test_days_at_the_ends_of_the_calendar_are_refused(
    clock: FakeClock, authority: Api, assessed: str, until: str, field: str
) -> None:
    reply = authority.post("/face-law/assessments", assessment(clock, assessed_on=assessed, valid_until=until))
    assert code_of(reply) == (422, "assessment_invalid")
    assert list(reply.json["errors"]) == [field]


def test_of_two_texts_of_one_version_at_once_one_is_published(authority: Api) -> None:
    text = {"version": "test-1", "text_zh": "告知", "text_en": "Notice"}
    replies = at_once([lambda: Api(authority.app, authority.token).post("/face-law/texts", text)] * 4)
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]
    assert {reply.json["code"] for reply in replies if reply.status_code == 409} == {"consent_version_taken"}


def test_the_operator_is_warned_once_at_each_step(
    api: Api, make: Factories, clock: FakeClock, settings: Settings, authority: Api, caplog: pytest.LogCaptureFixture
) -> None:
    text = {"version": "1", "text_zh": "告知", "text_en": "Notice"}
    assert authority.post("/face-law/texts", text).status_code == 201
    assert authority.post("/face-law/assessments", assessment(clock)).status_code == 201

    def warnings_after(days: int) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            sweep(settings, now=clock.now() + timedelta(days=days))
        return [each.levelname for each in caplog.records if "impact assessment" in each.getMessage()]

    told = {days: warnings_after(days) for days in (274, 275, 276, 334, 335, 336, 365, 366, 367)}
    assert told == {
        274: [], 275: ["WARNING"], 276: [], 334: [], 335: ["WARNING"], 336: [], 365: [], 366: ["ERROR"], 367: []
    }  # fmt: skip


def test_an_operator_renews_from_the_command_line(settings: Settings, tmp_path: Path, clock: FakeClock) -> None:
    zh, en = tmp_path / "zh.txt", tmp_path / "en.txt"
    zh.write_text("告知", encoding="utf-8")
    en.write_text("Notice", encoding="utf-8")
    assert "NOT be enrolled" in run(settings, read_arguments(["show"]))
    run(settings, read_arguments(["publish", "2", "--zh", str(zh), "--en", str(en), "--author", "运维"]))
    until = "2099-01-01"
    with pytest.raises(SystemExit):
        read_arguments(["assess", "--approved-by", "x", "--until", "soon", "--author", "x"])
    from accounts.face_errors import AssessmentInvalid

    with pytest.raises(AssessmentInvalid):
        run(settings, read_arguments(["assess", "--approved-by", "x", "--until", until, "--author", "运维"]))
    from datetime import UTC, datetime

    soon = (day_at_home(datetime.now(UTC)) + timedelta(days=30)).isoformat()
    shown = run(settings, read_arguments(["assess", "--approved-by", "卫健委", "--until", soon, "--author", "运维"]))
    assert "faces can be enrolled today" in shown
    assert f"{soon}, 30 days" in shown
