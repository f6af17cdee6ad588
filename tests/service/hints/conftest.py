"""The world of these tests: a venue, a course, a ledger."""

from tests.attendance.conftest import scene  # noqa: F401 - a fixture
from tests.attendance.courses import course  # noqa: F401 - a fixture
