"""The body of the first screen."""

import enum
import uuid
from datetime import datetime

from attendance.own.home import Today, WhyNot
from attendance.own.own_projects import OwedKind, OwedTask
from attendance.record.outcomes import SessionOutcome
from models.attendance import Direction
from models.projects import Project
from service.api.projects.schemas.staff import MyStaffOut
from service.edge.answers.bodies import Out
from service.edge.answers.briefs import ProjectBrief, beside


class FaceState(enum.StrEnum):
    """Whether a face is on file; `held` until an admin has decided."""

    NONE = "none"
    ENROLLED = "enrolled"
    HELD = "held"


class HomeSession(Out):
    """A session of today. can: what I can do there now; else why_not, and opens_at if that comes later."""

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    standing: SessionOutcome
    can: Direction | None
    why_not: WhyNot | None
    opens_at: datetime | None

    @classmethod
    def of(cls, today: Today) -> "HomeSession":
        """Return a session of today as a body."""
        session = today.own.attended.session
        return cls(
            id=session.id,
            project_id=today.project.id,
            title=session.title,
            venue=session.venue,
            zone=session.zone,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            standing=today.own.outcome,
            can=today.can,
            why_not=today.why_not,
            opens_at=today.opens_at,
        )


class HomeDuty(Out):
    """What I still have to do for a project, and until when."""

    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    what: OwedKind
    opens_at: datetime | None
    until: datetime
    session_id: uuid.UUID | None

    @classmethod
    def of(cls, project: Project, owed: OwedTask) -> "HomeDuty":
        """Return a duty as a body."""
        return cls(
            project_id=project.id,
            what=owed.what,
            opens_at=owed.opens_at,
            until=owed.until,
            session_id=owed.session_id,
        )


class HomeCredits(Out):
    """This year's gap. missing: by measure, empty if the year is complete."""

    year: int
    is_compliant: bool
    missing: dict[str, str]


class WaitingWorkOut(Out):
    """How many things wait for a decision of mine, by kind. face_cases, face_resets: those that I may decide."""

    correction_requests: int
    applications: int
    check_ins: int
    filed_projects: int
    settlements: int
    face_cases: int
    face_resets: int


class HomeOut(Out):
    """The first screen. now: the server's time; it is not part of the ETag.

    staff: what I am assigned to as staff, at most twenty; GET /me/staff has all.
    """

    now: datetime
    today: list[HomeSession]
    duties: list[HomeDuty]
    credits: HomeCredits
    unread_notices: int
    face: FaceState
    waiting: WaitingWorkOut
    staff: list[MyStaffOut]
