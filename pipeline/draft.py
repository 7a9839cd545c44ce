"""The source seen through the edits so far, with the way back for every character."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import NamedTuple

from pipeline.ledger import Edit, rendered
from pipeline.model import Line, Region

SIGHT = 4
"""So many characters of the next line what looks ahead may see."""


class DraftLine(NamedTuple):
    """A line of a draft without its line break; offsets are the draft's, `page` counts from 1, `region`: the part of
    the page that it begins in."""

    start: int
    end: int
    text: str
    page: int
    region: Region = ""


class Draft:
    """A text under repair. Immutable; pages are what stands between form feeds, as in the finished text. `marked`: the source's
    lines that are known to be no part of the body, in order. `whole` is the draft itself, or the one that this is a part of."""

    def __init__(self, source: str, edits: Sequence[Edit] = (), marked: Sequence[Line] = ()) -> None:
        self.source = source
        self.edits = tuple(edits)
        self.marked = marked
        self._starts: list[int] = []
        self._origins: list[tuple[int, int, bool]] = []
        texts: list[str] = []
        at = 0
        for text, start, end in rendered(source, edits):
            if not text:
                continue
            kept = text == source[start:end]
            self._starts.append(at)
            self._origins.append((start, end, kept))
            texts.append(text)
            at += len(text)
        self.text = "".join(texts)
        self.whole = self
        self.start, self.end = 0, len(self.text)

    def part(self, first: int, last: int) -> Draft:
        """The same draft with only the pages from `first` to before `last` (from 0) among its `lines`, `pages` and `finditer`.
        Text and offsets stay, and so does the number of every page."""
        shown = copy(self)
        shown.__dict__ |= {"_page_starts": self._page_starts, "pages": self.pages[first:last]}
        shown.__dict__["lines"] = [line for page in shown.pages for line in page]
        shown.start, shown.end = shown.lines[0].start, shown.lines[-1].end
        return shown

    def finditer(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """What `pattern` finds in the text."""
        return pattern.finditer(self.text, self.start, self.end)

    @cached_property
    def lines(self) -> list[DraftLine]:
        """All lines in order; a form feed ends a line and a page."""
        lines, start, page = [], 0, 1
        for chunk in self.text.split("\f"):
            for text in chunk.split("\n"):
                end = start + len(text)
                lines.append(DraftLine(start, end, text, page, self.region(start, text) if self.marked else ""))
                start = end + 1
            page += 1
        return lines

    @cached_property
    def _marks(self) -> list[int]:
        return [line.start for line in self.marked]

    def region(self, start: int, text: str) -> Region:
        """The part of its page that the draft's line `text` at `start` begins in."""
        if not (bare := text.lstrip()):
            return ""
        place = self.origin(start + len(text) - len(bare))[0]
        at = bisect_right(self._marks, place) - 1
        return self.marked[at].region if at >= 0 and place < self.marked[at].end else ""

    def matches(self, pattern: re.Pattern[str], *parts: str) -> Iterator[re.Match[str]]:
        """What `pattern` finds, within a line, in the lines that hold one of `parts`, without which it finds nothing."""
        text = self.text
        parts = tuple(part for part in parts if text.find(part, self.start, self.end) >= 0)
        for line in self.lines if parts else ():
            for part in parts:
                if part in line.text:
                    break
            else:
                continue
            for match in pattern.finditer(text, line.start, line.end + SIGHT):
                if match.start() < line.end:
                    yield match

    @cached_property
    def pages(self) -> list[list[DraftLine]]:
        """The lines of each page."""
        pages: list[list[DraftLine]] = [[]]
        for line in self.lines:
            if line.page > len(pages):
                pages.append([])
            pages[-1].append(line)
        return pages

    @cached_property
    def _page_starts(self) -> list[int]:
        return [page[0].start for page in self.pages]

    def page_at(self, offset: int) -> int:
        """Number of the page (from 1) that the draft's `offset` lies on."""
        return max(1, bisect_right(self._page_starts, offset))

    def segments(self, start: int, end: int) -> Iterator[tuple[int, int, int, int, bool]]:
        """(draft start, draft end, source start, source end, kept) of the pieces that meet [start, end)."""
        at = max(0, bisect_right(self._starts, start) - 1)
        while at < len(self._starts) and self._starts[at] < end:
            low = self._starts[at]
            high = self._starts[at + 1] if at + 1 < len(self._starts) else len(self.text)
            if high > start:
                yield (low, high, *self._origins[at])
            at += 1

    def source_spans(self, start: int, end: int) -> list[tuple[int, int]] | None:
        """Source spans of the draft's [start, end), joined where they touch; None where an edit has already written there."""
        spans: list[tuple[int, int]] = []
        for low, high, origin, _, kept in self.segments(start, end):
            if not kept:
                return None
            low_cut, high_cut = max(low, start), min(high, end)
            span = (origin + low_cut - low, origin + high_cut - low)
            if spans and spans[-1][1] == span[0]:
                span = (spans.pop()[0], span[1])
            spans.append(span)
        return spans

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, int, int, bool]]:
        """(start, end, source start, source end, whether it was kept) of the pieces of the draft's [start, end).

        A piece that an edit wrote is given whole, even where it begins or ends outside.
        """
        for low, high, first, last, kept in self.segments(start, end):
            if kept:
                low_cut, high_cut = max(low, start), min(high, end)
                yield low_cut, high_cut, first + low_cut - low, first + high_cut - low, True
            else:
                yield low, high, first, last, False

    @cached_property
    def _kept(self) -> list[tuple[int, int, int]]:
        """(source start, source end, draft start) of the pieces that stand as they were read, by their place in the source."""
        found = zip(self._starts, self._origins, strict=True)
        return sorted((start, end, low) for low, (start, end, kept) in found if kept)

    def place_of(self, start: int, end: int) -> int | None:
        """Where the draft has the source's [start, end), unchanged and in one piece; else None."""
        at = bisect_right(self._kept, start, key=lambda piece: piece[0]) - 1
        if at < 0 or end > self._kept[at][1]:
            return None
        return self._kept[at][2] + start - self._kept[at][0]

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int, int, bool]]:
        """(source start, source end, draft start, draft end, kept) of all pieces, by their place in the source."""
        ends = [*self._starts[1:], len(self.text)]
        found = zip(self._origins, self._starts, ends, strict=True)
        return sorted((start, end, low, high, kept) for (start, end, kept), low, high in found)

    def span_of(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the draft the source's [start, end), or what was written for it, stands; None where nothing of it does."""
        found: list[tuple[int, int]] = []
        at = max(0, bisect_right(self._pieces, start, key=lambda piece: piece[0]) - 1)
        while at < len(self._pieces) and self._pieces[at][0] < end:
            origin, last, low, high, kept = self._pieces[at]
            if start < last:
                found.append((low + max(0, start - origin), high - max(0, last - end)) if kept else (low, high))
            at += 1
        return (min(low for low, _ in found), max(high for _, high in found)) if found else None

    def origin(self, offset: int) -> tuple[int, int]:
        """Source span that the character at the draft's `offset` comes from (one character, or what an edit replaced)."""
        for low, _, start, end, kept in self.segments(offset, offset + 1):
            return (start + offset - low, start + offset - low + 1) if kept else (start, end)
        raise IndexError(f"no character at {offset}")
