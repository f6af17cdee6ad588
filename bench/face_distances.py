"""Measures distances between faces with our engine: the basis of faces/matching/policies/dlib-plain.json.

    python -m bench.face_distances

It needs the folder of East Asian faces (see tests/photos.py). The photos are news photos of few people, so a rate under
one percent is only a guess. A deployment should measure its own people.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

from bench.measuring import pin, table, write_result

CORES = len(pin(1))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from faces.engine import FaceEngine, Purpose  # noqa: E402
from faces.engines.choosing import make_engine  # noqa: E402
from faces.errors import FaceError  # noqa: E402
from faces.matching.policy import Policy, load_policy  # noqa: E402
from tests.photos import east_asian_people, east_asian_strangers, people  # noqa: E402

SAME_PICTURE = 0.15  # distance below which two files are the same picture; such pairs are left out
QUANTILES = (0.0001, 0.001, 0.01, 0.05)
TRIALS = 20_000
MOST_LOOKS = 3
Vectors = NDArray[np.float64]
Rule = Callable[[Vectors, Vectors], float]
RULES: dict[str, Rule] = {
    "mean of distances": lambda stored, looks: float(np.linalg.norm(looks - stored, axis=1).mean()),
    "smallest distance": lambda stored, looks: float(np.linalg.norm(looks - stored, axis=1).min()),
    "distance of the mean": lambda stored, looks: float(np.linalg.norm(looks.mean(axis=0) - stored)),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One person's descriptors by purpose, (photos, 128) each. Equal rows are of the same photo."""

    enrol: Vectors
    check_in: Vectors


def main() -> None:
    """Measure, print the table and write the result."""
    engine, policy = make_engine("dlib-onnx", folder=Path("var") / "models"), load_policy()
    asian = look_at(engine, [*east_asian_people().values(), *([path] for path in east_asian_strangers())])
    western = look_at(engine, list(people().values()))
    figures: dict[str, Any] = {
        "policy": policy.version,
        "people": {"east_asian": len(asian), "other": len(western)},
        "strangers": {str(photos): strangers(asian, photos) for photos in range(1, 6)},
        "one_to_one": {
            f"{photos} enrolled, {looks} shown": one_to_one(asian, photos, looks, policy)
            for photos, looks in [(1, 1), (2, 1), (3, 1), (3, 3)]
        },
        "one_person": {
            f"{name}, {photos} photos": one_person(group, photos, policy)
            for name, group in {"east_asian": asian, "other": western}.items()
            for photos in (2, 3)
        },
    }
    show(figures)
    write_result(
        "face_distances",
        figures,
        packages=["dlib-bin", "onnxruntime", "numpy", "opencv-python-headless"],
        pinned_to=CORES,
    )


def look_at(engine: FaceEngine, photos: Sequence[Sequence[Path]]) -> list[Person]:
    """Return the descriptors of all photos for both purposes, without photos of several people."""
    found = []
    for paths in photos:
        rows = [row for row in (both_looks(engine, path.read_bytes()) for path in paths) if row is not None]
        if rows:
            found.append(Person(*(np.array(column, np.float64) for column in zip(*rows, strict=True))))
    return found


def both_looks(engine: FaceEngine, photo: bytes) -> tuple[Vectors, Vectors] | None:
    """Return the descriptors of one photo for enrolment and for check-in; None if it shows not one usable face."""
    try:
        enrol, check_in = (engine.look(photo, purpose).embedding.astype(np.float64) for purpose in Purpose)
    except FaceError:
        return None
    return enrol, check_in


def templates(person: Person, photos: int, most: int, chance: np.random.Generator) -> list[tuple[set[int], Vectors]]:
    """Return up to `most` templates of one person, each with the numbers of its photos. photos: in each template."""
    choices = list(itertools.combinations(range(len(person.enrol)), photos))
    chosen = [choices[i] for i in chance.permutation(len(choices))[:most]]
    return [(set(each), person.enrol[list(each)].mean(axis=0)) for each in chosen]


def strangers(group: list[Person], photos: int) -> dict[str, Any]:
    """Return the distances between a template of `photos` photos and other people's templates of three to five."""
    chance = np.random.default_rng(photos)
    gallery = [
        np.array([made for size in (3, 4, 5) for _, made in templates(person, size, 3, chance)]) for person in group
    ]
    apart: list[float] = []
    for number, person in enumerate(group):
        others = [each for at, each in enumerate(gallery) if at != number and len(each)]
        for _, made in templates(person, photos, 8, chance):
            apart += np.linalg.norm(np.concatenate(others) - made, axis=1).tolist()
    fitted = NormalDist.from_samples(apart)
    return {
        "pairs": len(apart),
        "mean": round(fitted.mean, 4),
        "sd": round(fitted.stdev, 4),
        "smallest": round(min(apart), 3),
        "quantiles": {str(share): round(float(np.quantile(apart, share)), 3) for share in QUANTILES},
        "normal_quantiles": {str(share): round(fitted.inv_cdf(share), 3) for share in QUANTILES},
    }


def one_to_one(group: list[Person], photos: int, looks: int, policy: Policy) -> dict[str, Any]:
    """Return the rates of each rule at the policy's thresholds. photos: enrolled; looks: shown at the check-in."""
    chance = np.random.default_rng(17)
    same, other = pairs_to_compare(group, photos, looks, chance)
    limits = policy.thresholds(photos)
    rates: dict[str, Any] = {"same_trials": len(same), "other_trials": len(other)}
    for name, rule in RULES.items():
        own = np.array([rule(stored, shown) for stored, shown in same])
        foreign = np.array([rule(stored, shown) for stored, shown in other])
        rates[name] = {
            "false_rejects_at_accept": share(own > limits.accept_at),
            "false_accepts_at_accept": share(foreign <= limits.accept_at),
            "false_rejects_at_review": share(own > limits.review_to),
            "false_accepts_at_review": share(foreign <= limits.review_to),
        }
    return rates


def pairs_to_compare(
    group: list[Person], photos: int, looks: int, chance: np.random.Generator
) -> tuple[list[tuple[Vectors, Vectors]], list[tuple[Vectors, Vectors]]]:
    """Return random pairs (template, looks): those of the same person, and those of two people."""
    same, other = [], []
    enough = [person for person in group if len(person.enrol) >= max(photos, 2)]
    shown_by = [person for person in group if len(person.check_in) >= MOST_LOOKS]  # the same impostors for every row
    for _ in range(TRIALS):
        person = enough[chance.integers(len(enough))]
        used, stored = templates(person, photos, 1, chance)[0]
        rest = [
            row for at, row in enumerate(person.check_in) if at not in used and is_new(row, person.enrol[list(used)])
        ]
        if len(rest) >= looks:
            same.append((stored, np.array([rest[i] for i in chance.permutation(len(rest))[:looks]])))
        stranger = shown_by[chance.integers(len(shown_by))]
        if stranger is not person:
            other.append((stored, stranger.check_in[chance.permutation(len(stranger.check_in))[:looks]]))
    return same, other


def is_new(row: Vectors, used: Vectors) -> bool:
    """Return whether a look is of another picture than the used looks."""
    return float(np.linalg.norm(used - row, axis=1).min()) > SAME_PICTURE


def one_person(group: list[Person], photos: int, policy: Policy) -> dict[str, Any]:
    """Return the share of refused honest enrolments, and of accepted ones with one photo of another person."""
    chance = np.random.default_rng(photos)
    limit = policy.one_person_limit(photos)
    honest = [
        widest(person.enrol[list(used)])
        for person in group
        for used, _ in templates(person, photos, 40, chance)
        if narrowest(person.enrol[list(used)]) > SAME_PICTURE
    ]
    mixed = []
    for _ in range(TRIALS):
        one, other = (group[i] for i in chance.choice(len(group), 2, replace=False))
        if len(one.enrol) >= photos - 1:
            own = one.enrol[chance.permutation(len(one.enrol))[: photos - 1]]
            mixed.append(widest(np.vstack([own, other.enrol[chance.integers(len(other.enrol))]])))
    return {
        "limit": limit,
        "honest": len(honest),
        "honest_refused": share(np.array(honest) > limit),
        "mixed": len(mixed),
        "mixed_let_through": share(np.array(mixed) <= limit),
    }


def widest(rows: Vectors) -> float:
    """Return the largest distance between two rows."""
    return max(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(rows, 2))


def narrowest(rows: Vectors) -> float:
    """Return the smallest distance between two rows."""
    return min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(rows, 2))


def share(hits: NDArray[np.bool_]) -> float:
    """Return the share of hits, rounded because the trials are few."""
    return round(float(hits.mean()), 4)


def show(figures: dict[str, Any]) -> None:
    """Print all figures as one table."""
    rows: list[list[object]] = []
    for photos, each in figures["strangers"].items():
        rows.append([f"strangers, {photos} photos", f"{each['mean']} +- {each['sd']}", f"smallest {each['smallest']}"])
    for name, rates in figures["one_to_one"].items():
        for rule in RULES:
            found = rates[rule]
            rows.append(
                [
                    f"{name}, {rule}",
                    f"{found['false_rejects_at_accept']:.2%} / {found['false_accepts_at_accept']:.2%}",
                    f"{found['false_rejects_at_review']:.2%} / {found['false_accepts_at_review']:.2%}",
                ]
            )
    for name, found in figures["one_person"].items():
        rows.append([f"one person: {name}", f"{found['honest_refused']:.2%}", f"{found['mixed_let_through']:.2%}"])
    print(table(["what", "accept: rejects / accepts", "review: rejects / accepts"], rows))


if __name__ == "__main__":
    main()
