"""Files for a project: their preview, and the results of their rows."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Self

from apiflask.fields import UploadFile

from attendance.imports.importer import ImportCounts
from models.imports import AttendanceImport, ImportKind, ImportRow, ImportStatus, RowOutcome
from models.jobs import Job
from models.projects import RosterRole
from service.edge.answers.bodies import Body, Out, Page, Reason
from service.edge.answers.briefs import PersonBrief, ProjectBrief, beside
from service.edge.answers.paging import ListOut
from service.edge.answers.problems import in_callers_language
from service.wording.faults import SHEET_FAULTS


class TableForm(Body):
    """A table as .xlsx or .csv: the visible sheet with the titles in one of its first ten rows."""

    file: UploadFile


class FileImportOut(Out):
    """An import. bad: rows with errors; newcomers: people who are not registered yet; done: rows of the current step.

    job_error: a code, if the job of the step has given up. `commit` or `undo` again starts another job; after a commit
    that has given up, undo is also possible.
    """

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    kind: ImportKind
    status: ImportStatus
    rows: int
    bad: int
    newcomers: int
    outcomes: dict[str, int]
    done: int | None
    job_id: uuid.UUID | None
    job_error: str | None
    made_by: uuid.UUID
    maker: PersonBrief = beside("made_by")
    made_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None

    @classmethod
    def of(cls, found: AttendanceImport, counts: ImportCounts, job: Job | None) -> Self:
        """Return what an import looks like."""
        return cls(
            id=found.id,
            project_id=found.project_id,
            kind=found.kind,
            status=found.status,
            rows=found.rows,
            bad=counts.bad,
            newcomers=counts.newcomers,
            outcomes={outcome.value: number for outcome, number in counts.outcomes.items()},
            done=job.done if job else None,
            job_id=job.id if job else None,
            job_error=job.error if job else None,
            made_by=found.made_by,
            made_at=found.made_at,
            committed_at=found.committed_at,
            undone_at=found.undone_at,
        )


class FileImportBrief(Out):
    """An import in a list."""

    id: uuid.UUID
    kind: ImportKind
    status: ImportStatus
    rows: int
    made_by: uuid.UUID
    maker: PersonBrief = beside("made_by")
    made_at: datetime


class FileImportList(ListOut):
    """A page of imports, newest first."""

    items: list[FileImportBrief]
    next_cursor: str | None


class CellError(Out):
    """An error in one cell. column: its title; message: what to do, in the caller's language."""

    column: str
    code: str
    message: str

    @classmethod
    def of(cls, error: Mapping[str, str]) -> Self:
        """Return what an error looks like."""
        return cls(**error, message=in_callers_language(SHEET_FAULTS[error["code"]]))


class FileRowOut(Out):
    """A row. number: as the spreadsheet counts; is_newcomer: the person was, or will be, registered by this import.

    findings: why a row is left out (outcome `left_out`), or what of it was not needed and can't be read; unlike errors
    they don't block the commit.
    """

    number: int
    cme_number: str | None
    name: str | None
    role: RosterRole | None
    is_newcomer: bool
    errors: list[CellError]
    findings: list[CellError]
    outcome: RowOutcome | None

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        """Return what a row looks like."""
        is_unknown = row.is_checked and row.person_id is None and not row.has_errors
        is_new = row.is_newcomer or (is_unknown and row.outcome is not RowOutcome.LEFT_OUT)
        return cls(
            number=row.number,
            cme_number=row.cme_number,
            name=row.name,
            role=row.role,
            is_newcomer=is_new and row.outcome is not RowOutcome.UNDONE,
            errors=[CellError.of(each) for each in row.errors],
            findings=[CellError.of(each) for each in row.findings],
            outcome=row.outcome,
        )


class FileRowsPage(Page):
    """A filter of the rows of an import."""

    only_bad: bool = False


class FileRowList(ListOut):
    """A page of rows, in their order."""

    items: list[FileRowOut]
    next_cursor: str | None


class FileUndoIn(Body):
    """Why the import is undone."""

    reason: Reason
