"""The text layer of a page of a PDF: invisible words, each stretched to its box.

Standard: ISO 32000-2, chapter 9 (text); rendering mode 3 is invisible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.outputs.glyphless import WIDTH, Codes
from pipeline.outputs.lines import PlacedLine, PlacedWord

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): a point (x, y) of the scan, y downwards, is at (a x + c y + e, b x + d y + f) of the PDF's page."""
FONT = "/ErrataText"
LEAST_WORDS = 4
"""A line of fewer words does not tell how it slants."""


def text_layer(lines: Sequence[PlacedLine], codes: Codes, to_page: Affine) -> bytes:
    """The operators that show the lines; the font must stand in the page's resources as FONT."""
    a, b, c, d, e, f = to_page
    matrix = " ".join(number(value) for value in (a, b, -c, -d, e, f))
    body = "".join(show.operators(codes) for line in lines for show in line_shows(line))
    return f"q {matrix} cm BT 3 Tr\n{body}ET Q\n".encode("ascii")


@dataclass(frozen=True, slots=True)
class Show:
    """Words that share a place: where they begin, the baseline, how wide they are, and the size of the font, in pixels."""

    words: Sequence[PlacedWord]
    left: float
    base: float
    width: float
    size: float

    def operators(self, codes: Codes) -> str:
        """The words as wide as their box, and a space behind them.

        Where a line's end broke one, its first part says that it is the whole word, and the second that it is a space, so that
        the word can be searched; readers that know nothing of this take the hyphen away themselves.
        """
        text = " ".join(shown(word) for word in self.words)
        stretch = number(100 * max(1.0, self.width) / (max(1, len(text)) * WIDTH * self.size))
        place = f"{number(self.left)} {number(-self.base)}"
        begin = f"{FONT} {number(self.size)} Tf {stretch} Tz 1 0 0 1 {place} Tm\n"
        if not any(word.whole for word in self.words):
            return f"{begin}<{codes.encoded(text + ' ')}> Tj\n"
        meant = " ".join("" if word.rest else word.whole or word.text for word in self.words) or " "
        marked = f"/Span << /ActualText <{utf16(meant)}> >> BDC <{codes.encoded(text)}> Tj EMC"
        return f"{begin}{marked} <{codes.encoded(' ')}> Tj\n"


def line_shows(line: PlacedLine) -> Iterator[Show]:
    """The words of a line, on one slanting baseline and of one size, so that a reader takes them for a line. What has no place
    of its own stands with the word before it; where none has, all of the line in the line's box."""
    if not any(word.own for word in line.words):
        box = line.box
        yield Show(line.words, box.left, box.bottom, box.right - box.left, max(1, box.bottom - box.top))
        return
    groups = list(grouped(line.words))
    bases = baselines([group[0] for group in groups])
    size = max(1.0, float(np.median([group[0].box.bottom - group[0].box.top for group in groups])))
    for group, base in zip(groups, bases, strict=True):
        box = group[0].box
        yield Show(group, box.left, float(base), box.right - box.left, size)


def grouped(words: Sequence[PlacedWord]) -> Iterator[list[PlacedWord]]:
    """Words with those behind them that share their place."""
    group: list[PlacedWord] = []
    for word in words:
        if group and word.own and word.box != group[0].box:
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def shown(word: PlacedWord) -> str:
    """A word's characters; where a line's end breaks it, a hyphen, which readers of PDFs take away when they search."""
    return f"{word.text}-" if word.broken else word.text


def baselines(words: Sequence[PlacedWord]) -> NDArray[np.float64]:
    """The bottom of each word, on a straight line through those of all (least squares, with what lies far off left out)."""
    across = np.array([(word.box.left + word.box.right) / 2 for word in words], dtype=np.float64)
    bottoms = np.array([word.box.bottom for word in words], dtype=np.float64)
    if len(words) < LEAST_WORDS or np.ptp(across) < 1:
        return np.full(len(words), np.median(bottoms)) if len(words) < LEAST_WORDS else bottoms
    kept = np.ones(len(words), dtype=bool)
    fitted = bottoms
    for _ in range(2):
        slope, base = np.polyfit(across[kept], bottoms[kept], 1)
        fitted = slope * across + base
        off = np.abs(bottoms - fitted)
        near = off <= max(2.0, 2 * float(np.median(off)))
        if near.sum() < LEAST_WORDS:
            break
        kept = near
    return np.asarray(fitted, dtype=np.float64)


def number(value: float) -> str:
    """A number as PDF writes it, to a hundredth of a pixel or a stretch."""
    shown = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown


def utf16(text: str) -> str:
    """A text in hexadecimal digits, as PDF has it outside of what is shown."""
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{text}".encode("utf-16-be", "replace").hex().upper()
