"""What decides a learner's credits from a project: their standing at each session, their share, duties, the result.

Each page of projects takes the same few statements, however many projects are on it.
"""

import enum
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.own.staff_decisions import StaffDecision, decisions_on
from attendance.record.facts import Facts, facts_of
from attendance.record.history import AttendedProject, AttendedSession
from attendance.record.last_moments import CONFIRMED, last_moment
from attendance.record.open_duties import Duty, duties
from attendance.record.outcomes import SessionOutcome, before_it_begins
from attendance.record.shares import Share, outcome_of
from attendance.record.sums import Sums
from attendance.roster.waiting_list import places_of
from attendance.sessions.held import is_over, was_held
from models.attendance import AttendanceCorrection, AttendanceMark, CheckInStatus
from models.ledger import EntryKind, GrantReversal, LedgerEntry, ReversalCause, SourceKind
from models.people import Person, Unit
from models.projects import Project, ProjectStatus, ProjectStep, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession
from models.settlements import Settlement, SettlementLine, SettlementStatus

_NO_FACTS = Facts()
_ON_TIME = (CheckInStatus.PRESENT, CheckInStatus.LATE, CheckInStatus.NEEDS_REVIEW)


class OwedKind(enum.StrEnum):
    """A task that a learner still has to do; it is listed only while it can be done."""

    CHECK_OUT = "check_out"
    EVALUATION = "evaluation"
    EXAM = "exam"


@dataclass(frozen=True)
class OwedTask:
    """A task with its last moment. opens_at: from when it can be done; session_id: where, for a check-out."""

    what: OwedKind
    until: datetime
    opens_at: datetime | None = None
    session_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Correction:
    """The organizer's last mark on a learner at a session. made_by: the name of who made it."""

    mark: AttendanceMark
    reason: str
    made_at: datetime
    made_by: str


class OwnPlace(enum.StrEnum):
    """The place of a learner at a session that has not room for all."""

    HELD = "held"
    WAITING = "waiting"
    NONE = "none"


@dataclass(frozen=True)
class OwnSession:
    """A session with what came of it for the learner. place: None where nobody needs one; decisions: by check-in."""

    attended: AttendedSession
    outcome: SessionOutcome
    correction: Correction | None
    decisions: Mapping[uuid.UUID, StaffDecision]
    place: OwnPlace | None


@dataclass(frozen=True)
class Result:
    """What a settled project gave a person, or why it gave nothing. entry_id: of the grant; reasons: codes."""

    settled_at: datetime
    entry_id: uuid.UUID | None
    credits: Decimal | None
    counted: Decimal | None
    reasons: Sequence[str]


@dataclass(frozen=True)
class Reversal:
    """A grant that was taken back. cause: None for one from before causes were kept."""

    entry_id: uuid.UUID
    at: datetime
    cause: ReversalCause | None
    reason: str


@dataclass(frozen=True)
class OwnProject:
    """A project as a learner sees it. status_reason: why it was cancelled or is being changed.

    waiting_place: the number on the waiting list; None for everybody else. share: so far; the sum has all sessions.
    """

    project: Project
    unit: str
    status_reason: str | None
    roles: Sequence[RosterRole]
    waiting_place: int | None
    sessions: Sequence[OwnSession]
    share: Share
    owed: Sequence[OwedTask]
    result: Result | None
    reversals: Sequence[Reversal]

    @property
    def is_met(self) -> bool:
        """Return whether the share so far is high enough."""
        return self.share.meets(self.project.min_attendance)


def read_own(
    db: Session, attended: Sequence[AttendedProject], *, person_id: uuid.UUID, now: datetime
) -> list[OwnProject]:
    """Return the projects with all that decides the person's credits, in the same order."""
    return _Reading(db, attended, person_id, now).all()


@dataclass
class _Reading:
    """The statements of one page of projects."""

    db: Session
    attended: Sequence[AttendedProject]
    person_id: uuid.UUID
    now: datetime
    _ids: list[uuid.UUID] = field(init=False)

    def all(self) -> list[OwnProject]:
        self._ids = [each.project.id for each in self.attended]
        session_ids = [each.session.id for project in self.attended for each in project.sessions]
        known = facts_of(self.db, session_ids, [self.person_id]).get(self.person_id, {}) if session_ids else {}
        decisions = decisions_on(self.db, self.attended)
        corrections, places = self._corrections(session_ids), self._places(session_ids)
        units, roles, reasons, waiting = self._units(), self._roles(), self._status_reasons(), self._waiting_places()
        results, reversals = self._results(), self._reversals()
        open_duties = duties(self.db, person_id=self.person_id, project_ids=self._ids, now=self.now)
        own = []
        for each in self.attended:
            project = each.project
            mine = {one.session.id: known[one.session.id] for one in each.sessions if one.session.id in known}
            sums = Sums(project, [one.session for one in each.sessions])
            sessions = [
                OwnSession(
                    attended=one,
                    outcome=self._outcome(mine.get(one.session.id, _NO_FACTS), one.session, project),
                    correction=corrections.get(one.session.id),
                    decisions=decisions,
                    place=places.get(one.session.id, OwnPlace.NONE) if one.session.capacity is not None else None,
                )
                for one in each.sessions
            ]
            own.append(
                OwnProject(
                    project=project,
                    unit=units[project.unit_id],
                    status_reason=reasons.get(project.id),
                    roles=roles[project.id],
                    waiting_place=waiting.get(project.id),
                    sessions=sessions,
                    share=sums.share(mine),
                    owed=self._owed(project, each.sessions, mine, open_duties.get(project.id, [])),
                    result=results.get(project.id),
                    reversals=reversals[project.id],
                )
            )
        return own

    def _outcome(self, facts: Facts, session: VenueSession, project: Project) -> SessionOutcome:
        outcome = outcome_of(facts, project, is_over=is_over(session, self.now))
        return before_it_begins(outcome, facts.mark) if self.now < session.starts_at else outcome

    def _owed(
        self,
        project: Project,
        sessions: Sequence[AttendedSession],
        mine: Mapping[uuid.UUID, Facts],
        open_duties: Sequence[Duty],
    ) -> list[OwedTask]:
        owed = []
        if project.needs_check_out and project.status is ProjectStatus.RUNNING:
            for session in (each.session for each in sessions):
                if self._owes_check_out(session, mine.get(session.id, _NO_FACTS)):
                    owed.append(OwedTask(OwedKind.CHECK_OUT, session.out_closes_at, session.out_opens_at, session.id))
        until = project.open_until if project.status in CONFIRMED else last_moment(project)
        if until is not None:
            owed += [OwedTask(OwedKind(duty.value), until) for duty in open_duties]
        return owed

    def _owes_check_out(self, session: VenueSession, facts: Facts) -> bool:
        is_marked = facts.mark is not None and facts.mark is not AttendanceMark.AS_RECORDED
        is_in = facts.arrival in _ON_TIME and facts.departure not in _ON_TIME
        is_possible = was_held(session) and session.closed_at is None and self.now < session.out_closes_at
        return is_in and is_possible and not (is_marked or facts.is_check_out_waived)

    def _units(self) -> Mapping[uuid.UUID, str]:
        ids = {each.project.unit_id for each in self.attended}
        return {unit.id: unit.name for unit in self.db.scalars(select(Unit).where(Unit.id.in_(ids)))}

    def _roles(self) -> Mapping[uuid.UUID, list[RosterRole]]:
        wanted = select(RosterEntry.project_id, RosterEntry.role).where(
            RosterEntry.person_id == self.person_id, RosterEntry.project_id.in_(self._ids)
        )
        found: dict[uuid.UUID, list[RosterRole]] = defaultdict(list)
        for project_id, role in self.db.execute(wanted.order_by(RosterEntry.id)):
            found[project_id].append(role)
        return found

    def _waiting_places(self) -> Mapping[uuid.UUID, int]:
        return places_of(self.db, person_id=self.person_id, project_ids=self._ids)

    def _status_reasons(self) -> Mapping[uuid.UUID, str]:
        """Return why projects are in their status, by project: the reason of the last step, if it led there."""
        now_there = select(ProjectStep.project_id, ProjectStep.reason).join(
            Project, (Project.id == ProjectStep.project_id) & (Project.status == ProjectStep.target)
        )
        wanted = now_there.where(ProjectStep.project_id.in_(self._ids), ProjectStep.reason.is_not(None))
        return {project_id: reason for project_id, reason in self.db.execute(wanted.order_by(ProjectStep.id)) if reason}

    def _corrections(self, session_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Correction]:
        wanted = (
            select(AttendanceCorrection, Person.name)
            .join(Person, Person.id == AttendanceCorrection.made_by)
            .where(AttendanceCorrection.session_id.in_(session_ids), AttendanceCorrection.person_id == self.person_id)
            .order_by(AttendanceCorrection.id)
        )
        return {
            made.session_id: Correction(made.mark, made.reason, made.made_at, name)
            for made, name in self.db.execute(wanted)
        }

    def _places(self, session_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, OwnPlace]:
        wanted = select(SessionPlace.session_id, SessionPlace.is_waiting).where(
            SessionPlace.session_id.in_(session_ids), SessionPlace.person_id == self.person_id
        )
        return {
            session_id: OwnPlace.WAITING if is_waiting else OwnPlace.HELD
            for session_id, is_waiting in self.db.execute(wanted)
        }

    def _results(self) -> Mapping[uuid.UUID, Result]:
        """Return the newest line of the person in a settled list, by project."""
        wanted = (
            select(SettlementLine, Settlement.project_id, Settlement.settled_at)
            .join(Settlement, Settlement.id == SettlementLine.settlement_id)
            .where(
                SettlementLine.person_id == self.person_id,
                Settlement.project_id.in_(self._ids),
                Settlement.status == SettlementStatus.SETTLED,
            )
            .order_by(Settlement.round)
        )
        return {
            project_id: Result(
                settled_at=settled_at,
                entry_id=line.entry_id if line.credits is not None else None,
                credits=line.credits,
                counted=line.counted,
                reasons=line.reasons,
            )
            for line, project_id, settled_at in self.db.execute(wanted)
            if settled_at is not None
        }

    def _reversals(self) -> Mapping[uuid.UUID, list[Reversal]]:
        wanted = (
            select(LedgerEntry, GrantReversal.cause)
            .outerjoin(GrantReversal, GrantReversal.entry_id == LedgerEntry.id)
            .where(
                LedgerEntry.person_id == self.person_id,
                LedgerEntry.source_kind == SourceKind.PROJECT,
                LedgerEntry.source_id.in_(self._ids),
                LedgerEntry.kind == EntryKind.REVERSAL,
            )
            .order_by(LedgerEntry.position)
        )
        found: dict[uuid.UUID, list[Reversal]] = defaultdict(list)
        for entry, cause in self.db.execute(wanted):
            found[entry.source_id].append(Reversal(entry.id, entry.granted_at, cause, entry.reason or ""))
        return found
