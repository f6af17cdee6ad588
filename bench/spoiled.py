"""Counts what becomes of photos that people spoil: too near, turned, beside a poster, blurred, shaken, dark, noisy.

    python -m bench.spoiled [FOLDER ...] [--every N] [--results DIR]

A FOLDER has one folder for each person, with photos of that person alone; by default the tests' folders are taken.
Each count has a 95% interval (Wilson). A photo of one's own is compared with the first photo of the same person, a
stranger's with the first photos of three other people, by plain distance, and passes at the threshold for one photo.
"Alike" means that the enrolled photo is spoiled in the same way, if enrolment lets it through. Photos that the engine
refuses as they are take no part.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.measuring import RESULTS, pin, table, write_result

CORES = len(pin(1))

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from bench import spoiling  # noqa: E402
from faces.calibration.intervals import share_interval  # noqa: E402
from faces.engine import FaceEngine, Look, Purpose  # noqa: E402
from faces.engines.choosing import make_engine  # noqa: E402
from faces.errors import FaceError, LowQuality, MultipleFaces, NoFace  # noqa: E402
from faces.finding.boxes import Box  # noqa: E402
from faces.matching.policy import Band, band_of, load_policy  # noqa: E402
from faces.photos.photo import PhotoLimits, Pixels, open_photo  # noqa: E402
from tests.photos import east_asian_people, people  # noqa: E402

KEPT = Path("var") / "models"
LONG_SIDE = 640
QUALITY = 92
OTHERS = 3
POSTERS = (0.55, 1.0, 1.7)
PACKAGES = ["dlib-bin", "numpy", "onnxruntime", "opencv-python-headless"]
Spoil = Callable[[Pixels, Box], Pixels]

LEVELS: dict[str, Spoil] = {
    "not spoiled": lambda pixels, box: pixels,
    **{f"blurred by {share:.1%}": partial(spoiling.out_of_focus, share=share) for share in (0.015, 0.025, 0.035, 0.05)},
    **{f"shaken by {share:.0%}": partial(spoiling.shaken, share=share) for share in (0.07, 0.12, 0.18, 0.28)},
    **{f"{light:.0%} of the light": partial(spoiling.darkened, light=light) for light in (0.3, 0.15, 0.07)},
    **{f"noise of {spread}": partial(spoiling.noisy, spread=spread) for spread in (12, 24, 40, 65)},
    **{f"20% of the light, noise of {spread}": partial(spoiling.noisy, spread=spread, light=0.2) for spread in (5, 12)},
}


@dataclass(frozen=True, slots=True)
class Face:
    """One photo of a person alone. pixels: at most `LONG_SIDE` long; box: of the face in them."""

    person: str
    pixels: Pixels = field(repr=False)
    box: Box


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many."""

    hits: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the share."""
        return share_interval(self.hits, self.of)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits} of {self.of} ({low:.1%} to {high:.1%})"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for the JSON."""
        return {"hits": self.hits, "of": self.of, "interval": [round(end, 4) for end in self.interval]}


def main() -> None:
    """Measure, print the tables and write the result."""
    asked = _arguments()
    engine = make_engine("dlib-onnx", folder=KEPT)
    groups = [_of_folder(folder) for folder in asked.folders] or [people(), east_asian_people()]
    faces = [face for group in groups for face in faces_of(engine, group)[:: asked.every]]
    found = {"too near": nearness(engine, faces), "turned": turns(engine, faces), "posters": posters(engine, faces)}
    for name, counts in found.items():
        print(table([name, "count"], [[what, str(count)] for what, count in counts.items()]), end="\n\n")
    levels = degradations(engine, faces)
    heads = list(next(iter(levels.values())))
    print(table(["spoiled", *heads], [[level, *map(str, counts.values())] for level, counts in levels.items()]))
    figures = {name: _plain(counts) for name, counts in {**found, **levels}.items()}
    content = {"photos": len(faces), "people": len({face.person for face in faces}), "figures": figures}
    write_result("spoiled", content, packages=PACKAGES, pinned_to=CORES, folder=asked.results)


def faces_of(engine: FaceEngine, group: Mapping[str, Sequence[Path]]) -> list[Face]:
    """Return the photos of each person that the engine takes as they are, with the box of the face."""
    found = []
    for person, paths in group.items():
        for path in paths:
            whole = open_photo(path.read_bytes(), PhotoLimits()).decode(LONG_SIDE)
            scale = min(1.0, LONG_SIDE / max(whole.shape))
            pixels: Pixels = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
            box = box_of(engine, pixels)
            if box is not None:
                found.append(Face(person, pixels, box))
    return found


def box_of(engine: FaceEngine, pixels: Pixels) -> Box | None:
    """Return the box of the one face in a photo that may be enrolled; None without such a face."""
    finder = engine._finders[0]  # type: ignore[attr-defined]
    found = finder.find(open_photo(encoded(pixels), PhotoLimits()), Purpose.ENROL)
    if len(found.boxes) != 1 or not isinstance(shown(engine, pixels, Purpose.ENROL), Look):
        return None
    scale = max(pixels.shape) / max(found.pixels.shape)
    box: Box = found.boxes[0]
    return box.moved(scale)


def shown(engine: FaceEngine, pixels: Pixels, purpose: Purpose) -> Look | FaceError:
    """Return the look at a photo, or the refusal."""
    try:
        return engine.look(encoded(pixels), purpose)
    except FaceError as refused:
        return refused


def encoded(pixels: Pixels) -> bytes:
    """Return the pixels as a JPEG file."""
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()


def nearness(engine: FaceEngine, faces: Sequence[Face]) -> dict[str, Count]:
    """Count answers to faces that fill the frame: taken, several faces, no face, and the advice to move back."""
    counts: dict[str, Count] = {}
    for share in (0.85, 1.0, 1.15, 1.3):
        answers = [shown(engine, spoiling.too_near(each.pixels, each.box, share), Purpose.ENROL) for each in faces]
        advised = sum("move_back" in advice_of(answer) for answer in answers)
        counts |= {
            f"{share:.0%} of the frame, taken": _count(isinstance(answer, Look) for answer in answers),
            f"{share:.0%} of the frame, several faces": _count(isinstance(answer, MultipleFaces) for answer in answers),
            f"{share:.0%} of the frame, no face": _count(isinstance(answer, NoFace) for answer in answers),
            f"{share:.0%} of the frame, told to move back": Count(advised, len(answers)),
        }
    return counts


def turns(engine: FaceEngine, faces: Sequence[Face]) -> dict[str, Count]:
    """Count photos without an Exif tag that show no face, and no usable face, when turned by right angles."""
    counts: dict[str, Count] = {}
    for quarters in (1, 2, 3):
        answers = [shown(engine, spoiling.turned(each.pixels, quarters), Purpose.CHECK_IN) for each in faces]
        name = f"turned by {90 * quarters} degrees"
        counts[f"{name}, no face"] = _count(isinstance(answer, NoFace) for answer in answers)
        counts[f"{name}, refused"] = _count(isinstance(answer, FaceError) for answer in answers)
    return counts


def posters(engine: FaceEngine, faces: Sequence[Face]) -> dict[str, Count]:
    """Count enrolments that are refused for several people, of a person beside a poster of the next person."""
    first = list({face.person: face for face in reversed(faces)}.values())
    heads = [spoiling.head(each.pixels, each.box) for each in first]
    return {
        f"poster of {ratio:.0%} of one's own size, several faces": _count(
            isinstance(shown(engine, spoiling.beside_poster(own, other, ratio), Purpose.ENROL), MultipleFaces)
            for own, other in zip(heads, heads[1:] + heads[:1], strict=True)
        )
        for ratio in POSTERS
    }


def degradations(engine: FaceEngine, faces: Sequence[Face]) -> dict[str, dict[str, Count]]:
    """Count by level: enrolled, refused at check-in, own photos that pass, and strangers that pass."""
    enrolled = [shown(engine, each.pixels, Purpose.ENROL) for each in faces]
    templates = firsts(faces, enrolled)
    return {level: degradation(engine, faces, spoil, templates) for level, spoil in LEVELS.items()}


def degradation(
    engine: FaceEngine, faces: Sequence[Face], spoil: Spoil, templates: Mapping[str, tuple[int, Look]]
) -> dict[str, Count]:
    """Return the counts of one level. templates: by person, the index of the enrolled photo and its look."""
    spoiled = [spoil(each.pixels, each.box) for each in faces]
    enrolments = [shown(engine, each, Purpose.ENROL) for each in spoiled]
    shows = [shown(engine, each, Purpose.CHECK_IN) for each in spoiled]
    alike = firsts(faces, enrolments)
    own = [
        (templates[face.person][1], look)
        for at, (face, look) in enumerate(zip(faces, shows, strict=True))
        if face.person in templates and at != templates[face.person][0]
    ]
    return {
        "enrolled": _count(isinstance(answer, Look) for answer in enrolments),
        "unusable at check-in": _count(isinstance(answer, LowQuality) for answer in shows),
        "own pass": _count(band(*pair) is Band.ACCEPT for pair in own),
        "own called somebody else": _count(band(*pair) is Band.REJECT and not _is_doubtful(pair[1]) for pair in own),
        "strangers pass": _count(band(*pair) is Band.ACCEPT for pair in strangers(faces, shows, templates)),
        "strangers alike pass": _count(band(*pair) is Band.ACCEPT for pair in strangers(faces, shows, alike)),
    }


def firsts(faces: Sequence[Face], answers: Sequence[Look | FaceError]) -> dict[str, tuple[int, Look]]:
    """Return each person's first photo that was enrolled: its index and its look."""
    found: dict[str, tuple[int, Look]] = {}
    for at, (face, answer) in enumerate(zip(faces, answers, strict=True)):
        if isinstance(answer, Look):
            found.setdefault(face.person, (at, answer))
    return found


def strangers(
    faces: Sequence[Face], answers: Sequence[Look | FaceError], templates: Mapping[str, tuple[int, Look]]
) -> list[tuple[Look, Look | FaceError]]:
    """Return pairs of a template and the answer to a photo of somebody else; three templates for each photo."""
    drawn, pairs, names = np.random.default_rng(7), [], sorted(templates)
    for face, answer in zip(faces, answers, strict=True):
        others = [name for name in names if name != face.person]
        for at in drawn.permutation(len(others))[:OTHERS]:
            pairs.append((templates[others[at]][1], answer))
    return pairs


def band(template: Look, answer: Look | FaceError) -> Band | None:
    """Return the band of a shown photo by plain distance to one enrolled photo; None for a refused photo."""
    if not isinstance(answer, Look):
        return None
    distance = float(np.linalg.norm(template.embedding.astype(np.float64) - answer.embedding))
    return band_of(distance, load_policy().thresholds(1))


def advice_of(answer: Look | FaceError) -> tuple[str, ...]:
    """Return the advice with a taken or a refused photo."""
    return answer.quality.advice if isinstance(answer, Look) else answer.advice


def _is_doubtful(answer: Look | FaceError) -> bool:
    return isinstance(answer, Look) and answer.quality.is_doubtful


def _count(hits: Any) -> Count:
    told = list(hits)
    return Count(sum(told), len(told))


def _plain(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {what: count.as_dict() for what, count in counts.items()}


def _of_folder(folder: Path) -> dict[str, list[Path]]:
    groups = [each for each in sorted(folder.iterdir()) if each.is_dir() and not each.name.startswith("_")]
    return {each.name: sorted(each.glob("*.*")) for each in groups}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="spoiled", description="What becomes of spoiled photos.")
    parser.add_argument("folders", type=Path, nargs="*", help="one folder for each person; the tests' by default")
    parser.add_argument("--every", type=int, default=1, help="take every Nth photo")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to write the JSON")
    asked = parser.parse_args()
    if asked.every < 1 or not all(folder.is_dir() for folder in asked.folders):
        parser.error("each FOLDER must be a folder, and --every at least 1")
    return asked


if __name__ == "__main__":
    main()
