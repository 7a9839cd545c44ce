"""Notes at the foot of a page for the reading text: those that the layout finds, and those that stand in brackets, (1) to (9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.draft import DraftLine
from pipeline.layout import NOTE_START, find_notes, trimmed

BRACKETED = re.compile(r"^\s*\((\d{1,2})\)\s*(?=\S)")
RULE = re.compile(r"^\s*[-_—–=]{3,}[-_—–=\s]*$")


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note: its number and its lines, without the number."""

    number: int
    lines: list[str]


def page_notes(lines: Sequence[DraftLine]) -> tuple[int, list[Footnote]]:
    """(number of the page's lines that stand before its notes, the notes)."""
    found = [(note.number, note.first, note.last) for note in find_notes(lines)]
    pattern = NOTE_START
    if not found:
        found, pattern = bracketed_notes(lines), BRACKETED
    notes = []
    for number, start, last in found:
        first, *rest = (line.text for line in lines[start:last])
        notes.append(Footnote(number, [pattern.sub("", first, count=1), *rest]))
    return trimmed(lines, 0, found[0][1] if found else len(lines)), notes


def bracketed_notes(lines: Sequence[DraftLine]) -> list[tuple[int, int, int]]:
    """(number, first line, line after the last) of notes that begin (1), (2) … at a page's foot, after a blank line or a rule."""
    numbered = [(at, int(match.group(1))) for at, line in enumerate(lines) if (match := BRACKETED.match(line.text))]
    begins = [at for at, number in numbered if number == 1 and (at == 0 or is_gap(lines[at - 1].text))]
    if not begins:
        return []
    chain = [(begins[-1], 1)]
    for at, number in numbered:
        if at > chain[-1][0] and number == chain[-1][1] + 1:
            chain.append((at, number))
    ends = [at for at, _ in chain[1:]] + [len(lines)]
    return [(number, at, trimmed(lines, at, end)) for (at, number), end in zip(chain, ends, strict=True)]


def is_gap(text: str) -> bool:
    return not text.strip() or RULE.match(text) is not None
