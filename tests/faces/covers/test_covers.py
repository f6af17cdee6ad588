"""Covered faces on real photos with drawn covers: refused at enrolment, told at check-in, and plain ones left alone."""

import functools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from faces.covers.brushes import is_grey
from faces.covers.drawing import PLAIN, STYLES, TRAINED, UNSEEN, FacePart, Style, style_named
from faces.covers.views import Eye, as_jpeg
from faces.engine import COVERED, Purpose
from faces.engines.choosing import make_engine
from faces.engines.networks import FaceresNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.errors import FaceCovered, FaceError
from faces.model_files.human_models import are_here
from tests.faces.engines.photo_engine import opened
from tests.faces.images import encoded
from tests.photos import people

pytestmark = pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human")


@pytest.fixture(scope="module")
def both(converted_folder: Path) -> PhotoEngine:
    return make_engine("dlib-onnx+faceres", folder=converted_folder)


@pytest.fixture(scope="module")
def eye(both: PhotoEngine, converted_folder: Path) -> Eye:
    faceres = FaceresNetwork(converted_folder)
    return Eye(functools.partial(both.aligned, purpose=Purpose.CHECK_IN), faceres.embed)


def first_photos() -> list[Path]:
    return [photos[0] for photos in people().values()]


def drawn(eye: Eye, photo: Path, style: Style, seed: int = 0, *, grey: bool = False) -> bytes:
    """A photo with a cover, as JPEG."""
    pixels = np.asarray(opened(photo, 640).convert("L" if grey else "RGB").convert("RGB"))
    found = eye.align(as_jpeg(pixels, 95))
    return as_jpeg(style.draw(found.pixels, eye.frame(found), np.random.default_rng(seed)))


def test_a_plain_photo_is_enrolled_and_not_called_covered(both: PhotoEngine) -> None:
    for photo in first_photos():
        quality = both.look(photo.read_bytes(), Purpose.ENROL).quality
        assert not quality.is_covered
        assert "uncover_face" not in quality.advice


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("name", ["surgical mask", "cloth mask", "respirator", "wide mask", "hand"])
def test_a_covered_mouth_is_refused_at_enrolment_alone(both: PhotoEngine, eye: Eye, name: str, grey: bool) -> None:
    photo = drawn(eye, first_photos()[0], style_named(name), grey=grey)
    with pytest.raises(FaceCovered) as refused:
        both.look(photo, Purpose.ENROL)
    assert refused.value.advice[0] == "uncover_face"
    quality = both.look(photo, Purpose.CHECK_IN).quality
    assert quality.mouth_cover >= COVERED
    assert quality.is_covered
    assert quality.advice[0] == "uncover_face"


def test_covered_eyes_are_advice_until_an_operator_refuses_them(
    both: PhotoEngine, eye: Eye, converted_folder: Path
) -> None:
    photo = drawn(eye, first_photos()[0], style_named("square sunglasses"), seed=1)
    quality = both.look(photo, Purpose.ENROL).quality
    assert quality.eyes_cover >= COVERED > quality.mouth_cover
    assert quality.advice[0] == "uncover_face"
    strict = make_engine("dlib-onnx+faceres", folder=converted_folder, refuses_covered_eyes=True)
    with pytest.raises(FaceCovered):
        strict.look(photo, Purpose.ENROL)
    assert strict.look(photo, Purpose.CHECK_IN).quality == both.look(photo, Purpose.CHECK_IN).quality
    assert strict.look(first_photos()[0].read_bytes(), Purpose.ENROL).quality.eyes_cover < COVERED


def test_clear_spectacles_are_no_cover(both: PhotoEngine, eye: Eye) -> None:
    for place, photo in enumerate(first_photos()):
        assert not both.look(drawn(eye, photo, style_named("spectacles"), place), Purpose.ENROL).quality.is_covered


@pytest.mark.slow
def test_masks_are_refused_and_what_hides_nothing_is_not(both: PhotoEngine, eye: Eye) -> None:
    called: dict[bool, list[bool]] = {True: [], False: []}
    for seed, photo in enumerate(first_photos()):
        for name in (
            "surgical mask",
            "wide mask",
            "bandana",
            "spectacles",
            "mask under the chin",
            "fringe above the eyes",
        ):
            style = style_named(name)
            try:
                quality = both.look(drawn(eye, photo, style, seed), Purpose.CHECK_IN).quality
            except FaceError:
                continue
            called[FacePart.MOUTH in style.hides].append(quality.is_covered)
    assert np.mean(called[True]) >= 0.9
    assert np.mean(called[False]) <= 0.1


def test_a_mask_painted_flat_is_a_cover_too(both: PhotoEngine, eye: Eye) -> None:
    picture = opened(first_photos()[0], 800).convert("RGB")
    outline = [(-1, 0.32), (0, 0.22), (1, 0.32), (0.95, 1.15), (0.55, 1.65), (0, 1.8), (-0.55, 1.65), (-0.95, 1.15)]
    found = both.aligned(encoded(picture, "PNG"), Purpose.CHECK_IN)
    flat = Image.fromarray(found.pixels)
    ImageDraw.Draw(flat).polygon([tuple(point) for point in eye.frame(found).at(outline)], fill=(172, 205, 226))
    with pytest.raises(FaceCovered):
        both.look(encoded(flat), Purpose.ENROL)


def test_without_the_second_network_covers_are_not_told_and_the_engine_says_so(
    both: PhotoEngine, engine: PhotoEngine, eye: Eye
) -> None:
    photo = drawn(eye, first_photos()[0], style_named("surgical mask"))
    assert both.judges_covers
    assert not engine.judges_covers
    quality = engine.look(photo, Purpose.ENROL).quality
    assert (quality.mouth_cover, quality.eyes_cover) == (0.0, 0.0)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_cover_is_drawn_and_stays_grey_on_a_grey_photo(eye: Eye, style: Style) -> None:
    photo = opened(first_photos()[0], 400)
    pixels = np.asarray(photo.convert("L").convert("RGB"))
    found = eye.align(as_jpeg(pixels, 95))
    made = style.draw(found.pixels, eye.frame(found), np.random.default_rng(0))
    assert made.shape == found.pixels.shape
    assert is_grey(made)
    assert np.array_equal(made, found.pixels) == (style is PLAIN)


def test_styles_for_reports_are_no_styles_of_training() -> None:
    assert not {style.name for style in TRAINED} & {style.name for style in UNSEEN}
    assert all(style.is_unseen for style in UNSEEN)
    assert len({style.name for style in STYLES}) == len(STYLES)
