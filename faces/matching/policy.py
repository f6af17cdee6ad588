"""From a distance to a decision. The thresholds in force lie in versioned files or in calibrations, not here."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from statistics import NormalDist
from typing import Any

from faces.matching.measure import Descriptors, Measure, Metric, from_json, plain

PACKAGED = "packaged-ea-1"
"""The policies that serve dlib's network, with faceres and without, until a deployment has calibrated its own."""


class Band(StrEnum):
    """The three answers to "is this the same person"."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"


_FROM_BEST = (Band.ACCEPT, Band.REVIEW, Band.REJECT)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Distances for templates made of one number of photos: accept up to the first, review up to the second."""

    accept_at: float
    review_to: float


@dataclass(frozen=True, slots=True)
class GuardDecision:
    """What a guard measured, and its thresholds. distance: plain, by the engine's own network."""

    distance: float
    accept_at: float
    review_to: float

    @property
    def band(self) -> Band:
        """The band that these numbers give."""
        return band_of(self.distance, Thresholds(self.accept_at, self.review_to))


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, and all that is needed to explain it years later: scores, thresholds, version, engine and band.

    band: the worse one of measure and guard. distance, accept_at, review_to: by the policy's measure, Euclidean or
    1 - cosine, dimensionless; accept up to the first threshold, review up to the second. engine: the networks that took
    part, joined by +. guard: None for a policy without a guard.
    """

    band: Band
    distance: float
    accept_at: float
    review_to: float
    policy_version: str
    engine: str
    guard: GuardDecision | None = None


@dataclass(frozen=True, slots=True)
class DuplicateLimits:
    """Distances for one size of gallery: certainly one person up to the first, held for an admin up to the second."""

    certain_at: float
    held_to: float


@dataclass(frozen=True, slots=True)
class Guard:
    """Plain thresholds of the engine's own network, which hold beside those of a policy's measure.

    A mean belongs to its population: for people of another one a centred measure is too mild (measured, see
    docs/decisions/0033). Plain distances know no population. match: index 0 is for one photo, the last for all above.
    one_person: largest plain distance between any two photos of one enrolment. duplicates: largest plain distances of
    a certain and of a held duplicate.
    """

    measure: Measure
    match: tuple[Thresholds, ...]
    one_person: float
    duplicates: DuplicateLimits

    def thresholds(self, photos: int) -> Thresholds:
        """Return the 1:1 thresholds for a template made of this many photos."""
        return self.match[min(photos, len(self.match)) - 1]


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds that belong to one measure; index 0 of each tuple is for one photo, the last for all above.

    engine: the network whose templates it is for; the measure may want others of them too.
    one_person: largest distance between any two photos of one enrolment; index 0 is for two photos.
    strangers: distance between a new template and another person's, as a normal distribution.
    guard: plain thresholds that must hold too, None for none.
    """

    version: str
    engine: str
    source: str
    match: tuple[Thresholds, ...]
    one_person: tuple[float, ...]
    strangers: tuple[NormalDist, ...]
    wrongly_certain: float
    wrongly_held: float
    same_photo: float
    measure: Measure
    guard: Guard | None = None

    @property
    def networks(self) -> str:
        """The networks that take part, joined by +: how decisions and the API name them."""
        return "+".join(self.measure.models)

    def thresholds(self, photos: int) -> Thresholds:
        """Return the 1:1 thresholds for a template made of this many photos."""
        return self.match[min(photos, len(self.match)) - 1]

    def one_person_limit(self, photos: int) -> float:
        """Return the largest distance allowed between two of this many photos; at least two."""
        return self.one_person[min(photos, len(self.one_person) + 1) - 2]

    def duplicate_limits(self, photos: int, gallery: int) -> DuplicateLimits:
        """Return the 1:N limits for a gallery of this many other people.

        They refuse or hold an honest new person no more often than `wrongly_certain` and `wrongly_held`. Of n strangers
        at most n times as many lie within a distance as of one (union bound), so the share for each stranger is the
        wanted share divided by n. The same photo again is certain in any gallery.
        """
        strangers = self.strangers[min(photos, len(self.strangers)) - 1]
        others = max(gallery, 1)
        certain = max(self.same_photo, strangers.inv_cdf(self.wrongly_certain / others))
        return DuplicateLimits(certain, max(certain, strangers.inv_cdf(self.wrongly_held / others)))


def decide(distance: float, photos: int, policy: Policy, plain_distance: float | None = None) -> Decision:
    """Put a distance into its band: the worse one of the policy's measure and of its guard.

    distance: by the policy's measure, to a template made of `photos` photos. plain_distance: by the measure of the
    guard; ValueError if there is a guard and no such distance. Whatever isn't surely within a threshold is outside.
    """
    limits, guard = policy.thresholds(photos), None
    if policy.guard is not None:
        if plain_distance is None:
            raise ValueError("a policy with a guard needs the plain distance too")
        plain_limits = policy.guard.thresholds(photos)
        guard = GuardDecision(plain_distance, plain_limits.accept_at, plain_limits.review_to)
    band = worse_band(band_of(distance, limits), guard)
    return Decision(band, distance, limits.accept_at, limits.review_to, policy.version, policy.networks, guard)


def worse_band(band: Band, guard: GuardDecision | None) -> Band:
    """Return the band of a measure or that of a guard, whichever is worse for the person."""
    return band if guard is None else max(band, guard.band, key=_FROM_BEST.index)


def band_of(distance: float, limits: Thresholds) -> Band:
    """Put a distance between two thresholds; what is no number is rejected."""
    if distance <= limits.accept_at:
        return Band.ACCEPT
    return Band.REVIEW if distance <= limits.review_to else Band.REJECT


def load_policy(name: str = "dlib-plain") -> Policy:
    """Load one of the single policies that come with the package; raises FileNotFoundError."""
    return read_policy(_read_packaged(name))


def load_policies(name: str = PACKAGED) -> "PolicySet":
    """Load one of the sets of policies that come with the package; raises FileNotFoundError."""
    return PolicySet(tuple(read_policy(each) for each in _read_packaged(name)["policies"]))


def _read_packaged(name: str) -> dict[str, Any]:
    text = resources.files("faces.matching").joinpath("policies", f"{name}.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def read_policy(content: dict[str, Any]) -> Policy:
    """Read a policy from its JSON; raises KeyError or ValueError where something is missing or out of order."""
    policy = Policy(
        version=content["version"],
        engine=content["engine"],
        source=content["source"],
        match=tuple(Thresholds(each["accept_at"], each["review_to"]) for each in content["match"]),
        one_person=tuple(content["one_person"]),
        strangers=tuple(NormalDist(each["mean"], each["sd"]) for each in content["strangers"]),
        wrongly_certain=content["wrongly_certain"],
        wrongly_held=content["wrongly_held"],
        same_photo=content["same_photo"],
        measure=_measure(content),
        guard=_read_guard(content),
    )
    if any(not 0 < limits.accept_at <= limits.review_to for limits in (*policy.match, *_guard_thresholds(policy))):
        raise ValueError("a policy needs 0 < accept_at <= review_to")
    if not (policy.match and policy.one_person and policy.strangers):
        raise ValueError("a policy needs thresholds for at least one number of photos")
    return policy


def _measure(content: dict[str, Any]) -> Measure:
    """Read the measure of a policy: a file names the `metric` of its one network; a computed policy holds a measure."""
    if "measure" in content:
        return from_json(content["measure"])
    return plain(content["engine"], Metric(content.get("metric", Metric.EUCLIDEAN)))


def _read_guard(content: dict[str, Any]) -> Guard | None:
    found = content.get("guard")
    if found is None:
        return None
    guard = Guard(
        measure=plain(content["engine"], Metric(found["metric"])),
        match=tuple(Thresholds(each["accept_at"], each["review_to"]) for each in found["match"]),
        one_person=found["one_person"],
        duplicates=DuplicateLimits(found["certain_at"], found["held_to"]),
    )
    if not (guard.match and guard.one_person > 0 and 0 < guard.duplicates.certain_at <= guard.duplicates.held_to):
        raise ValueError("a guard needs thresholds, one_person above 0, and 0 < certain_at <= held_to")
    return guard


def _guard_thresholds(policy: Policy) -> tuple[Thresholds, ...]:
    return () if policy.guard is None else policy.guard.match


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies in force for the templates of one engine, those with more networks first, its own alone last.

    A face may lack the embedding of the second network, because that was missing when the person enrolled or checks in.
    Each comparison takes the policy that uses most of the networks of both sides. Raises ValueError if the policies
    don't belong together.
    """

    policies: tuple[Policy, ...]

    def __post_init__(self) -> None:
        if not self.policies or len(self.policies[-1].measure.shares) > 1:
            raise ValueError("a policy set ends with a policy for the engine's own network alone")
        if any(each.engine != self.engine or each.measure.models[0] != self.engine for each in self.policies):
            raise ValueError("a policy set is for one engine, whose network comes first in each measure")

    @property
    def engine(self) -> str:
        """The name of the engine whose templates it is for."""
        return self.policies[-1].engine

    @property
    def best(self) -> Policy:
        """The policy for faces with the embeddings of all networks."""
        return self.policies[0]

    @property
    def version(self) -> str:
        """The version of the best policy."""
        return self.best.version

    def choose(self, faces: Collection[Descriptors]) -> Policy:
        """Return the first policy whose networks all these faces have; raises KeyError without the engine's own."""
        for policy in self.policies:
            if all(model in face for face in faces for model in policy.measure.models):
                return policy
        raise KeyError(self.engine)

    def of_networks(self, models: Collection[str]) -> Policy:
        """Return the first policy that needs no other networks than these; raises KeyError without the engine's own."""
        for policy in self.policies:
            if set(policy.measure.models) <= set(models):
                return policy
        raise KeyError(self.engine)
