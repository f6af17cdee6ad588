"""Reminds the learners of a project of what they have not done yet, in one step."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.own.own_projects import OwedKind
from attendance.projects.access import OrganizedProject, get_open_project
from attendance.projects.closed import closed, not_announced
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.record.last_moments import CONFIRMED, is_open
from attendance.reminders.missing_learners import TOPICS, MissingLearner, Roll, WhyNotReminded
from attendance.staff_errors import NotAskedFor
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.inbox import News
from models.projects import Project, ProjectStatus

PAUSES = {
    OwedKind.CHECK_OUT: timedelta(minutes=10),
    OwedKind.EVALUATION: timedelta(hours=12),
    OwedKind.EXAM: timedelta(hours=12),
}
"""How long somebody who was reminded is left alone, whoever asks. Check-out is open for less than an hour."""
_CHUNK = 500


@dataclass(frozen=True)
class SentReminders:
    """How many learners were reminded, and how many were not, by the reason."""

    what: OwedKind
    told: int
    left_out: Mapping[WhyNotReminded, int]


def remind(db: Session, *, project_id: uuid.UUID, what: OwedKind, caller: Caller, now: datetime) -> SentReminders:
    """Put a notice into the inbox of each learner who can still do what they miss, and was not reminded lately.

    The project is locked, so that of two at once the second finds everybody reminded. Raises NotFound, Forbidden,
    NotAskedFor, ProjectNotAnnounced; ProjectClosed once nobody can do it any more.
    """
    project = get_open_project(db, project_id=project_id, caller=caller, closed_in=frozenset({ProjectStatus.CANCELLED}))
    _check_stage(project, what, now)
    roll = Roll(db, project=project, what=what, now=now)
    if not roll.is_asked_for:
        raise NotAskedFor(field="what")
    told: defaultdict[tuple[uuid.UUID | None, datetime | None], list[uuid.UUID]] = defaultdict(list)
    people, left_out = 0, Counter[WhyNotReminded]()
    for learner in _everybody(roll):
        why_not = learner.why_not
        due = [] if why_not is not None else list(_due(learner, what, now))
        for place in due:
            told[place].append(learner.person_id)
        people += bool(due)
        if not due:
            left_out[why_not or WhyNotReminded.REMINDED_LATELY] += 1
    for (session_id, until), names in told.items():
        facts = {"until": until.isoformat()} if until is not None else {}
        inbox.tell(db, names, News(TOPICS[what], now, project.id, session_id, facts=facts))
    after = {"what": what.value, "told": people, "left_out": {why.value: count for why, count in left_out.items()}}
    audit.record(db, caller, now, "project.remind", project, after=after)
    db.flush()
    return SentReminders(what, people, left_out)


def _check_stage(project: OrganizedProject, what: OwedKind, now: datetime) -> None:
    if project.status in NOT_ANNOUNCED:
        raise not_announced(project.status)
    if project.status in (OVER if what is OwedKind.CHECK_OUT else CONFIRMED) and not _waits(project, what, now):
        raise closed(project)


def _waits(project: Project, what: OwedKind, now: datetime) -> bool:
    """Return whether a confirmed project still waits for learners who evaluate or sit the exam."""
    return what is not OwedKind.CHECK_OUT and is_open(project, now)


def _everybody(roll: Roll) -> Iterator[MissingLearner]:
    after = None
    while True:
        found = roll.list(None, after=after, limit=_CHUNK)
        yield from found
        if len(found) < _CHUNK:
            return
        after = found[-1].name, found[-1].person_id


def _due(learner: MissingLearner, what: OwedKind, now: datetime) -> Iterator[tuple[uuid.UUID | None, datetime | None]]:
    """Return what the learner is reminded of: the session, None for the whole project, and the last moment."""
    if what is OwedKind.CHECK_OUT:
        for each in learner.sessions:
            if each.until is not None and is_due(each.reminded_at, what, now):
                yield each.id, each.until
    elif is_due(learner.reminded_at, what, now):
        yield None, learner.until


def is_due(reminded_at: datetime | None, what: OwedKind, now: datetime) -> bool:
    """Return whether somebody who was last reminded at `reminded_at` may be reminded again."""
    return reminded_at is None or now - reminded_at >= PAUSES[what]
