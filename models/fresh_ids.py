"""Ids that the database makes, for rows that are inserted where they lie."""

import time
import uuid
from typing import Any

from sqlalchemy import Function, Uuid, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_MILLISECONDS = 12  # hexadecimal digits of the instant, which a UUIDv7 begins with


class fresh_id(Function[uuid.UUID]):  # noqa: N801 - it reads as the function that it is in SQL
    """A UUIDv7 of its own for each row, like `new_id` but for the order within the statement, which is random."""

    inherit_cache = True

    def __init__(self) -> None:
        instant = f"{time.time_ns() // 1_000_000:0{_MILLISECONDS}x}"
        super().__init__("fresh_id", bindparam("instant", instant, unique=True), type_=Uuid())


@compiles(fresh_id, "sqlite")
def _on_sqlite(element: fresh_id, compiler: SQLCompiler, **more: Any) -> str:
    """Return the id as SQLite keeps it: 32 digits, of which one says the version and one the variant."""
    instant = compiler.process(element.clauses, **more)
    return f"{instant} || '7' || substr(lower(hex(randomblob(2))), 2) || '8' || substr(lower(hex(randomblob(8))), 2)"


@compiles(fresh_id, "postgresql")
def _on_postgresql(element: fresh_id, compiler: SQLCompiler, **more: Any) -> str:
    """Return a random UUID whose beginning is put over by the instant and the version."""
    instant = compiler.process(element.clauses, **more)
    return f"CAST({instant} || '7' || substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 14) AS uuid)"
