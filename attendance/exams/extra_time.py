"""Extra time (延时) for one learner, with a reason. It also applies to an open attempt."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.exams.exams import get_exam
from attendance.exams.exceptions import get_other_learner, lock_open_attempt
from attendance.projects.access import OrganizedProject
from foundation import audit
from foundation.callers import Caller
from models.exams import ExamExtraTime


def give_extra_time(
    db: Session, *, project: OrganizedProject, cme_number: str, minutes: int, reason: str, caller: Caller, now: datetime
) -> datetime | None:
    """Set the extra minutes of a learner, in place of earlier ones; 0 removes them.

    Returns the new deadline of the learner's open attempt, or None. An attempt whose time is over is not opened again.
    project: locked, so that two changes at the same time wait for each other. Raises NotFound for a project without
    exam, PersonNotOnRoster, OwnAttendance.
    """
    get_exam(db, project)
    person_id = get_other_learner(db, project=project, cme_number=cme_number, caller=caller)
    given = db.get(ExamExtraTime, (project.id, person_id), populate_existing=True)
    earlier = given.minutes if given is not None else 0
    if given is None:
        given = ExamExtraTime(project_id=project.id, person_id=person_id)
        db.add(given)
    given.minutes, given.reason, given.given_by, given.given_at = minutes, reason, caller.person_id, now
    attempt = lock_open_attempt(db, project_id=project.id, person_id=person_id, now=now)
    if attempt is not None:
        attempt.deadline_at += timedelta(minutes=minutes - earlier)
    before = {"person": str(person_id), "minutes": earlier}
    after = {"person": str(person_id), "minutes": minutes}
    audit.record(db, caller, now, "exam.extra_time", project, reason=reason, before=before, after=after)
    db.flush()
    return attempt.deadline_at if attempt is not None else None
