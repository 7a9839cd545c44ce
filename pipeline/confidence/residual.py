"""How many words of a clean text are wrong still, with a 90 % interval, and which lines to read to see most of them.

The risks of single words add up to an expectation; how far the truth strays from it is drawn from `pipeline.confidence.spread`:
a shift of the document, one of each page, and chance. What a person found on lines drawn at random moves the document's shift
(Bayes' rule), and any line that a person has read is left out of what remains. Counted is what is wrong in the text that is
there; what is missing is in `pipeline.repair.findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.model import DocumentConfidence, LineConfidence
from pipeline.confidence.spread import (
    SHIFTS,
    STEP,
    Floats,
    Spread,
    document_likelihood,
    expected_counts,
    likelihood,
)

LEVEL = 0.90
"""Probability that the truth lies in an interval."""
SHARE = 0.90
"""Share of the wrong words that a reading list is to hold."""
DRAWS = 400
"""Counts drawn for each page."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Wrong words: how many are expected, and the bounds of the 90 % interval."""

    expected: float
    low: int
    high: int

    def __str__(self) -> str:
        """`about 580 (220-1,200)`: no more digits than the figures are worth."""
        return f"about {rounded(self.expected, round):,} ({rounded(self.low, floor):,}-{rounded(self.high, ceil):,})"


def rounded(number: float, way: Callable[[float], int]) -> int:
    """A number to two digits."""
    unit: int = 10 ** max(0, len(str(int(number))) - 2)
    return way(number / unit) * unit


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person found on a line, or on single words, at [start, end) of the clean text: so many words are `wrong`.

    `drawn`: the line was drawn at random, and so speaks for others; one that was chosen speaks for itself only.
    """

    start: int
    end: int
    wrong: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class ReadingList:
    """Lines to read, those with most expected errors first: `share` (0-1) of all wrong words stands in them. `of`: the lines that
    nobody has read, from which they are taken."""

    lines: tuple[LineConfidence, ...]
    share: float
    of: int


@dataclass(frozen=True)
class Residual:
    """Wrong words that are left in a document and in each of its pages, in order, in lines that nobody has read.

    `words`: how many words those lines have; `unread`: the lines; `read`: the verdicts that were taken into account.
    """

    document: Estimate
    pages: tuple[Estimate, ...]
    words: int
    unread: tuple[LineConfidence, ...]
    read: tuple[Verdict, ...] = ()

    def reading_list(self, share: float = SHARE) -> ReadingList:
        """The fewest lines in which `share` (0-1) of the wrong words is expected."""
        if not self.ranked or share <= 0:
            return ReadingList((), 0.0, len(self.unread))
        count = int(np.searchsorted(self.reached, min(share, 1.0) - 1e-9)) + 1
        return ReadingList(self.ranked[:count], float(self.reached[count - 1]), len(self.unread))

    @cached_property
    def ranked(self) -> tuple[LineConfidence, ...]:
        """The lines in which something may be wrong, the worst first."""
        doubted = (line for line in self.unread if line.expected_wrong > 0)
        return tuple(sorted(doubted, key=lambda line: -line.expected_wrong))

    @cached_property
    def reached(self) -> Floats:
        """The share of all wrong words (0-1) that is expected in so many of the worst lines, from one on."""
        sums = np.cumsum([line.expected_wrong for line in self.ranked])
        return np.asarray(sums / sums[-1])


def residual(confidence: DocumentConfidence, spread: Spread, verdicts: Sequence[Verdict] = ()) -> Residual:
    """What is left after `verdicts`. The same input gives the same result."""
    lines, risks, states = confidence.lines, confidence.words.wrong, seen(confidence, verdicts)
    at = homes(lines, confidence)
    pages = np.array([line.page - 1 for line in lines], dtype=np.int64)[at]
    size, left = len(confidence.pages), states == UNREAD
    expected = expected_counts(risks[left], pages[left], size)
    told = sighting(confidence, pages, states, verdicts)
    means, counts = draw(spread, expected, np.bincount(pages[left], minlength=size), told)
    return Residual(
        estimate(means.sum(axis=0), counts.sum(axis=0)),
        tuple(estimate(mean, count) for mean, count in zip(means, counts, strict=True)),
        int(left.sum()),
        tuple(unread_lines(lines, at, risks, left)),
        tuple(verdicts),
    )


UNREAD, CHOSEN, DRAWN = 0, 1, 2
"""What a person has seen of a word: nothing; its line, which was chosen; its line, which was drawn at random."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What lines drawn at random showed of the pages (counted from 0) that they stand on: log-likelihoods of SHIFTS."""

    pages: NDArray[np.int64]
    likelihoods: Floats


def written_lines(confidence: DocumentConfidence) -> list[LineConfidence]:
    """The lines of a text that have words."""
    lines = confidence.lines
    return [lines[at] for at in np.unique(homes(lines, confidence))]


def homes(lines: Sequence[LineConfidence], confidence: DocumentConfidence) -> NDArray[np.int64]:
    """For each word, which of `lines` it stands on."""
    starts = [line.start for line in lines]
    return np.asarray(np.searchsorted(starts, confidence.words.starts, side="right") - 1, dtype=np.int64)


def seen(confidence: DocumentConfidence, verdicts: Sequence[Verdict]) -> NDArray[np.int64]:
    """What a person has seen of each word: UNREAD, CHOSEN or DRAWN; the last verdict counts."""
    words = confidence.words
    states = np.full(len(words.starts), UNREAD, dtype=np.int64)
    firsts = np.searchsorted(words.ends, [verdict.start for verdict in verdicts], side="right")
    lasts = np.searchsorted(words.starts, [verdict.end for verdict in verdicts])
    for verdict, first, last in zip(verdicts, firsts.tolist(), lasts.tolist(), strict=True):
        states[first:last] = DRAWN if verdict.drawn else CHOSEN
    return states


def unread_lines(
    lines: Sequence[LineConfidence], at: NDArray[np.int64], risks: Floats, left: NDArray[np.bool_]
) -> Iterator[LineConfidence]:
    """The lines that have words that nobody has read, with what is expected of these alone; `at`: the line of each word."""
    every, unread = (np.bincount(of, minlength=len(lines)) for of in (at, at[left]))
    expected = np.bincount(at[left], risks[left], minlength=len(lines))
    for place in np.flatnonzero(unread).tolist():
        line = lines[place]
        yield line if unread[place] == every[place] else replace(line, expected_wrong=round(float(expected[place]), 4))


def sighting(
    confidence: DocumentConfidence, pages: NDArray[np.int64], states: NDArray[np.int64], verdicts: Sequence[Verdict]
) -> Sighting:
    """What the lines drawn at random say; `pages` (from 0) and `states` are those of the words."""
    size, drawn = len(confidence.pages), states == DRAWN
    if not drawn.any():
        return Sighting(np.empty(0, dtype=np.int64), np.empty((0, len(SHIFTS))))
    words, wrong = np.bincount(pages[drawn], minlength=size), np.zeros(size, dtype=np.int64)
    for verdict in (one for one in verdicts if one.drawn):
        first, last = confidence.words.places(verdict.start, verdict.end)
        if first < last:
            wrong[pages[first]] += verdict.wrong
    told = np.flatnonzero(words)
    expected = expected_counts(confidence.words.wrong[drawn], pages[drawn], size)[told]
    return Sighting(told, likelihood(expected, words[told], np.minimum(wrong, words)[told]))


def draw(spread: Spread, expected: Floats, words: NDArray[np.int64], seen: Sighting) -> tuple[Floats, NDArray[np.int64]]:
    """DRAWS times the wrong words of each page (pages x draws): what they are expected to be, and what chance makes of that.

    `expected`: those of each page (rows) under SHIFTS, in so many `words`.
    """
    weights = spread.prior()
    if len(seen.pages):
        told = document_likelihood(seen.likelihoods, spread.kernel())
        weights = weights * np.exp(told - told.max())
    document = inverse(np.cumsum(weights), (np.arange(DRAWS) + 0.5) / DRAWS)
    chance = np.random.default_rng(0)  # not fresh: the same document has the same figures again
    return draw_pages(spread, expected, words, seen, document, chance)


def draw_pages(
    spread: Spread,
    expected: Floats,
    words: NDArray[np.int64],
    seen: Sighting,
    document: NDArray[np.int64],
    chance: np.random.Generator,
) -> tuple[Floats, NDArray[np.int64]]:
    """The same for pages of a document whose shift was drawn: `document` has DRAWS places among SHIFTS."""
    own = np.rint(chance.normal(0, spread.page / STEP, (len(words), DRAWS))).astype(np.int64)
    shifts = np.clip(document + own, 0, len(SHIFTS) - 1)
    kernel = spread.kernel() if len(seen.pages) else np.empty(0)
    for page, told in zip(seen.pages, seen.likelihoods, strict=True):
        rows = np.cumsum(kernel * np.exp(told - told.max()), axis=1)[document]
        shifts[page] = (rows < chance.random((DRAWS, 1)) * rows[:, -1:]).sum(axis=1)
    means = np.take_along_axis(expected, shifts, axis=1)
    return means, chance.binomial(words[:, None], np.minimum(1.0, means / np.maximum(1, words)[:, None]))


def inverse(cumulated: Floats, levels: Floats) -> NDArray[np.int64]:
    """Places at which cumulated weights reach some levels (0-1) of their sum."""
    return np.asarray(np.searchsorted(cumulated, levels * cumulated[-1]), dtype=np.int64)


def estimate(means: Floats, counts: NDArray[np.int64]) -> Estimate:
    """The estimate that draws of a count give."""
    ordered = np.sort(counts)
    low, high = (int(ordered[ceil(share * len(ordered)) - 1]) for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(round(float(means.mean()), 3), low, high)
