"""The default engine decides as plain face_recognition does, whose networks it runs in its own way."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from faces.engine import Purpose
from faces.engines.photo_engine import PhotoEngine
from tests.faces.engines.stock_decisions import TOLERANCE
from tests.photos import people

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PEOPLE, PHOTOS, SIDE = 6, 2, 640  # enough to be told apart, few and small enough for half a minute


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two photos each of some people, small and upright: face_recognition knows nothing of a photo's orientation."""
    folder, made = tmp_path_factory.mktemp("small"), []
    for person, paths in list(people().items())[:PEOPLE]:
        for path in paths[:PHOTOS]:
            picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            picture.thumbnail((SIDE, SIDE))
            made.append(folder / f"{person}-{path.stem}.png")
            picture.save(made[-1])
    return made


def stock_decisions(photos: list[Path]) -> list[list[bool]]:
    """What face_recognition says of each pair, alone in a process."""
    command = [sys.executable, "-m", "tests.faces.engines.stock_decisions", *map(str, photos)]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, check=True
    )
    found: list[list[bool]] = json.loads(done.stdout)
    return found


def test_every_pair_of_photos_is_decided_as_face_recognition_decides_it(
    photos: list[Path], engine: PhotoEngine
) -> None:
    theirs = stock_decisions(photos)
    sent = [path.read_bytes() for path in photos]
    enrolled = [engine.look(photo, Purpose.ENROL).embedding for photo in sent]
    shown = [engine.look(photo, Purpose.CHECK_IN).embedding for photo in sent]
    different, same = [], 0
    for one, other in itertools.permutations(range(len(photos)), 2):
        distance = float(np.linalg.norm(enrolled[one] - shown[other]))
        same += theirs[one][other]
        if (distance <= TOLERANCE) != theirs[one][other]:
            different.append((photos[one].stem, photos[other].stem, round(distance, 3)))
    assert different == []
    assert (
        0 < same < len(photos) * (len(photos) - 1)
    )  # both answers were given: it isn't one engine that says yes to all
