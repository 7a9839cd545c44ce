"""A scan read as one page, or as the two pages of an opening."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from lxml import etree

from pipeline import imaging
from pipeline.batch.leftovers import on_scan
from pipeline.batch.reading import Reading, read_image
from pipeline.imaging.measure import Gray
from pipeline.imaging.openings import Leaf, is_wide
from pipeline.model import Treatment
from pipeline.ocr.orientation import quarter_turns
from pipeline.ocr.pages import LeafRecord, PageRequest, Rows
from pipeline.sources.hocr import of_class, parse

SPLIT = Treatment("split", True, "an opening of two pages, each read for itself")


@dataclass(frozen=True, slots=True)
class Opening:
    """The pages of an opening, left one first, and one hOCR with an `ocr_page` for each."""

    leaves: tuple[LeafRecord, ...]
    hocr: bytes
    treatments: tuple[Treatment, ...] = (SPLIT,)


def read_leaves(gray: Gray, request: PageRequest) -> Reading | Opening:
    """Treat and recognise a scan (uint8, height x width). Raises PipelineError.

    A scan that is higher than wide is an opening only if it lies on its side, which is known once it has been read.
    """
    ask = partial(quarter_turns, languages=request.languages, engine=request.engine)
    if request.split and is_wide(gray):
        cut = imaging.leaves(gray, ask)
        return read_opening(cut, request) if cut else read_image(gray, request)
    whole = read_image(gray, request)
    cut = imaging.leaves(gray, ask) if request.split and on_side(whole.to_scan) else ()
    return read_opening(cut, request) if cut else whole


def on_side(to_scan: Rows) -> bool:
    """Whether a page was turned by a quarter to be read: its rows are columns of the scan."""
    return abs(to_scan[0][1]) > abs(to_scan[0][0])


def read_opening(cut: Sequence[Leaf], request: PageRequest) -> Opening:
    """Read each page of an opening; images and readings that are kept go into a folder for each side."""
    records: list[LeafRecord] = []
    hocrs: list[bytes] = []
    for leaf in cut:
        kept = request.keep_images / leaf.side if request.keep_images is not None else None
        got = read_image(leaf.image, replace(request, keep_images=kept, out=request.out / leaf.side))
        back = leaf.to_scan @ np.array(got.to_scan)
        rows = tuple((round(float(a), 9), round(float(b), 9), round(float(c), 9)) for a, b, c in back)
        unread = tuple(on_scan((box.left, box.top, box.right, box.bottom), leaf.to_scan) for box in got.unread)
        records.append(LeafRecord(leaf.side, rows, (*leaf.treatments, *got.treatments), got.blank, unread))
        hocrs.append(got.hocr)
    return Opening(tuple(records), together(hocrs))


def together(hocrs: Sequence[bytes]) -> bytes:
    """One hOCR document of several one-page ones, with ids and page numbers of their own."""
    first, *others = (parse(hocr) for hocr in hocrs)
    body = next(element for element in first.iter(etree.Element) if etree.QName(element).localname == "body")
    for place, root in enumerate(others, 2):
        for page in list(of_class(root, {"ocr_page"})):
            for element in page.iter(etree.Element):
                if name := element.get("id"):
                    element.set("id", re.sub(r"^([a-z]+)_1(?!\d)", rf"\g<1>_{place}", name))
            page.set("title", re.sub(r"ppageno \d+", f"ppageno {place - 1}", page.get("title") or ""))
            body.append(page)
    return etree.tostring(first.getroottree(), xml_declaration=True, encoding="UTF-8")
