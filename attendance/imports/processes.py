"""The processes of a project's imports, and how to find those that are under way."""

import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from attendance.imports.importer import TABLES
from foundation.imports import engine
from foundation.processes import Process, Shared, UnderWay
from models.imports import AttendanceImport

CHECK = "attendance_import.check"
COMMIT = "attendance_import.commit"
UNDO = "attendance_import.undo"
_SHARES = frozenset({Shared.PROJECT, Shared.PERSON, Shared.FILE_IMPORT})


def _find(name: str) -> Callable[[Session, uuid.UUID], list[UnderWay]]:
    def find(db: Session, project_id: uuid.UUID) -> list[UnderWay]:
        found = engine.find_at_work(db, TABLES, AttendanceImport.project_id == project_id)
        return [each for each in found if each.process == name]

    return find


PROCESSES = (
    Process(CHECK, frozenset({Shared.PROJECT, Shared.FILE_IMPORT})),
    Process(COMMIT, _SHARES, _find(COMMIT)),
    Process(UNDO, _SHARES, _find(UNDO)),
)
