"""Attacks with one real still: hardly one of them passes a challenge."""

from pathlib import Path

import numpy as np
import pytest

from faces.calibration.attacks import BENDS, attack
from faces.calibration.stills import Still
from faces.engine import Purpose
from faces.engines.choosing import make_engine, policy_set_of
from faces.errors import FaceError
from faces.liveness.rule import FRONTAL
from faces.model_files.human_models import are_here
from tests.photos import people

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human"),
]
WEAK = (
    "the same frame",
    "rolled and scaled",
    "tilted by 35 degrees",
    "strong perspective",
    "bent by a mesh, 20 degrees",
)


def test_a_still_passes_no_challenge_however_it_is_moved_and_hardly_one_however_it_is_bent(
    converted_folder: Path,
) -> None:
    engine, policies = make_engine("dlib-onnx", folder=converted_folder), policy_set_of("dlib-onnx")
    stills = []
    for photos in people().values():
        try:
            face = engine.aligned(photos[0].read_bytes(), Purpose.CHALLENGE)
        except FaceError:
            continue
        if abs(engine.frame_reader.read(face).yaw) <= FRONTAL:
            stills.append(Still(face.pixels, engine.frame_reader.mesh_of(face)))
        if len(stills) == 3:
            break
    assert stills
    rng = np.random.default_rng(1)
    for name in (*WEAK, "bent by a mesh, 30 degrees"):
        counts = [attack(engine, still, BENDS[name], policies, rng=rng) for still in stills]
        assert all(each.tries == 6 for each in counts)
        assert sum(each.passed for each in counts) <= (0 if name in WEAK else 1), name
