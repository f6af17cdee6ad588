"""What each folder of tests may take of the processor, told at the end of a run by `--budgets`; it fails no run."""

import resource
import tomllib
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

FILE = Path(__file__).parent / "budgets.toml"


class Spent(NamedTuple):
    """The seconds that tests took: of the processor, with the processes that have ended, and by the clock."""

    cpu: float = 0.0
    wall: float = 0.0


class CpuMeter:
    """Notes on each report what its test took of the processor, and with it its worker since the report before."""

    def __init__(self) -> None:
        self._before = _cpu_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add `cpu` to a report, which goes from the worker to the process that tells of it."""
        report = yield
        now = _cpu_seconds()
        vars(report)["cpu"], self._before = now - self._before, now
        return report


def _cpu_seconds() -> float:
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def spent_by_folder(reports: Iterable[object]) -> dict[str, Spent]:
    """Add up what setting up, running and tearing down took; what is no report of a test is passed over."""
    spent: dict[str, Spent] = defaultdict(Spent)
    for report in reports:
        if isinstance(report, pytest.TestReport):
            folder = report.nodeid.partition("::")[0].removeprefix("tests/").partition("/")[0]
            before = spent[folder]
            spent[folder] = Spent(before.cpu + vars(report).get("cpu", 0.0), before.wall + report.duration)
    return dict(spent)


def budgets(database: str) -> dict[str, float]:
    """Read the seconds of the processor that each folder may take on this database."""
    return dict(tomllib.loads(FILE.read_text(encoding="utf-8"))[database])


def table(spent: Mapping[str, Spent], allowed: Mapping[str, float]) -> list[str]:
    """Lay out the folders, those that took most first, with a sum, and name those over their budget in a last line."""
    lines = [f"{'folder':<14}{'wall':>6}{'cpu':>6}{'budget':>8}"]
    for folder, (cpu, wall) in sorted(spent.items(), key=lambda each: -each[1].cpu):
        budget = allowed.get(folder)
        lines.append(f"{folder:<14}{wall:>6.0f}{cpu:>6.0f}{budget if budget is not None else 'none':>8}")
    wall, cpu = sum(each.wall for each in spent.values()), sum(each.cpu for each in spent.values())
    lines.append(f"{'all':<14}{wall:>6.0f}{cpu:>6.0f}{sum(allowed.values()):>8}")
    over = [folder for folder, (cpu, _) in spent.items() if cpu > allowed.get(folder, 0)]
    return [*lines, f"over budget: {', '.join(sorted(over))}" if over else "every folder is within its budget"]
