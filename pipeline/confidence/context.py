"""What the neighbours of a word tell of it, as numbers for the model: pairs of words, cases, doubt around it and on its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.forms import FORM_FEATURES, MARKED
from pipeline.confidence.traits import Flag, Traits, traits_of
from pipeline.forks import side_by_side, slices
from pipeline.language.confusions import variants
from pipeline.language.evidence import Knowledge
from pipeline.language.lexicon import Lexicon

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

CONTEXT_FEATURES = (
    "neighbours seen", "misread word fits better", "comma before capital", "stop before small letter", "no stop before capital",
    "lone stop", "spaced stop", "quote unpaired", "doubt beside", "doubt near", "doubt on page", "doubt in document",
)  # fmt: skip

NEAR = 12
"""Words before and after that are near."""
USUAL_DOUBT = 0.02
"""Share of doubtful words in a usual document."""
COMMON_MEANT, LONGEST_MEANT = 4.5, 7
"""Zipf frequency of a word that may have been meant, and letters of what was read for it."""
MANY = 10_000
"""Words that are worth another process."""
NONE = np.zeros(1, dtype=np.bool_)
PARTED = re.compile(r"\n[^\S\n]*\n|\f")


@dataclass(frozen=True, slots=True)
class Places:
    """The words of a text: their index among its distinct `forms`; whether each ends in a mark; the page of each, from 0; and
    whether a blank line or page break follows it."""

    forms: tuple[str, ...]
    order: NDArray[np.int64]
    closed: NDArray[np.bool_]
    page: NDArray[np.int64]
    parted: NDArray[np.bool_]


def places_of(text: str, tokens: Sequence[str], starts: NDArray[np.int64]) -> Places:
    """The places of the words of a text."""
    index: dict[str, int] = {}
    order = np.fromiter((index.setdefault(token, len(index)) for token in tokens), dtype=np.int64, count=len(tokens))
    closed = np.array([not form[-1].isalnum() for form in index], dtype=np.bool_)
    breaks = np.searchsorted(starts, [match.start() for match in PARTED.finditer(text)])
    parted = np.zeros(len(tokens) + 1, dtype=np.bool_)
    parted[breaks] = True
    page = np.searchsorted([match.start() for match in re.finditer("\f", text)], starts)
    return Places(tuple(index), order, closed[order], page, parted[1:])


def context_features(places: Places, doubt: Floats, forms: Floats, knowledge: Knowledge) -> Floats:
    """CONTEXT_FEATURES of each word; `doubt` (0-1): how doubtful it looks by itself; `forms`: its FORM_FEATURES."""
    if not len(places.order):
        return np.empty((0, len(CONTEXT_FEATURES)), dtype=np.float32)
    traits = [traits_of(form, knowledge.lexicon) for form in places.forms]
    words = [traits[at].word for at in places.order.tolist()]
    flags = np.array([one.flags for one in traits], dtype=np.bool_)[places.order].T
    after = ~places.closed & ~places.parted  # nothing parts the word from the next one
    after[-1] = False
    before = behind(after)
    pair = np.array([False, *(pair_is_known(a, b, knowledge) for a, b in pairwise(words))])
    marked = forms[:, [FORM_FEATURES.index(name) for name in MARKED]].any(axis=1)
    unknown, often = (forms[:, FORM_FEATURES.index(name)] > 0 for name in ("unknown", "unknown seen"))
    misread = unknown & ~often  # a misreading that repeats has the same neighbours each time
    seen = (pair | ahead(pair)) & ~marked & ~misread
    fits = better_fits(words, before, after, knowledge) * ~flags[Flag.CAPITALS]  # initials and headings are no running text
    columns = [
        seen,
        fits,
        *case_features(places, flags),
        *lone_stops(places, flags),
        unpaired(places, traits),
        around(doubt, 1),
        *rates(doubt, places.page),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def pair_is_known(first: str, second: str, knowledge: Knowledge) -> bool:
    """Whether two words are known to stand side by side, in general or in this document."""
    pair = f"{first} {second}"
    return pair in knowledge.lexicon.bigrams or knowledge.evidence.pairs.get(pair, 0) > 1


def behind(flags: Flags) -> Flags:
    """For each word what the one before it has; the first has none."""
    return np.concatenate([NONE, flags[:-1]])


def ahead(flags: Flags) -> Flags:
    """For each word what the one after it has; the last has none."""
    return np.concatenate([flags[1:], NONE])


def lone_stops(places: Places, flags: NDArray[np.bool_]) -> tuple[Flags, Flags]:
    """Marks of punctuation that stand alone, and those that only a space parts from the word that they close."""
    spaced = flags[Flag.CLOSING] & behind(flags[Flag.ENDS] & ~places.parted)
    return flags[Flag.LONE] & ~spaced, spaced


def case_features(places: Places, flags: NDArray[np.bool_]) -> tuple[Flags, ...]:
    """Stops that do not go with the case of the next word: a comma before a capital that only a sentence gives; a full stop,
    behind no abbreviation, before a small letter; no stop before a word that has a capital where a sentence begins only."""
    opening, lower, starting = (ahead(flags[of]) & ~places.parted for of in (Flag.OPENS, Flag.SMALL, Flag.STARTS))
    return opening & flags[Flag.COMMA], lower & flags[Flag.STOP], starting & flags[Flag.PLAIN]


def better_fits(words: Sequence[str], before: Flags, after: Flags, knowledge: Knowledge) -> Floats:
    """How much better a common word, of which this one is a near misreading, goes with the words beside it (0-5)."""

    def fits(some: slice) -> Floats:
        meant: dict[str, tuple[str, ...]] = {}
        found = np.zeros(some.stop - some.start, dtype=np.float32)
        for at, word in enumerate(words[some], some.start):
            candidates = meant.get(word)
            if candidates is None:
                candidates = meant[word] = commoner(word, knowledge.lexicon)
            if candidates and (before[at] or after[at]):
                left = words[at - 1] if before[at] else ""
                right = words[at + 1] if after[at] else ""
                best = max(familiar(left, candidate, right, knowledge) for candidate in candidates)
                if best > 1.0:
                    found[at - some.start] = best - familiar(left, word, right, knowledge) - 1.0
        return found

    return np.asarray(np.clip(np.concatenate(side_by_side(fits, slices(len(words), MANY))), 0.0, 5.0))


@lru_cache(maxsize=1 << 16)
def commoner(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The common words that may have been meant where `word` is read."""
    if not (2 <= len(word) <= LONGEST_MEANT and word.isalpha()):
        return ()
    least = max(COMMON_MEANT, lexicon.zipf.get(word, 0.0) - 1.5)
    return tuple(form.lower() for form in variants(word) if lexicon.zipf.get(form.lower(), 0.0) >= least)


def familiar(left: str, word: str, right: str, knowledge: Knowledge) -> float:
    """How often a word stands beside its neighbours ('' for none), on a logarithmic scale."""
    total = 0.0
    for pair in (f"{left} {word}" if left else "", f"{word} {right}" if right else ""):
        if pair:
            count = knowledge.lexicon.bigrams.get(pair, 0) / 1000 + 50 * knowledge.evidence.pairs.get(pair, 0)
            total += log10(1 + count) if count else 0.0
    return total


def around(values: Floats, reach: int) -> Floats:
    """The mean of the values of up to `reach` words before and after each, without its own."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    places = np.arange(len(values))
    low, high = np.maximum(0, places - reach), np.minimum(len(values), places + reach + 1)
    return np.asarray((sums[high] - sums[low] - values) / np.maximum(1, high - low - 1), dtype=np.float32)


def unpaired(places: Places, traits: Sequence[Traits]) -> Flags:
    """Words with a quotation mark whose other half is missing in its paragraph; one that opens a paragraph again is none."""
    marks = [one.quotes for one in traits]
    found = np.zeros(len(places.order), dtype=np.bool_)
    some = np.array([bool(mark) for mark in marks])[places.order]
    paragraph: NDArray[np.int64] = np.cumsum(places.parted) - places.parted
    open_at: dict[str, int] = {}
    last = -1
    for at in np.flatnonzero(some).tolist():
        if paragraph[at] != last:
            found[list(open_at.values())] = True
            open_at, last = {}, paragraph[at]
        for side, kind in marks[places.order[at]]:
            before = open_at.pop(kind, -1)
            if side == "open":
                if before >= 0:
                    found[before] = True
                open_at[kind] = at
            elif before < 0 and (kind == "double" or places.forms[places.order[at]][-2:] != "s’"):
                found[at] = True
    found[list(open_at.values())] = True
    return found


def rates(doubt: Floats, page: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """How doubtful the words near each word look against those of its page, those of its page against those of the document,
    and these at all, each without the word itself (natural logarithms). A wider rate counts as so many words of the narrower
    one, or the few words of a page would tell too much."""
    sums, counts = np.bincount(page, doubt), np.bincount(page)
    document = (doubt.sum() - doubt + 0.5) / (len(doubt) + 25)
    on_page = (sums[page] - doubt + 25 * document) / (counts[page] + 24)
    near = (around(doubt, NEAR) * 2 * NEAR + 12 * on_page) / (2 * NEAR + 12)
    return logs(near / on_page), logs(on_page / document), logs(document / USUAL_DOUBT)


def logs(values: NDArray[Any]) -> Floats:
    return np.asarray(np.log(values), dtype=np.float32)
