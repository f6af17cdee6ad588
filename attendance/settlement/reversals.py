"""Reversing grants of a settled project, and reopening the project so that corrected grants can follow."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from attendance.errors import ProjectIncomplete, TooManyHours
from attendance.projects.access import reach_project
from attendance.projects.closed import no_such_step
from attendance.projects.states import Actor
from attendance.projects.transitions import take_settlement_step
from attendance.roster.person_refs import PersonRef, find_people
from attendance.settlement.settlements import get_settlement
from credit.ledger import causes, posting
from credit.records.recorded import require_no_list_leans_on
from credit.records.reversals import REVERSAL
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import Forbidden
from foundation.inbox import News
from foundation.processes import ProcessTable
from models.ledger import LedgerEntry, ReversalCause, SourceKind
from models.notices import NoticeTopic
from models.projects import Project, ProjectStatus
from models.settlements import Settlement, TaughtHours


@dataclass(frozen=True)
class ReversalResult:
    """The result of a reversal. reversed: number of reversed grants; not_granted: named people without a grant."""

    reversed: int
    not_granted: tuple[str, ...]


@dataclass(frozen=True)
class CorrectedValues:
    """Corrected values that the reviewing unit approves; None keeps a value. credits: 0.01 steps; hours: 0.1 steps."""

    credits: Decimal | None = None
    hours: Decimal | None = None


@dataclass(frozen=True)
class LiftingResult:
    """How many people may be granted to again. not_barred: named people who were not barred."""

    lifted: int
    not_barred: tuple[str, ...]


def reverse(
    db: Session,
    processes: ProcessTable,
    *,
    settlement_id: uuid.UUID,
    named: Collection[PersonRef],
    cause: ReversalCause,
    reason: str,
    caller: Caller,
    now: datetime,
) -> ReversalResult:
    """Reverse the whole grants of these people from the settlement's project. No grant is reversed twice.

    After a misconduct the next round skips the person, until `lift_misconduct`. Raises NotFound; Forbidden for all but
    the reviewing unit; SettlementUnderWay while a round is in review, of this project or of another one of the same
    activity: its list says that these people have their grant.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    project = _reviewed_project(db, settlement, caller)
    processes.require_free(db, step=REVERSAL, project_id=project.id)
    people = find_people(db, named)
    posting.take_turn(db)  # from here on nobody else posts, so the live grants don't change meanwhile
    grants = posting.live_grants(
        db, source_kind=SourceKind.PROJECT, source_ids=[project.id], people=set(people.values())
    )
    if grants:
        of_project = LedgerEntry.source_kind == SourceKind.PROJECT, LedgerEntry.source_id == project.id
        require_no_list_leans_on(db, and_(*of_project, LedgerEntry.person_id.in_(set(people.values()))))
        posting.reverse(db, grants=grants, reason=reason, now=now, actor_id=caller.person_id, cause=cause)
        before = {"grants": [str(grant.id) for grant in grants]}
        after: dict[str, Any] = {"grants": [], "cause": cause.value}
        audit.record(db, caller, now, "settlement.reversed", settlement, reason=reason, before=before, after=after)
    reversed_people = {grant.person_id for grant in grants}
    facts = {"cause": cause.value, "reason": reason}
    inbox.tell(db, reversed_people, News(NoticeTopic.GRANT_REVERSED, now, project.id, facts=facts))
    return ReversalResult(len(grants), _others(named, people, reversed_people))


def lift_misconduct(
    db: Session, *, settlement_id: uuid.UUID, named: Collection[PersonRef], reason: str, caller: Caller, now: datetime
) -> LiftingResult:
    """Lift the bar of people whose grant was taken back for misconduct, so that the next round can grant to them.

    Raises NotFound; Forbidden for all but the reviewing unit.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    project = _reviewed_project(db, settlement, caller)
    people = find_people(db, named)
    lifted = causes.lift(
        db,
        source_kind=SourceKind.PROJECT,
        source_id=project.id,
        people=set(people.values()),
        reason=reason,
        now=now,
        actor_id=caller.person_id,
    )
    if lifted:
        after = {"people": sorted(map(str, lifted))}
        audit.record(db, caller, now, "settlement.misconduct_lifted", settlement, reason=reason, after=after)
    return LiftingResult(len(lifted), _others(named, people, lifted))


def reopen(
    db: Session, *, settlement_id: uuid.UUID, reason: str, corrected: CorrectedValues, caller: Caller, now: datetime
) -> Project:
    """Reopen a settled project: its attendance can be corrected, and people without a grant can be settled again.

    corrected: new credits and hours; grants that were not reversed keep their credits. Raises NotFound; Forbidden for
    all but the reviewing unit; TransitionNotAllowed unless the project is settled or archived; TooManyHours where a
    speaker taught more than the new hours; ProjectIncomplete without credits or hours.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    project = _reviewed_project(db, settlement, caller)
    if project.status not in (ProjectStatus.SETTLED, ProjectStatus.ARCHIVED):
        raise no_such_step(project)
    _correct(db, project, corrected, reason, caller, now)
    return take_settlement_step(
        db, project_id=project.id, to=ProjectStatus.ENDED, reason=reason, actor_id=caller.person_id, now=now
    )


def _others(
    named: Collection[PersonRef], people: Mapping[PersonRef, uuid.UUID], done: Collection[uuid.UUID]
) -> tuple[str, ...]:
    """Return the numbers, or ids, of the named people who are not among `done`."""
    others = (each for each in dict.fromkeys(named) if people.get(each) not in done)
    return tuple(each.cme_number or str(each.person_id) for each in others)


def _correct(
    db: Session, project: Project, corrected: CorrectedValues, reason: str, caller: Caller, now: datetime
) -> None:
    wanted = {name: value for name, value in vars(corrected).items() if value not in (None, getattr(project, name))}
    if not wanted:
        return
    before = {name: str(getattr(project, name)) for name in wanted}
    for name, value in wanted.items():
        setattr(project, name, value)
    if not (project.credits and project.hours):
        missing = [name for name in ("credits", "hours") if not getattr(project, name)]
        raise ProjectIncomplete(fields=missing, facts={"missing": missing})
    taught = db.scalar(select(func.max(TaughtHours.hours)).where(TaughtHours.project_id == project.id))
    if taught is not None and taught > project.hours:
        raise TooManyHours(field="hours", facts={"hours": f"{project.hours:.1f}"})
    after = {name: str(value) for name, value in wanted.items()}
    audit.record(db, caller, now, "project.edit", project, reason=reason, before=before, after=after)
    db.flush()


def _reviewed_project(db: Session, settlement: Settlement, caller: Caller) -> Project:
    access = reach_project(db, project_id=settlement.project_id, caller=caller, is_locked=True)
    if Actor.REVIEWER not in access.actors:
        raise Forbidden
    return access.project
