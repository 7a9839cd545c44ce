"""What became of each word of the truth by repair: fixed, missed or damaged, by the form of the error, and by which edit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.evaluate.aligned import Worded, counterparts
from pipeline.evaluate.bootstrap import Floats, Interval, bootstrap
from pipeline.evaluate.folders import DocumentTexts, Passage, RunPage
from pipeline.ledger import Edit

OUTCOMES = ("fixed", "missed", "damaged")
REPAIR_FIGURES = ("error_reduction", "precision", "recall", "damage")
"""(fixed - damaged) / wrong before; fixed / changed; fixed / wrong before; damaged / right before. NaN where there were none."""
AROUND = 30
"""Characters of the truth on each side of a word that show where it stands."""


@dataclass(frozen=True, slots=True)
class Doing:
    """An edit that touched a word: the document's folder, the edit's line (from 1) in its edits.jsonl, and itself."""

    folder: Path
    line: int
    edit: Edit


@dataclass(frozen=True, slots=True)
class Vandalised:
    """A word that was right and is wrong now, where it stands, and the edits that did it (none where no edit touched it)."""

    page: str
    word: str
    became: str
    context: str
    by: tuple[Doing, ...] = ()


@dataclass(slots=True)
class Outcomes:
    """Words of the truth, and by the form of the error how many were fixed, missed and damaged; one Counter a page."""

    words: int = 0
    forms: dict[str, Counter[str]] = field(default_factory=dict)
    by_page: list[Counter[str]] = field(default_factory=list)
    vandalised: list[Vandalised] = field(default_factory=list)

    @property
    def totals(self) -> Counter[str]:
        return sum(self.forms.values(), Counter())


def repair_figures(by_page: Sequence[Mapping[str, int]]) -> dict[str, Interval]:
    """REPAIR_FIGURES over pages of which each has its words and their outcomes, with intervals; pages are what is drawn."""
    if not by_page:
        return {}
    table = np.array([[page.get(name, 0) for name in ("words", *OUTCOMES)] for page in by_page], dtype=np.float64)
    return dict(zip(REPAIR_FIGURES, bootstrap(table, repair_shares), strict=True))


def repair_shares(table: Floats) -> Floats:
    """REPAIR_FIGURES of rows of words, fixed, missed and damaged."""
    words, fixed, missed, damaged = np.moveaxis(table.sum(-2), -1, 0)
    wrong, changed, right = fixed + missed, fixed + damaged, words - fixed - missed
    parts = ((fixed - damaged, wrong), (fixed, changed), (fixed, wrong), (damaged, right))
    return np.stack([np.where(whole > 0, part / np.maximum(1, whole), np.nan) for part, whole in parts], axis=-1)


def outcomes(pages: Iterable[tuple[str, str, RunPage]]) -> Outcomes:
    """(name, truth, what the run has) of pages; those of which nobody tells what they were before count for nothing."""
    found = Outcomes()
    for name, truth, page in pages:
        if page.before is not None:
            add_page(found, name, truth, page)
    return found


def add_page(found: Outcomes, name: str, truth: str, page: RunPage) -> None:
    """Count one page's words."""
    wanted = Worded(truth)
    words = wanted.tokens.texts
    raw = Worded(page.before or "")
    was, became = (counterparts(words, other.tokens.texts) for other in (raw, Worded(page.after)))
    found.words += len(words)
    found.by_page.append(Counter(words=len(words)))
    for at, word in enumerate(words):
        if not was.wrong[at] and not became.wrong[at]:
            continue
        outcome = "damaged" if not was.wrong[at] else "missed" if became.wrong[at] else "fixed"
        wrong = became if outcome == "damaged" else was
        form = "spacing" if wrong.spacing[at] else form_of(word, wrong.texts[at])
        found.forms.setdefault(form, Counter())[outcome] += 1
        found.by_page[-1][outcome] += 1
        if outcome == "damaged":
            by = tuple(doings(page.passages, *raw.span(was.places[at])))
            found.vandalised.append(Vandalised(name, word, became.texts[at], surroundings(truth, *wanted.span(at)), by))


def surroundings(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - AROUND) : end + AROUND].split())


def form_of(word: str, other: str) -> str:
    """What is wrong with `other`, which stands for `word`: missing, capitals, punctuation, digits or letters."""
    if not other:
        return "missing"
    if word.casefold() == other.casefold():
        return "capitals"
    if re.sub(r"[\W_]", "", word) == re.sub(r"[\W_]", "", other):
        return "punctuation"
    return "digits" if any(char.isdigit() for char in word) else "letters"


def doings(passages: Sequence[Passage], start: int, end: int) -> Iterator[Doing]:
    """The edits that touched [start, end) of the text before, which is that of all passages, one after the other."""
    at = 0
    for passage in passages:
        low, high = passage.raw
        if at <= start < at + high - low:
            yield from touching(passage.document, low + start - at, low + end - at)
        at += high - low


def touching(document: DocumentTexts, start: int, end: int) -> list[Doing]:
    """The edits that changed something in [start, end) of the document's text before; else those that did right beside it."""
    for margin in (0, 1):
        found = [
            Doing(document.folder, line, edit)
            for line, edit in document.edits
            if any(change.start < end + margin and change.end > start - margin for change in edit.changes)
        ]
        if found:
            return found
    return []
