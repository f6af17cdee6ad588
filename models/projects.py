"""Projects (项目), their sessions (场次), and who is expected there."""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Exact, UtcDateTime, new_id, words


class ProjectStatus(enum.StrEnum):
    """Where a project is in its life (W); the steps between are in `attendance/projects/states.py`."""

    DRAFT = "draft"
    FILED = "filed"
    APPROVED = "approved"
    ANNOUNCED = "announced"
    RUNNING = "running"
    ENDED = "ended"
    IN_REVIEW = "in_review"
    SETTLED = "settled"
    ARCHIVED = "archived"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class ProjectLevel(enum.StrEnum):
    """Who a project was approved by."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    COUNTY = "county"
    UNIT = "unit"


class ExcusedRule(enum.StrEnum):
    """What an excused session is in the sum of a learner: as if they were absent, or no part of the sum."""

    COUNTS_AS_ABSENT = "counts_as_absent"
    LEAVES_THE_SUM = "leaves_the_sum"


class ApplicationMode(enum.StrEnum):
    """Whether people may apply for a project, and who decides: nobody is asked, or the organizer reviews each one."""

    NONE = "none"
    AUTOMATIC = "automatic"
    REVIEWED = "reviewed"


class OpenTo(enum.StrEnum):
    """Who may apply for a project or join it on the spot: anyone, or the people of its unit and of units below."""

    ANYONE = "anyone"
    OWN_UNIT = "own_unit"


class Project(Base):
    """A project held by a unit, and approved, in the end for its credits, by the reviewing unit (最终审核单位)."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("number", "edition"),
        Index("ix_project_ends_on", "ends_on", "id"),  # open projects, the first to end first
        CheckConstraint("starts_on <= ends_on", name="order"),
        CheckConstraint("credits >= 0 AND hours >= 0", name="not_negative"),
        CheckConstraint("min_attendance >= 0 AND min_attendance <= 100", name="share"),  # in steps of 0.01
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    reviewing_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    status: Mapped[ProjectStatus] = mapped_column(words(ProjectStatus), default=ProjectStatus.DRAFT)
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(60))
    """As it was given (2026-10-01-001 (国)); its parts are told by `attendance/projects/numbers.py`."""
    edition: Mapped[int] = mapped_column(default=1)
    """期次: a number may be held again."""
    level: Mapped[ProjectLevel] = mapped_column(words(ProjectLevel), default=ProjectLevel.UNIT)
    category: Mapped[str] = mapped_column(String(10), default="OTH")
    """A code of the tree of figure 9."""
    delivery_mode: Mapped[str] = mapped_column(String(60), default="培训班")
    discipline: Mapped[str | None] = mapped_column(String(60))
    """The name of a discipline (学科); its code is told by `attendance/projects/disciplines.py`."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    credits: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal(0))
    hours: Mapped[Decimal] = mapped_column(Exact(1), default=Decimal(0))
    min_attendance: Mapped[Decimal] = mapped_column(Exact(2), default=Decimal("0.80"))
    needs_check_out: Mapped[bool] = mapped_column(default=False)
    needs_evaluation: Mapped[bool] = mapped_column(default=False)
    needs_exam: Mapped[bool] = mapped_column(default=False)
    excused: Mapped[ExcusedRule] = mapped_column(
        words(ExcusedRule), default=ExcusedRule.COUNTS_AS_ABSENT, server_default=ExcusedRule.COUNTS_AS_ABSENT.value
    )
    capacity: Mapped[int | None]
    """How many learners there is room for; None for as many as come."""
    applications: Mapped[ApplicationMode] = mapped_column(
        words(ApplicationMode), default=ApplicationMode.NONE, server_default=ApplicationMode.NONE.value
    )
    is_open: Mapped[bool] = mapped_column(default=False, server_default=false())
    """现场报名: whether a scan at the venue puts somebody on the roster."""
    open_to: Mapped[OpenTo] = mapped_column(words(OpenTo), default=OpenTo.ANYONE, server_default=OpenTo.ANYONE.value)
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when people may still evaluate and sit the exam though a list is confirmed; None where nobody may."""
    copied_from: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project.id"))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """It rises with each change of the project, and is its ETag."""
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProjectStep(Base):
    """A project went from one status to another. Rows are only ever added."""

    __tablename__ = "project_step"
    __table_args__ = (Index("ix_project_step_project", "project_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    source: Mapped[ProjectStatus] = mapped_column(words(ProjectStatus))
    target: Mapped[ProjectStatus] = mapped_column(words(ProjectStatus))
    reason: Mapped[str | None] = mapped_column(String(500))
    taken_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None where the system itself took it."""
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QrMode(enum.StrEnum):
    """A rotating code is shown on a screen; a printed one never changes and needs a geofence."""

    ROTATING = "rotating"
    PRINTED = "printed"


class Liveness(enum.StrEnum):
    """What a learner must do to show that the camera sees a living face.

    `challenge`: two steps that nobody knows before, such as turning the head, in three to five frames.
    """

    NONE = "none"
    CHALLENGE = "challenge"


class SharedDevices(enum.StrEnum):
    """What happens when several people check in with one phone: nothing, staff are told, or the second is refused."""

    ALLOWED = "allowed"
    MARKED = "marked"
    REFUSED = "refused"


class Session(Base):
    """A half-day at the venue. All windows are instants; the venue's zone is for showing them."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("qr_mode <> 'printed' OR radius_m IS NOT NULL", name="printed_needs_geofence"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), index=True)
    short_code: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    venue: Mapped[str] = mapped_column(String(200))
    track: Mapped[str | None] = mapped_column(String(60))
    """The track (分会场) it belongs to; None where there is one for all."""
    capacity: Mapped[int | None]
    """How many learners there is room for, who then need a place here; None for the whole roster."""
    zone: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_from: Mapped[datetime] = mapped_column(UtcDateTime)
    in_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    out_opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    out_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on nobody goes in or out any more, whatever the windows say."""
    is_check_out_waived: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The project was ended while the session ran: nobody owes a check-out there."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is cancelled (停办); a cancelled session was never held."""
    cancellation_reason: Mapped[str | None] = mapped_column(String(500))
    cancelled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who cancelled it; None too for what was cancelled before this was kept."""
    series_id: Mapped[uuid.UUID | None]
    """Common to the sessions that were made in one step as repetitions of the first; None for a session on its own."""
    counts: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether attending it is part of anybody's share; a poster session of two days, say, doesn't count."""
    revision: Mapped[int] = mapped_column(default=0)
    """It rises with each change of the session; it is its ETag, and calendars want to know it."""
    qr_mode: Mapped[QrMode] = mapped_column(words(QrMode))
    liveness: Mapped[Liveness] = mapped_column(words(Liveness))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None]
    is_location_required: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a phone that sends no usable location is refused; a printed code always requires one."""
    shared_devices: Mapped[SharedDevices] = mapped_column(
        words(SharedDevices), default=SharedDevices.MARKED, server_default=SharedDevices.MARKED.value
    )

    project: Mapped[Project] = relationship(lazy="raise")


class RosterRole(enum.StrEnum):
    """In what part somebody is expected."""

    LEARNER = "learner"
    SPEAKER = "speaker"


class RosterOrigin(enum.StrEnum):
    """How somebody got onto a roster: by the staff, by an application, or on site, by a scan or at the door."""

    STAFF = "staff"
    APPLICATION = "application"
    ON_SITE = "on_site"


class RosterEntry(Base):
    """One person is expected at the sessions of one project."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id", "role"),
        Index("ix_roster_entry_person", "person_id", "project_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[RosterRole] = mapped_column(words(RosterRole))
    origin: Mapped[RosterOrigin] = mapped_column(
        words(RosterOrigin), default=RosterOrigin.STAFF, server_default=RosterOrigin.STAFF.value
    )
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WaitingEntry(Base):
    """One learner waits for a place in a project that is full; the first one to wait is the first to get one."""

    __tablename__ = "waiting_entry"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    origin: Mapped[RosterOrigin] = mapped_column(
        words(RosterOrigin), default=RosterOrigin.STAFF, server_default=RosterOrigin.STAFF.value
    )
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionPlace(Base):
    """One learner holds a place at a session that has not room for all, or waits for one, the first one first."""

    __tablename__ = "session_place"
    __table_args__ = (
        UniqueConstraint("session_id", "person_id"),
        Index("ix_session_place_queue", "session_id", "is_waiting", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    is_waiting: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarFeed(Base):
    """The address at which a person's calendar program finds their sessions; only its hash is kept."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
