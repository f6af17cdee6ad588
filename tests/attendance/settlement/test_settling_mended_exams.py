"""An exam that is mended after its project was settled leads into another round, and takes nothing from anybody."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models.people import Person
from models.projects import ProjectStatus
from tests.api import Api
from tests.attendance.courses import exam
from tests.attendance.settlement.posting import settle
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

Run = Callable[[], None]
FIVE = [Decimal("5.00")]


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    return close(api, make, clock, db, needs_exam=True)


def says(closing: Closing, person: Person, text: str) -> None:
    """Sit the exam of one question and choose an option by its text."""
    who, project = closing.api.as_(person), closing.project.id
    attempt = who.post(f"/projects/{project}/exam/attempts").json
    question = attempt["questions"][0]
    chosen = [each["id"] for each in question["options"] if each["text"] == text]
    who.put(f"/exam-attempts/{attempt['id']}/answers/{question['id']}", {"options": chosen})
    assert who.post(f"/exam-attempts/{attempt['id']}/submission").status_code == 200


def test_who_newly_passes_after_settlement_is_granted_in_the_next_round(closing: Closing, run_jobs: Run) -> None:
    people = {text: closing.expect(text) for text in "甲乙丙"}
    path = f"/projects/{closing.project.id}/exam"
    closing.db.commit()
    assert closing.staff.put(path, exam(1, attempts=1)).status_code == 200
    for text, person in people.items():
        says(closing, person, text)
    question = closing.staff.get(f"{path}/paper").json["questions"][0]["id"]
    first = settle(closing, run_jobs)
    assert closing.live() == {people["甲"].id: FIVE}
    body = {"question_id": question, "correct": [1], "reason": "标准答案录错"}
    told = closing.staff.post(f"{path}/corrections", body).json
    assert (told["newly_passed"], told["keeping"], told["leads_to_round"]) == (1, 1, True)
    passed = {"cme_number": people["丙"].cme_number, "passed": True, "reason": "线下补考合格"}
    assert closing.staff.post(f"{path}/exceptions", passed).json["leads_to_round"] is True
    assert closing.live() == {people["甲"].id: FIVE}  # nothing is granted without a round
    closing.reopen(first)
    settle(closing, run_jobs)
    assert closing.live() == {person.id: FIVE for person in people.values()}
    assert [each.generation for each in closing.entries()] == [1, 1, 1]
    assert closing.status() is ProjectStatus.SETTLED


def test_while_the_list_is_in_review_it_is_not_moved(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("李")
    path = f"/projects/{closing.project.id}/exam"
    closing.db.commit()
    closing.staff.put(path, exam(1, attempts=1))
    says(closing, li, "乙")
    question = closing.staff.get(f"{path}/paper").json["questions"][0]["id"]
    made = closing.confirm().json["id"]
    body = {"question_id": question, "correct": [1], "reason": "标准答案录错"}
    assert closing.staff.post(f"{path}/corrections", body).json["code"] == "list_in_review"
    closing.review(made, "return", "请更正答案")
    assert closing.staff.post(f"{path}/corrections", body).status_code == 201
    settle(closing, run_jobs)
    assert closing.live() == {li.id: FIVE}
