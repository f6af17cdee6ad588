"""The scene of the tests of claims."""

import pytest
from sqlalchemy.orm import Session

from tests.api import Api
from tests.credit.claims.claiming import ClaimScene, make_claim_scene
from tests.factories import Factories
from tests.fakes import FakeClock


@pytest.fixture
def scene(api: Api, make: Factories, clock: FakeClock, db: Session) -> ClaimScene:
    """A hospital with an open ward."""
    return make_claim_scene(api, make, clock, db)
