"""A world for the fuzzers, and how hypothesis runs here."""

import pytest
from sqlalchemy.orm import Session

from tests.api import Api
from tests.choosing import share_of_examples
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.fuzz.bounded import Share
from tests.fuzz.world import AnyPhotoEngine, World, make_world


@pytest.fixture(autouse=True, scope="session")
def _share(pytestconfig: pytest.Config) -> None:
    """Run the share of examples that this run has; `--full` all of them."""
    Share.one_in = share_of_examples(pytestconfig)


@pytest.fixture
def engine() -> AnyPhotoEngine:
    """An engine that sees a face in almost any bytes."""
    return AnyPhotoEngine()


@pytest.fixture
def world(make: Factories, api: Api, db: Session, clock: FakeClock) -> World:
    """One of everything."""
    return make_world(make, api, db, clock)
