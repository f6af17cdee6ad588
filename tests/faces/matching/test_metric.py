"""Distances by length and by angle, alone and in the index."""

from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.matching.index import FaceIndex
from faces.matching.measure import Metric

SEEDS = st.integers(0, 10_000)


def vectors(seed: int, count: int = 2, size: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)


@given(SEEDS, st.floats(0.01, 100))
def test_for_the_angle_lengths_do_not_count(seed: int, longer: float) -> None:
    one, other = vectors(seed)
    apart = Metric.COSINE.distance(one, other)
    assert 0 <= apart <= 2
    assert Metric.COSINE.distance(one * np.float32(longer), other) == pytest.approx(apart, abs=1e-5)
    assert apart == pytest.approx(1 - one @ other / np.linalg.norm(one) / np.linalg.norm(other), abs=1e-5)


@given(SEEDS)
def test_the_same_direction_is_at_zero_and_the_opposite_at_two(seed: int) -> None:
    one, _ = vectors(seed)
    assert Metric.COSINE.distance(one, 3 * one) == pytest.approx(0, abs=1e-6)
    assert Metric.COSINE.distance(one, -one) == pytest.approx(2, abs=1e-6)
    assert Metric.EUCLIDEAN.distance(one, -one) == pytest.approx(2 * float(np.linalg.norm(one)), rel=1e-6)


@pytest.mark.parametrize("metric", Metric)
def test_what_is_no_number_is_at_no_distance(metric: Metric) -> None:
    one, other = vectors(1)
    other[3] = np.nan
    assert np.isnan(metric.distance(one, other))
    assert np.isnan(Metric.COSINE.distance(one, np.zeros(64, np.float32)))


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("size", [64, 256, 512])
def test_an_index_of_any_size_finds_what_a_plain_search_finds(metric: Metric, size: int) -> None:
    ids = [uuid4() for _ in range(300)]
    rows = vectors(7, 300, size) * np.linspace(0.5, 2, 300, dtype=np.float32)[:, None]
    index = FaceIndex(b"key", metric)
    index.add(ids, rows)
    probe = vectors(8, 1, size)[0]
    apart = {person: metric.distance(row, probe) for person, row in zip(ids, rows, strict=True)}
    expected = sorted(apart, key=apart.__getitem__)[:5]
    found = index.nearest(probe, 5)
    assert [match.id for match in found] == expected
    assert [match.distance for match in found] == pytest.approx([apart[person] for person in expected], abs=1e-5)


def test_embeddings_of_two_sizes_do_not_share_an_index() -> None:
    index = FaceIndex(b"key")
    index.add([uuid4()], vectors(1, 1, 64))
    with pytest.raises(ValueError, match="rows of 64"):
        index.add([uuid4()], vectors(1, 1, 128))
    with pytest.raises(ValueError, match="rows of 64"):
        index.nearest(vectors(1, 1, 128)[0])
    with pytest.raises(ValueError, match="rows of 32"):
        FaceIndex(b"key", dimensions=32).add([uuid4()], vectors(1, 1, 64))
    assert len(index) == 1
