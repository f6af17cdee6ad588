"""Projects (项目), their sessions (场次), and who is expected there."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, new_id, words


class Project(Base):
    """A project held by a unit."""

    __tablename__ = "project"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QrMode(enum.StrEnum):
    """A rotating code is shown on a screen; a printed one never changes and needs a geofence."""

    ROTATING = "rotating"
    PRINTED = "printed"


class Liveness(enum.StrEnum):
    """What a learner must do to show that the camera sees a living face."""

    NONE = "none"


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
    zone: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_from: Mapped[datetime] = mapped_column(UtcDateTime)
    in_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    out_opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    out_closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    qr_mode: Mapped[QrMode] = mapped_column(words(QrMode))
    liveness: Mapped[Liveness] = mapped_column(words(Liveness))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None]

    project: Mapped[Project] = relationship(lazy="raise")


class RosterRole(enum.StrEnum):
    """In what part somebody is expected."""

    LEARNER = "learner"
    SPEAKER = "speaker"


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
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
