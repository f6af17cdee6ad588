"""BlazeFace compared with the HOG chain: the faces that each finds, also turned and small ones, and false findings.

    python -m bench.detector [--every N]

The photos are all the tests' photos of one person, or every Nth. A face counts as found if a box covers the middle of
the largest face that either finder found in the original photo. Pictures without a face are the corners of the photos
outside all boxes of both, and synthetic ones: noise of several grains, a gradient, checks.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.measuring import in_turns, pin, table, write_result

CORES = len(pin(1))

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from faces.engine import Purpose  # noqa: E402
from faces.finding.blaze_finder import BlazeFinder  # noqa: E402
from faces.finding.boxes import Box  # noqa: E402
from faces.finding.finder import Finder  # noqa: E402
from faces.finding.hog import HogFinder  # noqa: E402
from faces.finding.quality import pose  # noqa: E402
from faces.photos.photo import Photo, PhotoLimits, Pixels, open_photo  # noqa: E402
from tests.photos import east_asian_people, east_asian_strangers, people, several_people  # noqa: E402

KEPT = Path("var") / "models"
GREY = (110, 110, 110)
LONG_SIDE = 500
TURNS = (30, 45, 90, 135, 180)
UPRIGHT_WITHIN = 25.0  # degrees
Change = Callable[[Pixels], tuple[Pixels, np.ndarray]]


def main() -> None:
    """Measure, print the table and write the result."""
    parser = argparse.ArgumentParser(prog="detector", description="BlazeFace beside HOG.")
    parser.add_argument("--every", type=int, default=1, help="take every Nth photo")
    every = parser.parse_args().every
    finders: dict[str, Finder] = {"BlazeFace": BlazeFinder(KEPT), "HOG": HogFinder()}
    western = [photo for group in people().values() for photo in group][::every]
    east_asian = [*(photo for group in east_asian_people().values() for photo in group), *east_asian_strangers()][
        ::every
    ]
    meant = [each for path in [*western, *east_asian] if (each := face_meant(finders, path)) is not None]
    rows: dict[str, dict[str, str]] = {}
    changes: dict[str, Change] = {
        "as they are": lambda pixels: (pixels, np.eye(2, 3)),
        **{f"turned by {degrees} degrees": turning(degrees) for degrees in TURNS},
        "a quarter the size": quarter,
    }
    for name, change in changes.items():
        rows[f"found, {name}"] = {kind: recall(finder, meant, change) for kind, finder in finders.items()}
    for degrees in TURNS:
        rows[f"upright, turned by {degrees} degrees"] = {"BlazeFace": uprightness(finders["BlazeFace"], meant, degrees)}
    empty = [*corners(finders, meant), *synthetic()]
    rows[f"false boxes in {len(empty)} faceless pictures"] = {
        kind: str(sum(len(found(finder, picture)) for picture in empty)) for kind, finder in finders.items()
    }
    groups = several_people()
    rows[f"two or more found in {len(groups)} photos of several people"] = {
        kind: str(sum(len(finder.find(opened(path), Purpose.ENROL).boxes) >= 2 for path in groups))
        for kind, finder in finders.items()
    }
    photo = encoded(meant[0][0])
    cases = {kind: partial(finder.find, photo, Purpose.CHECK_IN) for kind, finder in finders.items()}
    timings = in_turns(cases, rounds=41, warm=5)
    rows["CPU ms, photo of 500 px with its decoding"] = {kind: each.spread() for kind, each in timings.items()}
    print(table(["faces", *finders], [[name, *(row.get(kind, "") for kind in finders)] for name, row in rows.items()]))
    figures: dict[str, Any] = {
        "photos": {"western": len(western), "east_asian": len(east_asian), "with a face known": len(meant)},
        "figures": rows,
        "timings": {kind: each.as_dict() for kind, each in timings.items()},
    }
    packages = ["dlib-bin", "numpy", "onnxruntime", "opencv-python-headless"]
    write_result("detector", figures, packages=packages, pinned_to=CORES)


def opened(path: Path) -> Photo:
    """Open a photo from a file."""
    return open_photo(path.read_bytes(), PhotoLimits())


def encoded(pixels: Pixels) -> Photo:
    """Return a photo of the pixels, encoded without loss."""
    _, data = cv2.imencode(".png", pixels[:, :, ::-1])
    return open_photo(data.tobytes(), PhotoLimits())


def found(finder: Finder, pixels: Pixels) -> list[Box]:
    """Return the faces that a check-in finds, as boxes in these pixels."""
    seen = finder.find(encoded(pixels), Purpose.CHECK_IN)
    scale = max(pixels.shape) / max(seen.pixels.shape)
    return [box.moved(scale) for box in seen.boxes]


def face_meant(finders: dict[str, Finder], path: Path) -> tuple[Pixels, Box, list[Box]] | None:
    """Return the photo, its largest face and all boxes of both finders; None if neither finds a face."""
    whole = opened(path).decode(LONG_SIDE)
    scale = min(1.0, LONG_SIDE / max(whole.shape))
    pixels: Pixels = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    boxes = [box for finder in finders.values() for box in found(finder, pixels)]
    return (pixels, max(boxes, key=lambda box: box.side), boxes) if boxes else None


def turning(degrees: int) -> Change:
    """Return a change that turns a photo counter-clockwise on a grey ground large enough for all of it."""

    def turned(pixels: Pixels) -> tuple[Pixels, np.ndarray]:
        height, width = pixels.shape[:2]
        side = int(np.hypot(height, width)) + 1
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        matrix[:, 2] += (side - width) / 2, (side - height) / 2
        return cv2.warpAffine(pixels, matrix, (side, side), borderValue=GREY), matrix  # type: ignore[return-value]

    return turned


def quarter(pixels: Pixels) -> tuple[Pixels, np.ndarray]:
    """Return the photo on a ground four times as wide and high, and the change of its coordinates."""
    height, width = pixels.shape[:2]
    matrix = np.array([[1.0, 0, 1.5 * width], [0, 1.0, 1.5 * height]])
    return cv2.warpAffine(pixels, matrix, (4 * width, 4 * height), borderValue=GREY), matrix  # type: ignore[return-value]


def recall(finder: Finder, meant: list[tuple[Pixels, Box, list[Box]]], change: Change) -> str:
    """Return the number of faces that are found after a change of their photos, as text."""
    count = 0
    for pixels, box, _ in meant:
        changed, matrix = change(pixels)
        x, y = matrix @ (*box.middle, 1)
        boxes = found(finder, changed)
        count += any(max(abs(x - each.middle[0]), abs(y - each.middle[1])) < each.side / 2 for each in boxes)
    return f"{count} of {len(meant)}"


def uprightness(finder: Finder, meant: list[tuple[Pixels, Box, list[Box]]], degrees: int) -> str:
    """Return the number of found largest faces that are as upright as in the unturned photo, as text."""
    count = tried = 0
    for pixels, _, _ in meant:
        rolls = []
        for changed, _ in (turning(0)(pixels), turning(degrees)(pixels)):
            if boxes := found(finder, changed):
                face = finder.align(changed, max(boxes, key=lambda each: each.side))
                rolls.append(pose(face.points, face.marks)[0])
        if len(rolls) == 2:
            tried += 1
            count += abs((rolls[1] + degrees - rolls[0] + 180) % 360 - 180) < UPRIGHT_WITHIN
    return f"{count} of {tried}"


def corners(finders: dict[str, Finder], meant: list[tuple[Pixels, Box, list[Box]]]) -> list[Pixels]:
    """Return the corners, a third of each side, that are outside all boxes."""
    cut = []
    for pixels, _, boxes in meant:
        height, width = pixels.shape[0] // 3, pixels.shape[1] // 3
        for top in (0, pixels.shape[0] - height):
            for left in (0, pixels.shape[1] - width):
                if not any(touches(box, left, top, width, height) for box in boxes):
                    cut.append(np.ascontiguousarray(pixels[top : top + height, left : left + width]))
    return cut


def touches(box: Box, left: int, top: int, width: int, height: int) -> bool:
    """Return whether a box, enlarged by half of it on each side, overlaps a rectangle."""
    reach = box.side
    across, down = abs(box.middle[0] - left - width / 2), abs(box.middle[1] - top - height / 2)
    return across < reach + width / 2 and down < reach + height / 2


def synthetic() -> list[Pixels]:
    """Return pictures of noise, gradients and checks."""
    drawn, pictures = np.random.default_rng(7), []
    for grain in (1, 4, 16, 64):
        for _ in range(10):
            cells = drawn.integers(0, 256, (512 // grain, 512 // grain, 3), dtype=np.uint8)
            pictures.append(cv2.resize(cells, (512, 512), interpolation=cv2.INTER_CUBIC))
    ramp = np.linspace(0, 255, 512, dtype=np.uint8)
    pictures.append(np.repeat(np.tile(ramp, (512, 1))[:, :, None], 3, axis=2))
    for cell in (8, 32, 128):
        checks = (np.indices((512, 512)) // cell).sum(axis=0) % 2 * 255
        pictures.append(np.repeat(checks.astype(np.uint8)[:, :, None], 3, axis=2))
    return pictures  # type: ignore[return-value]


if __name__ == "__main__":
    main()
