"""Measures the memory of the service's processes: after the first check-ins, and after some hundred more.

    python -m bench.memory [--visits N]

A page that several processes share counts fully in the resident set of each (RSS), by its share in the proportional set
(PSS), and not in the private memory. Only PSS can be summed. For comparison, one process loads the engine alone: each
face worker would take this much without shared pages.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.load.running_load import ROOT
from bench.measuring import RESULTS, pin, resident_mb, table, write_result

CORES = len(pin(2))

from bench.load.served import SeededService, engine_name, served, sizes  # noqa: E402
from bench.seeding.people_with_photos import attendees  # noqa: E402
from faces.engines.choosing import make_engine, policy_set_of  # noqa: E402

CONNECTIONS = 24
SESSIONS = 2
PACKAGES = ["dlib-bin", "numpy", "opencv-python-headless", "gunicorn", "flask", "sqlalchemy"]
ALONE = """
import json, sys
from pathlib import Path
from bench.measuring import resident_mb
from faces.engine import Purpose
from faces.engines.choosing import make_engine
engine = make_engine(sys.argv[1], folder=Path(sys.argv[2]))
engine.look(sys.stdin.buffer.read(), Purpose.CHECK_IN)
print(json.dumps(resident_mb()))
"""
Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    parser = argparse.ArgumentParser(prog="scripts/bench memory")
    parser.add_argument("--visits", type=int, default=400, help="check-ins between the two looks")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    wanted = parser.parse_args(arguments)
    name = engine_name()
    with tempfile.TemporaryDirectory(prefix="bench-") as models:
        engine = make_engine(name, folder=Path(models))
        seeded = attendees(engine, policy_set_of(name).of_networks(engine.networks))
        by_itself = alone(name, Path(models), seeded[0].selfie)
    with served(seeded, learners=wanted.visits // SESSIONS + 10, sessions=SESSIONS) as service:
        service.warm_up(CONNECTIONS)
        before = processes(service)
        load = service.check_in(CONNECTIONS, visits=wanted.visits).finish().result
        after = processes(service)
    figures = {
        "engine": name,
        "sizes": sizes(),
        "check_ins": len(load["times"]),
        "refused": load["refused"],
        "after_warm_up": before,
        "after_check_ins": after,
        "pss_mb_in_all": {"after_warm_up": total(before), "after_check_ins": total(after)},
        "engine_for_itself": by_itself,
    }
    print(report(figures))
    write_result("memory", figures, packages=PACKAGES, pinned_to=CORES, folder=wanted.results)


def processes(service: SeededService) -> list[Row]:
    """Return one row for each process: its kind and its memory in megabytes."""
    return [{"process": kind, **resident_mb(process.pid)} for kind, process in service.processes()]


def total(rows: Sequence[Row]) -> float:
    """Return the proportional memory of all processes, in megabytes."""
    return round(sum(float(row["pss"]) for row in rows), 1)


def alone(engine: str, models: Path, photo: bytes) -> dict[str, float]:
    """Return the memory of a process that has loaded the engine alone and looked at one photo."""
    command = [sys.executable, "-c", ALONE, engine, str(models)]
    done = subprocess.run(command, input=photo, stdout=subprocess.PIPE, cwd=ROOT, check=True)  # noqa: S603 - ourselves
    return {name: float(megabytes) for name, megabytes in json.loads(done.stdout).items()}


def report(figures: dict[str, Any]) -> str:
    """Return the figures as one table."""
    rows: list[list[object]] = []
    for first, then in zip(figures["after_warm_up"], figures["after_check_ins"], strict=True):
        rows.append([then["process"], *_megabytes(first), *_megabytes(then)])
    sums = figures["pss_mb_in_all"]
    rows.append(["all together", "", f"{sums['after_warm_up']:.1f}", "", "", f"{sums['after_check_ins']:.1f}", ""])
    rows.append(["(engine in a process of its own)", "", "", "", *_megabytes(figures["engine_for_itself"])])
    later = f"after {figures['check_ins']}"
    headers = ["MB (10^6 bytes)", "RSS warm", "PSS", "private", f"RSS {later}", "PSS", "private"]
    told = "".join(f"\n  refused: {count} x {answer}" for answer, count in figures["refused"].items())
    return table(headers, rows) + told


def _megabytes(row: Row) -> list[str]:
    return [f"{row[name]:.1f}" for name in ("rss", "pss", "private")]


if __name__ == "__main__":
    main()
