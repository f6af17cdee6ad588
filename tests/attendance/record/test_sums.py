"""What is in the sum of a person: excused sessions, sessions to come, and when the attendance is met for sure."""

import uuid
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.record.sums import share_without_excused
from attendance.sessions.parallel_sessions import ParallelSessions, SessionTime, group_parallel
from models.attendance import AttendanceMark
from models.base import new_id
from models.people import Person, Role
from models.projects import ExcusedRule, Project
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.courses import Course
from tests.attendance.settlement.settling import close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock

LEAVES = {"excused": "leaves_the_sum"}


def half_days(make: Factories, project: Project, clock: FakeClock, count: int, *, first: float) -> list[VenueSession]:
    """So many sessions one after the other, on one day of the venue's; the first begins in `first` hours."""
    starts = [clock.now() + timedelta(hours=first + 4 * number) for number in range(count)]
    return [make.session(project, starts_at=each) for each in starts]


def mark(staff: Api, session: VenueSession, person: Person, what: str) -> Any:
    sent = {"cme_number": person.cme_number, "mark": what, "reason": "现场核对，签到表为证"}
    return staff.post(f"/sessions/{session.id}/corrections", sent)


@pytest.mark.parametrize(
    ("rule", "sessions", "excused", "attended", "sum_"),
    [
        (ExcusedRule.COUNTS_AS_ABSENT, 4, 1, 3, (3, 4)),
        (ExcusedRule.LEAVES_THE_SUM, 4, 1, 3, (3, 3)),
        (ExcusedRule.LEAVES_THE_SUM, 4, 2, 2, (2, 3)),
        (ExcusedRule.LEAVES_THE_SUM, 3, 1, 2, (2, 3)),
        (ExcusedRule.LEAVES_THE_SUM, 4, 4, 0, (0, 4)),
    ],
)
def test_an_excused_session_leaves_the_sum_only_where_the_project_says_so(
    api: Api, make: Factories, clock: FakeClock, db: Any,
    rule: ExcusedRule, sessions: int, excused: int, attended: int, sum_: tuple[int, int],
) -> None:  # fmt: skip
    closing = close(api, make, clock, db, excused=rule)
    li = closing.expect("li", attended=False)
    held = [closing.session, *half_days(make, closing.project, clock, sessions - 1, first=-5 - 4 * sessions)]
    for number, session in enumerate(held):
        what = "excused" if number < excused else "present" if number < excused + attended else "absent"
        assert mark(closing.staff, session, li, what).status_code == 201
    (row,) = closing.staff.get(f"/projects/{closing.project.id}/attendance").json["items"]
    assert (row["counted"], row["required"]) == sum_
    preview = closing.preview()
    assert bool(preview["grants"]) == (Decimal(sum_[0]) / sum_[1] >= Decimal("0.80"))
    (shown,) = preview["grants"] + preview["skipped"]
    assert {each["session_id"] for each in shown["excused"]} == {str(each.id) for each in held[:excused]}
    settlement = closing.confirm().json["id"]
    (line,) = closing.unit.get(f"/settlements/{settlement}/lines").json["items"]
    assert (line["attended"], line["required"]) == sum_
    assert [each["title"] for each in line["excused"]] == ["上午场"] * excused


def test_the_condition_is_shown_to_the_reviewing_unit_and_to_learners(scene: Scene) -> None:
    body = {
        "name": "急诊心电图判读新进展", "starts_on": "2026-11-24", "ends_on": "2026-11-26",
        "conditions": {"min_attendance": "0.80", **LEAVES},
    }  # fmt: skip
    made = scene.staff.post("/projects", body).json
    assert made["conditions"]["excused"] == "leaves_the_sum"
    authority = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province))
    assert authority.get(f"/projects/{made['id']}").json["conditions"]["excused"] == "leaves_the_sum"
    me = scene.learner("li", is_enrolled=False)
    (mine,) = me.get("/me/attendance").json["items"]
    assert (mine["min_attendance"], mine["excused"]) == ("0.80", "counts_as_absent")


SESSIONS = [new_id() for _ in range(9)]


def share(plan: list[ParallelSessions], excused: set[uuid.UUID], attended: set[uuid.UUID]) -> Fraction:
    return share_without_excused(plan, attended, excused - attended if attended else set()).share


def one_by_one(count: int) -> list[ParallelSessions]:
    return group_parallel(SessionTime(each, number, number + 1) for number, each in enumerate(SESSIONS[:count]))


PLANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), min_size=9, max_size=9).map(
    lambda times: group_parallel(
        SessionTime(each, start, start + length) for each, (start, length) in zip(SESSIONS, times, strict=True)
    )
)
"""Sessions that overlap as they like."""
SOME = st.sets(st.sampled_from(SESSIONS))


@given(st.one_of(PLANS, st.integers(1, 9).map(one_by_one)), SOME, SOME, st.sampled_from(SESSIONS))
def test_the_share_never_falls_by_attending_one_more_nor_by_one_more_excuse(
    plan: list[ParallelSessions], excused: set[uuid.UUID], attended: set[uuid.UUID], more: uuid.UUID
) -> None:
    known = {each.id for group in plan for each in group.sessions}
    excused, attended, more_of = excused & known, attended & known, {more} & known
    before = share(plan, excused, attended)
    assert share(plan, excused, attended | more_of) >= before
    assert share(plan, excused | more_of, attended) >= before
    whole = sum(each.weight for each in plan)
    found = share_without_excused(plan, attended, excused - attended if attended else set())
    assert 4 * (whole - found.required) <= whole


@given(PLANS, SOME)
def test_an_excuse_changes_nothing_for_who_attended_everything_else_of_the_group(
    plan: list[ParallelSessions], excused: set[uuid.UUID]
) -> None:
    everything = set(SESSIONS)
    assert share(plan, excused, everything) == share(plan, set(), everything) == 1


@pytest.mark.parametrize(
    ("excused", "attended", "sum_"),
    [
        ("A", "CDE", (3, 3)),  # one of the two tracks is enough: the morning leaves the sum
        ("B1 B2", "CDE", (3, 3)),
        ("A", "B1 CDE", (3, 3)),  # half of the morning was attended; who attended nothing of it would have 3 of 3
        ("B2", "B1 CDE", (3, 3)),
        ("A", "", (0, 4)),
    ],
)
def test_an_excuse_beside_parallel_sessions_takes_out_the_group_that_nothing_was_attended_of(
    scene: Scene, excused: str, attended: str, sum_: tuple[float, int]
) -> None:
    """A beside B1 and B2; then C, D and E one by one."""
    scene.db.execute(_update(**LEAVES))
    scene.learner("li", is_enrolled=False)
    start = scene.session.starts_at
    at = {"B1": (0, 1.5), "B2": (1.5, 3), "C": (4, 7), "D": (8, 11), "E": (12, 15)}
    held = {
        name: scene.make.session(
            scene.project, starts_at=start + timedelta(hours=begin), ends_at=start + timedelta(hours=end)
        )
        for name, (begin, end) in at.items()
    } | {"A": scene.session}
    for name, session in held.items():
        what = "excused" if name in excused else "present" if name in attended else "absent"
        assert mark(scene.staff, session, scene.people["li"], what).status_code == 201
    (row,) = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    assert (row["counted"], row["required"]) == sum_


def test_the_exam_opens_once_the_attendance_is_met_for_sure(course: Course) -> None:
    course.db.execute(_update(min_attendance=Decimal("0.50")))
    first, second, third = half_days(course.make, course.project, course.clock, 3, first=5)  # four with the scene's
    course.set_exam()
    li = course.learner("li")
    assert code_of(course.start(li)) == (403, "attendance_not_met")  # 1 of 4, three of them to come
    (mine,) = li.get("/me/attendance").json["items"]
    assert mine["owed"] == []
    assert mark(course.staff, second, course.people["li"], "present").status_code == 201
    assert course.start(li).status_code == 201
    wang = course.learner("wang", has_attended=False)
    assert code_of(course.start(wang)) == (403, "did_not_attend")
    assert mark(course.staff, first, course.people["wang"], "left_early").status_code == 201
    assert mark(course.staff, third, course.people["wang"], "present").status_code == 201
    assert code_of(course.start(wang)) == (403, "attendance_not_met")


def test_a_check_out_that_is_owed_keeps_the_exam_shut(course: Course) -> None:
    course.db.execute(_update(needs_check_out=True, needs_exam=True))
    course.set_exam()
    li = course.learner("li")
    assert code_of(course.start(li)) == (403, "attendance_not_met")
    sent = {"cme_number": course.people["li"].cme_number, "direction": "out", "reason": "本人到场，已核对证件"}
    assert course.staff.post(f"/sessions/{course.session.id}/attendance", sent).status_code == 201
    (mine,) = li.get("/me/attendance").json["items"]
    assert mine["owed"] == ["exam"]
    assert course.start(li).status_code == 201


def test_nobody_is_absent_before_a_session_begins(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    path, session = f"/projects/{scene.project.id}/attendance", str(scene.session.id)
    assert scene.staff.get(path).json["items"][0]["standings"][session] == "to_come"
    assert mark(scene.staff, scene.session, scene.people["li"], AttendanceMark.EXCUSED).status_code == 201
    assert scene.staff.get(path).json["items"][0]["standings"][session] == "excused"
    assert mark(scene.staff, scene.session, scene.people["li"], AttendanceMark.AS_RECORDED).status_code == 201
    scene.clock.set(scene.session.starts_at)
    assert scene.staff.get(path).json["items"][0]["standings"][session] == "absent"


@pytest.mark.parametrize("is_over", [True, False])
def test_nobody_moves_up_once_the_last_session_is_over(scene: Scene, is_over: bool) -> None:
    scene.db.execute(_update(capacity=1))
    people = [scene.make.person(unit=scene.unit) for _ in range(2)]
    path = f"/projects/{scene.project.id}/roster"
    added = scene.staff.post(path, {"cme_numbers": [each.cme_number for each in people]}).json
    assert (added["added"], added["waiting"]) == (1, 1)
    scene.clock.set(scene.session.ends_at - timedelta(seconds=0 if is_over else 1))
    assert scene.staff.delete(f"{path}/{people[0].id}").status_code == 204
    assert len(scene.staff.get(path).json["items"]) == (0 if is_over else 1)


def _update(**facts: Any) -> Any:
    return table_of(Project).update().values(**facts)
