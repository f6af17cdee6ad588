"""Photos that mean harm, through the front door with the real engine: a 4xx that names the photo, and nothing left."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.hostile_uploads import files
from tests.journeys.conftest import an_empty_database

pytestmark = [pytest.mark.slow, pytest.mark.either_database]

ROOT = Path(__file__).parents[2]
# Of the contract; one that the decoder can read, but without a face, is told so.
CODES = {
    413: {"photo_too_large", "photo_too_many_pixels"},
    415: {"photo_unsupported"},
    422: {"photo_broken", "photo_animated", "no_face", "low_quality"},
}
MOST_MIB = 200  # of growth; the PNG bomb alone would take 768


def test_hostile_photos_are_refused_by_their_place_and_leave_nothing(tmp_path: Path, database: str) -> None:
    with an_empty_database(database) as environment:
        seen = _send_all(tmp_path, environment)
    assert set(seen["told"]) == set(files())
    assert [wrong for name, told in seen["told"].items() if (wrong := _wrong_in(name, told))] == []
    before, after = seen["before"], seen["after"]
    attempts = after.pop("check_in_attempt") - before.pop("check_in_attempt")
    assert attempts == len(seen["told"])  # each kept with its reason, none with a photo
    after.pop("throttle"), before.pop("throttle")
    assert after == before
    assert list(tmp_path.rglob("*")) == []
    assert seen["grown_mib"] < MOST_MIB


def _send_all(scratch: Path, environment: dict[str, str]) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.hostile_uploads"],
        cwd=ROOT,
        env={**os.environ, **environment, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    seen: dict[str, Any] = json.loads(ended.stdout)
    return seen


def _wrong_in(name: str, told: list[dict[str, Any]]) -> str:
    """What is wrong with three answers to one file; nothing is."""
    for answer, photo in zip(told, ("photos.0", "photos.1", "photos.0"), strict=True):
        is_problem = answer["type"] == "application/problem+json" and answer["code"] in CODES.get(answer["status"], ())
        if not is_problem or answer["errors"] != [photo] or answer["code"] != told[0]["code"]:
            return f"{name}: {answer}"
    return ""
