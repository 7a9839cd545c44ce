"""The text that a page of a PDF has in itself, hidden behind the scan or drawn, as hOCR in pixels of the page's image.

Characters come as PDFium orders them, which is the order in which the PDF draws them. PDFium: https://pdfium.googlesource.com/pdfium/
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.model import Box
from pipeline.sources import books, pdf
from pipeline.sources.recognised import tidy

MOST_UNKNOWN = 0.1
"""Share of characters without a meaning from which a text layer is not worth having."""
LEAST_HEIGHT = 0.15
"""Share of the page's longer side that drawn text over a scan must fill, or it is a stamp or a footer and not the scan's text."""
SCAN = 0.5
"""Share of the page that an image fills if the page is a scan."""
APART = 1.5
"""Times the usual distance of lines from which two lines are in two paragraphs."""
LEAST_TOLD = 0x300
"""Numbers of glyphs are seldom higher than this."""
HYPHEN = "\x02"
"""What PDFium makes of a hyphen at the end of a line, while it takes the line's end away."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The text of a page as hOCR, and the size of the image in whose pixels it is given."""

    hocr: bytes
    width: int
    height: int
    words: int


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A character or a word: its place in pixels of the image, and in hundredths of a point where its line runs from left to
    right and the next is below."""

    text: str
    box: Box
    upright: Box


Row = list[Glyphs]
"""The words of a line."""


def read_layer(path: Path, number: int, max_pixels: int) -> Layer | str:
    """The text layer of page `number` (from 1), or why there is none to be used. Raises UnreadableInput, EncryptedPdf."""
    with books.page_of(path, number) as page:
        with closing(page.get_textpage()) as text:
            codes = [char_at(text, at) for at in range(text.count_chars())]
            seen = [code for code in codes if code.strip()]
            if not seen:
                return "the page has no text of its own"
            unknown = sum(code == "\N{REPLACEMENT CHARACTER}" for code in seen)
            if unknown > MOST_UNKNOWN * len(seen):
                return f"of the {len(seen):,} characters of its own text {unknown:,} have no meaning"
            grid = pdf.pixel_grid(page, path, number, max_pixels)
            rows = downwards(list(lines_of(placed(text, codes, grid))))
        filled = sum(top_and_bottom(row)[1] - top_and_bottom(row)[0] for row in rows) / (100 * max(page.get_size()))
        if filled < LEAST_HEIGHT and is_scan(page) and not all(pdf.is_hidden_text(thing) for thing in texts_in(page)):
            return "its own text is only a note on the scan"
        hocr = hocr_of(list(paragraphs(rows)), grid.width, grid.height)
        return Layer(hocr.encode(), grid.width, grid.height, sum(map(len, rows)))


def char_at(text: pdfium.PdfTextPage, at: int) -> str:
    """A character; U+FFFD where the font does not tell which one it is."""
    code = int(pdfium_c.FPDFText_GetUnicode(text, at))
    if pdfium_c.FPDFText_IsHyphen(text, at) == 1 and chr(code) in (HYPHEN, "\ufffe"):
        return HYPHEN
    private = 0xD800 <= code <= 0xF8FF or code >= 0xF0000
    control = code < 0x20 and chr(code) not in "\t\n\r"
    # Without a mapping PDFium gives the number of the glyph, which is low; Tesseract's own PDFs number glyphs by their Unicode.
    numbered = code < LEAST_TOLD and pdfium_c.FPDFText_HasUnicodeMapError(text, at) == 1
    if private or control or numbered:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(code)


def placed(text: pdfium.PdfTextPage, codes: Sequence[str], grid: pdf.Grid) -> Iterator[Glyphs]:
    """The characters with their places."""
    rect = pdfium_c.FS_RECTF()
    turn = quarter_turns(text, codes)
    for at, code in enumerate(codes):
        if pdfium_c.FPDFText_GetLooseCharBox(text, at, ctypes.byref(rect)):
            ends = [(x, y) for x in (rect.left, rect.right) for y in (rect.bottom, rect.top)]
            yield Glyphs(code, rectangle(grid.pixel(x, y) for x, y in ends), rectangle(upright(x, y, turn) for x, y in ends))


def quarter_turns(text: pdfium.PdfTextPage, codes: Sequence[str]) -> int:
    """How most of the text is turned against the page, in quarters, clockwise."""
    angles = (pdfium_c.FPDFText_GetCharAngle(text, at) for at, code in enumerate(codes) if code.strip())
    turns = Counter(round(angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0)
    return turns.most_common(1)[0][0] if turns else 0


def upright(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point of the page, whose y grows upwards, in hundredths, turned so that the text runs to the right and downwards."""
    across, down = ((x, -y), (-y, -x), (-x, y), (y, x))[turn]
    return 100 * across, 100 * down


def rectangle(points: Iterable[tuple[float, float]]) -> Box:
    across, down = zip(*points, strict=True)
    return Box(round(min(across)), round(min(down)), round(max(across)), round(max(down)))


def lines_of(chars: Iterable[Glyphs]) -> Iterator[Row]:
    """The lines: they end where PDFium says so, and where the text jumps to another height, or back."""
    row: Row = []
    word: list[Glyphs] = []
    last: Glyphs | None = None
    for char in chars:
        drawn = bool(char.text.strip()) and char.text != HYPHEN
        broken = char.text in ("\r", "\n") or (drawn and last is not None and jumps(last.upright, char.upright))
        if char.text == HYPHEN:
            word.append(replace(char, text="-"))
        if word and not (drawn and not broken):
            row.append(joined(word))
            word = []
        if row and (broken or char.text == HYPHEN):
            yield row
            row = []
        if drawn:
            word.append(char)
        last = char if drawn else None if broken else last
    if word:
        row.append(joined(word))
    if row:
        yield row


def downwards(rows: list[Row]) -> list[Row]:
    """The lines from the first to the last: of text that runs up or down a page PDFium may give the last first."""
    steps = [top_and_bottom(below)[0] - top_and_bottom(above)[0] for above, below in pairwise(rows)]
    return rows[::-1] if 2 * sum(step < 0 for step in steps) > len(steps) else rows


def joined(word: Sequence[Glyphs]) -> Glyphs:
    box, place = word[0].box, word[0].upright
    for char in word[1:]:
        box, place = box.union(char.box), place.union(char.upright)
    return Glyphs("".join(char.text for char in word), box, place)


def jumps(last: Box, place: Box) -> bool:
    """Whether a character cannot stand in the line of the one before."""
    return place.top >= last.bottom or place.bottom <= last.top or place.right < last.left - (last.bottom - last.top)


def top_and_bottom(row: Row) -> tuple[int, int]:
    return min(word.upright.top for word in row), max(word.upright.bottom for word in row)


def paragraphs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Lines that are no farther apart than lines of the page usually are, each below the last."""
    tops = [top_and_bottom(row)[0] for row in rows]
    steps = [below - above for above, below in pairwise(tops)]
    usual = median([step for step in steps if step > 0] or [0])
    current: list[Row] = []
    for row, step in zip(rows, [0, *steps], strict=False):
        if current and not 0 <= step <= APART * usual:
            yield current
            current = []
        current.append(row)
    if current:
        yield current


def is_scan(page: pdfium.PdfPage) -> bool:
    """Whether an image fills most of the page."""
    width, height = page.get_size()
    images = [thing for thing in page.get_objects(max_depth=3) if isinstance(thing, pdfium.PdfImage)]
    bounds = [image.get_bounds() for image in images]
    return any((right - left) * (top - bottom) >= SCAN * width * height for left, bottom, right, top in bounds)


def texts_in(page: pdfium.PdfPage) -> list[pdfium.PdfObject]:
    return [thing for thing in page.get_objects(max_depth=3) if thing.type == pdfium_c.FPDF_PAGEOBJ_TEXT]


def hocr_of(blocks: Sequence[Sequence[Row]], width: int, height: int) -> str:
    """The hOCR of a page; without `x_wconf`, since nobody said how sure the text is."""
    body: list[str] = []
    for block in blocks:
        body.append('  <p class="ocr_par">\n')
        for row in block:
            words = " ".join(f'<span class="ocrx_word" title="{shown(w.box)}">{escape(tidy(w.text))}</span>' for w in row)
            body.append(f'   <span class="ocr_line" title="{shown(joined(row).box)}">{words}</span>\n')
        body.append("  </p>\n")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title>'
    capabilities = '<meta name="ocr-capabilities" content="ocr_page ocr_par ocr_line ocrx_word"/></head><body>\n'
    page = f' <div class="ocr_page" title="bbox 0 0 {width} {height}">\n{"".join(body)} </div>\n'
    return f"{head}{capabilities}{page}</body></html>\n"


def shown(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"
