"""The index finds exactly what a plain search finds, whatever was added, replaced and removed before."""

import threading
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.matching import index as module
from faces.matching.index import FaceIndex, rotation

KEY = b"a key for tests"


def vectors(count: int, seed: int = 0, spread: float = 0.055) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, (count, 128)).astype(np.float32)


def plain_search(held: dict[UUID, np.ndarray], probe: np.ndarray, k: int) -> list[tuple[UUID, float]]:
    apart = {person: float(np.linalg.norm(vector.astype(np.float64) - probe)) for person, vector in held.items()}
    return sorted(apart.items(), key=lambda item: item[1])[:k]


def test_an_empty_index_finds_nobody() -> None:
    index = FaceIndex(KEY)
    assert len(index) == 0
    assert index.nearest(vectors(1)[0], 3) == []


def test_the_nearest_are_those_of_a_plain_search_in_order() -> None:
    rows, ids = vectors(3000), [uuid4() for _ in range(3000)]
    index = FaceIndex(KEY)
    index.add(ids, rows)
    for probe in vectors(20, seed=1):
        found = index.nearest(probe, 7)
        expected = plain_search(dict(zip(ids, rows, strict=True)), probe, 7)
        assert [match.id for match in found] == [person for person, _ in expected]
        assert [match.distance for match in found] == pytest.approx([far for _, far in expected], abs=1e-6)


def test_the_same_template_is_at_distance_zero() -> None:
    rows, ids = vectors(500), [uuid4() for _ in range(500)]
    index = FaceIndex(KEY)
    index.add(ids, rows)
    match = index.nearest(rows[123])[0]
    assert match.id == ids[123]
    assert match.distance < 1e-6


def test_neighbours_closer_than_float32_can_tell_are_still_told_apart() -> None:
    centre = vectors(1, spread=0.12)[0]
    offsets = np.linspace(1e-5, 3e-4, 300)
    rows = np.tile(centre, (300, 1))
    rows[:, 0] += offsets.astype(np.float32)
    ids = [uuid4() for _ in rows]
    index = FaceIndex(KEY)
    index.add(ids, rows)
    assert index.nearest(centre)[0].distance == pytest.approx(1e-5, rel=0.05)
    assert index.nearest(centre)[0].id == ids[0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 30)), max_size=80), st.integers(0, 9))
def test_adding_replacing_and_removing_leave_what_a_dictionary_would_hold(
    steps: list[tuple[str, int]], seed: int
) -> None:
    held: dict[UUID, np.ndarray] = {}
    index = FaceIndex(KEY)
    for number, (step, who) in enumerate(steps):
        person = UUID(int=who + 1)
        if step == "add":
            held[person] = vectors(1, seed=1000 * seed + number)[0]
            index.add([person], held[person][None])
        else:
            assert index.remove(person) == (held.pop(person, None) is not None)
    assert len(index) == len(held)
    probe = vectors(1, seed=seed)[0]
    assert [match.id for match in index.nearest(probe, 50)] == [who for who, _ in plain_search(held, probe, 50)]


def test_the_index_grows_over_the_edge_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 64)
    monkeypatch.setattr(module, "PART", 48)
    rows, ids = vectors(1000), [uuid4() for _ in range(1000)]
    index = FaceIndex(KEY)
    index.add(ids[:10], rows[:10])
    index.add(ids[10:700], rows[10:700])
    index.add(ids[600:], rows[600:])  # a hundred of them for the second time
    assert len(index) == 1000
    for gone in range(0, 1000, 3):
        assert index.remove(ids[gone])
    held = {person: row for at, (person, row) in enumerate(zip(ids, rows, strict=True)) if at % 3}
    for probe in vectors(5, seed=2):
        assert [m.id for m in index.nearest(probe, 9)] == [who for who, _ in plain_search(held, probe, 9)]


def test_threads_may_add_remove_and_search_at_once() -> None:
    index = FaceIndex(KEY)
    fixed = uuid4()
    probe = vectors(1, seed=9)[0]
    index.add([fixed], probe[None])
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for at, row in enumerate(vectors(60, seed=seed)):
                person = UUID(int=1000 * seed + at + 1)
                index.add([person], row[None])
                assert index.nearest(probe)[0].id == fixed
                if at % 2:
                    assert index.remove(person)
        except BaseException as failed:
            failures.append(failed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(index) == 1 + 6 * 30


def test_what_lies_in_memory_is_not_the_face() -> None:
    row = vectors(1)[0]
    index = FaceIndex(KEY)
    index.add([uuid4()], row[None])
    stored = index._blocks[0][0]
    assert np.linalg.norm(stored) == pytest.approx(np.linalg.norm(row), rel=1e-5)
    assert abs(float(stored @ row)) / float(row @ row) < 0.6
    assert not np.isclose(stored[:, None], row[None], rtol=1e-6).any()


def test_what_was_removed_is_wiped() -> None:
    index = FaceIndex(KEY)
    ids = [uuid4(), uuid4()]
    index.add(ids, vectors(2))
    for person in ids:
        index.remove(person)
    assert not index._blocks[0][:2].any()
    assert not index._ids[:2].any()


def test_the_rotation_is_orthogonal_and_belongs_to_its_key() -> None:
    assert np.allclose(rotation(b"a") @ rotation(b"a").T, np.eye(128), atol=1e-12)
    assert np.array_equal(rotation(b"a"), rotation(b"a"))
    assert not np.allclose(rotation(b"a"), rotation(b"b"), atol=0.1)


@pytest.mark.parametrize(
    ("ids", "rows"),
    [
        ([uuid4()], np.zeros((2, 128), np.float32)),
        ([uuid4()], np.zeros(128, np.float32)),
        ([uuid4()], np.full((1, 128), np.nan, np.float32)),
        ([UUID(int=1), UUID(int=1)], np.zeros((2, 128), np.float32)),
    ],
)
def test_what_is_no_list_of_templates_is_refused_and_changes_nothing(ids: list[UUID], rows: np.ndarray) -> None:
    index = FaceIndex(KEY)
    with pytest.raises(ValueError, match=r"finite|twice"):
        index.add(ids, rows)
    assert len(index) == 0
