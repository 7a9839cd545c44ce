"""Ink without text: lines that a reading dropped are found by their ink and read; what cannot be read is told."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image, ImageDraw, ImageFont

from pipeline import imaging
from pipeline.batch.pages import read_page
from pipeline.imaging.ink import uncovered
from pipeline.language import build_lexicon
from pipeline.ocr import recognise
from pipeline.ocr.pages import IDENTITY, PageRequest
from pipeline.ocr.second_look import plausible_in
from pipeline.ocr.tokens import line_elements, parsed
from pipeline.ocr.unread import Found, Page, with_unread
from pipeline.sources.hocr import read_hocr_page, source_from_ocr

LETTER = """The harvest commission met on Tuesday morning
and heard the report of the second secretary.
He had travelled through four of the provinces
and found the granaries half empty. The roads
were bad, the carts were few, and nobody could
say when the grain from the south would arrive.
It was agreed to write to the mayor once more
and to wait for his answer until the new year."""
LINES = LETTER.split("\n")
PLAUSIBLE = plausible_in(build_lexicon(("english",)))


def drawn(text: str = LETTER) -> Image.Image:
    image = Image.new("L", (1300, 1000), 255)
    ImageDraw.Draw(image).multiline_text((100, 120), text, fill=0, font=ImageFont.load_default(44), spacing=24)
    return image


@cache
def reading() -> tuple[imaging.Prepared, bytes]:
    ready = imaging.prepare(np.asarray(drawn()))
    return ready, recognise(ready.image, x_height=ready.x_height)


def without(hocr: bytes, *dropped: int) -> bytes:
    """The hOCR without some of its lines."""
    root = parsed(hocr)
    for number, line in enumerate(list(line_elements(root))):
        if number in dropped and (parent := line.getparent()) is not None:
            parent.remove(line)
    return etree.tostring(root)


def completed(hocr: bytes, ready: imaging.Prepared) -> Found:
    read = partial(lambda image, one: recognise(image, layout="line" if one else "block", x_height=ready.x_height))
    return with_unread(hocr, Page(ready.image, ready.letters, ready.x_height, np.eye(3)), read, PLAUSIBLE)


def text_of(hocr: bytes) -> list[str]:
    return [line for line in read_hocr_page(hocr, IDENTITY, 0)[0].split("\n") if line]


@pytest.mark.parametrize("dropped", [(0,), (3,), (7,), (2, 3, 4), (0, 5), range(1, 8)])
def test_lines_that_a_reading_dropped_are_read(dropped: tuple[int, ...]) -> None:
    ready, hocr = reading()
    found = completed(without(hocr, *dropped), ready)
    assert text_of(found.hocr) == LINES
    assert found.added == len(dropped)
    assert found.unread == ()


def test_half_a_line_goes_where_it_belongs() -> None:
    ready, hocr = reading()
    root = parsed(hocr)
    third = list(line_elements(root))[2]
    for word in list(third)[4:]:
        third.remove(word)
    assert text_of(completed(etree.tostring(root), ready).hocr) == LINES


def test_a_page_that_was_read_whole_is_not_read_again() -> None:
    ready, hocr = reading()

    def read(image: np.ndarray, one: bool) -> bytes:
        raise AssertionError("nothing is left to read")

    assert with_unread(hocr, Page(ready.image, ready.letters, ready.x_height, np.eye(3)), read, PLAUSIBLE) == Found(hocr)


def test_what_reads_as_no_words_is_not_taken_but_told() -> None:
    ready, hocr = reading()
    nonsense = hocr.replace(b">grain<", b">xqzt<")
    part = without(hocr, 5)
    found = with_unread(
        part, Page(ready.image, ready.letters, ready.x_height, np.eye(3)), lambda image, one: nonsense[:0] + b"<html/>", PLAUSIBLE
    )
    assert found.hocr == part and found.added == 0
    assert len(found.unread) == 1
    left, top, right, bottom = found.unread[0]
    assert right - left > 800 and 20 < bottom - top < 80


def test_specks_and_rules_are_no_lines() -> None:
    words = np.empty((0, 4))
    specks = np.array([[40 * k, (97 * k) % 700, 12, 20] for k in range(20)], np.int32)
    rule = np.array([[100, 500, 280, 4]], np.int32)
    assert uncovered(specks, words, 20.0) == []
    assert uncovered(rule, words, 20.0) == []


def test_scrawl_is_recorded_with_the_page(tmp_path: Path) -> None:
    image = drawn()
    pen = ImageDraw.Draw(image)
    for k in range(12):  # strokes of the size of letters that are none
        x, y = 200 + 34 * k, 830
        pen.line([(x, y + 26), (x + 8, y), (x + 14, y + 26), (x + 22, y + 4), (x + 6, y + 16)], fill=0, width=4)
    image.save(tmp_path / "scan.png")
    request = PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr")
    record = read_page(request)
    page = source_from_ocr("scan", [record], tmp_path / "ocr").pages[0]
    assert page.scan is not None and page.scan.unread == record.unread
    for box in record.unread:
        assert box.top > 780
        assert any(step.step == "ink without text" and not step.taken for step in record.treatments)
