"""Fills a ledger of any size fast, by statements inside the database: without triggers, with the indexes last.

Each person has `PER_PERSON` rows, spread over the whole table, so that no page of the table has two rows of one person.
"""

# ruff: noqa: S608 - our own statements, without any value from outside

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, Index, Table, text

from models import Base
from models.ledger import LedgerEntry
from models.people import Unit

PER_PERSON = 20
YEARS = 5
LAST_YEAR = 2026
_PREFIX = "0199000000007000"  # eight bytes with a number follow
_LEDGER = Base.metadata.tables[LedgerEntry.__tablename__]
_NAMES = (
    "position", "id", "kind", "person_id", "source_kind", "source_id", "source_role", "generation", "category",
    "credit_class", "rule_code", "rule_set", "rule_set_version", "credits", "counted", "hours", "activity_on",
    "activity_name", "activity_number", "activity_type", "delivery_mode", "discipline", "recorded_by_unit",
    "granted_at",
)  # fmt: skip


def person_number(number: int) -> uuid.UUID:
    """Return the id of the n-th person."""
    return uuid.UUID(f"{_PREFIX}{number:016x}")


def fill(engine: Engine, rows: int) -> None:
    """Insert `rows` entries of `rows / PER_PERSON` people."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            _prepare_sqlite(connection)
        else:
            connection.execute(text("SET session_replication_role = replica"))
        indexes = _drop_indexes(connection)
        _add_people(connection, rows // PER_PERSON, is_sqlite)
        connection.execute(text(_insert(is_sqlite)), {"rows": rows, "people": rows // PER_PERSON})
        for index in indexes:
            index.create(connection)
        connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("ANALYZE" if is_sqlite else "VACUUM ANALYZE"))
        if is_sqlite:
            connection.execute(text("PRAGMA journal_mode=WAL"))


def _prepare_sqlite(connection: Connection) -> None:
    """Drop the triggers. The benchmark only reads."""
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF", "cache_size=-400000"):
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def _drop_indexes(connection: Connection) -> Sequence[Index]:
    """Drop and return the indexes that can be made again at the end. Indexes of constraints stay."""
    indexes = sorted(_LEDGER.indexes, key=lambda index: str(index.name))
    for index in indexes:
        index.drop(connection)
    return indexes


def _add_people(connection: Connection, people: int, is_sqlite: bool) -> None:
    unit, now = uuid.UUID(int=1), "2026-01-01 00:00:00"
    table: Table = Base.metadata.tables[Unit.__tablename__]
    connection.execute(table.insert(), {"id": unit, "kind": "province", "name": "某省", "path": f"{unit.hex}/"})
    columns = "id, cme_number, name, unit_id, created_at"
    values = f"{_hex('i', is_sqlite)}, {_padded('i', is_sqlite)}, '学员', '{unit.hex}', '{now}'"
    if not is_sqlite:
        values = values.replace(f"'{unit.hex}'", f"'{unit}'::uuid").replace(f"'{now}'", f"'{now}+00'::timestamptz")
    statement = f"INSERT INTO person ({columns}) {_numbers(is_sqlite, ':people')} SELECT {values} FROM n"
    connection.execute(text(statement), {"people": people})


def _insert(is_sqlite: bool) -> str:
    """Return one statement that inserts all rows: entry i belongs to person i modulo the number of people."""
    people = ":people" if is_sqlite else "CAST(:people AS bigint)"
    kinds = f"(i / {people}) % 4"
    first = date(LAST_YEAR - YEARS + 1, 1, 1).isoformat()
    day = f"(i / {people}) % {YEARS}"  # the rows of one person are more than a year apart
    if is_sqlite:
        on = f"date('{first}', '+' || ({day} * 366 + i % 300) || ' days')"
        at = "'2026-01-01 00:00:00.000000'"
    else:
        on = f"date '{first}' + (({day}) * 366 + i % 300)::int"
        at = "timestamptz '2026-01-01 00:00:00+00'"
    ident = _hex("i", is_sqlite)  # in order of time, like the ids of real rows
    values = [
        "i", ident, "'grant'", _hex(f"i % {people}", is_sqlite), "'project'", ident, "'learner'", "1",
        f"CASE {kinds} WHEN 0 THEN 'NAT' WHEN 1 THEN 'PRV' ELSE 'MUN' END",
        f"CASE WHEN {kinds} < 2 THEN 'I' ELSE 'II' END",
        f"CASE {kinds} WHEN 0 THEN 'NAT-L' WHEN 1 THEN 'PRV-L' ELSE 'MUN-L' END",
        "'ZJ-LEGACY'", "1", "250", "250", "150", on, "'急诊医学新进展学习班'", "'2026-10-01-001 (国)'", "'集体活动'",
        "'培训班'", "'急诊医学'", "'示范市第一医院'", at,
    ]  # fmt: skip
    names = ", ".join(_NAMES)
    return f"INSERT INTO ledger_entry ({names}) {_numbers(is_sqlite, ':rows')} SELECT {', '.join(values)} FROM n"


def _numbers(is_sqlite: bool, count: str) -> str:
    """Return a table n with i from 0 to `count` - 1."""
    if is_sqlite:
        return f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})"
    return f"WITH n AS (SELECT i FROM generate_series(CAST(0 AS bigint), CAST({count} AS bigint) - 1) AS i)"


def _hex(number: str, is_sqlite: bool) -> str:
    """Return the SQL text for the id of person `number`, as in `person_number`."""
    if is_sqlite:
        return f"'{_PREFIX}' || printf('%016x', {number})"
    return f"('{_PREFIX}' || lpad(to_hex({number}), 16, '0'))::uuid"


def _padded(number: str, is_sqlite: bool) -> str:
    return f"printf('%010d', {number})" if is_sqlite else f"lpad(({number})::text, 10, '0')"
