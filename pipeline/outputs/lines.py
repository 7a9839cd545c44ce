"""The lines of a page with the words that are placed on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.model import Box

SOFT_HYPHEN = "\N{SOFT HYPHEN}"


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of the clean text, or what stands of it on one line, at its place on the original scan.

    `confidence` (0-1) is the lowest of the words that were read there, `probability` (0-1) that of the clean word being right.
    `own`: the place is its own, not that of its line or of its neighbour. `low`, `high`: the span of the source; `start`: the
    word's offset in the clean text, -1 for furniture, which is not in it.
    `whole`: the word that a line's end broke, of which this is the first part or (`rest`) what follows. `hyphen`: where its
    hyphen stands, if one was printed. `others`: what other readings of the image have here.
    """

    text: str
    box: Box
    confidence: float | None
    own: bool = True
    low: int = 0
    high: int = 0
    start: int = -1
    probability: float | None = None
    whole: str = ""
    rest: bool = False
    hyphen: Box | None = None
    others: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether the word goes on on the next line, and its hyphen, if it shows one, only breaks it."""
        return bool(self.whole) and not self.rest and not self.text.endswith("-")

    @property
    def bare(self) -> Box:
        """The place without the hyphen."""
        return replace(self.box, right=max(self.box.left + 1, self.hyphen.left)) if self.hyphen else self.box

    @property
    def printed(self) -> str:
        """The characters, with a soft hyphen where a line's end breaks the word."""
        return self.text + SOFT_HYPHEN if self.broken else self.text


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of words: its name, which stays the same however the text is repaired; what part of the page it is (see
    `model.Region`, and `catch-word`); whether a paragraph begins with it; its row and the source offset of its first
    character."""

    name: str
    role: str
    words: tuple[PlacedWord, ...]
    begins: bool
    row: int
    source: int

    @property
    def box(self) -> Box:
        box = self.words[0].box
        for word in self.words[1:]:
            box = box.union(word.box)
        return box


@dataclass(slots=True)
class Row:
    """A line in the making."""

    number: int
    role: str
    begins: bool
    source: int
    words: list[PlacedWord] = field(default_factory=list)


def bring_in(rows: list[Row], number: int, word: PlacedWord) -> None:
    """Put what was broken over a page's end at the beginning of its line."""
    for row in rows:
        if row.number == number and row.words[0].low > word.low:
            row.words.insert(0, word)
            row.source = word.low
            return
    place = next((i for i, row in enumerate(rows) if row.source > word.low), len(rows))
    rows.insert(place, Row(number, "", False, word.low, [word]))


def named(page: int, first: int, rows: Sequence[Row]) -> Iterator[PlacedLine]:
    """The lines with their names: page and line as they were read; a line that comes again is told apart by a letter."""
    seen: dict[int, int] = {}
    for row in rows:
        count = seen[row.number] = seen.get(row.number, 0) + 1
        again = "" if count == 1 else f"-{count}"
        name = f"line_{page:04d}_{row.number - first + 1:03d}{again}"
        yield PlacedLine(name, row.role, tuple(row.words), row.begins, row.number, row.source)
