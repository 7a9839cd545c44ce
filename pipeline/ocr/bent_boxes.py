"""The boxes of an hOCR led from a page whose lines were made level back to the page on which they bend."""

from __future__ import annotations

import re

from pipeline.imaging.curl import Bend

BOX = re.compile(rb"\b(x_bboxes|bbox) (-?\d+) (-?\d+) (-?\d+) (-?\d+)")

PAGE = re.compile(rb"<div[^>]*ocr_page[^>]*>")


def bent_boxes(hocr: bytes, bend: Bend) -> bytes:
    """The hOCR with all its boxes as upright rectangles around their places on the bent page; that of the page itself stays."""

    def moved(found: re.Match[bytes]) -> bytes:
        sides = bend.box(*(float(side) for side in found.groups()[1:]))
        return b" ".join([found[1], *(str(max(0, round(side))).encode() for side in sides)])

    page = PAGE.search(hocr)
    start = page.end() if page else 0
    return hocr[:start] + BOX.sub(moved, hocr[start:])
