"""What each process of the table does to the project of a pair, and how it is prepared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.exams import processes as exams
from attendance.exams.hand_in import hand_in_overdue
from attendance.imports import processes as imports
from attendance.projects.transitions import CANCELLATION
from attendance.questions.question_cache import QuestionCache
from attendance.settlement import processes as settlement
from credit.certificates import processes as certificates
from credit.claims import processes as claims
from credit.imports import processes as credit_imports
from credit.records.reversals import REVERSAL
from foundation.clock import day_at_home
from models.exams import ExamAttempt
from models.ledger import EntryKind, LedgerEntry
from models.people import Person, Role
from models.settlements import Settlement
from service.edge.database import db as flask_db
from tests.attendance.courses import answer, by_number
from tests.concurrency.meeting import Answer, Call, Meeting
from tests.credit.claims.files import upload
from tests.databases import table_of


def _check_file(meeting: Meeting) -> Call:
    meeting.roster_file()
    return _jobs(meeting)


def _jobs(meeting: Meeting) -> Call:
    def call() -> Answer:
        meeting.run_jobs()
        return 200, None

    return call


def _commit_file(meeting: Meeting) -> Call:
    made = meeting.punch_file()
    meeting.run_jobs()
    return _then_jobs(meeting, f"/attendance-imports/{made}/commit")


def _undo_file(meeting: Meeting) -> Call:
    made = meeting.roster_file()
    meeting.run_jobs()
    assert meeting.post(meeting.closing.staff, f"/attendance-imports/{made}/commit")[0] == 202
    meeting.run_jobs()
    return _then_jobs(meeting, f"/attendance-imports/{made}/undo", {"reason": "传错了文件"})


def _then_jobs(meeting: Meeting, path: str, body: Any = None) -> Call:
    def call() -> Answer:
        answered = meeting.post(meeting.closing.staff, path, body)
        meeting.run_jobs()
        return answered

    return call


def _sit(meeting: Meeting) -> Call:
    person = meeting.expect("sitter", passes=False)
    who = meeting.client(meeting.closing.api.as_(person))
    path = f"/projects/{meeting.closing.project.id}/exam/attempts"

    def call() -> Answer:
        begun = who.post(path)
        if begun.status_code >= 400:
            return begun.status_code, begun.json["code"]
        for question in by_number(begun.json):
            answer(who, begun.json, question, is_right=True)
        handed_in = who.post(f"/exam-attempts/{begun.json['id']}/submission")
        if handed_in.json.get("passed"):
            meeting.told_passed.append(person)
        return handed_in.status_code, handed_in.json.get("code")

    return call


def _sweep(meeting: Meeting) -> Call:
    """Hand in an attempt whose time is over, all of its answers right."""
    person = meeting.expect("overdue", passes=False)
    who, path = meeting.closing.api.as_(person), f"/projects/{meeting.closing.project.id}/exam/attempts"
    begun = who.post(path).json
    for question in by_number(begun):
        assert answer(who, begun, question, is_right=True).status_code == 200
    is_over = meeting.closing.now - timedelta(seconds=1)
    meeting.db.execute(
        table_of(ExamAttempt).update().where(ExamAttempt.person_id == person.id).values(deadline_at=is_over)
    )
    meeting.due[person.name] = person

    def call() -> Answer:
        with meeting.app.app_context(), Session(flask_db.engine) as db, db.begin():
            hand_in_overdue(db, now=meeting.closing.now, questions=QuestionCache())
        return 200, None

    return call


def _staff(path: str, body: Any = None) -> Callable[[Meeting], Call]:
    return lambda meeting: (
        lambda: meeting.post(meeting.closing.staff, path.format(project=meeting.closing.project.id), body)
    )


def _review(meeting: Meeting) -> Call:
    def call() -> Answer:
        rounds = select(Settlement.id).order_by(Settlement.round.desc())
        with meeting.app.app_context(), Session(flask_db.engine) as db:
            newest = db.scalars(rounds).first()
        if newest is None:
            return 404, "transition_not_allowed"  # nothing is confirmed yet
        return meeting.post(
            meeting.closing.unit, f"/settlements/{newest}/review", {"decision": "return", "comment": "请核对名单"}
        )

    return call


def _reverse(meeting: Meeting) -> Call:
    assert meeting.first is not None
    done = next(person for name, person in meeting.due.items() if name.startswith("done"))
    body = {"cme_numbers": [done.cme_number], "reason": "录入有误"}
    return lambda: meeting.post(meeting.closing.unit, f"/settlements/{meeting.first}/reversals", body)


def _issue_certificate(meeting: Meeting) -> Call:
    """The certificate of a grant of the project, where there is one; else of a credit from elsewhere."""
    closing = meeting.closing
    grant = meeting.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.GRANT)).first()
    if grant is None:
        made = meeting.credit_file(meeting.credit_row())
        assert closing.unit.post(f"/credit-imports/{made}/commit").status_code == 200
        grant = meeting.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.GRANT)).one()
    learner = closing.api.as_(meeting.db.get_one(Person, grant.person_id))
    return lambda: meeting.post(learner, "/me/certificates", {"entry_ids": [str(grant.id)]})


def _reopen(meeting: Meeting) -> Call:
    body = {"reason": "漏登一人"}
    return lambda: meeting.post(meeting.closing.unit, f"/settlements/{meeting.first}/reopening", body)


def _commit_credits(meeting: Meeting) -> Call:
    made = meeting.credit_file(meeting.same_activity_row())
    return lambda: meeting.post(meeting.closing.unit, f"/credit-imports/{made}/commit")


def _approve_claim(meeting: Meeting) -> Call:
    """The last approval of a claim about this very project, of somebody who gets their credits from it too."""
    person = meeting.either_person()
    closing = meeting.closing
    boss = closing.api.as_(closing.make.staff(Role.AUTHORITY, closing.make.province, Role.UNIT_ADMIN))
    assert boss.put(f"/units/{person.unit_id}/claim-settings", {"is_open": True}).status_code == 200
    learner = closing.api.as_(person)
    claim = {
        "mode": "free", "rule": "XNAT", "credits": "5.00", "activity_name": closing.project.name,
        "activity_date": str(min(closing.project.ends_on, day_at_home(closing.clock.now()))), "hours": "15.0",
        "delivery_mode": "培训班", "discipline_l2": "急诊学", "issuer": "示例学会", "evidence": [upload(learner)],
        "submit": True,
    }  # fmt: skip
    made = learner.post("/me/claims", claim)
    assert made.status_code == 201, made.json
    return lambda: meeting.post(boss, f"/claims/{made.json['id']}/reviews", {"decision": "approve", "comment": "同意"})


def _undo_credits(meeting: Meeting) -> Call:
    made = meeting.credit_file(meeting.credit_row())
    assert meeting.post(meeting.closing.unit, f"/credit-imports/{made}/commit")[0] == 200
    return lambda: meeting.post(meeting.closing.unit, f"/credit-imports/{made}/undo", {"reason": "来源有误"})


def _check_credits(meeting: Meeting) -> Call:
    row = meeting.credit_row()

    def call() -> Answer:
        meeting.credit_file(row)
        return 200, None

    return call


def _read_questions(meeting: Meeting) -> Call:
    def call() -> Answer:
        meeting.question_file()
        return 200, None

    return call


def _commit_questions(meeting: Meeting) -> Call:
    made = meeting.question_file()
    return lambda: meeting.post(meeting.closing.staff, f"/question-imports/{made}/commit")


def _undo_questions(meeting: Meeting) -> Call:
    made = meeting.question_file()
    assert meeting.post(meeting.closing.staff, f"/question-imports/{made}/commit")[0] == 200
    return lambda: meeting.post(meeting.closing.staff, f"/question-imports/{made}/undo", {"reason": "传错了文件"})


def _correct_exam(meeting: Meeting) -> Call:
    path = f"/projects/{meeting.closing.project.id}/exam"
    question = meeting.closing.staff.get(f"{path}/paper").json["questions"][0]["id"]
    body = {"question_id": question, "accept_all": True, "reason": "题目有歧义"}
    return lambda: meeting.post(meeting.closing.staff, f"{path}/corrections", body)


ACTORS: dict[str, Callable[[Meeting], Call]] = {
    imports.CHECK: _check_file,
    imports.COMMIT: _commit_file,
    imports.UNDO: _undo_file,
    exams.SITTING: _sit,
    exams.SWEEP: _sweep,
    exams.CORRECTION: _correct_exam,
    exams.QUESTIONS_CHECK: _read_questions,
    exams.QUESTIONS_COMMIT: _commit_questions,
    exams.QUESTIONS_UNDO: _undo_questions,
    credit_imports.CHECK: _check_credits,
    credit_imports.COMMIT: _commit_credits,
    credit_imports.UNDO: _undo_credits,
    certificates.ISSUE: _issue_certificate,
    claims.APPROVAL: _approve_claim,
    CANCELLATION: _staff("/projects/{project}/transitions", {"to": "cancelled", "reason": "讲者不能到场"}),
    settlement.CONFIRMATION: _staff("/projects/{project}/settlement"),
    settlement.IN_REVIEW: lambda meeting: lambda: (200, None),
    settlement.REVIEW: _review,
    settlement.POSTING: _jobs,
    REVERSAL: _reverse,
    settlement.REOPENING: _reopen,
}


def begin(meeting: Meeting, one: str, other: str) -> tuple[Call, Call]:
    """Prepare a pair of processes and return its two calls."""
    meeting.prepare(one, other)
    calls = [ACTORS[name](meeting) for name in (one, other)]
    meeting.advance(one, other)
    return calls[0], calls[1]
