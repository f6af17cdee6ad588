"""Measures the value of each part of the recognition, and whether thresholds hold for other people.

Called by `bench.accuracy`; writes bench/results/accuracy_parts_NAME.json and accuracy_halves_NAME.json.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bench.measuring import table, write_result
from faces.calibration.calibrating import WantedShares, calibrate
from faces.calibration.evaluating import FAR, Evaluation, evaluate
from faces.calibration.false_accepts import Strangers
from faces.calibration.pairs import Person, Yardstick, compare_by
from faces.matching.measure import Metric

PACKAGES = ["dlib-bin", "onnxruntime", "numpy", "opencv-python-headless"]
PHOTOS = (1, 2, 3)
HALVES_WANTED = WantedShares(accepted=0.01, reviewed=0.02)


def parts_of(networks: Sequence[str]) -> dict[str, Yardstick]:
    """Return the whole measure, and the measures with one part off, by name."""
    first = networks[0]
    found = {"whole": Yardstick(tuple(networks))}
    if len(networks) > 1:
        found |= {
            f"without {left_out}": Yardstick(tuple(each for each in networks if each != left_out))
            for left_out in networks
        }
        found["not centred"] = Yardstick(tuple(networks), is_centred=False)
    plain = Yardstick((first,), Metric.EUCLIDEAN, is_centred=False)
    return {
        **found,
        f"{first} alone, plain distance": plain,
        f"{first} alone, plain cosine": Yardstick((first,), is_centred=False),
    }


def measure_parts(people: Sequence[Person], networks: Sequence[str], splits: int, name: str) -> None:
    """Measure one, two and three photos with one part off at a time; print a table and write the result."""
    rows: list[list[object]] = []
    figures: dict[str, Any] = {}
    for what, yardstick in parts_of(networks).items():
        for photos in PHOTOS:
            try:
                found = evaluate(people, yardstick, photos, splits=splits)
            except ValueError:  # no person has enough photos
                continue
            rows.append(
                [what, photos, found.enrolled, found.same, found.equal_error, *map(found.false_rejects.get, FAR)]
            )
            figures.setdefault(what, {})[str(photos)] = plain_values(found)
    print(table(["measure", "photos", "enrolled", "same", "equal error", "FRR at 1%", "FRR at 0.1%"], rows))
    content = {"folder": name, "people": len(people), "splits": splits, "networks": list(networks), "parts": figures}
    write_result(f"accuracy_parts_{name}", content, packages=PACKAGES, pinned_to=1)


def plain_values(found: Evaluation) -> Mapping[str, Any]:
    """Return the rates and thresholds as values for JSON."""
    return {
        "enrolled": found.enrolled,
        "same": found.same,
        "different": found.different,
        "eer": [round(x, 4) for x in (found.equal_error.median, found.equal_error.low, found.equal_error.high)],
        "frr_at_far": {
            str(far): [round(x, 4) for x in (rate.median, rate.low, rate.high)]
            for far, rate in found.false_rejects.items()
        },
        "thresholds": {str(far): round(limit, 4) for far, limit in found.thresholds.items()},
    }


def measure_halves(people: Sequence[Person], networks: Sequence[str], splits: int, name: str) -> None:
    """Set thresholds on half of the people, and count the false accepts among the other half; print and write them."""
    seen: dict[tuple[int, float], list[float]] = {}
    claimed: dict[tuple[int, float], list[bool]] = {}
    carries_a_thousandth: list[bool] = []
    for number in range(splits):
        order = np.random.default_rng((20_260_402, number)).permutation(len(people))
        half = len(people) // 2
        chosen, rest = [people[place] for place in order[:half]], [people[place] for place in order[half:]]
        made = calibrate(chosen, Yardstick(tuple(networks)), version="half", source="half", wanted=HALVES_WANTED)
        carries_a_thousandth.append(Strangers(compare_by(chosen, made.policy.measure, 1)).can_claim(0.001))
        for each in made.limits:
            if sum(len(person) >= each.photos for person in rest) < 5:
                continue
            strangers = Strangers(compare_by(rest, made.policy.measure, each.photos))
            for limit in (each.accept, each.review):
                wanted = HALVES_WANTED.accepted if limit is each.accept else HALVES_WANTED.reviewed
                seen.setdefault((each.photos, wanted), []).append(strangers.share_within(limit.distance))
                claimed.setdefault((each.photos, wanted), []).append(limit.is_claimed)
    rows: list[list[object]] = []
    figures = []
    for (photos, wanted), shares in sorted(seen.items()):
        low, median, high = (float(np.quantile(shares, share)) for share in (0.025, 0.5, 0.975))
        share_claimed = float(np.mean(claimed[photos, wanted]))
        rows.append([f"{wanted:.0%} wanted", photos, f"{median:.2%} ({low:.1%} to {high:.1%})", f"{share_claimed:.0%}"])
        figures.append({"photos": photos, "wanted": wanted, "seen": [median, low, high], "claimed": share_claimed})
    print(table(["thresholds of half the people", "photos", "strangers of the other half accepted", "claimed"], rows))
    print(f"0.1% claimed in {np.mean(carries_a_thousandth):.0%} of {splits} halves of {len(people) // 2} people")
    content = {"folder": name, "people": len(people), "splits": splits, "halves": figures}
    content["0.1% claimed"] = float(np.mean(carries_a_thousandth))
    write_result(f"accuracy_halves_{name}", content, packages=PACKAGES, pinned_to=1)
