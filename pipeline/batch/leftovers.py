"""What a reading left: places with ink and no text, read by themselves, and those that stay unread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline import imaging
from pipeline.errors import ToolFailed
from pipeline.imaging.geometry import Matrix
from pipeline.imaging.ink import Place
from pipeline.imaging.measure import Gray
from pipeline.model import Box, Treatment
from pipeline.ocr import recognise
from pipeline.ocr.engine import Layout
from pipeline.ocr.pages import PageRequest
from pipeline.ocr.tokens import led
from pipeline.ocr.unread import Page, with_unread
from pipeline.ocr.vote import Plausible

STEP = "ink without text"
NOTHING = b"<html xmlns='http://www.w3.org/1999/xhtml'><body></body></html>"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The hOCR with what was found, what is to be said of it, and the places that stayed unread, in pixels of the given image."""

    hocr: bytes
    treatments: tuple[Treatment, ...] = ()
    unread: tuple[Box, ...] = ()


def read_leftovers(
    hocr: bytes, to_scan: Matrix, ready: imaging.Prepared, request: PageRequest, plausible: Plausible
) -> Leftovers:
    """Read where a treated page has ink and its `hocr`, whose pixels `to_scan` leads to the scan, no words. Raises PipelineError
    for what would stop every page."""

    def read(image: Gray, layout: Layout) -> bytes:
        try:
            return recognise(
                image,
                languages=request.languages,
                timeout=request.timeout,
                x_height=ready.x_height,
                layout=layout,
                engine=request.engine,
            )
        except ToolFailed:
            return NOTHING

    page = Page(ready.image, ready.letters, ready.x_height, np.linalg.inv(to_scan) @ ready.to_scan)
    found = with_unread(hocr, page, read, plausible)
    unread = tuple(on_scan(place, ready.to_scan) for place in found.unread)
    said = []
    if found.added:
        said.append(Treatment(STEP, True, f"{lines_of(found.added)} where the page reading had nothing"))
    if unread:
        said.append(Treatment(STEP, False, f"{lines_of(len(unread))} of ink where nothing could be read with confidence"))
    return Leftovers(found.hocr, tuple(said), unread)


def lines_of(count: int) -> str:
    return f"{count} line{'s' if count > 1 else ''}"


def on_scan(place: Place, matrix: Matrix) -> Box:
    """The upright rectangle around a place that a matrix (3 x 3) leads elsewhere."""
    x0, y0, x1, y1 = led(place, matrix.tolist())
    return Box(max(0, round(x0)), max(0, round(y0)), max(0, round(x1)), max(0, round(y1)))
