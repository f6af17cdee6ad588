"""Files for a project: taken in, previewed, committed once, undone as a batch. The work itself is done by jobs.

Each step sets the status and enqueues its job in one transaction; asking again while it is under way, or once it is
done, changes nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from attendance.errors import ProjectNotAnnounced
from attendance.imports.files import ReadFile
from attendance.projects.access import OrganizedProject, get_open_project, get_project
from attendance.projects.states import UNTOLD
from credit.errors import ImportHasErrors, ImportNotCommitted, ImportNotReady, ImportUndone
from foundation import audit, jobs
from foundation.callers import Caller
from foundation.errors import NotFound
from models.imports import AttendanceImport, ImportKind, ImportRow, ImportStatus, RowOutcome
from models.jobs import Job

_ABANDONED = timedelta(days=30)
CHECK, COMMIT, UNDO = "attendance_import.check", "attendance_import.commit", "attendance_import.undo"
_UNDER_WAY = {
    ImportStatus.CHECKING: CHECK,
    ImportStatus.COMMITTING: COMMIT,
    ImportStatus.UNDOING: UNDO,
}
OrganizedImport = NewType("OrganizedImport", AttendanceImport)
"""An import into a project whose organizer the caller is; only `get_import` makes one."""


@dataclass(frozen=True)
class ImportCounts:
    """How many rows have errors, name somebody new, and came to each outcome."""

    bad: int
    newcomers: int
    outcomes: Mapping[RowOutcome, int]


def start(db: Session, *, project_id: uuid.UUID, file: ReadFile, caller: Caller, now: datetime) -> AttendanceImport:
    """Take a file in and have its rows checked; nothing of it counts before the commit.

    Raises NotFound, Forbidden, ProjectClosed, ProjectNotAnnounced.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    if file.kind is ImportKind.PUNCHES and project.status in UNTOLD:
        raise ProjectNotAnnounced
    made = AttendanceImport(
        id=file.id,
        project_id=project.id,
        kind=file.kind,
        status=ImportStatus.CHECKING,
        rows=len(file.rows),
        made_by=caller.person_id,
        made_at=now,
    )
    db.add(made)
    db.flush()
    db.add_all(file.rows)
    jobs.enqueue(db, kind=CHECK, subject_id=made.id, now=now, actor_id=caller.person_id)
    return made


def commit(db: Session, *, import_id: uuid.UUID, caller: Caller, now: datetime) -> AttendanceImport:
    """Have the rows take effect, all of them, once; asked again it stays as it is.

    Raises NotFound, Forbidden, ProjectClosed, ImportNotReady, ImportHasErrors, ImportUndone.
    """
    found = _locked(db, import_id, caller)
    if found.status in (ImportStatus.UNDOING, ImportStatus.UNDONE):
        raise ImportUndone
    if found.status is ImportStatus.CHECKING:
        raise ImportNotReady
    if found.status is ImportStatus.CHECKED:
        if count(db, found).bad:
            raise ImportHasErrors
        found.status = ImportStatus.COMMITTING
        found.committed_at = now
        _record(db, found, "import.commit", caller, now, None)
    _keep_going(db, found, caller, now)
    return found


def undo(db: Session, *, import_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> AttendanceImport:
    """Take back what the import made, but for what something was built upon; asked again it stays as it is.

    Raises NotFound, Forbidden, ProjectClosed, ImportNotReady, ImportNotCommitted.
    """
    found = _locked(db, import_id, caller)
    if found.status in (ImportStatus.CHECKING, ImportStatus.COMMITTING):
        raise ImportNotReady
    if found.status is ImportStatus.CHECKED:
        raise ImportNotCommitted
    if found.status is ImportStatus.COMMITTED:
        found.status = ImportStatus.UNDOING
        found.undone_at = now
        _record(db, found, "import.undo", caller, now, reason)
    _keep_going(db, found, caller, now)
    return found


def get_import(db: Session, *, import_id: uuid.UUID, caller: Caller) -> OrganizedImport:
    """An import, for an organizer of its project. Raises NotFound, Forbidden."""
    found = db.get(AttendanceImport, import_id)
    if found is None:
        raise NotFound
    get_project(db, project_id=found.project_id, caller=caller)
    return OrganizedImport(found)


def list_imports(
    db: Session, *, project: OrganizedProject, after: uuid.UUID | None, limit: int
) -> Sequence[AttendanceImport]:
    """The imports of a project, newest first."""
    wanted = select(AttendanceImport).where(AttendanceImport.project_id == project.id)
    if after is not None:
        wanted = wanted.where(AttendanceImport.id < after)
    return db.scalars(wanted.order_by(AttendanceImport.id.desc()).limit(limit)).all()


def list_rows(db: Session, *, found: OrganizedImport, only_bad: bool, after: int, limit: int) -> Sequence[ImportRow]:
    """The rows of an import in order, from the one after number `after` on."""
    wanted = select(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number > after)
    if only_bad:
        wanted = wanted.where(ImportRow.has_errors)
    return db.scalars(wanted.order_by(ImportRow.number).limit(limit)).all()


def count(db: Session, found: AttendanceImport) -> ImportCounts:
    """Count the rows by what is wrong with them and what came of them."""
    mine = ImportRow.import_id == found.id
    bad = db.scalar(select(func.count()).where(mine, ImportRow.has_errors)) or 0
    is_new = ImportRow.person_id.is_(None) & ImportRow.is_checked & ~ImportRow.has_errors | ImportRow.is_newcomer
    newcomers = db.scalar(select(func.count()).where(mine, is_new)) or 0
    by_outcome = select(ImportRow.outcome, func.count()).where(mine).group_by(ImportRow.outcome)
    outcomes = {outcome: number for outcome, number in db.execute(by_outcome) if outcome is not None}
    return ImportCounts(bad, newcomers, outcomes)


def find_job(db: Session, found: AttendanceImport) -> Job | None:
    """The job of the step that is under way."""
    kind = _UNDER_WAY.get(found.status)
    return jobs.find_latest(db, kind=kind, subject_id=found.id) if kind else None


def forget_abandoned(db: Session, *, now: datetime) -> int:
    """Delete previews that nobody committed for a month, with what they hold of people; says how many."""
    old = select(AttendanceImport.id).where(
        AttendanceImport.status.in_((ImportStatus.CHECKING, ImportStatus.CHECKED)),
        AttendanceImport.made_at < now - _ABANDONED,
    )
    ids = db.scalars(old.with_for_update(skip_locked=True)).all()
    db.execute(delete(ImportRow).where(ImportRow.import_id.in_(ids)))
    db.execute(delete(AttendanceImport).where(AttendanceImport.id.in_(ids)))
    return len(ids)


def _keep_going(db: Session, found: AttendanceImport, caller: Caller, now: datetime) -> None:
    """Have a job at work where one is due: there is none yet, or the last one was given up."""
    kind = _UNDER_WAY.get(found.status)
    if kind is not None:
        jobs.keep_at_work(db, kind=kind, subject_id=found.id, now=now, actor_id=caller.person_id)


def _locked(db: Session, import_id: uuid.UUID, caller: Caller) -> AttendanceImport:
    found = db.scalars(
        select(AttendanceImport)
        .where(AttendanceImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    get_open_project(db, project_id=found.project_id, caller=caller)
    return found


def _record(
    db: Session, found: AttendanceImport, action: str, caller: Caller, now: datetime, reason: str | None
) -> None:
    audit.record(db, caller, now, action, found, reason=reason, after={"kind": found.kind.value, "rows": found.rows})
