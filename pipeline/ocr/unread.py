"""Ink without text: places where a page has letters but no words are read by themselves; what stays unread is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipeline.imaging.ink import InkBlock, Place, uncovered
from pipeline.ocr.engine import Layout
from pipeline.ocr.second_look import worth
from pipeline.ocr.tokens import (
    XHTML,
    Edges,
    Line,
    Matrix,
    Token,
    box_title,
    led,
    line_elements,
    parsed,
    read_lines,
    tokens,
    word_element,
)
from pipeline.ocr.vote import Plausible, text_of

Gray = NDArray[np.uint8]
ReadBlock = Callable[[Gray, Layout], bytes]
"""The hOCR of an image that shows what the layout says."""

MOST_READ = 12
"""Blocks of a page that are read one by one; more of them, as on a form or a map, are read in one go, as scattered text."""

SURE, KNOWN, LETTERS = 0.75, 0.3, 4
"""A line is taken when its letters have at least this confidence and plausibility, and there are so many of them."""

SURE_TWICE = 0.8
"""The least confidence of both readings of a line that is taken because they are the same."""

MARGIN = 1.5
"""X-heights of white paper around what is read."""

ABOUT = (1.2, 0.5)
"""X-heights beside, and above and below, the letters of a block that are read with them."""

ONE_LINE = 2.8
"""X-heights up to which a block is one line."""


@dataclass(frozen=True, slots=True)
class Page:
    """A treated page: its image (uint8, height x width), the boxes of its letter-like marks (N x 4: left, top, width, height)
    and their x-height, in pixels of the image; `to_hocr` (3 x 3) leads from these pixels to those of the hOCR."""

    image: Gray
    letters: NDArray[np.int32]
    x_height: float
    to_hocr: Matrix


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it: the hOCR, how many lines were added, and the places in the treated image that stayed unread."""

    hocr: bytes
    added: int = 0
    unread: tuple[Place, ...] = ()


def with_unread(hocr: bytes, page: Page, read: ReadBlock, plausible: Plausible) -> Found:
    """The hOCR of a page with the lines that are found where it has ink and no words."""
    root = parsed(hocr)
    back = np.asarray(np.linalg.inv(page.to_hocr), np.float64)
    words = [word.box for line in read_lines(root, back) for word in line]
    boxes = np.array(words, np.float64).reshape(-1, 4)
    blocks = uncovered(page.letters, boxes, page.x_height)
    scattered = len(blocks) > MOST_READ
    if scattered:
        height, width = page.image.shape
        blocks = [InkBlock((0, 0, width, height), tuple(line for block in blocks for line in block.lines))]
    added: list[Line] = []
    unread: list[Place] = []
    for block in blocks:
        if left_over(block, added):
            taken = list(lines_in(block, page, boxes, read, plausible, scattered=scattered))
            for line in taken:
                put(root, [moved(word, page.to_hocr) for word in line])
                boxes = np.concatenate([boxes, np.array([word.box for word in line])])
            added += taken
            unread += left_over(block, added)
    if not added:
        return Found(hocr, 0, tuple(unread))
    return Found(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"), len(added), tuple(unread))


def left_over(block: InkBlock, lines: Sequence[Line]) -> list[Place]:
    """The lines of ink in a block on which none of some lines lies."""
    return [place for place in block.lines if not any(on_line(line, place) for line in lines)]


def lines_in(
    block: InkBlock, page: Page, words: NDArray[np.float64], read: ReadBlock, plausible: Plausible, *, scattered: bool
) -> Iterator[Line]:
    """The lines of a block that are read with confidence and as words, or, as initials and figures may be, twice the same: as it
    is, and with its greys squared. Their words have boxes in pixels of the treated image."""
    layout: Layout = "line" if block.box[3] - block.box[1] <= ONE_LINE * page.x_height else "block"
    layout = "scattered" if scattered else layout
    image, shift = cut_out(block, page, words)
    lines = read_lines(parsed(read(image, layout)), shift)
    again: list[str] | None = None
    for line in lines:
        if is_sound(line, plausible):
            yield line
        elif is_sure(line):
            if again is None:
                dark = (image.astype(np.uint16) ** 2 // 255).astype(np.uint8)
                again = [text_of(other) for other in read_lines(parsed(read(dark, layout)), shift) if is_sure(other)]
            if text_of(line) in again:
                yield line


def cut_out(block: InkBlock, page: Page, words: NDArray[np.float64]) -> tuple[Gray, Matrix]:
    """The image of a block, with white where words were read, and the matrix from its pixels to those of the treated image."""
    left, top, right, bottom = widened(block.box, page)
    margin = round(MARGIN * page.x_height)
    cut = np.full((bottom - top + 2 * margin, right - left + 2 * margin), 255, np.uint8)
    inside = cut[margin : margin + bottom - top, margin : margin + right - left]
    inside[:] = page.image[top:bottom, left:right]
    for first, high, last, low in words.astype(int) - (left, top, left, top):
        inside[max(0, high) : max(0, low), max(0, first) : max(0, last)] = 255
    shift = np.array([[1.0, 0.0, left - margin], [0.0, 1.0, top - margin], [0.0, 0.0, 1.0]])
    return cut, shift


def widened(place: Place, page: Page) -> Place:
    """A place with what is about it: stops and accents are too small to count as letters."""
    left, top, right, bottom = place
    across, down = round(ABOUT[0] * page.x_height), round(ABOUT[1] * page.x_height)
    height, width = page.image.shape
    return max(0, left - across), max(0, top - down), min(width, right + across), min(height, bottom + down)


def is_sound(line: Line, plausible: Plausible) -> bool:
    """Whether a line was read with confidence, and as words."""
    letters = sum(len(word.text) for word in line)
    known = sum(len(word.text) * plausible(word.text) for word in line) / letters
    return is_sure(line, SURE) and known >= KNOWN and worth([line], plausible) > 0


def is_sure(line: Line, least: float = SURE_TWICE) -> bool:
    """Whether a line was read with confidence; one of very few letters never is."""
    letters = sum(len(word.text) for word in line)
    return letters >= LETTERS and sum(len(word.text) * word.confidence for word in line) >= least * letters


def on_line(line: Line, place: Place) -> bool:
    """Whether the middle of a word lies on a line of ink."""
    left, top, right, bottom = place
    return any(left <= word.middle[0] <= right and top <= word.middle[1] <= bottom for word in line)


def moved(word: Token, matrix: Matrix) -> Token:
    """A word led to other pixels."""
    return replace(word, box=led(word.box, matrix.tolist()))


def put(root: etree._Element, line: Line) -> None:
    """Put a line into the hOCR before or after the line that lies nearest, in a paragraph of its own unless it continues one."""
    element = etree.Element(f"{{{XHTML}}}span", {"class": "ocr_line", "title": box_title(line)})
    for word in line:
        element.append(word_element(word, word.confidence, ()))
    own = edges(line)
    height = own[3] - own[1]
    others = [(other, edges(found)) for other in line_elements(root) if (found := tokens(other, np.eye(3)))]
    if not others:
        page = next(e for e in root.iter(f"{{{XHTML}}}div") if e.get("class") == "ocr_page")
        page.append(element)
        return
    near, place = min(others, key=lambda other: distance(own, other[1]))
    if continues(own, place):
        children = list(element)
        near[:] = [*near, *children] if own[0] > place[0] else [*children, *near]
        near.set("title", box_title([*line, *tokens(near, np.eye(3))]))
        return
    below = own[1] + own[3] > place[1] + place[3]
    anchor, new = near, element
    apart = max(own[1] - place[3], place[1] - own[3]) > 1.5 * height or min(own[2], place[2]) <= max(own[0], place[0])
    if apart and (parent := near.getparent()) is not None and parent.tag == f"{{{XHTML}}}p":
        new = etree.Element(f"{{{XHTML}}}p", {"class": "ocr_par", "title": box_title(line)})
        new.append(element)
        anchor = parent
    anchor.addnext(new) if below else anchor.addprevious(new)


def edges(line: Sequence[Token]) -> Edges:
    lefts, tops, rights, bottoms = zip(*(word.box for word in line), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def continues(one: Edges, other: Edges) -> bool:
    """Whether two parts of one line lie side by side, no further apart than sentences."""
    height = min(one[3] - one[1], other[3] - other[1])
    level = min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * height
    return level and -0.5 * height < max(one[0], other[0]) - min(one[2], other[2]) < 3 * height


def distance(one: Edges, other: Edges) -> float:
    """How far two lines lie apart: down the page, and three times as much across, so that columns stay whole."""
    down = abs((one[1] + one[3]) - (other[1] + other[3])) / 2
    across = max(0.0, one[0] - other[2], other[0] - one[2])
    return down + 3 * across
