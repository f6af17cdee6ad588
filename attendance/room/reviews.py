"""Check-ins that wait for a decision of the staff, and count for nothing until then; the decisions made so far."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from attendance.projects.planned_sessions import COUNTED
from attendance.record.missing import is_marked
from models.attendance import CheckIn, CheckInReview, CheckInStatus
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession


def count_to_review(db: Session, project: Project) -> int:
    """Return how many check-ins of learners wait for review, at sessions that count.

    A check-in whose attendance the organizer has corrected by hand needs no review, until that is taken back.
    """
    is_learner = exists().where(
        RosterEntry.project_id == project.id,
        RosterEntry.person_id == CheckIn.person_id,
        RosterEntry.role == RosterRole.LEARNER,
    )
    wanted = (
        select(func.count())
        .select_from(CheckIn)
        .join(VenueSession, VenueSession.id == CheckIn.session_id)
        .where(VenueSession.project_id == project.id, COUNTED, CheckIn.status == CheckInStatus.NEEDS_REVIEW)
        .where(is_learner, ~is_marked(CheckIn.session_id, CheckIn.person_id))
    )
    return db.scalar(wanted) or 0


def last_reviews(db: Session, made_at: Mapping[uuid.UUID, datetime]) -> dict[uuid.UUID, CheckInReview]:
    """Return the last decision of the staff on each of these check-ins. made_at: when they were made, by their ids.

    A decision before that was about an earlier attempt, whose place the check-in took. One that was undone is none.
    """
    wanted = select(CheckInReview).where(CheckInReview.check_in_id.in_(made_at)).order_by(CheckInReview.id)
    waits = select(CheckIn.id).where(CheckIn.id.in_(made_at), CheckIn.status == CheckInStatus.NEEDS_REVIEW)
    wanted = wanted.where(CheckInReview.check_in_id.not_in(waits))
    found = {each.check_in_id: each for each in db.scalars(wanted)}
    return {ident: each for ident, each in found.items() if each.decided_at >= made_at[ident]}
