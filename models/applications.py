"""Applications of learners for projects (报名), and removals of people from a roster."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class ApplicationStatus(enum.StrEnum):
    """What came of an application. `waiting`: it was accepted, and the person waits for a place in a full project.

    `removed`: the organizer took the person off the roster later. `lapsed`: the project ended or was cancelled first.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    LAPSED = "lapsed"


_STANDS = text("status IN ('pending', 'accepted', 'waiting')")


class ProjectApplication(Base):
    """A person applies for a project. One application of a person stands at a time; earlier ones are kept."""

    __tablename__ = "project_application"
    __table_args__ = (
        Index("ix_project_application_project", "project_id", "status", "id"),
        Index("ix_project_application_person", "person_id", "id"),
        Index(
            "uq_project_application_stands",
            "project_id",
            "person_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    """What the person tells the organizer."""
    status: Mapped[ApplicationStatus] = mapped_column(words(ApplicationStatus))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None where nobody has decided, or nobody was asked."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the status is what it is; None while it is pending."""
    reason: Mapped[str | None] = mapped_column(String(500))
    """Why it was declined, or why the person was removed."""


class RosterRemoval(Base):
    """The staff took a learner off the roster or the waiting list.

    Until it is lifted, no scan and no application puts them back without the staff.
    """

    __tablename__ = "roster_removal"
    __table_args__ = (Index("ix_roster_removal_person", "person_id", "project_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
    removed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the staff put the person back."""
