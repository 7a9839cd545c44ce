"""What any OCR recognised on a page, before it has its place in a document: lines of text with words, confidences and boxes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from rapidfuzz.distance import Levenshtein

from pipeline.model import Box, Line, Region, Word
from pipeline.sources.text import UNHOLDABLE

BLANKS = re.compile("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
"""What parts words or ends lines; no-break and thin spaces are characters of the text."""
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
FARTHEST = 10_000_000
"""Coordinates beyond this are no coordinates."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or words that share one place, as it was recognised. `glued`: no space stands between it and the one before;
    `others`: what other readings have there."""

    text: str
    confidence: float | None = None
    box: Box | None = None
    glued: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of text on one page; its words are spans of `text`."""

    text: str
    words: tuple[Word, ...] = ()
    box: Box | None = None
    region: Region = ""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page: blocks of lines in reading order, the image that it names, its size and boxes in pixels of that image.

    `per_inch`: where they are not pixels, how many of their units make an inch; else 0. `system`: what read it, as the file says.
    """

    blocks: tuple[tuple[ReadLine, ...], ...]
    image: str = ""
    width: int = 0
    height: int = 0
    per_inch: int = 0
    system: str = ""

    @property
    def foreign(self) -> bool:
        """Whether another program than Tesseract read it, for all that the file says."""
        return "tesser" not in self.system.casefold()


def tidy(text: str) -> str:
    """The text with single spaces, none at its ends, accents on their letters (NFC: some programs write them apart, and what
    looks for words would find none), and without characters that no report can hold."""
    return normalize("NFC", UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", BLANKS.sub(" ", text))).strip(" ")


def others_than(text: str, readings: Iterable[str]) -> tuple[str, ...]:
    """The readings that differ from `text`, tidied, each once and in their order."""
    return tuple(dict.fromkeys(other for reading in readings if (other := tidy(reading)) not in ("", text)))


def with_others(line: ReadLine, readings: Iterable[str]) -> ReadLine:
    """The line with what other readings of all of it have in place of single words, where they have as many words."""
    forms = [found for reading in readings if len(found := tidy(reading).split(" ")) == line.text.count(" ") + 1]
    words = []
    for word in line.words:
        at = line.text.count(" ", 0, word.start)
        alone = line.text[word.start : word.end] == line.text.split(" ")[at]
        others = [*word.alternatives, *(form[at] for form in forms)] if alone else word.alternatives
        words.append(replace(word, alternatives=others_than(line.text[word.start : word.end], others)))
    return replace(line, words=tuple(words))


def line_of(pieces: Iterable[Piece], box: Box | None = None) -> ReadLine | None:
    """The line that some pieces make, None where they hold nothing. Without a `box` of its own it has that of its words."""
    kept = [replace(piece, text=text) for piece in pieces if (text := tidy(piece.text))]
    if not kept:
        return None
    text = kept[0].text + "".join(piece.text if piece.glued else f" {piece.text}" for piece in kept[1:])
    return ReadLine(text, tuple(words_along(text, kept)), box or around(piece.box for piece in kept))


def words_along(text: str, pieces: Sequence[Piece]) -> Iterator[Word]:
    """The pieces as spans of `text`, which holds their characters in order, with whatever spaces between them."""
    at = 0
    for piece in pieces:
        at += text[at : at + 1] == " "
        begin = at
        for char in piece.text.replace(" ", ""):
            at = text.index(char, at) + 1
        yield Word(begin, at, piece.confidence, piece.box, piece.others)


def line_with_text(text: str, confidence: float | None, pieces: Sequence[Piece], box: Box | None) -> ReadLine | None:
    """A line whose `text` is given apart from its words: those that stand in it have their places.

    Where the two differ, because somebody corrected the line alone, words that are the same are taken for the same.
    """
    text = tidy(text)
    if not text:
        return None
    kept = [
        replace(piece, text=found, confidence=confidence if piece.confidence is None else piece.confidence)
        for piece in pieces
        if (found := tidy(piece.text))
    ]
    agree = "".join(piece.text for piece in kept).replace(" ", "") == text.replace(" ", "")
    words = words_along(text, kept) if agree else same_words(text, confidence, kept)
    return ReadLine(text, tuple(words), box or around(piece.box for piece in kept))


def same_words(text: str, confidence: float | None, pieces: Sequence[Piece]) -> Iterator[Word]:
    """The words of `text`, with confidence and place from the pieces where they are the same."""
    tokens = text.split(" ")
    known: dict[int, Piece] = {}
    for code in Levenshtein.opcodes([piece.text for piece in pieces], tokens):
        if code.tag == "equal":
            known |= dict(zip(range(code.dest_start, code.dest_end), pieces[code.src_start : code.src_end], strict=True))
    at = 0
    for place, token in enumerate(tokens):
        piece = known.get(place, Piece(token, confidence))
        yield Word(at, at + len(token), piece.confidence, piece.box, piece.others)
        at += len(token) + 1


def around(boxes: Iterable[Box | None]) -> Box | None:
    """The rectangle around some boxes; None where there are none."""
    whole: Box | None = None
    for box in boxes:
        if box is not None:
            whole = box if whole is None else whole.union(box)
    return whole


def number(text: str | None) -> float | None:
    """A number within reason, None for anything else."""
    if text is None or not NUMBER.fullmatch(text.strip()):
        return None
    value = float(text)
    return value if math.isfinite(value) and abs(value) <= FARTHEST else None


def box_of(points: Sequence[tuple[float, float]]) -> Box | None:
    """The upright rectangle around some points; None without any."""
    if not points:
        return None
    across, down = [x for x, _ in points], [y for _, y in points]
    left, top = max(0, math.floor(min(across))), max(0, math.floor(min(down)))
    return Box(left, top, max(left, math.ceil(max(across))), max(top, math.ceil(max(down))))


def points_of(text: str | None) -> list[tuple[float, float]]:
    """The points of a polygon, written `x,y x,y` or `x y x y`."""
    values = [number(found) for found in NUMBER.findall(text or "")]
    sound = [value for value in values if value is not None]
    return list(zip(sound[::2], sound[1::2], strict=False)) if len(sound) == len(values) else []


def certainty(text: str | None, most: float = 1.0) -> float | None:
    """A confidence of `most` at the most as 0-1; percentages where 0-1 was agreed are understood. None for what is none."""
    value = number(text)
    if value is None or value < 0:
        return None
    if value > most:
        most = 100.0
    return min(1.0, value / most)


def believable(page: ReadPage) -> ReadPage:
    """The page without its confidences, where all of them are 0 or all are 1: so a program fills in what it does not know."""
    values = {word.confidence for block in page.blocks for line in block for word in line.words} - {None}
    if values not in ({0.0}, {1.0}):
        return page
    blocks = tuple(
        tuple(replace(line, words=tuple(replace(word, confidence=None) for word in line.words)) for line in block)
        for block in page.blocks
    )
    return replace(page, blocks=blocks)


def scaled(page: ReadPage, across: float, down: float) -> ReadPage:
    """The page with its size and boxes stretched, as for an image of another resolution."""
    if across == down == 1:
        return page

    def stretched(box: Box | None) -> Box | None:
        if box is None:
            return None
        return Box(round(box.left * across), round(box.top * down), round(box.right * across), round(box.bottom * down))

    def line(read: ReadLine) -> ReadLine:
        return replace(read, words=tuple(replace(w, box=stretched(w.box)) for w in read.words), box=stretched(read.box))

    blocks = tuple(tuple(line(read) for read in block) for block in page.blocks)
    return replace(page, blocks=blocks, width=round(page.width * across), height=round(page.height * down))


def text_and_lines(blocks: Iterable[Sequence[ReadLine]], start: int) -> tuple[str, tuple[Line, ...]]:
    """The text of a page that begins at `start` of its document, and its lines as spans of the document.

    Lines are joined by a line feed, blocks by a blank line; nothing stands at the end.
    """
    pieces: list[str] = []
    lines: list[Line] = []
    at = start
    for block in blocks:
        for place, read in enumerate(block):
            if pieces:
                pieces.append("\n" if place else "\n\n")
                at += len(pieces[-1])
            words = tuple(replace(word, start=at + word.start, end=at + word.end) for word in read.words)
            lines.append(Line(at, at + len(read.text), words, read.box, read.region))
            pieces.append(read.text)
            at += len(read.text)
    return "".join(pieces), tuple(lines)
