"""One page from scan to stored hOCR. What is done already is not done again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipeline import imaging
from pipeline.errors import MissingDependency, PipelineError, UnwritableOutput
from pipeline.ocr import recognise, tesseract_version
from pipeline.ocr.orientation import quarter_turns
from pipeline.ocr.pages import PageRecord, PageRequest, store, stored
from pipeline.sources import images

BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title><meta name="ocr-capabilities" content="ocr_page"/></head>
<body><div class="ocr_page" id="page_1" title="bbox 0 0 {width} {height}; ppageno 0"></div></body></html>
"""
"""The hOCR of a page with nothing on it, which Tesseract is not asked about."""


def read_page(request: PageRequest) -> PageRecord:
    """Read a page and store what was read in `request.out`.

    A page that cannot be read is a record with `failed`. Raises only what would stop every page: MissingDependency,
    UnwritableOutput. A page stored before with the same scan, languages and Tesseract is taken from there, unless `force`.
    """
    record = PageRecord(request.number, str(request.path), request.frame, languages=request.languages)
    try:
        record = replace(record, tesseract=tesseract_version(), digest=digest(request.path, request.frame))
        earlier = None if request.force else stored(request.out, request.number)
        if earlier is not None and not earlier.failed and same(earlier, record) and not request.keep_images:
            return replace(earlier, path=record.path)
        record, hocr = treat_and_recognise(request, record)
    except MissingDependency:
        raise
    except PipelineError as error:
        record, hocr = replace(record, failed=one_line(error)), None
    except Exception as error:  # whatever a strange scan brings about costs its page, not the others
        record, hocr = replace(record, failed=f"{request.path}: {type(error).__name__}: {error}".splitlines()[0]), None
    try:
        store(request.out, record, hocr)
    except OSError as error:
        raise UnwritableOutput(
            f"cannot be written ({error.strerror})", where=request.out, advice="Choose another with -o"
        ) from error
    return record


def treat_and_recognise(request: PageRequest, record: PageRecord) -> tuple[PageRecord, bytes]:
    """Load, treat and recognise a page. Raises PipelineError."""
    gray = images.load(request.path, request.frame)
    ready = imaging.prepare(gray, ask=quarter_turns)
    if request.keep_images is not None:
        keep(request.keep_images, request.number, ready)
    if ready.blank:
        hocr = BLANK.format(width=gray.shape[1], height=gray.shape[0]).encode()
    else:
        hocr = recognise(ready.image, languages=request.languages, timeout=request.timeout, x_height=ready.x_height)
    rows = tuple((round(float(a), 9), round(float(b), 9), round(float(c), 9)) for a, b, c in ready.to_scan)
    height, width = gray.shape
    done = replace(record, width=width, height=height, to_scan=rows, treatments=ready.treatments, blank=ready.blank)
    return done, hocr


def keep(folder: Path, number: int, ready: imaging.Prepared) -> None:
    """Write the page after each step that was taken: 0001_1_gray.png, 0001_2_scale.png, and so on. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place, (name, image) in enumerate(ready.stages, 1):
            Image.fromarray(image).save(folder / f"{number:04d}_{place}_{name}.png", compress_level=1)
    except OSError as error:
        raise UnwritableOutput(f"cannot be written ({error.strerror})", where=folder) from error


def digest(path: Path, frame: int) -> str:
    """SHA-256 of a scan file's bytes and the frame. Raises UnreadableInput where there is no such file."""
    images.check_file(path)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256")
    found.update(f"#{frame}".encode())
    return found.hexdigest()


def same(one: PageRecord, other: PageRecord) -> bool:
    """Whether two records are of the same scan, read the same way."""
    return (one.digest, one.languages, one.tesseract) == (other.digest, other.languages, other.tesseract)


def one_line(error: PipelineError) -> str:
    """An error as one line."""
    return " ".join(str(error).split())
