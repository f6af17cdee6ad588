"""The real engine and what it saw, once for all tests of a session: a look costs a tenth of a second."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from faces.dlib_engine import DlibEngine
from faces.engine import Look, Purpose
from faces.errors import MultipleFaces
from faces.policy import Policy, load_policy

Seen = Callable[..., Look]


def seen_alone(seen: Seen, photos: Iterable[Path]) -> list[Look]:
    """The looks at those photos on which one person is alone; some news photos show two."""
    looks = []
    for photo in photos:
        with contextlib.suppress(MultipleFaces):
            looks.append(seen(photo))
    return looks


@pytest.fixture(scope="session")
def engine() -> DlibEngine:
    return DlibEngine().warm()


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="session")
def seen(engine: DlibEngine) -> Seen:
    """`seen(path)`: the look at a photo for enrolment, or `seen(path, Purpose.CHECK_IN)`, looked at once a session."""
    kept: dict[tuple[Path, Purpose], Look] = {}

    def look(path: Path, purpose: Purpose = Purpose.ENROL) -> Look:
        if (path, purpose) not in kept:
            kept[path, purpose] = engine.look(path.read_bytes(), purpose)
        return kept[path, purpose]

    return look
