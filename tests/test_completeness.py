"""Scans in and pages out: what is twice there, missing, blank, upside down, or no type."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_page
from lxml import html
from PIL import Image

from pipeline.cli import main
from pipeline.confidence.model import DocumentConfidence, PageConfidence
from pipeline.folios import page_names
from pipeline.imaging.fingerprint import fingerprint, ink_share
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Move
from pipeline.model import Box, Line, Page, Scan, Source, Treatment, Word
from pipeline.outputs.completeness import account, completeness_csv
from pipeline.outputs.report.cutouts import unread_places
from pipeline.outputs.report.document import report_html
from pipeline.result import Result


def prose(page: int) -> str:
    """A page of sixty words that no other page has in a row."""
    return " ".join(f"{chr(97 + page)}{chr(97 + n % 26)}{chr(97 + n // 26)}word" for n in range(60))


def a_scan(number: int, **changes: object) -> Scan:
    looks = f"{number * 0x1111_2222_3333:016x}"
    made = Scan(f"box/leaf-{number:03d}.png", 1, 800, 1000, digest=f"digest {number}", fingerprint=looks, ink=0.05)
    return replace(made, **changes)  # type: ignore[arg-type]


def a_result(texts: Sequence[str], scans: Sequence[Scan | None] = (), edits: Sequence[Edit] = (), **first: object) -> Result:
    """A document of some pages; `first` changes the first one."""
    pages, at = [], 0
    for number, text in enumerate(texts, 1):
        scan = scans[number - 1] if scans else a_scan(number)
        pages.append(Page(number, at, at + len(text), scan=scan))
        at += len(text) + 1
    pages[0] = replace(pages[0], **first)  # type: ignore[arg-type]
    source = Source("box", "\f".join(texts), tuple(pages))
    sure = tuple(PageConfidence(number, 0.99, 0.5, ()) for number in range(1, len(texts) + 1))
    return Result(source, Ledger(len(source.text), tuple(edits)), Evidence(), DocumentConfidence(sure))


def remarks(result: Result) -> list[tuple[int, str]]:
    return [(page.page, remark.kind) for page in account(result).pages for remark in page.remarks]


GOOD = [prose(page) for page in range(5)]


def test_nothing_stands_out() -> None:
    result = a_result(GOOD)
    assert remarks(result) == []
    found = account(result)
    assert (found.scans, len(found.pages), found.with_text, found.failed, found.blank) == (5, 5, 5, 0, 0)
    assert "Nothing stands out" in report_html(result)


def test_the_same_file_twice() -> None:
    scans = [a_scan(n) for n in range(1, 6)]
    scans[3] = replace(scans[3], digest="digest 2")
    assert remarks(a_result(GOOD, scans)) == [(4, "same scan")]


def test_another_scan_of_the_same_page() -> None:
    again = GOOD[1].replace("bfaword", "bfavvord").replace("bjaword", "")  # read a little differently
    assert remarks(a_result([*GOOD, again])) == [(6, "same page")]
    message = account(a_result([*GOOD, again])).pages[5].remarks[0].message
    assert "scan 2" in message


def test_texts_have_doubles_too() -> None:
    assert remarks(a_result([*GOOD, GOOD[0]], [None] * 6)) == [(6, "same page")]


def test_pages_that_share_a_formula_are_no_doubles() -> None:
    formula = "we the undersigned have the honour to be sir your most obedient humble servants "
    assert remarks(a_result([formula + text for text in GOOD])) == []


def test_the_same_picture_twice() -> None:
    scans = [a_scan(n) for n in range(1, 6)]
    scans[4] = replace(scans[4], fingerprint=f"{int(scans[1].fingerprint, 16) ^ 0b101:016x}")
    texts = [GOOD[0], "Plate IV", GOOD[2], GOOD[3], "Plate IV."]
    assert remarks(a_result(texts, scans)) == [(5, "same page")]
    assert remarks(a_result(GOOD, scans)) == []  # pages of type look alike


def test_missing_scans() -> None:
    scans = [a_scan(n) for n in (1, 2, 3, 4, 5, 8)]
    result = a_result([*GOOD, prose(6)], scans)
    assert remarks(result) == [(6, "missing pages")]
    assert "2 scans are not there" in account(result).pages[5].remarks[0].message
    assert remarks(a_result(GOOD, [a_scan(n) for n in (3, 10, 40, 41, 60)])) == []  # such names are no sequence


def folios(texts: Sequence[str], printed: Sequence[int]) -> Result:
    """A document with these numbers printed at the heads of its pages."""
    headed, edits, at = [], [], 0
    for page, (text, number) in enumerate(zip(texts, printed, strict=True), 1):
        head = f"- {number} -\n" if number else ""
        if head:
            move = Move(at, at + len(head), head)
            edits.append(Edit("furniture", "page-number", "move", 0.99, "A number.", (move,), head, "", page))
        headed.append(head + text)
        at += len(headed[-1]) + 1
    return a_result(headed, [None] * len(headed), edits)


def test_page_numbers() -> None:
    assert remarks(folios(GOOD, [4, 5, 6, 7, 8])) == []
    assert remarks(folios(GOOD, [4, 5, 5, 7, 8])) == [(3, "folio")]
    assert remarks(folios(GOOD, [4, 5, 9, 7, 8])) == [(3, "folio")]
    assert remarks(folios(GOOD, [1, 2, 1, 2, 3])) == []  # two letters
    assert remarks(folios([*GOOD, prose(6), prose(7)], [1, 2, 3, 6, 7, 8, 9])) == [(4, "missing pages")]


def test_pages_between_numbers_that_agree_have_theirs_in_brackets() -> None:
    result = folios(GOOD, [4, 0, 6, 0, 9])
    names = page_names(result.source, result.ledger, 5)
    assert [names.folio(page) for page in range(1, 6)] == ["4", "[5]", "6", "", "9"]
    assert names.shown(2) == "p. [5], scan 2" and names.shown(4) == "scan 4"
    far = folios([prose(page) for page in range(12)], [0, 1, *[0] * 8, 10, 0])  # 10 stands where 10 should: 1 + 9
    assert page_names(far.source, far.ledger, 12).folio(12) == "[11]"


@pytest.mark.parametrize(
    ("scan", "text", "expected"),
    [
        ({"blank": True, "ink": 0.0}, "", "blank"),
        ({"ink": 0.2}, "Fig. 3", "no type"),
        ({"ink": 0.1}, "", "nothing read"),
        ({"ink": 0.001}, "", None),
        ({"unread": (Box(0, 0, 90, 20),)}, prose(9), "ink not read"),
        ({"treatments": (Treatment("orientation", True, "turned upside down"),)}, prose(9), "turned"),
    ],
)
def test_what_a_page_shows_by_itself(scan: dict[str, object], text: str, expected: str | None) -> None:
    result = a_result([text, *GOOD[1:]], [a_scan(1, **scan), *(a_scan(n) for n in range(2, 6))])
    assert remarks(result) == ([(1, expected)] if expected else [])


def test_handwriting() -> None:
    line = Line(0, 3, (Word(0, 3, 0.2),))
    result = a_result(["asd " * 30, *GOOD[1:]], lines=(line,))
    doubted = PageConfidence(1, 0.4, 18.0, ())
    sure = replace(result.confidence, pages=(doubted, *result.confidence.pages[1:]))
    assert remarks(replace(result, confidence=sure)) == [(1, "no type")]


def test_a_page_that_could_not_be_read() -> None:
    result = a_result(["", *GOOD[1:]], failed="leaf-001.png: =broken")
    assert remarks(result) == [(1, "not read")]
    assert account(result).failed == 1


def test_the_table() -> None:
    result = a_result(["", *GOOD[1:]], [a_scan(1, path="=cmd.png"), *(a_scan(n) for n in range(2, 6))], failed="=cmd")
    rows = list(csv.DictReader(io.StringIO(completeness_csv(result))))
    assert [(row["page"], row["words"], row["remark"]) for row in rows] == [
        ("1", "0", "not read"), *((str(n), "60", "") for n in range(2, 6))
    ]  # fmt: skip
    assert rows[0]["scan"] == "'=cmd.png" and rows[0]["message"] == "'=cmd"


def test_fingerprints_tell_pictures_apart() -> None:
    chance = np.random.default_rng(7)
    picture = chance.integers(0, 255, (40, 30), dtype=np.uint8).repeat(20, 0).repeat(20, 1)
    again = np.clip(picture[2:, 3:].astype(np.int16) + 6, 0, 255).astype(np.uint8)  # scanned once more, a little lighter
    other = np.flipud(picture)

    def apart(a: str, b: str) -> int:
        return (int(a, 16) ^ int(b, 16)).bit_count()

    assert len(fingerprint(picture)) == 16
    assert apart(fingerprint(picture), fingerprint(np.ascontiguousarray(again))) <= 5
    assert apart(fingerprint(picture), fingerprint(np.ascontiguousarray(other))) > 15


def test_ink() -> None:
    page = np.full((1000, 800), 240, np.uint8)
    assert ink_share(page) == 0.0
    page[100:200, 100:500] = 30
    assert ink_share(page) == pytest.approx(0.05, abs=0.002)


LETTER = (
    "The harbour master wrote in haste that no ship\nhad been sighted off the northern light since\n"
    "Tuesday, and that the pilots, who had waited\nall night upon the quay with their lanterns,\n"
    "thought it likely that she had put back before\nthe gale. He asked for coal, for two more boats,\n"
    "and for a clerk who could be trusted to keep\nthe books of the dock in proper order.\n"
)
OTHER = (
    "Of the garden little was left. The hedges had\ngrown over the path, and the pump by the barn\n"
    "gave brown water or none. We found a spade,\ntwo buckets, and under the floor of the shed\n"
    "a tin with letters, which the damp had spoiled.\nMy brother dried them by the kitchen fire,\n"
    "but of the names he could make out only Qrvzik\nand Thwoxb, and the date of a wedding.\n"
)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What became of a folder of scans: a letter, upside down its second page, an empty sheet, the letter again, and a gap."""
    folder = tmp_path_factory.mktemp("box")
    letter = draw_page(LETTER, (1000, 700))
    other = draw_page(OTHER, (1000, 700))
    letter.save(folder / "leaf-1.png")
    other.rotate(180).save(folder / "leaf-2.png")
    Image.new("L", (1000, 700), 250).save(folder / "leaf-3.png")
    letter.rotate(0.3, fillcolor=255).save(folder / "leaf-4.png")
    draw_page("A chapter on the mending of nets and sails\n", (1000, 300)).save(folder / "leaf-5.png")
    draw_page("Plate the last\n", (1000, 700)).save(folder / "leaf-7.png")
    assert main(["digitise", str(folder), "-o", str(folder / "out"), "--effort", "fast", "-q"]) == 0
    return folder / "out" / folder.name


def test_a_folder_of_scans(box: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((box / "completeness.csv").read_text(encoding="utf-8"))))
    found = [(row["scan"], row["remark"]) for row in rows if row["remark"]]
    assert found == [
        ("leaf-2.png", "turned"), ("leaf-3.png", "blank"), ("leaf-4.png", "same page"), ("leaf-7.png", "missing pages")
    ]  # fmt: skip


def test_the_report_on_scans_has_cut_outs(box: Path) -> None:
    page = (box / "report.html").read_text(encoding="utf-8")
    tree = html.fromstring(page)
    images = list(tree.iter("img"))
    assert len(images) >= 1 and all((image.get("src") or "").startswith("data:image/jpeg;base64,") for image in images)
    before = page, (box / "report.json").read_text()
    assert main(["repair", str(box), "-q"]) == 0
    assert before == ((box / "report.html").read_text(encoding="utf-8"), (box / "report.json").read_text())


def test_places_that_were_not_read_are_cut_out(tmp_path: Path) -> None:
    image = np.full((400, 600), 255, np.uint8)
    image[300:330, 400:500] = 0
    Image.fromarray(image).save(tmp_path / "a.png")
    scan = Scan(str(tmp_path / "a.png"), 1, 600, 400, unread=(Box(400, 300, 500, 330),))
    found = unread_places(a_result([prose(1)], [scan]))
    assert [(place.page, place.box.left) for place in found] == [(1, 400)]
    assert found[0].cutout is not None
    with Image.open(io.BytesIO(found[0].cutout.data)) as cut:
        assert np.asarray(cut)[cut.height // 2, cut.width // 2] < 20
