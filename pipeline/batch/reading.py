"""One image, treated and read, and read again where that is worth it: what of a page depends on its pixels alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from PIL import Image

from pipeline import imaging
from pipeline.batch.leftovers import read_leftovers
from pipeline.errors import ToolFailed, UnwritableOutput
from pipeline.imaging.geometry import Matrix
from pipeline.imaging.lone_lines import lone_lines
from pipeline.imaging.measure import Gray
from pipeline.imaging.step import Ask
from pipeline.imaging.views import VIEWS, Make, View, as_scanned
from pipeline.language import build_lexicon
from pipeline.model import Box, Treatment
from pipeline.ocr import recognise
from pipeline.ocr.bent_boxes import bent_boxes
from pipeline.ocr.lines import read_line
from pipeline.ocr.orientation import quarter_turns
from pipeline.ocr.page_numbers import with_page_numbers
from pipeline.ocr.pages import PageRequest, Rows, store_looks
from pipeline.ocr.recognition import second_reader
from pipeline.ocr.regions import with_regions
from pipeline.ocr.second_look import Look, doubt, merged, plausible_in
from pipeline.ocr.vote import Plausible

BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title><meta name="ocr-capabilities" content="ocr_page"/></head>
<body><div class="ocr_page" id="page_1" title="bbox 0 0 {width} {height}; ppageno 0"></div></body></html>
"""
"""The hOCR of a page with nothing on it, which Tesseract is not asked about."""

SECOND_LOOK, TREATED, BY_ANOTHER = "second look", "treated", "as scanned by another Tesseract"

DOUBTS = (0.04, 0.11)
"""Shares of doubtful words from which a page is read a second, and a third time; below the first, repair is as good."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from an image. `hocr` holds for the treated image, as it was before lines that bent were made level;
    `to_scan` leads from its pixels to the given ones, for which `unread` holds."""

    hocr: bytes
    to_scan: Rows
    treatments: tuple[Treatment, ...] = ()
    blank: bool = False
    unread: tuple[Box, ...] = ()


def read_image(gray: Gray, request: PageRequest) -> Reading:
    """Treat and recognise an image (uint8, height x width), as often as `request.effort` allows. Raises PipelineError."""
    ask = partial(quarter_turns, languages=request.languages, engine=request.engine)
    ready = imaging.prepare(gray, ask=ask)
    if request.keep_images is not None:
        keep(request.keep_images, request.number, ready)
    if ready.blank:
        hocr = BLANK.format(width=gray.shape[1], height=gray.shape[0]).encode()
        return Reading(hocr, rows(ready.to_scan), ready.treatments, blank=True)
    look = read_view(View(ready.image, ready.to_scan, ready.x_height, ready.bend), request)
    keep_looks(request, {})
    if request.effort == "fast":
        return completed(look.hocr, look.to_scan, ready.treatments, ready, request)
    hocr, to_scan, said = look_again(look, gray, ready, request, ask)
    treatments = (*ready.treatments, said)
    if to_scan is ready.to_scan:
        read = partial(read_line, languages=request.languages, engine=request.engine)
        hocr, numbers = with_page_numbers(hocr, list(lone_lines(ready.bent.image, ready.x_height)), ready.x_height, read)
        if numbers:
            treatments += (Treatment("page number", True, f"{' and '.join(numbers)}, read by itself"),)
    return completed(hocr, to_scan, treatments, ready, request)


def completed(
    hocr: bytes, to_scan: Matrix, treatments: tuple[Treatment, ...], ready: imaging.Prepared, request: PageRequest
) -> Reading:
    """What was read, with what is found where the page has ink and no text."""
    rest = read_leftovers(hocr, to_scan, ready.bent, request, lambda text: words_of(request.languages, request.packs)(text))
    return Reading(with_regions(rest.hocr), rows(to_scan), (*treatments, *rest.treatments), unread=rest.unread)


def look_again(
    first: Look, gray: Gray, ready: imaging.Prepared, request: PageRequest, ask: Ask
) -> tuple[bytes, Matrix, Treatment]:
    """Read other views of a page that is worth it, and let the readings vote."""
    plausible = words_of(request.languages, request.packs)
    share = doubt(first.hocr, plausible)
    looks, names = [first], []
    for name, make, engine in wanted(request, share):
        try:
            looks.append(read_view(make(gray, ready, ask), replace(request, engine=engine)))
            names.append(name)
        except ToolFailed:  # the first reading stands
            continue
    if not names:
        reason = "not needed" if share < DOUBTS[0] else "nothing else could be read"
        return first.hocr, first.to_scan, Treatment(SECOND_LOOK, False, f"{reason} ({share:.0%} of the words are doubtful)")
    keep_looks(request, dict(zip((TREATED, *names), (look.hocr for look in looks), strict=True)))
    hocr, to_scan, heard = merged(looks, plausible)
    left = "" if heard == len(looks) else f"; {len(looks) - heard} of the readings left out as clearly worse"
    said = f"read again {', '.join(names)} ({share:.0%} of the words were doubtful); the readings voted on each word{left}"
    return hocr, to_scan, Treatment(SECOND_LOOK, True, said)


def keep_looks(request: PageRequest, looks: Mapping[str, bytes]) -> None:
    """Keep what each look read, so that nothing that lost the vote is lost. Raises UnwritableOutput."""
    try:
        names = (TREATED, *(name for name, _ in VIEWS), BY_ANOTHER)
        store_looks(request.out, request.number, {name: looks.get(name) for name in names})
    except OSError as error:
        raise UnwritableOutput(f"cannot be written ({error.strerror})", where=request.out) from error


def wanted(request: PageRequest, share: float) -> list[tuple[str, Make, str]]:
    """The views that are read besides, with the engine that reads each, of a page of which this `share` of words is doubtful."""
    everything = request.effort == "thorough"
    least = (0.0,) * len(VIEWS) if everything else DOUBTS
    views = [(name, make, request.engine) for (name, make), low in zip(VIEWS, least, strict=False) if share >= low]
    other = second_reader(request.engine)
    if other and (everything or share >= DOUBTS[-1]):
        views.append((BY_ANOTHER, as_scanned, other))
    return views


def read_view(view: View, request: PageRequest) -> Look:
    """Recognise one view. Raises PipelineError."""
    hocr = recognise(
        view.image, languages=request.languages, timeout=request.timeout, x_height=view.x_height, engine=request.engine
    )
    return Look(hocr if view.bend is None else bent_boxes(hocr, view.bend), view.to_scan)


@lru_cache(maxsize=2)
def words_of(languages: str, packs: tuple[str, ...]) -> Plausible:
    """What the dictionaries and lists of the languages say of a word; nothing where there are none."""
    lexicon = build_lexicon(packs, languages)
    return plausible_in(lexicon if lexicon.covered or lexicon.others else None)


def rows(matrix: Matrix) -> Rows:
    """A matrix as it is stored."""
    return tuple((round(float(a), 9), round(float(b), 9), round(float(c), 9)) for a, b, c in matrix)


def keep(folder: Path, number: int, ready: imaging.Prepared) -> None:
    """Write the page after each step that was taken: 0001_1_gray.png, 0001_2_scale.png, and so on. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place, (name, image) in enumerate(ready.stages, 1):
            Image.fromarray(image).save(folder / f"{number:04d}_{place}_{name}.png", compress_level=1)
    except OSError as error:
        raise UnwritableOutput(f"cannot be written ({error.strerror})", where=folder) from error
