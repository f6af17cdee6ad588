"""Photos for finders."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.choosing import Sample
from tests.photos import people


@pytest.fixture
def first_photos(sample: Sample[Path]) -> Sequence[Path]:
    """A photo of every second person; `--full`: of each."""
    return sample([photos[0] for photos in people().values()], 2)
