"""The organizer confirms (确认) the list of a settlement. Nobody who can still get credits is left out silently.

The confirmation stores the list, and the reviewing unit approves exactly this list: later changes don't reach it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.errors import CheckInsToReview, StillOpen
from attendance.exams.hand_in import cut_off, hand_in_overdue
from attendance.projects.access import ReadableProject
from attendance.projects.closed import no_such_step
from attendance.projects.last_days import require_over
from attendance.projects.states import Actor
from attendance.projects.transitions import take_settlement_step
from attendance.questions.question_cache import QuestionCache
from attendance.record.last_moments import CONFIRMED
from attendance.record.open_duties import Duty
from attendance.room.reviews import count_to_review
from attendance.settlement.lines import Counts, tally, write_lines
from attendance.settlement.lists import Judge
from attendance.settlement.processes import CONFIRMATION
from attendance.settlement.rules import Note
from attendance.settlement.settlements import find_latest, lock_project
from credit.ledger import posting
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import AlreadyDecided
from foundation.inbox import News
from foundation.processes import ProcessTable
from models.base import new_id
from models.exams import ExamAttempt
from models.notices import NoticeTopic
from models.projects import Project, ProjectStatus
from models.settlements import OPEN_SETTLEMENTS, Settlement, SettlementStatus


@dataclass(frozen=True)
class Choice:
    """What the organizer says of people who can still evaluate or sit the exam: wait for them, or cut them off.

    reason: why they are cut off; None for waiting.
    """

    reason: str | None

    @property
    def waits(self) -> bool:
        """Return whether the evaluation and the exam stay open for them."""
        return self.reason is None


@dataclass(frozen=True)
class Offer:
    """A supplementary round that the organizer can confirm. still_may: how many people can go on, until `until`."""

    to_grant: int
    still_may: int
    until: datetime


def confirm(
    db: Session,
    processes: ProcessTable,
    *,
    project_id: uuid.UUID,
    choice: Choice | None,
    caller: Caller,
    now: datetime,
) -> Settlement:
    """Store the list, submit it to the reviewing unit and return the settlement. A second call returns the same one.

    After a confirmation that waits for people, and once its grants are posted, the next call stores a supplementary
    round, if it grants anything. Raises NotFound; Forbidden; TransitionNotAllowed unless the project has ended;
    ProjectNotOver before its last day; ImportUnderWay; StillOpen where people can still meet the conditions and
    `choice` is None; CheckInsToReview where a check-in waits for a decision, unless people are cut off; AlreadyDecided
    where people are cut off for whom the list under review waits.
    """
    project = lock_project(db, project_id, caller, Actor.ORGANIZER).project
    latest = find_latest(db, project_id)
    is_supplement = _has_supplement(project)
    if project.status in CONFIRMED and not is_supplement:
        if latest is None:
            raise no_such_step(project)
        _require_same_choice(project, latest, choice)
        return latest
    require_over(project, now)
    processes.require_free(db, step=CONFIRMATION, project_id=project_id)
    is_cut_off = choice is not None and not choice.waits
    if choice is not None and is_cut_off:
        _tell_of_cut_off(db, project_id, choice.reason, now)
    if not is_cut_off and (waiting := count_to_review(db, project)):
        raise CheckInsToReview(facts={"check_ins": waiting})
    _hand_in(db, project_id, now, is_cut_off=is_cut_off)
    posting.take_turn(db)  # from here on nobody records one of its activities elsewhere
    judge = Judge(db, project, now)
    reason = choice.reason if choice else None
    if is_supplement and latest is not None and not tally(db, judge).granted:
        if is_cut_off:
            _stop_waiting(db, project, latest, reason, caller, now)
        return latest
    take_settlement_step(
        db, project_id=project_id, to=ProjectStatus.IN_REVIEW, reason=reason, actor_id=caller.person_id, now=now
    )
    return _store_list(db, project, judge, choice, caller, now)


def find_offer(db: Session, *, project: ReadableProject, now: datetime) -> Offer | None:
    """Return the supplementary round of a project that waited for people, or None where it would grant nothing."""
    if not _has_supplement(project) or project.open_until is None:
        return None
    counts = tally(db, Judge(db, project, now))
    return Offer(counts.granted, counts.still_may, project.open_until) if counts.granted else None


def _has_supplement(project: Project) -> bool:
    """Return whether a supplementary round may follow: the list is settled, and others were waited for."""
    return project.status in (ProjectStatus.SETTLED, ProjectStatus.ARCHIVED) and project.open_until is not None


def _require_same_choice(project: Project, latest: Settlement, choice: Choice | None) -> None:
    """Raise AlreadyDecided for a choice that the list under review doesn't follow."""
    if choice is None or latest.status not in OPEN_SETTLEMENTS:
        return
    is_waiting, is_cut_off = project.open_until is not None, latest.cut_off_reason is not None
    if is_cut_off if choice.waits else is_waiting:
        raise AlreadyDecided


def _stop_waiting(
    db: Session, project: Project, latest: Settlement, reason: str | None, caller: Caller, now: datetime
) -> None:
    """Close the evaluation and the exam for people whom the last round waited for; nobody of them gets credits."""
    if project.open_until is None:
        return
    before = {"open_until": project.open_until.isoformat()}
    project.open_until, latest.cut_off_reason = None, reason
    audit.record(db, caller, now, "settlement.cut_off", latest, reason=reason, before=before)
    db.flush()


def _tell_of_cut_off(db: Session, project_id: uuid.UUID, reason: str | None, now: datetime) -> None:
    """Tell those who sit the exam at this moment that their attempt is handed in now."""
    sitting = select(ExamAttempt.person_id).where(
        ExamAttempt.project_id == project_id, ExamAttempt.submitted_at.is_(None)
    )
    inbox.tell_all(db, sitting.distinct(), News(NoticeTopic.CUT_OFF, now, project_id, facts={"reason": reason}))


def _hand_in(db: Session, project_id: uuid.UUID, now: datetime, *, is_cut_off: bool) -> None:
    """Hand in all attempts whose time is over; with a cut-off, those that are open too."""
    questions = QuestionCache()
    if is_cut_off:
        while cut_off(db, project_id=project_id, now=now, questions=questions):
            pass
    while hand_in_overdue(db, now=now, questions=questions, project_id=project_id, is_complete=True):
        pass


def _store_list(
    db: Session, project: Project, judge: Judge, choice: Choice | None, caller: Caller, now: datetime
) -> Settlement:
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
    note = None if choice is None else Note.STILL_OPEN if choice.waits else Note.CUT_OFF
    counts = write_lines(db, settlement_id=settlement.id, judge=judge, note=note)
    settlement.to_grant, settlement.skipped = counts.granted, counts.skipped
    _decide_on_others(db, project, settlement, judge, counts, choice)
    db.flush()
    return settlement


def _decide_on_others(
    db: Session, project: Project, settlement: Settlement, judge: Judge, counts: Counts, choice: Choice | None
) -> None:
    """Keep the evaluation and the exam open for the people who can still meet the conditions, or close them.

    Raises StillOpen where there are such people and the organizer has not chosen.
    """
    until = _last_moment_of_all(db, judge, counts)
    settlement.cut_off_reason = choice.reason if choice else None
    if until is None:
        project.open_until = None
    elif choice is None:
        owed = {duty.value: number for duty, number in counts.owed.items()}
        raise StillOpen(facts={"still_open": {"people": counts.still_may, **owed, "until": until.isoformat()}})
    else:
        project.open_until = until if choice.waits else None


def _last_moment_of_all(db: Session, judge: Judge, counts: Counts) -> datetime | None:
    """Return when the last of the people who can still meet the conditions must have done so, or None."""
    moments: list[datetime | None] = []
    if counts.owed.get(Duty.EVALUATION):
        moments.append(judge.evaluation_closes_at)
    if counts.owed.get(Duty.EXAM):
        moments += [judge.chances.closes_at, *judge.chances.last_moments(db).values()]
    return max((each for each in moments if each is not None), default=None)
