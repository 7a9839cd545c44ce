"""What other readings of the image have where a rule looks: the words on which the readings of a page differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.quote_context import DOUBLES, SINGLES

CORE = re.compile(r"^[^\w]*(.*?)[^\w]*$", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
ALIKE, SHORT = 0.6, 4
"""Share of letters that readings of one word have in common, and letters of a word; where there are fewer, nothing can be told
from readings that differ."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """draft[start:end], a word with its marks, as `text`; what `others` have in its place. `confidence`: of what stands (0-1)."""

    start: int
    end: int
    text: str
    others: tuple[str, ...]
    confidence: float


@lru_cache(maxsize=4)
def disputed_words(draft: Draft, known: Knowledge) -> list[Disputed]:
    """The words that stand as they were read and that other readings of the image have otherwise."""
    if draft.whole is not draft:
        return [one for one in disputed_words(draft.whole, known) if draft.start <= one.start < draft.end]
    found = []
    for word in known.disputed:
        at = draft.place_of(word.start, word.end)
        if at is not None:
            text = draft.source[word.start : word.end]
            found.append(Disputed(at, at + len(text), text, word.alternatives, word.confidence or 0.0))
    return found


@lru_cache(maxsize=4)
def cores_by_place(draft: Draft, known: Knowledge) -> Mapping[int, tuple[str, tuple[str, ...]]]:
    """Draft offset -> the letters of a disputed word, and what others have for them."""
    if draft.whole is not draft:
        return cores_by_place(draft.whole, known)
    found = {}
    for word in known.disputed:
        text = draft.source[word.start : word.end]
        core = core_of(text)
        start = word.start + text.find(core)
        at = draft.place_of(start, start + len(core)) if core else None
        others = tuple(dict.fromkeys(other for form in word.alternatives if (other := core_of(form)) not in ("", core)))
        if at is not None and others:
            found[at] = core, others
    return found


def other_forms(draft: Draft, known: Knowledge, start: int, word: str) -> tuple[str, ...]:
    """What other readings of the image have for the `word` at draft[start:], without marks; small and capital letters apart."""
    core, others = cores_by_place(draft, known).get(start, ("", ()))
    if core.replace("’", "'") != word:
        return ()
    return tuple(other for other in others if other.casefold() != core.casefold() and LETTERS.fullmatch(other))


@lru_cache(maxsize=4)
def absent_marks(draft: Draft, known: Knowledge) -> frozenset[int]:
    """Draft offsets of quotation marks at the edges of words that another reading of the image has without them."""
    found = set()
    for word in disputed_words(draft, known):
        for at, bare, beside in ((word.start, word.text[1:], word.text[1:2]), (word.end - 1, word.text[:-1], word.text[-2:-1])):
            half = draft.text[at] in SINGLES and beside in SINGLES  # of a double mark
            if draft.text[at] in SINGLES + DOUBLES and not half and bare in {other.replace(" ", "") for other in word.others}:
                found.add(at)
    return frozenset(found)


def core_of(text: str) -> str:
    """A word without the marks at its edges."""
    match = CORE.match(text)
    return match[1] if match else text


def alike(word: str, other: str) -> float:
    """Share of letters (0-1) that two readings have in common, in order."""
    return float(Levenshtein.normalized_similarity(word.casefold(), other.casefold()))


def unreadable(word: str, others: Sequence[str]) -> bool:
    """Do the readings of a word differ so much that none can be trusted?"""
    return any(len(word) < SHORT or alike(word, other) < ALIKE for other in others)


def doubted(word: str, form: str, others: Sequence[str]) -> bool:
    """Do the readings differ on the very letters in which `word` differs from `form`?"""
    return touched(word, form) <= {at for other in others for at in touched(word, other)}


def touched(word: str, form: str) -> set[int]:
    """Places of a word at which another form has other letters, more or fewer."""
    places: set[int] = set()
    for code in Levenshtein.opcodes(word.casefold(), form.casefold()):
        if code.tag != "equal":
            places.update(range(code.src_start, code.src_end) if code.src_end > code.src_start else (code.src_start,))
    return places
