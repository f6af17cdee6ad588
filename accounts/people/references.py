"""Whether anything in the database refers to a person. A person to whom nothing refers can be deleted."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, exists
from sqlalchemy.sql.schema import Table

from models.base import Base
from models.people import Person


def is_unreferenced() -> list[ColumnElement[bool]]:
    """Return the SQL conditions that no row of any table refers to the Person of the enclosing statement.

    They are made from the foreign keys, so that a new table is among them by itself.
    """
    return [~exists().where(column == Person.id) for column in _references()]


def _references() -> Iterator[Column[object]]:
    person: Table = Base.metadata.tables[Person.__tablename__]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is person for key in column.foreign_keys):
                yield column
