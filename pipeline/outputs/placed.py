"""Where the words of the clean text stand on the scans: lines of placed words, furniture back at its place, in reading order."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.draft import DraftLine
from pipeline.ledger import Move
from pipeline.model import Box, Line, Page, Word
from pipeline.ocr.regions import CLASSES
from pipeline.result import Result

TOKEN = re.compile(r"\S+")
FURNITURE = {"page-number": "ocr_pageno", "running-head": "ocr_header", "catchword": "ocr_footer"}
"""hOCR classes of what was moved out of the running text, by the rule that did it."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of the clean text at its place on the original scan. `confidence` (0-1) is the lowest of the words read there.

    `own`: the place is its own, not that of its line or of its neighbour.
    """

    text: str
    box: Box
    confidence: float | None
    own: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """A word of the source with a box, its page and its line, counted over the document; or, where `own` is not set, all of a
    line whose words have no boxes."""

    word: Word
    box: Box
    page: int
    row: int
    own: bool = True


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of words: its hOCR class, whether a paragraph begins with it, and the source offset of its first character."""

    kind: str
    words: tuple[PlacedWord, ...]
    begins: bool
    source: int

    @property
    def box(self) -> Box:
        box = self.words[0].box
        for word in self.words[1:]:
            box = box.union(word.box)
        return box


class Placer:
    """Places the clean text of one result."""

    def __init__(self, result: Result) -> None:
        self.result = result

    @cached_property
    def spots(self) -> list[Spot]:
        """All places that are known, in the order of the source."""
        found: list[Spot] = []
        count = 0
        for page in self.result.source.pages:
            for line in page.lines:
                count += 1
                placed = [Spot(word, word.box, page.number, count) for word in line.words if word.box is not None]
                if not placed and line.box is not None:
                    sure = [word.confidence for word in line.words if word.confidence is not None]
                    whole = Word(line.start, line.end, min(sure, default=None), line.box)
                    placed = [Spot(whole, line.box, page.number, count, own=False)]
                found += placed
        return sorted(found, key=lambda spot: spot.word.start)

    @cached_property
    def starts(self) -> list[int]:
        return [spot.word.start for spot in self.spots]

    @cached_property
    def furniture(self) -> dict[int, list[tuple[str, Move]]]:
        """What was moved out of each page and belongs to its scan's text: (hOCR class, move)."""
        found: dict[int, list[tuple[str, Move]]] = {}
        pages = self.result.source.pages
        begins = [page.start for page in pages]
        for edit, move in self.result.ledger.moved_out():
            if edit.rule in FURNITURE:
                page = pages[max(0, bisect_right(begins, move.start) - 1)].number
                found.setdefault(page, []).append((FURNITURE[edit.rule], move))
        return found

    def lines(self, at: int) -> list[PlacedLine]:
        """The lines of the source's page with index `at`, furniture among them where it was read."""
        page, pages = self.result.source.pages[at], self.result.draft.pages
        lines = list(self.text_lines(page, pages[at])) if at < len(pages) else []
        for kind, move in self.furniture.get(page.number, ()):
            row = next((i for i, line in enumerate(lines) if line.source > move.start), len(lines))
            lines[row:row] = self.furniture_lines(page, kind, move)
        return lines

    def furniture_lines(self, page: Page, kind: str, move: Move) -> Iterator[PlacedLine]:
        rows: dict[int, list[PlacedWord]] = {}
        for spot in self.between(move.start, move.end):
            if spot.page == page.number:
                text = self.result.source.text[spot.word.start : spot.word.end]
                rows.setdefault(spot.row, []).append(PlacedWord(text, spot.box, spot.word.confidence, spot.own))
        for words in rows.values():
            yield PlacedLine(kind, tuple(words), True, move.start)

    def text_lines(self, page: Page, lines: Sequence[DraftLine]) -> Iterator[PlacedLine]:
        begins = True
        for line in lines:
            placed: list[PlacedWord] = []
            first = -1
            for match in TOKEN.finditer(line.text):
                word, source = self.placed(page, match.group(), line.start + match.start(), placed)
                if word is not None:
                    placed.append(word)
                    first = source if first < 0 else first
            if placed:
                yield PlacedLine(CLASSES.get(line.region, "ocr_line"), tuple(placed), begins, first)
            begins = not line.text.strip()

    def placed(self, page: Page, text: str, at: int, before: Sequence[PlacedWord]) -> tuple[PlacedWord | None, int]:
        """The word `text` at offset `at` of the clean text, and where it began in the source.

        A word that was joined over a line break stands where its first half does; one without a place stands with its neighbour.
        """
        spans = [self.result.draft.origin(offset) for offset in range(at, at + len(text))]
        found: list[Spot] = []
        box: Box | None = None
        for low, high in merged(spans):
            for spot in self.between(low, high):
                if spot.page != page.number or (found and spot.row != found[0].row):
                    continue
                found.append(spot)
                part = sliced(spot.word, spot.box, low, high) if spot.own else spot.box
                box = part if box is None else box.union(part)
        if box is None:
            fallback = before[-1] if before else self.nearest(page, spans[0][0])
            return (replace(fallback, text=text, own=False) if fallback else None), spans[0][0]
        sure = [spot.word.confidence for spot in found if spot.word.confidence is not None]
        return PlacedWord(text, box, min(sure, default=None), all(spot.own for spot in found)), spans[0][0]

    def between(self, start: int, end: int) -> list[Spot]:
        """Places that share a character with source[start:end]."""
        at = max(0, bisect_right(self.starts, start) - 1)
        found = []
        while at < len(self.spots) and self.spots[at].word.start < end:
            if self.spots[at].word.end > start:
                found.append(self.spots[at])
            at += 1
        return found

    def nearest(self, page: Page, offset: int) -> PlacedWord | None:
        """The page's word nearest to a source offset, or, on a page without words, its line or the whole scan."""
        line = nearest_line(page, offset)
        if line is not None and line.words and line.words[0].box is not None:
            return PlacedWord("", line.words[0].box, line.words[0].confidence)
        box = line.box if line is not None else None
        if box is None and page.scan is not None:
            box = Box(0, 0, page.scan.width, page.scan.height)
        return PlacedWord("", box, None) if box is not None else None


def nearest_line(page: Page, offset: int) -> Line | None:
    return min(page.lines, key=lambda line: max(line.start - offset, offset - line.end, 0), default=None)


def merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans joined where they touch or are the same."""
    low, high = spans[0]
    for start, end in spans[1:]:
        if start <= high and end >= low:
            low, high = min(low, start), max(high, end)
        else:
            yield low, high
            low, high = start, end
    yield low, high


def sliced(word: Word, box: Box, low: int, high: int) -> Box:
    """The part of a word's box that its characters [low, high) fill, taking all characters as equally wide."""
    size = max(1, word.end - word.start)
    width = box.right - box.left
    left = box.left + width * max(0, low - word.start) // size
    right = box.left + -(-width * min(size, high - word.start) // size)
    return Box(left, box.top, max(left + 1, right), box.bottom)
