"""The benchmark of certificates on tiny counts: both ways print, and the seeded certificates are one job's."""

from pathlib import Path

from bench.certificates import printing
from bench.seeding.certified_person import make_certified


def test_both_ways_print() -> None:
    found = printing(each_round=1, rounds=1)
    assert {name: each["a_second"] > 0 for name, each in found.items()} == {"bare typst": True, "ours": True}


def test_the_seeded_person_has_so_many_certificates(tmp_path: Path) -> None:
    engine, _, ids = make_certified(tmp_path, 3)
    engine.dispose()
    assert len(set(ids)) == 3
