"""The parts of the report: lines with what was read, cut-outs, pages beside it, figures, and several documents."""

from __future__ import annotations

import base64
import csv
import io
import json
from dataclasses import replace
from math import log10
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from conftest import PAGE, Errata, draw_page
from lxml import html
from PIL import Image

from pipeline.confidence.model import DocumentConfidence, LineConfidence, PageConfidence, WordRisks
from pipeline.draft import Draft
from pipeline.language.evidence import Evidence, Knowledge, gather
from pipeline.language.lexicon import build_lexicon
from pipeline.language.new_names import new_names
from pipeline.ledger import Edit, Ledger, Replace
from pipeline.model import Box, Line, Page, Scan, Source, Word
from pipeline.outputs.confidence import confidence_csv, confidence_json
from pipeline.outputs.report.cutouts import LinePlace, cut, cutouts, framed, quarter_turns
from pipeline.outputs.report.details import address, detail_files
from pipeline.outputs.report.diagram import diagram_of
from pipeline.outputs.report.document import report_html
from pipeline.outputs.report.figures import report_json
from pipeline.outputs.report.lines import changed, parts
from pipeline.outputs.report.several import Entry, batch_html, batch_json, ranked, read_figures
from pipeline.outputs.report.wording import plain
from pipeline.result import Result

HOSTILE = '</script><script>alert("1")</script>&<b>\u0001'


def risks_of(text: str, wrong: float) -> WordRisks:
    """Every word of a text with one risk."""
    found = [(at, at + len(word)) for at, word in positions(text)]
    starts, ends = (np.array([pair[side] for pair in found], dtype=np.int64) for side in (0, 1))
    return WordRisks(starts, ends, np.full(len(found), wrong))


def positions(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found


def a_result(
    text: str, edits: tuple[Edit, ...] = (), *, wrong: float = 0.3, scan: Scan | None = None, words: bool = False
) -> Result:
    """A document of one line a page, all of its words equally doubtful."""
    draft = Draft(text, edits)
    lines = [page[0] for page in draft.pages]
    sure = tuple(
        PageConfidence(
            line.page,
            0.7,
            2.0,
            (LineConfidence(line.page, 1, line.start, line.end, 0.2, 2.0, (f"unknown word “{line.text[:9]}”",)),),
        )
        for line in lines
    )
    pages, at = [], 0
    for number, part in enumerate(text.split("\f"), 1):
        pages.append(Page(number, at, at + len(part), scan=scan))
        at += len(part) + 1
    confidence = DocumentConfidence(sure, risks_of(draft.text, wrong))
    return Result(Source("box", text, tuple(pages)), Ledger(len(text), edits), Evidence(), confidence)


def replaced(text: str, before: str, after: str) -> Edit:
    at = text.index(before)
    change = Replace(at, at + len(before), before, after)
    return Edit("word", "x", "replace", 0.9, "Misread.", (change,), before, after, 1)


def test_a_line_shows_what_was_read_and_what_stands() -> None:
    text = "of tlie great, war"
    draft = Draft(text, (replaced(text, "tlie", "the"), replaced(text, ", ", " ")))
    found = parts(draft, 0, len(draft.text), risks_of(draft.text, 0.01))
    assert [(part.version, part.text) for part in found] == [
        ("same", "of "), ("del", "tlie"), ("ins", "the"), ("same", " great"), ("del", ", "), ("ins", " "), ("same", "war")
    ]  # fmt: skip
    assert changed(found) and not changed(parts(Draft(text), 0, 5, risks_of(text, 0.0)))


def test_what_was_deleted_shows() -> None:
    text = "the ■ war"
    draft = Draft(text, (replaced(text, "■ ", ""),))
    found = parts(draft, 0, len(draft.text), risks_of(draft.text, 0.0))
    assert [(part.version, part.text) for part in found] == [("same", "the "), ("del", "■ "), ("same", "war")]


def test_doubtful_words_are_marked() -> None:
    found = parts(Draft("a bad word"), 0, 10, replace(risks_of("a bad word", 0.0), wrong=np.array([0.0, 0.6, 0.1])))
    assert [(part.text, part.risk) for part in found] == [("a ", 0), ("bad", 3), (" ", 0), ("word", 1)]


def test_cut_outs_show_the_right_place(tmp_path: Path) -> None:
    image = np.full((400, 600), 255, np.uint8)
    image[100:120, 50:250], image[200:220, 50:250] = 0, 128
    Image.fromarray(image).save(tmp_path / "a.png")
    text = "first line\nother line"
    lines = (
        Line(0, 10, (Word(0, 5, 0.9, Box(50, 100, 140, 120)), Word(6, 10, 0.9, Box(150, 100, 250, 120)))),
        Line(11, 21, (Word(11, 16, 0.9, Box(50, 200, 140, 220)), Word(17, 21, 0.9, Box(150, 200, 250, 220)))),
    )
    page = Page(1, 0, len(text), lines, Scan(str(tmp_path / "a.png"), 1, 600, 400))
    result = Result(Source("a", text, (page,)), Ledger(len(text)), Evidence(), DocumentConfidence())
    found = cutouts(result, result.draft.lines)
    tones = []
    for line in result.draft.lines:
        with Image.open(io.BytesIO(found[line.start].data)) as cut:
            assert cut.size == (found[line.start].width, found[line.start].height) and cut.width < 300 and cut.height < 60
            tones.append(int(np.asarray(cut)[cut.height // 2, cut.width // 2]))
    assert tones[0] < 20 and 110 < tones[1] < 145
    assert cutouts(result, result.draft.lines) == found
    gone = replace(page, scan=replace(page.scan, path=str(tmp_path / "b.png")))  # type: ignore[type-var]
    assert cutouts(replace(result, source=replace(result.source, pages=(gone,))), result.draft.lines) == {}
    other = replace(page, scan=replace(page.scan, width=700))  # type: ignore[type-var]
    assert cutouts(replace(result, source=replace(result.source, pages=(other,))), result.draft.lines) == {}


@pytest.mark.parametrize(
    ("last", "turns"), [((200, 0, 240, 20), 0), ((0, 200, 20, 240), 1), ((-240, 0, -200, 20), 2), ((0, -240, 20, -200), 3)]
)
def test_which_way_a_line_runs(last: tuple[int, int, int, int], turns: int) -> None:
    first = Box(0, 0, 40, 20)
    assert quarter_turns(first, Box(*last), first.union(Box(*last))) == turns


def test_hostile_text_stays_text() -> None:
    result = a_result(f"{HOSTILE} tlie", (replaced(f"{HOSTILE} tlie", "tlie", "the"),))
    result = replace(result, source=replace(result.source, name=HOSTILE))
    pages = [html() for _, html in detail_files(a_result(f"{HOSTILE} tlie\f{HOSTILE}"))]
    assert len(pages) == 1
    for page in (report_html(result), *pages):
        assert "<script>alert" not in page and "</script><script>" not in page and "\x01" not in page
        assert len(html.fromstring(page).findall(".//script")) == 1


def test_the_pages_beside_the_report() -> None:
    text = "\f".join(f"The page tlie {number} of it" for number in range(45))
    result = a_result(text, (replaced(text, "tlie", "the"),))
    files = {name: html() for name, html in detail_files(result)}
    assert list(files) == ["pages-0001.html", "pages-0021.html", "pages-0041.html"]
    trees = {name: html.fromstring(page) for name, page in files.items()}
    for tree in trees.values():
        ids = {e.get("id") for e in tree.iter() if e.get("id")}
        assert len(list(tree.iter("h1"))) == 1
        for link in tree.iter("a"):
            target = link.get("href", "")
            assert target in {"../report.html", *files} or target[1:] in ids
    for page in (1, 20, 21, 45):
        folder, name, place = address(page, 1).replace("#", "/").split("/")
        assert folder == "report" and trees[name].xpath(f"//li[@id='{place}']")
    first = trees["pages-0001.html"].xpath("//li[@id='p1-1']")[0]
    assert [e.text_content() for e in first.iter("del", "ins")] == ["tlie", "the"]
    assert trees["pages-0001.html"].xpath("//article/@data-cite")[1] == "box, scan 2"


def test_an_only_page_stands_in_the_report() -> None:
    text = "The page tlie first of it\nand more of it"
    result = a_result(text, (replaced(text, "tlie", "the"),))
    assert detail_files(result) == []
    tree = html.fromstring(report_html(result))
    ids = {e.get("id") for e in tree.iter() if e.get("id")}
    links = [link.get("href", "") for link in tree.iter("a")]
    assert {"#text", "#p1"} <= set(links) and all(link[1:] in ids for link in links)
    first = tree.xpath("//article[@data-cite='box, scan 1']//li[@id='p1-1']")[0]
    assert [e.text_content() for e in first.iter("del", "ins")] == ["tlie", "the"]


def test_a_book_without_page_breaks_stands_beside_the_report() -> None:
    result = a_result("A line of a book that came as a single page of text.\n" * 500)
    assert [name for name, _ in detail_files(result)] == ["pages-0001.html"]
    tree = html.fromstring(report_html(result))
    assert "report/pages-0001.html#p1" in [link.get("href") for link in tree.iter("a")] and not tree.xpath("//article")


def test_a_long_document_makes_a_small_report() -> None:
    text = "\f".join(f"The page {number} of the report, and some cbsed words of it" for number in range(500))
    result = a_result(text)
    assert len(report_html(result).encode()) < 1_000_000
    assert max(len(html()) for _, html in detail_files(result)) < 200_000


def test_forty_cut_outs_stay_small(tmp_path: Path) -> None:
    draw_page(PAGE * 2, (2400, 400)).save(tmp_path / "a.png")
    text = "\f".join(f"line {number} is here" for number in range(60))
    result = a_result(text, scan=Scan(str(tmp_path / "a.png"), 1, 2400, 400))
    pages = tuple(
        replace(page, lines=(Line(page.start, page.end, (Word(page.start, page.end, 0.4, Box(60, 50, 2300, 90)),)),))
        for page in result.source.pages
    )
    page = report_html(replace(result, source=replace(result.source, pages=pages)))
    assert page.count("data:image/jpeg;base64,") == 40
    assert len(page) < 1_500_000
    base64.b64decode(page.split("data:image/jpeg;base64,")[1].split('"')[0], validate=True)


def test_the_json_has_what_the_table_has() -> None:
    result = a_result("=SUM of words\fand more of them")
    table = list(csv.DictReader(io.StringIO(confidence_csv(result))))
    found = json.loads(confidence_json(result))
    lines = [(page, line) for page in found["pages"] for line in page["lines"]]
    assert [(str(page["page"]), page["folio"], str(line["line"])) for page, line in lines] == [
        (row["page"], row["folio"], row["line"]) for row in table
    ]
    assert [(f"{line['probability']:.4f}", f"{line['expected_wrong']:.4f}") for _, line in lines] == [
        (row["probability"], row["expected_wrong"]) for row in table
    ]
    assert lines[0][1]["words"] == [["=SUM", 0.7], ["of", 0.7], ["words", 0.7]]
    assert lines[0][1]["text"] == "=SUM of words" and table[0]["text"] == "'=SUM of words"


def test_names_that_no_dictionary_knows() -> None:
    text = "He met Zworbrick in London, and Zworbrick's man.\fHe told Zworbrick of Quandle. Then he left.\nSome quandles went.\n"
    found = new_names(text, Knowledge(build_lexicon(("english",)), gather(text)))
    assert [(name.form, name.count, name.pages) for name in found] == [("Zworbrick", 3, (1, 2)), ("Quandle", 1, (2,))]


def test_a_reliability_diagram() -> None:
    found = diagram_of({"reliability": [[0.5, 0.4, 10], [1.0, 0.99, 90]], "words": 100, "calibration_error": 0.01})
    half, sure = found.points
    assert half.x == pytest.approx(376 - 320 * log10(2) / log10(2000), abs=0.1) and half.y < 12 + 320 - (
        half.x - 56
    )  # more often wrong
    assert (sure.x, found.ticks[-1]) == (56.0, ("100 %", 376.0, 12.0))  # never wrong, it was said
    assert found.points[0].radius < found.points[1].radius
    assert diagram_of({}).points == []


def figures(**changes: object) -> dict[str, object]:
    made = json.loads(report_json(a_result("a few words here")))
    return {**made, **changes}


def test_documents_are_ranked() -> None:
    entries = [
        Entry(PurePosixPath("good"), figures(document="good", words=1000, expected_wrong=1.0)),
        Entry(PurePosixPath("a folder/<bad>"), figures(document="<bad>", words=100, expected_wrong=9.0)),
        Entry(PurePosixPath("broken"), {"document": "broken"}, "it cannot be opened"),
    ]
    assert [entry.name for entry in ranked(entries)] == ["broken", "<bad>", "good"]
    rows = json.loads(batch_json(entries))["documents"]
    assert [(row["folder"], row["wrong_in_1000"]) for row in rows] == [("broken", 0.0), ("a folder/<bad>", 90.0), ("good", 1.0)]
    tree = html.fromstring(batch_html(entries))
    assert [e.get("href") for e in tree.xpath("//tbody//a")] == ["a%20folder/%3Cbad%3E/report.html", "good/report.html"]
    assert "it cannot be opened" in tree.text_content()
    assert all(th.get("scope") for th in tree.iter("th")) and len(list(tree.iter("h1"))) == 1


def test_figures_that_are_damaged(tmp_path: Path) -> None:
    assert read_figures(tmp_path) == {}
    for text in ("{", "[]", '{"format": "errata-report"}'):
        (tmp_path / "report.json").write_text(text)
        assert read_figures(tmp_path) == {}


def test_a_run_over_several_documents(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text("The Soviet Govern-\nment sent a note to tlie Embassy.\n")
    out = tmp_path / "out"
    assert errata("clean", tmp_path / "in", "-o", out).code == 0
    tree = html.fromstring((out / "index.html").read_text())
    links = [link.get("href") for link in tree.xpath("//tbody//a")]
    assert len(links) == 2 and all((out / link).is_file() for link in links)
    first = (out / "index.html").read_bytes(), (out / "batch.json").read_bytes()
    assert errata("clean", tmp_path / "in", "-o", out).code == 0  # both are done already
    assert first == ((out / "index.html").read_bytes(), (out / "batch.json").read_bytes())
    assert errata("clean", out, "-o", tmp_path / "again").code != 0  # results are no inputs
    assert errata("undo", out / "a", "--all").code == 0
    repairs = {row["folder"]: row["repairs"] for row in json.loads((out / "batch.json").read_text())["documents"]}
    assert repairs["a"] == 0 < repairs["b"]
    (out / "index.html").write_text("<p>My own page")
    assert errata("clean", tmp_path / "in", "-o", out).code == 0
    assert (out / "index.html").read_text() == "<p>My own page" and (out / "errata-index.html").is_file()


def test_one_document_has_no_batch_report(errata: Errata, tmp_path: Path, text_file: Path) -> None:
    assert errata("clean", text_file, "-o", tmp_path / "out").code == 0
    assert not (tmp_path / "out" / "index.html").exists()


def test_the_pages_add_up_to_the_document() -> None:
    result = a_result("\f".join(f"tlie page number {number} of ten pages" for number in range(10)), wrong=0.4)
    tree = html.fromstring(report_html(result))
    listed = [float(row.cssselect("td.n")[0].text_content()) for row in tree.cssselect("#look details tbody tr")]
    expected = json.loads(report_json(result))["expected_wrong"]
    assert len(listed) == 10 and sum(listed) == pytest.approx(expected, abs=0.5)
    assert f"about {round(expected)}" in tree.cssselect("header .figures")[0].text_content()


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("held in “*”: “*” → “'”", "suggested in “*”: “*” → “'”"),
        ("held: leave out “*”", "suggested: leave out “*”"),
        ("OCR unsure of “POP.” (0.34)", "“POP.” was hard to read"),
        ("unknown word “Laortis”", "unknown word “Laortis”"),
        (f"unknown word “{'x' * 300}”", f"unknown word “{'x' * 39}…”"),
    ],
)
def test_doubts_are_said_in_plain_words(reason: str, said: str) -> None:
    assert plain(reason) == said


def test_a_place_is_found_in_its_cut_out(tmp_path: Path) -> None:
    image = np.full((400, 600), 255, np.uint8)
    image[105:115, 180:220] = 0
    for turns in range(4):
        page = Image.fromarray(image).rotate(-90 * turns, expand=True)
        dark = np.argwhere(np.asarray(page) == 0)
        (top, left), (bottom, right) = dark.min(axis=0).tolist(), (dark.max(axis=0) + 1).tolist()
        across, down = (140, 6) if turns % 2 == 0 else (6, 140)
        place = LinePlace(Box(left - across, top - down, right + across, bottom + down), turns)
        inside = framed(page.size, place).inside(Box(left, top, right, bottom))
        made = cut(page, place)
        with Image.open(io.BytesIO(made.data)) as shown:
            found = np.argwhere(np.asarray(shown) < 128)
        assert (made.width, made.height) == (framed(page.size, place).width, framed(page.size, place).height)
        assert [inside.top, inside.left] == pytest.approx(found.min(axis=0).tolist(), abs=2)
        assert [inside.bottom, inside.right] == pytest.approx((found.max(axis=0) + 1).tolist(), abs=2)


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_nothing_is_wider_than_the_screen_or_the_paper(tmp_path: Path, tab: Any, width: int) -> None:
    drawn = draw_page("The Minister met Zwqrbk at the Foreign Office and said nothing.\n", (1500, 200))
    drawn.save(tmp_path / "a.png")
    text = "The Minister met Zwqrbk at the Foreign Office"
    lines = (Line(0, len(text), (Word(0, len(text), 0.5, Box(60, 50, 1400, 90)),)),)
    page = Page(1, 0, len(text), lines, Scan(str(tmp_path / "a.png"), 1, 1500, 200))
    line = LineConfidence(1, 1, 0, len(text), 0.2, 2.0, (f"unknown word “{'Zwqrbk' * 60}”",))
    confidence = DocumentConfidence((PageConfidence(1, 0.7, 2.0, (line,)),), risks_of(text, 0.3))
    ledger = Ledger(len(text), (replaced(text, "met", "m" * 300),))
    result = Result(Source("box", text, (page,)), ledger, Evidence(), confidence)
    (tmp_path / "report.html").write_text(report_html(result), encoding="utf-8")
    figures = json.loads(report_json(result))
    entries = [Entry(PurePosixPath(name), {**figures, "document": name}) for name in ("a", "The minutes of the commission, " * 5)]
    (tmp_path / "index.html").write_text(batch_html(entries), encoding="utf-8")
    shown = tab((tmp_path / "report.html").as_uri(), viewport={"width": width, "height": 800})
    for name in ("report.html", "index.html"):
        shown.goto((tmp_path / name).as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    shown.goto((tmp_path / "report.html").as_uri())
    shown.emulate_media(media="print")
    shown.set_viewport_size({"width": 670, "height": 1000})
    assert (
        shown.evaluate("[...document.querySelectorAll('.cut, table')].filter((e) => e.scrollWidth > e.clientWidth + 1).length")
        == 0
    )
    assert shown.evaluate("getComputedStyle(document.querySelector('#done thead')).display") == "table-header-group"
