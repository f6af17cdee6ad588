"""The people of a benchmark: a selfie as a phone sends it, and a template of the same person's other photos."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dlib
import numpy as np
from PIL import Image, ImageOps

from faces.engine import FaceEngine, Purpose
from faces.errors import FaceError
from faces.matching.policy import Band, Policy
from faces.matching.template import Template, make_template
from faces.matching.verify import verify
from tests.photos import people

SIZE = (1080, 1440)
FACE_SHARE = 1 / 3  # the face's share of the picture's height, as at arm's length
MOST_ENROLLED = 3
SEARCH_SIDE = 800
LAMPS, WAVES, LIGHT = 4, 2.0, 0.12  # how many, the most waves of light and shade across half a picture, and their size


@dataclass(frozen=True)
class PersonWithPhotos:
    """A person whose selfie is accepted. selfie: JPEG of 1080x1440; template: of other photos of the same person."""

    selfie: bytes
    template: Template


def attendees(engine: FaceEngine, policy: Policy, most: int = 6) -> list[PersonWithPhotos]:
    """Return up to `most` different people from the tests' photos, only those whose selfie is accepted."""
    found: list[PersonWithPhotos] = []
    for photos in people().values():
        if len(found) == most:
            break
        made = _visitor(engine, policy, photos)
        if made is not None:
            found.append(made)
    assert found, "nobody among the photos of faces passes a check-in"
    return found


def _visitor(engine: FaceEngine, policy: Policy, photos: Sequence[Path]) -> PersonWithPhotos | None:
    try:
        looks = [engine.look(path.read_bytes(), Purpose.ENROL) for path in photos[1 : 1 + MOST_ENROLLED]]
        template = make_template(looks, policy)
        shown = selfie(photos[0])
        decision = verify([engine.look(shown, Purpose.CHECK_IN)], template, policy)
    except FaceError:
        return None
    return PersonWithPhotos(shown, template) if decision.band is Band.ACCEPT else None


def selfie(path: Path, size: tuple[int, int] = SIZE) -> bytes:
    """Cut a portrait around the photo's face and scale it to `size`; return a JPEG of quality 90."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    left, top, side = _face(upright)
    height = side / FACE_SHARE
    width = height * size[0] / size[1]
    across, down = left + side / 2, top + side / 2
    edges = (across - width / 2, down - height / 2, across + width / 2, down + height / 2)
    buffer = io.BytesIO()
    upright.transform(size, Image.Transform.EXTENT, edges, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def in_other_light(photo: bytes, number: int) -> bytes:
    """Return another picture for another session: under other lamps each time; 0 returns the photo itself.

    A person can't check in twice with one picture.
    """
    if number == 0:
        return photo
    with Image.open(io.BytesIO(photo)) as image:
        pixels = np.asarray(image.convert("RGB"), np.float32)
    down, across = np.mgrid[-1 : 1 : pixels.shape[0] * 1j, -1 : 1 : pixels.shape[1] * 1j]
    drawn = np.random.default_rng(number)
    light = np.ones(down.shape)
    for _ in range(LAMPS):
        angle, waves, phase = drawn.uniform(0, (2 * np.pi, WAVES, 2 * np.pi))
        light += LIGHT * np.cos(2 * np.pi * waves * (across * np.cos(angle) + down * np.sin(angle)) + phase)
    buffer = io.BytesIO()
    lit = Image.fromarray(np.clip(pixels * light[:, :, None], 0, 255).astype(np.uint8))
    lit.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _face(image: Image.Image) -> tuple[float, float, float]:
    """Return left, top and side of the largest face in pixels; of the middle of the picture if no face is found."""
    scale = SEARCH_SIDE / max(image.size)
    small = image.resize((round(image.width * scale), round(image.height * scale)))
    found = dlib.get_frontal_face_detector()(np.asarray(small), 0)
    if not found:
        side = min(image.size) * FACE_SHARE
        return (image.width - side) / 2, (image.height - side) / 2, side
    box = max(found, key=lambda each: each.area())
    return box.left() / scale, box.top() / scale, box.width() / scale
