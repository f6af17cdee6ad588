"""The page `docs/manual-coverage.md`: which calls serve which row of the manual, and which test asserts it."""

import re
from collections.abc import Sequence
from typing import Any

from tests.manual.marks import MarkedTest
from tests.manual.rows import CHAPTERS, ROWS, Row

_HEAD = """# What serves the operation manual

Each row of the manual (numbered as the requirements do), the calls that serve it, what a test expects, and that test.
Only a test that calls the service through HTTP counts, and for what a client alone can show, one that opens its pages
in a browser. A test says its rows by `@pytest.mark.manual("M-5.2")`, and
`python -m tests.write_manual_coverage docs/manual-coverage.md` writes this page. Paths lie below `/api/v1`. What is
expected are the first asserts of the test, as they stand there.
"""
_TABLE = ("| Row | Asks for | Served by | Expected | Test |", "|---|---|---|---|---|")
_MOST_CALLS, _MOST_EXPECTED, _LONGEST = 4, 3, 150


def page(tests: Sequence[MarkedTest], document: dict[str, Any]) -> str:
    """Return the page; `document` is the OpenAPI document, which tells what is a call of the service."""
    routes = _routes(document)
    served = {row.number: [test for test in tests if row.number in test.rows] for row in ROWS}
    lines = [_HEAD, _totals(served)]
    for chapter, title in CHAPTERS.items():
        lines += [
            f"\n## {chapter} {title}\n",
            "| Row | Asks for | Served by | Expected | Test |",
            "|---|---|---|---|---|",
        ]
        for row in ROWS:
            if row.number.startswith(f"{chapter}."):
                lines += _lines_of(row, served[row.number], routes)
    return "\n".join(lines) + "\n"


def calls_served(test: MarkedTest, document: dict[str, Any]) -> list[str]:
    """Return the calls of a test that are operations of the service, as the document names them."""
    return _served(test, _routes(document))


def _totals(served: dict[str, list[MarkedTest]]) -> str:
    open_rows = [row.number for row in ROWS if not served[row.number] and not row.by_client]
    by_client = [row.number for row in ROWS if not served[row.number] and row.by_client]
    done = len(ROWS) - len(open_rows) - len(by_client)
    return (
        f"{done} of {len(ROWS)} rows have a test. {len(by_client)} are for a client alone: {', '.join(by_client)}.\n"
        f"Not served yet: {', '.join(open_rows) or 'none'}."
    )


def _lines_of(row: Row, tests: list[MarkedTest], routes: list[tuple[re.Pattern[str], str]]) -> list[str]:
    if not tests:
        state = f"A client alone: {row.by_client}." if row.by_client else "**Not served yet**"
        return [f"| {row.number} | {row.words} | {state} | | |"]
    lines = []
    for test in tests:
        shown = [f"page {path}" for path in test.pages] or _served(test, routes)
        calls = "<br>".join(f"`{call}`" for call in shown[:_MOST_CALLS])
        expected = "<br>".join(f"`{_cell(text)}`" for text in test.expected[:_MOST_EXPECTED])
        where = f"{_sentence(test.name)} ([{_file(test)}](../{test.file}))"
        lines.append(f"| {row.number} | {row.words} | {calls} | {expected} | {where} |")
    return lines


def _served(test: MarkedTest, routes: list[tuple[re.Pattern[str], str]]) -> list[str]:
    """The operations that a test calls itself; those of its helpers where there are none."""
    for calls in (test.own_calls, test.calls):
        found = [name for call in calls for name in [n for pattern, n in routes if pattern.fullmatch(call)][:1]]
        if found:
            return list(dict.fromkeys(found))
    return []


def _routes(document: dict[str, Any]) -> list[tuple[re.Pattern[str], str]]:
    """Each operation, and what a call of it looks like; paths without parameters first."""
    found = []
    for path, operations in sorted(document["paths"].items(), key=lambda item: item[0].count("{")):
        short = path.removeprefix("/api/v1")
        shape = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(short))
        for method in operations:
            if method in ("get", "post", "put", "patch", "delete"):
                found.append(
                    (re.compile(f"{method.upper()} (/api/v1)?{shape}", re.IGNORECASE), f"{method.upper()} {short}")
                )
    return found


def _cell(text: str) -> str:
    text = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _sentence(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def _file(test: MarkedTest) -> str:
    return test.file.rpartition("/")[2]
