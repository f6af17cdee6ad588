"""Views of people's photos, plain and with drawn covers, as the numbers that the classifier takes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from faces.covers.brushes import Random, is_grey
from faces.covers.drawing import PLAIN, Style
from faces.covers.features import Features, features
from faces.covers.frame import FaceFrame, FrameFinder
from faces.engine import Embedding
from faces.errors import FaceError
from faces.finding.alignment import CHIP_PADDING, AlignedFace, similarity
from faces.finding.boxes import Box
from faces.photos.photo import Pixels

OTHERS = "_one_photo"
FACE_PX = 130.0  # at most, of the face in a view
ROUND_THE_FACE = (0.7, 2.0)  # sides of the face that a view shows on each side of it
SKIN = np.array([[1.0, 0.8, 0.65], [1.25, 0.95, 0.9]])  # the colours, red to blue, that a grey photo may be given
FACE_SHARE = 1 / (1 + 2 * CHIP_PADDING)  # of the side of dlib's chip


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One view. found: None where no face was found. is_original: the photo as it is, neither drawn nor changed."""

    person: int
    style: str
    found: Features | None = field(repr=False)
    is_original: bool = False


@dataclass(frozen=True, slots=True)
class Eye:
    """What sees a photo. align: finds the face, and raises FaceError; embed: faceres."""

    align: Callable[[bytes], AlignedFace]
    embed: Callable[[AlignedFace], Embedding]
    frames: FrameFinder = field(default_factory=FrameFinder)

    def see(self, photo: bytes) -> Features | None:
        """Return the features of the face in a photo; None where there is none."""
        try:
            face = self.align(photo)
        except FaceError:
            return None
        return features(face.chip, self.embed(face))

    def frame(self, face: AlignedFace) -> FaceFrame:
        """Return the frame of an aligned face, in its pixels."""
        return self.frames.find(face.pixels, box_of(face))


def people_in(folders: Iterable[Path]) -> dict[str, list[Path]]:
    """Return the photos of each person, of folders with one folder a person; in `_one_photo/` each photo is one."""
    people: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*/*.*")):
            group = path.parent.name
            if group == OTHERS:
                people[f"{folder.name}/{OTHERS}/{path.stem}"] = [path]
            elif not group.startswith("_"):
                people.setdefault(f"{folder.name}/{group}", []).append(path)
    return people


def views(eye: Eye, person: int, photo: bytes, times: Mapping[Style, float], random: Random) -> Iterator[View]:
    """Yield views of one photo: as it is, then in each style. times: how many; a share is the chance of one more."""
    try:
        face = eye.align(photo)
    except FaceError:
        return
    yield View(person, PLAIN.name, features(face.chip, eye.embed(face)), is_original=True)
    for style, wanted in times.items():
        for _ in range(int(wanted) + int(random.random() < wanted % 1)):
            cut, box = cut_round(face, random)
            if random.random() < 0.5:
                cut, box = np.ascontiguousarray(cut[:, ::-1]), replace(box, left=cut.shape[1] - box.left - box.side)
            cut = disturbed(cut, random)
            drawn = style.draw(cut, eye.frames.find(cut, box), random)
            yield View(person, style.name, eye.see(as_jpeg(drawn, int(random.integers(60, 96)))))


def as_jpeg(pixels: Pixels, quality: int = 92) -> bytes:
    """Encode RGB pixels."""
    packed = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return packed.tobytes()


def box_of(face: AlignedFace) -> Box:
    """Return the square of an aligned face, in its pixels."""
    matrix = similarity(face.marks.positions, face.points)
    side = float(np.hypot(*matrix[:, 0])) * FACE_SHARE
    x, y = matrix[:, :2] @ (0.5, 0.5) + matrix[:, 2]
    return Box(float(x) - side / 2, float(y) - side / 2, side, 1.0)


def cut_round(face: AlignedFace, random: Random) -> tuple[Pixels, Box]:
    """Return the photo round a face, the face at most `FACE_PX` large, and its square there."""
    box, (height, width) = box_of(face), face.pixels.shape[:2]
    before, after = random.uniform(*ROUND_THE_FACE, (2, 2)) * box.side
    (x, y), half = box.middle, box.side / 2
    left, top = max(0, int(x - half - before[0])), max(0, int(y - half - before[1]))
    right, bottom = min(width, int(x + half + after[0])), min(height, int(y + half + after[1]))
    cut = np.ascontiguousarray(face.pixels[top:bottom, left:right])
    scale = min(1.0, FACE_PX / box.side)
    if scale < 1:
        cut = np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return cut, box.moved(1.0, -left, -top).moved(scale)


def disturbed(pixels: Pixels, random: Random) -> Pixels:
    """Return a photo as another camera might have made it: in grey or tinted, darker, softer, with noise."""
    made = np.asarray(pixels, np.float32)
    if random.random() < 0.35:
        made = made * random.uniform(*SKIN) if is_grey(pixels) else np.repeat(made.mean(axis=2, keepdims=True), 3, 2)
    made = (made - 128) * random.uniform(0.7, 1.2) + 128 * random.uniform(0.75, 1.2)
    if random.random() < 0.3:
        made = np.asarray(cv2.GaussianBlur(made, (0, 0), random.uniform(0.4, 1.3)), np.float32)
    if random.random() < 0.3:
        made = np.asarray(made + random.normal(0, random.uniform(1, 7), made.shape[:2])[..., None], np.float32)
    return np.asarray(np.clip(made, 0, 255), np.uint8)


def seen(views_given: Sequence[View]) -> list[View]:
    """Return the views in which a face was found."""
    return [view for view in views_given if view.found is not None]
