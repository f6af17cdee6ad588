"""Measures a challenge: who shows which step, how steady the mesh is, which attacks pass, and what it costs.

    python -m bench.liveness DIR [--engine NAME]

DIR has one folder for each person. The photos are of different occasions, so they are no honest frames: those must be
measured on volunteers (`scripts/calibrate-liveness`). An album is such photos of one person in the asked poses.
The attacks of one still are those of faces/calibration/attacks.py; each is tried with all six challenges.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from bench.measuring import RESULTS, in_turns, pin, table, write_result

CORES = len(pin(1))

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from faces.calibration.attacks import Counts, encoded, look, passes  # noqa: E402
from faces.calibration.stills import Still  # noqa: E402
from faces.calibration.volunteers import attack_all  # noqa: E402
from faces.engine import Look, MeshReading, Purpose  # noqa: E402
from faces.engines.choosing import make_engine, policy_set_of  # noqa: E402
from faces.engines.photo_engine import PhotoEngine  # noqa: E402
from faces.errors import FaceError  # noqa: E402
from faces.liveness.likeness import relief, skin_likeness  # noqa: E402
from faces.liveness.rule import FRONTAL, OPENING, TURN, amounts  # noqa: E402
from faces.liveness.steps import USUAL, Step, challenges  # noqa: E402
from faces.matching.policy import PolicySet  # noqa: E402
from faces.photos.photo import Pixels  # noqa: E402

KEPT = Path("var") / "models"
DEFAULT = "dlib-onnx+faceres"
DISTURBED = 12  # times each photo
ROUNDS = 40
UNITS = {Step.LEFT: TURN, Step.RIGHT: TURN, Step.OPEN_MOUTH: OPENING}


@dataclass(frozen=True, eq=False)
class PhotoWithMesh:
    """One photo of a person, with its look and the mesh of its face."""

    person: str
    photo: bytes
    look: Look
    still: Still

    @property
    def mesh(self) -> MeshReading:
        """What the mesh reads from it."""
        assert self.look.mesh is not None
        return self.look.mesh


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the tables and write the result."""
    parser = argparse.ArgumentParser(prog="liveness", description="Steps, attacks and cost of a challenge.")
    parser.add_argument("folder", type=Path, help="one folder a person")
    parser.add_argument("--engine", default=DEFAULT)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    asked = parser.parse_args(arguments)
    engine, policies = make_engine(asked.engine, folder=KEPT), policy_set_of(asked.engine)
    people = read(engine, asked.folder)
    steps, spread = count_steps(people), spreads(engine, people)
    attacks = attack_all(engine, stills_of(people), policies) | albums(people, policies)
    cost = costs(engine, people)
    print(table(["steps", "photos", *USUAL], [[name, *map(str, row.values())] for name, row in steps.items()]))
    print("\n" + table(["spread under small disturbances", "median", "most"], [[k, *v] for k, v in spread.items()]))
    print("\n" + table(["attack", "tries", "passed"], [[name, c.tries, c.passed] for name, c in attacks.items()]))
    print("\n" + table(["cost, CPU ms", "median"], [[name, each.spread()] for name, each in cost.items()]))
    figures = {
        "engine": asked.engine,
        "folder": asked.folder.name,
        "steps": steps,
        "spread": spread,
        "attacks": {name: asdict(counts) for name, counts in attacks.items()},
        "cost": {name: each.as_dict() for name, each in cost.items()},
    }
    packages = ["numpy", "onnxruntime", "opencv-python-headless"]
    write_result("liveness", figures, packages=packages, pinned_to=CORES, folder=asked.results)


def read(engine: PhotoEngine, folder: Path) -> dict[str, list[PhotoWithMesh]]:
    """Look at the photos of each person; photos without one clear face are left out."""
    reader = engine.frame_reader
    assert reader is not None, "the networks were not fetched"
    found: dict[str, list[PhotoWithMesh]] = {}
    for path in sorted(folder.glob("*/*.jpg")):
        if path.parent.name.startswith("_"):
            continue
        try:
            seen = engine.look(path.read_bytes(), Purpose.CHALLENGE)
            face = engine.aligned(path.read_bytes(), Purpose.CHALLENGE)
        except FaceError:
            continue
        still = Still(face.pixels, reader.mesh_of(face))
        found.setdefault(path.parent.name, []).append(PhotoWithMesh(path.parent.name, path.read_bytes(), seen, still))
    return found


def calmest(photos: Sequence[PhotoWithMesh]) -> PhotoWithMesh:
    """Return the photo that is turned least."""
    return min(photos, key=lambda each: abs(each.mesh.yaw))


def count_steps(people: Mapping[str, Sequence[PhotoWithMesh]]) -> dict[str, dict[str, Any]]:
    """Return by person how many photos show each step, and the most that one shows; only people who show a step.

    Turns are compared with the photo that is turned least, the mouth with the one where it is least open. The most is
    in degrees of the mesh, or in shares of the mouth's width.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, photos in people.items():
        front = replace(calmest(photos).mesh, mouth=min(each.mesh.mouth for each in photos))
        shown = {step: [amounts(each.mesh, front)[step] for each in photos] for step in USUAL}
        if any(amount >= 1 for step in USUAL for amount in shown[step]):
            found[name] = {"photos": len(photos)} | {
                step.value: f"{sum(amount >= 1 for amount in shown[step])} (most {max(shown[step]) * UNITS[step]:.2g})"
                for step in USUAL
            }
    return found


def spreads(engine: PhotoEngine, people: Mapping[str, Sequence[PhotoWithMesh]]) -> dict[str, list[float]]:
    """Return the standard deviation of what the mesh reads from one photo that is moved, relit and made noisy a little.

    The median over the photos, and the most.
    """
    rng = np.random.default_rng(0)
    rows = []
    for photos in people.values():
        seen = [look(engine, encoded(_disturbed(photos[0].still.pixels, rng))) for _ in range(DISTURBED)]
        meshes = [each.mesh for each in seen if each is not None and each.mesh is not None]
        rows.append(np.std([(each.yaw, each.pitch, each.mouth) for each in meshes], axis=0))
    middle, most = np.median(rows, axis=0), np.max(rows, axis=0)
    names = ("yaw, degrees", "pitch, degrees", "mouth, of its width")
    told = zip(names, middle, most, strict=True)
    return {name: [round(float(one), 3), round(float(two), 3)] for name, one, two in told}


def stills_of(people: Mapping[str, Sequence[PhotoWithMesh]]) -> Iterator[Still]:
    """Return the photos that could be a frontal frame."""
    return (each.still for photos in people.values() for each in photos if abs(each.mesh.yaw) <= FRONTAL)


def albums(people: Mapping[str, Sequence[PhotoWithMesh]], policies: PolicySet) -> dict[str, Counts]:
    """Try photos of other occasions in the poses that are asked: all of one person, and poses of another person."""
    posed = {name: _poses(photos) for name, photos in people.items()}
    own = [_album(calmest(people[name]), poses, policies) for name, poses in posed.items()]
    others = [_album(calmest(people[name]), posed[other], policies) for name, other in permutations(people, 2)]
    return {"album of other occasions": _sum(own), "own picture, poses of somebody else": _sum(others)}


def costs(engine: PhotoEngine, people: Mapping[str, Sequence[PhotoWithMesh]]) -> dict[str, Any]:
    """Return the times of a photo of a check-in, of a frame of a challenge, and of comparing two frames."""
    photos = next(photos for photos in people.values() if len(photos) > 1)
    photo, (front, frame) = photos[0].photo, (each.mesh for each in photos[:2])
    return in_turns(
        {
            "a photo of a check-in": lambda: engine.look(photo, Purpose.CHECK_IN),
            "a frame of a challenge": lambda: engine.look(photo, Purpose.CHALLENGE),
            "comparing a turned frame with the frontal one": lambda: (
                skin_likeness(front, frame),
                relief(front, frame),
            ),
        },
        rounds=ROUNDS,
    )


def _compare(front: MeshReading, frame: MeshReading) -> None:
    skin_likeness(front, frame)
    relief(front, frame)


def _poses(photos: Sequence[PhotoWithMesh]) -> dict[Step, list[Look]]:
    front = calmest(photos).mesh
    return {step: [each.look for each in photos if amounts(each.mesh, front)[step] >= 1] for step in USUAL}


def _album(front: PhotoWithMesh, poses: Mapping[Step, Sequence[Look]], policies: PolicySet) -> Counts:
    tried = [
        passes([front.look, one, other], (first, second), policies)
        for first, second in challenges()
        for one in poses[first]
        for other in poses[second]
        if one is not other
    ]
    return Counts(len(tried), sum(tried))


def _sum(counts: Sequence[Counts]) -> Counts:
    return Counts(sum(each.tries for each in counts), sum(each.passed for each in counts))


def _disturbed(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-5, 5), rng.uniform(0.95, 1.05))
    matrix[:, 2] += rng.uniform(-0.01, 0.01, 2) * np.array([width, height])
    moved = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    lit = moved * rng.uniform(0.85, 1.15) + rng.normal(0, 3, moved.shape)
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


if __name__ == "__main__":
    main()
