"""Parts of a page that was read here, told by the places of its lines: margins, notes at the foot, captions, scrawl, order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.batch.pages import read_page
from pipeline.model import Source
from pipeline.ocr.pages import IDENTITY, PageRequest
from pipeline.ocr.regions import with_regions
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.hocr import blocks, parse, source_from_ocr

BODY = """The harvest commission met on Tuesday morning
and heard the report of the second secretary
who had travelled through four provinces and
found the granaries half empty. The roads were
bad, the carts were few, and nobody could say
when the grain from the south would arrive at
last. It was agreed to write to the mayor once
more and to wait for his answer until the new
year. The council heard of it only in the spring
and gave no answer of its own before the summer."""
LINES = BODY.split("\n")
HEAD = '<html xmlns="http://www.w3.org/1999/xhtml"><body><div class="ocr_page" title="bbox 0 0 2000 3000">'

Placed = tuple[str, int, int]
"""Text, left, top of a line; a word has 20 pixels a letter and is 40 high."""


def word(text: str, left: int, top: int, sure: int, height: int) -> str:
    place = f"bbox {left} {top} {left + 20 * len(text)} {top + height}"
    return f'<span class="ocrx_word" title="{place}; x_wconf {sure}">{text}</span>'


def line(text: str, left: int, top: int, sure: int = 95, height: int = 40, kind: str = "ocr_line") -> str:
    """A line; words between `|` have a wide gap, others a narrow one."""
    words, at = [], left
    for part in text.split("|"):
        for found in part.split():
            words.append(word(found, at, top, sure, height))
            at += 20 * len(found) + 16
        at += 150
    return f'<span class="{kind}" title="bbox {left} {top} {at} {top + height}">{"".join(words)}</span>'


def page(*paragraphs: Sequence[str], rest: str = "") -> bytes:
    body = "".join(f'<p class="ocr_par" title="bbox 0 0 9 9">{"".join(lines)}</p>' for lines in paragraphs)
    return f"{HEAD}{rest}{body}</div></body></html>".encode()


def body(left: int = 400, top: int = 300) -> list[str]:
    return [line(text, left, top + 60 * at) for at, text in enumerate(LINES)]


def parts(hocr: bytes) -> list[tuple[str, str]]:
    return [(read.text, read.region) for block in blocks(parse(with_regions(hocr)), IDENTITY) for read in block]


def others(hocr: bytes) -> list[tuple[str, str]]:
    """Lines that are not the body's, with their regions."""
    return [(text, region) for text, region in parts(hocr) if region or text not in LINES]


def test_a_page_of_running_text_has_no_parts() -> None:
    assert with_regions(page(body())) == page(body())


def test_a_line_beside_the_text_is_in_the_margin() -> None:
    lines = body()
    assert others(page(lines[:4], [line("seen", 150, 560)], lines[4:])) == [("seen", "margin")]
    assert others(page(lines, [line("no answer", 1600, 500)])) == [("no answer", "margin")]


@pytest.mark.parametrize("at", [(440, 240), (1000, 100)])
def test_what_stands_above_or_below_or_within_is_not(at: tuple[int, int]) -> None:
    assert others(page([line("4 May", *at)], body())) == [("4 May", "")]
    assert others(page(body(), [line("Yours,", 400, 950)])) == [("Yours,", "")]


def test_a_note_that_was_read_as_one_with_a_line_is_parted_from_it() -> None:
    lines = body()
    lines[3] = line(f"cypher|{LINES[3]}", 130, 480)  # 120 + 16 + 150: the body begins at 400 as ever
    glued = page(lines)
    assert parts(glued)[3] == (LINES[3], "")
    assert others(glued) == [("cypher", "margin")]


@pytest.mark.parametrize("hanging", ["3.", "(a)", "12", "-"])
def test_what_hangs_before_a_paragraph_stays_with_it(hanging: str) -> None:
    lines = body()
    lines[3] = line(f"{hanging}|{LINES[3]}", 234 - 20 * len(hanging), 480)
    assert others(page(lines)) == [(f"{hanging} {LINES[3]}", "")]


def test_figures_at_the_ends_of_lines_are_a_table() -> None:
    rows = [line(f"wheat from the provinces of the south|{at} tons", 400, 300 + 60 * at) for at in range(12)]
    assert all(not region for _, region in parts(page(rows)))


def test_what_no_reading_is_sure_of_is_scrawl() -> None:
    assert others(page(body(), [line("Lfajtt", 900, 1000, sure=20, height=110)])) == [("Lfajtt", "scrawl")]
    assert others(page(body(), [line("zpy", 900, 1000, sure=9)])) == [("zpy", "scrawl")]


def test_what_is_only_doubtful_is_not() -> None:
    assert others(page(body(), [line("Atherton", 900, 1000, sure=25)])) == [("Atherton", "")]
    assert others(page(body(), [line("Atherton", 900, 1000, sure=60, height=110)])) == [("Atherton", "")]


def test_a_line_of_the_text_that_was_read_badly_stays() -> None:
    lines = body()
    lines[4] = line(LINES[4], 400, 540, sure=9)
    assert others(page(lines)) == []


def test_a_bad_page_is_not_all_scrawl() -> None:
    bad = [line(text, 400, 300 + 60 * at, sure=9 if at % 2 else 90) for at, text in enumerate(LINES)]
    assert all(not region for _, region in parts(page(bad)))


RULE = '<div class="ocr_separator" title="bbox 400 910 640 914"></div>'


def test_below_a_rule_stand_notes() -> None:
    notes = [line("* So the secretary, in his own hand.", 400, 930), line("It was in May.", 400, 990)]
    assert others(page(body(), notes, rest=RULE)) == [
        ("* So the secretary, in his own hand.", "footnote"),
        ("It was in May.", "footnote"),
    ]
    assert others(page(body(), [*notes, line("negotiated", 1100, 1100)], rest=RULE))[-1] == ("negotiated", "footer")
    assert others(page(body(), [line("Yours truly,", 400, 930)], rest=RULE)) == [("Yours truly,", "")]


def test_a_note_that_goes_on_from_the_page_before_stands_below_the_rule_too() -> None:
    texts = "and was never found again.", "14. Orde, to the council."
    small = [line(text, 400, 930 + 45 * at, height=30) for at, text in enumerate(texts)]
    assert [region for _, region in others(page(body(), small, rest=RULE))] == ["footnote", "footnote"]


def test_small_letters_at_the_foot_are_notes_if_they_begin_as_such() -> None:
    small = [line("2. Orde, to the council.", 400, 930, height=30), line("It was in May.", 400, 975, height=30)]
    assert [region for _, region in others(page(body(), small))] == ["footnote", "footnote"]
    closing = [line("Yours very truly, and so on", 400, 930, height=30), line("Secretary", 400, 975, height=30)]
    assert [region for _, region in others(page(body(), closing))] == ["", ""]


def test_a_caption_belongs_to_a_picture() -> None:
    caption = line("The granary of the second province at noon", 500, 1500, kind="ocr_caption")
    picture = '<div class="ocr_photo" title="bbox 400 1000 1400 1450"></div>'
    assert others(page(body(), [caption], rest=picture))[0][1] == "caption"
    assert others(page(body(), [caption]))[0][1] == ""


def test_the_foot_of_a_page_that_was_read_first_goes_last() -> None:
    assert parts(page([line("14 THE HARVEST", 400, 1400)], body())) == [
        *((text, "") for text in LINES),
        ("14 THE HARVEST", "footer"),
    ]


@cache
def drawn() -> Image.Image:
    image = Image.new("L", (1700, 1300), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(44)
    pen.multiline_text((380, 150), BODY, fill=0, font=font, spacing=24)
    pen.text((60, 150 + 4 * 76), "Seen by\nthe Mayor", fill=0, font=ImageFont.load_default(40))
    return image


def read(tmp_path: Path) -> Source:
    drawn().save(tmp_path / "scan.png")
    record = read_page(PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr"))
    return source_from_ocr("scan", [record], tmp_path / "ocr")


def test_a_note_in_the_margin_does_not_stand_in_a_sentence(tmp_path: Path) -> None:
    source = read(tmp_path)
    assert {source.text[found.start : found.end] for found in source.marked} == {"Seen by", "the Mayor"}
    result = process(source, Settings())
    text = " ".join(result.draft.text.split())
    assert " ".join(BODY.split()) in text
    assert "Seen by the Mayor" in text
    assert result.ledger.undo(result.draft.text) == source.text
