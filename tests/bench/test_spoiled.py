"""The benchmark of spoiled photos, on the photos of two people."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from faces.model_files.human_models import are_here
from tests.photos import people
from tests.service.running.running_service import GUARD_SECONDS

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human")
def test_the_benchmark_of_spoiled_photos_counts_what_becomes_of_them(tmp_path: Path) -> None:
    few = list(people().items())[:2]
    for name, photos in few:
        (tmp_path / "people" / name).mkdir(parents=True)
        for photo in photos[:2]:
            (tmp_path / "people" / name / photo.name).write_bytes(photo.read_bytes())
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "bench.spoiled", str(tmp_path / "people"), "--results", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=5 * GUARD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "spoiled.json").read_text())
    figures = told["figures"]
    assert (told["people"], told["photos"]) == (len(few), 2 * len(few))
    assert figures["too near"]["115% of the frame, several faces"]["hits"] == 0
    assert figures["turned"]["turned by 180 degrees, no face"]["hits"] == 0
    assert {each["hits"] for each in figures["posters"].values()} == {len(few)}
    plain, worst = figures["not spoiled"], figures["blurred by 5.0%"]
    assert plain["enrolled"]["hits"] == plain["enrolled"]["of"] == 2 * len(few)
    assert plain["own pass"]["hits"] > 0 == plain["strangers pass"]["hits"]
    assert worst["enrolled"]["hits"] == worst["own pass"]["hits"] == worst["strangers alike pass"]["hits"] == 0
    low, high = plain["enrolled"]["interval"]
    assert 0.35 < low < high == 1
    assert str(ROOT) not in json.dumps(told)
