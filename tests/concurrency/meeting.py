"""A project on which any two processes of the table can meet, and what must be true whatever came first.

Each process of the table has an actor here: it prepares what the process needs, and returns the call that is made at
the same moment as the other one's. A new process without an actor fails the test.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apiflask import APIFlask
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
from models.credit_records import CreditImport
from models.exams import ExamAttempt
from models.imports import AttendanceImport, ImportKind, ImportStatus
from models.ledger import EntryKind, LedgerEntry
from models.people import Person, Role
from models.projects import ProjectStatus
from models.question_imports import QuestionImport
from models.settlements import Settlement, SettlementStatus
from service.edge.database import db as flask_db
from tests.api import Api
from tests.attendance.courses import answer, by_number
from tests.attendance.questions.question_files import send
from tests.attendance.settlement.settling import Closing
from tests.credit.claims.files import upload
from tests.databases import table_of

Answer = tuple[int, str | None]
Call = Callable[[], Answer]
ENDED, IN_REVIEW, POSTING, SETTLED, RUNNING = range(5)
AT: dict[str, int] = {
    settlement.CONFIRMATION: ENDED,
    settlement.REVIEW: IN_REVIEW,
    settlement.IN_REVIEW: IN_REVIEW,
    settlement.POSTING: POSTING,
    settlement.REOPENING: SETTLED,
    CANCELLATION: RUNNING,
}
"""Where the project stands when a process begins; others begin anywhere."""
_STANDS = {settlement.IN_REVIEW, settlement.POSTING}
_SAVED = (ImportStatus.CHECKING, ImportStatus.COMMITTING, ImportStatus.UNDOING)
_FIVE = Decimal("5.00")


@dataclass
class Meeting:
    """The project of one pair. due: people who must get their credits, as far as is known before the race."""

    closing: Closing
    app: APIFlask
    run_jobs: Callable[[], None]
    due: dict[str, Person] = field(default_factory=dict)
    told_passed: list[Person] = field(default_factory=list)
    either: list[Person] = field(default_factory=list)
    """People whose credits come by the settlement or by an import of the same activity, whichever is first."""
    punched: list[Person] = field(default_factory=list)
    """Present by a file, and due their credits once all of it is in."""
    names: Iterator[int] = field(default_factory=lambda: iter(range(1000)))
    first: str | None = None
    """The settlement of the first round, where there is one."""

    @property
    def db(self) -> Session:
        return self.closing.db

    def client(self, who: Api) -> Api:
        """A client of its own for a thread."""
        return Api(self.app, who.token)

    def begin(self, one: str, other: str) -> tuple[Call, Call]:
        """Prepare a pair and return its two calls."""
        self._expect("done", passes=True)
        if {REVERSAL, settlement.REOPENING} & {one, other}:
            self.first = self._settle()
            self._reopen(self.first)
            self._expect("forgotten", passes=True)
        calls = [ACTORS[name](self) for name in (one, other)]
        self._advance(one, other)
        return calls[0], calls[1]

    def finish(self) -> None:
        """Bring the project to its end, as the organizer and the reviewing unit would."""
        self.run_jobs()
        for _ in range(6):
            status = self.closing.status()
            if status is ProjectStatus.RUNNING:
                self.closing.change(status=ProjectStatus.ENDED)
            elif status is ProjectStatus.ENDED:
                self._settle()
            elif status is ProjectStatus.IN_REVIEW:
                self._approve(self._open_round())
            elif status is ProjectStatus.SETTLED and self._is_somebody_missing():
                self._reopen(str(self.db.scalars(select(Settlement.id)).first()))
            else:
                return

    def check(self) -> None:
        """Nobody has two grants, nobody who earned one lacks it, and nothing is left in the middle."""
        live = self.closing.live()
        assert {len(grants) for grants in live.values()} <= {1}
        if self.closing.status() is not ProjectStatus.CANCELLED:
            assert self.closing.status() is ProjectStatus.SETTLED
            punches = AttendanceImport.kind == ImportKind.PUNCHES
            if set(self.db.scalars(select(AttendanceImport.status).where(punches))) == {ImportStatus.COMMITTED}:
                assert [person.name for person in self.punched if live.get(person.id) != [_FIVE]] == []
            assert [self._grants_of(person) for person in self.either] == [1] * len(self.either)
            missing = {name for name, person in self.due.items() if live.get(person.id) != [_FIVE]}
            assert missing == set()
            assert {person.name for person in self.told_passed if person.id not in live} == set()
        for table in (AttendanceImport, CreditImport, QuestionImport):
            assert not self.db.scalars(select(table.id).where(table.status.in_(_SAVED))).all()
        assert not self.db.scalars(select(Settlement.id).where(Settlement.status == SettlementStatus.APPROVED)).all()
        positions = list(self.db.scalars(select(LedgerEntry.position).order_by(LedgerEntry.position)))
        assert positions == list(range(len(positions)))

    def _grants_of(self, person: Person) -> int:
        """How many grants of a person stand, whatever they came from."""
        mine = self.db.scalars(select(LedgerEntry).where(LedgerEntry.person_id == person.id)).all()
        return sum(1 if entry.kind is EntryKind.GRANT else -1 for entry in mine)

    def _expect(self, name: str, *, passes: bool) -> Person:
        person = self.closing.expect(f"{name} {next(self.names)}")
        if passes:
            self.closing.sits(person, passes=True)
            self.due[person.name] = person
        return person

    def _advance(self, one: str, other: str) -> None:
        """Take the project to where the pair meets: the earlier of the two places, but a place that stands holds."""
        levels = [AT[name] for name in (one, other) if name in AT]
        standing = [AT[name] for name in (one, other) if name in _STANDS]
        level = max(standing) if standing else min(levels, default=ENDED)
        if level == RUNNING:
            self.closing.change(status=ProjectStatus.RUNNING)
        if level in (IN_REVIEW, POSTING, SETTLED):
            body = {"still_open": "wait"}
            assert self._post(self.closing.staff, f"/projects/{self.closing.project.id}/settlement", body)[0] == 202
        if level in (POSTING, SETTLED):
            assert self.closing.review(self._open_round()).status_code == 202
        if level == SETTLED:
            self.run_jobs()

    def _settle(self) -> str:
        reply = self.closing.staff.post(
            f"/projects/{self.closing.project.id}/settlement", {"cut_off": True, "reason": "名单已核对"}
        )
        assert reply.status_code == 202, reply.json
        self._approve(str(reply.json["id"]))
        return str(reply.json["id"])

    def _approve(self, settlement_id: str) -> None:
        assert self.closing.review(settlement_id).status_code == 202
        self.run_jobs()

    def _reopen(self, settlement_id: str) -> None:
        assert self.closing.reopen(settlement_id).status_code == 200

    def _open_round(self) -> str:
        self.db.expire_all()
        is_open = Settlement.status.in_((SettlementStatus.IN_REVIEW, SettlementStatus.APPROVED))
        return str(self.db.scalars(select(Settlement.id).where(is_open)).one())

    def _is_somebody_missing(self) -> bool:
        return any(person.id not in self.closing.live() for person in (*self.due.values(), *self.told_passed))

    def _post(self, who: Api, path: str, body: Any = None) -> Answer:
        reply = self.client(who).post(path, body)
        return reply.status_code, reply.json.get("code") if reply.status_code >= 400 else None

    def upload(self, kind: str, *lines: str) -> str:
        """Send a file in; its rows are checked by the next job."""
        form = {"file": (io.BytesIO("\n".join(lines).encode()), "file.csv")}
        path = f"/projects/{self.closing.project.id}/{kind}-imports"
        reply = self.closing.staff.call("POST", path, data=form, content_type="multipart/form-data")
        assert reply.status_code == 202, reply.json
        return str(reply.json["id"])

    def roster_file(self) -> str:
        """A roster with a newcomer."""
        number = next(self.names)
        return self.upload(
            "roster", "姓名,证件号,手机,单位", f"示例{number},E9990{number:03d},139000{number:05d},外省示例医院"
        )

    def punch_file(self) -> str:
        """Punches of two people who passed the exam, and get their credits once the file is in."""
        at = self.closing.session.starts_at.astimezone(ZoneInfo(self.closing.session.zone)) - timedelta(minutes=5)
        lines = ["继教编号,时间"]
        for _ in range(2):
            person = self.closing.expect(f"punched {next(self.names)}", attended=False)
            self.closing.sits(person, passes=True)
            self.punched.append(person)
            lines.append(f"{person.cme_number},{at:%Y-%m-%d %H:%M:%S}")
        return self.upload("punch", *lines)

    def question_file(self) -> str:
        """A file of one question, read into a preview."""
        read = send(self.client(self.closing.staff), f"第{next(self.names)}题{{T}}", "gift")
        assert (read.status_code, read.json["errors"]) == (201, [])
        return str(read.json["id"])

    def credit_row(self) -> dict[str, str | None]:
        """A row about another activity, and about somebody else."""
        number = next(self.names)
        person = self.closing.make.person(unit=self.closing.make.province)
        return {
            "cme_number": person.cme_number, "date": str(self.closing.project.starts_on), "name": f"另一项目{number}",
            "category": "NAT", "activity_type": "集体活动", "delivery_mode": "培训班", "hours": "15.0",
            "credits": "5.00", "recorded_by": "示例学会", "status": "approved",
        }  # fmt: skip

    def same_activity_row(self) -> dict[str, str | None]:
        """A row about this very project, for somebody who gets their credits from it too."""
        person = self.either_person()
        named = {"cme_number": person.cme_number, "name": self.closing.project.name}
        return {**self.credit_row(), **named, "date": str(self.closing.project.ends_on)}

    def either_person(self) -> Person:
        """Somebody who gets their credits by the settlement or from elsewhere."""
        person = self._expect("either", passes=True)
        del self.due[person.name]
        self.either.append(person)
        return person

    def credit_file(self, row: dict[str, str | None]) -> str:
        """An import of one row."""
        reply = self.client(self.closing.unit).post("/credit-imports", {"rows": [row]})
        assert (reply.status_code, reply.json["errors"]) == (201, [])
        return str(reply.json["id"])


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
    assert meeting._post(meeting.closing.staff, f"/attendance-imports/{made}/commit")[0] == 202
    meeting.run_jobs()
    return _then_jobs(meeting, f"/attendance-imports/{made}/undo", {"reason": "传错了文件"})


def _then_jobs(meeting: Meeting, path: str, body: Any = None) -> Call:
    def call() -> Answer:
        answered = meeting._post(meeting.closing.staff, path, body)
        meeting.run_jobs()
        return answered

    return call


def _sit(meeting: Meeting) -> Call:
    person = meeting._expect("sitter", passes=False)
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
    person = meeting._expect("overdue", passes=False)
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
        lambda: meeting._post(meeting.closing.staff, path.format(project=meeting.closing.project.id), body)
    )


def _review(meeting: Meeting) -> Call:
    def call() -> Answer:
        rounds = select(Settlement.id).order_by(Settlement.round.desc())
        with meeting.app.app_context(), Session(flask_db.engine) as db:
            newest = db.scalars(rounds).first()
        if newest is None:
            return 404, "transition_not_allowed"  # nothing is confirmed yet
        return meeting._post(
            meeting.closing.unit, f"/settlements/{newest}/review", {"decision": "return", "comment": "请核对名单"}
        )

    return call


def _reverse(meeting: Meeting) -> Call:
    assert meeting.first is not None
    done = next(person for name, person in meeting.due.items() if name.startswith("done"))
    body = {"cme_numbers": [done.cme_number], "reason": "录入有误"}
    return lambda: meeting._post(meeting.closing.unit, f"/settlements/{meeting.first}/reversals", body)


def _issue_certificate(meeting: Meeting) -> Call:
    """The certificate of a grant of the project, where there is one; else of a credit from elsewhere."""
    closing = meeting.closing
    grant = meeting.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.GRANT)).first()
    if grant is None:
        made = meeting.credit_file(meeting.credit_row())
        assert closing.unit.post(f"/credit-imports/{made}/commit").status_code == 200
        grant = meeting.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.GRANT)).one()
    learner = closing.api.as_(meeting.db.get_one(Person, grant.person_id))
    return lambda: meeting._post(learner, "/me/certificates", {"entry_ids": [str(grant.id)]})


def _reopen(meeting: Meeting) -> Call:
    body = {"reason": "漏登一人"}
    return lambda: meeting._post(meeting.closing.unit, f"/settlements/{meeting.first}/reopening", body)


def _commit_credits(meeting: Meeting) -> Call:
    made = meeting.credit_file(meeting.same_activity_row())
    return lambda: meeting._post(meeting.closing.unit, f"/credit-imports/{made}/commit")


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
    return lambda: meeting._post(boss, f"/claims/{made.json['id']}/reviews", {"decision": "approve", "comment": "同意"})


def _undo_credits(meeting: Meeting) -> Call:
    made = meeting.credit_file(meeting.credit_row())
    assert meeting._post(meeting.closing.unit, f"/credit-imports/{made}/commit")[0] == 200
    return lambda: meeting._post(meeting.closing.unit, f"/credit-imports/{made}/undo", {"reason": "来源有误"})


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
    return lambda: meeting._post(meeting.closing.staff, f"/question-imports/{made}/commit")


def _undo_questions(meeting: Meeting) -> Call:
    made = meeting.question_file()
    assert meeting._post(meeting.closing.staff, f"/question-imports/{made}/commit")[0] == 200
    return lambda: meeting._post(meeting.closing.staff, f"/question-imports/{made}/undo", {"reason": "传错了文件"})


def _correct_exam(meeting: Meeting) -> Call:
    path = f"/projects/{meeting.closing.project.id}/exam"
    question = meeting.closing.staff.get(f"{path}/paper").json["questions"][0]["id"]
    body = {"question_id": question, "accept_all": True, "reason": "题目有歧义"}
    return lambda: meeting._post(meeting.closing.staff, f"{path}/corrections", body)


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
