"""The lines of a page with their places, and where its running text stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

import numpy as np
from lxml import etree

from pipeline.model import Region
from pipeline.ocr.tokens import BBOX, XHTML, Edges, Line, line_elements, tokens

LONG, FEWEST = 0.5, 6
"""Share of the width of a long line that a line of the body has; pages with fewer such lines are not judged."""

GLUE = 2.5
"""Heights of usual words: a gap so wide within a line parts what does not belong together."""


@dataclass(slots=True)
class Row:
    """A line of the hOCR: its element, its words, and its box in the hOCR's pixels."""

    element: etree._Element
    words: Line
    region: Region = ""

    @property
    def box(self) -> Edges:
        lefts, tops, rights, bottoms = zip(*(word.box for word in self.words), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    @property
    def height(self) -> float:
        return median(word.box[3] - word.box[1] for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)


@dataclass(frozen=True, slots=True)
class Body:
    """Where the running text of a page stands, in pixels, and how high its words usually are."""

    left: float
    right: float
    top: float
    bottom: float
    height: float


def rows_of(root: etree._Element) -> list[Row]:
    """The lines of an hOCR page that have words, in their order."""
    found = ((element, tokens(element, np.eye(3))) for element in line_elements(root))
    return [
        Row(element, words, "page-number" if element.get("class") == "ocr_pageno" else "") for element, words in found if words
    ]


def boxes_of(root: etree._Element, name: str) -> list[Edges]:
    """The boxes of the elements of a class."""
    titles = [element.get("title") or "" for element in root.iter(f"{{{XHTML}}}div") if element.get("class") == name]
    found = [match for title in titles if (match := BBOX.search(title))]
    return [(float(box[1]), float(box[2]), float(box[3]), float(box[4])) for box in found]


def body_of(rows: Sequence[Row], usual: float) -> Body | None:
    """The place of the running text; None where a page has hardly any."""
    if len(rows) < FEWEST:
        return None
    spans = [trimmed(row, usual) for row in rows]
    long = LONG * quantiles([right - left for left, right in spans], n=10)[-1]
    chosen = [(row.box, span) for row, span in zip(rows, spans, strict=True) if span[1] - span[0] >= long and len(row.words) > 2]
    if len(chosen) < FEWEST:
        return None
    lefts, rights = sorted(span[0] for _, span in chosen), sorted(span[1] for _, span in chosen)
    top, bottom = min(box[1] for box, _ in chosen), max(box[3] for box, _ in chosen)
    return Body(lefts[len(lefts) * 3 // 10], rights[len(rights) * 19 // 20], top, bottom, usual)


def trimmed(row: Row, usual: float) -> tuple[float, float]:
    """The left and right edge of a line without what a wide gap parts from it at its ends."""
    first, last = inner(row.words, usual)
    return row.words[first].box[0], row.words[last - 1].box[2]


def inner(words: Line, usual: float) -> tuple[int, int]:
    """[first, last) of the words of a line between wide gaps, where there is one gap at the most at each end."""
    gaps = [at for at in range(1, len(words)) if words[at].box[0] - words[at - 1].box[2] >= GLUE * usual]
    if not gaps or len(gaps) > 2:
        return 0, len(words)
    parts = list(zip([0, *gaps], [*gaps, len(words)], strict=True))
    return max(parts, key=lambda part: words[part[1] - 1].box[2] - words[part[0]].box[0])
