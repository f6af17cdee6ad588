"""No file is too long to read, and no room has so many files that nobody finds theirs."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, sources, text_of

pytestmark = pytest.mark.either_database  # they ask the database nothing

LONGEST_MODULE = 300
LONGEST = 350
"""Lines of a module of the product, and of any other file that people write."""
KINDS = frozenset({".py", ".ts", ".vue", ".css", ".sh"})
LONG_ALL_THE_SAME = {
    "migrations/versions/f9be05f31035_the_first_tables.py": "what was migrated once stays as it is",
}
MOST_FILES = 20
OF_ONE_KIND = {
    "bench": "benchmarks, one a file",
    "migrations/versions": "migrations, one a file",
    "models": "tables, one subject a file",
    "scripts": "commands, one a file",
    "tests/architecture": "guards, one rule a file",
    "tests/browser": "tests of pages, one journey a file",
    "tests/concurrency": "tests of what meets, one meeting a file",
    "web/src/components": "components of pages, one a file",
    "web/src/lib": "what pages share, one thing a file",
    "web/src/pages": "pages, one a file",
    "web/src/words": "words of pages, one page a file",
}
"""Folders that may hold more, and why a newcomer finds a file in them all the same."""
_NOT_OURS = frozenset({"node_modules", "__pycache__", "build", "dist", "var"})
_MADE = "web/src/api/schema.ts"  # from docs/openapi.json, where the web client is built; a fresh checkout has none


def written() -> Iterator[str]:
    """The paths of the files that people write, scripts without an ending included."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [each for each in inner if each not in _NOT_OURS and not each.startswith(".")]
        for name in names:
            path = (Path(folder) / name).relative_to(ROOT)
            ours = path.suffix in KINDS or (not path.suffix and path.parts[0] == "scripts")
            if ours and path.as_posix() != _MADE:
                yield path.as_posix()


def test_modules_are_short_enough_to_read() -> None:
    for path in sources(*PACKAGES):
        lines = text_of(path).count("\n")
        assert lines <= LONGEST_MODULE, f"{path.relative_to(ROOT)} has {lines} lines: look for its second subject"


def test_no_other_file_is_too_long_to_read_either() -> None:
    long = {path for path in written() if text_of(ROOT / path).count("\n") > LONGEST}
    assert long - set(LONG_ALL_THE_SAME) == set(), "look for their second subjects"
    assert set(LONG_ALL_THE_SAME) <= long, "these need no exception any more"


def test_a_room_has_few_files_unless_they_are_of_one_kind() -> None:
    paths = [Path(path) for path in written()]
    count = Counter(path.parent.as_posix() for path in paths if path.name != "__init__.py")
    full = {folder for folder, number in count.items() if number > MOST_FILES}
    assert full - set(OF_ONE_KIND) == set(), "split them by subject"
    assert set(OF_ONE_KIND) <= full, "these need no exception any more"
