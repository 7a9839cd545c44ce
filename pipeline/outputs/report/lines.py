"""A line of the clean text as a reader is shown it: what was read there, what stands now, and which words are doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.confidence.model import WordRisks
from pipeline.draft import Draft

Version = Literal["same", "del", "ins"]
NEARBY = 24
"""Characters of the source that may be missing between two pieces and count as left out there; more were moved elsewhere."""
RISKS = ((0.5, 3), (0.2, 2), (0.07, 1))
"""Least probability of being wrong of words that are marked, and how strongly (1-3)."""
SIGNS = str.maketrans({"\n": "⏎", "\f": "⇟", "\t": "⇥", "\N{SOFT HYPHEN}": "¬"})


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line: what was read (`del`), what stands now (`ins`), or both (`same`); `risk` 0-3 of its word."""

    version: Version
    text: str
    risk: int = 0


def parts(draft: Draft, start: int, end: int, risks: WordRisks) -> list[Part]:
    """The draft's [start, end) with what was read where it differs, and the doubtful words.

    That white space became other white space is not shown.
    """
    found: list[Part] = []
    marks = marked(risks, start, end)
    last = -1
    for low, high, first, past, kept in draft.pieces(start, end):
        if 0 <= last < first and first - last <= NEARBY and draft.source[last:first].strip():
            found.append(Part("del", signed(draft.source[last:first])))
        low, high, last = max(low, start), min(high, end), past
        read, stands = draft.source[first:past], draft.text[low:high]
        same = kept or read.strip() == stands.strip()
        if not same:
            found.append(Part("del", signed(read)))
        found += split("same" if same else "ins", draft.text, low, high, marks)
    return found


def marked(risks: WordRisks, start: int, end: int) -> list[tuple[int, int, int]]:
    """(start, end, strength) of the doubtful words in [start, end)."""
    first, last = risks.places(start, end)
    rows = zip(risks.starts[first:last].tolist(), risks.ends[first:last].tolist(), risks.wrong[first:last].tolist(), strict=True)
    return [(low, high, risk) for low, high, wrong in rows if (risk := strength(wrong))]


def strength(wrong: float) -> int:
    return next((number for least, number in RISKS if wrong >= least), 0)


def split(version: Version, text: str, start: int, end: int, marks: Sequence[tuple[int, int, int]]) -> Iterator[Part]:
    """A stretch of the text, parted where doubtful words begin and end."""
    at = start
    for low, high, risk in marks:
        if high <= at or low >= end:
            continue
        if low > at:
            yield Part(version, text[at:low])
            at = low
        yield Part(version, text[at : min(high, end)], risk)
        at = min(high, end)
    if at < end:
        yield Part(version, text[at:end])


def signed(text: str) -> str:
    """What was read, its line breaks and other white space made visible."""
    return text.translate(SIGNS) if text.strip() else text.replace(" ", "␣").translate(SIGNS)


def changed(found: Sequence[Part]) -> bool:
    """Whether what stands differs from what was read."""
    return any(part.version != "same" for part in found)
