"""Confirming while people can still evaluate or sit the exam: they are waited for, or cut off and told so."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.settlement.rules import Note, Unmet
from models.edge import AuditEntry
from models.exams import ExamAttempt, HandIn
from models.people import Person
from models.projects import ProjectStatus, RosterRole
from models.settlements import SettlementLine
from service.wording.reasons import REASONS
from tests.api import Api
from tests.attendance.courses import answer, by_number, exam
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

Run = Callable[[], None]
WHY = "周五前须上报名单"
FORM = {"questions": [{"kind": "stars", "text": "内容"}]}


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    """A project that has ended and asks for an exam of five questions, one attempt each."""
    made = close(api, make, clock, db, needs_exam=True)
    reply = made.staff.put(f"/projects/{made.project.id}/exam", exam(attempts=1))
    assert reply.status_code == 200, reply.json
    return made


def begin(closing: Closing, person: Person) -> tuple[Api, dict[str, Any]]:
    who = closing.api.as_(person)
    reply = who.post(f"/projects/{closing.project.id}/exam/attempts")
    assert reply.status_code in (200, 201), reply.json
    return who, dict(reply.json)


def answer_all(who: Api, attempt: dict[str, Any]) -> None:
    for question in by_number(attempt):
        assert answer(who, attempt, question, is_right=True).status_code == 200


def sit(closing: Closing, person: Person) -> Any:
    who, attempt = begin(closing, person)
    answer_all(who, attempt)
    return who.post(f"/exam-attempts/{attempt['id']}/submission")


def confirm(closing: Closing, **body: Any) -> Any:
    return closing.staff.post(f"/projects/{closing.project.id}/settlement", body)


def settlements(closing: Closing) -> Any:
    return closing.staff.get(f"/projects/{closing.project.id}/settlements").json


def approve(closing: Closing, settlement_id: str, run_jobs: Run) -> None:
    assert closing.review(settlement_id).status_code == 202
    run_jobs()


def test_the_preview_says_who_can_still_do_what_until_when(closing: Closing) -> None:
    closing.change(needs_evaluation=True)
    assert closing.staff.put(f"/projects/{closing.project.id}/evaluation", FORM).status_code == 200
    both, one, absent = closing.expect("both"), closing.expect("one"), closing.expect("absent", attended=False)
    closing.evaluates(one)
    begin(closing, one)
    seen = closing.preview()
    owed = {each["name"]: each["what"] for each in seen["still_may"]}
    assert owed == {"both": ["evaluation", "exam"], "one": ["exam"]}
    assert {each["name"] for each in seen["skipped"]} == {"both", "one", "absent"}
    until = {each["cme_number"]: datetime.fromisoformat(each["until"]) for each in seen["still_may"]}
    last = closing.staff.get(f"/projects/{closing.project.id}/exam").json["closes_at"]
    assert until == dict.fromkeys((both.cme_number, one.cme_number), datetime.fromisoformat(last))
    assert absent.cme_number not in until


def test_confirming_then_is_refused_with_counts_and_nothing_is_half_done(closing: Closing) -> None:
    li, wang = closing.expect("li"), closing.expect("wang")
    begin(closing, li)
    refused = confirm(closing)
    assert (refused.status_code, refused.json["code"]) == (409, "still_open")
    facts = refused.json["still_open"]
    assert (facts["people"], facts["exam"], facts["evaluation"]) == (2, 2, 0)
    assert refused.json["hint"]
    assert closing.status() is ProjectStatus.ENDED
    assert settlements(closing)["items"] == []
    assert sit(closing, wang).json["passed"] is True  # nobody was cut off
    assert confirm(closing).json["still_open"]["people"] == 1


def test_those_who_cannot_get_credits_any_more_keep_nobody_waiting(closing: Closing) -> None:
    closing.expect("absent", attended=False)
    failed, done = closing.expect("failed"), closing.expect("done")
    closing.sits(failed, passes=False)  # the only attempt
    closing.sits(done, passes=True)
    assert (confirm(closing).status_code, len(closing.preview()["still_may"])) == (202, 0)


def test_after_the_last_moment_nobody_is_waited_for(closing: Closing, clock: FakeClock) -> None:
    closing.expect("li")
    clock.turn(days=40)
    closing.staff, closing.unit = closing.api.as_(closing.organizer), closing.api.as_(closing.authority)
    assert closing.preview()["still_may"] == []
    assert confirm(closing).status_code == 202


def test_waiting_settles_who_is_done_and_the_others_by_a_supplementary_round(closing: Closing, run_jobs: Run) -> None:
    done, late, never = closing.expect("done"), closing.expect("late"), closing.expect("never")
    sit(closing, done)
    first = confirm(closing, still_open="wait")
    assert (first.status_code, first.json["to_grant"], first.json["skipped"]) == (202, 1, 2)
    assert sit(closing, late).json["passed"] is True  # during the review
    assert confirm(closing).json["id"] == first.json["id"]
    approve(closing, first.json["id"], run_jobs)
    assert set(closing.live()) == {done.id}
    seen = settlements(closing)
    assert (seen["offered"]["to_grant"], seen["offered"]["still_may"]) == (1, 1)
    assert seen["offered"]["until"] == seen["open_until"]

    assert confirm(closing).json["still_open"]["people"] == 1  # somebody else may still sit it
    second = confirm(closing, still_open="wait")
    assert (second.status_code, second.json["round"], second.json["to_grant"]) == (202, 2, 1)
    assert closing.status() is ProjectStatus.IN_REVIEW
    approve(closing, second.json["id"], run_jobs)
    assert closing.live() == {done.id: [Decimal("5.00")], late.id: [Decimal("5.00")]}

    sit(closing, never)
    third = confirm(closing)
    assert third.json["round"] == 3
    approve(closing, third.json["id"], run_jobs)
    assert set(closing.live()) == {done.id, late.id, never.id}
    assert settlements(closing)["offered"] is None
    assert settlements(closing)["open_until"] is None
    assert confirm(closing).json["id"] == third.json["id"]  # nothing is left
    refused = closing.api.as_(never).post(f"/projects/{closing.project.id}/exam/attempts")
    assert refused.json["code"] == "exam_not_open"


def test_who_is_waited_for_and_does_not_come_ends_the_waiting_by_the_clock(
    closing: Closing, run_jobs: Run, clock: FakeClock
) -> None:
    sit(closing, closing.expect("done"))
    late = closing.expect("late")
    first = confirm(closing, still_open="wait").json["id"]
    approve(closing, first, run_jobs)
    clock.turn(days=40)
    closing.staff = closing.api.as_(closing.organizer)
    assert settlements(closing)["offered"] is None
    assert confirm(closing).json["id"] == first
    refused = closing.api.as_(late).post(f"/projects/{closing.project.id}/exam/attempts")
    assert (refused.status_code, refused.json["code"]) == (409, "exam_not_open")


def test_waiting_keeps_the_evaluation_open_too(api: Api, make: Factories, clock: FakeClock, db: Session) -> None:
    closing = close(api, make, clock, db, needs_evaluation=True)
    question = closing.staff.put(f"/projects/{closing.project.id}/evaluation", FORM).json["questions"][0]["id"]
    done, late = closing.expect("done"), closing.expect("late")
    closing.evaluates(done)
    path = f"/projects/{closing.project.id}/evaluation/responses"
    body = {"answers": [{"question_id": question, "value": 5}]}
    assert confirm(closing).json["still_open"]["evaluation"] == 1
    assert confirm(closing, still_open="wait").status_code == 202
    assert closing.api.as_(late).post(path, body).status_code == 201


def test_cutting_off_hands_in_what_is_open_and_says_so(closing: Closing, db: Session, run_jobs: Run) -> None:
    passing, blank, idle = closing.expect("passing"), closing.expect("blank"), closing.expect("idle")
    who, attempt = begin(closing, passing)
    answer_all(who, attempt)
    begin(closing, blank)
    assert confirm(closing, cut_off=True).status_code == 422  # a reason is needed
    made = confirm(closing, cut_off=True, reason=WHY)
    assert (made.status_code, made.json["to_grant"], made.json["cut_off_reason"]) == (202, 1, WHY)
    attempts = {each.person_id: each for each in db.scalars(select(ExamAttempt))}
    assert {each.hand_in for each in attempts.values()} == {HandIn.CUT_OFF}
    assert (attempts[passing.id].passed, attempts[blank.id].passed) == (True, False)
    mine = who.get(f"/exam-attempts/{attempt['id']}").json
    assert (mine["hand_in"], mine["passed"]) == ("cut_off", True)
    lines = {each.person_id: each.reasons for each in db.scalars(select(SettlementLine))}
    assert lines[idle.id] == ["exam_not_passed", "cut_off"]
    assert lines[blank.id] == ["exam_not_passed"]  # the one attempt is used up
    refused = closing.api.as_(idle).post(f"/projects/{closing.project.id}/exam/attempts")
    assert refused.json["code"] == "exam_not_open"
    seen = closing.api.as_(idle).get(f"/projects/{closing.project.id}/exam").json["cut_off"]
    assert (seen["reason"], datetime.fromisoformat(seen["at"])) == (WHY, closing.now)
    step = db.scalars(select(AuditEntry).where(AuditEntry.action == "project.step")).all()[-1]
    assert step.reason == WHY
    approve(closing, made.json["id"], run_jobs)
    assert set(closing.live()) == {passing.id}


def test_one_says_either_to_wait_or_to_cut_off(closing: Closing) -> None:
    closing.expect("li")
    assert confirm(closing, cut_off=True, still_open="wait", reason=WHY).status_code == 422
    assert confirm(closing, still_open="later").status_code == 422
    assert confirm(closing, unknown=1).status_code == 422


def test_a_speaker_who_learned_too_is_waited_for(closing: Closing) -> None:
    closing.expect("both", RosterRole.LEARNER, RosterRole.SPEAKER)  # no taught hours were said
    assert [each["what"] for each in closing.preview()["still_may"]] == [["exam"]]
    assert confirm(closing).json["code"] == "still_open"


def test_a_returned_list_that_waited_is_confirmed_anew(closing: Closing, run_jobs: Run) -> None:
    done, late = closing.expect("done"), closing.expect("late")
    sit(closing, done)
    first = confirm(closing, still_open="wait").json["id"]
    assert closing.review(first, "return", "名单有误").status_code == 202
    sit(closing, late)
    second = confirm(closing)
    assert (second.json["to_grant"], settlements(closing)["open_until"]) == (2, None)
    approve(closing, second.json["id"], run_jobs)
    assert set(closing.live()) == {done.id, late.id}


def test_an_overdue_attempt_is_handed_in_by_the_confirmation(closing: Closing, clock: FakeClock) -> None:
    who, attempt = begin(closing, closing.expect("li"))
    answer_all(who, attempt)
    clock.turn(minutes=31)
    closing.staff = closing.api.as_(closing.organizer)
    made = confirm(closing)
    assert (made.status_code, made.json["to_grant"]) == (202, 1)


def test_a_speaker_who_can_still_earn_more_as_a_learner_is_waited_for(closing: Closing, run_jobs: Run) -> None:
    both = closing.expect("both", RosterRole.LEARNER, RosterRole.SPEAKER)
    said = {"speakers": [{"cme_number": both.cme_number, "hours": "1.0"}]}
    assert closing.staff.put(f"/projects/{closing.project.id}/taught-hours", said).status_code == 204
    assert [(each["name"], each["credits"]) for each in closing.preview()["grants"]] == [("both", "2.00")]
    assert [each["what"] for each in closing.preview()["still_may"]] == [["exam"]]
    first = confirm(closing, still_open="wait")
    assert (first.status_code, first.json["to_grant"]) == (202, 0)
    approve(closing, first.json["id"], run_jobs)
    sit(closing, both)
    approve(closing, confirm(closing).json["id"], run_jobs)
    assert closing.live() == {both.id: [Decimal("5.00")]}


def test_a_speaker_who_is_not_waited_for_gets_what_they_taught(closing: Closing) -> None:
    both = closing.expect("both", RosterRole.LEARNER, RosterRole.SPEAKER)
    said = {"speakers": [{"cme_number": both.cme_number, "hours": "1.0"}]}
    closing.staff.put(f"/projects/{closing.project.id}/taught-hours", said)
    assert confirm(closing).json["code"] == "still_open"
    assert confirm(closing, cut_off=True, reason=WHY).json["to_grant"] == 1


def test_check_ins_that_wait_for_review_are_not_left_out_without_a_word(closing: Closing, db: Session) -> None:
    li = closing.expect("li", attended=False)
    closing.sits(li, passes=True)
    closing.waits_for_review(li)
    refused = confirm(closing)
    assert (refused.status_code, refused.json["code"], refused.json["check_ins"]) == (409, "check_ins_to_review", 1)
    (check_in,) = closing.staff.get(f"/sessions/{closing.session.id}/attendance?status=needs_review").json["items"]
    decision = {"decision": "accept", "reason": "本人到场，已核对证件"}
    assert closing.staff.post(f"/check-ins/{check_in['id']}/decision", decision).status_code == 200
    assert confirm(closing).json["to_grant"] == 1


def test_check_ins_that_wait_for_review_can_be_cut_off_with_a_reason(closing: Closing) -> None:
    li = closing.expect("li", attended=False)
    closing.sits(li, passes=True)
    closing.waits_for_review(li)
    made = confirm(closing, cut_off=True, reason=WHY)
    assert (made.json["to_grant"], made.json["cut_off_reason"]) == (0, WHY)


def test_stopping_to_wait_is_recorded_and_closes_the_exam(closing: Closing, run_jobs: Run, db: Session) -> None:
    sit(closing, closing.expect("done"))
    late = closing.expect("late")
    first = confirm(closing, still_open="wait").json["id"]
    approve(closing, first, run_jobs)
    begin(closing, late)
    stopped = confirm(closing, cut_off=True, reason=WHY)
    assert (stopped.json["id"], stopped.json["cut_off_reason"]) == (first, WHY)
    assert settlements(closing)["open_until"] is None
    assert db.scalars(select(ExamAttempt.hand_in).where(ExamAttempt.person_id == late.id)).one() is HandIn.CUT_OFF
    assert "settlement.cut_off" in set(db.scalars(select(AuditEntry.action)))
    refused = closing.api.as_(late).post(f"/projects/{closing.project.id}/exam/attempts")
    assert refused.json["code"] == "exam_not_open"


def test_another_choice_for_a_list_under_review_is_refused(closing: Closing) -> None:
    closing.expect("li")
    assert confirm(closing, still_open="wait").status_code == 202
    assert confirm(closing, still_open="wait").status_code == confirm(closing).status_code == 202
    assert confirm(closing, cut_off=True, reason=WHY).json["code"] == "already_decided"


def test_an_evaluation_closes_thirty_days_after_the_last_day(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    closing = close(api, make, clock, db, needs_evaluation=True)
    question = closing.staff.put(f"/projects/{closing.project.id}/evaluation", FORM).json["questions"][0]["id"]
    li = closing.expect("li")
    clock.turn(days=40)
    body = {"answers": [{"question_id": question, "value": 5}]}
    reply = closing.api.as_(li).post(f"/projects/{closing.project.id}/evaluation/responses", body)
    assert reply.json["code"] == "evaluation_not_open"


@pytest.mark.parametrize("role", [RosterRole.LEARNER, RosterRole.SPEAKER])
def test_nobody_gets_anything_from_a_project_whose_sessions_were_all_cancelled(
    api: Api, make: Factories, clock: FakeClock, db: Session, role: RosterRole
) -> None:
    closing = close(api, make, clock, db, min_attendance=Decimal(0))
    person = closing.expect("li", role)
    if role is RosterRole.SPEAKER:
        said = {"speakers": [{"cme_number": person.cme_number, "hours": "2.0"}]}
        assert closing.staff.put(f"/projects/{closing.project.id}/taught-hours", said).status_code == 204
    assert len(closing.preview()["grants"]) == 1
    why = {"reason": "讲者航班取消"}
    assert closing.staff.post(f"/sessions/{closing.session.id}/cancellation", why).status_code < 300
    assert [each["reasons"] for each in closing.preview()["skipped"]] == [["not_held"]]


def test_each_reason_has_words_in_the_sheet() -> None:
    assert {*Unmet, *Note} <= set(REASONS)
