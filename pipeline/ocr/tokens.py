"""Words of Tesseract's hOCR with their places, as the vote needs them, and written back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""
XHTML = "http://www.w3.org/1999/xhtml"
LINES = frozenset({"ocr_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_footnote", "ocr_pageno"})
BBOX = re.compile(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
CONFIDENCE = re.compile(r"x_wconf (-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as one reading has it. `confidence`: 0-1; `box`: left, top, right, bottom in the pixels of the reading that leads;
    `element`: where it stands in its hOCR."""

    text: str
    confidence: float
    box: Edges
    element: etree._Element

    @property
    def middle(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


Line = list[Token]


def parsed(hocr: bytes) -> etree._Element:
    """The root of Tesseract's hOCR; nothing is fetched or expanded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    return etree.fromstring(hocr, parser)


def line_elements(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter(f"{{{XHTML}}}span") if element.get("class") in LINES)


def tokens(line: etree._Element, matrix: Matrix) -> Line:
    """The words of a line that have text; `matrix` (3 x 3) leads from the pixels of this hOCR to those of the one that leads."""
    found: Line = []
    rows = matrix.tolist()
    for word in line.iter(f"{{{XHTML}}}span"):
        if word.get("class") != "ocrx_word":
            continue
        title, text = word.get("title") or "", "".join(letters(word).split())
        place, sure = BBOX.search(title), CONFIDENCE.search(title)
        if text and place is not None:
            left, top, right, bottom = (float(side) for side in place.groups())
            confidence = min(1.0, max(0.0, float(sure[1]) / 100)) if sure else 0.0
            found.append(Token(text, confidence, led((left, top, right, bottom), rows), word))
    return found


def led(box: Edges, rows: Sequence[Sequence[float]]) -> Edges:
    """The upright rectangle around a box that the rows of a matrix (3 x 3), which may change the perspective, lead elsewhere."""
    left, top, right, bottom = box
    (a, b, c), (d, e, f), (g, h, i) = rows
    corners = [(x, y, g * x + h * y + i) for x in (left, right) for y in (top, bottom)]
    across = [(a * x + b * y + c) / depth for x, y, depth in corners]
    down = [(d * x + e * y + f) / depth for x, y, depth in corners]
    return min(across), min(down), max(across), max(down)


def letters(word: etree._Element) -> str:
    """The text of a word, without the alternatives that Tesseract gives for its characters where it was asked for them, and
    without what other readings had."""
    if not len(word):
        return word.text or ""
    chosen = next((e for e in word.iter(f"{{{XHTML}}}ins") if e.get("class") == "alt"), None)
    if chosen is not None:
        return "".join(chosen.itertext())
    boxed = [e for e in word.iter(f"{{{XHTML}}}span") if e.get("class") == "ocrx_cinfo" and "x_bboxes" in (e.get("title") or "")]
    return "".join("".join(element.itertext()) for element in boxed or [word])


def read_lines(root: etree._Element, matrix: Matrix) -> list[Line]:
    """The lines of a page that have words."""
    return [line for element in line_elements(root) if (line := tokens(element, matrix))]


def word_element(token: Token, confidence: float, others: Sequence[str]) -> etree._Element:
    """A word for the hOCR that leads. What other readings have in its place stands beside it as hOCR's alternatives.

    https://kba.github.io/hocr-spec/1.2/#ins-and-del
    """
    word = etree.Element(f"{{{XHTML}}}span", {"class": "ocrx_word"})
    word.set("title", f"{box_title([token])}; x_wconf {round(100 * confidence)}")
    if not others:
        word.text = token.text
        return word
    group = etree.SubElement(word, f"{{{XHTML}}}span", {"class": "alternatives"})
    etree.SubElement(group, f"{{{XHTML}}}ins", {"class": "alt"}).text = token.text
    for other in others:
        etree.SubElement(group, f"{{{XHTML}}}del", {"class": "alt"}).text = other
    return word


def box_title(line: Sequence[Token]) -> str:
    """The bbox of a run of words."""
    sides = zip(*(token.box for token in line), strict=True)
    left, top, right, bottom = (pick(side) for pick, side in zip((min, min, max, max), sides, strict=True))
    return f"bbox {max(0, round(left))} {max(0, round(top))} {max(0, round(right))} {max(0, round(bottom))}"
