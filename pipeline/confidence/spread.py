"""How far documents and pages stray from what the model of words expects of them, and what that means for counts of wrong words.

Words of a document err together: a ribbon, a camera or a typist is worse than the pages that the model was fitted on. So each
document has a shift of the logits of its words' risks, and each page a smaller one of its own: a logistic model with random
intercepts (Gelman and Hill, "Data Analysis Using Regression and Multilevel/Hierarchical Models", 2007, ch. 14), whose spreads are
fitted on hand-corrected documents by empirical Bayes (benchmarks/fit_spread.py). Shifts are summed over on a grid.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

STEP, REACH = 0.1, 6.0
SHIFTS: Floats = np.arange(-REACH, REACH + STEP / 2, STEP)
"""The grid of shifts, in logits."""
BINS = np.arange(-9.0, 5.0, 0.1)
"""Words whose logits lie between two of these count as alike."""


FREEDOM = 4
"""Degrees of freedom of Student's distribution of documents' shifts: some document is unlike all others, and what is found in it
must be able to outweigh what was expected (Lange, Little and Taylor, "Robust statistical modeling using the t distribution", JASA
84, 1989)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Scales, in logits, of the shifts of documents (Student's distribution) and of pages (normal); `shift` is the middle of
    those of documents."""

    document: float
    page: float
    shift: float = 0.0

    def prior(self) -> Floats:
        """Probabilities of a document's shift, over SHIFTS."""
        return student(SHIFTS - self.shift, self.document)

    def kernel(self) -> Floats:
        """Probabilities of the shift of a page (columns) given that of its document (rows), over SHIFTS."""
        return np.stack([normal(SHIFTS - shift, self.page) for shift in SHIFTS])


def student(distance: Floats, scale: float) -> Floats:
    """Student's probabilities over equally spaced points, adding up to 1."""
    weights = (1 + (distance / max(scale, STEP / 2)) ** 2 / FREEDOM) ** (-(FREEDOM + 1) / 2)
    return np.asarray(weights / weights.sum())


def normal(distance: Floats, deviation: float) -> Floats:
    """Normal probabilities over equally spaced points, adding up to 1."""
    weights = np.exp(-0.5 * (distance / max(deviation, STEP / 2)) ** 2)
    return np.asarray(weights / weights.sum())


def spread_of(*, image: bool) -> Spread:
    """The shipped spread of texts whose OCR said how sure it was of its words (`image`), or of others."""
    return spreads()["image" if image else "text"]


@cache
def spreads() -> dict[str, Spread]:
    """The shipped spreads by name."""
    data = json.loads(files("pipeline.confidence").joinpath("spread.json").read_text(encoding="utf-8"))
    return {name: Spread(data[name]["document"], data[name]["page"], data[name]["shift"]) for name in ("image", "text")}


def expected_counts(risks: Floats, groups: Counts, size: int) -> Floats:
    """Wrong words that are expected in each of `size` groups under each of SHIFTS: an array of groups x shifts.

    `risks`: probability (0-1) of each word that it is wrong; `groups`: the group of each.
    """
    risks = np.clip(risks, 1e-5, 1 - 1e-5)
    logits = np.log(risks / (1 - risks))
    bins = np.digitize(logits, BINS)
    words = np.bincount(groups * (len(BINS) + 1) + bins, minlength=size * (len(BINS) + 1)).reshape(size, len(BINS) + 1)
    totals = np.bincount(bins, minlength=len(BINS) + 1)
    means = np.bincount(bins, risks, minlength=len(BINS) + 1) / np.maximum(1, totals)
    used = totals > 0
    centres = np.log(means[used] / (1 - means[used]))
    return np.asarray(words[:, used] @ (1 / (1 + np.exp(-(centres[:, None] + SHIFTS)))))


def likelihood(expected: Floats, words: Counts, wrong: Counts) -> Floats:
    """Log-likelihood of each shift (columns) for groups (rows) of so many `words` of which so many were found `wrong`.

    Words count as a binomial of their mean risk, which varies no less than the sum of unequal ones does (Hoeffding 1956).
    """
    share = np.clip(expected / np.maximum(1, words)[:, None], 1e-9, 1 - 1e-9)
    return np.asarray(wrong[:, None] * np.log(share) + (words - wrong)[:, None] * np.log1p(-share))


def document_likelihood(pages: Floats, kernel: Floats) -> Floats:
    """Log-likelihood of each shift of a document, of those of its pages (rows), summed over what the pages' own may be."""
    peak = pages.max(axis=1, keepdims=True)
    return np.asarray((np.log(np.exp(pages - peak) @ kernel.T + 1e-300) + peak).sum(axis=0))
