"""What each folder of tests may take, told at the end of a run by `--budgets`. It warns, and never fails a run."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

FILE = Path(__file__).parent / "budgets.toml"


def spent_by_folder(reports: Iterable[object]) -> dict[str, float]:
    """Add up what setting up, running and tearing down took; what is no report of a test is passed over."""
    spent: dict[str, float] = defaultdict(float)
    for report in reports:
        if isinstance(report, pytest.TestReport):
            folder = report.nodeid.partition("::")[0].removeprefix("tests/").partition("/")[0]
            spent[folder] += report.duration
    return dict(spent)


def budgets(database: str) -> dict[str, float]:
    """Read the seconds that each folder may take on this database."""
    return dict(tomllib.loads(FILE.read_text(encoding="utf-8"))[database])


def table(spent: Mapping[str, float], allowed: Mapping[str, float]) -> list[str]:
    """Lay out the folders, those that took longest first, and name those over their budget in a last line."""
    lines = [f"{'folder':<14}{'took':>6}{'budget':>8}"]
    for folder, seconds in sorted(spent.items(), key=lambda each: -each[1]):
        budget = allowed.get(folder)
        lines.append(f"{folder:<14}{seconds:>6.0f}{budget if budget is not None else 'none':>8}")
    over = [folder for folder, seconds in spent.items() if seconds > allowed.get(folder, 0)]
    return [*lines, f"over budget: {', '.join(sorted(over))}" if over else "every folder is within its budget"]
