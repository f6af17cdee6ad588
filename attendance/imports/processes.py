"""The processes of a project's imports, and how to find those that are under way."""

import uuid

from sqlalchemy.orm import Session

from attendance.imports.importer import TABLES
from foundation.imports import engine, steps
from foundation.processes import Process, Shared, UnderWay
from models.imports import AttendanceImport

CHECK = steps.job_kind(TABLES, steps.CHECK)
COMMIT = steps.job_kind(TABLES, steps.COMMIT)
UNDO = steps.job_kind(TABLES, steps.UNDO)
_SHARES = frozenset({Shared.PROJECT, Shared.PERSON, Shared.FILE_IMPORT})


def _find_at_work(db: Session, project_id: uuid.UUID) -> list[UnderWay]:
    return engine.find_at_work(db, TABLES, AttendanceImport.project_id == project_id)


PROCESSES = (
    Process(CHECK, frozenset({Shared.PROJECT, Shared.FILE_IMPORT})),
    Process(COMMIT, _SHARES, lambda db, project_id: [e for e in _find_at_work(db, project_id) if e.process == COMMIT]),
    Process(UNDO, _SHARES, lambda db, project_id: [e for e in _find_at_work(db, project_id) if e.process == UNDO]),
)
