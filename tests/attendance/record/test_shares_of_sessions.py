"""Which sessions count: outcomes, and the shares that settlement asks for."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from attendance.record.outcomes import SessionOutcome, judge
from attendance.record.shares import Share
from models.attendance import AttendanceMark, CheckInStatus
from models.projects import RosterEntry, RosterRole
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import statements
from tests.attendance.record.shares import shares
from tests.fakes import face


def test_late_counts_and_excused_does_not() -> None:
    usual = {"needs_check_out": False, "is_over": True}
    assert judge(CheckInStatus.LATE, None, None, **usual) is SessionOutcome.LATE
    assert judge(None, None, None, **usual) is SessionOutcome.ABSENT
    assert judge(CheckInStatus.REJECTED, None, None, **usual) is SessionOutcome.ABSENT
    assert judge(CheckInStatus.NEEDS_REVIEW, None, None, **usual) is SessionOutcome.NEEDS_REVIEW
    assert judge(None, None, AttendanceMark.EXCUSED, **usual) is SessionOutcome.EXCUSED
    assert {each for each in SessionOutcome if each.counts} == {SessionOutcome.PRESENT, SessionOutcome.LATE}


def test_who_never_checked_out_left_early_where_that_is_needed_and_over() -> None:
    arrived = CheckInStatus.PRESENT
    assert judge(arrived, None, None, needs_check_out=True, is_over=True) is SessionOutcome.LEFT_EARLY
    assert judge(arrived, None, None, needs_check_out=True, is_over=False) is SessionOutcome.PRESENT
    assert judge(arrived, None, None, needs_check_out=False, is_over=True) is SessionOutcome.PRESENT
    assert judge(arrived, arrived, None, needs_check_out=True, is_over=True) is SessionOutcome.PRESENT


@given(mark=st.sampled_from(AttendanceMark), arrival=st.none() | st.sampled_from(CheckInStatus), over=st.booleans())
def test_the_organizers_mark_goes_before_the_record(
    mark: AttendanceMark, arrival: CheckInStatus | None, over: bool
) -> None:
    found = judge(arrival, None, mark, needs_check_out=True, is_over=over)
    unmarked = judge(arrival, None, None, needs_check_out=True, is_over=over)
    assert found == (unmarked if mark is AttendanceMark.AS_RECORDED else SessionOutcome(mark.value))


def test_a_share_meets_its_least_at_exactly_that() -> None:
    assert Share(4, 5).meets(Decimal("0.80"))
    assert not Share(3, 4).meets(Decimal("0.80"))
    assert not Share(0, 0).meets(Decimal("0.01"))


def test_the_shares_of_a_project_tell_each_learner_of_the_roster(scene: Scene) -> None:
    came, late = scene.learner("li"), scene.learner("wang")
    absent = scene.learner("zhao")
    assert absent is not None
    scene.check_in(came, face("li"))
    scene.clock.turn(minutes=11)
    scene.check_in(late, face("wang"))
    scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=5))
    speaker = scene.make.person(unit=scene.unit)
    entry = RosterEntry(
        project_id=scene.project.id, person_id=speaker.id, role=RosterRole.SPEAKER, added_at=scene.clock.now()
    )
    scene.db.add(entry)
    scene.db.commit()
    found = shares(scene.db, scene.project)
    assert {name: found[scene.people[name].id] for name in ("li", "wang", "zhao")} == {
        "li": Share(1, 2), "wang": Share(1, 2), "zhao": Share(0, 2),
    }  # fmt: skip
    assert speaker.id not in found


def test_where_check_out_is_needed_coming_alone_does_not_count(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    person = scene.people["li"].id
    scene.project.needs_check_out = True
    assert shares(scene.db, scene.project)[person] == Share(0, 1)
    scene.clock.set(scene.session.ends_at)
    body = {"cme_number": scene.people["li"].cme_number, "direction": "out", "reason": "手机没电，本人在场"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/attendance", body).status_code == 201
    assert shares(scene.db, scene.project)[person] == Share(1, 1)


def test_a_session_closed_before_its_start_is_asked_of_nobody(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=2), closed_at=scene.clock.now())
    assert shares(scene.db, scene.project)[scene.people["li"].id] == Share(1, 1)


def test_shares_take_as_many_statements_however_many_came(scene: Scene) -> None:
    def count() -> int:
        with scene.api.app.app_context():
            from service.edge.database import db as flask_db

            with statements(scene.api) as seen:
                shares(flask_db.session(), scene.project)
            flask_db.session.remove()
        return len(seen)

    few = count()
    for number in range(5):
        scene.check_in(scene.learner(f"n{number}"), face(f"n{number}"))
        scene.make.session(scene.project)
    assert count() == few == 6
