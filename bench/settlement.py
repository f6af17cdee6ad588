"""Settling a project, compared with a plain executemany of the same ledger rows into the same database.

    python -m bench.settlement [--learners 3000] [--sessions 8] [--rounds 7] [--databases sqlite postgresql]

Each round makes a project and settles it: its list is made, confirmed and approved, and a job posts the grants. Then
the driver alone inserts the same rows, with another source, in one transaction. The database is opened as the service
opens it: SQLite in WAL mode, with each commit on the disk.
"""

import argparse
import gc
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from attendance.settlement import confirmation, settlements
from attendance.settlement.grants import PEOPLE_A_STEP, post_grants
from attendance.settlement.processes import PROCESSES, RULES
from bench.measuring import RESULTS, percentile, pin, resident_mb, table, write_result
from bench.seeding.databases import migrated_engine
from bench.seeding.full_project import add_people, add_project
from bench.two_sizes import DATABASES
from foundation.callers import Caller, Grant
from foundation.clock import SystemClock
from foundation.jobs import Handler
from foundation.processes import ProcessTable
from models.base import new_id
from models.people import Role
from models.settlements import ReviewVerdict
from service.running.job_runner import JobRunner

GOAL = 0.5
MANY = 4  # times as many learners, for the memory


def main() -> None:
    """Measure, print the tables and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=3000)
    parser.add_argument("--sessions", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    cores = len(pin(2))
    found = {name: measure(name, given.learners, given.sessions, given.rounds) for name in given.databases}
    print(report(found))
    write_result(
        "settlement",
        {"learners": given.learners, "sessions": given.sessions, "goal": GOAL, "people_a_step": PEOPLE_A_STEP,
         "databases": found},
        packages=["SQLAlchemy", "psycopg"],
        pinned_to=cores,
        folder=given.results,
    )  # fmt: skip


def measure(database: str, learners: int, sessions: int, rounds: int) -> dict[str, Any]:
    """Return the figures of one database."""
    with DATABASES[database]("settlement") as settings:
        engine = migrated_engine(settings)
        with engine.begin() as connection:
            unit, people = add_people(connection, MANY * learners)
        seeded = people[: learners + 2]
        _round(engine, unit, seeded, sessions)  # warm
        figures = [_round(engine, unit, seeded, sessions) for _ in range(rounds)]
        few, many = (_memory(engine, unit, each, sessions) for each in (seeded, people))
        engine.dispose()
    return {
        **{name: _spread([each[name] for each in figures]) for name in figures[0]},
        "more_mb": {str(learners): few, str(MANY * learners): many},
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(percentile(values, 50), 3),
        "low": round(percentile(values, 10), 3),
        "high": round(percentile(values, 90), 3),
    }


def _round(engine: Engine, unit: uuid.UUID, people: Sequence[uuid.UUID], sessions: int) -> dict[str, float]:
    """Settle one project and insert the same rows; return the rows per second of both, and our share."""
    learners = len(people) - 2
    with engine.begin() as connection:
        project = add_project(connection, unit, people, sessions)
    confirming = _timed(lambda: _approve(engine, project, unit, people))
    posting = _timed(lambda: _run(engine, post_grants))
    rows, statement = _same_rows(engine, project)
    assert len(rows) == learners
    plain = _timed(lambda: _executemany(engine, statement, rows))
    return {
        "plain_rows_a_second": learners / plain,
        "job_rows_a_second": learners / posting,
        "whole_rows_a_second": learners / (confirming + posting),
        "job_of_plain": plain / posting,
        "whole_of_plain": plain / (confirming + posting),
        "confirm_ms": confirming * 1000,
        "job_ms": posting * 1000,
    }


def _timed(work: Callable[[], Any]) -> float:
    gc.collect()  # so that garbage of the seeding costs neither side time
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _approve(engine: Engine, project: uuid.UUID, unit: uuid.UUID, people: Sequence[uuid.UUID]) -> None:
    """Confirm and approve the settlement, which makes the job."""
    now = SystemClock().now()
    with Session(engine, expire_on_commit=False) as db:
        organizer, authority = (
            _caller(who, role, unit) for who, role in zip(people[:2], (Role.ORGANIZER, Role.AUTHORITY), strict=True)
        )
        made = confirmation.confirm(
            db, ProcessTable(PROCESSES, RULES), project_id=project, choice=None, caller=organizer, now=now
        )
        db.commit()
        settlements.review(
            db, settlement_id=made.id, verdict=ReviewVerdict.APPROVE, comment="同意", caller=authority, now=now
        )
        db.commit()


def _caller(person_id: uuid.UUID, role: Role, unit: uuid.UUID) -> Caller:
    path = f"{unit.hex}/"
    return Caller(person_id, new_id(), new_id(), unit, path, (Grant(role, unit, path),))


def _run(engine: Engine, handler: Handler) -> None:
    JobRunner(engine, {settlements.JOB: handler}, SystemClock(), timedelta(minutes=1)).run_next()


def _memory(engine: Engine, unit: uuid.UUID, people: Sequence[uuid.UUID], sessions: int) -> dict[str, float]:
    """Return the largest growth of this process's memory while the list is made, and during the job, in MB."""
    with engine.begin() as connection:
        project = add_project(connection, unit, people, sessions)
    listing = _growth(lambda: _approve(engine, project, unit, people))
    return {"list": listing, "job": _growth(lambda: _run(engine, post_grants))}


def _growth(work: Callable[[], Any]) -> float:
    """Return the largest growth of memory during `work`, in MB. Another thread reads the memory again and again."""
    gc.collect()
    before, seen, over = resident_mb()["private"], [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.002):
            seen.append(resident_mb()["private"])

    looking = threading.Thread(target=look)
    looking.start()
    work()
    over.set()
    looking.join()
    return round(max(seen) - before, 1) if len(seen) > 1 else 0.0


def _same_rows(engine: Engine, project: uuid.UUID) -> tuple[list[tuple[Any, ...]], str]:
    """Return the rows of a project for the driver, with another source, and the statement that inserts them."""
    another = new_id()
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        is_sqlite = engine.dialect.name == "sqlite"
        mark = "?" if is_sqlite else "%s"
        cursor.execute("SELECT max(position) FROM ledger_entry")
        ((last,),) = cursor.fetchall()
        first = last + 1
        key = project.hex if is_sqlite else project
        cursor.execute(f"SELECT * FROM ledger_entry WHERE source_id = {mark} ORDER BY position", (key,))  # noqa: S608
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        raw.close()
    for place, row in enumerate(found):
        fresh = new_id()
        row["position"] = first + place
        row["id"], row["source_id"] = (fresh.hex, another.hex) if is_sqlite else (fresh, another)
    statement = f"INSERT INTO ledger_entry ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
    return [tuple(row.values()) for row in found], statement


def _executemany(engine: Engine, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert the rows by the driver alone, in one transaction."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(statement, rows)
        raw.commit()
    finally:
        raw.close()


def report(found: dict[str, Any]) -> str:
    """Return one table for each database, as text."""
    lines = []
    for database, figures in found.items():
        few, many = figures["more_mb"].values()
        lines.append(
            (
                database,
                *(f"{figures[name]['median']:,.0f}" for name in ("plain_rows_a_second", "job_rows_a_second")),
                *(f"{figures[name]['median']:.0%}" for name in ("job_of_plain", "whole_of_plain")),
                f"{GOAL:.0%}",
                *(f"{figures[name]['median']:.0f}" for name in ("confirm_ms", "job_ms")),
                *(f"{few[part]}, {many[part]}" for part in ("list", "job")),
            )
        )
    heads = ("database", "plain rows/s", "grants/s", "of plain", "with the list", "goal", "list ms", "job ms",
             f"list MB, {MANY} times the people", "job MB, likewise")  # fmt: skip
    return table(heads, lines)


if __name__ == "__main__":
    main()
