"""Faces are turned and scaled into a network's frame in one step."""

import cv2
import numpy as np
import pytest

from faces.engine import Embedding, Purpose
from faces.engines.networks import DlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.finding.alignment import DLIB_POINTS, FEATURES, AlignedFace, similarity, warp
from tests.photos import people


@pytest.mark.parametrize("degrees", [-170, -20, 0, 35, 90])
@pytest.mark.parametrize("scale", [0.1, 1.0, 7.0])
def test_a_turn_a_scale_and_a_shift_are_found(degrees: float, scale: float) -> None:
    turn = np.exp(1j * np.radians(degrees)) * scale
    moved = (FEATURES[:, 0] + 1j * FEATURES[:, 1]) * turn + (30 - 12j)
    matrix = similarity(FEATURES, np.column_stack([moved.real, moved.imag]))
    assert np.allclose(FEATURES @ matrix[:, :2].T + matrix[:, 2], np.column_stack([moved.real, moved.imag]))


class KeepingNetwork:
    """Embeds nothing, and keeps the face that it was given."""

    model = "keeping"

    def __init__(self) -> None:
        self.face: AlignedFace | None = None
        self._engine = PhotoEngine([self])

    def embed(self, face: AlignedFace) -> Embedding:
        self.face = face
        return np.zeros(1, np.float32)

    def last(self, photo: bytes) -> AlignedFace:
        self._engine.look(photo, Purpose.ENROL)
        assert self.face is not None
        return self.face


def test_dlibs_own_chip_has_its_points_where_we_say() -> None:
    keeping = KeepingNetwork()
    for photos in list(people().values())[:5]:
        face = keeping.last(photos[0].read_bytes())
        ours = warp(face.pixels, similarity(face.points, DLIB_POINTS * 150), 150)
        assert np.abs(ours.astype(int) - face.chip).mean() < 8


@pytest.mark.parametrize("shrink", [1, 2, 3, 5, 10])
def test_a_large_picture_is_averaged_and_not_sampled(shrink: int) -> None:
    side = 60
    small = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8), (5, 5), 2)
    large = np.kron(small, np.ones((shrink, shrink, 1), np.uint8))
    large = (large + (np.indices(large.shape[:2]).sum(axis=0) % 2 * 10)[:, :, None]).clip(0, 255).astype(np.uint8)
    middle = (shrink - 1) / 2
    matrix = np.array([[1 / shrink, 0, -middle / shrink], [0, 1 / shrink, -middle / shrink]])
    assert np.abs(warp(large, matrix, side).astype(int) - small).max() <= 11


def test_what_lies_outside_the_picture_is_black() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    beside = warp(white, np.array([[1.0, 0, 500], [0, 1, 500]]), 30)
    assert not beside.any()
    half = warp(white, np.array([[1.0, 0, 15], [0, 1, 0]]), 30)
    assert not half[:, :14].any()
    assert (half[:, 16:] == 255).all()


def test_an_engine_of_dlibs_network_alone_says_which_models_it_has(reference: PhotoEngine) -> None:
    assert reference.models == {DlibNetwork.model}
