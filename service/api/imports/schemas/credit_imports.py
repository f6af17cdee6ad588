"""Credit imports and the records that wait for approval."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from apiflask.fields import UploadFile
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.credit_records import RecordStatus, RowState
from models.imports import ImportStatus
from service.edge.bodies import Body, Out, Page, Reason
from service.edge.paging import ListOut

Row = Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=30)]


class CreditImportNew(Body):
    """Rows of figure 7's columns. They are checked one by one, and what is wrong is answered, not refused.

    Each: cme_number, date, name, category (code or name), activity_type (个人活动 or 集体活动), delivery_mode, hours,
    credits (both strings), recorded_by, status (approved or pending); number, discipline and rule may be left out.
    rule: the code of the rule under which it falls, where the category has several.
    """

    rows: Annotated[list[Row], Field(min_length=1, max_length=5000)]


class CreditFile(Body):
    """Credits as .xlsx or .csv, whose first row has the titles of the template."""

    file: UploadFile


class RecordedOut(Out):
    """An activity that is recorded already.

    kind: a grant, a settlement that is confirmed, a record that waits, a row of this file, or a row of another import
    that is being committed. id: of the ledger entry, settlement, record or import.
    """

    kind: Literal["grant", "settlement", "record", "row", "import"]
    id: uuid.UUID
    row: int | None
    date: date
    name: str
    number: str | None
    category: str
    credits: str
    recorded_by: str


class RowError(Out):
    """What is wrong with one field of a row. row: from 1, in a file as the spreadsheet counts, titles included.

    column: the field's title in a file; message: what to do; known: the categories or rules that there are, where it
    is that; entry: the other record of the same activity.
    """

    row: int
    field: str
    column: str | None
    code: str
    message: str
    known: list[str] | None = None
    entry: RecordedOut | None = None


class RowWarning(RowError):
    """What a row probably is a second record of. accepted_reason: why it is recorded all the same, if somebody said."""

    accepted_reason: str | None = None


class CreditImportOut(Out):
    """An import. errors, warnings: of the first thousand rows that have any; the rest is in the list of its rows.

    left_out: the rows that it was committed without, for nobody accepted their warnings.

    done: rows of the step under way (`status` checking, committing, undoing), which a job does where there are many;
    job_error: a code, where it gave up: `commit` (or `undo`) has another one try.
    """

    id: uuid.UUID
    status: ImportStatus
    rows: int
    error_count: int
    errors: list[RowError]
    warnings: list[RowWarning]
    left_out: list[int]
    done: int | None
    job_id: uuid.UUID | None
    job_error: str | None
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None


class CreditImportList(ListOut):
    """A page of imports, newest first, without their errors."""

    items: list[CreditImportOut]
    next_cursor: str | None


class RowsAsked(Page):
    """Which rows. only_errors: those with something wrong."""

    only_errors: bool = False


class ImportRowOut(Out):
    """A row as it was sent, and what is wrong with it."""

    row: int
    state: RowState
    content: dict[str, Any]
    errors: list[RowError]
    warnings: list[RowWarning]


class ImportRowList(ListOut):
    """A page of rows by their number."""

    items: list[ImportRowOut]
    next_cursor: str | None


class AcceptedRow(Body):
    """A row with a warning that is another activity all the same, and why."""

    row: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Reason


class CommitAsked(Body):
    """Which rows with warnings are recorded all the same. The others with warnings are left out."""

    accept: Annotated[list[AcceptedRow], Field(max_length=2000)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_row_once(self) -> Self:
        if len({each.row for each in self.accept}) < len(self.accept):
            raise PydanticCustomError("repeated", "a row is there twice")
        return self


class Committed(Out):
    """How many rows were recorded. left_out: rows that were not, the first thousand, each with its warnings."""

    committed: int
    left_out: list[RowWarning]


class UndoAsked(Body):
    """Why an import is undone."""

    reason: Reason


class RecordDecision(Body):
    """Approve a record or reject it; a rejection says why."""

    decision: Literal["approve", "reject"]
    comment: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.decision == "reject" and len(self.comment) < 2:
            raise PydanticCustomError("reason", "a rejection needs a comment that says why")
        return self


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


class WaitingRecordList(ListOut):
    """A page of records that wait, oldest first."""

    items: list[WaitingRecordOut]
    next_cursor: str | None


class RecordDecided(Out):
    """What became of a record."""

    id: uuid.UUID
    status: RecordStatus
