"""Logistic regression that tells covered faces from plain ones, in numpy alone, and its threshold.

The threshold comes from people and styles that training never saw: on its own people a regression with more than a
thousand numbers is much too sure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.covers.classifier import Numbers, Scores, Weights

RIDGE = 3.0  # weight of the squared weights, in features of standard deviation one
STEPS = 15  # of Newton's method; it stops earlier where nothing changes
SETTLED = 1e-3
FOLDS = 5
NEAR_ENOUGH, MOST_WAYS = 1e-5, 30  # squared error left of a step of Newton's method, and gradients for it at most


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Faces to learn from. rows: (n, features); is_covered, person, weight: (n,)."""

    rows: Numbers
    is_covered: NDArray[np.bool_]
    person: NDArray[np.intp]
    weight: Scores

    def only(self, chosen: NDArray[np.bool_]) -> "Examples":
        """Return the examples that are chosen."""
        return Examples(self.rows[chosen], self.is_covered[chosen], self.person[chosen], self.weight[chosen])


def train(examples: Examples, ridge: float = RIDGE) -> Weights:
    """Return the weights that fit the examples best; both classes count the same."""
    mean, spread = examples.rows.mean(axis=0), examples.rows.std(axis=0) + 1e-3
    rows = ((examples.rows - mean) / spread).astype(np.float32)
    rows = np.column_stack([rows, np.ones(len(rows), np.float32)])
    wanted = examples.is_covered.astype(np.float32)
    importance = _balanced(examples)
    penalty = np.full(rows.shape[1], ridge, np.float32)
    penalty[-1] = 1e-3
    found = np.zeros(rows.shape[1], np.float32)
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (importance * (wanted - expected)) - penalty * found
        step = _newton_step(rows, importance * np.maximum(expected * (1 - expected), 1e-6), penalty, slope)
        found = found + step
        if np.abs(step).max() < SETTLED:
            break
    weights = found[:-1] / spread
    return Weights(weights.astype(np.float32), float(found[-1] - mean @ weights))


def held_out_scores(examples: Examples, others: Examples, ridge: float = RIDGE, folds: int = FOLDS) -> Scores:
    """Return the scores of `others`, each by weights from the examples of other people."""
    scores = np.zeros(len(others.rows))
    for fold in range(folds):
        weights = train(examples.only(examples.person % folds != fold), ridge)
        mine = others.person % folds == fold
        scores[mine] = weights.scores(others.rows[mine])
    return scores


def threshold_at(scores: Scores, weight: Scores, share: float) -> float:
    """Return the smallest score above which at most this share of the plain faces lies. weight: of each face."""
    order = np.argsort(-scores)
    above = np.cumsum(weight[order]) / weight.sum()
    inside = int(np.searchsorted(above, share, side="right"))
    return float(scores[order[min(inside, len(order) - 1)]]) + 1e-6


def _newton_step(rows: Numbers, curve: Numbers, penalty: Numbers, slope: Numbers) -> Numbers:
    """Solve (rows' curve rows + penalty) step = slope by conjugate gradients, which need no matrix of that size."""
    step, left = np.zeros_like(slope), slope.copy()
    way, size = left.copy(), float(left @ left)
    smallest = size * NEAR_ENOUGH
    for _ in range(MOST_WAYS):
        if size <= smallest:
            break
        bent = rows.T @ (curve * (rows @ way)) + penalty * way
        length = np.float32(size / float(way @ bent))
        step, left = np.asarray(step + length * way, np.float32), np.asarray(left - length * bent, np.float32)
        size, before = float(left @ left), size
        way = np.asarray(left + np.float32(size / before) * way, np.float32)
    return step


def _balanced(examples: Examples) -> Numbers:
    """Return weights whose sum is the number of examples, half of it for each class."""
    made = examples.weight.copy()
    for kind in (examples.is_covered, ~examples.is_covered):
        made[kind] *= len(made) / 2 / max(made[kind].sum(), 1e-9)
    return made.astype(np.float32)
