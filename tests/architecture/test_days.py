"""A day belongs to a zone: from midnight to eight in the province, the day of UTC is yesterday."""

import ast
import re

from tests.architecture.sources import PACKAGES, ROOT, nodes, sources, text_of

_OF_UTC = re.compile(r"now(\((UTC)?\))?\.(date\(|year\b|month\b|day\b|weekday\()")
_DATES_A_FILE = "faces/engines/train_covers.py"


def test_no_day_is_taken_from_an_instant_without_its_zone() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources(*PACKAGES, "tests")
        for line in text_of(path).splitlines()
        if _OF_UTC.search(line)
    ]
    assert [each for each in found if not each.startswith(_DATES_A_FILE)] == []


def test_a_session_of_tests_at_a_fixed_instant_names_its_zone() -> None:
    """The zone that the factory gives goes by the hour of the run, and so would the day of a fixed instant."""
    without = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in nodes("tests")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "session"
        for given in [{each.arg: ast.unparse(each.value) for each in node.keywords}]
        if "datetime(" in given.get("starts_at", "") and "zone" not in given
    ]
    assert without == []
