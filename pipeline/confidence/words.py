"""What can be seen of each word of the clean text that tells whether it is right, as numbers for the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.context import CONTEXT_FEATURES, Places, around, context_features, places_of
from pipeline.confidence.forms import FORM_FEATURES, form_features
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Edit, Ledger, rendered
from pipeline.model import Source

Floats = NDArray[np.float32]

EDIT_FEATURES = ("held", "edited")
OCR_FEATURES = ("ocr doubt", "ocr sure", "ocr doubt near", "ocr doubt on page", "doubtful page read once", "read otherwise")
TEXT_FEATURES = ("constant", *FORM_FEATURES, *CONTEXT_FEATURES, *EDIT_FEATURES)
FEATURES = (*TEXT_FEATURES, *OCR_FEATURES)
"""The columns of `Words.features`; without an image the model looks at TEXT_FEATURES only."""

STANDING_OUT = (
    "odd character", "mixed case", "letters and digits", "odd number", "lone mark", "marks together", "misplaced stop",
    "two letters",
)  # fmt: skip
"""Features of a form that make it look doubtful, besides being unknown."""
ORDINARY = ((0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0), (0.0, 0.17, 0.43, 0.66, 0.79, 0.91, 0.94, 0.96, 0.97))
"""Tesseract's confidences on ordinary pages (2,600 words of typescript and old print): shares of the words, the least sure
first, and the confidence up to which they come."""
PAGE_DOUBTS = (-3.2, -2.2)
"""Means of pages that the model was fitted on; it is not trusted beyond."""
OF_PLACE = ("furniture", "layout")
"""Kinds of edits that say nothing of how a word was read."""
SURE = 0.9
"""Confidence from which a word is the surer the higher it is."""
NEAR = 4
"""Words before and after whose confidence counts."""
TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Words:
    """The words (runs without white space) of a clean text: offsets there, their features, and what a reviewer is told.

    `ocr` is the lowest OCR confidence of a word's characters (NaN where the OCR gave none), on Tesseract's scale, `said` the
    same as the OCR said it; `suggestions` the index of a held edit that touches it, -1 for none.
    """

    texts: tuple[str, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    features: Floats
    ocr: Floats
    said: Floats
    suggestions: NDArray[np.int64]

    def part(self, chosen: slice) -> Words:
        """Some of the words."""
        arrays = (getattr(self, name)[chosen] for name in ("starts", "ends", "features", "ocr", "said", "suggestions"))
        return Words(self.texts[chosen], *arrays)


def read_words(source: Source, ledger: Ledger, knowledge: Knowledge) -> Words:
    """The words of the clean text that `ledger` makes of `source`."""
    pieces = list(rendered(source.text, ledger.applied))
    text = "".join(piece for piece, _, _ in pieces)
    found = [(match.start(), match.end(), match.group()) for match in TOKEN.finditer(text)]
    starts = np.array([f[0] for f in found], dtype=np.int64)
    ends = np.array([f[1] for f in found], dtype=np.int64)
    tokens = tuple(f[2] for f in found)
    held, said, edited, others = (
        cut(values, starts, ends, np.fmin if at == 1 else np.maximum)
        for at, values in enumerate(character_values(source, ledger, pieces, len(text)))
    )
    ocr = on_known_scale(said) if any(page.foreign for page in source.pages) else said
    suggestions = np.array(held, dtype=np.int64) - 1
    chances = np.array([edit.probability for edit in ledger.held] + [0.0], dtype=np.float32)
    places = places_of(text, tokens, starts)
    forms = form_features(places.forms, np.bincount(places.order), knowledge)[places.order]
    parts: list[Floats] = [
        np.ones((len(tokens), 1), dtype=np.float32),
        forms,
        context_features(places, standing_out(forms, chances[suggestions]), forms, knowledge),
        np.stack([chances[suggestions], edited], axis=1),
        ocr_features(ocr, others, places),
    ]
    return Words(tokens, starts, ends, np.concatenate(parts, axis=1).astype(np.float32), ocr, said, suggestions)


def standing_out(forms: Floats, held: Floats) -> Floats:
    """How doubtful (0-1) words look by their forms and the edits held there; a name, and what the document repeats, less so."""
    column = FORM_FEATURES.index
    unknown = (
        forms[:, column("unknown")] * (1 - forms[:, column("unknown seen")] / 4) * (1 - forms[:, column("unknown name")] / 2)
    )
    return np.asarray(
        np.maximum(np.maximum(unknown, held), forms[:, [column(name) for name in STANDING_OUT]].max(axis=1, initial=0.0))
    )


def ocr_features(ocr: Floats, others: Floats, places: Places) -> Floats:
    """OCR_FEATURES of each word; all 0 where the OCR said nothing."""
    known = ~np.isnan(ocr)
    sure = np.where(known, ocr, 1.0)
    odds = np.where(known, -log_odds(sure), 0.0).astype(np.float32)
    page = page_means(np.where(known, odds, np.nan), places.page)
    others = np.nan_to_num(others)
    once = np.bincount(places.page, others)[places.page] == 0 if len(others) else np.zeros(0)
    hasty = (page - PAGE_DOUBTS[0]) * once * known
    columns = [1 - sure, np.maximum(0.0, sure - SURE) * known, around(odds, NEAR), page, hasty, others]
    return np.stack(columns, axis=1).astype(np.float32)


def log_odds(chances: Floats) -> Floats:
    return np.asarray(np.log(np.clip(chances, 0.01, 0.995) / (1 - np.clip(chances, 0.01, 0.995))))


def on_known_scale(said: Floats) -> Floats:
    """Confidences of another program as Tesseract would have given them to words of the same rank: some programs are sure of
    nothing, some of everything, and the model knows Tesseract only."""
    known = ~np.isnan(said)
    _, places, counts = np.unique(said[known], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2) / max(1, counts.sum())
    found = said.copy()
    found[known] = np.interp(ranks, *ORDINARY)[places]
    return found


def page_means(values: Floats, page: NDArray[np.int64]) -> Floats:
    """For each word, the mean of what values there are on its page: a word on a clear page is the surer for it."""
    known = ~np.isnan(values)
    size = int(page.max(initial=0)) + 1
    sums, counts = np.bincount(page[known], values[known], minlength=size), np.bincount(page[known], minlength=size)
    means = np.clip(sums / np.maximum(1, counts), *PAGE_DOUBTS)
    return np.asarray(means[page], dtype=np.float32)


def cut(values: Floats | None, starts: NDArray[np.int64], ends: NDArray[np.int64], reduce: np.ufunc) -> Floats:
    """The greatest or least value within each word; NaN where there are no values."""
    if not len(starts):
        return np.empty(0, dtype=np.float32)
    if values is None:
        return np.full(len(starts), np.nan, dtype=np.float32)
    bounds = np.stack([starts, np.minimum(ends, len(values) - 1)], axis=1).ravel()
    reduced = np.asarray(reduce.reduceat(values, bounds)[::2], dtype=np.float32)
    if ends[-1] == len(values):  # reduceat takes the last bound as a start: that word's last character would be left out
        reduced[-1] = reduce.reduce(values[starts[-1] : ends[-1]])
    return reduced


def character_values(
    source: Source, ledger: Ledger, pieces: Sequence[tuple[str, int, int]], length: int
) -> tuple[Floats, Floats | None, Floats, Floats | None]:
    """For each character of the clean text: held edit (index + 1; 0: none), OCR confidence, risk of the edit that wrote it, and
    whether another reading of the image has something else (1) or other letters (2)."""
    held = np.zeros(len(source.text) + 1, dtype=np.float32)
    for at, edit in enumerate(ledger.held):
        if edit.kind in OF_PLACE:
            continue
        for change in edit.changes:
            held[change.start : change.end] = at + 1
    ocr, others = said_by_ocr(source) if source.has_confidences else (None, None)
    risk = edit_risk(source, ledger.applied)
    spread = [np.zeros(length, dtype=np.float32) for _ in range(4)]
    at = 0
    for text, start, end in pieces:
        to = at + len(text)
        kept = len(text) == end - start
        for target, values in zip(spread, (held, ocr, risk, others), strict=True):
            if values is not None and text:
                target[at:to] = values[start:end] if kept else values[start:end].max(initial=0.0)
        at = to
    return spread[0], spread[1] if ocr is not None else None, spread[2], spread[3] if others is not None else None


def said_by_ocr(source: Source) -> tuple[Floats, Floats]:
    """Of the word that each character of the source belongs to: its confidence (0-1; 1 between words, NaN where none was given),
    and whether (0 or 1) another reading has something else there."""
    sure = np.ones(len(source.text) + 1, dtype=np.float32)
    others = np.zeros(len(source.text) + 1, dtype=np.float32)
    for page in source.pages:
        for line in page.lines:
            for word in line.words:
                sure[word.start : word.end] = np.nan if word.confidence is None else word.confidence
                others[word.start : word.end] = bool(word.alternatives)
    return sure, others


def edit_risk(source: Source, edits: Sequence[Edit]) -> Floats:
    """One less the probability of the edit that wrote at each character of the source; 0 where none did."""
    values = np.zeros(len(source.text) + 1, dtype=np.float32)
    for edit in edits:
        for change in edit.changes:
            if change.end - change.start < 200:  # long moves leave their words as they are
                values[change.start : change.end] = 1 - edit.probability
    return values
