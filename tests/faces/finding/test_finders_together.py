"""Finders one after the other: what one does not see the next one may, and networks agree whoever finds the face."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faces.engine import Purpose
from faces.engines.choosing import make_engine, make_finders
from faces.engines.networks import ConvertedDlibNetwork, FaceresNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.errors import MultipleFaces, NoFace
from faces.finding.alignment import DLIB_POINTS, AlignedFace
from faces.finding.blaze_finder import BlazeFinder
from faces.finding.boxes import Box
from faces.finding.finder import FoundFaces
from faces.finding.hog import HogFinder
from faces.model_files.card import UnusableNetwork
from faces.model_files.dlib_models import find_models
from faces.model_files.human_models import FOLDER, are_here
from faces.photos.photo import Photo, PhotoLimits, Pixels, open_photo
from tests.faces.engines.photo_engine import distance, opened
from tests.faces.images import encoded
from tests.photos import people

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human"),
]


class Blind:
    """A finder that sees nothing, and notes that it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, photo: Photo, purpose: Purpose) -> FoundFaces:
        self.asked += 1
        return FoundFaces(photo.decode(64), [])

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        raise AssertionError

    def warm(self) -> None:
        pass


def test_what_one_finder_does_not_see_the_next_one_may(
    converted_folder: Path, engine: PhotoEngine, first_photos: Sequence[Path]
) -> None:
    network = ConvertedDlibNetwork(find_models(), converted_folder)
    blind, photo = Blind(), first_photos[0].read_bytes()
    found = PhotoEngine([network], finders=[blind, HogFinder()]).look(photo, Purpose.CHECK_IN)
    assert blind.asked == 1
    assert distance(found, PhotoEngine([network]).look(photo, Purpose.CHECK_IN)) < 1e-5
    assert distance(found, engine.look(photo, Purpose.CHECK_IN)) < 0.3
    with pytest.raises(NoFace):
        PhotoEngine([network], finders=[blind, blind]).look(photo, Purpose.CHECK_IN)


def test_a_second_person_that_hog_does_not_see_is_refused_at_enrolment(
    engine: PhotoEngine, first_photos: Sequence[Path]
) -> None:
    near, far = (opened(path, 600) for path in first_photos[:2])
    leaning = far.resize((far.width * 9 // 10, far.height * 9 // 10)).rotate(60, expand=True)
    both = Image.new("RGB", (near.width + leaning.width, max(near.height, leaning.height)), (120, 120, 120))
    both.paste(near, (0, 0))
    both.paste(leaning, (near.width, 0))
    photo = encoded(both, "PNG")
    assert len(HogFinder().find(open_photo(photo, PhotoLimits()), Purpose.ENROL).boxes) == 1
    with pytest.raises(MultipleFaces):
        engine.look(photo, Purpose.ENROL)


def test_without_the_fetched_networks_hog_finds_the_faces(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (hog,) = make_finders(tmp_path / "kept", tmp_path / "nothing")
    assert isinstance(hog, HogFinder)
    assert "HOG alone" in caplog.text


def test_a_detector_that_is_not_the_known_one_is_refused(tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(FOLDER, models)
    (models / "blazeface.bin").write_bytes(b"something else")
    with pytest.raises(UnusableNetwork, match="blazeface is not the network that is known"):
        make_finders(tmp_path / "kept", models)


def centred(numbers: np.ndarray) -> np.ndarray:
    apart = numbers - numbers.mean(axis=0)
    return np.asarray(apart / np.linalg.norm(apart, axis=1, keepdims=True))


@pytest.mark.parametrize("finders", [lambda folder: [BlazeFinder(folder)], lambda folder: [HogFinder()]])
def test_faceres_tells_people_apart_whoever_finds_the_face(
    converted_folder: Path, finders: Callable[[Path], list[BlazeFinder | HogFinder]]
) -> None:
    engine = PhotoEngine([FaceresNetwork(converted_folder)], finders=finders(converted_folder)).warm()
    assert engine.name == "human-faceres-3.3.6"
    photos = [photo for group in people().values() for photo in group[:2]]
    looks = [engine.look(photo.read_bytes(), Purpose.CHECK_IN) for photo in photos]
    assert {(look.embedding.shape, look.embedding.dtype.name) for look in looks} == {((1024,), "float32")}
    cosines = centred(np.stack([look.embedding for look in looks]))
    cosines = cosines @ cosines.T
    np.fill_diagonal(cosines, -1)
    nearest = cosines.argmax(axis=1)
    right = sum(one // 2 == other // 2 for one, other in enumerate(nearest))
    assert right >= 0.9 * len(looks)


def test_faceres_and_dlibs_network_share_one_engine(converted_folder: Path, first_photos: Sequence[Path]) -> None:
    networks = [ConvertedDlibNetwork(find_models(), converted_folder), FaceresNetwork(converted_folder)]
    engine = PhotoEngine(networks, finders=make_finders(converted_folder))
    photo = first_photos[0].read_bytes()
    assert engine.look(photo, Purpose.CHECK_IN).embedding.shape == (128,)
    assert engine.look(photo, Purpose.CHECK_IN, FaceresNetwork.model).embedding.shape == (1024,)
    alone = make_engine("dlib-onnx", folder=converted_folder).look(photo, Purpose.CHECK_IN)
    assert np.array_equal(alone.embedding, engine.look(photo, Purpose.CHECK_IN).embedding)
    assert DLIB_POINTS.shape == (5, 2)
