"""A day belongs to a zone: from midnight to eight in the province, the day of UTC is yesterday."""

import re

from tests.architecture.sources import PACKAGES, ROOT, sources, text_of

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
