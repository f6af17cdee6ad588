"""Credit imports, and records that wait for approval."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from apiflask.fields import UploadFile
from pydantic import Field, JsonValue, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from credit.imports.rows import OPTIONAL, REQUIRED
from credit.records.waiting import RecordSort
from models.credit_records import RecordStatus, RowState
from models.imports import ImportStatus
from service.edge.answers.bodies import Body, Out, Page, Reason, SearchText, Way, Ways
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import CountedList, ListOut

Row = Annotated[dict[Annotated[str, Field(max_length=60)], Any], Field(max_length=30)]
_ROW_SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "description": "The fields of a row, all of them texts. What is wrong in a row is told in the answer.",
    "properties": {name: {"type": "string"} for name in (*REQUIRED, *OPTIONAL)},
    "required": [*sorted(REQUIRED)],
    "maxProperties": 30,
    "propertyNames": {"maxLength": 60},
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
CreditRow = TypeAliasType("CreditRow", Annotated[Row, WithJsonSchema(_ROW_SCHEMA)])
Cell = TypeAliasType("Cell", str | bool | int | float | None)


class CreditImportNew(Body):
    """Rows with the columns of figure 7. Each row is checked; errors are in the answer, and the request succeeds.

    Each: cme_number, date, name, category (code or name), activity_type (个人活动 or 集体活动), delivery_mode, hours,
    credits (both strings), recorded_by, status (approved or pending); number, discipline, rule and person_name are
    optional. rule: the code of the rule that applies, if the category has several; person_name: the number must be that
    person's.
    """

    rows: Annotated[list[CreditRow], Field(min_length=1, max_length=5000)]


class CreditFile(Body):
    """Credits as .xlsx or .csv with the titles of the template in one of the first ten rows, and 姓名 if wanted."""

    file: UploadFile


RecordedKind = TypeAliasType("RecordedKind", Literal["grant", "settlement", "record", "claim", "row", "import"])


class RecordedOut(Out):
    """An activity that is recorded already.

    kind: a grant, a confirmed settlement, a record that waits, a row of this file, or a row of another import that is
    being committed. id: of the ledger entry, settlement, record or import.
    """

    kind: RecordedKind
    id: uuid.UUID
    row: int | None
    date: date
    name: str
    number: str | None
    category: str
    credits: str
    recorded_by: str


class RowError(Out):
    """An error in one field of a row. row: from 1; in a file as the spreadsheet counts, with the titles.

    column: the field's title in a file; message: what to do; known: the existing categories or rules, if one is
    unknown; entry: the other record of the same activity.
    """

    row: int
    field: str
    column: str | None
    code: str
    message: str
    known: list[str] | None = None
    entry: RecordedOut | None = None


class RowWarning(RowError):
    """A row that probably records an activity for the second time. accepted_reason: why it is recorded anyway."""

    accepted_reason: str | None = None


class CreditImportOut(Out):
    """An import. errors, warnings: of the first thousand rows that have any; the list of rows has all.

    left_out: the rows that were not committed, because nobody accepted their warnings.

    done: rows of the current step (`status` checking, committing, undoing), which a job does for many rows; job_error:
    a code, if the job has given up: `commit` (or `undo`) again starts another job.
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
    created_by: uuid.UUID
    creator: PersonBrief = beside("created_by")
    created_at: datetime
    committed_by: uuid.UUID | None
    committer: PersonBrief | None = beside("committed_by")
    committed_at: datetime | None
    undone_by: uuid.UUID | None
    undoer: PersonBrief | None = beside("undone_by")
    undone_at: datetime | None
    undo_reason: str | None


class CreditImportList(ListOut):
    """A page of imports, newest first, without their errors."""

    items: list[CreditImportOut]
    next_cursor: str | None


class RowsAsked(Page):
    """A filter of rows. only_errors: rows with errors."""

    only_errors: bool = False


class ImportRowOut(Out):
    """A row as it was sent, with its errors."""

    row: int
    state: RowState
    content: dict[str, Cell]
    errors: list[RowError]
    warnings: list[RowWarning]


class ImportRowList(ListOut):
    """A page of rows by their number."""

    items: list[ImportRowOut]
    next_cursor: str | None


class AcceptedRow(Body):
    """A row with a warning that is a different activity, and why."""

    row: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Reason


class CommitAsked(Body):
    """The rows with warnings that shall be recorded. Other rows with warnings are left out."""

    accept: Annotated[list[AcceptedRow], Field(max_length=2000)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_row_once(self) -> Self:
        if len({each.row for each in self.accept}) < len(self.accept):
            raise PydanticCustomError("repeated", "a row is there twice")
        return self


class Committed(Out):
    """How many rows were recorded. left_out: the first thousand rows that were not, each with its warnings."""

    committed: int
    left_out: list[RowWarning]


class UndoAsked(Body):
    """Why an import is undone."""

    reason: Reason


RecordVerdict = TypeAliasType("RecordVerdict", Literal["approve", "reject"])


class RecordDecision(Body):
    """Approve or reject a record; a rejection needs a reason."""

    ways: ClassVar[Ways] = {
        "Approve": Way(says={"decision": "approve"}),
        "Reject": Way(says={"decision": "reject"}, needs=("comment",)),
    }

    decision: RecordVerdict
    comment: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.decision == "reject" and len(self.comment) < 2:
            raise PydanticCustomError("reason", "a rejection needs a comment that says why", {"field": "comment"})
        return self


class WaitingRecordOut(Out):
    """A credit record and its person."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    cme_number: str | None
    name: str
    date: date
    activity: str
    category: str
    hours: str
    credits: str
    recorded_by: str
    status: RecordStatus


class RecordsAsked(Page):
    """A filter of waiting records. q: a part of the person's name or 继教编号, or of the activity.

    sort: a minus for the other way round.
    """

    q: SearchText | None = None
    sort: RecordSort = RecordSort.RECORDED


class WaitingRecordList(CountedList):
    """A page of records that wait; oldest first, if the query has no other order."""

    items: list[WaitingRecordOut]
    next_cursor: str | None


class RecordDecided(Out):
    """The result of a decision on a record."""

    id: uuid.UUID
    status: RecordStatus
