"""The parts of a page of running text: body lines, and notes at its foot; and the shape of a document's lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.draft import DraftLine
from pipeline.model import Region

BRACKETED_START = re.compile(r"^\s?\((\d{1,2})\)\s+(?=[^\W\d_])")
"""The other way to number notes, `(1) Minute by …`, which looks like its own call-out."""
NOTE_START = re.compile(
    r"^\s?(?:[.•■~] ?)?(?:(\d{1,2})|([IlX]))"
    r"(?:\s?\.{1,2}(?!\d)\s*(?=\S)|\s?,\s*(?=[^\W\d_]|['\"‘’“”(])|\s?[•„;]\s*(?=[A-Z'\"‘’“”]))"
)
"""A note begins with its number and a stop (or what a worn stop is read as); a speck may stand before it."""
CALLED = re.compile(r"\((\d{1,2})\)")
RULED = re.compile(r"\s*\w?[_—–=-]{6,}\s*")
BELOW_NOTES: frozenset[Region] = frozenset({"footer", "page-number", "scrawl", "stamp"})
"""Parts of a page that may stand below its notes."""
HEADS_SENTENCE = re.compile(r"\s?\S+\s*['\"‘’“”(]*[A-Z]")


@dataclass(frozen=True, slots=True)
class Note:
    """A note at the foot of a page: its number (0: it has none), and its lines as positions [first, last) among the page's."""

    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class LineShapes:
    """Characters of the lines of a document: `full` lines, and the longest that open a paragraph (0: no shorter than others).

    Where the indent of paragraphs is lost, their first lines are short by its width.
    """

    full: int
    opening: int


def line_shapes(lines: Iterable[DraftLine]) -> LineShapes:
    """Shapes of the lines of running text; a document of few paragraphs shows none."""
    opening, inside, last = [], [], ""
    for line in lines:
        text = line.text.rstrip()
        if len(text) > 30 and note_number(text) is None:
            if last.strip():
                inside.append(len(text))
            elif text[0].isupper():
                opening.append(len(text))
        last = text
    if len(inside) < 40:
        return LineShapes(0, 0)
    inside.sort()
    opening.sort()
    full = inside[len(inside) * 3 // 4]
    apart = len(opening) >= 20 and median(inside) - median(opening) >= 3
    return LineShapes(full, opening[len(opening) * 9 // 10] if apart else 0)


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
    """Notes of one page, by their numbers; where it is known by their place which lines are notes, by that as well.

    What stands before the first number there, as where a note goes on from the page before, or has a star, is one without.
    """
    start, end = foot(lines)
    numbered = numbered_notes(lines)
    if start == end or (numbered and numbered[0].first < start):
        return numbered
    inside = rising(lines, start, end)
    chain = [*([] if inside and inside[0][0] == start else [(start, 0)]), *inside]
    ends = [at for at, _ in chain[1:]] + [end]
    return [Note(number, first, trimmed(lines, first, last)) for (first, number), last in zip(chain, ends, strict=True)]


def foot(lines: Sequence[DraftLine]) -> tuple[int, int]:
    """[first, last) of the lines at a page's foot that are known to be notes; the same twice where there are none."""
    end = len(lines)
    while end and (not lines[end - 1].text.strip() or lines[end - 1].region in BELOW_NOTES):
        end -= 1
    start = end
    while start and (not lines[start - 1].text.strip() or lines[start - 1].region == "footnote"):
        start -= 1
    while start < end and not lines[start].text.strip():
        start += 1
    return start, end


def rising(lines: Sequence[DraftLine], start: int, end: int) -> list[tuple[int, int]]:
    """(line, number) of the notes among [start, end) whose numbers go on by one or two, from the first on."""
    found: list[tuple[int, int]] = []
    for at in range(start, end):
        number = note_number(lines[at].text)
        if number is not None and (not found or found[-1][1] < number <= found[-1][1] + 2):
            found.append((at, number))
    return found


def numbered_notes(lines: Sequence[DraftLine]) -> list[Note]:
    """Notes of one page: the last run of lines that begin 1., 2., 3. … (a number may be missing) down to the page's foot.

    A page whose notes all belong to the page before has none here. A numbered list in the body is no note unless it ends the
    page. Where the first number was lost or misread, the call-outs above show that the notes begin with the second.
    """
    numbered = [(at, number) for at, line in enumerate(lines) if (number := note_number(line.text)) is not None]
    if not numbered:
        return []
    calls = Calls(lines)
    chain = chain_from_first(lines, numbered, calls) or chain_from_second(lines, numbered, calls)
    if not chain:
        return []
    ends = [at for at, _ in chain[1:]] + [len(lines)]
    return [Note(number, first, trimmed(lines, first, last)) for (first, number), last in zip(chain, ends, strict=True)]


class Calls:
    """On which lines of a page notes are called, looked for once: a text without page breaks is a page as long as a book."""

    def __init__(self, lines: Sequence[DraftLine]) -> None:
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        for at, line in enumerate(lines):
            for number in map(int, CALLED.findall(line.text)):
                self.first.setdefault(number, at)
                self.last[number] = at

    def above(self, at: int, *numbers: int) -> bool:
        """Whether these notes are called on lines before this one."""
        return all(self.first.get(number, at) < at for number in numbers)

    def below(self, at: int, number: int) -> bool:
        """Whether this note is called on this line or a later one."""
        return self.last.get(number, -1) >= at


def chain_from_first(lines: Sequence[DraftLine], numbered: Sequence[tuple[int, int]], calls: Calls) -> list[tuple[int, int]]:
    """(line, number) of the notes from the last plausible 1. on."""
    ones = [at for at, number in numbered if number == 1]
    starts = [at for at in ones if plausible_form(lines, at) and plausible_start(lines, at, numbered, calls)]
    if not starts:
        return []
    last = starts[-1]
    if not lines[last].text.lstrip()[:1].isdigit() and set_apart(lines, last) is False:  # it may be an initial letter
        for at in starts[:-1]:
            chain = chain_of(lines, numbered, at, 1, calls)
            if chain[-1][0] > last:
                return chain
    return chain_of(lines, numbered, last, 1, calls)


def chain_from_second(lines: Sequence[DraftLine], numbered: Sequence[tuple[int, int]], calls: Calls) -> list[tuple[int, int]]:
    """(line, number) of the notes where no 1. is found: from the 2. that is called above it, and what is numbered before it."""
    for at, number in numbered:
        if number != 2 or not set_apart(lines, at) or not calls.above(at, 1, 2):
            continue
        before = [first for first, other in numbered if first < at and other > 2 and set_apart(lines, first)]
        chain = chain_of(lines, numbered, at, 2, calls)
        return [(before[-1], 1), *chain] if before and calls.above(before[-1], 1, 2) else chain
    return []


def chain_of(
    lines: Sequence[DraftLine], numbered: Sequence[tuple[int, int]], begin: int, number: int, calls: Calls
) -> list[tuple[int, int]]:
    """The notes in sequence from line `begin`, which has `number`. A figure too many (`21.` for `2.`) is passed over."""
    chain, expected = [(begin, number)], number + 1
    for at, found in numbered:
        if at <= begin:
            continue
        if expected <= found <= expected + 1:
            chain.append((at, found))
            expected = found + 1
        elif found > 9 and str(expected) in str(found) and calls.above(begin, expected) and set_apart(lines, at):
            chain.append((at, expected))
            expected += 1
    return chain


def called_in(lines: Sequence[DraftLine]) -> set[int]:
    """Numbers of the notes that are called in some lines."""
    return {int(number) for line in lines for number in CALLED.findall(line.text)}


def set_apart(lines: Sequence[DraftLine], at: int) -> bool:
    """Does a blank line stand before this one, or the page begin here?"""
    return at == 0 or not lines[at - 1].text.strip()


def plausible_start(lines: Sequence[DraftLine], at: int, numbered: Sequence[tuple[int, int]], calls: Calls) -> bool:
    """Could the notes begin at this line? A blank line before, a page that begins there, a full stop at the end of the body;
    or, where the page's body breaks off, the calls in it."""
    before = lines[at - 1].text.strip() if at else ""
    if not before or before[-1:] in ".)'’\"”:;" or len(before) <= 3 or RULED.fullmatch(before):
        return True
    if not calls.above(at, 1) or calls.below(at, 1) or not HEADS_SENTENCE.match(lines[at].text):
        return False
    return at * 2 > len(lines) or any(below > at and number == 2 for below, number in numbered)


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
