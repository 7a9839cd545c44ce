"""Notes at the foot of a page, as the reading text shows them: without their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.draft import DraftLine
from pipeline.layout import body_end, find_notes, without_number


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note: its number (0: it has none) and its lines, without the number."""

    number: int
    lines: list[str]


def page_notes(lines: Sequence[DraftLine]) -> tuple[int, list[Footnote]]:
    """(number of the page's lines that stand before its notes, the notes)."""
    found = find_notes(lines)
    notes = []
    for note in found:
        first, *rest = (line.text for line in lines[note.first : note.last])
        notes.append(Footnote(note.number, [without_number(first) if note.number else first, *rest]))
    return body_end(lines, found), notes
