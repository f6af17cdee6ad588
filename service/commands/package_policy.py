"""Makes the packaged thresholds: `scripts/package-policy DIR --name NAME` computes them from a folder of people.

The means and thresholds come from the calibration that every deployment uses. The guard's plain thresholds are fixed
here. The file names the folder by its digest and holds means of all its people only, no photo and nobody's numbers. It
also tells what was measured: thresholds chosen on the people of odd number, tried on those of even number, and swapped.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faces.matching
from accounts.thresholds.calibrations import compute
from faces.calibration.calibrating import TooFewPeople, WantedShares
from faces.calibration.evaluating import Rate
from faces.calibration.pairs import Person
from faces.calibration.trying import SPLITS, try_policy
from faces.engines.choosing import make_engine
from faces.matching.measure import Metric, plain
from faces.matching.policy import DuplicateLimits, Guard, Policy, Thresholds
from faces.matching.policy_json import write_policy
from faces.model_files.card import UnusableNetwork
from service.commands.calibrate_faces import read_folder
from service.configuration.reading import WrongSettings, read_settings

POLICIES = Path(faces.matching.__file__).parent / "policies"
ENGINE = "dlib-onnx+faceres"
PHOTOS = (1, 2, 3)
WANTED = WantedShares(one_person=(0.01, 0.025, 0.04))
"""As of a deployment's own people, but for two people in one enrolment: 1% may pass, since the mean is of others."""
SAME = 1e-3  # thresholds of the same photos by another processor differ by less


def guard_of(engine: str) -> Guard:
    """Return the guard of dlib's network: plain thresholds, measured on people who are in no folder of the project."""
    return Guard(
        measure=plain(engine, Metric.EUCLIDEAN),
        match=(Thresholds(0.52, 0.60), Thresholds(0.505, 0.58), Thresholds(0.49, 0.57)),
        one_person=0.60,
        duplicates=DuplicateLimits(certain_at=0.49, held_to=0.57),
    )


def digest_of(folder: Path) -> str:
    """Return the SHA-256 over names and contents of all files in a folder, in order of their names."""
    whole = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()


def make(people: Sequence[Person], refused: int, networks: Sequence[str], folder: Path, name: str) -> dict[str, Any]:
    """Return the content of the file. Raises TooFewPeople."""
    photos = sum(map(len, people))
    source = (
        f"Computed by scripts/package-policy from {len(people)} people and {photos} photos of {folder.name}, see "
        "docs/decisions/0033-packaged-policy.md. Few people, and grey news photos of 250 pixels: what is under 1% is a "
        "guess. It serves until fifty people are enrolled here."
    )
    return {
        "version": name,
        "folder": {"name": folder.name, "sha256": digest_of(folder), "people": len(people), "photos": photos}
        | {"refused": refused},
        "wanted": asdict(WANTED),
        "halves": _try_halves(people, networks),
        "policies": [write_policy(each) for each in _policies(people, networks, name, source)],
    }


def _policies(people: Sequence[Person], networks: Sequence[str], name: str, source: str) -> list[Policy]:
    guard = guard_of(networks[0])
    made = compute(people, networks, version=name, source=source, guard=guard, wanted=WANTED)
    return [each.policy for each in made]


def _try_halves(people: Sequence[Person], networks: Sequence[str]) -> list[dict[str, Any]]:
    """Choose thresholds on the people of odd number and try them on those of even number, and the other way round."""
    odd, even = people[::2], people[1::2]
    found = []
    for name, chosen, rest in (("odd", odd, even), ("even", even, odd)):
        for policy in _policies(chosen, networks, "half", "half"):
            for photos in PHOTOS:
                tried = try_policy(rest, policy, photos, splits=SPLITS)
                rates = {
                    "right_accepted": tried.right_accepted,
                    "right_rejected": tried.right_rejected,
                    "strangers_accepted": tried.strangers_accepted,
                    "strangers_reviewed": tried.strangers_reviewed,
                }
                found.append(
                    {"chosen_on": name, "networks": policy.networks, "photos": photos, "enrolled": tried.enrolled}
                    | {what: _as_numbers(rate) for what, rate in rates.items()}
                )
    return found


def _as_numbers(rate: Rate) -> list[float]:
    return [round(each, 5) for each in (rate.median, rate.low, rate.high)]


def report(content: Mapping[str, Any]) -> str:
    """Return what was measured on the halves, as a table."""
    heads = f"{'chosen on':<11}{'photos':<8}{'right pass':<12}{'right fail':<12}"
    lines = [f"{heads}{'strangers pass':<16}{'to staff':<11}networks"]
    lines += [
        f"{each['chosen_on']:<11}{each['photos']:<8}{each['right_accepted'][0]:<12.1%}{each['right_rejected'][0]:<12.1%}"
        f"{each['strangers_accepted'][0]:<16.2%}{each['strangers_reviewed'][0]:<11.2%}{each['networks']}"
        for each in content["halves"]
    ]
    return "\n".join(lines)


def differences(made: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Return what of a file differs from what was made of the folder now: digest, networks, thresholds."""
    found = [] if made["folder"]["sha256"] == there["folder"]["sha256"] else ["the folder is another one"]
    pairs = list(zip(made["policies"], there["policies"], strict=False))
    if len(made["policies"]) != len(there["policies"]):
        found.append("the number of policies differs")
    for one, other in pairs:
        if [part["model"] for part in one["measure"]] != [part["model"] for part in other["measure"]]:
            found.append("the networks differ")
        for what in ("match", "one_person"):
            if any(abs(a - b) > SAME for a, b in zip(_flat(one[what]), _flat(other[what]), strict=True)):
                found.append(f"{what} of {one['engine']} differs: {one[what]}, not {other[what]}")
    return found


def _flat(values: Sequence[Any]) -> list[float]:
    return [number for each in values for number in (each.values() if isinstance(each, dict) else [each])]


def main() -> int:
    """Read the command line, compute, and write or compare the file; return 2 if it fails, 1 if a check differs."""
    parser = argparse.ArgumentParser(prog="scripts/package-policy", description="The thresholds of the package.")
    parser.add_argument("folder", type=Path, help="one folder a person; _one_photo/ may hold more people")
    parser.add_argument("--name", required=True, help="the version, and the name of the file")
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the file that is there")
    asked = parser.parse_args()
    if not asked.folder.is_dir():
        parser.error("DIR must be a folder with one folder a person")
    try:
        engine = make_engine(ENGINE, folder=read_settings().var / "models")
        if len(engine.networks) < 2:
            raise UnusableNetwork("the second network is missing: run scripts/fetch-models")
        people, refused = read_folder(asked.folder, engine)
        content = make(people, refused, engine.networks, asked.folder, asked.name)
    except (WrongSettings, TooFewPeople, UnusableNetwork, OSError) as error:
        print(f"package-policy: {error}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return 2
    print(report(content))  # noqa: T201
    path = POLICIES / f"{asked.name}.json"
    if asked.check:
        wrong = differences(content, json.loads(path.read_text(encoding="utf-8")))
        print("\n".join(wrong) or "the file is what the folder makes")  # noqa: T201
        return 1 if wrong else 0
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
