"""Settling a project (W): the organizer confirms the list, the final reviewing unit approves it or returns it.

The confirmation stores the list, and the unit approves exactly this list: later changes don't reach it. Attendance and
roster can't be changed from then on.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NewType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.errors import ReasonNeeded, TransitionNotAllowed
from attendance.exams.hand_in import hand_in_overdue
from attendance.exams.question_cache import QuestionCache
from attendance.projects.access import ProjectAccess, reach_project
from attendance.projects.ends import require_over
from attendance.projects.states import Actor
from attendance.projects.transitions import take_settlement_step
from attendance.settlement.lines import write_lines
from attendance.settlement.lists import DraftList, Judge, draw_up
from credit.ledger import posting
from foundation import audit, jobs
from foundation.callers import Caller
from foundation.errors import AlreadyDecided, Forbidden, NotFound, SecondAdminNeeded
from models.base import new_id
from models.jobs import JobStatus
from models.projects import Project, ProjectStatus
from models.settlements import ReviewVerdict, Settlement, SettlementStatus

ReadableSettlement = NewType("ReadableSettlement", Settlement)
"""A settlement of a project that the caller may read; only `get_settlement` makes one."""
JOB = "settlement"
"""The kind of job that posts the grants."""
_CONFIRMED = frozenset({ProjectStatus.IN_REVIEW, ProjectStatus.SETTLED, ProjectStatus.ARCHIVED})
_STATUSES_AFTER = {
    ReviewVerdict.APPROVE: frozenset({SettlementStatus.APPROVED, SettlementStatus.SETTLED}),
    ReviewVerdict.RETURN: frozenset({SettlementStatus.RETURNED}),
}


def preview(db: Session, *, project_id: uuid.UUID, caller: Caller) -> DraftList:
    """Return the list that a confirmation would store now, for the organizer and the reviewing unit.

    Raises NotFound, Forbidden.
    """
    return draw_up(db, reach_project(db, project_id=project_id, caller=caller).project)


def confirm(db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime) -> Settlement:
    """Store the list, submit it to the reviewing unit and return the settlement. A second call returns the same one.

    Raises NotFound; Forbidden; TransitionNotAllowed unless the project has ended; ProjectNotOver before its last day.
    """
    access = _locked(db, project_id, caller, Actor.ORGANIZER)
    if access.project.status in _CONFIRMED:
        latest = find_latest(db, project_id)
        if latest is None:
            raise TransitionNotAllowed
        return latest
    require_over(access.project, now)
    project = take_settlement_step(
        db, project_id=project_id, to=ProjectStatus.IN_REVIEW, reason=None, actor_id=caller.person_id, now=now
    )
    questions = QuestionCache()
    while hand_in_overdue(db, now=now, questions=questions, project_id=project_id):
        pass
    return _store_list(db, project, caller, now)


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
    project = _locked(db, settlement.project_id, caller, Actor.REVIEWER).project
    db.refresh(settlement, with_for_update=True)
    if settlement.status is not SettlementStatus.IN_REVIEW:
        if settlement.status not in _STATUSES_AFTER[verdict]:
            raise AlreadyDecided
        if settlement.status is SettlementStatus.APPROVED and _has_failed(db, settlement):
            jobs.enqueue(db, kind=JOB, subject_id=settlement.id, now=now, actor_id=caller.person_id)
        return settlement
    if settlement.confirmed_by == caller.person_id:
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


def list_settlements(db: Session, *, project_id: uuid.UUID, caller: Caller) -> Sequence[Settlement]:
    """Return the settlements of a project, newest first, for its organizer or reviewing unit.

    Raises NotFound, Forbidden.
    """
    reach_project(db, project_id=project_id, caller=caller)
    wanted = select(Settlement).where(Settlement.project_id == project_id).order_by(Settlement.round.desc())
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


def _locked(db: Session, project_id: uuid.UUID, caller: Caller, needed: Actor) -> ProjectAccess:
    """Lock the project for `needed`; the settlement is locked after it, in the order used everywhere.

    Raises NotFound, Forbidden.
    """
    access = reach_project(db, project_id=project_id, caller=caller, is_locked=True)
    if needed not in access.actors:
        raise Forbidden
    return access


def _store_list(db: Session, project: Project, caller: Caller, now: datetime) -> Settlement:
    # Nobody posts while the list is drawn up, and once it is stored nobody records one of its activities elsewhere.
    posting.take_turn(db)
    judge = Judge(db, project)
    last = db.scalar(select(func.max(Settlement.round)).where(Settlement.project_id == project.id))
    settlement = Settlement(
        id=new_id(),
        project_id=project.id,
        round=(last or 0) + 1,
        status=SettlementStatus.IN_REVIEW,
        rule_set=judge.rule_set.code,
        rule_set_version=judge.rule_set.version,
        to_grant=0,
        skipped=0,
        granted=0,
        confirmed_by=caller.person_id,
        confirmed_at=now,
    )
    db.add(settlement)
    db.flush()
    counts = write_lines(db, settlement_id=settlement.id, judge=judge)
    settlement.to_grant, settlement.skipped = counts.granted, counts.skipped
    db.flush()
    return settlement


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
