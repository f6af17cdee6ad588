"""How long the folders of tests take is told beside what they may take."""

from pathlib import Path

import pytest

from tests.budgets import budgets, spent_by_folder, table

TESTS = Path(__file__).parents[1]


def report(nodeid: str, when: str, seconds: float) -> pytest.TestReport:
    return pytest.TestReport(nodeid, ("", 0, ""), {}, "passed", None, when, duration=seconds)  # type: ignore[arg-type]


def test_setting_up_and_tearing_down_count_for_the_folder_of_the_test() -> None:
    reports = [
        report("tests/credit/test_rules.py::test_a", "setup", 1.5),
        report("tests/credit/test_rules.py::test_a", "call", 2.0),
        report("tests/credit/test_ledger.py::test_b[tests/faces]", "teardown", 0.5),
        report("tests/faces/test_index.py::test_c", "call", 3.0),
        "a warning is no report of a test",
    ]
    assert spent_by_folder(reports) == {"credit": 4.0, "faces": 3.0}


def test_who_is_over_budget_or_has_none_is_named_in_the_last_line() -> None:
    lines = table({"credit": 4.4, "faces": 3.0, "new": 0.1}, {"credit": 4, "faces": 3})
    assert [line.split() for line in lines[1:4]] == [["credit", "4", "4"], ["faces", "3", "3"], ["new", "0", "none"]]
    assert lines[-1] == "over budget: credit, new"


def test_within_their_budgets_nobody_is_named() -> None:
    assert table({"credit": 3.9}, {"credit": 4})[-1] == "every folder is within its budget"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_folder_has_a_budget(database: str) -> None:
    folders = {path.parent.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    without_database = {"bench", "sheets"}  # left out where they ran alike before
    assert folders - without_database <= set(budgets(database)) <= folders
