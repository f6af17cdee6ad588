"""Measures what the thresholds of policies do: before the packaged policy, with it, and once calibrated.

Called by `bench.accuracy --policies`; writes bench/results/accuracy_policies_NAME.json.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.measuring import table, write_result
from bench.one_person import PACKAGES, policies_to_try
from faces.calibration.pairs import Person
from faces.calibration.trying import try_policy

PHOTOS = (1, 2, 3)
RATES = ("right_accepted", "right_rejected", "strangers_accepted", "strangers_reviewed")


def measure_policies(people: Sequence[Person], networks: Sequence[str], splits: int, folder: Path) -> None:
    """Try each policy with one to three photos; print a table with intervals and write the result."""
    rows: list[list[object]] = []
    figures: dict[str, Any] = {}
    for name, policy, tried, is_own in policies_to_try(people, folder, networks):
        for photos in PHOTOS:
            found = try_policy(tried, policy, photos, splits=splits, is_own=is_own)
            rates = {what: getattr(found, what) for what in RATES}
            rows.append([name, photos, found.enrolled, found.same, *rates.values()])
            figures.setdefault(name, {})[str(photos)] = {
                "enrolled": found.enrolled,
                "same": found.same,
                "different": found.different,
                **{what: [round(x, 5) for x in (rate.median, rate.low, rate.high)] for what, rate in rates.items()},
            }
    heads = ["policy", "photos", "enrolled", "same", "right pass", "right fail", "strangers pass", "strangers to staff"]
    print(table(heads, rows))
    content = {"folder": folder.name, "people": len(people), "splits": splits, "policies": figures}
    write_result(f"accuracy_policies_{folder.name}", content, packages=PACKAGES, pinned_to=1)
