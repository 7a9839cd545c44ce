"""pages/NNNN.hocr: repaired words at their places on the original scan."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from pipeline.confidence.model import DocumentConfidence
from pipeline.evaluate.hocr_text import read_hocr
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Move, Replace
from pipeline.model import Box, Line, Page, Scan, Source, Word
from pipeline.outputs.hocr import hocr_page
from pipeline.outputs.placed import Placer, sliced
from pipeline.result import Result

XHTML = "{http://www.w3.org/1999/xhtml}"
WIDE = 10
"""Pixels of a character in these pages; lines are 20 pixels high and 30 apart."""


def scanned(*texts: str, names: tuple[str, ...] = ()) -> Source:
    """Pages of typed lines, as an OCR would have read them."""
    whole = "\n\f".join(texts)
    pages, at = [], 0
    for number, text in enumerate(texts, 1):
        lines, start = [], at
        for row, line in enumerate(text.split("\n")):
            words, column = [], 0
            for piece in line.split(" "):
                box = Box(WIDE * column, 30 * row, WIDE * (column + len(piece)), 30 * row + 20)
                if piece:
                    words.append(Word(start + column, start + column + len(piece), 0.9 - 0.1 * row, box))
                column += len(piece) + 1
            lines.append(Line(start, start + len(line), tuple(words), Box(0, 30 * row, 600, 30 * row + 20)))
            start += len(line) + 1
        name = names[number - 1] if names else f"scan {number}.jpg"
        pages.append(Page(number, at, at + len(text), tuple(lines), Scan(f"/box/{name}", 1, 600, 800)))
        at += len(text) + 2
    return Source("box", whole, tuple(pages))


def an_edit(rule: str, *changes: Replace | Move) -> Edit:
    return Edit("word", rule, "replace", 0.95, "For the test.", changes, "", "", 1)


def hocr(source: Source, *edits: Edit) -> list[etree._Element]:
    return [etree.fromstring(page.encode()) for page in pages_of(source, *edits)]


def pages_of(source: Source, *edits: Edit) -> list[str]:
    result = Result(source, Ledger(len(source.text), edits), Evidence(), DocumentConfidence())
    return [hocr_page(page, lines) for _, page, lines in Placer(result).pages()]


def words(tree: etree._Element) -> list[tuple[str, str]]:
    return [(w.text or "", w.get("title", "")) for w in tree.iter(f"{XHTML}span") if w.get("class") == "ocrx_word"]


def classes(tree: etree._Element) -> list[tuple[str, str]]:
    lines = [e for e in tree.iter(f"{XHTML}span") if e.get("class") != "ocrx_word"]
    return [(e.get("class", ""), "".join(e.itertext()).strip()) for e in lines]


def test_an_untouched_page() -> None:
    (tree,) = hocr(scanned("The Cabinet met\n\non Tuesday"))
    page = tree.find(f".//{XHTML}div[@class='ocr_page']")
    assert page is not None and page.get("title") == 'image "scan 1.jpg"; bbox 0 0 600 800; ppageno 0'
    assert words(tree)[0] == ("The", "bbox 0 0 30 20; x_wconf 90")
    assert [text for text, _ in words(tree)] == ["The", "Cabinet", "met", "on", "Tuesday"]
    assert len(tree.findall(f".//{XHTML}p")) == 2
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_a_word_joined_over_a_line_stands_on_both() -> None:
    source = scanned("to com-\npounded the")
    (tree,) = hocr(source, an_edit("join", Replace(6, 7, "-", ""), Move(8, 15, "pounded", 6)))
    assert words(tree)[1:3] == [("com\u00ad", "bbox 30 0 70 20; x_wconf 90"), ("pounded", "bbox 0 30 70 50; x_wconf 80")]
    assert [text for _, text in classes(tree)] == ["to com\u00ad", "pounded the"]


def test_a_hyphen_that_belongs_to_its_word_stays_one() -> None:
    source = scanned("of anti-\nBritish talk")
    (tree,) = hocr(source, an_edit("join", Move(9, 16, "British", 7)))
    assert [text for _, text in classes(tree)] == ["of anti-", "British talk"]


def test_a_word_that_an_edit_wrote_anew_stands_on_both_lines() -> None:
    (tree,) = hocr(scanned("to com-\npovnded the"), an_edit("join", Replace(3, 15, "com-\npovnded", "compounded\n")))
    assert [text for _, text in classes(tree)] == ["to com\u00ad", "pounded the"]


def test_a_word_joined_over_a_page_goes_on_there() -> None:
    source = scanned("to com", "THE END\npounded the")
    first, second = hocr(source, an_edit("join", Move(16, 23, "pounded", 5)))
    assert [text for text, _ in words(first)] == ["to", "com\u00ad"]
    assert [text for _, text in classes(second)] == ["THE END", "pounded the"]


def test_names_of_lines_stay_the_same_whatever_is_repaired() -> None:
    source = scanned("to com-\npounded the\nsecond", "more")
    names = [
        [e.get("id") for e in tree.iter(f"{XHTML}span") if e.get("class") == "ocr_line"]
        for edits in ((), (an_edit("join", Replace(6, 7, "-", ""), Move(8, 15, "pounded", 6)),))
        for tree in hocr(source, *edits)
    ]
    assert names == 2 * [["line_0001_001", "line_0001_002", "line_0001_003"], ["line_0002_001"]]


def test_words_run_together_share_the_box() -> None:
    (tree,) = hocr(scanned("theSoviet men"), an_edit("split", Replace(3, 4, "S", " S")))
    assert words(tree)[:2] == [("the", "bbox 0 0 30 20; x_wconf 90"), ("Soviet", "bbox 30 0 90 20; x_wconf 90")]


def test_a_split_word_gets_both_boxes_and_the_lower_confidence() -> None:
    (tree,) = hocr(scanned("pol icy"), an_edit("joined", Replace(3, 4, " ", "")))
    assert words(tree) == [("policy", "bbox 0 0 70 20; x_wconf 90")]


def test_furniture_returns_typed_and_strays_do_not() -> None:
    source = scanned("- 37 -\nThe Cabinet\n•\nmet the\nthe")
    edits = (
        an_edit("page-number", Move(0, 7, "- 37 -\n")),
        an_edit("stray-lone", Move(19, 21, "•\n")),
        an_edit("catchword", Move(28, 32, "\nthe")),
    )
    (tree,) = hocr(source, *edits)
    wanted = [("ocr_pageno", "- 37 -"), ("ocr_line", "The Cabinet"), ("ocr_line", "met the"), ("ocr_footer", "the")]
    assert classes(tree) == wanted


def test_a_page_without_words_is_still_a_page() -> None:
    (tree,) = hocr(scanned(""))
    assert words(tree) == []


@pytest.mark.parametrize("name", ['a "b" & <c>.jpg', "d\\e.jpg", "plain.jpg", "with; semicolon.png", "ü 'x'.tif"])
def test_names_of_scans(name: str, tmp_path: Path) -> None:
    source = scanned("Text", names=(name,))
    path = tmp_path / "0001.hocr"
    path.write_text(pages_of(source)[0], encoding="utf-8")
    page = read_hocr(path)
    assert page.text == "Text\n"
    assert page.image == name.replace("d\\", "")


def test_text_without_images_has_no_hocr() -> None:
    source = Source("a", "text", (Page(1, 0, 4),))
    assert hocr(source) == []


def test_what_xml_cannot_hold() -> None:
    (tree,) = hocr(scanned("a\x01b \ud800"))
    assert words(tree)[0][0] == "a\N{REPLACEMENT CHARACTER}b"


def test_a_part_of_a_box_is_never_empty() -> None:
    assert sliced(Word(0, 50, 0.5), Box(0, 0, 3, 5), 10, 11) == Box(0, 0, 1, 5)
    assert sliced(Word(0, 4, 0.5), Box(10, 0, 50, 5), 0, 9) == Box(10, 0, 50, 5)
