"""The scene of the tests of claims."""

import pytest

from tests.credit.claims.claiming import ClaimScene, make_claim_scene
from tests.kept_worlds import KeptWorlds


@pytest.fixture
def scene(kept: KeptWorlds) -> ClaimScene:
    """A hospital with an open ward."""
    return kept.open("scene of claims", lambda: make_claim_scene(kept.api, kept.make, kept.clock, kept.db))
