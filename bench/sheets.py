"""Spreadsheets: the speed and memory of writing 100,000 rows, and the time of importing a roster of 10,000 rows.

    python -m bench.sheets

Memory is the peak of a child process that does only this, compared with a child process that has few rows.
"""

import io
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from attendance.attempts.receipts import Receipts
from attendance.imports import imports
from attendance.imports.files import read_file
from attendance.imports.importer import make_importer
from attendance.imports.rows import ROSTER_COLUMNS
from bench.measuring import in_turns, pin, table, write_result
from bench.seeding.seeded_sheets import ADDED, World, make_world
from foundation.clock import SystemClock
from foundation.imports.steps import handlers
from foundation.sealing import FieldSeal
from models.base import new_id
from models.imports import ImportKind
from models.projects import RosterEntry, RosterRole
from service.api.imports.portions import commit_portions
from service.running.job_runner import JobRunner
from sheets.writing import csv_lines, xlsx_bytes

CORES = len(pin(1))
ROWS, FEW, WIDE, ROSTER, ROUNDS = 100_000, 1_000, 10, 10_000, 3
TITLES = [f"列{place}" for place in range(WIDE)]


def lines(count: int) -> Iterator[tuple[str, ...]]:
    """Yield `count` lines, each with different text."""
    return (tuple(f"第{row}行{place}" for place in range(WIDE)) for row in range(count))


def openpyxl_bytes(count: int) -> bytes:
    """Return the same lines as a workbook, by openpyxl in its write-only mode."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines(count):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def peak_mb(act: Callable[[], object]) -> float:
    """Return the peak memory of a child process that runs `act`, in megabytes."""
    context = multiprocessing.get_context("fork")
    box = context.SimpleQueue()

    def run() -> None:
        act()
        box.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)

    child = context.Process(target=run)
    child.start()
    peak = float(box.get())
    child.join()
    return peak


def writing() -> dict[str, dict[str, Any]]:
    """Return the rows per second of each writer, in turns, and the memory with few and with many rows."""
    cases = {
        "XLSX, ours": lambda: xlsx_bytes(TITLES, lines(ROWS)),
        "XLSX, openpyxl write-only": lambda: openpyxl_bytes(ROWS),
        "CSV, ours": lambda: sum(len(line) for line in csv_lines(TITLES, lines(ROWS))),
    }
    few = {
        "XLSX, ours": lambda: xlsx_bytes(TITLES, lines(FEW)),
        "XLSX, openpyxl write-only": lambda: openpyxl_bytes(FEW),
        "CSV, ours": lambda: sum(len(line) for line in csv_lines(TITLES, lines(FEW))),
    }
    times = in_turns(cases, rounds=ROUNDS, warm=0)
    return {
        name: {
            "rows": ROWS,
            "rows_a_second": round(ROWS / times[name].cpu_ms * 1000),
            "cpu_ms": times[name].as_dict(),
            "peak_mb": round(peak_mb(cases[name]), 1),
            "peak_mb_of_1000_rows": round(peak_mb(few[name]), 1),
        }
        for name in cases
    }


def roster(world: World, people: int) -> dict[str, float]:
    """Return the CPU seconds of each step from the file to the roster, and of a plain insert of the same entries."""
    clock, seal = SystemClock(), FieldSeal(b"k" * 32)
    data = xlsx_bytes(ROSTER_COLUMNS, ((number, name, "", "", "", "") for number, name in world.people[:people]))
    receipts = Receipts(b"k" * 32, "https://cme.test")
    runner = JobRunner(world.engine, handlers(make_importer(receipts)), clock, ADDED)
    spent = {}
    started = time.process_time()
    with Session(world.engine, expire_on_commit=False) as db:
        file = read_file(ImportKind.ROSTER, data, seal)
        importer = make_importer(receipts)
        storing = imports.start(
            db, importer, project_id=world.projects[0], file=file, caller=world.caller, now=clock.now()
        )
        made = commit_portions(db, storing)
        db.commit()
        spent["upload"] = time.process_time() - started
        for name, act in (("check", None), ("commit", imports.commit)):
            started = time.process_time()
            if act is not None:
                act(db, importer, import_id=made.id, caller=world.caller, now=clock.now())
                db.commit()
            while runner.run_next():
                pass
            spent[name] = time.process_time() - started
    started = time.process_time()
    with Session(world.engine) as db:
        facts = {"project_id": world.projects[1], "role": RosterRole.LEARNER, "added_at": clock.now()}
        db.execute(insert(RosterEntry), [{"id": new_id(), "person_id": each, **facts} for each in world.ids[:people]])
        db.commit()
        assert db.scalar(select(func.count()).select_from(RosterEntry)) == 2 * people
    spent["plain insert"] = time.process_time() - started
    return spent


def importing(people: int) -> dict[str, float]:
    """Return the same for a new database."""
    with tempfile.TemporaryDirectory(prefix="bench-sheets-") as folder:
        world = make_world(Path(folder), people)
        try:
            return roster(world, people)
        finally:
            world.engine.dispose()


def main() -> None:
    """Measure, print the tables and write the result."""
    written = writing()
    rounds = [importing(ROSTER) for _ in range(ROUNDS)]
    steps = {name: sorted(each[name] for each in rounds)[ROUNDS // 2] for name in rounds[0]}
    whole = sum(seconds for name, seconds in steps.items() if name != "plain insert")
    memory = {str(count): round(peak_mb(partial(importing, count)), 1) for count in (100, ROSTER)}
    print(table(["writing", "rows a second", "peak MB", "MB with 1,000 rows"],
                [[name, each["rows_a_second"], each["peak_mb"], each["peak_mb_of_1000_rows"]]
                 for name, each in written.items()]))  # fmt: skip
    print(table(["roster of 10,000", "CPU s"], [[name, f"{seconds:.2f}"] for name, seconds in steps.items()]))
    print(f"rows a second: {ROSTER / whole:.0f}; peak MB by rows: {memory}")
    figures = {"writing": written, "roster_cpu_s": steps, "roster_rows_a_second": round(ROSTER / whole),
               "roster_peak_mb": memory}  # fmt: skip
    write_result("sheets", figures, packages=("XlsxWriter", "openpyxl", "SQLAlchemy"), pinned_to=CORES)


if __name__ == "__main__":
    main()
