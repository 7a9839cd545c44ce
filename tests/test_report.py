"""report.html: complete, escaped, self-contained, and quick."""

from __future__ import annotations

import re
import time
from collections import Counter
from itertools import pairwise

from lxml import html

from pipeline.confidence.model import DocumentConfidence, LineConfidence, PageConfidence
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Move, Replace
from pipeline.model import Page, Scan, Source, Treatment
from pipeline.outputs.differences import grouped, pieces
from pipeline.outputs.report.document import report_html
from pipeline.outputs.report.wording import percent
from pipeline.result import Result


def replaced(text: str, before: str, after: str, *, kind: str = "word", probability: float = 0.97) -> list[Edit]:
    """An edit for every place where `before` stands."""
    return [
        Edit(kind, "example", "replace", probability, f"“{before}” is misread.",  # type: ignore[arg-type]
             (Replace(m.start(), m.end(), before, after),), before, after, 1)
        for m in re.finditer(re.escape(before), text)
    ]  # fmt: skip


def a_result(text: str, applied: list[Edit], held: list[Edit] | None = None, **page: object) -> Result:
    pages = (Page(1, 0, len(text), **page),)  # type: ignore[arg-type]
    line = LineConfidence(1, 1, 0, len(text), 0.4, 1.1, ("unknown word “<cbsed>”",))
    ledger = Ledger(len(text), tuple(applied), tuple(held or ()))
    confidence = DocumentConfidence((PageConfidence(1, 0.97, 1.1, (line,)),))
    return Result(Source("box <7>", text, pages), ledger, Evidence(), confidence)


def test_everything_is_there_and_escaped() -> None:
    text = "The files <b>were</b> cbsed & closed tlie"
    furniture = Edit("furniture", "page-number", "move", 0.99, "A number.", (Move(37, 41, "tlie"),), "tlie", "", 1)
    edits = [*replaced(text, "cbsed", "closed"), furniture]
    scan = Scan("a.jpg", 1, 10, 10, (Treatment("deskew", False, "it would lose words"), Treatment("crop", True, "")))
    page = report_html(a_result(text, edits, replaced(text, "files", "filed", probability=0.4), scan=scan, failed="it is <torn>"))
    assert "<b>" not in page and "&lt;b&gt;" in page and "box &lt;7&gt;" in page and "&lt;torn&gt;" in page
    tree = html.fromstring(page)
    shown = " ".join(tree.text_content().split())
    parts = ("1 page could not be read", "it would lose words", "Moved out of the text", "Only suggested", "word “<cbsed>”")
    assert [phrase for phrase in parts if phrase not in shown] == []
    assert [e.text for e in tree.findall(".//td//del")] == ["tlie", "cbsed", "files"]
    assert [e.text for e in tree.findall(".//td//ins")] == ["closed", "filed"]


def test_it_loads_nothing_and_can_be_walked() -> None:
    page = report_html(a_result("a tlie b", replaced("a tlie b", "tlie", "the")))
    tree = html.fromstring(page)
    assert not re.search(r"""(?:src|href)=["'](?!#|data:|report/)|url\(|@import|<script\s+src|<link|https?://""", page)
    assert tree.get("lang") == "en"
    assert [e.tag for e in tree.iter("header", "nav", "main", "footer")] == ["header", "nav", "main", "footer"]
    levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3")]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    assert all(th.get("scope") for th in tree.iter("th"))
    targets = {e.get("id") for e in tree.iter() if e.get("id")}
    assert all(a.get("href", "")[1:] in targets for a in tree.iter("a") if a.get("href", "").startswith("#"))
    assert len(list(tree.iter("h1"))) == 1
    assert all(image.get("alt") for image in tree.iter("img"))
    assert all(table.find("caption") is not None for table in tree.iter("table"))
    assert not [i for i, n in Counter(e.get("id") for e in tree.iter() if e.get("id")).items() if n > 1]


def test_equal_edits_are_one_row() -> None:
    text = "tlie man and tlie dog, and tlie same; tliese not"
    groups = grouped(text, replaced(text, "tlie", "the"))
    assert [group.count for group in groups] == [3, 1]


def test_white_space_is_made_visible() -> None:
    edit = Edit("spacing", "x", "replace", 0.9, "A space.", (Replace(4, 5, " ", ""),), " ,", ",", 1)
    assert [piece for piece in pieces("said , then\nnext", edit) if piece[0] != "same" and piece[1]] == [("del", "␣")]
    join = Edit("layout", "x", "replace", 0.9, "A line.", (Replace(11, 12, "\n", " "),), "", "", 1)
    assert [piece for piece in pieces("said , then\nnext", join) if piece[0] != "same"] == [("del", "⏎"), ("ins", "␣")]


def test_a_word_made_whole_is_shown_whole() -> None:
    text = "the policy was com\npounded. So it was"
    edit = Edit("hyphen", "x", "join", 0.9, "A word.", (Move(19, 27, "pounded.", 17),), "com\npounded", "compounded", 1)
    shown = [piece for piece in pieces(text, edit) if piece[1]]
    assert shown == [
        ("same", "the policy was "),
        ("del", "com⏎pounded"),
        ("ins", "compounded"),
        ("same", "."),
        ("same", " So it was"),
    ]


def test_an_empty_document() -> None:
    result = Result(Source("", "", (Page(1, 0, 0),)), Ledger(0), Evidence(), DocumentConfidence())
    assert "No line stands out" in report_html(result)


def test_chances_are_never_certain() -> None:
    assert [percent(share) for share in (1.0, 0.995, 0.5, 0.0)] == ["over 99 %", "over 99 %", "50 %", "under 1 %"]


def test_a_long_document_makes_a_small_report_quickly() -> None:
    text = "".join(f"word{n} " + ("tlie " if n % 2 else f"cb{n}sed ") for n in range(7000))
    edits = sorted(replaced(text, "tlie", "the") + replaced(text, "cb", "clo"), key=lambda e: e.place)
    assert len(edits) == 7000
    began = time.process_time()
    page = report_html(a_result(text, edits))
    assert time.process_time() - began < 3
    assert len(page) < 500_000
    assert "more are in" in page
