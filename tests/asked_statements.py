"""What tests ask of the database, and which tests are enough to ask all of it.

Noted of each test: each statement, of which kind each of its values was, how many rows a change met, each constraint
that refused it. What several threads did at once is noted as a thing of its own: no other test does it.
"""

import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

# Lists of values and of rows differ in length, and ask the same.
_VALUES = re.compile(r"(\([^()]*\?[^()]*\))(?:, \([^()]*\?[^()]*\))+")
_LIST = re.compile(r"\?(?:, \?)+")


@dataclass
class Noted:
    """What a test asked, and how long it took."""

    asked: set[str] = field(default_factory=set)
    seconds: float = 0.0
    passed: bool = True


class Notebook:
    """Notes of each test what it asks of any database of this process; a plugin of pytest."""

    def __init__(self, folder: Path | None) -> None:
        """folder: where the notes are written at the end."""
        self._folder = folder
        self._tests: dict[str, Noted] = {}
        self._now: Noted | None = None
        self._name = ""
        self._shortened: dict[str, str] = {}
        # Of every engine: some tests make services or databases of their own.
        self._listeners = {
            "before_cursor_execute": self._statement,
            "after_cursor_execute": self._rows,
            "handle_error": self._error,
        }
        for name, listener in self._listeners.items():
            event.listen(Engine, name, listener)

    def close(self) -> None:
        """Note nothing more."""
        for name, listener in self._listeners.items():
            event.remove(Engine, name, listener)

    def asked_by(self, nodeid: str) -> set[str]:
        """Return what a test asked so far."""
        return self._tests[nodeid].asked

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Begin with a test."""
        self._name = nodeid
        self._now = self._tests.setdefault(nodeid, Noted())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how long a test took, and whether it passed."""
        if report.nodeid in self._tests:
            self._tests[report.nodeid].seconds += report.duration
            self._tests[report.nodeid].passed &= report.passed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the notes, unless this is the process that only hands the tests out."""
        worker = getattr(session.config, "workerinput", {"workerid": "alone"})["workerid"]
        notes = {name: [noted.seconds, sorted(noted.asked)] for name, noted in self._tests.items() if noted.passed}
        if self._folder and any(asked for _, asked in notes.values()):
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{worker}-{os.getpid()}.json").write_text(json.dumps(notes), encoding="utf-8")

    def _statement(self, connection: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if self._now is None:
            return
        if threading.current_thread() is not threading.main_thread():
            self._now.asked.add(f"at once: {self._name}")
        short = self._short(statement)
        self._now.asked.add(short)
        rows = given if isinstance(given, list) else [given]
        for values in rows[:2]:
            kinds = [type(value).__name__ for value in values]
            if ", .." in short:
                self._now.asked.update(f"{kind} {short}" for kind in kinds)
            else:
                self._now.asked.update(f"{place} {kind} {short}" for place, kind in enumerate(kinds))

    def _rows(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if self._now is not None and not statement.startswith(("SELECT", "INSERT")):
            self._now.asked.add(f"{min(cursor.rowcount, 2)} rows {self._short(statement)}")

    def _error(self, context: Any) -> None:
        if self._now is not None:
            self._now.asked.add(f"{context.original_exception} {self._short(context.statement or '')}")

    def _short(self, statement: str) -> str:
        if statement not in self._shortened:
            self._shortened[statement] = _LIST.sub("?, ..", _VALUES.sub(r"\1, ..", statement))
        return self._shortened[statement]


def read_notes(folder: Path) -> dict[str, tuple[float, frozenset[str]]]:
    """Read what all workers wrote: seconds and what was asked, by test."""
    found: dict[str, tuple[float, frozenset[str]]] = {}
    for path in sorted(folder.glob("*.json")):
        for name, (seconds, asked) in json.loads(path.read_text(encoding="utf-8")).items():
            found[name] = (seconds, frozenset(asked))
    return found


def choose(notes: Mapping[str, tuple[float, frozenset[str]]], kept: Iterable[str] = ()) -> set[str]:
    """Choose tests that together ask all that was asked: again and again the one with most new for its seconds.

    kept: tests that run anyway.
    """
    chosen = set(kept)
    missing = (
        set()
        .union(*(asked for _, asked in notes.values()))
        .difference(*(notes[name][1] for name in chosen if name in notes))
    )
    left = {name: (seconds, asked & missing) for name, (seconds, asked) in notes.items() if name not in chosen}
    while missing:
        name = max(left, key=lambda each: (len(left[each][1]) / (left[each][0] + 0.1), each))
        chosen.add(name)
        missing -= left.pop(name)[1]
        left = {each: (seconds, asked & missing) for each, (seconds, asked) in left.items() if asked & missing}
    return chosen
