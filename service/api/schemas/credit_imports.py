"""Credit imports and the records that wait for approval."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from models.credit_records import RecordStatus
from service.api.schemas.base import Body, Out, Page, Reason

Row = Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=30)]


class CreditImportNew(Body):
    """Rows of figure 7's columns. They are checked one by one, and what is wrong is answered, not refused.

    Each: cme_number, date, name, category (code or name), activity_type (个人活动 or 集体活动), delivery_mode, hours,
    credits (both strings), recorded_by, status (approved or pending); number and discipline may be left out.
    """

    rows: Annotated[list[Row], Field(min_length=1, max_length=5000)]


class RowError(Out):
    """What is wrong with one field of a row, which are counted from 1."""

    row: int
    field: str
    code: str


class CreditImportOut(Out):
    """An import. errors: of the first thousand rows that have any; the rest is in the list of its rows."""

    id: uuid.UUID
    rows: int
    error_count: int
    errors: list[RowError]
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None


class CreditImportList(Out):
    """A page of imports, newest first, without their errors."""

    items: list[CreditImportOut]
    next_cursor: str | None


class RowsAsked(Page):
    """Which rows. only_errors: those with something wrong."""

    only_errors: bool = False


class ImportRowOut(Out):
    """A row as it was sent, and what is wrong with it."""

    row: int
    content: dict[str, Any]
    errors: list[RowError]


class ImportRowList(Out):
    """A page of rows by their number."""

    items: list[ImportRowOut]
    next_cursor: str | None


class Committed(Out):
    """How many rows were recorded."""

    committed: int


class UndoAsked(Body):
    """Why an import is undone."""

    reason: Reason


class RecordDecision(Body):
    """Approve a record or reject it; a rejection says why."""

    decision: Literal["approve", "reject"]
    comment: Annotated[str, Field(max_length=500)] = ""


class WaitingRecordOut(Out):
    """A credit record and whose it is."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    date: date
    activity: str
    category: str
    hours: str
    credits: str
    recorded_by: str
    status: RecordStatus


class WaitingRecordList(Out):
    """A page of records that wait, oldest first."""

    items: list[WaitingRecordOut]
    next_cursor: str | None


class RecordDecided(Out):
    """What became of a record."""

    id: uuid.UUID
    status: RecordStatus
