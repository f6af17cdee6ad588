"""Applications follow what happens to the roster and to the project, and the applicants are told."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from attendance.projects.states import OVER
from foundation import inbox
from foundation.inbox import News
from models.applications import ApplicationStatus, ProjectApplication
from models.notices import NoticeTopic
from models.projects import Project

STANDS = (ApplicationStatus.PENDING, ApplicationStatus.ACCEPTED, ApplicationStatus.WAITING)
"""The statuses in which a person has applied; in the others they may apply again."""
GIVEN = (ApplicationStatus.ACCEPTED, ApplicationStatus.WAITING)
"""The statuses of those who are on the roster, or on its waiting list."""


def find_standing(db: Session, project_id: uuid.UUID, person_id: uuid.UUID) -> ProjectApplication | None:
    """Return the application of a person that stands, as it is now."""
    wanted = select(ProjectApplication).where(
        ProjectApplication.project_id == project_id,
        ProjectApplication.person_id == person_id,
        ProjectApplication.status.in_(STANDS),
    )
    return db.scalars(wanted.execution_options(populate_existing=True)).first()


def find_last(db: Session, project_id: uuid.UUID, person_id: uuid.UUID) -> ProjectApplication | None:
    """Return the newest application of a person for a project, whatever came of it."""
    mine = ProjectApplication.project_id == project_id, ProjectApplication.person_id == person_id
    return db.scalars(select(ProjectApplication).where(*mine).order_by(ProjectApplication.id.desc()).limit(1)).first()


def follow_roster(
    db: Session,
    *,
    project: Project,
    added: Collection[uuid.UUID],
    queued: Collection[uuid.UUID],
    actor_id: uuid.UUID | None,
    now: datetime,
) -> None:
    """Bring the applications of people who were added to the roster or to its waiting list to what they are now.

    Those whose application was pending are told that it was accepted. actor_id: who put them there; None for the
    waiting list, whose people are told of their place elsewhere.
    """
    if not added and not queued:
        return
    wanted = select(ProjectApplication).where(
        ProjectApplication.project_id == project.id,
        ProjectApplication.person_id.in_([*added, *queued]),
        ProjectApplication.status.in_((ApplicationStatus.PENDING, ApplicationStatus.WAITING)),
    )
    for each in db.scalars(wanted.execution_options(populate_existing=True)).all():
        was_pending = each.status is ApplicationStatus.PENDING
        each.status = ApplicationStatus.ACCEPTED if each.person_id in added else ApplicationStatus.WAITING
        if was_pending and actor_id != each.person_id:
            each.decided_by = actor_id
        each.decided_at = now
        if was_pending and actor_id != each.person_id:
            tell_decision(db, each, now)


def take_back(db: Session, *, project: Project, people: Collection[uuid.UUID], now: datetime) -> None:
    """Make accepted applications pending again: the file that put these people on the roster was undone."""
    is_over = project.status in OVER
    db.execute(
        update(ProjectApplication)
        .where(ProjectApplication.project_id == project.id, ProjectApplication.person_id.in_(people))
        .where(ProjectApplication.status.in_(GIVEN))
        .values(
            status=ApplicationStatus.LAPSED if is_over else ApplicationStatus.PENDING,
            decided_by=None,
            decided_at=now if is_over else None,
        )
    )


def let_lapse(db: Session, project: Project, now: datetime) -> None:
    """Let the applications lapse that nobody has decided, or that wait for a place: the project is over."""
    wanted = select(ProjectApplication).where(
        ProjectApplication.project_id == project.id,
        ProjectApplication.status.in_((ApplicationStatus.PENDING, ApplicationStatus.WAITING)),
    )
    lapsed = db.scalars(wanted.execution_options(populate_existing=True)).all()
    for each in lapsed:
        each.status, each.decided_at = ApplicationStatus.LAPSED, now
    facts = {"decision": ApplicationStatus.LAPSED.value}
    news = News(NoticeTopic.APPLICATION_DECIDED, now, project.id, facts=facts)
    inbox.tell(db, [each.person_id for each in lapsed], news)


def tell_decision(db: Session, application: ProjectApplication, now: datetime) -> None:
    """Tell the applicant what came of the application, with the reason if there is one."""
    facts = {"decision": application.status.value, "reason": application.reason}
    news = News(NoticeTopic.APPLICATION_DECIDED, now, application.project_id, facts=facts)
    inbox.tell(db, [application.person_id], news)
