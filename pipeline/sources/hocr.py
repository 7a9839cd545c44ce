"""hOCR, as Tesseract writes it, as text with lines, words, confidences and boxes on the original scan.

The format: https://kba.github.io/hocr-spec/1.2/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline.errors import InvalidRecord
from pipeline.model import Box, Line, Page, Scan, Source, Word
from pipeline.ocr.pages import PageRecord, Rows, stored_hocr

LINE_CLASSES = frozenset({"ocr_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_pageno", "ocr_footnote"})

PAGE_BREAK = "\n\f"


@dataclass(slots=True)
class Writer:
    """Text being put together, and the spans over it. `start`: the place of its first character in the document."""

    start: int
    pieces: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    at: int = 0

    def put(self, text: str) -> tuple[int, int]:
        """Add text; its span in the document."""
        begin = self.start + self.at
        self.pieces.append(text)
        self.at += len(text)
        return begin, begin + len(text)


def read_hocr_page(hocr: bytes, to_scan: Rows, start: int) -> tuple[str, tuple[Line, ...]]:
    """The text of a one-page hOCR, and its lines and words as spans that begin at `start`.

    Words are joined by a space, lines by a line feed, paragraphs and areas by a blank line; nothing stands at the end.
    Confidences are 0-1. `to_scan` leads from the hOCR's pixels to those of the scan. Raises InvalidRecord for what is no XML.
    """
    writer = Writer(start)
    for paragraph in paragraphs(parse(hocr)):
        fresh = True
        for element in paragraph:
            words = [(text, word) for word in of_class(element, {"ocrx_word"}) if (text := word_text(word))]
            if not words:
                continue
            if writer.pieces:
                writer.put("\n\n" if fresh else "\n")
            fresh = False
            put_line(writer, words, to_scan)
    return "".join(writer.pieces), tuple(writer.lines)


def parse(hocr: bytes) -> etree._Element:
    """The root of an hOCR document. Entities are not resolved and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True)
    try:
        root = etree.fromstring(hocr, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise InvalidRecord("the hOCR of a page is damaged", advice="Use --force")
    return root


def classes(element: etree._Element) -> set[str]:
    return set((element.get("class") or "").split())


def of_class(root: etree._Element, wanted: set[str] | frozenset[str]) -> Iterator[etree._Element]:
    """Elements within `root` of one of some classes, in document order."""
    return (element for element in root.iter(etree.Element) if not wanted.isdisjoint(classes(element)))


def paragraphs(root: etree._Element) -> Iterator[list[etree._Element]]:
    """The lines of each paragraph; lines outside a paragraph are together where they share a parent."""
    current: list[etree._Element] = []
    owner: etree._Element | None = None
    for line in of_class(root, LINE_CLASSES):
        parent = line.getparent()
        if current and parent is not owner:
            yield current
            current = []
        owner = parent
        current.append(line)
    if current:
        yield current


def word_text(word: etree._Element) -> str:
    """The characters of a word, without the alternatives that stand beside them."""
    marked = [e for e in word.iter(etree.Element) if "ocrx_cinfo" in classes(e) and "x_bboxes" in (e.get("title") or "")]
    text = "".join("".join(e.itertext()) for e in marked) if marked else own_text(word)
    return " ".join(text.split())


def own_text(word: etree._Element) -> str:
    """The text of a word that has no boxes for its characters; `ocrx_cinfo` in it holds alternatives."""
    pieces = [word.text or ""]
    for child in word:
        if "ocrx_cinfo" not in classes(child) and isinstance(child.tag, str):
            pieces.append(own_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def put_line(writer: Writer, words: list[tuple[str, etree._Element]], to_scan: Rows) -> None:
    """Add a line of words."""
    spans: list[Word] = []
    for text, element in words:
        if spans:
            writer.put(" ")
        begin, end = writer.put(text)
        title = element.get("title") or ""
        confidence = re.search(r"x_wconf\s+(-?[\d.]+)", title)
        sure = None if confidence is None else min(1.0, max(0.0, float(confidence[1]) / 100))
        spans.append(Word(begin, end, sure, box_on_scan(title, to_scan)))
    box: Box | None = None
    for span in spans:
        if span.box is not None:
            box = span.box if box is None else box.union(span.box)
    writer.lines.append(Line(spans[0].start, spans[-1].end, tuple(spans), box))


def box_on_scan(title: str, to_scan: Rows) -> Box | None:
    """The `bbox` of an hOCR title, led to the scan: the upright rectangle around the four corners."""
    found = re.search(r"\bbbox\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)", title)
    if found is None:
        return None
    left, top, right, bottom = (float(side) - 0.5 for side in found.groups())
    corners = [mapped(x, y, to_scan) for x in (left, right) for y in (top, bottom)]
    across, down = [x + 0.5 for x, _ in corners], [y + 0.5 for _, y in corners]
    return Box(max(0, round(min(across))), max(0, round(min(down))), max(0, round(max(across))), max(0, round(max(down))))


def mapped(x: float, y: float, rows: Rows) -> tuple[float, float]:
    """A point led by the first two rows of an affine matrix."""
    return rows[0][0] * x + rows[0][1] * y + rows[0][2], rows[1][0] * x + rows[1][1] * y + rows[1][2]


def source_from_ocr(name: str, records: Sequence[PageRecord], ocr_folder: Path) -> Source:
    """The document whose pages were read into `ocr_folder`, in the order of `records`; pages are joined by a line and a form
    feed.

    A page whose record failed, or whose hOCR cannot be read any more, has no text and says why.
    """
    pieces: list[str] = []
    pages: list[Page] = []
    at = 0
    for record in records:
        if pages:
            pieces.append(PAGE_BREAK)
            at += len(PAGE_BREAK)
        text, failed = "", record.failed
        lines: tuple[Line, ...] = ()
        if not failed:
            try:
                text, lines = read_hocr_page(stored_hocr(ocr_folder, record.number), record.to_scan, at)
            except InvalidRecord as error:
                failed = " ".join(str(error).split())
        scan = Scan(record.path, record.frame, record.width, record.height, record.treatments)
        pages.append(Page(record.number, at, at + len(text), lines, scan, failed=failed))
        pieces.append(text)
        at += len(text)
    return Source(name, "".join(pieces), tuple(pages))
