"""How far the clean text can be trusted: the probability that each word, line and page is right.

Method: logistic regression on the features of `pipeline.confidence.words`, fitted on hand-corrected pages by
benchmarks/fit_confidence.py, or on a user's own by `errata calibrate`; words are taken as independent within a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.words import FEATURES, TEXT_FEATURES, Words, read_words
from pipeline.draft import Draft, DraftLine
from pipeline.errors import InvalidConfig
from pipeline.formats import Format, named
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Edit, Ledger
from pipeline.model import Source

Weights = Mapping[str, NDArray[np.float64]]
"""`text`: for TEXT_FEATURES, `image`: for FEATURES, where there is an image."""
CALIBRATION = Format("errata-calibration", (named,), nameless=True)
COLUMNS = {"text": TEXT_FEATURES, "image": FEATURES}
DOUBTFUL = 0.93
"""Words less sure than this are named among the reasons of their line."""
MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class LineConfidence:
    """One line of the clean text: `line` counts from 1 on its page, [start, end) are offsets in the clean text.

    `probability` (0-1): that every word of it is right; `expected_wrong` words; `reasons` for a reviewer, the gravest first.
    """

    page: int
    line: int
    start: int
    end: int
    probability: float
    expected_wrong: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageConfidence:
    """One page of the clean text, from 1. `probability`: expected share of its words that are right (1 if it has none)."""

    number: int
    probability: float
    expected_wrong: float
    lines: tuple[LineConfidence, ...]


@dataclass(frozen=True, slots=True)
class WordRisks:
    """The words (runs without white space) of the clean text in their order: offsets [starts, ends) in it, and the probability
    (0-1) of each that it is wrong."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    wrong: NDArray[np.float64]

    def between(self, start: int, end: int) -> NDArray[np.float64]:
        """Probabilities of the words that lie in [start, end) of the clean text, wholly or in part."""
        first, last = self.places(start, end)
        return self.wrong[first:last]

    def places(self, start: int, end: int) -> tuple[int, int]:
        """The first of these words, and the one behind the last, as places among all."""
        return int(np.searchsorted(self.ends, start, side="right")), int(np.searchsorted(self.starts, end))


def no_words() -> WordRisks:
    none = np.empty(0, dtype=np.int64)
    return WordRisks(none, none, np.empty(0))


@dataclass(frozen=True, slots=True)
class DocumentConfidence:
    """Every page of a document, in order, and its words."""

    pages: tuple[PageConfidence, ...] = ()
    words: WordRisks = field(default_factory=no_words, compare=False)

    @property
    def expected_wrong(self) -> float:
        """Words of the whole text that are expected to be wrong still."""
        return sum(page.expected_wrong for page in self.pages)

    @property
    def lines(self) -> list[LineConfidence]:
        return [line for page in self.pages for line in page.lines]


def document_confidence(
    source: Source, ledger: Ledger, knowledge: Knowledge, weights: Weights | None = None
) -> DocumentConfidence:
    """Confidence of every line of the clean text that `ledger` makes of `source`, by the shipped weights or others."""
    words = read_words(source, ledger, knowledge)
    wrong = word_risk(words, weights)
    draft = Draft(source.text, ledger.applied)
    bounds = np.searchsorted(words.starts, [line.start for line in draft.lines] + [len(draft.text) + 1])
    sums = np.concatenate([[0.0], np.cumsum(wrong)])
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(-np.minimum(wrong, 0.999999)))])
    pages, at = [], 0
    for number, page in enumerate(draft.pages, 1):
        lines = []
        for count, line in enumerate(page, 1):
            first, last = int(bounds[at]), int(bounds[at + 1])
            at += 1
            expected, right = sums[last] - sums[first], np.exp(logs[last] - logs[first])
            reasons = tuple(line_reasons(words, wrong, first, last, ledger.held)) if right < DOUBTFUL else ()
            lines.append(line_confidence(number, count, line, float(right), float(expected), reasons))
        total = sum(len(line.text.split()) for line in page)
        expected_page = sum(line.expected_wrong for line in lines)
        pages.append(PageConfidence(number, round(1 - expected_page / max(1, total), 5), round(expected_page, 4), tuple(lines)))
    return DocumentConfidence(tuple(pages), WordRisks(words.starts, words.ends, wrong))


def line_confidence(
    page: int, count: int, line: DraftLine, right: float, expected: float, reasons: tuple[str, ...]
) -> LineConfidence:
    return LineConfidence(page, count, line.start, line.end, round(min(1.0, right), 4), round(max(0.0, expected), 4), reasons)


def word_risk(words: Words, weights: Weights | None = None) -> NDArray[np.float64]:
    """Probability (0-1) of each word that it is wrong, with the weights for an image where the OCR said how sure it was."""
    weights = weights or shipped_weights()
    texts = words.features[:, : len(TEXT_FEATURES)]
    sums = np.where(np.isnan(words.ocr), texts @ weights["text"], words.features @ weights["image"])
    return chances(sums)


def chances(sums: NDArray[Any]) -> NDArray[np.float64]:
    """Log-odds as probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(sums, -30, 30))), dtype=np.float64)


@cache
def weights_from(path: str) -> Weights:
    """The weights in a file of `errata calibrate`; '' for those that come with Errata. Raises InvalidConfig or MadeLater."""
    if not path:
        return shipped_weights()
    advice = "Name a file that errata calibrate wrote"
    try:
        return weights_of(CALIBRATION.read(json.loads(Path(path).read_bytes()), path))
    except OSError as fault:
        raise InvalidConfig(f"cannot be read ({fault.strerror})", where=path, advice=advice) from fault
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        raise InvalidConfig(f"not the weights of this version of Errata ({fault})", where=path, advice=advice) from fault


@cache
def shipped_weights() -> Weights:
    """The weights that come with Errata."""
    return weights_of(json.loads(files("pipeline.confidence").joinpath("coefficients.json").read_text(encoding="utf-8")))


def weights_of(record: dict[str, Any]) -> Weights:
    """The weights in a record of coefficients. Raises KeyError, TypeError or ValueError for what is none."""
    weights = {kind: np.array([float(record[kind]["weights"][name]) for name in names]) for kind, names in COLUMNS.items()}
    if not all(np.isfinite(values).all() for values in weights.values()):
        raise ValueError("a weight is no number")
    return weights


def line_reasons(words: Words, wrong: NDArray[np.float64], first: int, last: int, held: tuple[Edit, ...]) -> list[str]:
    """Why the words [first, last) of a line are doubted, the gravest first; a word is named once."""
    doubted = [at for at in range(first, last) if wrong[at] > 1 - DOUBTFUL]
    doubted.sort(key=lambda at: -wrong[at])
    reasons = list(dict.fromkeys(word_reason(words, at, held) for at in doubted))
    return reasons[:MOST_REASONS]


def word_reason(words: Words, at: int, held: tuple[Edit, ...]) -> str:
    """A short phrase on one doubtful word."""
    shown = f"“{words.texts[at]}”"
    suggestion = int(words.suggestions[at])
    if suggestion >= 0:
        edit = held[suggestion]
        change = f"“{clipped(edit.before)}” → “{clipped(edit.after)}”" if edit.after else f"leave out “{clipped(edit.before)}”"
        return f"held: {change}" if words.texts[at] in (edit.before, edit.after) else f"held in {shown}: {change}"
    row = dict(zip(FEATURES, words.features[at], strict=True))
    confidence = float(words.ocr[at])
    unsure = f"OCR unsure of {shown} ({words.said[at]:.2f})"
    if confidence < 0.7:
        return unsure
    phrase = next((phrase for name, phrase in PHRASES.items() if row[name]), "")
    if phrase:
        return phrase.format(shown)
    if confidence < 0.9:
        return unsure
    if any(char.isdigit() for char in shown):
        return f"number {shown}, which no dictionary knows"
    return f"unusual form {shown}" if row["neighbours seen"] else f"unusual here: {shown}"


PHRASES = {
    "lone mark": "lone {}",
    "odd character": "odd character in {}",
    "unknown": "unknown word {}",
    "marks together": "odd marks in {}",
    "misplaced stop": "mark of punctuation within {}",
    "stop behind article": "no stop goes with {}",
    "two letters": "unknown word {}",
    "lone capital": "lone capital {}",
    "odd number": "odd number {}",
    "read otherwise": "read in two ways: {}",
    "misread word fits better": "{} hardly fits here",
    "stop before small letter": "full stop in a sentence: {}",
    "comma before capital": "comma before a capital: {}",
    "comma after abbreviation": "comma after an abbreviation: {}",
    "no stop before capital": "no stop before a capital: {}",
    "quote unpaired": "quotation mark without its other half: {}",
}
"""What is said of a word that has a feature, the first that it has."""


def clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
