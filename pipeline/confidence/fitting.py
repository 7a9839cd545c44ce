"""Fitting the weights of the confidence model to words of which is known whether they are wrong; numpy is all it needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.model import chances

Floats = NDArray[np.float64]

RIDGE = 20.0
"""How strongly weights are drawn to what is expected: as if so many words, each a standard deviation off, spoke for that."""
STEPS = 60


def fitted(
    features: Floats,
    wrong: NDArray[np.bool_],
    count: Floats | None = None,
    expected: Floats | None = None,
    strength: Floats | float = RIDGE,
) -> Floats:
    """Weights of a logistic model of `wrong` (n) on `features` (n x k), the first of which is constant, by Newton's method.

    `count`: how much each word counts (1 unless given). `expected`: weights to which those found are drawn (0 unless given), the
    more the fewer words speak against them and the greater the `strength` (for all, or for each); the constant is free.

    Le Cessie & van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992).
    """
    counts = np.ones(len(wrong)) if count is None else count
    centre = np.zeros(features.shape[1]) if expected is None else expected
    spread = features.std(axis=0)
    penalty = strength * np.where(spread > 0, spread**2, 1.0)
    penalty[0] = 1e-6
    weights = centre.copy()
    for _ in range(STEPS):
        risk = chances(features @ weights)
        gradient = features.T @ (counts * (risk - wrong)) + penalty * (weights - centre)
        curvature = (features * (counts * risk * (1 - risk))[:, None]).T @ features + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-7:
            break
    return np.asarray(weights)
