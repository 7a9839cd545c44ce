"""ALTO, PAGE and hOCR: valid, readable by others, and read back as what was written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import alto
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from test_hocr_output import an_edit, scanned

from pipeline.confidence.model import DocumentConfidence, WordRisks
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Move, Replace
from pipeline.model import REGIONS, Page, Region, Source
from pipeline.outputs.alto import alto_page, doubts
from pipeline.outputs.hocr import hocr_page
from pipeline.outputs.lines import PlacedLine
from pipeline.outputs.page_xml import page_xml
from pipeline.outputs.placed import Placer
from pipeline.outputs.suggested import Suggestions
from pipeline.result import Result
from pipeline.sources.files import read_data

Write = Callable[[Result, Page, Sequence[PlacedLine]], str]
WRITERS: dict[str, Write] = {
    "hocr": lambda result, page, lines: hocr_page(page, lines),
    "alto": lambda result, page, lines: alto_page(page, lines, Suggestions(result), "37", 0.98),
    "page": lambda result, page, lines: page_xml(page, lines, Suggestions(result)),
}


def a_result(source: Source, *edits: Edit, held: tuple[Edit, ...] = (), wrong: float | None = None) -> Result:
    ledger = Ledger(len(source.text), edits, held)
    result = Result(source, ledger, Evidence(), DocumentConfidence())
    if wrong is None:
        return result
    starts = np.array(
        [at for at, char in enumerate(result.draft.text) if char.strip() and not result.draft.text[:at][-1:].strip()]
    )
    ends = np.array([at + len(result.draft.text[at:].split()[0]) for at in starts])
    words = WordRisks(starts, ends, np.full(len(starts), wrong))
    return Result(source, ledger, Evidence(), DocumentConfidence(words=words))


def written(result: Result, kind: str) -> list[str]:
    return [WRITERS[kind](result, page, lines) for _, page, lines in Placer(result).pages()]


def elements(text: str, name: str) -> list[etree._Element]:
    return list(etree.fromstring(text.encode()).iter(f"{{*}}{name}"))


JOINED = ("to com-\npounded the\n\n- 37 -", an_edit("join", Replace(6, 7, "-", ""), Move(8, 15, "pounded", 6)))


def test_alto_has_a_broken_word_in_both_lines_with_the_whole_word() -> None:
    (page,) = written(a_result(scanned(JOINED[0]), JOINED[1], wrong=0.1), "alto")
    first, second = (s for s in elements(page, "String") if s.get("SUBS_CONTENT"))
    assert first.get("CONTENT") == "com" and second.get("CONTENT") == "pounded"
    assert (first.get("SUBS_TYPE"), second.get("SUBS_TYPE")) == ("HypPart1", "HypPart2")
    assert first.get("SUBS_CONTENT") == second.get("SUBS_CONTENT") == "compounded"
    assert (first.get("HPOS"), first.get("WIDTH"), second.get("VPOS")) == ("30", "30", "30")
    (hyphen,) = elements(page, "HYP")
    assert (hyphen.get("CONTENT"), hyphen.get("HPOS"), hyphen.get("WIDTH")) == ("\u00ad", "60", "10")
    assert {s.get("WC") for s in elements(page, "String")} == {"0.9000"}, "the probability, not the OCR's confidence"
    assert all(len(s.get("CC") or "") == len(s.get("CONTENT") or "") for s in elements(page, "String"))


def test_alto_doubts_the_characters_on_which_readings_differ() -> None:
    assert doubts("1938", 0.6, ["1958", "1988"]) == "0050"
    assert doubts("the", 0.01, ["tbe"]) == "000"
    assert doubts("xqz", 0.9, []) == "555"
    assert doubts("pact", 0.5, ["pac"]) == "0004"
    assert doubts("pact", 0.5, ["pacts"]) == "1111", "a letter that may be missing speaks against all"


def test_a_hyphen_that_belongs_to_its_word() -> None:
    (page,) = written(a_result(scanned("of anti-\nBritish talk"), an_edit("join", Move(9, 16, "British", 7))), "alto")
    assert [s.get("CONTENT") for s in elements(page, "String")] == ["of", "anti", "British", "talk"]
    assert [(h.get("CONTENT"), h.getparent().get("ID")) for h in elements(page, "HYP")] == [("-", "line_0001_001")]  # type: ignore[union-attr]


def test_parts_of_a_page_have_their_roles() -> None:
    source = scanned("- 37 -\nHe wrote (1) home.\n\n1. To his wife.")
    result = a_result(source, an_edit("page-number", Move(0, 7, "- 37 -\n")))
    (page,) = written(result, "alto")
    blocks = [(b.get("TAGREFS"), len(list(b.iter("{*}String")))) for b in elements(page, "TextBlock")]
    assert blocks == [("role_page-number", 3), (None, 4), ("role_footnote", 4)]
    assert {tag.get("ID") for tag in elements(page, "RoleTag")} == {"role_page-number", "role_footnote"}
    (page,) = written(result, "page")
    assert [r.get("type") for r in elements(page, "TextRegion")] == ["page-number", "paragraph", "footnote"]
    order = [ref.get("regionRef") for ref in elements(page, "RegionRefIndexed")]
    assert order == [r.get("id") for r in elements(page, "TextRegion")]
    assert "ocr_footnote" in written(result, "hocr")[0]


def test_page_has_what_was_read_beside_what_was_repaired() -> None:
    source = scanned("the Goverment met")
    suggested = an_edit("misread-word", Replace(14, 17, "met", "meet"))
    (page,) = written(a_result(source, an_edit("x", Replace(4, 13, "Goverment", "Government")), held=(suggested,)), "page")
    (line,) = elements(page, "TextLine")
    assert [(t.get("index"), t[0].text) for t in line.iterchildren("{*}TextEquiv")] == [
        ("0", "the Government met"),
        ("1", "the Goverment met"),
    ]
    readings = [[t[0].text for t in word.iterchildren("{*}TextEquiv")] for word in elements(page, "Word")]
    assert readings == [["the"], ["Government", "Goverment"], ["met", "meet"]]
    assert [t.get("conf") for t in elements(page, "Word")[1].iterchildren("{*}TextEquiv")] == [None, "0.9000"]
    (page,) = written(a_result(source, held=(suggested,)), "alto")
    assert [(a.text, a.get("PURPOSE")) for a in elements(page, "ALTERNATIVE")] == [
        ("meet", "suggested, probability 0.95: misread-word")
    ]


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_input_gives_the_same_bytes(kind: str) -> None:
    assert written(a_result(scanned(JOINED[0]), JOINED[1]), kind) == written(a_result(scanned(JOINED[0]), JOINED[1]), kind)


def test_alto_is_read_by_another_reader() -> None:
    source = scanned("He said “no”\n\n& left Łódź", "Later.")
    pages = written(a_result(source, wrong=0.25), "alto")
    read = [alto.parse(page.replace("ns-v4#", "ns-v3#")) for page in pages]  # it knows the version before
    assert [page.extract_words() for page in read] == [["He", "said", "“no”", "&", "left", "Łódź"], ["Later."]]
    (first, *_) = read[0].layout.pages[0].extract_strings()
    assert (first.hpos, first.vpos, first.width, first.height, first.confidence) == (0, 0, 20, 20, 0.75)


def test_hocr_is_valid_for_the_checker_of_the_standard(tmp_path: Path) -> None:
    path = tmp_path / "1.hocr"
    path.write_text(written(a_result(scanned(JOINED[0]), JOINED[1]), "hocr")[0], encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-m", "hocr_spec.cli", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Document is valid" in done.stdout + done.stderr, done.stdout + done.stderr


WORD = st.text(st.sampled_from("abcDé“”'—łЖ&<\"-"), min_size=1, max_size=7)
LINES = st.lists(st.lists(WORD, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=5)


@given(LINES, st.data())
def test_what_is_written_is_read_back(lines: list[str], data: st.DataObject) -> None:
    """The text as printed, its lines and the places of its words, whatever was joined over line ends."""
    source = scanned("\n".join(lines))
    edits, at = [], 0
    for one, other in pairwise(lines):
        end, tail = at + len(one), other.split(" ")[0]
        if data.draw(st.booleans()) and one[-1:].isalpha() and len(other.split(" ")) > 1:
            edits.append(an_edit("join", Move(end + 1, end + 1 + len(tail), tail, end - 1)))
        at = end + 1
    result = a_result(source, *edits)
    printed = [line for _, _, placed in Placer(result).pages() for line in placed]
    texts, places = [], []
    for kind in WRITERS:
        read = read_data(written(result, kind)[0].encode(), "back")
        words = [(read.text[w.start : w.end], w.box) for line in read.pages[0].lines for w in line.words]
        texts.append(read.text.replace("\n\n", "\n"))
        places.append(words)
        assert [line.box for line in read.pages[0].lines] == [line.box for line in printed]
    assert texts[0] == "\n".join(" ".join(word.printed for word in line.words) for line in printed)
    assert texts == [texts[0]] * 3
    assert places[0] == places[2]
    joined = texts[0].replace("\u00ad\n", "").split()
    assert joined == result.draft.text.split() or "-" in source.text


@pytest.mark.parametrize("region", [region for region in REGIONS if region not in ("", "scrawl")])
def test_parts_of_a_page_are_read_back(region: Region) -> None:
    source = scanned("Text of it.\n\nAside.")
    page = source.pages[0]
    lines = tuple(replace(line, region=region if at == 2 else "") for at, line in enumerate(page.lines))
    result = a_result(replace(source, pages=(replace(page, lines=lines),)))
    for kind in ("alto", "page"):
        read = read_data(written(result, kind)[0].encode(), "back")
        assert [line.region for line in read.pages[0].lines] == ["", region], kind
