"""The fake engine of these tests can make its callers meet."""

import pytest

from tests.concurrency.at_once import MeetingEngine


@pytest.fixture
def engine() -> MeetingEngine:
    """A face engine that reads `tests.fakes.face("name")`, and in which looks can be made to meet."""
    return MeetingEngine()
