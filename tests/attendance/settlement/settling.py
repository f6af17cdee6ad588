"""A project that has ended, with its organizer, its reviewing unit, and people who took part in it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.attendance import (
    AttendanceCorrection,
    AttendanceMark,
    CheckIn,
    CheckInAttempt,
    CheckInMethod,
    CheckInStatus,
    Direction,
)
from models.base import new_id
from models.evaluations import EvaluationRespondent
from models.exams import ExamAttempt, HandIn
from models.ledger import EntryKind, LedgerEntry
from models.people import Person, Role
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole
from models.projects import Session as VenueSession
from tests.api import Api, Reply
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock


@dataclass
class Closing:
    """What tests of settlement begin with: one session, one condition, which is to attend it."""

    api: Api
    make: Factories
    clock: FakeClock
    db: Session
    organizer: Person
    authority: Person
    project: Project
    session: VenueSession
    people: dict[str, Person] = field(default_factory=dict)
    staff: Api = field(init=False)
    unit: Api = field(init=False)
    """The client of the final reviewing unit."""

    def __post_init__(self) -> None:
        self.staff, self.unit = self.api.as_(self.organizer), self.api.as_(self.authority)

    def expect(self, name: str, *roles: RosterRole, attended: bool = True) -> Person:
        """Somebody on the roster, a learner unless said otherwise."""
        person = self.people.get(name) or self.make.person(unit=self.make.province, name=name)
        self.people[name] = person
        for role in roles or (RosterRole.LEARNER,):
            self.db.add(RosterEntry(project_id=self.project.id, person_id=person.id, role=role, added_at=self.now))
        self.db.flush()
        if attended:
            self.mark(person, AttendanceMark.PRESENT)
        return person

    @property
    def now(self) -> Any:
        return self.clock.now()

    def mark(self, person: Person, mark: AttendanceMark) -> None:
        """Have the organizer's hand say whether somebody was there."""
        row = {"session_id": self.session.id, "person_id": person.id, "mark": mark, "reason": "现场核对"}
        self.db.execute(insert(AttendanceCorrection).values(**row, made_by=self.organizer.id, made_at=self.now))

    def waits_for_review(self, person: Person) -> None:
        """Check somebody in whose face was doubtful."""
        ids = {"session_id": self.session.id, "person_id": person.id, "direction": Direction.IN}
        at = self.session.starts_at
        attempt = CheckInAttempt(id=new_id(), attempted_at=at, result="needs_review", **ids)
        self.db.add(attempt)
        self.db.flush()
        status = {"status": CheckInStatus.NEEDS_REVIEW, "method": CheckInMethod.FACE}
        times = {"scanned_at": at, "checked_in_at": at}
        self.db.add(CheckIn(attempt_id=attempt.id, receipt="", **ids, **status, **times))
        self.db.flush()

    def evaluates(self, person: Person) -> None:
        self.db.execute(insert(EvaluationRespondent).values(project_id=self.project.id, person_id=person.id))

    def sits(self, person: Person, *, passes: bool | None) -> None:
        """An exam that was handed in; with None, one that was left open until its time was over."""
        is_over = self.now - timedelta(minutes=1)
        done = {"submitted_at": is_over, "hand_in": HandIn.LEARNER, "earned": [], "score": 0, "out_of": 0}
        self.db.add(
            ExamAttempt(
                project_id=self.project.id,
                person_id=person.id,
                number=1,
                started_at=is_over - timedelta(minutes=30),
                deadline_at=is_over,
                paper=[],
                pass_mark=60,
                passed=passes,
                **(done if passes is not None else {}),
            )
        )
        self.db.flush()

    def change(self, **facts: Any) -> None:
        """Give the project other facts."""
        self.db.execute(table_of(Project).update().where(Project.id == self.project.id).values(**facts))
        self.db.expire_all()

    def preview(self) -> Any:
        return self.staff.get(f"/projects/{self.project.id}/settlement/preview").json

    def confirm(self, **choice: Any) -> Reply:
        return self.staff.post(f"/projects/{self.project.id}/settlement", choice or None)

    def review(self, settlement_id: str, decision: str = "approve", comment: str = "同意", **more: Any) -> Reply:
        body = {"decision": decision, "comment": comment}
        return more.pop("who", self.unit).post(f"/settlements/{settlement_id}/review", body)

    def reverse(self, settlement_id: str, *names: str, reason: str = "考勤有误") -> Reply:
        numbers = [self.people[name].cme_number for name in names]
        return self.unit.post(f"/settlements/{settlement_id}/reversals", {"cme_numbers": numbers, "reason": reason})

    def reopen(self, settlement_id: str) -> Reply:
        return self.unit.post(f"/settlements/{settlement_id}/reopening", {"reason": "更正考勤后重新结算"})

    def status(self) -> ProjectStatus:
        self.db.expire_all()
        return self.db.get_one(Project, self.project.id).status

    def entries(self) -> Sequence[LedgerEntry]:
        """The ledger of this project, in order."""
        wanted = select(LedgerEntry).where(LedgerEntry.source_id == self.project.id).order_by(LedgerEntry.position)
        return self.db.scalars(wanted.execution_options(populate_existing=True)).all()

    def live(self) -> dict[uuid.UUID, list[Decimal]]:
        """The counted credits of the grants that stand, by person."""
        entries = self.entries()
        gone = {entry.reverses for entry in entries}
        found: dict[uuid.UUID, list[Decimal]] = {}
        for entry in entries:
            if entry.kind is EntryKind.GRANT and entry.id not in gone:
                found.setdefault(entry.person_id, []).append(entry.counted)
        return found


def close(api: Api, make: Factories, clock: FakeClock, db: Session, **facts: Any) -> Closing:
    """A project of a hospital that has just ended: five credits of national level, to be reviewed by the province."""
    hospital = make.unit()
    organizer, authority = make.organizer(hospital), make.staff(Role.AUTHORITY, make.province)
    usual: dict[str, Any] = {"category": "NAT", "credits": Decimal("5.00"), "hours": Decimal("15.0")}
    usual |= {"status": ProjectStatus.ENDED, "ends_on": day_at_home(clock.now())}
    project = make.project(unit=hospital, organizer=organizer, **{**usual, **facts})
    session = make.session(project, starts_at=clock.now() - timedelta(hours=5))
    return Closing(api, make, clock, db, organizer, authority, project, session)
