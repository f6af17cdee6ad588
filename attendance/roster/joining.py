"""Joining on the spot (现场报名): the scan of somebody who is not on the roster of an open project puts them on it."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.errors import NoPlace, NotOnRoster
from attendance.projects.application_rows import find_last
from attendance.projects.entry import is_meant_for, lock_project
from attendance.projects.staff import is_staff
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.roster.errors import ProjectFull
from attendance.roster.removals import find_removal
from attendance.roster.rosters import add_or_queue, fill_from_waiting_list, find_room
from attendance.roster.waiting_list import places_of
from attendance.sessions import places
from foundation import audit, inbox
from foundation.inbox import News
from models.applications import ApplicationStatus
from models.notices import NoticeTopic
from models.people import Person
from models.projects import Project, RosterEntry, RosterOrigin, RosterRole, SessionPlace
from models.projects import Session as VenueSession


def join_on_site(db: Session, *, session: VenueSession, is_expected: bool, person_id: uuid.UUID, now: datetime) -> None:
    """Put a person on the roster of the session's project, and give them a place there if it needs one.

    is_expected: whether they are on the roster already; then nothing happens. Call it when nothing else stands in the
    way of their check-in. Free places go to those who wait first. Whoever joins is told.
    Raises NotOnRoster if the project isn't open to them, with why; ProjectFull, NoPlace.
    """
    if is_expected:
        return
    project = lock_project(db, session.project_id)
    if _is_on_roster(db, project, person_id):  # since just now: by another scan, or by the staff
        return
    _require_open_to(db, project, person_id)
    fill_from_waiting_list(db, project=project, actor_id=None, now=now)
    if _is_on_roster(db, project, person_id):  # they waited, and got a place
        return
    if find_room(db, project) == 0:
        place = places_of(db, person_id=person_id, project_ids=[project.id]).get(project.id)
        waits = {} if place is None else {"why": "waiting", "place": place}
        raise ProjectFull(facts={"capacity": project.capacity, **waits})
    db.refresh(session, ["capacity"])
    if session.capacity is not None and not _has_room(db, session):
        raise NoPlace
    who = [person_id]
    add_or_queue(
        db,
        project=project,
        people=who,
        role=RosterRole.LEARNER,
        origin=RosterOrigin.ON_SITE,
        actor_id=person_id,
        now=now,
    )
    if session.capacity is not None:
        places.take(db, session=session, people=who, now=now)
    inbox.tell(db, who, News(NoticeTopic.APPLICATION_DECIDED, now, project.id, facts={"decision": "on_site"}))
    after = {"people": [str(person_id)], "session": str(session.id)}
    audit.record(db, person_id, now, "roster.join_on_site", project, after=after)
    db.flush()


def _require_open_to(db: Session, project: Project, person_id: uuid.UUID) -> None:
    """Raise NotOnRoster unless the project is open, and to this person.

    Whom the staff removed or declined does not come in by a scan, nor do the staff themselves: another one decides.
    """
    if not project.is_open or project.status in NOT_ANNOUNCED or project.status in OVER:
        raise NotOnRoster
    removal = find_removal(db, project.id, person_id)
    if removal is not None:
        told = {"why": "removed", "reason": removal.reason} if removal.reason else {"why": "removed_without_reason"}
        raise NotOnRoster(facts=told)
    last = find_last(db, project.id, person_id)
    if last is not None and last.status is ApplicationStatus.DECLINED:
        raise NotOnRoster(facts={"why": "declined", "reason": last.reason})
    if not is_meant_for(db, project, person_id):
        raise NotOnRoster(facts={"why": "own_unit"})
    if db.scalar(select(is_staff(Person.id, project.id)).where(Person.id == person_id)):
        raise NotOnRoster(facts={"why": "staff"})


def _is_on_roster(db: Session, project: Project, person_id: uuid.UUID) -> bool:
    mine = RosterEntry.project_id == project.id, RosterEntry.person_id == person_id
    return db.scalar(select(RosterEntry.id).where(*mine).limit(1)) is not None


def _has_room(db: Session, session: VenueSession) -> bool:
    held = select(func.count()).where(SessionPlace.session_id == session.id, ~SessionPlace.is_waiting)
    return (db.scalar(held) or 0) < (session.capacity or 0)
