"""A world for the fuzzers, and how hypothesis runs here."""

import pytest

from tests.choosing import share_of_examples
from tests.fuzz.bounded import Share
from tests.fuzz.world import AnyPhotoEngine, World, make_world
from tests.kept_worlds import KeptWorlds


@pytest.fixture(autouse=True, scope="session")
def _share(pytestconfig: pytest.Config) -> None:
    """Run the share of examples that this run has; `--full` all of them."""
    Share.one_in = share_of_examples(pytestconfig)


@pytest.fixture
def engine() -> AnyPhotoEngine:
    """An engine that sees a face in almost any bytes."""
    return AnyPhotoEngine()


@pytest.fixture
def world(kept: KeptWorlds) -> World:
    """One of everything."""
    return kept.open("one of everything", lambda: make_world(kept.make, kept.api, kept.db, kept.clock))
