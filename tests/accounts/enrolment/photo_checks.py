"""What the tests of photo checks share with others."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0
