"""How well probabilities of being wrong keep their word: reliability, calibration error, ROC and risk-coverage curves.

Everything takes `chance`, the probability (0-1) of each item (word or line) that it is wrong, and `wrong`, what it was: 0 or 1,
or, for lines, how many of its words. Items of equal chance stand in no order: what depends on their order is its mean over all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

BINS = 10
"""Bins of equal mass, in which probabilities are compared with what was found."""
READ = 0.1
"""Share of the words or lines that a reader goes through, the least sure first."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Items of like chance: how many, their mean chance of being wrong, the share that was wrong, and the chances' range."""

    count: int
    expected: float
    found: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a line, both coordinates 0-1, from left to right."""

    x: Floats
    y: Floats


def auroc(chance: ArrayLike, wrong: ArrayLike) -> float:
    """Area under the ROC curve: how often a wrong item has a greater chance of it than a right one, ties counted half.

    That is the statistic of Mann and Whitney (Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006).
    NaN where all are wrong, or none.
    """
    values, bad = floats(chance), floats(wrong) > 0
    positives, negatives = int(bad.sum()), int((~bad).sum())
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[bad].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def roc(chance: ArrayLike, wrong: ArrayLike) -> Curve:
    """For every threshold the share of the wrong items that is caught (y), and of the right ones that is suspected (x)."""
    values, bad = floats(chance), floats(wrong) > 0
    order = np.argsort(-values, kind="stable")
    last = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1) if len(values) else np.empty(0, dtype=int)
    caught, alarms = (np.concatenate([[0.0], np.cumsum(kind[order])[last]]) for kind in (bad, ~bad))
    return Curve(alarms / max(1, alarms[-1]), caught / max(1, caught[-1]))


def reliability(chance: ArrayLike, wrong: ArrayLike, bins: int = BINS) -> tuple[Bin, ...]:
    """What was expected and what was found in bins of equal mass, the surest first; items of equal chance share a bin, so bins
    may be fewer and unequal (equal mass: Nixon et al., "Measuring calibration in deep learning", CVPR workshops 2019)."""
    values, bad = floats(chance), floats(wrong) > 0
    order = np.argsort(values, kind="stable")
    values, bad = values[order], bad[order]
    ends = [round(len(values) * at / bins) for at in range(1, bins + 1)] if len(values) else []
    ends = sorted({int(np.searchsorted(values, values[end - 1], side="right")) for end in ends if end})
    found = []
    for start, end in zip([0, *ends], ends, strict=False):
        part = values[start:end]
        found.append(Bin(end - start, float(part.mean()), float(bad[start:end].mean()), float(part[0]), float(part[-1])))
    return tuple(found)


def expected_calibration_error(bins: tuple[Bin, ...]) -> float:
    """Mean distance, over all items, between what their bin expected and what was found there (0-1).

    Method: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015; on bins
    of equal mass it is less biased (Roelofs et al., "Mitigating bias in calibration error estimation", AISTATS 2022).
    """
    return sum(b.count * abs(b.expected - b.found) for b in bins) / max(1, sum(b.count for b in bins))


def calibration_error(chance: ArrayLike, wrong: ArrayLike, bins: int = BINS) -> float:
    """The expected calibration error of chances, in bins of equal mass."""
    return expected_calibration_error(reliability(chance, wrong, bins))


def brier(chance: ArrayLike, wrong: ArrayLike) -> float:
    """Mean squared distance between chance and outcome (Brier, Monthly Weather Review 78, 1950); NaN without items."""
    values = floats(chance)
    return float(np.mean((values - (floats(wrong) > 0)) ** 2)) if len(values) else float("nan")


def surest_first(chance: ArrayLike, wrong: ArrayLike) -> Floats:
    """What is wrong among the k surest items, for k from 0 to all."""
    values, bad = floats(chance), floats(wrong)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, bad, minlength=len(counts)) / np.maximum(1, counts)
    return np.concatenate([[0.0], np.cumsum(np.repeat(means, counts))])


def risk_coverage(chance: ArrayLike, wrong: ArrayLike) -> Curve:
    """Share that is wrong (y) among the surest items, against their share of all (x).

    Method: El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR 11 (2010).
    """
    among = surest_first(chance, wrong)
    kept = np.arange(1, len(among))
    return Curve(kept / max(1, len(kept)), among[1:] / kept)


def aurc(chance: ArrayLike, wrong: ArrayLike) -> float:
    """Area under the risk-coverage curve, the mean risk over all coverages (Geifman and El-Yaniv, "Selective classification for
    deep neural networks", NeurIPS 2017); the share that is wrong would be that of a blind order. NaN without items."""
    risks = risk_coverage(chance, wrong).y
    return float(risks.mean()) if len(risks) else float("nan")


def found_by_reading(chance: ArrayLike, wrong: ArrayLike, share: float = READ) -> float:
    """Share (0-1) of all that is wrong that stands in the least sure `share` of the items; NaN where nothing is wrong."""
    among = surest_first(chance, wrong)
    if among[-1] == 0:
        return float("nan")
    left = (len(among) - 1) * (1 - share)
    return float(1 - np.interp(left, np.arange(len(among)), among) / among[-1])


def floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
