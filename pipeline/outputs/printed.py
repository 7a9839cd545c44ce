"""The words of the clean text on the lines on which they were printed: one that was broken over a line's end stands on two."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.draft import DraftLine
from pipeline.layout import find_notes
from pipeline.repair.flow import HYPHENS
from pipeline.result import Result

TOKEN = re.compile(r"\S+")
FURNITURE = {"page-number": "page-number", "running-head": "header", "catchword": "catch-word"}
"""What was moved out of the running text and is part of the page all the same, by the rule that did it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands of a word on one printed line: its characters, repaired; the span of the source that they come from; and the
    line, counted over the source from 0."""

    text: str
    low: int
    high: int
    row: int


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word (a run without white space) of the clean text, its offset there, and its parts, line by line."""

    text: str
    start: int
    parts: tuple[Part, ...]


class Printed:
    """The printed lines of one result."""

    def __init__(self, result: Result) -> None:
        self.source, self.draft = result.source, result.draft

    @cached_property
    def breaks(self) -> list[int]:
        """Offsets of the line feeds of the source."""
        return [match.start() for match in re.finditer("\n", self.source.text)]

    @cached_property
    def page_starts(self) -> list[int]:
        return [page.start for page in self.source.pages]

    def row(self, offset: int) -> int:
        """The line of the source, from 0, that an offset lies in."""
        return bisect_left(self.breaks, offset)

    def row_end(self, row: int) -> int:
        """Where a line of the source ends."""
        return self.breaks[row] if row < len(self.breaks) else len(self.source.text)

    def page_at(self, offset: int) -> int:
        """Index of the source's page that an offset lies in."""
        return max(0, bisect_right(self.page_starts, offset) - 1)

    def words(self, line: DraftLine) -> Iterator[PrintedWord]:
        """The words of a line of the clean text."""
        for match in TOKEN.finditer(line.text):
            start = line.start + match.start()
            yield PrintedWord(match.group(), start, tuple(self.parts(start, line.start + match.end())))

    def parts(self, start: int, end: int) -> list[Part]:
        """The parts of the word at [start, end) of the clean text. A line is not gone back to: what comes from above stays where
        the word has come to."""
        found: list[Part] = []
        for text, low, high in self.pieces(start, end):
            row = self.row(low)
            if found and row <= found[-1].row:
                last = found[-1]
                span = (min(last.low, low), max(last.high, high)) if row == last.row else (last.low, last.high)
                found[-1] = Part(last.text + text, *span, last.row)
            else:
                found.append(Part(text, low, high, row))
        return found

    def pieces(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """(text, source start, source end) of what the clean text's [start, end) is made of; no piece goes over a line's end."""
        text, source = self.draft.text, self.source.text
        for low, high, origin, to, kept in self.draft.segments(start, end):
            first, last = max(low, start), min(high, end)
            if kept:
                yield text[first:last], origin + first - low, origin + last - low
                continue
            turn = source.find("\n", origin, to)
            above = low + shared(text[low:high], source[origin:turn]) if turn >= 0 else high
            if not first < above < last:
                yield text[first:last], origin, turn if turn > origin else to
            else:  # an edit that wrote a broken word anew: what it has in common with the line above stands there
                yield text[first:above], origin, turn
                yield text[above:last], turn + 1, to

    def hyphen_end(self, part: Part) -> int:
        """Where the hyphen ends that broke the word behind this part; the part's end where none was printed."""
        end = self.row_end(part.row)
        return end if (rest := self.source.text[part.high : end].strip()) and not rest.strip(HYPHENS) else part.high

    def regions(self, page: int) -> list[str]:
        """What part of its page each line of the clean text's page with this index is."""
        lines = self.draft.pages[page]
        notes = find_notes(lines)
        noted = range(notes[0].first, notes[-1].last) if notes else range(0)
        return [line.region or ("footnote" if at in noted else "") for at, line in enumerate(lines)]


def shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
