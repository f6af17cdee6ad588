"""Taking grants of a settled project back, and opening it again so that corrected ones may follow."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.errors import ProjectIncomplete, TooManyHours, TransitionNotAllowed
from attendance.projects.access import reach_project
from attendance.projects.states import Actor
from attendance.projects.transitions import take_settlement_step
from attendance.roster.person_refs import PersonRef, find_people
from attendance.settlement.settlements import get_settlement
from credit.ledger import posting
from foundation import audit
from foundation.callers import Caller
from foundation.errors import Forbidden
from models.ledger import SourceKind
from models.projects import Project, ProjectStatus
from models.settlements import Settlement, TaughtHours


@dataclass(frozen=True)
class Reversed:
    """reversed: how many grants were taken back; not_granted: those who had none to take back, as they were named."""

    reversed: int
    not_granted: tuple[str, ...]


@dataclass(frozen=True)
class Corrected:
    """What the reviewing unit approves of the project instead; None for what stays. 0.01 and 0.1 steps."""

    credits: Decimal | None = None
    hours: Decimal | None = None


def reverse(
    db: Session, *, settlement_id: uuid.UUID, named: Collection[PersonRef], reason: str, caller: Caller, now: datetime
) -> Reversed:
    """Take back, whole, what these people have from the settlement's project. Nobody's grant is taken back twice.

    Raises NotFound; Forbidden for all but the reviewing unit.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    project = _reviewed_project(db, settlement, caller)
    people = find_people(db, named)
    posting.take_turn(db)  # from here on nobody else posts: what is live stays so until we are done
    grants = posting.live_grants(
        db, source_kind=SourceKind.PROJECT, source_ids=[project.id], people=set(people.values())
    )
    if grants:
        posting.reverse(db, grants=grants, reason=reason, now=now, actor_id=caller.person_id)
        before = {"grants": [str(grant.id) for grant in grants]}
        after: dict[str, list[str]] = {"grants": []}
        audit.record(db, caller, now, "settlement.reversed", settlement, reason=reason, before=before, after=after)
    taken = {grant.person_id for grant in grants}
    left = (each for each in dict.fromkeys(named) if people.get(each) not in taken)
    return Reversed(len(grants), tuple(each.cme_number or str(each.person_id) for each in left))


def reopen(
    db: Session, *, settlement_id: uuid.UUID, reason: str, corrected: Corrected, caller: Caller, now: datetime
) -> Project:
    """Open a settled project again: its record may be corrected, and settled anew for who has no grant.

    corrected: what was wrongly approved of it; grants that stand keep what they gave. Raises NotFound; Forbidden for
    all but the reviewing unit; TransitionNotAllowed unless it is settled or archived; TooManyHours where a speaker
    taught more than is left; ProjectIncomplete for no credits or hours at all.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    project = _reviewed_project(db, settlement, caller)
    if project.status not in (ProjectStatus.SETTLED, ProjectStatus.ARCHIVED):
        raise TransitionNotAllowed
    _correct(db, project, corrected, reason, caller, now)
    return take_settlement_step(
        db, project_id=project.id, to=ProjectStatus.ENDED, reason=reason, actor_id=caller.person_id, now=now
    )


def _correct(db: Session, project: Project, corrected: Corrected, reason: str, caller: Caller, now: datetime) -> None:
    wanted = {name: value for name, value in vars(corrected).items() if value not in (None, getattr(project, name))}
    if not wanted:
        return
    before = {name: str(getattr(project, name)) for name in wanted}
    for name, value in wanted.items():
        setattr(project, name, value)
    if not (project.credits and project.hours):
        raise ProjectIncomplete(field="hours" if project.credits else "credits")
    taught = db.scalar(select(func.max(TaughtHours.hours)).where(TaughtHours.project_id == project.id))
    if taught is not None and taught > project.hours:
        raise TooManyHours(field="hours")
    after = {name: str(value) for name, value in wanted.items()}
    audit.record(db, caller, now, "project.edit", project, reason=reason, before=before, after=after)
    db.flush()


def _reviewed_project(db: Session, settlement: Settlement, caller: Caller) -> Project:
    access = reach_project(db, project_id=settlement.project_id, caller=caller, is_locked=True)
    if Actor.REVIEWER not in access.actors:
        raise Forbidden
    return access.project
