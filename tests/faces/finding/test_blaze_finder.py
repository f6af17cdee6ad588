"""BlazeFace finds faces however they are turned, small ones too, and nothing where there is none."""

import contextlib
import functools
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bench import spoiling
from faces.engine import Look, Purpose
from faces.engines.networks import ConvertedDlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.errors import MultipleFaces, NoFace
from faces.finding.alignment import padded_frame
from faces.finding.blaze import BlazeFace, letterboxed
from faces.finding.blaze_finder import MARKS, BlazeFinder
from faces.finding.boxes import Box, nearest_face
from faces.finding.hog import HogFinder
from faces.finding.mesh import FaceMesh, Fit
from faces.finding.quality import pose
from faces.model_files.dlib_models import find_models
from faces.model_files.human_models import are_here
from faces.photos.photo import Photo, PhotoLimits, Pixels, open_photo
from tests.faces.engines.photo_engine import distance, opened
from tests.faces.images import encoded, gradient
from tests.photos import east_asian_people, several_people

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human"),
]


@pytest.fixture(scope="module")
def blaze(converted_folder: Path) -> BlazeFinder:
    return BlazeFinder(converted_folder)


@pytest.fixture(scope="module")
def detector(converted_folder: Path) -> BlazeFace:
    return BlazeFace(converted_folder)


@functools.cache
def upright(path: Path) -> bytes:
    """The photo, decoded and encoded again without loss as the turned ones are."""
    return encoded(opened(path), "PNG")


def photo_of(picture: Image.Image) -> Photo:
    return open_photo(encoded(picture, "PNG"), PhotoLimits())


def the_face(finder: BlazeFinder, picture: Image.Image | Photo) -> tuple[Pixels, Box]:
    photo = photo_of(picture) if isinstance(picture, Image.Image) else picture
    found = finder.find(photo, Purpose.CHECK_IN)
    return found.pixels, max(found.boxes, key=lambda box: box.side)


def on_canvas(picture: Image.Image, times: int) -> Image.Image:
    canvas = Image.new("RGB", (picture.width * times, picture.height * times), (110, 110, 110))
    canvas.paste(picture, (picture.width * (times - 1) // 2, picture.height * (times - 1) // 2))
    return canvas


def test_every_first_photo_shows_one_face_where_hog_sees_it_too(
    blaze: BlazeFinder, first_photos: Sequence[Path]
) -> None:
    hog = HogFinder()
    for path in first_photos:
        photo = photo_of(opened(path))
        pixels, box = the_face(blaze, photo)
        seen = hog.find(photo, Purpose.ENROL)
        other = max(seen.boxes, key=lambda each: each.side).moved(max(pixels.shape) / max(seen.pixels.shape))
        assert np.hypot(*np.subtract(box.middle, other.middle)) < 0.25 * box.side
        assert 0.75 < box.side / other.side < 1.33
        assert 0.6 <= box.score <= 1
        assert len(box.points) == 6


@pytest.mark.parametrize(
    "degrees",
    [45, 180, -90, pytest.param(90, marks=pytest.mark.thorough), pytest.param(-45, marks=pytest.mark.thorough)],
)
def test_turned_faces_come_out_upright(blaze: BlazeFinder, degrees: int, first_photos: Sequence[Path]) -> None:
    leaning, apart = [], []
    for path in first_photos:
        picture = opened(path).rotate(degrees, expand=True, fillcolor=(110, 110, 110))
        found = blaze.find(photo_of(picture), Purpose.CHECK_IN)
        if not found.boxes:
            continue
        face = blaze.align(found.pixels, max(found.boxes, key=lambda box: box.side))
        roll, _ = pose(face.points, face.marks)
        leaning.append(abs((roll + degrees + 180) % 360 - 180))
        apart.append(np.abs(face.chip.astype(int) - chip_of(blaze, path)).mean())
    # The heads themselves lean a little, and some that stand on their heads are taken for upright.
    assert sum(roll < 25 for roll in leaning) >= 0.7 * len(first_photos)
    assert np.median(apart) < 20


@functools.cache
def chip_of(finder: BlazeFinder, path: Path) -> np.ndarray:
    return finder.align(*the_face(finder, opened(path))).chip.astype(int)


@pytest.fixture(scope="module")
def looked(converted_folder: Path, blaze: BlazeFinder) -> Callable[[bytes], Look]:
    """Looks at a photo without HOG's help; at the same one only once."""
    engine = PhotoEngine([ConvertedDlibNetwork(find_models(), converted_folder)], finders=[blaze])
    return functools.cache(lambda photo: engine.look(photo, Purpose.CHECK_IN))


@pytest.mark.parametrize("degrees", [45, 90, 180])
def test_a_turned_photo_gives_the_embedding_of_the_upright_one(
    looked: Callable[[bytes], Look], degrees: int, first_photos: Sequence[Path]
) -> None:
    apart = []
    for path in first_photos:
        turned = encoded(opened(path).rotate(degrees, expand=True, fillcolor=(110, 110, 110)), "PNG")
        with contextlib.suppress(NoFace):
            apart.append(distance(looked(turned), looked(upright(path))))
    assert len(apart) >= 0.7 * len(first_photos)
    assert np.median(apart) < 0.3


@pytest.mark.parametrize("times", [2, 4])
def test_small_faces_are_found_and_aligned_as_well_as_large_ones(
    looked: Callable[[bytes], Look], times: int, first_photos: Sequence[Path]
) -> None:
    apart = []
    for path in first_photos:
        large = opened(path, 500)
        with contextlib.suppress(NoFace):
            small = looked(encoded(on_canvas(large, times), "PNG"))
            apart.append(distance(small, looked(encoded(large, "PNG"))))
    assert len(apart) >= 0.8 * len(first_photos)
    assert np.median(apart) < 0.25


def test_every_finders_points_lie_where_their_marks_say(blaze: BlazeFinder, first_photos: Sequence[Path]) -> None:
    hog, apart = HogFinder(), []
    for path in first_photos:
        pixels, box = the_face(blaze, opened(path))
        ours, dlibs = blaze.align(pixels, box), hog.align(pixels, box)
        assert ours.marks is MARKS
        apart.append(np.abs(ours.chip.astype(int) - dlibs.chip).mean())
        assert np.allclose(pose(ours.points, ours.marks), pose(dlibs.points, dlibs.marks), atol=12)
    assert np.median(apart) < 20  # another frame would be 40 and more apart


def test_the_chip_is_what_its_frame_gives(blaze: BlazeFinder, first_photos: Sequence[Path]) -> None:
    face = blaze.align(*the_face(blaze, opened(first_photos[0])))
    assert np.array_equal(face.picture(padded_frame(150, 0.25), 150), face.chip)
    wide = face.picture(padded_frame(224, 0.5), 224)  # one pixel of the face is 100/112 of one of the chip
    inside = cv2.resize(wide[56:168, 56:168], (100, 100), interpolation=cv2.INTER_AREA)
    assert np.abs(inside.astype(int) - face.chip[25:125, 25:125]).mean() < 6


@pytest.mark.parametrize(
    "picture",
    [
        gradient(800, 600),
        Image.new("RGB", (640, 640), (200, 180, 160)),
        Image.effect_noise((500, 500), 60),
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (2000, 20)),
    ],
    ids=["gradient", "plain", "noise", "pixel", "line"],
)
def test_nothing_is_found_where_there_is_no_face(blaze: BlazeFinder, picture: Image.Image) -> None:
    for purpose in Purpose:
        assert blaze.find(photo_of(picture), purpose).boxes == []


def test_no_upright_face_is_taken_for_a_turned_one(blaze: BlazeFinder, first_photos: Sequence[Path]) -> None:
    for path in [*first_photos, *(photo for group in east_asian_people().values() for photo in group[:3])]:
        photo = open_photo(path.read_bytes(), PhotoLimits())
        found = blaze.find(photo, Purpose.ENROL)
        if found.boxes:
            face = blaze.align(found.pixels, max(found.boxes, key=lambda box: box.side))
            roll, _ = pose(face.points, face.marks)
            assert abs(roll) < 45, path.name


@pytest.mark.parametrize("share", [1.0, 1.15, 1.3])
def test_a_face_over_the_whole_frame_is_one_face_of_its_true_size(
    blaze: BlazeFinder, share: float, first_photos: Sequence[Path]
) -> None:
    for path in first_photos:
        whole, box = the_face(blaze, opened(path, 500))
        near = Image.fromarray(spoiling.too_near(whole, box, share))
        found = blaze.find(photo_of(near), Purpose.ENROL)
        assert len(found.boxes) == 1, path
        (y, x), (face,) = found.pixels.shape[:2], found.boxes
        assert face.side > 0.75 * share * min(y, x), path


def test_a_photo_upside_down_shows_its_one_face_upright(blaze: BlazeFinder, first_photos: Sequence[Path]) -> None:
    upright = 0
    for path in first_photos:
        picture = opened(path, 500).rotate(180)
        pixels, box = the_face(blaze, picture)
        face = blaze.align(pixels, box)
        upright += abs(abs(pose(face.points, face.marks)[0]) - 180) < 30
    assert len(first_photos) - upright <= 1


@pytest.mark.parametrize("ratio", [0.6, 1.0, 1.7])
def test_a_posters_face_is_found_beside_ones_own(
    blaze: BlazeFinder, ratio: float, first_photos: Sequence[Path]
) -> None:
    heads = [spoiling.head(*the_face(blaze, opened(path, 500))) for path in first_photos]
    for own, other in pairwise(heads):
        scene = Image.fromarray(spoiling.beside_poster(own, other, ratio))
        boxes = sorted(blaze.find(photo_of(scene), Purpose.ENROL).boxes, key=lambda box: -box.side)
        assert len(boxes) == 2
        assert boxes[1].side / boxes[0].side == pytest.approx(min(ratio, 1 / ratio), rel=0.3)
        with pytest.raises(MultipleFaces):
            nearest_face(boxes, Purpose.ENROL)


def test_several_people_are_all_found(blaze: BlazeFinder) -> None:
    for path in several_people():
        assert len(blaze.find(open_photo(path.read_bytes(), PhotoLimits()), Purpose.ENROL).boxes) >= 2


def test_the_mesh_knows_faces_from_what_is_none(
    converted_folder: Path, blaze: BlazeFinder, first_photos: Sequence[Path]
) -> None:
    mesh = FaceMesh(converted_folder)
    for path in first_photos:
        pixels, box = the_face(blaze, opened(path).rotate(40))
        assert mesh.fit(pixels, box).flag > 0.9
        beside = Box(0, 0, 40, 1.0, ((10, 10), (30, 10), (20, 20), (20, 30)))
        assert mesh.fit(np.full_like(pixels, 90), beside).flag < 0.1


@pytest.mark.parametrize(("flag", "count"), [(0.95, 1), (0.5, 0)])
def test_a_doubtful_face_counts_where_the_mesh_agrees(
    converted_folder: Path, monkeypatch: pytest.MonkeyPatch, flag: float, count: int
) -> None:
    finder = BlazeFinder(converted_folder)
    doubtful, sure = Box(0, 0, 50, 0.55, ((10, 10), (30, 10))), Box(100, 0, 50, 0.7)
    monkeypatch.setattr(BlazeFace, "find", lambda self, pixels: [sure, doubtful])
    monkeypatch.setattr(FaceMesh, "fit", lambda self, pixels, box: Fit(flag, 0.05))
    found = finder.find(photo_of(Image.new("RGB", (256, 256))), Purpose.CHECK_IN)
    assert found.boxes == [sure, doubtful][: 1 + count]


def test_one_face_is_one_box_and_the_surest_comes_first(detector: BlazeFace, first_photos: Sequence[Path]) -> None:
    both = np.hstack([np.asarray(opened(path).resize((400, 400))) for path in first_photos[:2]])
    boxes = detector.find(np.ascontiguousarray(both))
    sure = [box for box in boxes if box.score >= 0.6]
    assert len(sure) == 2
    assert [box.score for box in boxes] == sorted((box.score for box in boxes), reverse=True)
    assert sorted(box.middle[0] // 400 for box in sure) == [0, 1]


def test_pictures_are_shrunk_into_the_top_left_and_never_stretched() -> None:
    wide = np.full((100, 400, 3), 200, np.uint8)
    square, scale = letterboxed(wide)
    assert (square.shape, scale) == ((256, 256, 3), 0.64)
    assert (square[:64] == 200).all()
    assert not square[64:].any()
