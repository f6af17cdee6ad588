"""The guards read the sources once for all of them."""

from collections.abc import Iterator

import pytest

from tests.architecture.sources import forget_sources


@pytest.fixture(scope="package", autouse=True)
def _forgotten_sources() -> Iterator[None]:
    """Give the memory of all syntax trees back after the last guard."""
    yield
    forget_sources()
