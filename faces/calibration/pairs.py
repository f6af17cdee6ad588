"""Comparing many people with each other as check-ins would be: one photo against one person's template.

Where a measure is centred, each pair is centred on everybody but the two who are compared: a mean that holds them
would hold them apart, and the fewer people there are, the more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.matching.measure import Descriptors, Measure, Metric

Numbers = NDArray[np.float64]
Owners = NDArray[np.intp]
Person = Sequence[Descriptors]
"""The raw descriptors of one person's photos."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How a pair is measured: the networks, each with its weight; centred cosines, or one plain metric."""

    models: tuple[str, ...]
    metric: Metric = Metric.COSINE
    is_centred: bool = True
    weights: tuple[float, ...] = ()

    @classmethod
    def of(cls, measure: Measure) -> "Yardstick":
        """Return how a measure compares: the same networks, metric and weights; a centred one without its centres."""
        weights = tuple(share.weight for share in measure.shares)
        return cls(measure.models, measure.metric, measure.is_centred, weights)

    @property
    def shares(self) -> Numbers:
        """The weights as shares of one; equal ones where none were given."""
        given = np.array(self.weights or (1.0,) * len(self.models))
        return np.asarray(given / given.sum(), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Distances between templates and photos.

    distances: (templates, photos). enrolled, shown: whose each row and each column is, as places in the list of people.
    photo_shares: (photos,), one by the number of photos of their owner, so that every person counts the same.
    """

    distances: Numbers
    enrolled: Owners
    shown: Owners
    photo_shares: Numbers

    @property
    def is_other(self) -> NDArray[np.bool_]:
        """(templates, photos): whether two people are compared."""
        return np.asarray(self.enrolled[:, None] != self.shown[None, :])


def compare(people: Sequence[Person], yardstick: Yardstick, photos: int, *, whole: bool = False) -> Trials:
    """Compare a template of the first `photos` photos of everybody who has as many with each photo of everybody.

    whole: compare with everybody's template of all their photos instead of each photo. With the template's own owner
    the photos that are in it come first, which is no trial: who wants those looks at later ones.
    """
    enrolled = np.array([place for place, person in enumerate(people) if len(person) >= photos], np.intp)
    counts = np.array([1 if whole else len(person) for person in people])
    shown = np.repeat(np.arange(len(people)), counts)
    similar = np.zeros((len(enrolled), len(shown)))
    for model, share in zip(yardstick.models, yardstick.shares, strict=True):
        rows = [np.array([photo[model] for photo in person], np.float64) for person in people]
        means = np.array([each.mean(axis=0) for each in rows])
        templates = np.array([rows[place][:photos].mean(axis=0) for place in enrolled]).reshape(-1, means.shape[1])
        probes = means if whole else np.concatenate(rows)
        if yardstick.metric is Metric.EUCLIDEAN:
            return Trials(_apart(templates, probes), enrolled, shown, 1 / counts[shown])
        centres = means if yardstick.is_centred else None
        similar += share * _cosines(templates, enrolled, probes, shown, centres)
    return Trials(1 - similar, enrolled, shown, 1 / counts[shown])


def compare_by(people: Sequence[Person], measure: Measure, photos: int) -> Trials:
    """Compare as `compare` does, by a measure as it is: what its decisions would be."""
    enrolled = np.array([place for place, person in enumerate(people) if len(person) >= photos], np.intp)
    counts = np.array([len(person) for person in people])
    shown = np.repeat(np.arange(len(people)), counts)
    distances = np.zeros((len(enrolled), len(shown)))
    whole = sum(share.weight for share in measure.shares)
    for share in measure.shares:
        rows = [np.array([photo[share.model] for photo in person], np.float64) for person in people]
        means = np.array([rows[place][:photos].mean(axis=0) for place in enrolled])
        templates, probes = share.view(means), share.view(np.concatenate(rows))
        apart = _apart(templates, probes) if share.metric is Metric.EUCLIDEAN else 1 - templates @ probes.T
        distances += share.weight / whole * apart
    return Trials(distances, enrolled, shown, 1 / counts[shown])


def compare_photos(people: Sequence[Person], measure: Measure, *, is_own: bool = False) -> Trials:
    """Compare each photo with each photo by a measure, as photos of one enrolment are.

    is_own: the measure is centred on these people, so that each pair is centred on everybody else.
    """
    owners = np.repeat(np.arange(len(people)), [len(person) for person in people])
    distances = np.zeros((len(owners), len(owners)))
    whole = sum(share.weight for share in measure.shares)
    for share in measure.shares:
        rows = np.array([photo[share.model] for person in people for photo in person], np.float64)
        if is_own and share.centre is not None:
            means = np.array(
                [np.mean([photo[share.model] for photo in person], axis=0) for person in people], np.float64
            )
            apart = 1 - _cosines(rows, owners, rows, owners, means)
        else:
            seen = share.view(rows)
            apart = _apart(seen, seen) if share.metric is Metric.EUCLIDEAN else 1 - seen @ seen.T
        distances += share.weight / whole * apart
    return Trials(distances, owners, owners, 1 / np.bincount(owners)[owners])


def _apart(templates: Numbers, probes: Numbers) -> Numbers:
    squared = _squares(templates)[:, None] + _squares(probes)[None, :] - 2 * templates @ probes.T
    return np.asarray(np.sqrt(np.maximum(squared, 0)))


def _cosines(templates: Numbers, enrolled: Owners, probes: Numbers, shown: Owners, means: Numbers | None) -> Numbers:
    """Return the cosine of each template with each probe, seen from the mean of all people but the two.

    means: (people, n), or None for plain cosines. With c people left, their mean is mu = (sum - own - other) / c; all
    products with it come from products of what there is, so no mean is made for any pair.
    """
    product, one, two = templates @ probes.T, _squares(templates)[:, None], _squares(probes)[None, :]
    if means is not None:
        own, other, total = means[enrolled], means[shown], means.sum(axis=0)
        apart = np.asarray(enrolled[:, None] != shown[None, :], np.float64)
        left = len(means) - 1 - apart
        with_probe = (probes @ total)[None, :] - own @ probes.T - apart * np.einsum("ij,ij->i", other, probes)[None, :]
        with_template = (templates @ total)[:, None] - np.einsum("ij,ij->i", own, templates)[:, None]
        with_template = with_template - apart * (templates @ other.T)
        itself = float(total @ total) + _squares(own)[:, None] - 2 * (own @ total)[:, None]
        itself = itself + apart * (_squares(other) - 2 * other @ total)[None, :] + 2 * apart * (own @ other.T)
        with_probe, with_template, itself = with_probe / left, with_template / left, itself / left**2
        product = product - with_probe - with_template + itself
        one, two = one - 2 * with_template + itself, two - 2 * with_probe + itself
    return np.asarray(product / np.sqrt(np.maximum(one * two, 1e-30)))


def _squares(rows: Numbers) -> Numbers:
    return np.asarray(np.einsum("ij,ij->i", rows, rows))
