"""hOCR as text with lines, words, confidences and boxes: Tesseract's, led to the original scan, and that of other programs.

The format: https://kba.github.io/hocr-spec/1.2/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lxml import etree

from pipeline.errors import InvalidRecord
from pipeline.model import Box, Line, Page, Scan, Source
from pipeline.ocr.pages import IDENTITY, LeafRecord, PageRecord, Rows, stored_hocr
from pipeline.sources.markup import local, recovered, xml_parser
from pipeline.sources.recognised import BLANKS, Piece, ReadLine, ReadPage, certainty, line_of, text_and_lines, tidy
from pipeline.sources.roles import classes, noted_region, region_of, title_of

LINE_CLASSES = frozenset(
    {"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_pageno", "ocr_footnote"}
)
COARSER = frozenset({"ocr_par", "ocrx_block", "ocr_carea", "ocr_page"})
"""What is taken for a line, and a paragraph, where there are no lines in it."""
BBOX = re.compile(r"\bbbox((?:\s+-?\d+(?:\.\d+)?){4})(?![\d.])")
IMAGE = re.compile(r"""\b(?:image|file)\s+(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;]+))""")
WHOLE = re.compile(r"\bx_wconf\s+(-?\d+(?:\.\d+)?)")
EACH = re.compile(r"\bx_confs?((?:\s+-?\d+(?:\.\d+)?(?:[eE]-?\d+)?)+)")
"""Confidences of a word, and of each of its characters."""
PAGE_BREAK = "\n\f"


def read_hocr_page(hocr: bytes, to_scan: Rows, start: int) -> tuple[str, tuple[Line, ...]]:
    """The text of a one-page hOCR, and its lines and words as spans that begin at `start`.

    Words are joined by a space, lines by a line feed, paragraphs and areas by a blank line; nothing stands at the end.
    Confidences are 0-1. `to_scan` leads from the hOCR's pixels to those of the scan. Raises InvalidRecord for what is no XML.
    """
    return text_and_lines(blocks(parse(hocr), to_scan), start)


def read_hocr(root: etree._Element) -> Iterator[ReadPage]:
    """The pages of an hOCR file; the whole of it is one where it names none."""
    system = next((meta.get("content") or "" for meta in root.iter("{*}meta") if meta.get("name") == "ocr-system"), "")
    for page in list(of_class(root, {"ocr_page"})) or [root]:
        title = page.get("title") or ""
        found = IMAGE.search(title)
        image = re.sub(r"\\(.)", r"\1", found[1]) if found and found[1] else (found[2] or found[3] or "") if found else ""
        box = box_on_scan(title, IDENTITY)
        size = (box.right, box.bottom) if box is not None else (0, 0)
        foreign = "tesser" not in system.casefold()
        yield ReadPage(tuple(blocks(page, IDENTITY, roles=foreign)), image, *size, system=system)


def parse(hocr: bytes) -> etree._Element:
    """The root of a stored hOCR. Entities are not resolved and nothing is fetched. Raises InvalidRecord."""
    try:
        return etree.fromstring(hocr, xml_parser())
    except (etree.XMLSyntaxError, ValueError):
        root = recovered(hocr)
    if root is None:
        raise InvalidRecord("the hOCR of a page is damaged", advice="Use --force")
    return root


def blocks(page: etree._Element, to_scan: Rows, *, roles: bool = False) -> Iterator[tuple[ReadLine, ...]]:
    """The paragraphs of a page that hold text. `roles`: classes say what part of the page lines are (Tesseract's do not).

    What Errata has found itself counts always.
    """
    for paragraph in paragraphs(page):
        read = ((line, line_of(line_pieces(line, to_scan), box_on_scan(title_of(line), to_scan))) for line in paragraph)
        if found := tuple(
            replace(got, region=noted_region(title_of(line)) or (region_of(line) if roles else ""))
            for line, got in read
            if got is not None
        ):
            yield found


def of_class(root: etree._Element, wanted: set[str] | frozenset[str]) -> Iterator[etree._Element]:
    """Elements within `root` of one of some classes, in document order."""
    return (element for element in root.iter(etree.Element) if not wanted.isdisjoint(classes(element)))


def paragraphs(root: etree._Element) -> Iterator[list[etree._Element]]:
    """The lines of each paragraph; lines outside a paragraph are together where they share a parent."""
    current: list[etree._Element] = []
    owner: etree._Element | None = None
    for line in lines_of(root):
        parent = line if not COARSER.isdisjoint(classes(line)) else line.getparent()
        if current and parent is not owner:
            yield current
            current = []
        owner = parent
        current.append(line)
    if current:
        yield current


def lines_of(root: etree._Element) -> list[etree._Element]:
    """The lines of a page, the innermost of several, and blocks that hold text without lines."""
    found = list(of_class(root, LINE_CLASSES | COARSER))
    holders = {above for element in found for above in element.iterancestors()}
    return [element for element in found if element not in holders] or [root]


def line_pieces(line: etree._Element, to_scan: Rows) -> Iterator[Piece]:
    """The words of a line, and text of it that stands in none; a line that is not parted into words gives its own confidence."""
    loose, sure = "", confidence(title_of(line))
    walker = etree.iterwalk(line, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start" and "ocrx_word" in classes(element):
            yield from loose_pieces(loose, sure)
            loose = ""
            title = title_of(element)
            yield Piece(word_text(element), word_confidence(element), box_on_scan(title, to_scan), others=alternatives(element))
            walker.skip_subtree()
        elif event == "start" and isinstance(element.tag, str):  # what an entity stands for is not known
            loose += element.text or ""
        elif event != "start" and element is not line:
            loose += element.tail or ""
    yield from loose_pieces(loose, sure)


def loose_pieces(text: str, sure: float | None) -> Iterator[Piece]:
    """Text outside of words; it touches the word before where no space parts them."""
    for place, part in enumerate(tidy(text).split(" ")):
        yield Piece(part, sure, glued=place == 0 and BLANKS.match(text) is None)


def word_text(word: etree._Element) -> str:
    """The characters of a word, without the alternatives that stand beside them."""
    marked = [e for e in word.iter(etree.Element) if "ocrx_cinfo" in classes(e) and "x_bboxes" in title_of(e)]
    return "".join("".join(e.itertext()) for e in marked) if marked else own_text(word)


def own_text(word: etree._Element) -> str:
    """The text of a word that has no boxes for its characters; `ocrx_cinfo` and `del` in it hold alternatives."""
    text = ""
    walker = etree.iterwalk(word, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start" and (is_alternative(element) or "ocrx_cinfo" in classes(element)):
            walker.skip_subtree()
        elif event == "start" and isinstance(element.tag, str):
            text += element.text or ""
        elif event != "start" and element is not word:
            text += element.tail or ""
    return text


def is_alternative(element: etree._Element) -> bool:
    """Whether this is what another reading has: https://kba.github.io/hocr-spec/1.2/#ins-and-del"""
    return local(element) == "del" and "alt" in classes(element)


def alternatives(word: etree._Element) -> tuple[str, ...]:
    """What other readings have for a word."""
    return tuple(text for e in word.iter("{*}del") if is_alternative(e) and (text := " ".join("".join(e.itertext()).split())))


def word_confidence(word: etree._Element) -> float | None:
    """The confidence of a word (0-1): its own, or that of the least sure of its characters, where they alone have one."""
    sure = confidence(title_of(word))
    if sure is not None:
        return sure
    each = (confidence(title_of(char)) for char in of_class(word, {"ocrx_cinfo"}) if "x_bboxes" in title_of(char))
    return min((value for value in each if value is not None), default=None)


def confidence(title: str) -> float | None:
    """What an hOCR title says of a word (0-1): of the whole, or of the least sure of its characters."""
    if whole := WHOLE.search(title):
        return min(1.0, max(0.0, float(whole[1]) / 100))
    each = EACH.search(title)
    values = [float(value) for value in each[1].split()] if each else []
    if not values:
        return None
    # The standard has percentages; kraken writes 0-1.
    return certainty(str(min(values)), 1.0 if max(values) <= 1 else 100.0)


def box_on_scan(title: str, to_scan: Rows) -> Box | None:
    """The `bbox` of an hOCR title, led to the scan: the upright rectangle around the four corners."""
    found = BBOX.search(title)
    if found is None:
        return None
    left, top, right, bottom = (min(1e7, max(-1e7, float(side))) - 0.5 for side in found[1].split())
    corners = [mapped(x, y, to_scan) for x in (left, right) for y in (top, bottom)]
    across, down = [x + 0.5 for x, _ in corners], [y + 0.5 for _, y in corners]
    return Box(max(0, round(min(across))), max(0, round(min(down))), max(0, round(max(across))), max(0, round(max(down))))


def mapped(x: float, y: float, rows: Rows) -> tuple[float, float]:
    """A point led by a matrix, which may be that of a change of perspective."""
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in rows)
    return across / depth, down / depth


def source_from_ocr(name: str, records: Sequence[PageRecord], ocr_folder: Path) -> Source:
    """The document whose pages were read into `ocr_folder`, in the order of `records`; pages are joined by a line and a form
    feed. Both pages of an opening are pages; those after it count on.

    A page whose record failed, or whose hOCR cannot be read any more, has no text and says why.
    """
    pieces: list[str] = []
    pages: list[Page] = []
    at = more = 0
    for record in records:
        for place, (page, element, to_scan) in enumerate(pages_of(record, ocr_folder)):
            if pages:
                pieces.append(PAGE_BREAK)
                at += len(PAGE_BREAK)
            more += place > 0
            text, lines = ("", ()) if element is None else text_and_lines(blocks(element, to_scan), at)
            label = page.label or (f"scan {record.number}" if more else "")
            pages.append(replace(page, number=record.number + more, start=at, end=at + len(text), lines=lines, label=label))
            pieces.append(text)
            at += len(text)
    return Source(name, "".join(pieces), tuple(pages))


def pages_of(record: PageRecord, ocr_folder: Path) -> list[tuple[Page, etree._Element | None, Rows]]:
    """The page of a record, or those of an opening, still empty; the part of the hOCR that each holds; and its matrix."""
    seen = (record.digest, record.fingerprint, record.ink, record.blank, record.unread)
    scan = Scan(record.path, record.frame, record.width, record.height, record.treatments, *seen)
    page = Page(record.number, 0, 0, scan=scan, failed=record.failed)
    if record.failed:
        return [(page, None, record.to_scan)]
    try:
        root = parse(stored_hocr(ocr_folder, record.number))
        if not record.leaves:
            return [(page, root, record.to_scan)]
        found = list(of_class(root, {"ocr_page"}))
        if len(found) != len(record.leaves):
            raise InvalidRecord("the hOCR of an opening lacks a page", advice="Use --force")
    except InvalidRecord as error:
        return [(replace(page, failed=" ".join(str(error).split())), None, record.to_scan)]
    sides = [replace(page, label=f"scan {record.number}, {leaf.side}") for leaf in record.leaves]
    return [
        (replace(side, scan=leaf_scan(scan, record, leaf)), part, leaf.to_scan)
        for side, leaf, part in zip(sides, record.leaves, found, strict=True)
    ]


def leaf_scan(scan: Scan, record: PageRecord, leaf: LeafRecord) -> Scan:
    """The scan of an opening as one of its pages has it."""
    taken = (*record.treatments, *leaf.treatments)
    return replace(scan, treatments=taken, unread=leaf.unread, blank=leaf.blank, ink=None)
