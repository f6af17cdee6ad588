"""The report of a project is due two weeks after its end: shown, and told once before and once when it is overdue."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.notices import Notice, NoticeTopic
from models.people import Role
from models.projects import ProjectStatus, ProjectStep
from models.settlements import ProjectReport
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.attendance.settlement.settling import Closing, close
from tests.kept_worlds import KeptWorlds

DUE, OVERDUE = NoticeTopic.REPORT_DUE, NoticeTopic.REPORT_OVERDUE


@pytest.fixture
def closing(kept: KeptWorlds) -> Closing:
    return kept.open("closing", lambda: close(kept.api, kept.make, kept.clock, kept.db))


@pytest.fixture(autouse=True)
def _swept_lightly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep without the faces, which are no matter here."""
    monkeypatch.setattr("service.running.upkeep.look_after_faces", lambda *_: None)


def days_before_due(closing: Closing, days: int) -> None:
    """The project ended so long ago that its report is due in so many days."""
    ends_on = day_at_home(closing.now) - timedelta(days=14 - days)
    closing.change(starts_on=ends_on - timedelta(days=1), ends_on=ends_on)


def told(closing: Closing) -> list[tuple[NoticeTopic, str]]:
    closing.db.rollback()
    about = Notice.topic.in_((DUE, OVERDUE))
    found = closing.db.scalars(select(Notice).where(about).order_by(Notice.at, Notice.id))
    names = {closing.organizer.id: "organizer"}
    return [(each.topic, names.get(each.person_id, str(each.person_id))) for each in found]


def test_the_due_day_is_shown_and_who_handed_it_in(closing: Closing) -> None:
    days_before_due(closing, 1)
    closing.expect("li")
    path = f"/projects/{closing.project.id}"
    due = (closing.project.ends_on + timedelta(days=14)).isoformat()
    assert closing.staff.get(path).json["report_due_on"] == due
    before = closing.staff.get(f"{path}/report").json
    assert before == {
        "due_on": due, "is_ready": False, "is_overdue": False, "handed_in_at": None, "handed_in_by": None,
        "submitter": None,
    }  # fmt: skip
    refused = closing.staff.post(f"{path}/report")
    assert (refused.status_code, refused.json["code"]) == (409, "not_confirmed")
    assert closing.confirm().status_code == 202
    assert closing.staff.get(f"{path}/report").json["is_ready"] is True
    done = closing.staff.post(f"{path}/report")
    assert (done.status_code, done.json["handed_in_by"]) == (200, str(closing.organizer.id))
    closing.clock.turn(hours=1)
    assert closing.staff.post(f"{path}/report").json == done.json  # the first record stays
    seen = closing.unit.get(f"{path}/report").json
    assert (seen["submitter"]["name"], seen["submitter"]["unit"]["id"]) == (
        closing.organizer.name, str(closing.organizer.unit_id),
    )  # fmt: skip
    audited = closing.db.scalars(select(AuditEntry).where(AuditEntry.action == "report.hand_in")).all()
    assert [(each.actor_id, each.after) for each in audited] == [(closing.organizer.id, {"due_on": due})]


def test_an_organizer_is_told_three_days_before_and_when_it_is_overdue_each_once(
    closing: Closing, settings: Settings
) -> None:
    days_before_due(closing, 4)
    sweep(settings, now=closing.now)
    assert told(closing) == []
    closing.clock.turn(days=1)
    for _ in range(2):
        sweep(settings, now=closing.now)
    assert told(closing) == [(DUE, "organizer")]
    closing.clock.turn(days=3)  # the day itself
    sweep(settings, now=closing.now)
    assert closing.staff.get(f"/projects/{closing.project.id}/report").json["is_overdue"] is False
    closing.clock.turn(days=1)
    for _ in range(2):
        sweep(settings, now=closing.now)
    assert told(closing) == [(DUE, "organizer"), (OVERDUE, "organizer")]
    closing.staff = closing.api.as_(closing.organizer)
    assert closing.staff.get(f"/projects/{closing.project.id}/report").json["is_overdue"] is True
    overdue, due = closing.staff.get("/me/notices").json["items"][:2]
    day = (closing.project.ends_on + timedelta(days=14)).isoformat()
    assert (due["topic"], overdue["topic"]) == ("report_due", "report_overdue")
    assert day in due["text"]
    assert "请先确认学分名单" in overdue["text"]
    english = closing.staff.get("/me/notices", headers={"Accept-Language": "en"}).json["items"][0]["text"]
    assert day in english
    assert "Confirm the list first" in english


def test_the_day_turns_where_the_province_is(closing: Closing, settings: Settings) -> None:
    days_before_due(closing, 0)
    midnight = closing.now.replace(hour=16, minute=0, second=0)  # in Shanghai
    if day_at_home(midnight) == day_at_home(closing.now):
        midnight += timedelta(days=1)
    sweep(settings, now=midnight - timedelta(seconds=1))
    assert told(closing) == [(DUE, "organizer")]
    sweep(settings, now=midnight)
    assert told(closing) == [(DUE, "organizer"), (OVERDUE, "organizer")]


def test_nobody_is_told_of_what_was_handed_in_cancelled_or_long_past(closing: Closing, settings: Settings) -> None:
    closing.expect("li")
    days_before_due(closing, 2)
    assert closing.confirm().status_code == 202
    assert closing.staff.post(f"/projects/{closing.project.id}/report").status_code == 200
    make, ends_on = closing.make, closing.project.ends_on
    facts = {"unit": closing.make.unit(name="三院"), "organizer": closing.organizer, "starts_on": ends_on}
    for status in (ProjectStatus.CANCELLED, ProjectStatus.DRAFT, ProjectStatus.FILED, ProjectStatus.ARCHIVED):
        make.project(**facts, ends_on=ends_on, status=status)
    long_ago = day_at_home(closing.now) - timedelta(days=60)
    make.project(**{**facts, "starts_on": long_ago}, ends_on=long_ago, status=ProjectStatus.ENDED)
    for days in (0, 5):
        sweep(settings, now=closing.now + timedelta(days=days))
    assert told(closing) == []


def test_those_who_made_or_led_the_project_are_told_or_else_its_units_organizers(
    closing: Closing, settings: Settings
) -> None:
    days_before_due(closing, 2)
    unit = closing.make.unit(name="三院")
    left, leader, colleague = closing.make.person(unit=unit), closing.make.organizer(unit), closing.make.organizer(unit)
    led = closing.make.project(
        unit=unit, organizer=left, starts_on=closing.project.ends_on, ends_on=closing.project.ends_on,
        status=ProjectStatus.ENDED,
    )  # fmt: skip
    closing.db.add(
        ProjectStep(
            project_id=led.id, source=ProjectStatus.RUNNING, target=ProjectStatus.ENDED, taken_by=leader.id,
            taken_at=closing.now,
        )
    )  # fmt: skip
    orphan = closing.make.project(
        unit=unit, organizer=left, starts_on=closing.project.ends_on, ends_on=closing.project.ends_on,
        status=ProjectStatus.RUNNING,
    )  # fmt: skip
    closing.db.commit()
    sweep(settings, now=closing.now)
    closing.db.rollback()
    found = closing.db.execute(select(Notice.project_id, Notice.person_id).where(Notice.topic == DUE))
    assert set(map(tuple, found)) == {
        (closing.project.id, closing.organizer.id), (led.id, leader.id), (orphan.id, leader.id),
        (orphan.id, colleague.id),
    }  # fmt: skip


def test_of_two_hosts_that_sweep_at_once_one_tells(closing: Closing, settings: Settings) -> None:
    days_before_due(closing, 2)
    closing.db.commit()
    gate, failed = threading.Barrier(3, timeout=60), list[BaseException]()

    def host() -> None:
        gate.wait()
        try:
            sweep(settings, now=closing.now)
        except BaseException as error:
            failed.append(error)
            raise

    hosts = [threading.Thread(target=host) for _ in range(3)]
    for each in hosts:
        each.start()
    for each in hosts:
        each.join()
    assert failed == []
    assert told(closing) == [(DUE, "organizer")]
    assert closing.db.scalar(select(func.count()).select_from(ProjectReport)) == 1


def test_who_may_say_that_a_report_was_handed_in(closing: Closing) -> None:
    path = f"/projects/{closing.project.id}/report"
    for who in (closing.unit, closing.api.as_(closing.make.staff(Role.UNIT_ADMIN, closing.make.province))):
        assert who.get(path).status_code == 200
        assert who.post(path).json["code"] == "forbidden"
    assert closing.api.as_(closing.make.person()).get(path).json["code"] == "forbidden"
    closing.change(status=ProjectStatus.CANCELLED)
    assert closing.staff.post(path).json["code"] == "project_closed"
