"""Imports beside other work: nobody who took part is lost by an undo, and a job that gave up is told and mended."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from attendance.imports import rosters
from foundation.clock import day_at_home
from foundation.errors import NotFound
from foundation.imports import steps
from models.evaluations import EvaluationForm, EvaluationRespondent
from models.exams import ExamAttempt
from models.people import Person
from models.projects import Project, ProjectStatus
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import WHY, previewed, shown

Jobs = Callable[[], None]
NEWCOMERS = [
    ("", "示例甲", "E9990001", "13900009901", "外省示例医院", ""),
    ("", "示例乙", "E9990002", "13900009902", "外省示例医院", "授课教师"),
    ("", "示例丙", "E9990003", "13900009903", "外省示例医院", ""),
]


def commit(scene: Scene, run_jobs: Jobs, import_id: str) -> None:
    assert scene.staff.post(f"/attendance-imports/{import_id}/commit").status_code == 202
    run_jobs()


def undo(scene: Scene, import_id: str) -> Any:
    return scene.staff.post(f"/attendance-imports/{import_id}/undo", {"reason": WHY})


def roster(scene: Scene) -> dict[str, str]:
    items = scene.staff.get(f"/projects/{scene.project.id}/roster?limit=100").json["items"]
    return {each["name"]: each["person_id"] for each in items}


def test_an_undo_keeps_who_was_corrected_or_taught_and_takes_off_who_did_neither(scene: Scene, run_jobs: Jobs) -> None:
    made = previewed(scene, run_jobs, *NEWCOMERS)["id"]
    commit(scene, run_jobs, made)
    new = roster(scene)
    mark = {"person_id": new["示例甲"], "mark": "present", "reason": "补登记，已核对签到表"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/corrections", mark).status_code == 201
    scene.db.execute(update(Project).values(hours=8))
    taught = {"speakers": [{"person_id": new["示例乙"], "hours": "2.0"}]}
    assert scene.staff.put(f"/projects/{scene.project.id}/taught-hours", taught).status_code == 204
    assert undo(scene, made).status_code == 202
    run_jobs()
    done = shown(scene, made)
    assert (done["status"], done["outcomes"]) == ("undone", {"kept": 2, "undone": 1})
    assert set(roster(scene)) == {"示例甲", "示例乙"}
    assert set(scene.db.scalars(select(Person.name).where(Person.name.like("示例%")))) == {"示例甲", "示例乙"}


def took_part(scene: Scene, what: str, person: Person) -> None:
    """Write the trace of a person in the project."""
    db, project, now = scene.db, scene.project, scene.clock.now()
    if what == "evaluation":
        db.add(EvaluationForm(project_id=project.id, questions=[], responses=0, set_by=person.id, set_at=now))
        db.add(EvaluationRespondent(project_id=project.id, person_id=person.id))
    elif what == "exam":
        paper = {"paper": [], "pass_mark": 60, "started_at": now, "deadline_at": now}
        db.add(ExamAttempt(project_id=project.id, person_id=person.id, number=1, **paper))
    else:
        body = {"cme_number": person.cme_number, "mark": what, "reason": "现场核对"}
        assert scene.staff.post(f"/sessions/{scene.session.id}/corrections", body).status_code == 201
    db.flush()


@pytest.mark.parametrize("what", ["present", "absent", "exam", "evaluation"])
def test_who_took_part_cannot_be_taken_off_the_roster(scene: Scene, what: str) -> None:
    scene.learner("li", is_enrolled=False)
    li = scene.people["li"]
    took_part(scene, what, li)
    assert code_of(scene.staff.delete(f"/projects/{scene.project.id}/roster/{li.id}")) == (409, "has_attended")
    assert roster(scene) == {"li": str(li.id)}


@pytest.fixture
def died(scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a roster import whose commit gave up after its first portion."""
    made = previewed(scene, run_jobs, *NEWCOMERS)["id"]
    portions, commit_rows = [], rosters.commit

    def commit_one(*given: Any, **more: Any) -> None:
        portions.append(1)
        if len(portions) > 1:
            raise NotFound
        commit_rows(*given, **more)

    with monkeypatch.context() as broken:
        broken.setattr(steps, "PORTION", 1)
        broken.setattr(rosters, "commit", commit_one)
        commit(scene, run_jobs, made)
    return str(made)


def test_an_import_that_died_says_so_and_is_resumed(scene: Scene, run_jobs: Jobs, died: str) -> None:
    seen = shown(scene, died)
    assert (seen["status"], seen["job_error"], seen["outcomes"]) == ("committing", "not_found", {"added": 1})
    commit(scene, run_jobs, died)
    seen = shown(scene, died)
    assert (seen["status"], seen["job_error"], seen["outcomes"]) == ("committed", None, {"added": 3})
    assert len(roster(scene)) == 3


def test_an_import_that_died_is_undone_as_far_as_it_got(scene: Scene, run_jobs: Jobs, died: str) -> None:
    assert undo(scene, died).status_code == 202
    run_jobs()
    assert (shown(scene, died)["status"], roster(scene)) == ("undone", {})
    assert code_of(scene.staff.post(f"/attendance-imports/{died}/commit")) == (409, "import_undone")


def test_an_import_at_work_is_not_undone_in_the_middle(scene: Scene, run_jobs: Jobs) -> None:
    made = previewed(scene, run_jobs, *NEWCOMERS)["id"]
    assert scene.staff.post(f"/attendance-imports/{made}/commit").status_code == 202  # no worker has it yet
    assert code_of(undo(scene, made)) == (409, "import_not_ready")


def test_a_list_is_not_confirmed_and_a_project_not_cancelled_while_a_file_is_half_in(
    scene: Scene, run_jobs: Jobs, died: str
) -> None:
    transitions = f"/projects/{scene.project.id}/transitions"
    cancelling = scene.staff.post(transitions, {"to": "cancelled", "reason": "讲者不能到场"})
    assert code_of(cancelling) == (409, "import_under_way")
    scene.db.execute(
        update(Project).values(
            status=ProjectStatus.ENDED, credits=5, hours=8, category="NAT", ends_on=day_at_home(scene.clock.now())
        )
    )
    refused = scene.staff.post(f"/projects/{scene.project.id}/settlement")
    assert code_of(refused) == (409, "import_under_way")
    assert refused.json["under_way"] == [{"process": "attendance_import.commit", "id": died, "has_failed": True}]
    undo(scene, died)
    assert code_of(scene.staff.post(f"/projects/{scene.project.id}/settlement")) == (409, "import_under_way")
    run_jobs()
    assert scene.staff.post(f"/projects/{scene.project.id}/settlement").status_code == 202
