"""What the tests of enrolling a face share with others."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0
