"""The benchmark of live guidance: its own parts, without a browser."""

from collections import Counter

import numpy as np
import pytest

from tests.photos import people

guidance = pytest.importorskip("bench.guidance", reason="Playwright is not installed")


def test_pictures_are_counted_by_who_would_take_them() -> None:
    found = Counter(
        {("good", "usable"): 5, ("blurred", "low_quality"): 3, ("dark", "usable"): 2, ("good", "no_face"): 1}
    )
    assert guidance.row(found) == [11, 5, 3, 2, 1]


@pytest.mark.slow
def test_a_photo_is_shown_as_a_phone_at_arms_length_sees_the_face() -> None:
    cut, box = guidance.face_in(next(iter(people().values()))[0])
    frame = guidance.framed(cut)
    assert frame.shape == (guidance.HEIGHT, guidance.WIDTH, 3)
    assert cut.shape[0] / box.side == pytest.approx(2 * guidance.REACH, rel=0.05)
    assert np.ptp(frame[:, : (guidance.WIDTH - guidance.HEIGHT) // 2]) == 0  # grey beside the square
