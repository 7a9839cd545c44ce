"""The parts of a page of running text: body lines, and notes at its foot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.draft import DraftLine

BRACKETED_START = re.compile(r"^\s?\((\d{1,2})\)\s+(?=[^\W\d_])")
"""The other way to number notes, `(1) Minute by …`, which looks like its own call-out."""
NOTE_START = re.compile(r"^\s?(?:(\d{1,2})|([IlX]))\s?(?:\.\s*(?=\S)|,\s*(?=[^\W\d_]|['\"‘’“”(]))")
"""A note begins with its number and a stop (or the comma that a worn stop is read as)."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note at the foot of a page: its number, and its lines as positions [first, last) among the page's lines."""

    number: int
    first: int
    last: int


def note_number(text: str) -> int | None:
    """The number that a note's first line seems to begin with; 1 for the letters that a 1 is read as."""
    if bracketed := BRACKETED_START.match(text):
        return int(bracketed.group(1))
    match = NOTE_START.match(text)
    if match is None:
        return None
    return int(match.group(1)) if match.group(1) else 1


def without_number(text: str) -> str:
    """The text of a note's first line behind its number."""
    bracketed = BRACKETED_START.match(text)
    match = bracketed or NOTE_START.match(text)
    return text[match.end() :] if match else text


def find_notes(lines: Sequence[DraftLine]) -> list[Note]:
    """Notes of one page: the last run of lines that begin 1., 2., 3. … (a number may be missing) down to the page's foot.

    A page whose notes all belong to the page before has none here. A numbered list in the body is no note unless it ends the
    page.
    """
    numbered = [(at, number) for at, line in enumerate(lines) if (number := note_number(line.text)) is not None]
    starts = [at for at, number in numbered if number == 1 and plausible_start(lines, at) and plausible_form(lines, at)]
    if not starts:
        return []
    begin = starts[-1]
    chain, expected = [(begin, 1)], 2
    for at, number in numbered:
        if at > begin and expected <= number <= expected + 1:
            chain.append((at, number))
            expected = number + 1
    ends = [at for at, _ in chain[1:]] + [len(lines)]
    return [
        Note(number, first, trimmed(lines, first, last))
        for (first_at, number), last in zip(chain, ends, strict=True)
        for first in [first_at]
    ]


def plausible_start(lines: Sequence[DraftLine], at: int) -> bool:
    """Could the notes begin at this line? A blank line before, a page that begins there, or a full stop at the end of the
    body."""
    if at == 0:
        return True
    before = lines[at - 1].text.strip()
    return not before or before[-1:] in ".)'’\"”:;" or len(before) <= 3


def plausible_form(lines: Sequence[DraftLine], at: int) -> bool:
    """A note numbered `(1)` stands apart from the text, and is called there."""
    if not BRACKETED_START.match(lines[at].text):
        return True
    above = lines[at - 1].text.strip() if at else ""
    return not above.strip("-_—–= ") and any("(1)" in line.text[1:] for line in lines[:at])


def trimmed(lines: Sequence[DraftLine], first: int, last: int) -> int:
    """`last` without the blank lines before it."""
    while last > first + 1 and not lines[last - 1].text.strip():
        last -= 1
    return last


def body_end(lines: Sequence[DraftLine], notes: Sequence[Note]) -> int:
    """Number of the page's lines that stand before its notes, blank ones at their end left out."""
    return trimmed(lines, 0, notes[0].first if notes else len(lines))
