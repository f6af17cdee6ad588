"""The fake engine of these tests can make its callers meet; the scene is that of the tests of attendance."""

import pytest

from tests.attendance.conftest import scene  # noqa: F401 - a fixture
from tests.concurrency.at_once import MeetingEngine


@pytest.fixture
def engine() -> MeetingEngine:
    """A face engine that reads `tests.fakes.face("name")`, and in which looks can be made to meet."""
    return MeetingEngine()
