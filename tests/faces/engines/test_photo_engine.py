"""The real engine on real photos."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from faces.engine import Look, Purpose
from faces.engines.networks import DlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.errors import FaceError, FaceRefused, LowQuality, MultipleFaces, NoFace, PhotoRefused
from faces.model_files.dlib_models import find_models
from faces.photos.photo import PhotoLimits
from tests.faces.conftest import LookAt
from tests.faces.engines.photo_engine import distance, opened
from tests.faces.images import encoded, gradient, hostile, oriented
from tests.photos import cut_off, east_asian_people, east_asian_strangers, people, several_people

ROOT = Path(__file__).parents[3]


def first_photo() -> Path:
    return next(iter(people().values()))[0]


@pytest.mark.slow
def test_every_photo_of_one_person_passes_at_enrolment_and_at_check_in(seen: LookAt) -> None:
    for photos in people().values():
        for photo in photos:
            for purpose in (Purpose.ENROL, Purpose.CHECK_IN):
                look = seen(photo, purpose)
                assert look.embedding.shape == (128,)
                assert look.embedding.dtype == np.float32
                assert look.engine == "dlib-resnet-v1"


@pytest.mark.slow
def test_east_asian_photos_are_refused_only_where_a_second_face_rivals_the_first(seen: LookAt) -> None:
    photos = [*(photo for group in east_asian_people().values() for photo in group), *east_asian_strangers()]
    rivals = 0
    for photo in photos:
        try:
            seen(photo)
        except MultipleFaces:  # some of these news photos do show two people side by side
            rivals += 1
    assert rivals <= len(photos) * 0.07  # thirteen of 221, and all thirteen do


def test_one_person_is_nearer_to_themself_than_to_anybody_else(seen: LookAt) -> None:
    looks = {name: [seen(photo) for photo in photos] for name, photos in people().items()}
    farthest_own = max(distance(one, other) for group in looks.values() for one, other in combinations(group, 2))
    nearest_other = min(
        distance(one, other)
        for name, other_name in combinations(looks, 2)
        for one in looks[name]
        for other in looks[other_name]
    )
    assert farthest_own < 0.55 < 0.6 < nearest_other


@pytest.fixture(scope="module")
def upright(engine: PhotoEngine) -> Look:
    """The look at the first photo, upright and without loss."""
    return engine.look(encoded(opened(first_photo()), "PNG"), Purpose.CHECK_IN)


@pytest.mark.parametrize(
    ("orientation", "kind"), [*((way, "JPEG") for way in range(1, 9)), (6, "PNG"), (6, "WEBP"), (6, "HEIF")]
)
def test_the_face_is_the_same_however_the_camera_was_held(
    engine: PhotoEngine, upright: Look, orientation: int, kind: str
) -> None:
    turned = engine.look(oriented(opened(first_photo()), orientation, kind), Purpose.CHECK_IN)
    assert distance(upright, turned) < 0.15


def test_a_large_selfie_gives_the_same_face_as_the_photo_it_was_made_of(engine: PhotoEngine, seen: LookAt) -> None:
    small = opened(first_photo(), 1000)
    large = small.resize((small.width * 4, small.height * 4), Image.Resampling.BICUBIC)
    look = engine.look(encoded(large, quality=90), Purpose.CHECK_IN)
    assert distance(look, seen(first_photo(), Purpose.CHECK_IN)) < 0.25
    assert look.quality.face_px > 400


def test_several_people_are_refused_at_enrolment(engine: PhotoEngine) -> None:
    assert several_people()
    for photo in several_people():
        with pytest.raises(MultipleFaces) as refused:
            engine.look(photo.read_bytes(), Purpose.ENROL)
        assert refused.value.advice == ("one_person_only",)


def test_at_check_in_the_nearest_face_counts_and_the_queue_behind_does_not(engine: PhotoEngine, seen: LookAt) -> None:
    # The second person's photo beside the first one's, at a third of the size.
    (near, *_), (far, *_) = list(people().values())[:2]
    queue = with_somebody_behind(opened(near), opened(far), share=0.34)
    assert distance(engine.look(queue, Purpose.CHECK_IN), seen(near, Purpose.CHECK_IN)) < 0.3


def with_somebody_behind(near: Image.Image, far: Image.Image, share: float) -> bytes:
    small = far.resize((round(near.width * share), round(near.width * share * far.height / far.width)))
    both = Image.new("RGB", (near.width + small.width, max(near.height, small.height)), (120, 120, 120))
    both.paste(near, (0, 0))
    both.paste(small, (near.width, 0))
    return encoded(both, quality=95)


def test_cut_off_faces_are_told_to_show_the_whole_face(engine: PhotoEngine) -> None:
    for photo in cut_off():
        look = engine.look(photo.read_bytes(), Purpose.ENROL)
        assert look.quality.cut_off > 0.1
        assert look.quality.advice[0] == "whole_face"


@pytest.mark.slow
@pytest.mark.parametrize(
    "picture",
    [gradient(800, 600), Image.new("RGB", (640, 640), (200, 180, 160)), Image.effect_noise((500, 500), 60)],
    ids=["gradient", "plain", "noise"],
)
def test_a_picture_without_a_face_is_refused(engine: PhotoEngine, picture: Image.Image) -> None:
    for purpose in Purpose:
        with pytest.raises(NoFace):
            engine.look(encoded(picture, "PNG"), purpose)


def test_a_pitch_black_photo_is_refused_and_asks_for_light(engine: PhotoEngine) -> None:
    dark = opened(first_photo()).point(lambda grey: grey * 0.02)
    with pytest.raises(FaceRefused) as refused:
        engine.look(encoded(dark), Purpose.CHECK_IN)
    assert isinstance(refused.value, LowQuality | NoFace)
    assert refused.value.advice[0] == "more_light"


def test_a_dim_photo_still_passes_with_advice(engine: PhotoEngine, seen: LookAt) -> None:
    dim = engine.look(encoded(opened(first_photo()).point(lambda grey: grey * 0.2)), Purpose.CHECK_IN)
    assert "more_light" in dim.quality.advice
    assert distance(dim, seen(first_photo(), Purpose.CHECK_IN)) < 0.4


@pytest.mark.slow
def test_pure_blur_is_refused(engine: PhotoEngine) -> None:
    for photos in people().values():
        blurred = encoded(opened(photos[0]).filter(ImageFilter.GaussianBlur(24)), "PNG", compress_level=1)
        with pytest.raises(FaceRefused) as refused:
            engine.look(blurred, Purpose.CHECK_IN)
        assert isinstance(refused.value, LowQuality | NoFace)


def test_a_tiny_face_is_refused(engine: PhotoEngine) -> None:
    for photos in people().values():
        with pytest.raises(FaceRefused) as refused:
            engine.look(encoded(opened(photos[0], 40), "PNG"), Purpose.CHECK_IN)
        assert isinstance(refused.value, LowQuality | NoFace)


def test_hostile_files_are_refused_by_the_engine_and_no_face_is_found_in_any(engine: PhotoEngine) -> None:
    for name, file in hostile().items():
        with pytest.raises(PhotoRefused) as refused:
            engine.look(file, Purpose.CHECK_IN)
        assert refused.value.photo is None, name


def test_the_engine_keeps_to_its_limits() -> None:
    small = PhotoEngine([DlibNetwork(find_models())], PhotoLimits(max_pixels=100))
    with pytest.raises(PhotoRefused):
        small.look(first_photo().read_bytes(), Purpose.CHECK_IN)


def test_several_threads_get_the_answers_that_one_gets(engine: PhotoEngine, seen: LookAt) -> None:
    photos = [group[0] for group in people().values()][:4] * 2
    with ThreadPoolExecutor(4) as threads:
        looks = list(threads.map(lambda photo: engine.look(photo.read_bytes(), Purpose.CHECK_IN), photos))
    for photo, look in zip(photos, looks, strict=True):
        assert np.array_equal(look.embedding, seen(photo, Purpose.CHECK_IN).embedding)


def test_nothing_of_a_face_is_in_the_text_of_a_look(seen: LookAt) -> None:
    look = seen(first_photo())
    assert "embedding" not in repr(look)
    assert not any(f"{number:.4f}"[1:] in repr(look) for number in look.embedding.tolist()[:20])


def test_errors_carry_no_text_but_their_code(engine: PhotoEngine) -> None:
    with pytest.raises(FaceError) as refused:
        engine.look(b"a secret that is no photo", Purpose.ENROL)
    assert str(refused.value) == "photo_unsupported"


@pytest.mark.slow
def test_the_engine_imports_neither_face_recognition_nor_its_models(converted_folder: Path) -> None:
    program = (
        "import sys, pathlib, faces.engines.choosing as e; e.make_engine('dlib', folder=pathlib.Path(sys.argv[1]));"
        "sys.exit(bool({'face_recognition', 'face_recognition_models', 'pkg_resources'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(converted_folder)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=120).returncode == 0  # noqa: S603
