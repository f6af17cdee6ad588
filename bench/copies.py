"""Measures how many copies of a picture are told as copies, and how many other pictures are wrongly called one.

    python -m bench.copies DIR [--engine NAME]

DIR has one folder for each person. A picture is copied as people copy one: saved again, resized, cropped, mirrored, in
other light. The distances are centred on half of the people and judged on the other half, then swapped: the measure is
never centred on who is judged. Told by bands: two of four bands of the face's 64-bit hash are equal, which leads a
check-in to review only. The photos are few; shares under one percent are guesses.
"""

import argparse
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from bench.measuring import RESULTS, pin, table, write_result

CORES = len(pin(1))

import numpy as np  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402

from accounts.enrolment.used_pictures import EQUAL_BANDS  # noqa: E402
from faces.calibration.calibrating import calibrate  # noqa: E402
from faces.calibration.pairs import Yardstick  # noqa: E402
from faces.engine import FaceEngine, Look, Purpose  # noqa: E402
from faces.engines.choosing import make_engine, networks_of  # noqa: E402
from faces.errors import FaceError  # noqa: E402
from faces.matching.policy import Policy  # noqa: E402

KEPT = Path("var") / "models"
DEFAULT = "dlib-onnx+faceres"
MOST_PHOTOS = 6  # of a person
AS_IT_IS, OTHERS = "as it is", "other pictures of one person"
Copy = Callable[[Image.Image], bytes]


@dataclass(frozen=True)
class EnrolledPicture:
    """One picture of a person as it was enrolled, and the looks at its copies by their kind."""

    person: str
    enrolled: Look
    copies: Mapping[str, Look]


@dataclass(frozen=True)
class ToldCounts:
    """How many of the comparisons were told by each signal."""

    compared: int
    by_distance: int
    by_file_or_pixels: int
    by_bands: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    parser = argparse.ArgumentParser(prog="copies", description="How many copies of a picture are told.")
    parser.add_argument("folder", type=Path, help="one folder a person")
    parser.add_argument("--engine", default=DEFAULT)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    asked = parser.parse_args(arguments)
    pictures = look_at(make_engine(asked.engine, folder=KEPT), asked.folder)
    told, thresholds = measure(pictures, networks_of(asked.engine))
    rows = [[kind, each.compared, *shares(each)] for kind, each in told.items()]
    print(table(["copies, told by", "pairs", "distance", "file or pixels", "bands"], rows))
    figures = {
        "engine": asked.engine,
        "folder": asked.folder.name,
        "same_photo": thresholds,
        "told": {kind: vars(each) for kind, each in told.items()},
    }
    packages = ["dlib-bin", "numpy", "onnxruntime", "opencv-python-headless", "pillow"]
    write_result(f"copies_{asked.folder.name}", figures, packages=packages, pinned_to=CORES, folder=asked.results)


def copies_of(photo: bytes) -> dict[str, bytes]:
    """Return copies of an encoded photo, as people make them, by kind."""
    with Image.open(io.BytesIO(photo)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    return {"the very file": photo, "another comment in the file": _commented(photo)} | {
        kind: copy(image) for kind, copy in COPIES.items()
    }


def look_at(engine: FaceEngine, folder: Path) -> list[EnrolledPicture]:
    """Look at the photos of each person, and at copies of the first; photos that an enrolment refuses are left out."""
    found = []
    for person in sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("_")):
        for place, path in enumerate(sorted(person.glob("*.*"))[:MOST_PHOTOS]):
            photo = path.read_bytes()
            enrolled = _try(engine, photo, Purpose.ENROL)
            if enrolled is None:
                continue
            shown = {AS_IT_IS: _try(engine, photo)}
            if place == 0:
                shown |= {kind: _try(engine, copy) for kind, copy in copies_of(photo).items()}
            copies = {kind: look for kind, look in shown.items() if look is not None}
            found.append(EnrolledPicture(person.name, enrolled, copies))
    return found


def measure(pictures: Sequence[EnrolledPicture], networks: Sequence[str]) -> tuple[dict[str, ToldCounts], list[float]]:
    """Return what was told of copies and of other pictures, by kind, and the thresholds of both halves."""
    people = sorted({each.person for each in pictures})
    told: dict[str, list[ToldCounts]] = {}
    thresholds = []
    for half in (0, 1):
        policy = _policy([each for each in pictures if people.index(each.person) % 2 == half], networks)
        thresholds.append(policy.same_photo)
        judged = [each for each in pictures if people.index(each.person) % 2 != half]
        for kind in dict.fromkeys(kind for each in judged for kind in each.copies if kind != AS_IT_IS):
            pairs = [(each, each.copies[kind]) for each in judged if kind in each.copies]
            told.setdefault(kind, []).append(tell(pairs, policy))
        others = [
            (one, other.copies[AS_IT_IS])
            for one, other in combinations(judged, 2)
            if one.person == other.person and AS_IT_IS in other.copies
        ]
        told.setdefault(OTHERS, []).append(tell(others, policy))
    return {kind: _sum(each) for kind, each in told.items()}, thresholds


def tell(pairs: Sequence[tuple[EnrolledPicture, Look]], policy: Policy) -> ToldCounts:
    """Count what each signal tells of enrolled pictures and looks at a check-in. Bands: of two looks at a check-in."""
    near = files = bands = 0
    for picture, shown in pairs:
        faces = (picture.enrolled.descriptors, picture.enrolled.mirrored)
        near += any(policy.measure.distance(face, shown.descriptors) < policy.same_photo for face in faces)
        used = picture.copies.get(AS_IT_IS, picture.enrolled).fingerprint
        again = shown.fingerprint
        if used is not None and again is not None:
            files += used.file == again.file or used.pixels == again.pixels
            bands += sum(one == other for one, other in zip(used.bands, again.bands, strict=True)) >= EQUAL_BANDS
    return ToldCounts(len(pairs), near, files, bands)


def shares(told: ToldCounts) -> list[str]:
    """Return the shares of the three signals in words."""
    return [f"{hits / max(told.compared, 1):.0%}" for hits in (told.by_distance, told.by_file_or_pixels, told.by_bands)]


def _policy(pictures: Sequence[EnrolledPicture], networks: Sequence[str]) -> Policy:
    people: dict[str, list[Any]] = {}
    for each in pictures:
        people.setdefault(each.person, []).append(each.enrolled.descriptors)
    return calibrate(list(people.values()), Yardstick(tuple(networks)), version="half", source="half").policy


def _sum(found: Sequence[ToldCounts]) -> ToldCounts:
    return ToldCounts(*(sum(values) for values in zip(*(vars(each).values() for each in found), strict=True)))


def _try(engine: FaceEngine, photo: bytes, purpose: Purpose = Purpose.CHECK_IN) -> Look | None:
    try:
        return engine.look(photo, purpose)
    except FaceError:
        return None


def _commented(photo: bytes) -> bytes:
    """Return a JPEG with a comment behind its first marker; another file as it is."""
    return photo[:2] + b"\xff\xfe\x00\x06copy" + photo[2:] if photo.startswith(b"\xff\xd8") else photo


def _saved(image: Image.Image, quality: int = 90, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=quality)
    return buffer.getvalue()


def _resized(image: Image.Image, share: float) -> bytes:
    return _saved(image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS))


def _cropped(image: Image.Image, share: float) -> bytes:
    across, down = round(image.width * share), round(image.height * share)
    return _saved(image.crop((across, down, image.width - across, image.height - down)))


def _lit(image: Image.Image, *channels: float) -> bytes:
    lit = np.clip(np.asarray(image, np.float32) * channels, 0, 255).astype(np.uint8)
    return _saved(Image.fromarray(lit))


COPIES: dict[str, Copy] = {
    "saved at quality 80": lambda image: _saved(image, 80),
    "saved at quality 50": lambda image: _saved(image, 50),
    "saved as WebP": lambda image: _saved(image, 80, "WEBP"),
    "resized to 80%": lambda image: _resized(image, 0.8),
    "resized to half": lambda image: _resized(image, 0.5),
    "cropped by 3% a side": lambda image: _cropped(image, 0.03),
    "cropped by 8% a side": lambda image: _cropped(image, 0.08),
    "mirrored": lambda image: _saved(ImageOps.mirror(image)),
    "darker": lambda image: _lit(image, 0.8, 0.8, 0.8),
    "brighter": lambda image: _lit(image, 1.15, 1.15, 1.15),
    "warmer": lambda image: _lit(image, 1.06, 1.0, 0.94),
}


if __name__ == "__main__":
    main()
