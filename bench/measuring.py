"""Timing, pinning and reporting for all benchmarks.

Alternatives run in turns within one process, so that a slow minute of the machine slows all of them. Both wall and CPU
time are measured, because on a shared machine only CPU time does not depend on others.
"""

import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of one alternative in milliseconds: the median, and the 10th and 90th percentile as its spread."""

    runs: int
    cpu_ms: float
    cpu_low: float
    cpu_high: float
    wall_ms: float
    wall_low: float
    wall_high: float

    def as_dict(self) -> dict[str, float]:
        """Return rounded numbers for the JSON."""
        return {
            "runs": self.runs,
            **{
                name: round(getattr(self, name), 3)
                for name in ("cpu_ms", "cpu_low", "cpu_high", "wall_ms", "wall_low", "wall_high")
            },
        }

    def spread(self) -> str:
        """Return the CPU median with its spread, for the table."""
        return f"{self.cpu_ms:.1f} ({self.cpu_low:.1f} to {self.cpu_high:.1f})"


def pin(cores: int) -> list[int]:
    """Pin this process to its first `cores` cores; return their numbers. Call it before numpy starts its threads.

    Only where the process runs a benchmark: one that merely imports it, as a worker of the tests does, keeps its cores.
    """
    chosen = sorted(os.sched_getaffinity(0))[:cores]
    running = getattr(sys.modules["__main__"], "__spec__", None)
    if running is None or not running.name.startswith("bench."):
        return chosen
    os.sched_setaffinity(0, chosen)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(len(chosen))
    return chosen


def in_turns(cases: Mapping[str, Callable[[], object]], *, rounds: int, warm: int = 1) -> dict[str, Timing]:
    """Time each case `rounds` times, in turns, after `warm` rounds that don't count; return the timings by case."""
    walls: dict[str, list[float]] = {name: [] for name in cases}
    cpus: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(warm + rounds):
        for name, case in cases.items():
            if turn >= warm:
                gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            case()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            if turn >= warm:
                walls[name].append(wall * 1000)
                cpus[name].append(cpu * 1000)
    return {name: timing(cpus[name], walls[name]) for name in cases}


def timing(cpu: Sequence[float], wall: Sequence[float]) -> Timing:
    """Return the summary of single times in milliseconds."""
    return Timing(
        runs=len(cpu),
        cpu_ms=statistics.median(cpu),
        cpu_low=percentile(cpu, 10),
        cpu_high=percentile(cpu, 90),
        wall_ms=statistics.median(wall),
        wall_low=percentile(wall, 10),
        wall_high=percentile(wall, 90),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` percent of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share / 100 * (len(ordered) - 1))))]


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in plain text: the first column aligned left, the others right."""
    cells = [list(headers), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headers))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def resident_mb(pid: int | None = None) -> dict[str, float]:
    """Return a process's resident, proportional and private memory in megabytes (10^6 bytes)."""
    found = {"Rss": 0.0, "Pss": 0.0, "Private_Clean": 0.0, "Private_Dirty": 0.0}
    for line in Path(f"/proc/{pid or 'self'}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) * 1024 / 1e6
    return {
        "rss": round(found["Rss"], 1),
        "pss": round(found["Pss"], 1),
        "private": round(found["Private_Clean"] + found["Private_Dirty"], 1),
    }


def write_result(
    name: str, figures: Mapping[str, Any], *, packages: Sequence[str], pinned_to: int, folder: Path = RESULTS
) -> Path:
    """Write <folder>/<name>.json with the figures, the date, the kind of machine and the versions; return its path."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    content = {
        "date": datetime.now(UTC).date().isoformat(),
        "cpus": os.cpu_count(),
        "pinned_to_cores": pinned_to,
        "python": platform.python_version(),
        "versions": {package: metadata.version(package) for package in packages},
        **figures,
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return path
