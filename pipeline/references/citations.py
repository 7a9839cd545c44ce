"""References where they stand in a document: with page, note and year, and the piece in which a paper is said to lie."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.layout import find_notes
from pipeline.references.grammar import Reference
from pipeline.references.kinds import Kind
from pipeline.references.scan import by_paragraph

YEAR = re.compile(r"(?<![\d/(.])(1[89]\d\d)(?![\d/])")
REACH = 120  # characters before a reference in which its date is looked for
MOST_REPAIRED = 8  # characters that repairs may put into a reference or take out
LYING_IN = re.compile(r"[\s,;:]*(?:and\s+)?(?P<several>all\s+|both\s+)?(?:in\s+)?")
LISTED = re.compile(r"[\s,]*(?:and\s+)?")


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference in its place. `page` counts from 1 in the clean text; `note` is the number of the note at its foot, if any.

    `met`: how the source has it; `year`: named last before it, if any; `piece`: normalised, in which it is said to lie.
    """

    reference: Reference
    page: int
    met: str = ""
    note: int | None = None
    year: int | None = None
    piece: str = ""


def citations(draft: Draft, known: Knowledge) -> tuple[Citation, ...]:
    """Every reference of a finished text with its surroundings, in order. Offsets are the draft's."""
    starts, numbers = note_starts(draft)
    found: list[Citation] = []
    for at, text, references in by_paragraph(draft.text, known):
        pieces = pieces_of(text, references)
        for place, reference in enumerate(references):
            before = references[place - 1].end if place else 0
            years = YEAR.findall(text, max(before, reference.start - REACH), reference.start)
            moved = replace(reference, start=at + reference.start, end=at + reference.end)
            found.append(
                Citation(
                    moved,
                    draft.page_at(moved.start),
                    met(draft, moved),
                    numbers[bisect_right(starts, moved.start) - 1],
                    int(years[-1]) if years else None,
                    pieces.get(place, ""),
                )
            )
    return tuple(found)


def met(draft: Draft, reference: Reference) -> str:
    """What the source has in the place of a reference, on one line; as it is now where pieces of the text have moved."""
    raw = draft.source[draft.origin(reference.start)[0] : draft.origin(reference.end - 1)[1]]
    return " ".join((raw if abs(len(raw) - len(reference.raw)) <= MOST_REPAIRED else reference.raw).split())


def note_starts(draft: Draft) -> tuple[list[int], list[int | None]]:
    """Offsets from which on a note stands (its number) or running text (None)."""
    starts: list[int] = []
    numbers: list[int | None] = []
    for lines in draft.pages:
        starts.append(lines[0].start)
        numbers.append(None)
        for note in find_notes(lines):
            starts.append(lines[note.first].start)
            numbers.append(note.number or None)
    return starts, numbers


def pieces_of(text: str, references: Sequence[Reference]) -> dict[int, str]:
    """Which references lie in which piece: N28/28/38, FO 371/14844; and 13(30)3 and 16(30)3, both CAB 23/63."""
    found: dict[int, str] = {}
    waiting: list[int] = []
    for place, reference in enumerate(references):
        if reference.kind != Kind.SERIES:
            waiting.append(place)
            continue
        if waiting and reference.piece:
            lying = LYING_IN.fullmatch(text, references[waiting[-1]].end, reference.start)
            if lying:
                members = same_kind(waiting, references) if lying["several"] else listed(waiting, references, text)
                found |= dict.fromkeys(members, reference.normalised)
        waiting = []
    return found


def same_kind(waiting: Sequence[int], references: Sequence[Reference]) -> list[int]:
    return [place for place in waiting if references[place].kind == references[waiting[-1]].kind]


def listed(waiting: Sequence[int], references: Sequence[Reference], text: str) -> Iterator[int]:
    """The last of the references and those that stand in one list with it."""
    last = waiting[-1]
    yield last
    for place in reversed(waiting[:-1]):
        gap = LISTED.fullmatch(text, references[place].end, references[last].start)
        if gap is None or references[place].kind != references[last].kind:
            return
        yield place
        last = place
