"""Whether words that were doubted are those that are wrong: probabilities of words beside what the truth says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.bootstrap import Interval, bootstrap
from pipeline.evaluate.calibration import (
    Bin,
    Curve,
    aurc,
    auroc,
    brier,
    calibration_error,
    found_by_reading,
    reliability,
    risk_coverage,
    roc,
)
from pipeline.evaluate.labels import RIGHT, UNJUDGED, label

Floats = NDArray[np.float64]
DRAWS = 400
"""Fewer than for error rates, since in each of them all words have to be put in order."""
MEASURES = ("auroc", "calibration_error", "brier", "aurc", "found")


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A text, and for each of its words (runs without white space) the probability that it is wrong: NaN where nothing was
    said of a word, None where nothing was said of any."""

    text: str
    chance: Floats | None = None


@dataclass(frozen=True)
class Certainty:
    """Words with their chance of being wrong (0-1), what they were (0 right, 1 wrong), and their line and page, each numbered
    through. `unjudged`: words that the truth says nothing of, since it leaves out the whole line."""

    chance: Floats
    wrong: Floats
    lines: NDArray[np.int64]
    pages: NDArray[np.int64]
    unjudged: int = 0

    @property
    def expected(self) -> float:
        """How many words were expected to be wrong."""
        return float(self.chance.sum())

    @cached_property
    def bins(self) -> tuple[Bin, ...]:
        return reliability(self.chance, self.wrong)

    @property
    def roc(self) -> Curve:
        return roc(self.chance, self.wrong)

    @property
    def risk_coverage(self) -> Curve:
        return risk_coverage(self.chance, self.wrong)

    @cached_property
    def of_lines(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """For each line the chance that anything in it is wrong, how many of its words are, and its page."""
        _, first, home = np.unique(self.lines, return_index=True, return_inverse=True)
        logs = np.bincount(home, np.log1p(-np.minimum(self.chance, 0.999999))).astype(np.float64)
        wrong = np.bincount(home, self.wrong).astype(np.float64)
        return np.asarray(1 - np.exp(logs)), wrong, self.pages[first]

    @cached_property
    def figures(self) -> dict[str, Interval]:
        """AUROC, calibration error, Brier score, area under the risk-coverage curve, the share of the wrong words found by
        reading the least sure tenth of the words (`found`), and of the lines (`found_in_lines`); pages are what is drawn."""
        words = np.column_stack([self.chance, self.wrong])
        found = dict(zip(MEASURES, bootstrap(words, of_words, clusters=list(self.pages), draws=DRAWS), strict=True))
        chance, wrong, pages = self.of_lines
        of_lines = bootstrap(np.column_stack([chance, wrong]), reading, clusters=list(pages), draws=DRAWS)
        return {**found, "found_in_lines": of_lines[0]}


def of_words(table: Floats) -> Floats:
    chance, wrong = table[:, 0], table[:, 1]
    measures = auroc, calibration_error, brier, aurc, found_by_reading
    return np.array([measure(chance, wrong) for measure in measures])


def reading(table: Floats) -> Floats:
    return np.array([found_by_reading(table[:, 0], table[:, 1])])


def certainty(pages: Iterable[tuple[Sequence[JudgedText], str]], *, scans: bool = True) -> Certainty | None:
    """The words of each page's texts beside the page's truth; None where nothing was said of any word. `scans`: compare by the
    conventions for pages, else by those for repaired documents."""
    chances, wrongs, lines, homes = [], [], [], []
    line = unjudged = 0
    for page, (texts, truth) in enumerate(pages):
        for text in texts:
            if text.chance is None or not text.text.strip():
                continue
            states = label(text.text, truth, pages=scans).states
            known = (states != UNJUDGED) & ~np.isnan(text.chance)
            unjudged += int((~known).sum())
            own = line + lines_of(text.text)
            line = int(own[-1]) + 1
            chances.append(text.chance[known])
            wrongs.append((states[known] != RIGHT).astype(np.float64))
            lines.append(own[known])
            homes.append(np.full(int(known.sum()), page))
    if not sum(map(len, chances)):
        return None
    together = np.concatenate
    return Certainty(together(chances), together(wrongs), together(lines), together(homes), unjudged)


def lines_of(text: str) -> NDArray[np.int64]:
    """The line that each word stands on, from 0."""
    breaks = [match.start() for match in re.finditer("[\n\f]", text)]
    return np.searchsorted(breaks, [match.start() for match in re.finditer(r"\S+", text)])
