"""Large files of questions whose job gives up in the middle, and previews that nobody commits."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from attendance.questions.questions import make_question
from foundation.errors import NotFound
from models.question_imports import QuestionImport, QuestionImportRow
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course
from tests.attendance.questions.question_files import send
from tests.databases import table_of

WHY = {"reason": "传错了文件"}
LARGE = "".join(f"第{number}题{{=a ~b}}\n\n" for number in range(250))


@pytest.fixture
def died(course: Course, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> str:
    """An import of which the first portion is in the bank when its job gives up."""
    path = f"/question-imports/{send(course.staff, LARGE, 'gift').json['id']}"
    run_jobs()
    calls = itertools.count()

    def make_some(*args: Any, **more: Any) -> Any:
        if next(calls) >= 200:
            raise NotFound
        return make_question(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr("attendance.questions.question_imports.importer.make_question", make_some)
        assert course.staff.post(f"{path}/commit").status_code == 202
        run_jobs()
    return path


def test_a_commit_that_died_says_so_and_is_resumed(course: Course, run_jobs: Callable[[], None], died: str) -> None:
    seen = course.staff.get(died).json
    assert (seen["status"], seen["outcomes"], seen["job_error"]) == ("committing", {"added": 200}, "not_found")
    assert course.staff.post(f"{died}/commit").status_code == 202
    run_jobs()
    seen = course.staff.get(died).json
    assert (seen["status"], seen["outcomes"], seen["job_error"]) == ("committed", {"added": 250}, None)


def test_a_commit_that_died_is_undone_as_far_as_it_got(course: Course, run_jobs: Callable[[], None], died: str) -> None:
    assert course.staff.post(f"{died}/undo", WHY).status_code == 202
    run_jobs()
    assert course.staff.get(died).json["outcomes"] == {"undone": 200}
    assert course.staff.get("/question-bank").json["items"] == []
    assert code_of(course.staff.post(f"{died}/commit")) == (409, "import_undone")


def test_a_preview_that_nobody_commits_is_deleted_after_a_month(course: Course, settings: Settings) -> None:
    old = send(course.staff, "甲{T}\n", "gift").json["id"]
    course.clock.turn(days=31)
    new = send(course.staff, "乙{T}\n", "gift").json["id"]
    sweep(settings, now=course.clock.now())
    assert [each["id"] for each in course.staff.get("/question-imports").json["items"]] == [new]
    assert code_of(course.staff.post(f"/question-imports/{old}/commit")) == (404, "not_found")
    for table in (QuestionImport, QuestionImportRow):
        assert len(course.db.execute(table_of(table).select()).all()) == 1
