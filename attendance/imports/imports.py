"""The imports of a project: a file is stored, previewed, committed once, and can be undone as a whole."""

import uuid
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import OwnAttendance
from attendance.imports.files import ReadFile
from attendance.imports.importer import TABLES, AttendanceImporter
from attendance.imports.rows import NUMBER, leave_out
from attendance.projects.access import OrganizedProject, get_open_project, get_project
from attendance.projects.closed import not_announced
from attendance.projects.states import NOT_ANNOUNCED
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.imports import engine
from models.imports import AttendanceImport, ImportKind, ImportRow, ImportStatus
from models.jobs import Job

OrganizedImport = NewType("OrganizedImport", AttendanceImport)
"""An import into a project that the caller organizes; only `get_import` makes one."""


def start(
    db: Session,
    importer: AttendanceImporter,
    *,
    project_id: uuid.UUID,
    file: ReadFile,
    caller: Caller,
    now: datetime,
) -> Generator[None, None, AttendanceImport]:
    """Store a file and have its rows checked. Nothing takes effect before `commit`. Commit at each yield.

    Raises NotFound, Forbidden, ProjectClosed, ProjectNotAnnounced.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    if file.kind is ImportKind.PUNCHES and project.status in NOT_ANNOUNCED:
        raise not_announced(project.status)
    made = AttendanceImport(
        id=file.id,
        project_id=project.id,
        kind=file.kind,
        rows=len(file.rows),
        made_by=caller.person_id,
        made_at=now,
    )
    return (yield from engine.start(db, importer, made=made, rows=file.rows, now=now, actor_id=caller.person_id))


def commit(
    db: Session, importer: AttendanceImporter, *, import_id: uuid.UUID, caller: Caller, now: datetime
) -> AttendanceImport:
    """Have all rows take effect once. A second call changes nothing.

    Raises NotFound, Forbidden, ProjectClosed, ImportNotReady, ImportHasErrors, ImportUndone; OwnAttendance if the
    caller is on the roster file. In a machine's file the caller's own rows are left out: a day's file isn't held up.
    """
    found = _find_in_open_project(db, import_id, caller)
    if found.kind is ImportKind.ROSTER and found.status is ImportStatus.CHECKED and _own_rows(db, found, caller):
        raise OwnAttendance
    if engine.commit(db, importer, found=found, now=now, actor_id=caller.person_id):
        for row in _own_rows(db, found, caller):
            leave_out(row, NUMBER, "own_attendance")
        _record(db, found, "import.commit", caller, now, None)
    return found


def undo(
    db: Session, importer: AttendanceImporter, *, import_id: uuid.UUID, reason: str, caller: Caller, now: datetime
) -> AttendanceImport:
    """Undo what the import made, except entries that are in use since. A second call changes nothing.

    Raises NotFound, Forbidden, ProjectClosed, ImportNotReady, ImportNotCommitted.
    """
    found = _find_in_open_project(db, import_id, caller)
    if engine.undo(db, importer, found=found, now=now, actor_id=caller.person_id):
        _record(db, found, "import.undo", caller, now, reason)
    return found


def get_import(db: Session, *, import_id: uuid.UUID, caller: Caller) -> OrganizedImport:
    """Return an import for an organizer of its project. Raises NotFound, Forbidden."""
    found = engine.find_import(db, TABLES, import_id)
    if found is None:
        raise NotFound
    get_project(db, project_id=found.project_id, caller=caller)
    return OrganizedImport(found)


def list_imports(
    db: Session, *, project: OrganizedProject, after: uuid.UUID | None, limit: int
) -> Sequence[AttendanceImport]:
    """Return the imports of a project, newest first, beginning after `after`."""
    mine = AttendanceImport.project_id == project.id, AttendanceImport.status.not_in(engine.HIDDEN)
    wanted = select(AttendanceImport).where(*mine)
    if after is not None:
        wanted = wanted.where(AttendanceImport.id < after)
    return db.scalars(wanted.order_by(AttendanceImport.id.desc()).limit(limit)).all()


def list_rows(db: Session, *, found: OrganizedImport, only_bad: bool, after: int, limit: int) -> Sequence[ImportRow]:
    """Return the rows of an import in order, beginning after row number `after`."""
    wanted = select(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number > after)
    if only_bad:
        wanted = wanted.where(ImportRow.has_errors)
    return db.scalars(wanted.order_by(ImportRow.number).limit(limit)).all()


def find_job(db: Session, found: AttendanceImport) -> Job | None:
    """Return the job of the running step, or None."""
    return engine.find_job(db, TABLES, found)


def _find_in_open_project(db: Session, import_id: uuid.UUID, caller: Caller) -> AttendanceImport:
    """Lock and return an import, for an organizer of its open project.

    The import is locked before the project, in the order that jobs use.
    """
    found = engine.find_import(db, TABLES, import_id)
    if found is None:
        raise NotFound
    engine.lock(db, found)
    get_open_project(db, project_id=found.project_id, caller=caller)
    return found


def _own_rows(db: Session, found: AttendanceImport, caller: Caller) -> Sequence[ImportRow]:
    """Return the rows about the caller that have had no effect yet. Nobody decides on their own attendance."""
    mine = ImportRow.import_id == found.id, ImportRow.person_id == caller.person_id, ImportRow.outcome.is_(None)
    return db.scalars(select(ImportRow).where(*mine)).all()


def _record(
    db: Session, found: AttendanceImport, action: str, caller: Caller, now: datetime, reason: str | None
) -> None:
    audit.record(db, caller, now, action, found, reason=reason, after={"kind": found.kind.value, "rows": found.rows})
