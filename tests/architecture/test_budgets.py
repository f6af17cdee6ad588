"""What the folders of tests take is told beside what they may take."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.budgets import CpuMeter, Spent, budgets, spent_by_folder, table

TESTS = Path(__file__).parents[1]


def report(nodeid: str, when: str, cpu: float, wall: float) -> pytest.TestReport:
    made = pytest.TestReport(
        nodeid,
        ("", 0, ""),
        {},
        "passed",
        None,
        when,
        duration=wall,
        cpu=cpu,  # type: ignore[arg-type]
    )
    return pytest.TestReport._from_json(made._to_json())  # as it comes from a worker


def test_setting_up_and_tearing_down_count_for_the_folder_of_the_test() -> None:
    reports = [
        report("tests/credit/test_rules.py::test_a", "setup", 1.5, 2.0),
        report("tests/credit/test_rules.py::test_a", "call", 2.0, 2.0),
        report("tests/credit/test_ledger.py::test_b[tests/faces]", "teardown", 0.5, 0.5),
        report("tests/faces/test_index.py::test_c", "call", 3.0, 9.0),
        "a warning is no report of a test",
    ]
    assert spent_by_folder(reports) == {"credit": Spent(4.0, 4.5), "faces": Spent(3.0, 9.0)}


def test_who_is_over_budget_or_has_none_is_named_in_the_last_line() -> None:
    spent = {"credit": Spent(4.4, 6.0), "faces": Spent(3.0, 8.8), "new": Spent(0.1, 0.1)}
    lines = table(spent, {"credit": 4, "faces": 3})
    assert [line.split() for line in lines[1:5]] == [
        ["credit", "6", "4", "4"],
        ["faces", "9", "3", "3"],
        ["new", "0", "0", "none"],
        ["all", "15", "8", "7"],
    ]
    assert lines[-1] == "over budget: credit, new"


def test_within_their_budgets_nobody_is_named() -> None:
    assert table({"credit": Spent(3.9, 20.0)}, {"credit": 4})[-1] == "every folder is within its budget"


BUSY = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"


def charged(work: Callable[[], object]) -> float:
    """What a test is charged that does this."""
    meter = CpuMeter()
    work()
    noting = meter.pytest_runtest_makereport()
    next(noting)
    with pytest.raises(StopIteration) as ended:
        noting.send(report("tests/credit/test_rules.py::test_a", "call", 0.0, 0.2))
    return spent_by_folder([ended.value.value])["credit"].cpu


def test_a_test_is_charged_what_it_and_its_ended_processes_take_and_no_waiting() -> None:
    assert charged(lambda: exec(BUSY)) >= 0.2  # noqa: S102 - our own words
    assert charged(lambda: subprocess.run([sys.executable, "-c", BUSY], check=True)) >= 0.2  # noqa: S603 - our own words
    assert charged(lambda: threading.Event().wait(0.2)) < 0.2


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_folder_has_a_budget(database: str) -> None:
    folders = {path.parent.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    without_database = {"bench", "browser", "documents", "sheets"}  # left out where they ran alike before
    assert folders - without_database <= set(budgets(database)) <= folders
