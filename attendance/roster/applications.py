"""Applications for projects (报名): people apply and withdraw, and the organizer decides where that is asked for.

An application is accepted as a roster grows: within the capacity at once, beyond it by the waiting list. Whom the staff
removed or declined waits for a decision of the staff, and so do the staff themselves: another one decides.
"""

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.errors import OwnAttendance, ProjectClosed, ReasonNeeded
from attendance.projects.access import OrganizedProject, get_open_project
from attendance.projects.application_rows import GIVEN, find_last, find_standing, tell_decision
from attendance.projects.entry import is_meant_for, lock_project, why_closed
from attendance.projects.staff import is_staff, refuse_own
from attendance.projects.states import OVER
from attendance.projects.visibility import is_visible
from attendance.roster.errors import AlreadyOnRoster, ApplicationsClosed, ProjectNotForYou
from attendance.roster.openings import begins_at
from attendance.roster.removals import find_removal
from attendance.roster.rosters import add_or_queue, fill_from_waiting_list, take_off
from attendance.roster.waiting_list import places_of
from foundation import audit
from foundation.callers import Caller
from foundation.errors import AlreadyDecided, NotFound
from models.applications import ApplicationStatus, ProjectApplication
from models.base import new_id
from models.people import Person
from models.projects import ApplicationMode, Project, RosterEntry, RosterOrigin, RosterRole

_MOST = 5
"""Applications of one person for one project: each one may cost the organizer a decision."""


class ApplicationVerdict(enum.StrEnum):
    """What the organizer decides on an application."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True)
class Judgement:
    """The decision of an organizer, with its reason; to decline needs one."""

    decision: ApplicationVerdict
    reason: str | None = None


@dataclass(frozen=True)
class ManyDecided:
    """The applications that were decided, and for each of the others the code that says why not, by id."""

    decided: Sequence[ProjectApplication]
    left: Mapping[uuid.UUID, str]


@dataclass(frozen=True)
class OwnApplication:
    """An application as the applicant sees it. waiting_place: the number on the waiting list; None for all others."""

    application: ProjectApplication
    waiting_place: int | None


def apply(db: Session, *, project_id: uuid.UUID, note: str | None, caller: Caller, now: datetime) -> OwnApplication:
    """Apply for a project for the caller. The application that stands is returned again.

    Raises NotFound for a project that was never announced; ProjectNotForYou; ApplicationsClosed with the reason;
    AlreadyOnRoster for somebody who needs no application.
    """
    project = lock_project(db, project_id)
    if not is_visible(db, project):
        raise NotFound
    standing = find_standing(db, project.id, caller.person_id)
    if standing is not None:
        return _own(db, standing)
    _require_may_apply(db, project, caller.person_id, now)
    made = ProjectApplication(
        id=new_id(),
        project_id=project.id,
        person_id=caller.person_id,
        note=note,
        status=ApplicationStatus.PENDING,
        applied_at=now,
    )
    if project.applications is ApplicationMode.AUTOMATIC and not _needs_a_look(db, project, caller.person_id):
        made.status, made.decided_at = _let_in(db, project, caller.person_id, actor_id=caller.person_id, now=now), now
    db.add(made)
    audit.record(db, caller, now, "application.add", project, after={"status": made.status.value})
    db.flush()
    return _own(db, made)


def withdraw(db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Withdraw the caller's application, and leave the roster or the waiting list. A second call changes nothing.

    The free place goes to the first who waits. Raises NotFound; HasAttended for somebody who took part; ProjectClosed
    once the project is over.
    """
    project = lock_project(db, project_id)
    application = find_standing(db, project.id, caller.person_id)
    if application is None:
        last = find_last(db, project.id, caller.person_id)
        if last is None or last.status is not ApplicationStatus.WITHDRAWN:
            raise NotFound
        return
    before = application.status
    if before in GIVEN:
        if project.status in OVER:
            raise ProjectClosed
        take_off(db, project=project, person_id=caller.person_id, role=RosterRole.LEARNER, now=now)
    application.status, application.decided_at = ApplicationStatus.WITHDRAWN, now
    db.flush()
    if before in GIVEN:
        fill_from_waiting_list(db, project=project, actor_id=caller.person_id, now=now)
    audit.record(db, caller, now, "application.withdraw", project, before={"status": before.value})
    db.flush()


def decide(
    db: Session, *, application_id: uuid.UUID, judgement: Judgement, caller: Caller, now: datetime
) -> ProjectApplication:
    """Accept an application, which puts the person on the roster or its waiting list, or decline it; tell the person.

    Raises NotFound, Forbidden, ProjectClosed, OwnAttendance, AlreadyDecided, ReasonNeeded.
    """
    application = db.get(ProjectApplication, application_id)
    if application is None:
        raise NotFound
    project = get_open_project(db, project_id=application.project_id, caller=caller)
    db.refresh(application)  # it may have changed before the project was locked
    _decide(db, project, application, judgement, caller, now)
    return application


def decide_many(
    db: Session,
    *,
    project: OrganizedProject,
    ids: Sequence[uuid.UUID],
    judgement: Judgement,
    caller: Caller,
    now: datetime,
) -> ManyDecided:
    """Decide several applications of a project alike, in the order in which people applied; tell each of them.

    project: locked. Those that can't be decided are left as they are, each with the code that says why. Raises
    ReasonNeeded.
    """
    if judgement.decision is ApplicationVerdict.DECLINED and not judgement.reason:
        raise ReasonNeeded(field="reason")
    wanted = select(ProjectApplication).where(
        ProjectApplication.project_id == project.id, ProjectApplication.id.in_(ids)
    )
    found = db.scalars(wanted.order_by(ProjectApplication.id).execution_options(populate_existing=True)).all()
    decided, left = [], dict.fromkeys(ids, NotFound.code)
    for application in found:
        try:
            _decide(db, project, application, judgement, caller, now)
        except (AlreadyDecided, OwnAttendance) as refusal:
            left[application.id] = refusal.code
        else:
            del left[application.id]
            decided.append(application)
    return ManyDecided(decided, left)


def _decide(
    db: Session, project: Project, application: ProjectApplication, judgement: Judgement, caller: Caller, now: datetime
) -> None:
    refuse_own(caller, [application.person_id])
    if application.status is not ApplicationStatus.PENDING:
        raise AlreadyDecided
    application.reason = judgement.reason
    if judgement.decision is ApplicationVerdict.ACCEPTED:
        _let_in(db, project, application.person_id, actor_id=caller.person_id, now=now)  # the application follows
    else:
        if not judgement.reason:
            raise ReasonNeeded(field="reason")
        application.status = ApplicationStatus.DECLINED
        application.decided_by, application.decided_at = caller.person_id, now
        tell_decision(db, application, now)
    after = {"status": application.status.value, "person": str(application.person_id)}
    audit.record(db, caller, now, "application.decide", application, reason=judgement.reason, after=after)
    db.flush()


def own_places(db: Session, applications: Sequence[ProjectApplication], person_id: uuid.UUID) -> list[OwnApplication]:
    """Return a person's applications with their place on the waiting lists."""
    found = places_of(db, person_id=person_id, project_ids=[each.project_id for each in applications])
    waits = ApplicationStatus.WAITING
    return [OwnApplication(each, found.get(each.project_id) if each.status is waits else None) for each in applications]


def _own(db: Session, application: ProjectApplication) -> OwnApplication:
    return own_places(db, [application], application.person_id)[0]


def _require_may_apply(db: Session, project: Project, person_id: uuid.UUID, now: datetime) -> None:
    begins = begins_at(db, project)
    closed = why_closed(project, begins, now)
    if closed is not None:
        raise ApplicationsClosed(facts={"why": closed.value, "applies_until": begins.isoformat()})
    if not is_meant_for(db, project, person_id):
        raise ProjectNotForYou
    expected = RosterEntry.project_id == project.id, RosterEntry.person_id == person_id
    if db.scalar(select(RosterEntry.id).where(*expected).limit(1)) is not None:
        raise AlreadyOnRoster(facts={"why": "on_roster"})
    place = places_of(db, person_id=person_id, project_ids=[project.id]).get(project.id)
    if place is not None:
        raise AlreadyOnRoster(facts={"why": "waiting", "place": place})
    mine = ProjectApplication.project_id == project.id, ProjectApplication.person_id == person_id
    if (db.scalar(select(func.count()).where(*mine)) or 0) >= _MOST:
        raise ApplicationsClosed(facts={"why": "too_often"})


def _needs_a_look(db: Session, project: Project, person_id: uuid.UUID) -> bool:
    """Return whether the staff must decide: they removed or declined the person, or the person is staff themselves."""
    last = find_last(db, project.id, person_id)
    is_declined = last is not None and last.status is ApplicationStatus.DECLINED
    if is_declined or find_removal(db, project.id, person_id) is not None:
        return True
    return bool(db.scalar(select(is_staff(Person.id, project.id)).where(Person.id == person_id)))


def _let_in(
    db: Session, project: Project, person_id: uuid.UUID, *, actor_id: uuid.UUID, now: datetime
) -> ApplicationStatus:
    """Put an applicant on the roster, behind those who wait, or on its waiting list; return which."""
    fill_from_waiting_list(db, project=project, actor_id=actor_id, now=now)
    new = add_or_queue(
        db,
        project=project,
        people=[person_id],
        role=RosterRole.LEARNER,
        origin=RosterOrigin.APPLICATION,
        actor_id=actor_id,
        now=now,
    )
    return ApplicationStatus.WAITING if person_id in new.waiting else ApplicationStatus.ACCEPTED
