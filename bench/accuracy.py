"""Measures how often an engine is wrong: the rate of false rejects at given rates of false accepts.

    python -m bench.accuracy DIR [--engine NAME [--engine OTHER]] [--photos K] [--splits N] [--json]
    python -m bench.accuracy DIR --parts      one, two and three photos, and one part of the engine off at a time
    python -m bench.accuracy DIR --halves     thresholds from half of the people, tried on the other half
    python -m bench.accuracy DIR --policies   what thresholds do: plain ones, packaged ones, those of a gallery

DIR has one folder for each person; `_one_photo/` holds more people with one photo each. A template is the mean of K
photos of one person. A trial compares it with another photo, of the same person or of a different one. Each person has
the same weight. Medians are over random choices of the enrolled photos; intervals (95%) are over resampled people too,
see faces/calibration/evaluating.py. Two engines decide the same trials, each at its own threshold for 1% of false
accepts. The photos are news photos of few people, so rates under one percent are only guesses.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measuring import pin, table

CORES = len(pin(1))

import numpy as np  # noqa: E402

from bench import accuracy_parts  # noqa: E402
from faces.calibration.evaluating import FAR, SPLITS, Evaluation, Rate, draw, evaluate, of_one_person, split  # noqa: E402
from faces.calibration.pairs import Person, Yardstick  # noqa: E402
from faces.engine import Purpose  # noqa: E402
from faces.engines.choosing import make_engine, networks_of, policy_of  # noqa: E402
from faces.errors import FaceError  # noqa: E402
from faces.matching.measure import Descriptors, Metric  # noqa: E402

OTHERS = "_one_photo"
KEPT = Path("var") / "models"
DEFAULT = "dlib-onnx+faceres"
SAME_PICTURE = 0.05  # plain cosine distance below which two files are the same picture; one of them is left out


@dataclass(frozen=True, slots=True)
class UsablePhotos:
    """The photos of one person that show one usable face. photos: descriptors by file name, in order."""

    name: str
    photos: Mapping[str, Descriptors]


def main() -> None:
    """Measure each engine and print a table, or JSON."""
    asked = _arguments()
    names = asked.engine or [DEFAULT]
    if asked.policies:
        from bench.accuracy_policies import measure_policies  # which takes the looks from here

        measure_policies(people_of(look_at(names[0], asked.folder)), networks_of(names[0]), asked.splits, asked.folder)
        return
    if asked.parts or asked.halves:
        people = people_of(look_at(names[0], asked.folder))
        what = accuracy_parts.measure_parts if asked.parts else accuracy_parts.measure_halves
        what(people, networks_of(names[0]), asked.splits, asked.folder.name)
        return
    results = measure(names, asked.folder, asked.photos, asked.splits)
    if asked.json:
        whole = [results[name] for name in names]
        print(json.dumps(whole[0] if len(whole) == 1 else whole, indent=2))
        return
    show(results)


def measure(names: Sequence[str], folder: Path, photos: int, splits: int = SPLITS) -> dict[str, dict[str, Any]]:
    """Return the rates of each engine by its name. The first one also has the different decisions of the others."""
    seen = {name: look_at(name, folder) for name in names}
    results = {}
    for name in names:
        try:
            found = evaluate(people_of(seen[name]), yardstick_of(name), photos, splits=splits)
        except ValueError as error:
            raise SystemExit(str(error)) from error
        results[name] = summary(name, found)
    if len(names) > 1:
        results[names[0]]["against"] = {
            name: differences(seen[names[0]], yardstick_of(names[0]), seen[name], yardstick_of(name), photos)
            for name in names[1:]
        }
    return results


def yardstick_of(name: str) -> Yardstick:
    """Return the yardstick of an engine: centred for two networks or cosine, else the plain distance of its policy."""
    policy, networks = policy_of(name), networks_of(name)
    if len(networks) > 1 or policy.measure.metric is Metric.COSINE:
        return Yardstick(networks)
    return Yardstick(networks, policy.measure.metric, is_centred=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accuracy", description="How often an engine is wrong.")
    parser.add_argument("folder", type=Path, help="one folder a person; _one_photo/ holds more people")
    parser.add_argument(
        "--engine",
        action="append",
        help=f"dlib, dlib-onnx or onnx:PATH, +faceres or not (default {DEFAULT}); may be given twice",
    )
    parser.add_argument("--photos", type=int, default=1, help="photos that a template is made of (default 1)")
    parser.add_argument("--splits", type=int, default=SPLITS, help=f"random choices of photos (default {SPLITS})")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--parts", action="store_true", help="switch each part of the engine off in turn")
    parser.add_argument(
        "--halves", action="store_true", help="set thresholds on half of the people, try them on the rest"
    )
    parser.add_argument("--policies", action="store_true", help="try the thresholds of each policy")
    asked = parser.parse_args()
    if asked.photos < 1 or asked.splits < 1 or not asked.folder.is_dir():
        parser.error("DIR must be a folder, and --photos and --splits at least 1")
    return asked


def look_at(name: str, folder: Path) -> list[UsablePhotos]:
    """Embed all photos that show one usable face; return the people by folder, others by the name of their photo."""
    engine = make_engine(name, folder=KEPT)
    found: dict[str, dict[str, Descriptors]] = {}
    for path in sorted(folder.glob("*/*.*")):
        group = path.parent.name
        if group.startswith("_") and group != OTHERS:
            continue
        person = f"{OTHERS}/{path.stem}" if group == OTHERS else group
        try:
            look = engine.look(path.read_bytes(), Purpose.ENROL)
        except FaceError:
            continue
        if not any(_is_same_picture(look.embedding, each[look.engine]) for each in found.get(person, {}).values()):
            found.setdefault(person, {})[path.name] = look.descriptors
    return [UsablePhotos(person, photos) for person, photos in found.items()]


def _is_same_picture(one: Any, other: Any) -> bool:
    return Metric.EUCLIDEAN.distance(one, other) <= SAME_PICTURE * float(np.linalg.norm(one))


def people_of(seen: Sequence[UsablePhotos]) -> list[Person]:
    """Return the descriptors of each person, without names."""
    return [list(each.photos.values()) for each in seen]


def summary(name: str, found: Evaluation) -> dict[str, Any]:
    """Return the rates with their intervals as values for JSON."""
    return {
        "engine": name,
        "photos": found.photos,
        "people": found.people,
        "enrolled": found.enrolled,
        "same": found.same,
        "different": found.different,
        "eer": round(found.equal_error.median, 4),
        "frr_at_far": {str(far): round(found.false_rejects[far].median, 4) for far in FAR},
        "intervals": {
            "eer": interval(found.equal_error),
            "frr_at_far": {str(far): interval(found.false_rejects[far]) for far in FAR},
        },
        "thresholds": {str(far): round(found.thresholds[far], 4) for far in FAR},
    }


def interval(rate: Rate) -> list[float]:
    """Return the lower and the upper end of the interval, rounded."""
    return [round(rate.low, 4), round(rate.high, 4)]


def differences(
    first: Sequence[UsablePhotos], one: Yardstick, second: Sequence[UsablePhotos], other: Yardstick, photos: int
) -> dict[str, Any]:
    """Decide the trials of one split by two engines, each at its own threshold for 1%; return how many differ.

    Only photos that both engines can use take part.
    """
    common = {each.name: set(each.photos) for each in first}
    shared = {each.name: common[each.name] & set(each.photos) for each in second if each.name in common}
    sides = [
        [[each.photos[photo] for photo in sorted(shared[each.name])] for each in seen if shared.get(each.name)]
        for seen in (first, second)
    ]
    right = []
    for people, yardstick in zip(sides, (one, other), strict=True):
        trials = draw(people, yardstick, photos, 0)
        limit = split(trials, photos).threshold(FAR[0], np.ones(len(people)))
        own, strangers = of_one_person(trials, photos), trials.is_other
        right.append(np.concatenate([trials.distances[own] <= limit, trials.distances[strangers] > limit]))
    only_first = int((right[0] & ~right[1]).sum())
    only_second = int((right[1] & ~right[0]).sum())
    return {
        "trials": len(right[0]),
        "differ": only_first + only_second,
        "right_by_the_first_alone": only_first,
        "right_by_the_second_alone": only_second,
    }


def show(results: Mapping[str, dict[str, Any]]) -> None:
    """Print one table, and the number of different decisions of two engines."""
    rows: list[list[object]] = []
    for each in results.values():
        ranges = each["intervals"]
        rates = [_with(each["frr_at_far"][str(far)], ranges["frr_at_far"][str(far)]) for far in FAR]
        counts = [each[key] for key in ("photos", "people", "enrolled", "same", "different")]
        rows.append([Path(each["engine"]).name, *counts, _with(each["eer"], ranges["eer"]), *rates])
    heads = ["engine", "photos", "people", "enrolled", "same", "different", "equal error", "FRR at 1%", "FRR at 0.1%"]
    print(table(heads, rows))
    for name, each in results.items():
        for other, found in each.get("against", {}).items():
            print(
                f"{name} against {Path(other).name}: {found['differ']} of {found['trials']} decided differently at 1%, "
                f"{found['right_by_the_first_alone']} right by the first alone, "
                f"{found['right_by_the_second_alone']} by the second alone"
            )


def _with(rate: float, ends: Sequence[float]) -> str:
    return f"{rate:.2%} ({ends[0]:.1%} to {ends[1]:.1%})"


if __name__ == "__main__":
    main()
