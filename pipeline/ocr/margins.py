"""Notes in the margin of a page: lines that stand wholly beside its text, and such as were read as one with a line of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from pipeline.ocr.rows import Body, Row, inner
from pipeline.ocr.tokens import XHTML, Line, box_title

APART, NARROW, MOST = 1.0, 0.3, 0.3
"""Of notes in the margin: the least gap to the text, in heights of usual words; the greatest width as a share of the text's; and
the share of a page's lines that may have such notes glued to them."""

ENUMERATOR = re.compile(r"[(\[]?(?:\w{1,3}|\d{1,4})[)\].:,]*|[-–—•*.·,:;'\"|]+")
"""What may hang before a paragraph without being a note in the margin."""


def part_margins(rows: list[Row], body: Body) -> bool:
    """Part lines to which a note in the margin was glued: the note becomes a line of its own, beside them."""
    found = []
    for row in rows:
        first, last = inner(row.words, body.height)
        before, after = row.words[:first], row.words[last:]
        if before and not (is_note(before) and before[-1].box[2] <= body.left - APART * body.height):
            before = []
        if after and not (is_note(after) and after[0].box[0] >= body.right + APART * body.height):
            after = []
        if not row.region and (before or after):
            found.append((row, [part for part in (before, after) if part]))
    if not found or len(found) > MOST * len(rows):
        return False
    for row, parts in found:
        for words in parts:
            rows.insert(rows.index(row) + 1, taken_out(row, words))
    return True


def is_note(words: Line) -> bool:
    """Whether some words at the end of a line could be a note: no number or bullet that hangs there, no figures of a table."""
    text = " ".join(word.text for word in words)
    return ENUMERATOR.fullmatch(text) is None and sum(map(str.isalpha, text)) >= 3


def taken_out(row: Row, words: Line) -> Row:
    """Some words of a line as a line of its own, in a paragraph behind that of the line."""
    line = etree.Element(f"{{{XHTML}}}span", {"class": "ocr_line", "title": box_title(words)})
    for word in words:
        line.append(word.element)
    row.words = [word for word in row.words if word not in words]
    row.element.set("title", box_title(row.words))
    paragraph = etree.Element(f"{{{XHTML}}}p", {"class": "ocr_par", "title": box_title(words)})
    paragraph.append(line)
    parent = row.element.getparent()
    anchor = parent if parent is not None and parent.tag == paragraph.tag else row.element
    anchor.addnext(paragraph)
    return Row(line, words, "margin")


def find_margins(rows: Sequence[Row], body: Body) -> bool:
    """Mark the lines that stand wholly beside the running text."""
    found = [row for row in rows if not row.region and in_margin(row, body)]
    for row in found:
        row.region = "margin"
    return bool(found)


def in_margin(row: Row, body: Body) -> bool:
    left, top, right, bottom = row.box
    beside = right <= body.left - APART * body.height or left >= body.right + APART * body.height
    within = top < body.bottom and bottom > body.top
    return beside and within and right - left <= NARROW * (body.right - body.left) and any(map(str.isalnum, row.text))
