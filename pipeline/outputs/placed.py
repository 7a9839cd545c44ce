"""Where the words of the clean text stand on the scans: printed lines of placed words, furniture back at its place, in reading
order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.ledger import Edit, Move
from pipeline.model import Box, Line, Page, Word
from pipeline.outputs.lines import PlacedLine, PlacedWord, Row, bring_in, named
from pipeline.outputs.printed import FURNITURE, Printed, PrintedWord
from pipeline.result import Result


@dataclass(frozen=True, slots=True)
class Spot:
    """A word of the source with a box, its page and its line, counted over the source from 0; or, where `own` is not set, all of
    a line whose words have no boxes."""

    word: Word
    box: Box
    page: int
    row: int
    own: bool = True


class Placer:
    """Places the clean text of one result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.printed = Printed(result)
        self.carried: dict[int, list[tuple[int, PlacedWord]]] = {}

    @cached_property
    def spots(self) -> list[Spot]:
        """All places that are known, in the order of the source."""
        found: list[Spot] = []
        for page in self.result.source.pages:
            for line in page.lines:
                row = self.printed.row(line.start)
                placed = [Spot(word, word.box, page.number, row) for word in line.words if word.box is not None]
                if not placed and line.box is not None:
                    sure = [word.confidence for word in line.words if word.confidence is not None]
                    whole = Word(line.start, line.end, min(sure, default=None), line.box)
                    placed = [Spot(whole, line.box, page.number, row, own=False)]
                found += placed
        return sorted(found, key=lambda spot: spot.word.start)

    @cached_property
    def starts(self) -> list[int]:
        return [spot.word.start for spot in self.spots]

    @cached_property
    def furniture(self) -> dict[int, list[tuple[Edit, Move]]]:
        """What was moved out of the page with each index and belongs to its scan's text."""
        found: dict[int, list[tuple[Edit, Move]]] = {}
        for edit, move in self.result.ledger.moved_out():
            if edit.rule in FURNITURE:
                found.setdefault(self.printed.page_at(move.start), []).append((edit, move))
        return found

    def pages(self) -> Iterator[tuple[int, Page, list[PlacedLine]]]:
        """Every page that has a scan, with its index and its lines in reading order, furniture among them where it was read."""
        self.carried = {}
        for at, page in enumerate(self.result.source.pages if self.result.source.has_images else ()):
            lines = self.lines(at)
            if page.scan is not None:
                yield at, page, lines

    def lines(self, at: int) -> list[PlacedLine]:
        """The lines of the page with index `at`; those of the page before must have been asked for first, since what is broken
        over its end goes on here."""
        page = self.result.source.pages[at]
        rows = self.text_rows(at) if at < len(self.result.draft.pages) else []
        for number, word in self.carried.pop(at, ()):
            bring_in(rows, number, word)
        for edit, move in self.furniture.get(at, ()):
            place = next((i for i, row in enumerate(rows) if row.source > move.start), len(rows))
            rows[place:place] = self.furniture_rows(page, edit, move)
        return list(named(page.number, self.printed.row(page.start), rows))

    def text_rows(self, at: int) -> list[Row]:
        """The printed lines of a page's clean text. What stands of a word on a later page is kept for that."""
        rows: list[Row] = []
        begins = True
        for line, role in zip(self.result.draft.pages[at], self.printed.regions(at), strict=True):
            fresh = begins  # a paragraph begins on a line of its own, wherever it was printed
            for word in self.printed.words(line):
                for count, part in enumerate(word.parts):
                    there = self.printed.page_at(part.low) if count else at
                    placed = self.placed(self.result.source.pages[there], word, count, rows)
                    if placed is None:
                        continue
                    if there > at:
                        self.carried.setdefault(there, []).append((part.row, placed))
                        continue
                    last = rows[-1] if rows else None
                    if last is None or last.number != part.row or last.role != role or (fresh and not count):
                        rows.append(last := Row(part.row, role, fresh and not count, part.low))
                    last.words.append(placed)
                    fresh = fresh and count > 0
            begins = not line.text.strip()
        return rows

    def furniture_rows(self, page: Page, edit: Edit, move: Move) -> Iterator[Row]:
        rows: dict[int, Row] = {}
        for spot in self.between(move.start, move.end):
            if spot.page == page.number:
                word = spot.word
                text = self.result.source.text[word.start : word.end]
                number = self.printed.row(word.start)
                row = rows.setdefault(number, Row(number, FURNITURE[edit.rule], True, move.start))
                row.words.append(
                    PlacedWord(text, spot.box, word.confidence, spot.own, word.start, word.end, others=word.alternatives)
                )
        yield from rows.values()

    def placed(self, page: Page, word: PrintedWord, count: int, rows: Sequence[Row]) -> PlacedWord | None:
        """A part of a word at its place; one without a place of its own stands with its neighbour."""
        part, last = word.parts[count], count == len(word.parts) - 1
        end = part.high if last else self.printed.hyphen_end(part)
        found = [spot for spot in self.between(part.low, end) if spot.page == page.number]
        whole = word.text if len(word.parts) > 1 else ""
        probability = self.probability(word.start)
        known = PlacedWord(
            part.text, Box(0, 0, 0, 0), None, False, part.low, part.high, word.start, probability, whole, count > 0
        )  # its place follows
        if not found:
            before = rows[-1].words[-1].box if rows and rows[-1].number == part.row else self.nearest(page, part.low)
            return replace(known, box=before) if before is not None else None
        box = around(found, part.low, end)
        hyphen = around(found, part.high, end) if end > part.high and all(spot.own for spot in found) else None
        sure = [spot.word.confidence for spot in found if spot.word.confidence is not None]
        others = found[0].word.alternatives if len(found) == 1 else ()
        own = all(spot.own for spot in found)
        return replace(known, box=box, confidence=min(sure, default=None), own=own, hyphen=hyphen, others=others)

    def probability(self, start: int) -> float | None:
        """The probability (0-1) that the word at an offset of the clean text is right; None where it was not judged."""
        words = self.result.confidence.words
        at = int(np.searchsorted(words.starts, start))
        return round(1 - float(words.wrong[at]), 4) if at < len(words.starts) and words.starts[at] == start else None

    def between(self, start: int, end: int) -> list[Spot]:
        """Places that share a character with source[start:end]."""
        at = max(0, bisect_right(self.starts, start) - 1)
        found = []
        while at < len(self.spots) and self.spots[at].word.start < end:
            if self.spots[at].word.end > start:
                found.append(self.spots[at])
            at += 1
        return found

    def nearest(self, page: Page, offset: int) -> Box | None:
        """The place of the page's word nearest to a source offset, or, on a page without words, its line or the whole scan."""
        line = nearest_line(page, offset)
        if line is not None and line.words and line.words[0].box is not None:
            return line.words[0].box
        if line is not None and line.box is not None:
            return line.box
        return Box(0, 0, page.scan.width, page.scan.height) if page.scan is not None else None


def nearest_line(page: Page, offset: int) -> Line | None:
    return min(page.lines, key=lambda line: max(line.start - offset, offset - line.end, 0), default=None)


def around(spots: Sequence[Spot], low: int, high: int) -> Box:
    """The rectangle around what some places have of source[low:high]."""
    boxes = [sliced(spot.word, spot.box, low, high) if spot.own else spot.box for spot in spots]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.union(other)
    return box


def sliced(word: Word, box: Box, low: int, high: int) -> Box:
    """The part of a word's box that its characters [low, high) fill, taking all characters as equally wide."""
    size = max(1, word.end - word.start)
    width = box.right - box.left
    left = box.left + width * min(size - 1, max(0, low - word.start)) // size
    right = box.left + -(-width * max(0, min(size, high - word.start)) // size)
    return Box(left, box.top, max(left + 1, right), box.bottom)
