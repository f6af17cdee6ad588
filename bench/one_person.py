"""Measures what an enrolment believes: two people's photos as one set, honest sets, and one person under two numbers.

    python -m bench.one_person DIR

DIR has one folder for each person; `_one_photo/` holds more people with one photo each. For a folder whose people made
the packaged policy, means and limits are chosen on the people of odd number and tried on those of even number, and
swapped; any other folder is judged by the packaged file itself. The people are few: shares under 1% are guesses.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measuring import pin, table, write_result

CORES = len(pin(1))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from bench.accuracy import DEFAULT, look_at, people_of  # noqa: E402
from faces.calibration.calibrating import WantedShares, calibrate  # noqa: E402
from faces.calibration.intervals import share_interval  # noqa: E402
from faces.calibration.pairs import Person, Yardstick, compare_photos  # noqa: E402
from faces.engines.choosing import networks_of  # noqa: E402
from faces.matching.measure import Descriptors  # noqa: E402
from faces.matching.policy import PACKAGED, Policy, load_policies, load_policy  # noqa: E402
from service.commands.package_policy import POLICIES, WANTED, digest_of, guard_of  # noqa: E402

PACKAGES = ["dlib-bin", "onnxruntime", "numpy", "opencv-python-headless"]
KINDS = ((1, 1), (2, 1), (2, 2), (3, 1))  # photos of the first person, and of the second
HONEST = (2, 3, 4)
DRAWN = 4000
DRAWN_A_PERSON = 30
GALLERY = 50
SPLITS = 10
MOST_ENROLLED = 3
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `trials` drawings. people: of how many people the drawings are."""

    hits: float
    trials: int
    people: int

    @property
    def share(self) -> float:
        """The share itself."""
        return self.hits / self.trials if self.trials else float("nan")

    def interval(self) -> tuple[float, float]:
        """Return the 95% interval, as of one trial a person: more drawings are no further evidence."""
        people = max(self.people, 1)
        return share_interval(self.share * people, people) if self.trials else (0.0, 1.0)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.share:.2%} ({low:.1%} to {high:.1%})"

    def as_numbers(self) -> list[float]:
        """Return share and interval for JSON."""
        return [round(each, 5) for each in (self.share, *self.interval())]


@dataclass(frozen=True, slots=True)
class SecondEnrolments:
    """What became of one person's second enrolment under another number, and of honest newcomers."""

    certain: Share
    held: Share
    unseen: Share
    honest_stopped: Share


def two_person_sets(people: Sequence[Person], policy: Policy, *, is_own: bool = False) -> dict[str, Share]:
    """Return the share of sets of two people's photos that pass as one person, by the numbers of photos."""
    apart = _Apart(people, policy, is_own)
    found = {}
    for first, second in KINDS:
        chance = np.random.default_rng((first, second))
        ones = [place for place, person in enumerate(people) if len(person) >= first]
        others = [place for place, person in enumerate(people) if len(person) >= second]
        passed = trials = 0
        while trials < DRAWN and ones and others:
            one, other = chance.choice(ones), chance.choice(others)
            if one == other:
                continue
            photos = np.concatenate(
                [chance.choice(apart.of(one), first, False), chance.choice(apart.of(other), second, False)]
            )
            passed, trials = passed + apart.passes(photos), trials + 1
        found[f"{first}+{second}"] = Share(passed, trials, len(ones))
    return found


def honest_sets(people: Sequence[Person], policy: Policy, *, is_own: bool = False) -> dict[str, Share]:
    """Return the share of one person's sets that are refused, by the number of photos; each person counts the same."""
    apart = _Apart(people, policy, is_own)
    found = {}
    for photos in HONEST:
        chance = np.random.default_rng(photos)
        able = [place for place, person in enumerate(people) if len(person) >= photos]
        sets = [chance.choice(apart.of(place), photos, False) for place in able for _ in range(DRAWN_A_PERSON)]
        found[str(photos)] = Share(sum(not apart.passes(each) for each in sets), len(sets), len(able))
    return found


class _Apart:
    """The distances between all photos of some people, by a policy's measure and by its guard."""

    def __init__(self, people: Sequence[Person], policy: Policy, is_own: bool) -> None:
        self._policy = policy
        trials = compare_photos(people, policy.measure, is_own=is_own)
        self._distances, self._owners = trials.distances, trials.enrolled
        guard = policy.guard
        self._plain = None if guard is None else compare_photos(people, guard.measure).distances

    def of(self, place: int) -> Places:
        """Return the photos of the person at this place."""
        return np.flatnonzero(self._owners == place)

    def passes(self, photos: Places) -> bool:
        """Return whether these photos pass as one person's, as `make_template` decides."""
        chosen, guard = np.ix_(photos, photos), self._policy.guard
        if not self._distances[chosen].max() <= self._policy.one_person_limit(len(photos)):
            return False
        return guard is None or self._plain is None or bool(self._plain[chosen].max() <= guard.one_person)


def duplicates(people: Sequence[Person], policy: Policy, gallery: int = GALLERY) -> SecondEnrolments:
    """Return what becomes of a second enrolment with other photos, and how many honest newcomers are stopped.

    The limits are those of a gallery of this size, whatever the number of people here. An honest newcomer meets as many
    strangers as the gallery has, so their share is that of one pair times its size.
    """
    counts = dict.fromkeys(("certain", "held", "none"), 0)
    stopped = pairs = able = 0
    for number in range(SPLITS):
        first, second = _two_enrolments(people, number)
        able = len(second)
        for place, again in second.items():
            counts[_band(policy, again, first[place], gallery)] += 1
        for place, template in first.items():
            others = [each for at, each in first.items() if at != place]
            stopped += sum(_band(policy, template, each, gallery) != "none" for each in others)
            pairs += len(others)
    trials = sum(counts.values())
    return SecondEnrolments(
        certain=Share(counts["certain"], trials, able),
        held=Share(counts["held"], trials, able),
        unseen=Share(counts["none"], trials, able),
        honest_stopped=Share(stopped * gallery, pairs, len(people)),
    )


_Enrolled = tuple[int, Descriptors]


def _two_enrolments(people: Sequence[Person], number: int) -> tuple[dict[int, _Enrolled], dict[int, _Enrolled]]:
    """Draw half of each person's photos, at most three, and up to three of the others: means, with their numbers."""
    chance = np.random.default_rng(number)
    first, second = {}, {}
    for place, person in enumerate(people):
        order = chance.permutation(len(person))
        half = min(MOST_ENROLLED, max(1, len(person) // 2))
        first[place] = _mean([person[at] for at in order[:half]])
        if len(person) > half:
            second[place] = _mean([person[at] for at in order[half : half + MOST_ENROLLED]])
    return first, second


def _mean(photos: Sequence[Descriptors]) -> _Enrolled:
    return len(photos), {name: np.mean([photo[name] for photo in photos], axis=0) for name in photos[0]}


def _band(policy: Policy, new: _Enrolled, old: _Enrolled, gallery: int) -> str:
    photos, face = new
    limits, distance = policy.duplicate_limits(photos, gallery), policy.measure.distance(face, old[1])
    guard = policy.guard
    plain = 0.0 if guard is None else guard.measure.distance(face, old[1])
    if distance <= limits.certain_at and (guard is None or plain <= guard.duplicates.certain_at):
        return "certain"
    return "held" if distance <= limits.held_to and (guard is None or plain <= guard.duplicates.held_to) else "none"


def policies_to_try(
    people: Sequence[Person], folder: Path, networks: Sequence[str]
) -> Iterator[tuple[str, Policy, Sequence[Person], bool]]:
    """Yield what to try: a name, a policy, the people to try it on, and whether its means are of these people."""
    yield "plain, as before the packaged policy", load_policy(), people, False
    made = json.loads((POLICIES / f"{PACKAGED}.json").read_text(encoding="utf-8"))
    if made["folder"]["sha256"] != digest_of(folder):
        yield "packaged", load_policies().best, people, False
        yield "packaged, dlib alone", load_policies().policies[-1], people, False
        return
    guard = guard_of(networks[0])
    for name, models in (("both networks", tuple(networks)), ("dlib alone", (networks[0],))):
        for half, chosen, rest in (("odd", people[::2], people[1::2]), ("even", people[1::2], people[::2])):
            packaged = calibrate(chosen, Yardstick(models), version="half", source="half", wanted=WANTED, guard=guard)
            yield f"packaged, {name}, chosen on {half}", packaged.policy, rest, False
        own = calibrate(people, Yardstick(models), version="own", source="own", wanted=WantedShares(), guard=guard)
        yield f"calibrated here, {name}", own.policy, people, True


def main() -> None:
    """Measure, print the tables and write the result."""
    parser = argparse.ArgumentParser(prog="one-person", description="What an enrolment believes.")
    parser.add_argument("folder", type=Path, help="one folder a person; _one_photo/ holds more people")
    asked = parser.parse_args()
    people, networks = people_of(look_at(DEFAULT, asked.folder)), networks_of(DEFAULT)
    figures: dict[str, Any] = {}
    sets: list[list[object]] = []
    galleries: list[list[object]] = []
    for name, policy, tried, is_own in policies_to_try(people, asked.folder, networks):
        two, honest = two_person_sets(tried, policy, is_own=is_own), honest_sets(tried, policy, is_own=is_own)
        seen = duplicates(tried, policy)
        sets.append([name, *two.values(), *honest.values()])
        galleries.append([name, seen.certain, seen.held, seen.unseen, seen.honest_stopped])
        figures[name] = {
            "people": len(tried),
            "two_people_accepted": _numbers(two),
            "honest_refused": _numbers(honest),
            "duplicates": {what: getattr(seen, what).as_numbers() for what in SecondEnrolments.__slots__},
        }
    print(table(["policy", *(f"accepted {each}" for each in two), *(f"refused {each}" for each in honest)], sets))
    print(table(["policy", f"certain of {GALLERY}", "held", "unseen", "honest people stopped"], galleries))
    content = {"folder": asked.folder.name, "people": len(people), "gallery": GALLERY, "policies": figures}
    write_result(f"one_person_{asked.folder.name}", content, packages=PACKAGES, pinned_to=CORES)


def _numbers(shares: Mapping[str, Share]) -> dict[str, list[float]]:
    return {name: share.as_numbers() for name, share in shares.items()}


if __name__ == "__main__":
    main()
