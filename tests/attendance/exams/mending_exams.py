"""What the tests of mending exams share with others."""

from typing import Any

from models.projects import Project, ProjectStatus
from tests.api import Api, Reply
from tests.attendance.courses import Course, by_number, save
from tests.databases import table_of

REASON = "标准答案录错，已由命题人确认"


def mend(course: Course, question_id: str, **what: Any) -> Reply:
    return course.staff.post(
        f"/projects/{course.id}/exam/corrections", {"question_id": question_id, "reason": REASON, **what}
    )


def questions(course: Course) -> list[str]:
    """The ids of the exam's own questions, in order."""
    return [each["id"] for each in course.staff.get(f"/projects/{course.id}/exam/paper").json["questions"]]


def result(course: Course, name: str) -> tuple[float | None, bool]:
    items = course.staff.get(f"/projects/{course.id}/exam/results").json["items"]
    return next((each["score"], each["passed"]) for each in items if each["name"] == name)


def choose(who: Api, attempt: dict[str, Any], *texts: str) -> dict[str, Any]:
    """Answer the questions in their order by the texts of options, and hand in."""
    for question, text in zip(by_number(attempt), texts, strict=True):
        chosen = [each["id"] for each in question["options"] if each["text"] == text]
        assert save(who, attempt, question, {"options": chosen}).status_code == 200
    return dict(who.post(f"/exam-attempts/{attempt['id']}/submission").json)


def sit(course: Course, name: str, *texts: str) -> dict[str, Any]:
    who = course.api.as_(course.people[name]) if name in course.people else course.learner(name)
    return choose(who, course.start(who).json, *texts)


def move(course: Course, status: ProjectStatus) -> None:
    course.db.execute(table_of(Project).update().where(Project.id == course.project.id).values(status=status))
    course.db.commit()
