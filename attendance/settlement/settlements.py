"""The final reviewing unit approves the list of a settlement (W) or returns it; what settlements a project has."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.same_human import is_same_human
from attendance.errors import ReasonNeeded
from attendance.projects.access import ProjectAccess, ReadableProject, oversee_project, reach_project
from attendance.projects.last_days import require_over
from attendance.projects.states import Actor
from attendance.projects.transitions import take_settlement_step
from foundation import audit, jobs
from foundation.callers import Caller
from foundation.errors import AlreadyDecided, Forbidden, NotFound, SecondAdminNeeded
from models.jobs import JobStatus
from models.projects import ProjectStatus
from models.settlements import ReviewVerdict, Settlement, SettlementStatus

ReadableSettlement = NewType("ReadableSettlement", Settlement)
"""A settlement of a project that the caller may read; only this module makes one."""
JOB = "settlement"
"""The kind of job that posts the grants."""
_STATUSES_AFTER = {
    ReviewVerdict.APPROVE: frozenset({SettlementStatus.APPROVED, SettlementStatus.SETTLED}),
    ReviewVerdict.RETURN: frozenset({SettlementStatus.RETURNED}),
}


def review(
    db: Session, *, settlement_id: uuid.UUID, verdict: ReviewVerdict, comment: str | None, caller: Caller, now: datetime
) -> Settlement:
    """Approve a settlement, so that a job posts its grants, or return it to the organizer.

    The same verdict a second time changes nothing. If the job has failed, a second approval starts another job, which
    continues where the first one stopped.

    Raises NotFound; Forbidden for all but the reviewing unit; AlreadyDecided after the other verdict; ReasonNeeded for
    a return without comment; SecondAdminNeeded for the person who confirmed it; ProjectNotOver for an approval before
    the project's last day.
    """
    settlement = _get(db, settlement_id)
    project = lock_project(db, settlement.project_id, caller, Actor.REVIEWER).project
    db.refresh(settlement, with_for_update=True)
    if settlement.status is not SettlementStatus.IN_REVIEW:
        if settlement.status not in _STATUSES_AFTER[verdict]:
            raise AlreadyDecided
        if settlement.status is SettlementStatus.APPROVED and _has_failed(db, settlement):
            jobs.enqueue(db, kind=JOB, subject_id=settlement.id, now=now, actor_id=caller.person_id)
        return settlement
    if is_same_human(db, settlement.confirmed_by, caller.person_id):
        raise SecondAdminNeeded
    if verdict is ReviewVerdict.APPROVE:
        require_over(project, now)  # what an earlier version let be confirmed
    settlement.comment, settlement.reviewed_by, settlement.reviewed_at = comment, caller.person_id, now
    if verdict is ReviewVerdict.APPROVE:
        settlement.status = SettlementStatus.APPROVED
        jobs.enqueue(db, kind=JOB, subject_id=settlement.id, now=now, actor_id=caller.person_id)
    else:
        _return(db, settlement, comment, now)
    db.flush()
    return settlement


def get_settlement(db: Session, *, settlement_id: uuid.UUID, caller: Caller) -> ReadableSettlement:
    """Return a settlement for the organizer or the reviewing unit. Raises NotFound, Forbidden."""
    settlement = _get(db, settlement_id)
    reach_project(db, project_id=settlement.project_id, caller=caller)
    return ReadableSettlement(settlement)


def oversee_settlement(db: Session, *, settlement_id: uuid.UUID, caller: Caller) -> ReadableSettlement:
    """Return a settlement, to read it, for those of `oversee_project`. Raises NotFound, Forbidden."""
    settlement = _get(db, settlement_id)
    oversee_project(db, project_id=settlement.project_id, caller=caller)
    return ReadableSettlement(settlement)


def list_settlements(db: Session, *, project: ReadableProject) -> Sequence[Settlement]:
    """Return the settlements of a project, newest first."""
    wanted = select(Settlement).where(Settlement.project_id == project.id).order_by(Settlement.round.desc())
    return db.scalars(wanted).all()


def find_latest(db: Session, project_id: uuid.UUID) -> Settlement | None:
    """Return the last settlement of a project, or None."""
    wanted = select(Settlement).where(Settlement.project_id == project_id).order_by(Settlement.round.desc()).limit(1)
    return db.scalars(wanted).first()


def _get(db: Session, settlement_id: uuid.UUID) -> Settlement:
    settlement = db.get(Settlement, settlement_id)
    if settlement is None:
        raise NotFound
    return settlement


def lock_project(db: Session, project_id: uuid.UUID, caller: Caller, needed: Actor) -> ProjectAccess:
    """Lock the project for `needed`; the settlement is locked after it, in the order used everywhere.

    Raises NotFound, Forbidden.
    """
    access = reach_project(db, project_id=project_id, caller=caller, is_locked=True)
    if needed not in access.actors:
        raise Forbidden
    return access


def _has_failed(db: Session, settlement: Settlement) -> bool:
    job = jobs.find_latest(db, kind=JOB, subject_id=settlement.id)
    return job is not None and job.status is JobStatus.FAILED


def _return(db: Session, settlement: Settlement, comment: str | None, now: datetime) -> None:
    if not comment:
        raise ReasonNeeded(field="comment")
    settlement.status = SettlementStatus.RETURNED
    actor_id = settlement.reviewed_by
    take_settlement_step(
        db, project_id=settlement.project_id, to=ProjectStatus.ENDED, reason=comment, actor_id=actor_id, now=now
    )
    before = {"status": SettlementStatus.IN_REVIEW.value}
    after = {"status": settlement.status.value}
    audit.record(db, actor_id, now, "settlement.returned", settlement, reason=comment, before=before, after=after)
