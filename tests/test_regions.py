"""Parts of a page: what other programs say of them, what boxes show, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.draft import Draft
from pipeline.model import Box, Region, Source
from pipeline.ocr.pages import LeafRecord, PageRecord
from pipeline.sources.files import read_data
from pipeline.sources.roles import role

FILES = Path(__file__).parent / "ocr_files"


def regions(source: Source) -> list[tuple[str, Region]]:
    return [(source.text[line.start : line.end], line.region) for page in source.pages for line in page.lines]


def read(name: str, *swaps: tuple[str, str]) -> Source:
    text = (FILES / name).read_text(encoding="utf-8")
    for before, after in swaps:
        assert before in text
        text = text.replace(before, after)
    return read_data(text.encode(), "given", origin=Path(name))


def test_sections_of_alto_are_heads_feet_and_margins() -> None:
    found = regions(read("abbyy-alto-2.xml"))
    assert found[0] == ("- 14 -", "header")
    assert found[1][1] == ""
    assert found[-1] == ("Printed in Geneva", "footer")


@pytest.mark.parametrize(
    ("label", "wanted"),
    [("MarginTextZone", "margin"), ("StampZone:postal#2", "stamp"), ("NumberingZone", "page-number"), ("MainZone", "")],
)
def test_tags_of_alto_name_the_region(label: str, wanted: Region) -> None:
    source = read("escriptorium-alto-4.xml", ('LABEL="MainZone"', f'LABEL="{label}"'))
    assert {region for _, region in regions(source)} == {wanted}


def test_a_tag_of_a_line_counts_before_that_of_its_block() -> None:
    swaps = ('LABEL="MainZone"', 'LABEL="MarginTextZone"'), ('LABEL="DefaultLine"', 'LABEL="HeadingLine"')
    assert {region for _, region in regions(read("escriptorium-alto-4.xml", *swaps))} == {"heading"}


def test_types_of_page_xml_name_the_region() -> None:
    assert dict(regions(read("transkribus-page-2013.xml")))["Friday, 4 May"] == "heading"
    noted = read("transkribus-page-2013.xml", ("structure {type:paragraph;}", "structure {type:marginalia;}"))
    assert dict(regions(noted))["All day"] == "margin"
    on_line = read("transkribus-page-2013.xml", ('id="r2l1" custom="', 'id="r2l1" custom="structure {type:footnote;} '))
    assert dict(regions(on_line)) == {"Friday, 4 May": "heading", "All day": "footnote", "rain; nobody came.": ""}


def test_classes_of_hocr_name_the_region_but_not_those_of_tesseract() -> None:
    line = "<span class='ocr_header' title='bbox 0 0 90 20'><span class='ocrx_word' title='bbox 0 0 90 20'>Harvest</span></span>"
    head = "<head><meta name='ocr-system' content='{}'/></head>"
    page = f"<html>{head}<body><div class='ocr_page' title='bbox 0 0 100 100'>{{}}</div></body></html>"
    assert regions(read_data(page.format("Errata 0.9", line).encode(), "given")) == [("Harvest", "header")]
    assert regions(read_data(page.format("tesseract 5.3.0", line).encode(), "given")) == [("Harvest", "")]


def test_names_that_are_not_known_say_nothing() -> None:
    assert role(["", None, "paragraph", "Sonderzone", "Marginalia"]) == "margin"
    assert role(["DropCapitalZone"]) == ""


def test_lines_of_a_draft_know_their_region() -> None:
    source = read("abbyy-alto-2.xml")
    draft = Draft(source.text, (), source.marked)
    assert {line.text: line.region for line in draft.lines if line.text}["- 14 -"] == "header"
    assert next(line for line in draft.lines if line.text.startswith("The consul")).region == ""


def test_what_was_not_read_is_stored_with_the_page() -> None:
    unread = (Box(3, 4, 50, 20),)
    leaf = LeafRecord("left", ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), unread=unread)
    record = PageRecord(1, "a.png", 1, unread=unread, leaves=(leaf,))
    assert PageRecord.from_json(record.to_json()) == record
