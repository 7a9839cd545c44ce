"""Fitting the weights of the confidence model to words of which is known whether they are wrong; numpy is all it needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.model import chances

Floats = NDArray[np.float64]

RIDGE = 50.0
"""How strongly weights are drawn to what is expected: as if so many words, each a standard deviation off, spoke for that."""
STEPS = 60
LENGTHS = (1.0, 0.5, 0.25, 0.1, 0.01)
"""Parts of a step that are tried: whole ones may lead away where little is known."""


def fitted(
    features: Floats,
    wrong: NDArray[np.bool_],
    count: Floats | None = None,
    expected: Floats | None = None,
    strength: Floats | float = RIDGE,
    floor: float = 0.0,
) -> Floats:
    """Weights of a logistic model of `wrong` (n) on `features` (n x k), the first of which is constant, by Newton's method.

    `count`: how much each word counts (1 unless given). `expected`: weights to which those found are drawn (0 unless given), the
    more the fewer words speak against them and the greater the `strength` (for all, or for each); the constant is free, and
    the search begins at them if it is given. `floor` (1 / variance, in logits) is what is known of every weight beforehand: a
    feature that few words have keeps a weight near the one expected, and not the one that chance gives it.

    Le Cessie & van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992).
    """
    counts = np.ones(len(wrong)) if count is None else count
    centre = np.zeros(features.shape[1]) if expected is None else expected
    spread = features.std(axis=0)
    penalty = strength * np.where(spread > 0, spread**2, 1.0) + floor
    penalty[0] = 1e-6

    def loss(weights: Floats) -> float:
        sums = features @ weights
        return float((counts * (np.logaddexp(0, sums) - wrong * sums)).sum() + (penalty * (weights - centre) ** 2).sum() / 2)

    share = np.clip((counts * wrong).sum() / max(1e-9, counts.sum()), 1e-4, 1 - 1e-4)
    weights = np.zeros(features.shape[1]) if expected is None or not expected[0] else centre.copy()
    weights[0] = weights[0] or np.log(share / (1 - share))
    least = loss(weights)
    for _ in range(STEPS):
        risk = chances(features @ weights)
        gradient = features.T @ (counts * (risk - wrong)) + penalty * (weights - centre)
        curvature = (features * (counts * risk * (1 - risk))[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        tried = [(loss(weights - length * step), length) for length in LENGTHS]
        found, length = min(tried)
        if found > least - 1e-9:
            break
        least, weights = found, weights - length * step
    return np.asarray(weights)
