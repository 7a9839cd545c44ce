"""One image, treated and read: what of a page depends on its pixels alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline import imaging
from pipeline.errors import UnwritableOutput
from pipeline.imaging.measure import Gray
from pipeline.model import Treatment
from pipeline.ocr import recognise
from pipeline.ocr.orientation import quarter_turns
from pipeline.ocr.pages import PageRequest, Rows

BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title><meta name="ocr-capabilities" content="ocr_page"/></head>
<body><div class="ocr_page" id="page_1" title="bbox 0 0 {width} {height}; ppageno 0"></div></body></html>
"""
"""The hOCR of a page with nothing on it, which Tesseract is not asked about."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from an image. `hocr` holds for the treated image; `to_scan` leads from its pixels to the given ones."""

    hocr: bytes
    to_scan: Rows
    treatments: tuple[Treatment, ...] = ()
    blank: bool = False


def read_image(gray: Gray, request: PageRequest) -> Reading:
    """Treat and recognise an image (uint8, height x width). Raises PipelineError."""
    ready = imaging.prepare(gray, ask=quarter_turns)
    if request.keep_images is not None:
        keep(request.keep_images, request.number, ready)
    if ready.blank:
        hocr = BLANK.format(width=gray.shape[1], height=gray.shape[0]).encode()
    else:
        hocr = recognise(ready.image, languages=request.languages, timeout=request.timeout, x_height=ready.x_height)
    rows = tuple((round(float(a), 9), round(float(b), 9), round(float(c), 9)) for a, b, c in ready.to_scan)
    return Reading(hocr, rows, ready.treatments, ready.blank)


def keep(folder: Path, number: int, ready: imaging.Prepared) -> None:
    """Write the page after each step that was taken: 0001_1_gray.png, 0001_2_scale.png, and so on. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place, (name, image) in enumerate(ready.stages, 1):
            Image.fromarray(image).save(folder / f"{number:04d}_{place}_{name}.png", compress_level=1)
    except OSError as error:
        raise UnwritableOutput(f"cannot be written ({error.strerror})", where=folder) from error
