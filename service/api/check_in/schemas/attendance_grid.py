"""The attendance of a project as a grid, and corrections of it."""

import uuid
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from attendance.record.grid import GridRow
from attendance.record.outcomes import SessionOutcome
from models.attendance import AttendanceMark
from models.projects import RosterRole
from service.api.projects.schemas.person_refs import PersonRefIn
from service.edge.bodies import Out, Reason, ShareOfAll
from service.edge.paging import ListOut

_STEP = Decimal("0.01")


class GridSession(Out):
    """A column of the grid."""

    id: uuid.UUID
    title: str
    track: str | None
    starts_at: datetime
    ends_at: datetime


class GridPersonOut(Out):
    """Who it is about. unit: its name; is_staff: they organize the project."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    is_staff: bool


class ConflictOut(Out):
    """A session of the project, and another one held at the same time, where the person was checked in too."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID


class GridRowOut(Out):
    """A row: standings by session id, sessions counted of those required, and whether that is enough by now.

    by_machine: sessions at which an attendance machine's file decided whether the person came in time.
    """

    person: GridPersonOut
    standings: dict[str, SessionOutcome]
    counted: int
    required: int
    share: ShareOfAll
    is_met: bool
    conflicts: list[ConflictOut]
    by_machine: list[uuid.UUID]

    @classmethod
    def of(cls, row: GridRow) -> "GridRowOut":
        """Return what a row looks like."""
        return cls(
            person=GridPersonOut.model_validate(row.person),
            standings={str(session_id): standing for session_id, standing in row.outcomes.items()},
            counted=row.share.counted,
            required=row.share.required,
            share=row.share.share.quantize(_STEP, ROUND_DOWN),  # what isn't met never looks as if it were
            is_met=row.is_met,
            conflicts=[ConflictOut.model_validate(each) for each in row.conflicts],
            by_machine=list(row.by_machine),
        )


class GridOut(ListOut):
    """A page of the grid, in the order in which people came onto the roster."""

    sessions: list[GridSession]
    items: list[GridRowOut]
    next_cursor: str | None


class CorrectionIn(PersonRefIn):
    """What came of somebody at a session, and why the record is wrong; by 继教编号, or by id for who has none."""

    mark: AttendanceMark
    reason: Reason


class CorrectionOut(Out):
    """A correction as it was made."""

    id: uuid.UUID
    person_id: uuid.UUID
    mark: AttendanceMark
    reason: str
    made_by: uuid.UUID
    made_at: datetime


class CorrectionList(ListOut):
    """A page of corrections, in the order in which they were made; the last one of a person holds."""

    items: list[CorrectionOut]
    next_cursor: str | None
