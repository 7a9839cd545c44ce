"""PAGE-XML, schemas of 2009 to 2019, as pages of recognised lines: what Transkribus, eScriptorium and OCR-D write.

The standard: https://github.com/PRImA-Research-Lab/PAGE-XML
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from pipeline.model import Box
from pipeline.sources.markup import local
from pipeline.sources.reading_order import Placed, in_reading_order
from pipeline.sources.recognised import (
    Piece,
    ReadLine,
    ReadPage,
    around,
    box_of,
    certainty,
    line_of,
    line_with_text,
    number,
    others_than,
    points_of,
    tidy,
    with_others,
)
from pipeline.sources.roles import noted_type, role

NOTED_ORDER = re.compile(r"\breadingOrder\s*\{\s*index\s*:\s*(\d{1,6})\s*;?\s*\}")
"""Where Transkribus notes the order of regions and lines: custom="readingOrder {index:3;}"."""


def read_page_xml(root: etree._Element) -> Iterator[ReadPage]:
    """The pages of a PAGE-XML file (one, by its schema). Confidences are 0-1, boxes in pixels."""
    tools = [item.get("value") or "" for item in root.iterfind("{*}Metadata/{*}MetadataItem")]
    system = " ".join([root.findtext("{*}Metadata/{*}Creator") or "", *tools])
    for page in root.iter("{*}Page"):
        width, height = number(page.get("imageWidth")), number(page.get("imageHeight"))
        blocks = [lines for region in ordered_regions(page) if (lines := tuple(region_lines(region)))]
        size = max(0, round(width or 0)), max(0, round(height or 0))
        yield ReadPage(tuple(blocks), page.get("imageFilename") or "", *size, system=system)


def ordered_regions(page: etree._Element) -> list[etree._Element]:
    """The text regions of a page, those in tables and in other regions included, in its ReadingOrder."""
    order = next(page.iterchildren("{*}ReadingOrder"), None)
    regions = list(page.iter("{*}TextRegion"))
    if order is None:
        return as_noted(regions)
    return in_reading_order([Placed(region, tuple(chain(region))) for region in regions], list(named(order)))


def as_noted(elements: list[etree._Element]) -> list[etree._Element]:
    """Regions or lines in the order that is noted on them, where each has a place of its own."""
    notes = [NOTED_ORDER.search(element.get("custom") or "") for element in elements]
    places = [int(note[1]) for note in notes if note]
    if len(set(places)) < len(elements):
        return elements
    return [elements[at] for at in sorted(range(len(elements)), key=places.__getitem__)]


def chain(region: etree._Element) -> Iterator[str]:
    """The identifiers of a region and of those that it lies in, from the inside."""
    for element in (region, *region.iterancestors()):
        if found := element.get("id"):
            yield found


def named(group: etree._Element) -> Iterator[str]:
    """The regions that a group names, groups within it included; by their indices where it has them."""
    waiting = [group]
    while waiting:
        element = waiting.pop()
        if found := element.get("regionRef"):
            yield found
        members = list(element.iterchildren(etree.Element))
        members.sort(key=lambda member: number(member.get("index")) or 0)
        waiting += reversed(members)


def region_lines(region: etree._Element) -> Iterator[ReadLine]:
    """The lines of a region itself; of its text, where no lines were found in it. What part of the page they are is said of
    them, or of the regions that they lie in."""
    lines = as_noted(list(region.iterchildren("{*}TextLine")))
    around_it = [name for element in (region, *region.iterancestors("{*}TextRegion")) for name in types_of(element)]
    found = [replace(read, region=role([*types_of(line), *around_it])) for line in lines if (read := text_line(line)) is not None]
    # A region that holds regions repeats their text in its own.
    if not found and next(region.iterchildren("{*}TextRegion"), None) is None:
        found = [replace(read, region=role(around_it)) for read in rows_of(region, lines)]
    yield from found


def types_of(element: etree._Element) -> tuple[str, str]:
    """The types of a region or line: what was noted on it, which is the finer one, and its own."""
    return noted_type(element.get("custom")), element.get("type") or ""


def rows_of(region: etree._Element, lines: Sequence[etree._Element]) -> Iterator[ReadLine]:
    """The rows of a region's own text; at the places of its lines, which hold no text, where there are as many."""
    text, confidence = equivalent(region)
    rows = [row for row in text.splitlines() if row.strip()]
    places = [outline(line) for line in lines] if len(lines) == len(rows) else [outline(region)] * len(rows)
    for row, place in zip(rows, places, strict=True):
        read = line_with_text(row, confidence, (), place)
        if read is not None:
            yield read


def text_line(line: etree._Element) -> ReadLine | None:
    """A line: its own text, which is what people correct, else that of its words."""
    words = [word_piece(word) for word in line.iterchildren("{*}Word")]
    (text, confidence), *others = readings_of(line) or [("", None)]
    place = outline(line) or around(word.box for word in words)
    read = line_with_text(text, confidence, words, place) if text.strip() else line_of(words, place)
    return read and with_others(read, (other for other, _ in others))


def word_piece(word: etree._Element) -> Piece:
    """A word; where it has no text or confidence itself, those of its glyphs."""
    (text, confidence), *others = readings_of(word) or [("", None)]
    glyphs = [equivalent(glyph) for glyph in word.iterchildren("{*}Glyph")]
    if confidence is None:
        confidence = min((sure for _, sure in glyphs if sure is not None), default=None)
    text = text or "".join(char for char, _ in glyphs)
    return Piece(text, confidence, outline(word), others=others_than(tidy(text), (other for other, _ in others)))


def equivalent(element: etree._Element) -> tuple[str, float | None]:
    """The text and confidence of an element: of several readings the one with the lowest index, else the first."""
    return next(iter(readings_of(element)), ("", None))


def readings_of(element: etree._Element) -> list[tuple[str, float | None]]:
    """The texts of an element with their confidences, that with the lowest index first."""
    readings = [reading for reading in element.iterchildren("{*}TextEquiv")]
    readings.sort(key=lambda reading: 0 if (index := number(reading.get("index"))) is None else index)
    return [(text, certainty(reading.get("conf"))) for reading in readings if (text := reading_text(reading))]


def reading_text(reading: etree._Element) -> str:
    texts = {local(child): "".join(child.itertext()) for child in reading.iterchildren(etree.Element)}
    return texts.get("Unicode") or texts.get("PlainText") or ""


def outline(element: etree._Element) -> Box | None:
    """The rectangle around an element's Coords: a list of points since 2013, elements of their own before."""
    coords = next(element.iterchildren("{*}Coords"), None)
    if coords is None:
        return None
    points: Sequence[tuple[float, float]] = points_of(coords.get("points"))
    if not points:
        pairs = [(number(point.get("x")), number(point.get("y"))) for point in coords.iterchildren("{*}Point")]
        points = [(x, y) for x, y in pairs if x is not None and y is not None]
    return box_of(points)
