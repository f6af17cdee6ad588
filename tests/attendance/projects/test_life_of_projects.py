"""The life of a project (W): which steps there are, who takes each, what they need, what they leave behind."""

import uuid
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from attendance.projects.states import FROZEN, STEPS, Actor, find_step, next_steps
from models.edge import AuditEntry
from models.people import Role, UnitKind
from models.projects import Project, ProjectStep
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.conftest import Scene
from tests.attendance.projects.life_of_projects import COURSE, S, course, put_into
from tests.databases import table_of

USUAL = (S.FILED, S.APPROVED, S.ANNOUNCED, S.RUNNING, S.ENDED)


@pytest.fixture
def authority(scene: Scene) -> Api:
    return scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province))


def go(who: Api, project: str, to: str, reason: str | None = None) -> tuple[int, str]:
    body = {"to": to} if reason is None else {"to": to, "reason": reason}
    reply = who.post(f"/projects/{project}/transitions", body)
    return reply.status_code, reply.json["status"] if reply.status_code == 200 else reply.json["code"]


def test_a_project_runs_from_draft_to_its_end(scene: Scene, authority: Api) -> None:
    project = course(scene)
    for to in USUAL:
        who = authority if to is S.APPROVED else scene.staff
        assert go(who, project, to.value) == (200, to.value)
    life = scene.staff.get(f"/projects/{project}/transitions").json
    assert [each["target"] for each in life["steps"]] == [each.value for each in USUAL]
    assert (life["status"], life["next"]) == ("ended", [])  # settlement goes on from here
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.step")).all()
    assert [each.after["status"] for each in audited] == [each.value for each in USUAL]


def test_the_authority_finds_what_waits_for_it(scene: Scene, authority: Api) -> None:
    filed, _draft = course(scene), course(scene)
    go(scene.staff, filed, "filed")
    for who in (authority, scene.staff):
        assert [each["id"] for each in who.get("/projects?status=filed").json["items"]] == [filed]
    go(authority, filed, "approved")
    assert authority.get("/projects?status=filed").json["items"] == []
    assert authority.get("/projects?status=nonsense").status_code == 422


def test_no_step_is_taken_that_is_not_in_the_machine(scene: Scene, authority: Api) -> None:
    project, turns = course(scene), cycle((scene.staff, authority, authority, scene.staff, scene.staff))
    for source in S:
        put_into(scene, project, source)
        for target in S:
            step = find_step(source, target)
            if step is None or step.by == {Actor.SETTLEMENT}:
                refused = go(next(turns), project, target.value, "理由充分")
                assert refused == (409, "transition_not_allowed"), (source, target)
    assert scene.db.scalars(select(ProjectStep)).all() == []


@pytest.mark.parametrize("step", [each for each in STEPS if each.by != {Actor.SETTLEMENT}])
def test_every_step_is_for_those_it_is_for(scene: Scene, authority: Api, step: Any) -> None:
    project = course(scene)
    elsewhere = scene.make.unit(name="第二医院")
    city = scene.make.unit(kind=UnitKind.CITY, name="某市")
    others = (
        (Role.ORGANIZER, elsewhere),
        (Role.AUTHORITY, city),
        (Role.SYSTEM_ADMIN, scene.make.province),
        (Role.UNIT_ADMIN, scene.unit),
        (Role.AUDITOR, scene.make.province),
    )
    nobody_here = [scene.api.as_(scene.make.staff(role, place)) for role, place in others]
    put_into(scene, project, step.source)
    for other in (*nobody_here, scene.learner("li", is_enrolled=False)):
        assert go(other, project, step.target.value, "理由充分") == (403, "forbidden")
    for actor, who in ((Actor.ORGANIZER, scene.staff), (Actor.REVIEWER, authority)):
        put_into(scene, project, step.source)
        expected = (200, step.target.value) if actor in step.by else (403, "forbidden")
        assert go(who, project, step.target.value, "理由充分") == expected
        if step.needs_reason and actor in step.by:
            put_into(scene, project, step.source)
            assert go(who, project, step.target.value) == (422, "reason_needed")


@given(path=st.lists(st.sampled_from(list(S)), max_size=30))
def test_nothing_is_settled_but_through_approval_end_and_review(path: list[S]) -> None:
    status, seen = S.DRAFT, []
    for target in path:
        step = find_step(status, target)
        if step is not None:
            status = target
            seen.append(target)
            assert step.by, "a step that nobody may take"
    if S.SETTLED in seen:
        upto = seen[: seen.index(S.SETTLED)]
        places = [upto.index(each) for each in (*USUAL, S.IN_REVIEW)]
        assert places == sorted(places)
    if S.CANCELLED in seen:
        assert seen[-1] is S.CANCELLED


@given(actors=st.frozensets(st.sampled_from([Actor.ORGANIZER, Actor.REVIEWER])), moves=st.lists(st.integers(0, 9)))
def test_no_hand_but_settlements_touches_a_project_under_review(actors: frozenset[Actor], moves: list[int]) -> None:
    status = S.DRAFT
    for move in moves:
        open_steps = next_steps(status, actors)
        if not open_steps:
            break
        status = open_steps[move % len(open_steps)].target
        assert status not in (S.IN_REVIEW, S.SETTLED, S.ARCHIVED)
    if Actor.REVIEWER not in actors:
        assert status not in (S.APPROVED, S.ANNOUNCED, S.RUNNING, S.ENDED, S.RETURNED)


def test_who_filed_a_project_does_not_approve_it(scene: Scene) -> None:
    project = course(scene)
    scene.make._grant(scene.organizer, Role.AUTHORITY, scene.make.province)
    scene.db.commit()
    assert go(scene.staff, project, "filed") == (200, "filed")
    assert go(scene.staff, project, "approved") == (409, "second_admin_needed")


def test_a_project_without_credits_is_not_filed(scene: Scene) -> None:
    for missing in ({"credits": "0.00"}, {"hours": "0.0"}):
        assert go(scene.staff, course(scene, **missing), "filed") == (409, "project_incomplete")


def test_ending_a_project_closes_its_open_sessions(scene: Scene, authority: Api) -> None:
    learner = scene.learner("li")
    put_into(scene, str(scene.project.id), S.DRAFT)
    for to in USUAL[:-1]:
        who = authority if to is S.APPROVED else scene.staff
        scene.db.execute(table_of(Project).update().values(credits=5, hours=1))
        assert go(who, str(scene.project.id), to.value)[0] == 200
    scene.clock.turn(minutes=15)
    assert scene.ask(learner).status_code == 201
    assert go(scene.staff, str(scene.project.id), "ended") == (200, "ended")
    assert code_of(scene.ask(learner)) == (409, "session_not_open")
    late = {"title": "加场", "venue": "厅", "starts_at": scene.clock.now().isoformat(),
            "ends_at": (scene.clock.now() + timedelta(hours=1)).isoformat()}  # fmt: skip
    assert code_of(scene.staff.post(f"/projects/{scene.project.id}/sessions", late)) == (409, "project_closed")


def test_roster_and_attendance_stand_still_under_review(scene: Scene) -> None:
    scene.learner("li")
    number = scene.people["li"].cme_number
    for status in FROZEN:
        put_into(scene, str(scene.project.id), status)
        added = scene.staff.post(f"/projects/{scene.project.id}/roster", {"cme_numbers": [number]})
        by_hand = scene.staff.post(
            f"/sessions/{scene.session.id}/attendance",
            {"cme_number": number, "direction": "in", "reason": "手机没电"},
        )
        assert (code_of(added), code_of(by_hand)) == ((409, "project_closed"),) * 2


def test_two_steps_at_once_are_one(scene: Scene) -> None:
    project = course(scene)
    replies = at_once(6, lambda: go(Api(scene.api.app, scene.staff.token), project, "filed"))
    assert sorted(status for status, _ in replies) == [200] + [409] * 5
    assert len(scene.db.scalars(select(ProjectStep)).all()) == 1


def test_a_project_has_sensible_defaults_and_keeps_what_it_was_given(scene: Scene, authority: Api) -> None:
    plain = {name: COURSE[name] for name in ("name", "starts_on", "ends_on")}
    made = scene.staff.post("/projects", plain).json
    assert (made["status"], made["credits"], made["hours"], made["edition"]) == ("draft", "0.00", "0.0", 1)
    assert made["conditions"] == {
        "min_attendance": "0.80", "check_out": False, "evaluation": False, "exam": False, "excused": "counts_as_absent",
    }  # fmt: skip
    assert made["reviewing_unit_id"] == str(scene.make.province.id)
    full = authority.get(f"/projects/{course(scene)}").json
    assert {name: full[name] for name in COURSE} == COURSE
    assert full["level"] == "national"
    listed = authority.get("/projects").json["items"]
    assert {made["id"], full["id"]} <= {each["id"] for each in listed}


def test_a_number_held_again_is_its_next_edition(scene: Scene) -> None:
    ids = [course(scene, number="2026-03-01-123 (国)") for _ in range(2)]
    assert [scene.staff.get(f"/projects/{each}").json["edition"] for each in ids] == [1, 2]
    taken = scene.staff.post("/projects", {**COURSE, "number": "2026-03-01-123 (国)", "edition": 2})
    assert code_of(taken) == (409, "project_number_taken")


WRONG: list[dict[str, Any]] = [
    {"credits": "-1.00"}, {"credits": "1.001"}, {"credits": 5}, {"credits": "1e2"}, {"credits": "NaN"}, {"credits": ""},
    {"hours": "1.25"}, {"hours": "-0.5"}, {"ends_on": "2001-01-01"}, {"category": "国家级"}, {"capacity": 0},
    {"conditions": {"min_attendance": "1.01"}}, {"conditions": {"min_attendance": "-0.5"}},
    {"conditions": {"surprise": True}}, {"level": "galactic"}, {"edition": 0}, {"status": "settled"},
]  # fmt: skip


def test_a_course_that_cannot_be_is_422_and_leaves_nothing(scene: Scene) -> None:
    for changed in WRONG:
        assert scene.staff.post("/projects", {**COURSE, **changed}).status_code == 422, changed
    assert len(scene.db.scalars(select(Project)).all()) == 1


def test_a_reviewing_unit_lies_above_the_organizers(scene: Scene) -> None:
    sister = scene.make.unit(kind=UnitKind.CITY, name="邻市")
    for wrong in (sister.id, scene.unit.id, uuid.uuid4()):
        reply = scene.staff.post("/projects", {**COURSE, "reviewing_unit_id": str(wrong)})
        assert code_of(reply) == (422, "reviewing_unit_invalid")
