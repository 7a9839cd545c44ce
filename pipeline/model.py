"""What was read: sources, pages, lines and words as spans over an immutable text. Frozen, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, get_args


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the original scan; x grows to the right, y downwards, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def union(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left), min(self.top, other.top), max(self.right, other.right), max(self.bottom, other.bottom)
        )


Region = Literal["", "heading", "header", "footer", "page-number", "footnote", "margin", "stamp", "scrawl", "caption"]
"""What part of a page a line belongs to; empty for the body, and where nothing is known. `header` and `footer`: what runs on
from page to page at its head or foot; `margin`: notes beside the text; `scrawl`: ink that was read without any certainty, such
as a hand's, a scratch, or a stamp; `stamp`: one that can be read."""
REGIONS: tuple[Region, ...] = get_args(Region)


@dataclass(frozen=True, slots=True)
class Word:
    """A span of the source text. `confidence` (0-1, None without an image) is the OCR's: did it read this word right?
    `alternatives`: what other readings of the image have in its place."""

    start: int
    end: int
    confidence: float | None = None
    box: Box | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A span of the source text without its line break; plain text knows no `words`.

    Where only the line has a place, as in what some programs export, its words have none of their own.
    """

    start: int
    end: int
    words: tuple[Word, ...] = ()
    box: Box | None = None
    region: Region = ""

    def moved(self, by: int) -> Line:
        """The line in a text that has `by` more characters before it."""
        words = tuple(replace(word, start=word.start + by, end=word.end + by) for word in self.words)
        return replace(self, start=self.start + by, end=self.end + by, words=words)


TEXT_LAYER = "text layer"
"""The step, before all treatment of the image, that takes the text which a PDF has already."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one imaging step did to a scan, or why it was not taken."""

    step: str
    taken: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """Where a page's image is: the file, the frame in it (from 1), its size in pixels, and how it was treated before it was
    read.

    What another program read may name a file that is not there, or none: only the size is certain. `unread`: places with ink
    like that of letters, each about a line, where nothing was read. `digest` tells a file, and `fingerprint` (16 hexadecimal
    digits) nearly tells what it shows; `ink` (0-1) is the share of it that is dark, None where nobody looked; `blank`: there
    is nothing on it.
    """

    path: str
    frame: int
    width: int
    height: int
    treatments: tuple[Treatment, ...] = ()
    digest: str = ""
    fingerprint: str = ""
    ink: float | None = None
    blank: bool = False
    unread: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a source. `number` is its place in the scan order, from 1. `failed` says why a page holds no text. `foreign`:
    another program than Tesseract read it, whose confidences have a scale of their own.

    `decoding` leads back to the bytes of the page's own file, where every page is a file of its own.
    """

    number: int
    start: int
    end: int
    lines: tuple[Line, ...] = ()
    scan: Scan | None = None
    label: str = ""
    failed: str = ""
    decoding: Decoding | None = None
    foreign: bool = False

    def moved(self, by: int) -> Page:
        """The page in a text that has `by` more characters before it."""
        lines = tuple(line.moved(by) for line in self.lines) if by else self.lines
        return replace(self, start=self.start + by, end=self.end + by, lines=lines)


@dataclass(frozen=True, slots=True)
class Substitution:
    """A place where the decoded text differs from the characters in the file: text[start:start+len(after)] stood there as
    `before`."""

    start: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Decoding:
    """The way from a source's text back to the bytes of its file."""

    encoding: str
    bom: bytes = b""
    substitutions: tuple[Substitution, ...] = ()
    errors: str = "surrogateescape"

    def encode(self, text: str) -> bytes:
        """The file's bytes for the decoded `text`; exact for the text that this decoding came with."""
        pieces, at = [], 0
        for sub in self.substitutions:
            pieces += [text[at : sub.start], sub.before]
            at = sub.start + len(sub.after)
        pieces.append(text[at:])
        return self.bom + "".join(pieces).encode(self.encoding, self.errors)


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was read. Page breaks that are not a single form feed become one by an edit like any other."""

    name: str
    text: str
    pages: tuple[Page, ...]
    decoding: Decoding = field(default_factory=lambda: Decoding("utf-8"))
    path: str = ""

    @property
    def marked(self) -> tuple[Line, ...]:
        """The lines that are known to be no part of the body, in order."""
        return tuple(line for page in self.pages for line in page.lines if line.region)

    @property
    def has_images(self) -> bool:
        return any(page.scan is not None for page in self.pages)

    @property
    def has_confidences(self) -> bool:
        """Whether the OCR said of any word how sure it was."""
        return any(word.confidence is not None for page in self.pages for line in page.lines for word in line.words)
