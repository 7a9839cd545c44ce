"""What can be seen of each word of the clean text that tells whether it is right, as numbers for the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.evidence import Knowledge
from pipeline.ledger import Edit, Ledger, rendered
from pipeline.model import Source

Floats = NDArray[np.float32]

FORM_FEATURES = (
    "unknown", "unknown seen", "odd character", "mixed case", "letters and digits", "lone mark", "stop inside", "number",
    "quote mark",
)  # fmt: skip
PLACE_FEATURES = ("held", "edited", "ocr doubt", "page doubt")
FEATURES = ("constant", *FORM_FEATURES, *PLACE_FEATURES)

ORDINARY = ((0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0), (0.0, 0.17, 0.43, 0.66, 0.79, 0.91, 0.94, 0.96, 0.97))
"""Tesseract's confidences on ordinary pages (2,600 words of typescript and old print): shares of the words, the least sure
first, and the confidence up to which they come."""
PAGE_DOUBTS = (-3.2, -2.2)
"""Means of pages that the model was fitted on; it is not trusted beyond."""
TOKEN = re.compile(r"\S+")
CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
LETTERS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
ODD = re.compile(r"[^\w\s.,;:!?'’‘“”\"()\[\]/&£$%\-–—…§°½¼¾+=]|[^\W\d_][*&£$%+=§°!?][^\W\d_]|_")
MIXED_CASE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
USUAL_CASE = re.compile(r"^(?:Mc|Mac|O['’]|D['’]|L['’]|De|Di|La|Le|Fitz)[A-Z][a-z]+$")
DIGITS_IN_WORD = re.compile(r"[a-z]\d|\d[a-z]{3}")
ORDINAL = re.compile(r"^\d+(?:st|nd|rd|th|s|d|[a-d])$", re.IGNORECASE)
STOP_INSIDE = re.compile(r"[a-z]{3}[.,;:!?][a-z]{3}")
QUOTES = frozenset("'\"‘’“”")
LONE_WORDS = frozenset("aAIO&–—-…/")


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
    held, said, edited = (
        cut(values, starts, ends, np.maximum if at != 1 else np.fmin)
        for at, values in enumerate(character_values(source, ledger, pieces, len(text)))
    )
    ocr = on_known_scale(said) if any(page.foreign for page in source.pages) else said
    suggestions = np.array(held, dtype=np.int64) - 1
    chances = np.array([edit.probability for edit in ledger.held] + [0.0], dtype=np.float32)
    doubt = -np.log(np.clip(ocr, 0.01, 0.995) / (1 - np.clip(ocr, 0.01, 0.995)))
    place = np.stack([chances[suggestions], edited, np.nan_to_num(doubt, nan=0.0), page_means(doubt, text, starts)], axis=1)
    forms = form_features(tokens, knowledge)
    constant = np.ones((len(tokens), 1), dtype=np.float32)
    features = np.concatenate([constant, forms, place], axis=1).astype(np.float32)
    return Words(tokens, starts, ends, features, ocr, said, suggestions)


def on_known_scale(said: Floats) -> Floats:
    """Confidences of another program as Tesseract would have given them to words of the same rank: some programs are sure of
    nothing, some of everything, and the model knows Tesseract only."""
    known = ~np.isnan(said)
    _, places, counts = np.unique(said[known], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2) / max(1, counts.sum())
    found = said.copy()
    found[known] = np.interp(ranks, *ORDINARY)[places]
    return found


def page_means(values: Floats, text: str, starts: NDArray[np.int64]) -> Floats:
    """For each word, the mean of what values there are on its page: a word on a clear page is the surer for it."""
    breaks = [match.start() for match in re.finditer("\f", text)]
    pages = np.searchsorted(breaks, starts)
    known = ~np.isnan(values)
    sums = np.bincount(pages[known], values[known], minlength=len(breaks) + 1)
    counts = np.bincount(pages[known], minlength=len(breaks) + 1)
    means = np.clip(sums / np.maximum(1, counts), *PAGE_DOUBTS)
    return np.asarray(means[pages], dtype=np.float32)


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
) -> tuple[Floats, Floats | None, Floats]:
    """For each character of the clean text: held edit (index + 1; 0: none), OCR confidence, risk of the edit that wrote it."""
    held = np.zeros(len(source.text) + 1, dtype=np.float32)
    for at, edit in enumerate(ledger.held):
        for change in edit.changes:
            held[change.start : change.end] = at + 1
    ocr = ocr_confidence(source) if source.has_confidences else None
    risk = edit_risk(source, ledger.applied)
    spread = [np.zeros(length, dtype=np.float32) for _ in range(3)]
    at = 0
    for text, start, end in pieces:
        to = at + len(text)
        kept = len(text) == end - start
        for target, values in zip(spread, (held, ocr, risk), strict=True):
            if values is not None and text:
                target[at:to] = values[start:end] if kept else values[start:end].max(initial=0.0)
        at = to
    return spread[0], spread[1] if ocr is not None else None, spread[2]


def ocr_confidence(source: Source) -> Floats:
    """Confidence (0-1) of the word that each character of the source belongs to: 1 between words, NaN where none was given."""
    values = np.ones(len(source.text) + 1, dtype=np.float32)
    for page in source.pages:
        for line in page.lines:
            for word in line.words:
                values[word.start : word.end] = np.nan if word.confidence is None else word.confidence
    return values


def edit_risk(source: Source, edits: Sequence[Edit]) -> Floats:
    """One less the probability of the edit that wrote at each character of the source; 0 where none did."""
    values = np.zeros(len(source.text) + 1, dtype=np.float32)
    for edit in edits:
        for change in edit.changes:
            if change.end - change.start < 200:  # long moves leave their words as they are
                values[change.start : change.end] = 1 - edit.probability
    return values


def form_features(tokens: Sequence[str], knowledge: Knowledge) -> Floats:
    """FORM_FEATURES of each token; every distinct form is looked at once."""
    index: dict[str, int] = {}
    order = np.fromiter((index.setdefault(token, len(index)) for token in tokens), dtype=np.int64, count=len(tokens))
    table = np.array([form_row(token, knowledge) for token in index], dtype=np.float32).reshape(-1, len(FORM_FEATURES))
    return np.asarray(table[order], dtype=np.float32)


def form_row(token: str, knowledge: Knowledge) -> tuple[float, ...]:
    """FORM_FEATURES of one token, without its place."""
    match = CORE.search(token)
    core = match.group() if match else ""
    if not core:
        odd = bool(ODD.search(token))
        return 0.0, 0.0, float(odd), 0.0, 0.0, float(token not in LONE_WORDS), 0.0, 0.0, 0.0
    unknown = unknown_part(core, knowledge)
    seen = min(4.0, float(np.log(max(1, knowledge.evidence.words.get(unknown, 0))))) if unknown else 0.0
    mixed = MIXED_CASE.search(core) is not None and not USUAL_CASE.match(core)
    digits = DIGITS_IN_WORD.search(core) is not None and not ORDINAL.match(core)
    lone = len(core) == 1 and core.isalpha() and token not in LONE_WORDS and not core.isupper()
    number = core[0].isdigit() or core[-1].isdigit()
    stop = STOP_INSIDE.search(core) is not None
    odd = ODD.search(token) is not None
    quote = token[0] in QUOTES or token[-1] in QUOTES
    return (
        float(bool(unknown)),
        seen,
        float(odd),
        float(mixed),
        float(digits),
        float(lone),
        float(stop),
        float(number),
        float(quote),
    )


def unknown_part(core: str, knowledge: Knowledge) -> str:
    """The first word in `core` that the lexicon does not know; '' if it knows them all. One or two letters are not looked at."""
    for word in LETTERS.findall(core):
        plain = word.replace("’", "'")
        if len(plain) > 2 and not knowledge.lexicon.knows(plain) and f"{plain}." not in knowledge.lexicon.abbreviations:
            return str(plain)
    return ""
