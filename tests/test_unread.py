"""Ink without text: lines that a reading dropped are found by their ink and read; what cannot be read is told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image, ImageDraw, ImageFont

from pipeline import imaging
from pipeline.batch import leftovers
from pipeline.batch import reading as reading_module
from pipeline.batch.pages import read_page
from pipeline.imaging.ink import uncovered
from pipeline.language import build_lexicon
from pipeline.ocr import recognise
from pipeline.ocr.engine import Layout
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
    def read(image: np.ndarray, layout: Layout) -> bytes:
        return recognise(image, layout=layout, x_height=ready.x_height)

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

    def read(image: np.ndarray, layout: Layout) -> bytes:
        raise AssertionError("nothing is left to read")

    assert with_unread(hocr, Page(ready.image, ready.letters, ready.x_height, np.eye(3)), read, PLAUSIBLE) == Found(hocr)


def strange(text: str, sure: int) -> bytes:
    """The hOCR of one word."""
    word = f"<span class='ocrx_word' title='bbox 90 40 390 80; x_wconf {sure}'>{text}</span>"
    return f"<html xmlns='http://www.w3.org/1999/xhtml'><body><span class='ocr_line'>{word}</span></body></html>".encode()


@pytest.mark.parametrize(
    ("readings", "taken"),
    [
        (("xqztw", 70, "xqztw", 70), False),  # no word, and not surely read
        (("JS/mk", 90, "JS/mk", 85), True),  # no word, but read twice the same
        (("JS/mk", 90, "J5/mk", 90), False),
        (("JS/mk", 90, "JS/mk", 60), False),
        (("---", 95, "---", 95), False),
    ],
)
def test_what_reads_as_no_words_must_be_read_twice_the_same(readings: tuple[str, int, str, int], taken: bool) -> None:
    ready, hocr = reading()
    part, first = without(hocr, 5), [strange(*readings[:2]), strange(*readings[2:])]
    page = Page(ready.image, ready.letters, ready.x_height, np.eye(3))
    found = with_unread(part, page, lambda image, layout: first.pop(0), PLAUSIBLE)
    assert found.added == taken
    assert (readings[0] in text_of(found.hocr)) is taken
    if not taken:
        assert found.hocr == part
        ((left, top, right, bottom),) = found.unread
        assert right - left > 800 and 20 < bottom - top < 80


def test_specks_and_rules_are_no_lines() -> None:
    words = np.empty((0, 4))
    specks = np.array([[40 * k, (97 * k) % 700, 12, 20] for k in range(20)], np.int32)
    rule = np.array([[100, 500, 280, 4]], np.int32)
    assert uncovered(specks, words, 20.0) == []
    assert uncovered(rule, words, 20.0) == []


def test_text_that_is_scattered_over_a_page_is_read_in_one_go() -> None:
    image = Image.new("L", (1300, 1000), 255)
    places = [(60 + 440 * (at % 3), 60 + 150 * (at // 3)) for at in range(15)]
    words = "harvest council mayor granary province secretary summer winter morning letter answer report journey village market"
    for place, text in zip(places, words.split(), strict=True):
        ImageDraw.Draw(image).text(place, text, fill=0, font=ImageFont.load_default(44))
    ready = imaging.prepare(np.asarray(image))
    nothing = b"<html xmlns='http://www.w3.org/1999/xhtml'><body><div class='ocr_page' title='bbox 0 0 9 9'/></body></html>"
    asked: list[Layout] = []

    def read(image: np.ndarray, layout: Layout) -> bytes:
        asked.append(layout)
        return recognise(image, layout=layout, x_height=ready.x_height)

    found = with_unread(nothing, Page(ready.image, ready.letters, ready.x_height, np.eye(3)), read, PLAUSIBLE)
    assert asked == ["scattered"]
    assert len(set(" ".join(text_of(found.hocr)).split()) & set(words.split())) >= 13


def test_ink_that_nothing_is_read_from_is_recorded_with_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn().save(tmp_path / "scan.png")
    monkeypatch.setattr(reading_module, "recognise", lambda image, **asked: without(recognise(image, **asked), 5))
    monkeypatch.setattr(leftovers, "recognise", lambda image, **asked: leftovers.NOTHING)
    record = read_page(PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr"))
    page = source_from_ocr("scan", [record], tmp_path / "ocr").pages[0]
    assert page.scan is not None
    (box,) = page.scan.unread
    assert box.right - box.left > 800 and 120 + 5 * 60 < box.top < box.bottom < 120 + 7 * 76
    assert [step.reason for step in page.scan.treatments if step.step == leftovers.STEP] == [
        "1 line of ink where nothing could be read with confidence"
    ]
