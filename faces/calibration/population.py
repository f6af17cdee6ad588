"""The people a measure is centred on: everybody in the gallery, each once.

A gallery may hold one person under several numbers, by mistake or by somebody's intent. Such accounts would pull the
mean to one face and pass for strangers who are hard to tell apart, so that thresholds would fall for everybody: they
are found first, told, and count as one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from faces.calibration.pairs import Numbers, Person, Yardstick, compare
from faces.engine import Embedding
from faces.matching.measure import Measure

ROUNDS = 3
WRONGLY_ALIKE = 0.01
"""How often a gallery of strangers alone may show even one pair that looks like one person."""
FARTHER = (0.8, 0.95)  # shares of all pairs that lie within the two distances which tell what strangers are like
LEAST_PEOPLE = 4


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two places in the list of people that look like one person."""

    one: int
    other: int
    distance: float


def find_duplicate_pairs(people: Sequence[Person], yardstick: Yardstick) -> list[DuplicatePair]:
    """Find the pairs that are nearer to each other than strangers ever are.

    What strangers are like is read off the farther pairs alone, by a normal distribution: one person under many numbers
    makes near pairs, and would move any figure that these take part in. The limit is where a gallery of strangers has
    one such pair in a hundred galleries.
    """
    if len(people) < LEAST_PEOPLE:
        return []
    apart = compare(people, yardstick, 1, whole=True).distances
    apart = (apart + apart.T) / 2
    ones, others = np.triu_indices(len(people), 1)
    distances = apart[ones, others]
    limit = _limit(distances)
    near = np.flatnonzero(distances <= limit)
    return [DuplicatePair(int(ones[at]), int(others[at]), float(distances[at])) for at in near]


def _limit(distances: Numbers) -> float:
    far, farther = (float(np.quantile(distances, share)) for share in FARTHER)
    scores = [NormalDist().inv_cdf(share) for share in FARTHER]
    spread = (farther - far) / (scores[1] - scores[0])
    if spread <= 0:
        return float("-inf")
    return NormalDist(far - scores[0] * spread, spread).inv_cdf(WRONGLY_ALIKE / len(distances))


def groups(duplicates: Iterable[DuplicatePair], count: int) -> list[list[int]]:
    """Return the places that hang together through such pairs, each group in order."""
    leader = list(range(count))

    def head(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for pair in duplicates:
        first, second = sorted((head(pair.one), head(pair.other)))
        leader[second] = first
    members: dict[int, list[int]] = {}
    for place in range(count):
        members.setdefault(head(place), []).append(place)
    return [each for each in members.values() if len(each) > 1]


@dataclass(frozen=True, slots=True)
class Population:
    """Who counts, and who looked like somebody else. kept: places of those who count, the first of each group."""

    kept: tuple[int, ...]
    duplicates: tuple[DuplicatePair, ...]


def each_once(people: Sequence[Person], yardstick: Yardstick) -> Population:
    """Leave out who looks like somebody before them; looks again without them, since they had moved the mean."""
    kept, found = list(range(len(people))), []
    for _ in range(ROUNDS):
        pairs = find_duplicate_pairs([people[place] for place in kept], yardstick)
        if not pairs:
            break
        found += [DuplicatePair(kept[pair.one], kept[pair.other], pair.distance) for pair in pairs]
        extra = {place for group in groups(pairs, len(kept)) for place in group[1:]}
        kept = [place for at, place in enumerate(kept) if at not in extra]
    return Population(tuple(kept), tuple(sorted(found, key=lambda pair: pair.distance)))


def largest_move(people: Sequence[Person], measure: Measure) -> float:
    """Return the distance of these people's mean from the centre of a measure, in standard deviations of one person.

    It is the largest distance of all networks, and 0 for a measure without a centre.
    """
    moves = [0.0]
    for share in measure.shares:
        if share.centre is not None:
            means = np.array([np.mean([photo[share.model] for photo in person], axis=0) for person in people])
            spread = float(np.sqrt(((means - means.mean(axis=0)) ** 2).sum(axis=1).mean()))
            moves.append(float(np.linalg.norm(means.mean(axis=0) - share.centre)) / max(spread, 1e-9))
    return max(moves)


def centre(people: Sequence[Person], model: str) -> Embedding:
    """Return the mean descriptor, every person counted once however many photos there are."""
    means = [np.mean([photo[model] for photo in person], axis=0, dtype=np.float64) for person in people]
    return np.asarray(np.mean(means, axis=0), np.float32)
