"""What the real mesh reads from real photos: the head's direction, the mouth, the skin, and that it is packed whole."""

from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import pytest

from faces.calibration import stills
from faces.calibration.attacks import encoded
from faces.calibration.stills import Still
from faces.engine import Look, MeshReading, Purpose
from faces.engines.choosing import make_engine
from faces.engines.networks import ConvertedDlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.errors import ChallengeUnavailable, FaceError
from faces.finding.hog import HogFinder
from faces.liveness.likeness import relief, scene_likeness, skin_likeness
from faces.liveness.rule import FLAT, FRONTAL, OPENING, SAME_SKIN, TURN
from faces.model_files.dlib_models import find_models
from faces.model_files.human_models import are_here
from faces.pool.messages import pack_look, unpack_reply
from tests.photos import people

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human"),
]


@dataclass(frozen=True, eq=False)
class Front:
    """The photo of all that is turned least."""

    look: Look
    still: Still

    @property
    def mesh(self) -> MeshReading:
        return self.look.mesh


@pytest.fixture(scope="module")
def real(converted_folder: Path) -> PhotoEngine:
    return make_engine("dlib-onnx", folder=converted_folder)


@pytest.fixture(scope="module")
def front(real: PhotoEngine) -> Front:
    found = []
    for photo in (photos[0].read_bytes() for photos in people().values()):
        try:
            look, face = real.look(photo, Purpose.CHALLENGE), real.aligned(photo, Purpose.CHALLENGE)
        except FaceError:
            continue
        found.append(Front(look, Still(face.pixels, real.frame_reader.mesh_of(face))))
    best = min(found, key=lambda each: abs(each.mesh.yaw))
    assert abs(best.mesh.yaw) <= FRONTAL
    return best


def read(engine: PhotoEngine, pixels: np.ndarray) -> MeshReading:
    found = engine.look(encoded(pixels), Purpose.CHALLENGE).mesh
    assert found is not None
    return found


def test_a_mirrored_photo_is_turned_to_the_other_side(real: PhotoEngine) -> None:
    compared = 0
    for photos in people().values():
        try:
            face = real.aligned(photos[1].read_bytes(), Purpose.CHALLENGE)
            pixels = face.pixels
            plain, mirrored = read(real, pixels), read(real, np.ascontiguousarray(pixels[:, ::-1]))
        except FaceError:
            continue
        compared += 1
        assert plain.yaw == pytest.approx(-mirrored.yaw, abs=4.0)
        assert plain.mouth == pytest.approx(mirrored.mouth, abs=0.1)
    assert compared


def test_light_and_noise_change_a_reading_by_much_less_than_a_step(real: PhotoEngine, front: Front) -> None:
    pixels, rng = front.still.pixels, np.random.default_rng(3)
    for changed in (pixels * 0.85, pixels + rng.normal(0, 4, pixels.shape), cv2.GaussianBlur(pixels, (0, 0), 0.8)):
        again = read(real, np.clip(changed, 0, 255).astype(np.uint8))
        assert again.yaw == pytest.approx(front.mesh.yaw, abs=TURN / 5)
        assert again.mouth == pytest.approx(front.mesh.mouth, abs=OPENING / 5)
        assert skin_likeness(front.mesh, again) > SAME_SKIN
        assert scene_likeness(front.mesh, again) > 0.7


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_still_bent_into_a_turn_reads_as_one_and_has_the_same_skin(
    real: PhotoEngine, front: Front, degrees: int
) -> None:
    bent = read(real, stills.turned(front.still, degrees))
    assert (bent.yaw - front.mesh.yaw) * np.sign(degrees) > TURN / 2
    assert skin_likeness(front.mesh, bent) > SAME_SKIN


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_tilted_photo_is_flat_and_hardly_turned(real: PhotoEngine, front: Front, degrees: int) -> None:
    tilted = read(real, stills.tilted(front.still, degrees))
    assert abs(tilted.yaw - front.mesh.yaw) < TURN
    assert relief(front.mesh, tilted) < FLAT


def test_a_mouth_that_opens_reads_as_open(real: PhotoEngine, front: Front) -> None:
    assert read(real, stills.with_open_mouth(front.still, 0.5)).mouth > front.mesh.mouth + OPENING / 2


def test_photos_of_two_people_have_another_skin(real: PhotoEngine, front: Front) -> None:
    others = 0
    for photos in people().values():
        try:
            other = real.look(photos[-1].read_bytes(), Purpose.CHALLENGE).mesh
        except FaceError:
            continue
        if abs(other.yaw - front.mesh.yaw) >= TURN / 2:
            others += 1
            assert skin_likeness(front.mesh, other) < SAME_SKIN
    assert others


def test_a_reading_passes_the_pool_unchanged_and_other_looks_have_none(real: PhotoEngine, front: Front) -> None:
    packed = pack_look(front.look)
    assert len(packed) < 40_000
    again = unpack_reply(packed).mesh
    for each in fields(MeshReading):
        assert np.array_equal(getattr(again, each.name), getattr(front.mesh, each.name)), each.name
    photo = encoded(front.still.pixels)
    assert real.look(photo, Purpose.CHECK_IN).mesh is None
    assert unpack_reply(pack_look(real.look(photo, Purpose.CHECK_IN))).mesh is None


def test_an_engine_without_a_mesh_says_so(converted_folder: Path, front: Front) -> None:
    blind = PhotoEngine([ConvertedDlibNetwork(find_models(), converted_folder)], finders=[HogFinder()])
    with pytest.raises(ChallengeUnavailable):
        blind.look(encoded(front.still.pixels), Purpose.CHALLENGE)
