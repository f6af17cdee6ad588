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

from attendance.projects.transitions import CANCELLATION
from attendance.settlement import processes as settlement
from credit.records.reversals import REVERSAL
from models.credit_records import CreditImport
from models.imports import AttendanceImport, ImportKind, ImportStatus
from models.ledger import EntryKind, LedgerEntry
from models.people import Person
from models.projects import ProjectStatus
from models.question_imports import QuestionImport
from models.settlements import Settlement, SettlementStatus
from tests.api import Api
from tests.attendance.questions.question_files import send
from tests.attendance.settlement.settling import Closing

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

    def prepare(self, one: str, other: str) -> None:
        """Bring the project to where both processes of a pair are possible."""
        self.expect("done", passes=True)
        if {REVERSAL, settlement.REOPENING} & {one, other}:
            self.first = self._settle()
            self.reopen(self.first)
            self.expect("forgotten", passes=True)

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
                self.reopen(str(self.db.scalars(select(Settlement.id)).first()))
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

    def expect(self, name: str, *, passes: bool) -> Person:
        person = self.closing.expect(f"{name} {next(self.names)}")
        if passes:
            self.closing.sits(person, passes=True)
            self.due[person.name] = person
        return person

    def advance(self, one: str, other: str) -> None:
        """Take the project to where the pair meets: the earlier of the two places, but a place that stands holds."""
        levels = [AT[name] for name in (one, other) if name in AT]
        standing = [AT[name] for name in (one, other) if name in _STANDS]
        level = max(standing) if standing else min(levels, default=ENDED)
        if level == RUNNING:
            self.closing.change(status=ProjectStatus.RUNNING)
        if level in (IN_REVIEW, POSTING, SETTLED):
            body = {"still_open": "wait"}
            assert self.post(self.closing.staff, f"/projects/{self.closing.project.id}/settlement", body)[0] == 202
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

    def reopen(self, settlement_id: str) -> None:
        assert self.closing.reopen(settlement_id).status_code == 200

    def _open_round(self) -> str:
        self.db.expire_all()
        is_open = Settlement.status.in_((SettlementStatus.IN_REVIEW, SettlementStatus.APPROVED))
        return str(self.db.scalars(select(Settlement.id).where(is_open)).one())

    def _is_somebody_missing(self) -> bool:
        return any(person.id not in self.closing.live() for person in (*self.due.values(), *self.told_passed))

    def post(self, who: Api, path: str, body: Any = None) -> Answer:
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
        person = self.expect("either", passes=True)
        del self.due[person.name]
        self.either.append(person)
        return person

    def credit_file(self, row: dict[str, str | None]) -> str:
        """An import of one row."""
        reply = self.client(self.closing.unit).post("/credit-imports", {"rows": [row]})
        assert (reply.status_code, reply.json["errors"]) == (201, [])
        return str(reply.json["id"])
