"""All styles of covers by name: what they hide, and whether training may see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from faces.covers import over_eyes, over_mouth
from faces.covers.brushes import Random
from faces.covers.frame import FaceFrame
from faces.photos.photo import Pixels

Draw = Callable[[Pixels, FaceFrame, Random], Pixels]


class FacePart(StrEnum):
    """A part of the face that can be covered."""

    MOUTH = "mouth"
    EYES = "eyes"


@dataclass(frozen=True, slots=True)
class Style:
    """One kind of cover. hides: the parts that it covers; is_unseen: kept from training, for thresholds and reports."""

    name: str
    draw: Draw
    hides: frozenset[FacePart] = frozenset()
    is_unseen: bool = False


MOUTH, EYES, BOTH = frozenset([FacePart.MOUTH]), frozenset([FacePart.EYES]), frozenset(FacePart)


def _both(one: Draw, other: Draw) -> Draw:
    return lambda pixels, frame, random: other(one(pixels, frame, random), frame, random)


def _plain(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    return pixels


PLAIN = Style("plain", _plain)
TRAINED: tuple[Style, ...] = (
    Style("surgical mask", over_mouth.surgical_mask, MOUTH),
    Style("cloth mask", over_mouth.cloth_mask, MOUTH),
    Style("mask below the nose", over_mouth.mask_below_the_nose, MOUTH),
    Style("respirator", over_mouth.respirator, MOUTH),
    Style("scarf", over_mouth.scarf, MOUTH),
    Style("hand", over_mouth.hand, MOUTH),
    Style("held thing", over_mouth.held_thing, MOUTH),
    Style("mask and spectacles", _both(over_mouth.surgical_mask, over_eyes.spectacles), MOUTH),
    Style("mask and cap", _both(over_mouth.cloth_mask, over_eyes.cap), MOUTH),
    Style("aviators", over_eyes.aviators, EYES),
    Style("square sunglasses", over_eyes.square_sunglasses, EYES),
    Style("round sunglasses", over_eyes.round_sunglasses, EYES),
    Style("mirrored shield", over_eyes.mirrored_shield, EYES),
    Style("hair over the eyes", over_eyes.hair_over_the_eyes, EYES),
    Style("sunglasses and beard", _both(over_mouth.beard, over_eyes.square_sunglasses), EYES),
    Style("mask and sunglasses", _both(over_mouth.surgical_mask, over_eyes.square_sunglasses), BOTH),
    Style("scarf and aviators", _both(over_mouth.scarf, over_eyes.aviators), BOTH),
    Style("spectacles", over_eyes.spectacles),
    Style("fringe above the eyes", over_eyes.fringe_above_the_eyes),
    Style("cap", over_eyes.cap),
    Style("beard", over_mouth.beard),
    Style("mask under the chin", over_mouth.mask_under_the_chin),
    Style("spectacles and beard", _both(over_mouth.beard, over_eyes.spectacles)),
    Style("hand at the cheek", over_mouth.hand_at_the_cheek),
)
UNSEEN: tuple[Style, ...] = (
    Style("wide mask", over_mouth.wide_mask, MOUTH, True),
    Style("bandana", over_mouth.bandana, MOUTH, True),
    Style("fist", over_mouth.fist, MOUTH, True),
    Style("cat-eye sunglasses", over_eyes.cat_eye_sunglasses, EYES, True),
    Style("six-sided sunglasses", over_eyes.six_sided_sunglasses, EYES, True),
    Style("sleep mask", over_eyes.sleep_mask, EYES, True),
    Style("hand over the eyes", over_eyes.hand_over_the_eyes, EYES, True),
    Style("wide mask and cat-eye sunglasses", _both(over_mouth.wide_mask, over_eyes.cat_eye_sunglasses), BOTH, True),
    Style("other spectacles", over_eyes.other_spectacles, is_unseen=True),
    Style("moustache", over_mouth.moustache, is_unseen=True),
    Style("scarf round the neck", over_mouth.scarf_round_the_neck, is_unseen=True),
)
STYLES: tuple[Style, ...] = (PLAIN, *TRAINED, *UNSEEN)
# What only seems to hide a part; thresholds look at these too.
SEEMING: dict[FacePart, frozenset[str]] = {
    FacePart.MOUTH: frozenset(
        (
            "beard",
            "moustache",
            "spectacles and beard",
            "mask under the chin",
            "scarf round the neck",
            "hand at the cheek",
        )
    ),
    FacePart.EYES: frozenset(
        ("spectacles", "other spectacles", "spectacles and beard", "mask and spectacles", "fringe above the eyes")
    ),
}


def style_named(name: str, styles: Sequence[Style] = STYLES) -> Style:
    """Return the style of a name; raises KeyError."""
    return {style.name: style for style in styles}[name]
