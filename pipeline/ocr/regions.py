"""Parts of a page that Errata read itself, told by where their lines stand and how they were read: notes in the margin, notes at
the foot, captions, and scrawl. Lines are marked in the hOCR; one that is torn out of its order goes back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median

from lxml import etree

from pipeline.model import Region
from pipeline.ocr.margins import APART, find_margins, part_margins
from pipeline.ocr.rows import FEWEST, Body, Row, body_of, boxes_of, rows_of
from pipeline.ocr.tokens import XHTML, Edges, box_title, line_elements, parsed

CLASSES: Mapping[Region, str] = {
    "header": "ocr_header",
    "footer": "ocr_footer",
    "page-number": "ocr_pageno",
    "footnote": "ocr_footnote",
    "caption": "ocr_caption",
    "margin": "ocr_textfloat",
    "stamp": "ocr_textfloat",
    "scrawl": "ocr_textfloat",
}
"""hOCR classes of lines that are no part of the body; the region itself stands in the title, as `x_region margin`."""

UNSURE, UNSURE_AMONG = 0.3, 0.12
"""No word of scrawl is read with more confidence; where its letters are as high as the others, with more than the second."""

LARGE, SMALL = 1.5, 0.55
"""Heights of words, as multiples of the usual, beyond which they are none of the page's type."""

PAGE_NUMBER = re.compile(r"[-—–~(\[ ]*\d{1,4}[-—–~)\]. ]*")

FEW, AT_EDGE = 4, 2.0
"""Letters of scrawl that is as high as the text, at the most; and heights of usual words from the edge of the text within which a
line begins there."""

MOST_SCRAWL = 0.15
"""Share of a page's letters that can be scrawl: where more is unsure, the page is bad and not the hand."""

NOTE_HEAD = re.compile(r"[(\[]?(?:\d{1,3}|[*†‡§¶]+)[)\].]?(?:\s|$|(?=[A-Z]))")
LEAST_CAPTION = 25
"""Letters: what is shorter above or below a picture may be a date under a letterhead."""

FINE = 0.88
"""Height of the words of notes at the foot, as a share of those of the body, at the most, where no rule parts them."""


def with_regions(hocr: bytes) -> bytes:
    """The hOCR of a page with its parts marked. Its words stay as they are."""
    root = parsed(hocr)
    rows = rows_of(root)
    if not rows:
        return hocr
    usual = median(word.box[3] - word.box[1] for row in rows for word in row.words)
    changed = find_scrawl(rows, usual)
    body = body_of([row for row in rows if not row.region], usual)
    if body is not None:
        changed |= part_margins(rows, body)
        changed |= find_margins(rows, body)
        changed |= find_footnotes(rows, body, boxes_of(root, "ocr_separator"))
        changed |= find_captions(rows, body, boxes_of(root, "ocr_photo"))
        changed |= put_last(rows, body)
    if not changed:
        return hocr
    for row in rows:
        mark(row)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def mark(row: Row) -> None:
    title = row.element.get("title") or box_title(row.words)
    if row.region and "x_region" not in title:
        row.element.set("class", CLASSES.get(row.region, "ocr_line"))
        row.element.set("title", f"{title}; x_region {row.region}")


def find_scrawl(rows: Sequence[Row], usual: float) -> bool:
    """Mark lines of which nothing was read with any confidence: handwriting, stamps, scratches."""
    lefts = sorted(row.box[0] for row in rows)
    edge = lefts[len(lefts) * 3 // 10]
    found = [row for row in rows if not row.region and is_scrawl(row, usual, edge)]
    if not found or sum(row.letters for row in found) > MOST_SCRAWL * sum(row.letters for row in rows):
        return False
    for row in found:
        row.region = "scrawl"
    return True


def is_scrawl(row: Row, usual: float, edge: float) -> bool:
    """Whether nothing of a line is certain, and it is none of the text: that begins at the left `edge`, and its last lines do
    so too, however badly they are read. Readings that differ make a word unsure as well, so that letters of the usual height
    must be few."""
    best = max(word.confidence for word in row.words)
    if abs(row.box[0] - edge) <= AT_EDGE * usual:
        return False
    if not SMALL * usual < row.height < LARGE * usual:
        return best <= UNSURE
    return best <= UNSURE_AMONG and row.letters <= FEW and PAGE_NUMBER.fullmatch(row.text) is None


def find_footnotes(rows: Sequence[Row], body: Body, rules: Sequence[Edges]) -> bool:
    """Mark the notes at the foot: what stands below a rule that parts them from the text, or the last lines in smaller letters,
    if they begin as notes do."""
    text = sorted((row for row in rows if not row.region and in_column(row, body)), key=lambda row: row.box[1])
    if len(text) < FEWEST:
        return False
    for rule in sorted(rules, key=lambda box: -box[1]):
        below = [row for row in text if row.box[1] >= rule[1] - 0.3 * body.height]
        if is_note_rule(rule, body) and below and len(below) <= len(text) // 2 and are_notes(below, body):
            return set_footnotes(below, body)
    fine = len(text)
    while fine and text[fine - 1].height <= FINE * body.height:
        fine -= 1
    starts = [at for at in range(fine, len(text)) if NOTE_HEAD.match(text[at].text)]
    if not starts or starts[0] * 2 < len(text) or len(text) - starts[0] < 2:
        return False
    return set_footnotes(text[starts[0] :], body)


def are_notes(rows: Sequence[Row], body: Body) -> bool:
    """Whether lines below a rule are notes: the first begins as one, or one of them does, and all are in smaller letters, as
    where a note goes on from the page before."""
    heads = [NOTE_HEAD.match(row.text) is not None for row in rows]
    return heads[0] or (any(heads) and all(row.height <= FINE * body.height for row in rows))


def set_footnotes(rows: Sequence[Row], body: Body) -> bool:
    """Mark some lines as notes, but for a catchword: a last line that is set to the right."""
    for row in rows:
        row.region = "footnote"
    if rows[-1].box[0] > (body.left + body.right) / 2:
        rows[-1].region = "footer"
    return True


def in_column(row: Row, body: Body) -> bool:
    """Whether a line stands among or below the running text, not beside it."""
    left, _, right, _ = row.box
    return left < body.right and right > body.left


def is_note_rule(rule: Edges, body: Body) -> bool:
    """Whether a rule could part notes from the text: level, at the left of it, and with text above."""
    left, top, right, bottom = rule
    width = body.right - body.left
    level = bottom - top <= max(body.height, 0.1 * (right - left))
    return level and 0.08 * width <= right - left and abs(left - body.left) <= 0.1 * width and top > body.top + 3 * body.height


def find_captions(rows: Sequence[Row], body: Body, pictures: Sequence[Edges]) -> bool:
    """Mark the lines that Tesseract takes for captions, where there is a picture that they can belong to."""
    found = [row for row in rows if not row.region and row.element.get("class") == "ocr_caption"]
    near = [row for row in found if any(under_or_over(row.box, picture, 12 * body.height) for picture in pictures)]
    if sum(row.letters for row in near) < LEAST_CAPTION:
        return False
    for row in near:
        row.region = "caption"
    return True


def under_or_over(box: Edges, picture: Edges, reach: float) -> bool:
    common = min(box[2], picture[2]) - max(box[0], picture[0])
    return common > 0.5 * (box[2] - box[0]) and max(box[1] - picture[3], picture[1] - box[3]) <= reach


def put_last(rows: Sequence[Row], body: Body) -> bool:
    """Put a lone line below all others, which was read before them, behind them; capitals with a number are the page's foot."""
    lowest = max(rows, key=lambda row: row.box[1])
    others = [row for row in rows if row is not lowest and row.region != "scrawl"]
    parent, end = lowest.element.getparent(), rows[-1].element.getparent()
    if lowest is rows[-1] or lowest.region or parent is None or end is None or not others:
        return False
    clear = lowest.box[1] >= max(row.box[3] for row in others) + APART * body.height
    alone = sum(1 for _ in line_elements(parent)) == 1
    if not clear or not alone or parent is end or parent.tag != f"{{{XHTML}}}p":
        return False
    end.addnext(parent)
    lowest.region = "footer" if lowest.text.isupper() and any(map(str.isdigit, lowest.text)) else ""
    return True
