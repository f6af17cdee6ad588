"""The grid, the preview and the settlement judge what is on record alike: as the rules do, person by person."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from attendance.record.facts import Facts, facts_of, read_record
from attendance.record.outcomes import judge
from attendance.record.shares import Share, share_of
from attendance.sessions.parallel_sessions import SessionTime, group_parallel
from models.attendance import (
    AttendanceCorrection,
    AttendanceMark,
    CheckIn,
    CheckInAttempt,
    CheckInMethod,
    CheckInStatus,
    Direction,
)
from models.base import new_id
from models.projects import Session as VenueSession
from models.settlements import SettlementLine
from tests.api import Api
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

STATUSES = st.none() | st.sampled_from(CheckInStatus)
HOURS = st.tuples(st.integers(0, 8), st.integers(1, 4), st.sampled_from([None, "甲", "乙"]))
"""When a session begins, how long it is, and its track."""


@dataclass(frozen=True)
class Said:
    """What is on record of one person at one session: the marks one after the other."""

    came: CheckInStatus | None
    left: CheckInStatus | None
    marks: list[AttendanceMark] = field(default_factory=list)


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    return close(api, make, clock, db)


SAID = st.builds(Said, STATUSES, STATUSES, st.lists(st.sampled_from(AttendanceMark), max_size=2))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.lists(HOURS, min_size=1, max_size=4), needs_out=st.booleans(), data=st.data())
def test_everybody_is_judged_by_one_rule_wherever_it_is_shown(
    api: Api, make: Factories, clock: FakeClock, db: Session,
    hours: list[tuple[int, int, str | None]], needs_out: bool, data: st.DataObject,
) -> None:  # fmt: skip
    closing = close(api, make, clock, db, needs_check_out=needs_out)
    sessions = [closing.session, *(_session(closing, *each) for each in hours)]
    people = [closing.expect(f"learner {number}", attended=False) for number in range(3)]
    told = {(who.id, each.id): data.draw(SAID) for who in people for each in sessions}
    for (who, session), said in told.items():
        _write(closing, who, session, said)
    db.commit()
    expected = {who.id: _share(sessions, {each.id: told[who.id, each.id] for each in sessions}, needs_out)
                for who in people}  # fmt: skip

    grid = closing.staff.get(f"/projects/{closing.project.id}/attendance").json["items"]
    told_of = {uuid.UUID(row["person"]["id"]): (row["counted"], row["required"], row["share"]) for row in grid}
    assert told_of == {
        who: (float(share.shown_counted), share.required, f"{share.shown:.2f}") for who, share in expected.items()
    }
    shown = {(uuid.UUID(row["person"]["id"]), uuid.UUID(each)): outcome
             for row in grid for each, outcome in row["standings"].items()}  # fmt: skip
    assert shown == {place: _judged(said, needs_out) for place, said in told.items()}

    previewed = closing.preview()
    met = {each["person_id"] for each in previewed["grants"]}
    assert met == {str(who) for who, share in expected.items() if share.meets(closing.project.min_attendance)}
    settlement = uuid.UUID(closing.confirm(cut_off=True, reason="名单已核对").json["id"])
    lines = db.scalars(select(SettlementLine).where(SettlementLine.settlement_id == settlement))
    assert {line.person_id: (line.attended * 100 + line.attended_hundredths, line.required) for line in lines} == {
        who: (int(share.shown_counted * 100), share.required) for who, share in expected.items()
    }
    listed = closing.unit.get(f"/settlements/{settlement}/lines").json["items"]
    assert {each["person_id"]: each["attended"] for each in listed} == {
        str(who): float(share.shown_counted) for who, share in expected.items()
    }
    assert {each["person_id"] for each in listed if each["credits"]} == met


def test_a_record_is_read_alike_in_any_order(closing: Closing) -> None:
    one, other = sorted([new_id(), new_id()])
    record = ["0inlate", "0markabsent", "1inpresent", "1outpresent"]
    expected = {
        one: Facts(CheckInStatus.LATE, None, AttendanceMark.ABSENT),
        other: Facts(CheckInStatus.PRESENT, CheckInStatus.PRESENT),
    }
    assert read_record(",".join(record), [other, one]) == expected
    assert read_record(",".join(reversed(record)), [one, other]) == expected
    assert read_record("", [one]) == read_record(",", [one]) == {}
    many = sorted(new_id() for _ in range(12))
    assert read_record("11inneeds_review", many) == {many[11]: Facts(CheckInStatus.NEEDS_REVIEW)}


def test_what_is_on_record_elsewhere_or_of_others_stays_out(closing: Closing) -> None:
    li, wang = closing.expect("li"), closing.expect("wang")
    elsewhere = closing.make.session(closing.make.project(unit=closing.make.province, organizer=closing.organizer))
    _write(closing, li.id, elsewhere.id, Said(CheckInStatus.PRESENT, None))
    closing.db.commit()
    present = {closing.session.id: Facts(mark=AttendanceMark.PRESENT)}
    assert facts_of(closing.db, [closing.session.id], [li.id]) == {li.id: present}
    assert facts_of(closing.db, [closing.session.id], [li.id, wang.id]) == {li.id: present, wang.id: present}
    assert facts_of(closing.db, [], [li.id]) == facts_of(closing.db, [closing.session.id], []) == {}


def _session(closing: Closing, start: int, hours: int, track: str | None) -> VenueSession:
    starts_at = closing.now - timedelta(hours=24 - start)
    return closing.make.session(
        closing.project, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), track=track
    )


def _write(closing: Closing, who: uuid.UUID, session: uuid.UUID, said: Said) -> None:
    place: dict[str, Any] = {"session_id": session, "person_id": who}
    for direction, status in ((Direction.IN, said.came), (Direction.OUT, said.left)):
        if status is None:
            continue
        at = {**place, "direction": direction}
        attempt = new_id()
        closing.db.execute(
            insert(CheckInAttempt).values(id=attempt, **at, attempted_at=closing.now, result=status.value)
        )
        done = {"status": status, "method": CheckInMethod.FACE, "scanned_at": closing.now, "receipt": "-"}
        closing.db.execute(insert(CheckIn).values(**at, **done, checked_in_at=closing.now, attempt_id=attempt))
    for mark in said.marks:
        made = {"reason": "现场核对", "made_by": closing.organizer.id, "made_at": closing.now}
        closing.db.execute(insert(AttendanceCorrection).values(id=new_id(), **place, mark=mark, **made))


def _judged(said: Said, needs_out: bool) -> str:
    mark = said.marks[-1] if said.marks else None
    return judge(said.came, said.left, mark, needs_check_out=needs_out, is_over=True).value


def _share(sessions: list[VenueSession], said: dict[uuid.UUID, Said], needs_out: bool) -> Share:
    """The share by the rules alone: what the groups are worth, added up."""
    groups = group_parallel(SessionTime.of(each.id, each.starts_at, each.ends_at) for each in sessions)
    counted = {each for each, found in said.items() if _judged(found, needs_out) in ("present", "late")}
    return share_of(groups, counted)
