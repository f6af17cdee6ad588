"""The end of a project: no session to come, no check-out owed where it ends early, its last day and its credits."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import LastDayInvalid, ProjectClosed, ReasonNeeded
from attendance.projects.last_days import bring_forward
from foundation.callers import Caller, Grant
from foundation.clock import day_at_home, local_day
from foundation.errors import Forbidden
from models.base import new_id
from models.edge import AuditEntry
from models.ledger import LedgerEntry
from models.people import Role, Unit
from models.projects import Project, ProjectStatus
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.attendance.settlement.settling import Closing, close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock

Run = Callable[[], None]


def end(scene: Scene) -> Any:
    return scene.staff.post(f"/projects/{scene.project.id}/transitions", {"to": "ended"})


def test_a_project_with_a_session_to_come_is_not_ended_and_says_which(scene: Scene) -> None:
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=1))
    refused = end(scene)
    assert (refused.status_code, refused.json["code"]) == (409, "sessions_to_come")
    named = refused.json["sessions"]
    assert [each["id"] for each in named] == [str(scene.session.id), str(later.id)]
    assert named[0]["title"] == scene.session.title
    assert (
        "cancel"
        in scene.staff.post(
            f"/projects/{scene.project.id}/transitions", {"to": "ended"}, headers={"Accept-Language": "en"}
        ).json["hint"]
    )


def test_a_project_ends_once_its_sessions_have_begun_or_were_closed(scene: Scene) -> None:
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=1))
    assert scene.staff.post(f"/sessions/{later.id}/closing", {}).status_code == 200
    scene.clock.turn(minutes=11)
    assert end(scene).status_code == 200
    session = scene.staff.get(f"/sessions/{scene.session.id}").json
    assert session["closed_at"] is not None


@pytest.mark.parametrize(("minutes", "outcome"), [(120, "present"), (11 + 180 + 31, "left_early")])
def test_nobody_owes_a_check_out_where_the_project_ended_while_the_session_ran(
    scene: Scene, minutes: int, outcome: str
) -> None:
    scene.db.execute(table_of(Project).update().values(needs_check_out=True, min_attendance=1))
    scene.learner("li", is_enrolled=False)
    by_hand = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": "本人到场，已核对证件"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/attendance", by_hand).status_code == 201
    scene.clock.turn(minutes=minutes)
    assert end(scene).status_code == 200
    (line,) = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    assert line["standings"] == {str(scene.session.id): outcome}
    preview = scene.staff.get(f"/projects/{scene.project.id}/settlement/preview").json
    reasons = [each["reasons"] for each in preview["skipped"]]
    assert ("attendance_too_low" in str(reasons)) == (outcome == "left_early")


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    """A project that has ended, whose last day is tomorrow."""
    made = close(api, make, clock, db, ends_on=day_at_home(clock.now()) + timedelta(days=1))
    made.expect("li")
    return made


def test_a_project_is_confirmed_on_its_last_day_at_the_earliest(closing: Closing, run_jobs: Run) -> None:
    last_day = closing.project.ends_on
    refused = closing.confirm()
    assert (refused.status_code, refused.json["code"]) == (409, "project_not_over")
    assert refused.json["ends_on"] == last_day.isoformat()
    assert closing.status() is ProjectStatus.ENDED
    forward(closing, day_at_home(closing.now))
    settlement = closing.confirm()
    assert settlement.status_code == 202
    closing.review(settlement.json["id"])
    run_jobs()
    assert closing.db.scalars(select(LedgerEntry.activity_on)).all() == [day_at_home(closing.now)]


def test_no_grant_has_a_date_in_the_future(closing: Closing, run_jobs: Run) -> None:
    closing.clock.turn(days=1)
    settlement = closing.confirm()
    assert settlement.status_code == 202
    closing.review(settlement.json["id"])
    run_jobs()
    (entry,) = closing.entries()
    assert entry.activity_on == closing.project.ends_on == day_at_home(closing.now)


def test_what_was_confirmed_too_early_is_not_approved_before_the_last_day(closing: Closing) -> None:
    closing.change(ends_on=day_at_home(closing.now))
    settlement_id = closing.confirm().json["id"]
    closing.change(ends_on=day_at_home(closing.now) + timedelta(days=1))  # as an earlier version allowed
    refused = closing.review(settlement_id)
    assert (refused.status_code, refused.json["code"]) == (409, "project_not_over")
    assert closing.review(settlement_id, "return", "请在最后一天确认").status_code == 202


def test_the_last_day_is_brought_forward_with_a_reason_and_no_further_than_the_sessions(closing: Closing) -> None:
    today, tomorrow = day_at_home(closing.now), closing.project.ends_on
    earliest = max(local_day(closing.session.starts_at, closing.session.zone), closing.project.starts_on)
    for day in (earliest - timedelta(days=1), tomorrow + timedelta(days=1)):
        with pytest.raises(LastDayInvalid) as refused:
            forward(closing, day)
        assert refused.value.facts == {"earliest": earliest.isoformat(), "latest": tomorrow.isoformat()}
    with pytest.raises(ReasonNeeded):
        forward(closing, today, reason=None)
    with pytest.raises(Forbidden):
        forward(closing, today, role=Role.UNIT_ADMIN)
    assert forward(closing, today).ends_on == today
    audited = closing.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.bring_forward")).one()
    assert (audited.before, audited.after) == ({"ends_on": tomorrow.isoformat()}, {"ends_on": today.isoformat()})
    assert audited.reason == "提前办完"
    for status in (ProjectStatus.DRAFT, ProjectStatus.IN_REVIEW, ProjectStatus.SETTLED):
        closing.change(status=status)
        with pytest.raises(ProjectClosed):
            forward(closing, today)


def test_the_last_day_stays_where_a_round_was_settled_with_it(closing: Closing, run_jobs: Run) -> None:
    path, last_day = f"/projects/{closing.project.id}", closing.project.ends_on
    change = {"ends_on": (last_day - timedelta(days=1)).isoformat(), "reason": "提前办完"}
    closing.clock.turn(days=1)
    settled = closing.confirm().json["id"]
    closing.review(settled)
    run_jobs()
    assert closing.reopen(settled).status_code == 200
    assert closing.status() is ProjectStatus.ENDED
    refused = closing.staff.patch(path, change)
    assert (refused.status_code, refused.json["code"]) == (409, "project_closed")
    assert closing.staff.get(path).json["ends_on"] == last_day.isoformat()
    assert [each.activity_on for each in closing.entries()] == [last_day]


def test_the_last_day_still_comes_forward_after_a_list_was_returned(closing: Closing) -> None:
    path, day = f"/projects/{closing.project.id}", closing.project.ends_on - timedelta(days=1)
    closing.clock.turn(days=1)
    assert closing.review(closing.confirm().json["id"], "return", "请更正").status_code == 202
    done = closing.staff.patch(path, {"ends_on": day.isoformat(), "reason": "提前办完"})
    assert (done.status_code, done.json["ends_on"]) == (200, day.isoformat())


def forward(closing: Closing, day: date, *, reason: str | None = "提前办完", role: Role = Role.ORGANIZER) -> Project:
    """Bring the last day forward, as the project's organizer."""
    unit = closing.db.get_one(Unit, closing.project.unit_id)
    grants = (Grant(role, unit.id, unit.path),)
    caller = Caller(closing.organizer.id, new_id(), new_id(), unit.id, unit.path, grants)
    return bring_forward(
        closing.db, project_id=closing.project.id, ends_on=day, reason=reason, caller=caller, now=closing.now
    )
