"""Bodies of the attendance grid of a project, and of corrections."""

import uuid
from datetime import datetime

from attendance.record.grid import GridRow
from attendance.record.outcomes import SessionOutcome
from models.attendance import AttendanceMark
from models.projects import RosterRole
from service.api.projects.schemas.person_refs import PersonRefIn
from service.edge.answers.bodies import Out, Page, Reason, SearchText, SessionCount, ShareOfAll
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import CountedList, ListOut


class GridSession(Out):
    """A column of the grid. counts: whether it is part of the share."""

    id: uuid.UUID
    title: str
    track: str | None
    starts_at: datetime
    ends_at: datetime
    counts: bool


class GridPersonOut(Out):
    """The person of a row. unit: the name of their unit; is_staff: they organize the project."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    is_staff: bool


class ConflictOut(Out):
    """Two sessions at the same time where the person was checked in, one of them of this project."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID


class GridRowOut(Out):
    """A row: the outcomes by session id, the counted and the required sessions, and whether the share is enough now.

    by_machine: sessions at which an attendance machine's file decided whether the person came in time.
    """

    person: GridPersonOut
    standings: dict[str, SessionOutcome]
    counted: SessionCount
    required: int
    share: ShareOfAll
    is_met: bool
    conflicts: list[ConflictOut]
    by_machine: list[uuid.UUID]

    @classmethod
    def of(cls, row: GridRow) -> "GridRowOut":
        """Return the row of the grid as a body."""
        return cls(
            person=GridPersonOut.model_validate(row.person),
            standings={str(session_id): standing for session_id, standing in row.outcomes.items()},
            counted=row.share.shown_counted,
            required=row.share.required,
            share=row.share.shown,
            is_met=row.is_met,
            conflicts=[ConflictOut.model_validate(each) for each in row.conflicts],
            by_machine=list(row.by_machine),
        )


class GridAsked(Page):
    """A filter of the grid. q: a part of the name or 继教编号."""

    role: RosterRole | None = None
    q: SearchText | None = None


class GridOut(CountedList):
    """A page of the grid, in the order of the roster."""

    sessions: list[GridSession]
    items: list[GridRowOut]
    next_cursor: str | None


class CorrectionIn(PersonRefIn):
    """The right outcome of a person at a session, and the reason. person_id: if they have no 继教编号."""

    mark: AttendanceMark
    reason: Reason


class CorrectionOut(Out):
    """A stored correction."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    mark: AttendanceMark
    reason: str
    made_by: uuid.UUID
    maker: PersonBrief = beside("made_by")
    made_at: datetime


class CorrectionList(ListOut):
    """A page of corrections, oldest first. The last one of a person is in force."""

    items: list[CorrectionOut]
    next_cursor: str | None
