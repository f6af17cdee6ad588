"""The benchmark of copies: its copies are pictures of their own, and its counts are those of the product's measure."""

import io

import numpy as np
from PIL import Image

from bench.copies import AS_IT_IS, COPIES, OTHERS, EnrolledPicture, copies_of, measure, shares, tell
from faces.engine import Purpose
from faces.matching.policy import load_policy
from tests.fakes import FakeEngine, picture

PEOPLE = [f"person {n}" for n in range(44)]


def pictured(engine: FakeEngine, name: str, number: int) -> EnrolledPicture:
    shot = {"exact": picture(name, number), "tagged": picture(name, number, tags=1), "next": picture(name, number + 50)}
    shot |= {"mirrored": picture(name, number, mirrored=True), AS_IT_IS: picture(name, number)}
    looks = {kind: engine.look(photo, Purpose.CHECK_IN) for kind, photo in shot.items()}
    return EnrolledPicture(name, engine.look(picture(name, number), Purpose.ENROL), looks)


def test_every_kind_of_copy_is_a_picture_and_no_two_are_one_file() -> None:
    buffer = io.BytesIO()
    drawn = np.random.default_rng(1).integers(0, 255, (60, 48, 3), np.uint8)
    Image.fromarray(drawn).resize((480, 600)).save(buffer, "JPEG", quality=95)
    made = copies_of(buffer.getvalue())
    assert set(COPIES) < set(made)
    assert len(set(made.values())) == len(made)
    for copy in made.values():
        Image.open(io.BytesIO(copy)).load()


def test_each_signal_is_counted_by_itself() -> None:
    picture_of_li = pictured(FakeEngine(), "li", 1)
    found = {kind: tell([(picture_of_li, look)], load_policy()) for kind, look in picture_of_li.copies.items()}
    told = {kind: (each.by_distance, each.by_file_or_pixels, each.by_bands) for kind, each in found.items()}
    assert told["exact"] == told["tagged"] == (1, 1, 1)
    assert told["mirrored"] == (1, 0, 0)
    assert told["next"] == (0, 0, 0)
    assert shares(found["mirrored"]) == ["100%", "0%", "0%"]


def test_both_halves_are_judged_by_the_other_one() -> None:
    engine = FakeEngine()
    engine.also = ()
    told, thresholds = measure([pictured(engine, name, n) for name in PEOPLE for n in (1, 2)], engine.networks)
    assert thresholds == [0.045, 0.045]
    assert (told["exact"].compared, told["exact"].by_distance) == (88, 88)
    assert told[OTHERS].compared == len(PEOPLE)
    assert told[OTHERS].by_file_or_pixels == told[OTHERS].by_bands == 0
