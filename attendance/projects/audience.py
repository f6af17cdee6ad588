"""Who is told of what happens to a project or to one of its sessions, as selections of person ids."""

import uuid

from sqlalchemy import ColumnElement, Select, delete, or_, select, true
from sqlalchemy.orm import Session

from attendance.projects.visibility import is_visible
from foundation import inbox
from foundation.inbox import REMINDERS, News
from models.notices import Notice, NoticeTopic
from models.projects import Project, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession

_REMINDERS_OF_SESSION = (NoticeTopic.SESSION_TOMORROW, NoticeTopic.CHECK_OUT_REMINDER)


def tell_session(db: Session, session: VenueSession, project: Project, news: News) -> None:
    """Tell all who are expected at a session, if learners see the project. Reminders of before are taken back."""
    stale = Notice.session_id == session.id, Notice.topic.in_(_REMINDERS_OF_SESSION)
    db.execute(delete(Notice).where(Notice.person_id.in_(select_expected(project.id, None)), *stale))
    if is_visible(db, project):
        inbox.tell_all(db, select_expected(project.id, session), news)


def tell_project(db: Session, project: Project, news: News) -> None:
    """Tell all who are expected at a project, if learners see it. Reminders of before are taken back."""
    stale = Notice.project_id == project.id, Notice.topic.in_(REMINDERS)
    db.execute(delete(Notice).where(Notice.person_id.in_(select_expected(project.id, None)), *stale))
    if is_visible(db, project):
        inbox.tell_all(db, select_expected(project.id, None), news)


def select_expected(project_id: uuid.UUID, session: VenueSession | None) -> Select[uuid.UUID]:
    """Select the people on the roster; at a session that has not room for all, those who hold a place or speak."""
    comes: ColumnElement[bool] = true()
    if session is not None and session.capacity is not None:
        holders = select(SessionPlace.person_id).where(SessionPlace.session_id == session.id, ~SessionPlace.is_waiting)
        comes = or_(RosterEntry.person_id.in_(holders), RosterEntry.role == RosterRole.SPEAKER)
    return select(RosterEntry.person_id).where(RosterEntry.project_id == project_id, comes).distinct()
