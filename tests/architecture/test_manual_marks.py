"""A test that names a row of the manual calls the service through HTTP and expects something."""

import json

from tests.manual.marks import ROOT, marked_tests
from tests.manual.page import calls_served
from tests.manual.rows import CHAPTERS, ROWS


def test_marked_tests_name_rows_that_exist_and_call_the_service() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    known = {row.number for row in ROWS}
    marked = marked_tests()
    assert marked
    for test in marked:
        where = f"{test.file}::{test.name}"
        assert set(test.rows) <= known, f"{where} names {sorted(set(test.rows) - known)}"
        assert test.pages or calls_served(test, document), f"{where} calls no operation of the service: {test.calls}"
        assert test.expected, f"{where} asserts nothing"


def test_each_row_stands_once_and_in_a_chapter() -> None:
    numbers = [row.number for row in ROWS]
    assert len(numbers) == len(set(numbers))
    assert all(number.rpartition(".")[0] for number in numbers)
    assert all(any(number.startswith(f"{chapter}.") for chapter in CHAPTERS) for number in numbers)
