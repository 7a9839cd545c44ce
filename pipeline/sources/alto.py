"""ALTO, versions 1 to 4, as pages of recognised lines. The standard: https://www.loc.gov/standards/alto/"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from pipeline.model import Box
from pipeline.sources.markup import local
from pipeline.sources.reading_order import Placed, in_reading_order
from pipeline.sources.recognised import (
    Piece,
    ReadLine,
    ReadPage,
    box_of,
    certainty,
    line_of,
    number,
    others_than,
    points_of,
    tidy,
)
from pipeline.sources.roles import role

PER_INCH = {"mm10": 254, "inch1200": 1200}
SECTIONS = ("TopMargin", "PrintSpace", "LeftMargin", "RightMargin", "BottomMargin")
"""The parts of a page as they are read; the schema has all margins first."""
EDITORIAL = re.compile(r"norm|modern|spell|lemma|transl|expan|correct|regular", re.IGNORECASE)
"""What a PURPOSE has that is no reading of the image."""
WORST = 9
"""The least sure of the marks 0 to 9 that CC gives each character."""


def read_alto(root: etree._Element) -> Iterator[ReadPage]:
    """The pages of an ALTO file. Confidences are 0-1, boxes in the file's unit (see `ReadPage.per_inch`)."""
    unit = text_of(root, "MeasurementUnit").casefold()
    image = text_of(root, "fileName")
    order = [ref for element in root.iter("{*}ElementRef") if (ref := element.get("REF"))]
    labels = dict(labelled(root))
    for page in root.iter("{*}Page"):
        width, height = number(page.get("WIDTH")), number(page.get("HEIGHT"))
        blocks = [lines for block in ordered_blocks(page, order) if (lines := tuple(block_lines(block, labels)))]
        size = max(0, round(width or 0)), max(0, round(height or 0))
        yield ReadPage(tuple(blocks), image, *size, PER_INCH.get(unit, 0), text_of(root, "softwareName"))


def text_of(root: etree._Element, name: str) -> str:
    """The text of the first element of this name."""
    return (next((e.text for e in root.iter(f"{{*}}{name}")), "") or "").strip()


def ordered_blocks(page: etree._Element, order: Sequence[str]) -> list[etree._Element]:
    """The text blocks of a page in reading order: the one that is stated, else IDNEXT from block to block, else as they stand."""
    ranks = {name: at for at, name in enumerate(SECTIONS)}
    sections = sorted(page.iterchildren(etree.Element), key=lambda section: ranks.get(local(section), 1))
    blocks = [block for section in sections for block in section.iter("{*}TextBlock")]
    placed = [Placed(block, tuple(chain(block))) for block in blocks]
    return in_reading_order(placed, order or followed(blocks))


def chain(block: etree._Element) -> Iterator[str]:
    """The identifiers of a block and of those that it lies in, from the inside."""
    for element in (block, *block.iterancestors()):
        if found := element.get("ID"):
            yield found


def followed(blocks: Sequence[etree._Element]) -> list[str]:
    """The blocks' identifiers, each behind the one whose IDNEXT names it; empty where none is named."""
    following = {own: after for block in blocks if (own := block.get("ID")) and (after := block.get("IDNEXT"))}
    if not following:
        return []
    order: dict[str, None] = {}
    heads = [own for block in blocks if (own := block.get("ID")) and own not in following.values()]
    for at in (*heads, *following):
        step: str | None = at
        while step is not None and step not in order:
            order[step] = None
            step = following.get(step)
    return list(order)


def labelled(root: etree._Element) -> Iterator[tuple[str, str]]:
    """(identifier, label) of the tags that a file explains."""
    for tags in root.iter("{*}Tags"):
        for tag in tags.iterchildren(etree.Element):
            if (name := tag.get("ID")) and (label := tag.get("LABEL")):
                yield name, label


def block_lines(block: etree._Element, labels: Mapping[str, str]) -> Iterator[ReadLine]:
    """The lines of a block; what part of the page they are, by their own tags, else by those of what they lie in, from the
    inside."""
    around_it = [name for element in (block, *block.iterancestors()) for name in names_of(element, labels)]
    for line in block.iter("{*}TextLine"):
        read = line_of(line_pieces(line), box(line))
        if read is not None:
            yield replace(read, region=role([*names_of(line, labels), *around_it]))


def names_of(element: etree._Element, labels: Mapping[str, str]) -> Iterator[str]:
    """What a file calls an element: its tags, its type, and the section of the page that it is."""
    yield from (labels.get(name, "") for name in (element.get("TAGREFS") or "").split())
    yield element.get("TYPE") or ""
    yield local(element)


def line_pieces(line: etree._Element) -> Iterator[Piece]:
    """The strings of a line as it is printed: with its hyphen, and not the whole word that SUBS_CONTENT would put in its place.

    Where a line has spaces (SP), strings without one between them touch; many programs write no spaces at all.
    """
    spaced = next(line.iterchildren("{*}SP"), None) is not None
    glued, last = False, ""
    for element in line.iterchildren(etree.Element):
        name = local(element)
        if name == "SP":
            glued = False
        elif name == "String":
            last = content(element)
            yield from string_pieces(element, last, glued)
            glued = spaced
        elif name == "HYP":
            hyphen = element.get("CONTENT") or "-"
            if not last.endswith(hyphen):
                yield Piece(hyphen, None, box(element), glued=True)


def string_pieces(string: etree._Element, text: str, glued: bool) -> Iterator[Piece]:
    """The words of a String: one, with its place, or, as eScriptorium writes it, a whole line, which is no place of a word."""
    words, sure = tidy(text).split(" "), confidence(string)
    alone = len(words) == 1
    for at, word in enumerate(words):
        yield Piece(word, sure, box(string) if alone else None, glued and not at, alternatives(string, word) if alone else ())


def alternatives(string: etree._Element, text: str) -> tuple[str, ...]:
    """What else was read for a word: its ALTERNATIVEs, unless they are said to be something else than readings, and the word
    with the Variant of one of its glyphs."""
    found = []
    for element in string.iterchildren("{*}ALTERNATIVE"):
        if not EDITORIAL.search(element.get("PURPOSE") or ""):
            found.append("".join(element.itertext()))
    glyphs = list(string.iterchildren("{*}Glyph"))
    letters = [glyph.get("CONTENT") or "" for glyph in glyphs]
    if "".join(letters) == text:
        for at, glyph in enumerate(glyphs):
            for variant in glyph.iterchildren("{*}Variant"):
                found.append("".join([*letters[:at], variant.get("CONTENT") or "", *letters[at + 1 :]]))
    return others_than(text, found)


def content(string: etree._Element) -> str:
    """The characters of a String, from its glyphs where it says none itself."""
    return string.get("CONTENT") or "".join(glyph.get("CONTENT") or "" for glyph in string.iterchildren("{*}Glyph"))


def confidence(string: etree._Element) -> float | None:
    """WC; else what CC (0, sure, to 9) or the glyphs say of the least sure character."""
    sure = certainty(string.get("WC"))
    if sure is not None:
        return sure
    marks = [int(mark) for mark in string.get("CC") or "" if mark in "0123456789"]
    if marks:
        return 1 - max(marks) / WORST
    glyphs = [found for glyph in string.iterchildren("{*}Glyph") if (found := certainty(glyph.get("GC"))) is not None]
    return min(glyphs, default=None)


def box(element: etree._Element) -> Box | None:
    """The place of an element: its four attributes, else its outline."""
    left, top, width, height = (number(element.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    if left is not None and top is not None and width is not None and height is not None:
        return box_of([(left, top), (left + max(0, width), top + max(0, height))])
    outline = next(element.iterfind("{*}Shape/{*}Polygon"), None)
    return box_of(points_of(outline.get("POINTS"))) if outline is not None else None
