"""From a distance to a decision. Every number lies in a versioned file under `policies`, none of them in code."""

import json
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from statistics import NormalDist
from typing import Any

from faces.matching.measure import Measure, from_json, plain, to_json
from faces.matching.metric import Metric


class Band(StrEnum):
    """The three answers to "is this the same person"."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, and all that is needed to explain it years later: score, thresholds, version, engine and band.

    distance, accept_at, review_to: by the policy's measure, Euclidean or 1 - cosine, dimensionless; accept up to the
    first threshold, review up to the second. engine: the networks that took part, joined by +.
    """

    band: Band
    distance: float
    accept_at: float
    review_to: float
    policy_version: str
    engine: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Distances for templates made of one number of photos: accept up to the first, review up to the second."""

    accept_at: float
    review_to: float


@dataclass(frozen=True, slots=True)
class DuplicateLimits:
    """Distances for one size of gallery: certainly one person up to the first, held for an admin up to the second."""

    certain_at: float
    held_to: float


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds that belong to one measure; index 0 of each tuple is for one photo, the last for all above.

    engine: the network whose templates it is for; the measure may want others of them too.
    one_person: largest distance between any two photos of one enrolment; index 0 is for two photos.
    strangers: distance between a new template and another person's, as a normal distribution.
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


def decide(distance: float, photos: int, policy: Policy) -> Decision:
    """Put a distance into its band.

    distance: by the policy's measure, to a template made of `photos` photos. Whatever isn't surely within a threshold
    is outside.
    """
    limits = policy.thresholds(photos)
    band = band_of(distance, limits)
    return Decision(band, distance, limits.accept_at, limits.review_to, policy.version, policy.networks)


def band_of(distance: float, limits: Thresholds) -> Band:
    """Put a distance between two thresholds; what is no number is rejected."""
    if distance <= limits.accept_at:
        return Band.ACCEPT
    return Band.REVIEW if distance <= limits.review_to else Band.REJECT


def load_policy(name: str = "dlib-plain") -> Policy:
    """Load one of the policies that come with the package; raises FileNotFoundError."""
    text = resources.files("faces.matching").joinpath("policies", f"{name}.json").read_text(encoding="utf-8")
    return read_policy(json.loads(text))


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
    )
    if any(not 0 < limits.accept_at <= limits.review_to for limits in policy.match):
        raise ValueError("a policy needs 0 < accept_at <= review_to")
    if not (policy.match and policy.one_person and policy.strangers):
        raise ValueError("a policy needs thresholds for at least one number of photos")
    return policy


def _measure(content: dict[str, Any]) -> Measure:
    """Read the measure of a policy: a file names the `metric` of its one network; a computed policy holds a measure."""
    if "measure" in content:
        return from_json(content["measure"])
    return plain(content["engine"], Metric(content.get("metric", Metric.EUCLIDEAN)))


def write_policy(policy: Policy) -> dict[str, Any]:
    """Return plain values for JSON, from which `read_policy` makes the same policy."""
    return {
        "version": policy.version,
        "engine": policy.engine,
        "source": policy.source,
        "match": [{"accept_at": each.accept_at, "review_to": each.review_to} for each in policy.match],
        "one_person": list(policy.one_person),
        "strangers": [{"mean": each.mean, "sd": each.stdev} for each in policy.strangers],
        "wrongly_certain": policy.wrongly_certain,
        "wrongly_held": policy.wrongly_held,
        "same_photo": policy.same_photo,
        "measure": to_json(policy.measure),
    }
