"""How often an engine is wrong: false rejects at given false accepts, from folders of people.

    python -m bench.accuracy DIR [--engine NAME [--engine OTHER]] [--photos K] [--json]

DIR has one folder a person; in `_one_photo/` lie impostors, one photo each. A template is the mean of K photos of one
person, a trial one other photo, of the same person or of somebody else; distances are in the metric of the engine's
policy. With two engines the same trials are decided by both, each at its own threshold for 1% of false accepts, and
where they differ is listed. Intervals are 95%, from drawing people again (bootstrap): trials of one person are no
independent evidence. Few people: under one percent anything is a guess.
"""

import argparse
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measuring import pin, table

CORES = len(pin(1))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from faces.engine import Embedding, Purpose  # noqa: E402
from faces.engines import make_engine, policy_of  # noqa: E402
from faces.errors import FaceError  # noqa: E402
from faces.metric import Metric, to_unit  # noqa: E402

IMPOSTORS = "_one_photo"
FAR = (0.01, 0.001)
MOST_TEMPLATES = 10  # of one person
DRAWS = 500
SAME_PICTURE = 0.05  # of the median distance between strangers: two files of one picture say nothing about a face
KEPT = Path("var") / "models"

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """One comparison. template: who, and which of their photos; shown: whose photo, and which."""

    person: str
    photos: tuple[str, ...]
    shown: str
    shown_photo: str
    distance: float

    @property
    def is_same(self) -> bool:
        """Whether both are one person."""
        return self.person == self.shown

    @property
    def name(self) -> tuple[str, tuple[str, ...], str, str]:
        """What is compared, without the result."""
        return self.person, self.photos, self.shown, self.shown_photo


def main() -> None:
    """Measure each engine and print a table, or JSON."""
    asked = _arguments()
    names = asked.engine or ["dlib-onnx"]
    results = measure(names, asked.folder, asked.photos)
    if asked.json:
        whole = [results[name] for name in names]
        print(json.dumps(whole[0] if len(whole) == 1 else whole, indent=2))
        return
    show(results)


def measure(names: Sequence[str], folder: Path, photos: int) -> dict[str, dict[str, Any]]:
    """Give each engine's rates by its name, and at the first one what the others decide differently."""
    metrics = {name: policy_of(name).measure.metric for name in names}
    trials = {name: compare(look_at(name, folder), photos, metrics[name]) for name in names}
    results = {name: summary(name, photos, found) for name, found in trials.items()}
    if len(names) > 1:
        results[names[0]]["against"] = {name: differences(trials[names[0]], trials[name]) for name in names[1:]}
    return results


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accuracy", description="How often an engine is wrong.")
    parser.add_argument("folder", type=Path, help="one folder a person; _one_photo/ holds impostors")
    parser.add_argument("--engine", action="append", help="dlib, dlib-onnx (default) or onnx:PATH; may be given twice")
    parser.add_argument("--photos", type=int, default=1, help="photos that a template is made of (default 1)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    if asked.photos < 1 or not asked.folder.is_dir():
        parser.error("DIR must be a folder, and --photos at least 1")
    return asked


def look_at(name: str, folder: Path) -> dict[str, dict[str, Embedding]]:
    """Embed every photo that shows one usable face; people by their folder, impostors each under their photo's name."""
    engine = make_engine(name, folder=KEPT)
    found: dict[str, dict[str, Embedding]] = {}
    for path in sorted(folder.glob("*/*.*")):
        group = path.parent.name
        if group.startswith("_") and group != IMPOSTORS:
            continue
        person = f"{IMPOSTORS}/{path.stem}" if group == IMPOSTORS else group
        try:
            found.setdefault(person, {})[path.name] = engine.look(path.read_bytes(), Purpose.ENROL).embedding
        except FaceError:
            continue
    return {person: photos for person, photos in found.items() if photos}


def compare(people: Mapping[str, Mapping[str, Embedding]], photos: int, metric: Metric) -> list[Trial]:
    """Compare templates of so many photos with every photo that isn't in them."""
    names = [(person, photo) for person, each in people.items() for photo in each]
    rows = np.array([people[person][photo] for person, photo in names], np.float64)
    trials = []
    for person, own in people.items():
        for chosen in templates(sorted(own), photos):
            mean = np.array([own[photo] for photo in chosen], np.float64).mean(axis=0).astype(np.float32)
            apart = distances(metric, rows, mean.astype(np.float64))
            trials += [
                Trial(person, chosen, shown, photo, float(distance))
                for (shown, photo), distance in zip(names, apart, strict=True)
                if not (shown == person and photo in chosen)
            ]
    limit = SAME_PICTURE * float(np.median([trial.distance for trial in trials if not trial.is_same] or [0]))
    return [trial for trial in trials if trial.distance > limit]


def templates(photos: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """Choose up to ten sets of so many photos of one person, spread over all that there are."""
    sets = list(itertools.combinations(photos, count))
    step = max(1.0, len(sets) / MOST_TEMPLATES)
    return [sets[int(at * step)] for at in range(min(len(sets), MOST_TEMPLATES))]


def distances(metric: Metric, rows: Numbers, one: Numbers) -> Numbers:
    """Give the distance of each row to one."""
    if metric is Metric.COSINE:
        return np.asarray(1 - to_unit(rows) @ to_unit(one), np.float64)
    return np.asarray(np.linalg.norm(rows - one, axis=1), np.float64)


def summary(name: str, photos: int, trials: Sequence[Trial]) -> dict[str, Any]:
    """Give the rates with their intervals."""
    people = sorted({trial.person for trial in trials} | {trial.shown for trial in trials})
    weights = np.random.default_rng(81).multinomial(len(people), np.full(len(people), 1 / len(people)), DRAWS)
    same = _Side([trial for trial in trials if trial.is_same], people)
    different = _Side([trial for trial in trials if not trial.is_same], people)
    if not same.distances.size or not different.distances.size:
        raise SystemExit("too few photos: nobody has one more than the template takes, or nobody else is there")

    def over_people(rate: Callable[[Numbers, Numbers], float]) -> list[float]:
        drawn = [rate(same.weights(each), different.weights(each)) for each in weights]
        return [round(float(np.nanquantile(drawn, share)), 4) for share in (0.025, 0.975)]

    def frr(far: float) -> Callable[[Numbers, Numbers], float]:
        return lambda own, other: false_rejects(same.distances, own, different.distances, other, far)

    def eer(own: Numbers, other: Numbers) -> float:
        return equal_error(same.distances, own, different.distances, other)

    ones, others = np.ones(same.distances.size), np.ones(different.distances.size)
    return {
        "engine": name,
        "photos": photos,
        "people": len(people),
        "same": int(same.distances.size),
        "different": int(different.distances.size),
        "eer": round(eer(ones, others), 4),
        "frr_at_far": {str(far): round(frr(far)(ones, others), 4) for far in FAR},
        "intervals": {"eer": over_people(eer), "frr_at_far": {str(far): over_people(frr(far)) for far in FAR}},
        "thresholds": {str(far): round(threshold(different.distances, others, far), 4) for far in FAR},
        "distances": {"same": _spread(same.distances), "different": _spread(different.distances)},
    }


class _Side:
    """The distances of all trials of one kind, nearest first, and who took part in each."""

    def __init__(self, trials: Sequence[Trial], people: Sequence[str]) -> None:
        place = {person: number for number, person in enumerate(people)}
        ordered = sorted(trials, key=lambda trial: trial.distance)
        self.distances = np.array([trial.distance for trial in ordered], np.float64)
        self._enrolled = np.array([place[trial.person] for trial in ordered], int)
        self._shown = np.array([place[trial.shown] for trial in ordered], int)
        self._one = bool(ordered) and ordered[0].is_same

    def weights(self, people: NDArray[np.int64]) -> Numbers:
        """Give how often each trial counts where people were drawn so often."""
        drawn = people[self._enrolled]
        return np.asarray(drawn if self._one else drawn * people[self._shown], np.float64)


def threshold(different: Numbers, weights: Numbers, far: float) -> float:
    """Give the largest distance at which no more than this share of strangers is let in; distances are in order."""
    let_in = np.cumsum(weights)
    within = int(np.searchsorted(let_in, far * let_in[-1], side="right"))
    return float(different[within - 1]) if within else float(different[0]) - 1e-9


def false_rejects(same: Numbers, own: Numbers, different: Numbers, other: Numbers, far: float) -> float:
    """Give the share of right people turned away at this share of strangers let in."""
    limit = threshold(different, other, far)
    return float(own[same > limit].sum() / own.sum())


def equal_error(same: Numbers, own: Numbers, different: Numbers, other: Numbers) -> float:
    """Give the rate at the threshold where both errors are equally frequent."""
    rejected = 1 - np.cumsum(own) / own.sum()
    let_in = np.concatenate([[0.0], np.cumsum(other) / other.sum()])[np.searchsorted(different, same, side="right")]
    at = int(np.argmax(let_in >= rejected))
    return float((let_in[at] + rejected[at]) / 2)


def differences(first: Sequence[Trial], second: Sequence[Trial]) -> dict[str, Any]:
    """Decide the trials that both have at each engine's own threshold for 1%, and list where they differ."""
    limits = []
    for trials in (first, second):
        strangers = np.sort([trial.distance for trial in trials if not trial.is_same])
        limits.append(threshold(strangers, np.ones(len(strangers)), FAR[0]))
    by_name = {trial.name: trial for trial in second}
    pairs = [(trial, by_name[trial.name]) for trial in first if trial.name in by_name]
    differ = [pair for pair in pairs if (pair[0].distance <= limits[0]) != (pair[1].distance <= limits[1])]
    only_first = sum((one.distance <= limits[0]) == one.is_same for one, _ in differ)
    return {
        "trials": len(pairs),
        "differ": len(differ),
        "right_by_the_first_alone": only_first,
        "right_by_the_second_alone": len(differ) - only_first,
        "largest_difference_of_distances": max(abs(one.distance - two.distance) for one, two in pairs),
        "of_the_same_person": [
            {
                "enrolled": [one.person, *one.photos],
                "shown": one.shown_photo,
                "first_accepts": one.distance <= limits[0],
            }
            for one, _ in differ
            if one.is_same
        ],
    }


def _spread(values: Numbers) -> dict[str, float]:
    shares = {"min": 0.0, "p5": 0.05, "median": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(float(np.quantile(values, share)), 4) for name, share in shares.items()}


def show(results: Mapping[str, dict[str, Any]]) -> None:
    """Print one table, and what two engines decide differently."""
    rows: list[list[object]] = []
    for each in results.values():
        intervals = each["intervals"]["frr_at_far"]
        rates = [f"{each['frr_at_far'][str(far)]:.2%} ({_range(intervals[str(far)])})" for far in FAR]
        eer = f"{each['eer']:.2%} ({_range(each['intervals']['eer'])})"
        rows.append(
            [Path(each["engine"]).name, each["photos"], each["people"], each["same"], each["different"], eer, *rates]
        )
    print(table(["engine", "photos", "people", "same", "different", "equal error", "FRR at 1%", "FRR at 0.1%"], rows))
    for name, each in results.items():
        for other, found in each.get("against", {}).items():
            print(
                f"{name} against {Path(other).name}: {found['differ']} of {found['trials']} decided differently at 1%, "
                f"{found['right_by_the_first_alone']} right by the first alone, "
                f"{found['right_by_the_second_alone']} by the second alone"
            )


def _range(interval: Sequence[float]) -> str:
    return f"{interval[0]:.1%} to {interval[1]:.1%}"


if __name__ == "__main__":
    main()
