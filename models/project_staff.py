"""Staff who are named for one project or one session, with a few tasks, without a role over a unit."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id


class StaffTask(enum.StrEnum):
    """What somebody was named for."""

    DOOR = "door"
    """The check-in point: screens, kiosks, the live board, check-ins by hand and those that wait for review."""
    CONTENT = "content"
    """The exam with its questions, and the evaluation form."""
    RESULTS = "results"
    """Roster, attendance, results of exam and evaluation, and their files, to read."""


_FOR_PROJECT = text("ended_at IS NULL AND session_id IS NULL")
_FOR_SESSION = text("ended_at IS NULL AND session_id IS NOT NULL")


class ProjectStaff(Base):
    """One assignment (委派) of a person to a project, or to one session. A change ends it and makes another one."""

    __tablename__ = "project_staff"
    __table_args__ = (
        Index("ix_project_staff_project", "project_id", "id"),
        Index("ix_project_staff_person", "person_id", "id"),
        Index(
            "uq_project_staff_project",
            "project_id",
            "person_id",
            unique=True,
            sqlite_where=_FOR_PROJECT,
            postgresql_where=_FOR_PROJECT,
        ),
        Index(
            "uq_project_staff_session",
            "session_id",
            "person_id",
            unique=True,
            sqlite_where=_FOR_SESSION,
            postgresql_where=_FOR_SESSION,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session.id"))
    """None for the whole project."""
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    is_door: Mapped[bool]
    is_content: Mapped[bool]
    is_results: Mapped[bool]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The first instant at which it is over; None for as long as the project is not over."""
    named_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    @property
    def tasks(self) -> list[StaffTask]:
        """The tasks, in the order of their list."""
        flags = {StaffTask.DOOR: self.is_door, StaffTask.CONTENT: self.is_content, StaffTask.RESULTS: self.is_results}
        return [task for task, is_one in flags.items() if is_one]
