"""What is missing is named with its place, and nothing that is there."""

from __future__ import annotations

import csv
import io
import time

import pytest

from pipeline.confidence.model import DocumentConfidence, LineConfidence, PageConfidence
from pipeline.draft import Draft
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Move
from pipeline.model import Page, Source
from pipeline.outputs.findings import findings_csv
from pipeline.outputs.report.document import report_html
from pipeline.repair.findings import Finding, find
from pipeline.result import Result

FULL = (
    "the Foreign Secretary, who was of the opinion that in\n"
    "the circumstances nothing could be done before the end\n"
    "of the month, and that the Chiefs of Staff should look\n"
)
GOOD = f"In the spring the reports from the East had told\n{FULL}into the matter (1), as in fact they meant (2).\n\n"
NOTES = "1. Orde, op. cit. p.4.\n\n2. Carr, p.7.\n"
PAGE = GOOD + NOTES
LONG = GOOD.replace(" (1)", "").replace(" (2)", "") * 3


def findings(*pages: str, frame: bool = True) -> list[tuple[str, int, str]]:
    """(kind, page, text) of what is found; some good pages around show how the document is made."""
    text = "\f".join([*([PAGE, PAGE, PAGE] * 5 if frame else []), *pages])
    found = find(Draft(text), Ledger(len(text)), {})
    return [(f.kind, f.page - (15 if frame else 0), f.text) for f in found]


def test_good_pages() -> None:
    assert findings(PAGE) == []
    assert findings(LONG, LONG) == []


def test_a_call_without_its_note() -> None:
    assert findings(GOOD + "1. Orde, op. cit. p.4.\n") == [
        ("call without note", 1, "into the matter (1), as in fact they meant (2).")
    ]


def test_a_note_without_a_call() -> None:
    assert findings(GOOD.replace(" (2)", "") + NOTES) == [("note without call", 1, "2. Carr, p.7.")]


def test_a_gap() -> None:
    found = findings(GOOD.replace("(2)", "(3)") + "1. Orde, p.4.\n\n3. Carr, p.7.\n")
    assert found == [("gap in notes", 1, "3. Carr, p.7.")]


@pytest.mark.parametrize(
    "end", ["I. Gorokhov, L. Zamyatin and", "Chamberlain, 25 April, and 3 May 1928,", "A History of Russia:"]
)
def test_a_note_that_breaks_off(end: str) -> None:
    assert findings(f"{GOOD}1. Orde, op. cit. p.4.\n\n2. Carr, p.7; {end}\n") == [("breaks off", 1, f"2. Carr, p.7; {end}")]


@pytest.mark.parametrize("end", ["CAB 24/227", "ibid.", "(London 1960)", "N.C. 18/1", "a 'very odd' story."])
def test_a_note_that_ends_without_a_stop(end: str) -> None:
    assert findings(f"{GOOD}1. Orde, op. cit. p.4.\n\n2. Carr, p.7; {end}\n") == []


def test_a_page_that_breaks_off() -> None:
    torn = LONG + (
        "In the spring the reports from the East had told\n"
        "the Cabinet little of what was going on, and so the\n"
        "Foreign Secretary went to the\n"
    )
    assert findings(torn, "However, he did not stay long.\n" + LONG) == [("breaks off", 1, "Foreign Secretary went to the")]
    assert findings(torn, "Hague, and did not stay long.\n" + LONG) == []
    assert findings(torn, "office, and did not stay long.\n" + LONG) == []


def test_a_page_that_begins_in_mid_sentence() -> None:
    assert findings(LONG, "which nobody in the Cabinet had known about until then.\n" + LONG) == [
        ("breaks off", 2, "which nobody in the Cabinet had known about until then.")
    ]


def test_a_hole() -> None:
    torn = LONG.rstrip().removesuffix("into the matter, as in fact they meant.") + "and the Cabinet\n\n"
    assert findings(torn + LONG) == [("hole", 1, "and the Cabinet")]
    assert findings(torn.replace("Cabinet\n\n", "Cabinet.\n\n") + LONG) == []


def test_a_line_in_the_wrong_place() -> None:
    stray = "wages that would have been paid under the Second\n"
    assert ("out of place", 1, stray.strip()) in findings(PAGE + stray)


@pytest.mark.parametrize(
    "text", ["by night upon/Percival and", "they were left in/ragged blankets", "was quite cheerful^impatient and"]
)
def test_an_insertion(text: str) -> None:
    assert [kind for kind, _, _ in findings(text + "\n")] == ["insertion"]


@pytest.mark.parametrize(
    "text", ["gentle/affectionate and", "he and/or she", "D.B.F.P. IA/III, Doc. 5", "N2802/387/38", "left-hand/non-German"]
)
def test_a_slash_that_is_typed(text: str) -> None:
    assert findings(text + "\n") == []


def test_loose_letters_that_were_moved_out() -> None:
    text = "the letters of an old sea captain\nK O n\nto the sisters in their village\n"
    move = Move(34, 40, "K O n\n")
    ledger = Ledger(len(text), (Edit("stray", "stray-line", "move", 0.93, "Letters.", (move,), "K O n", "", 1),))
    found = find(Draft(text, ledger.applied), ledger, {})
    assert [(f.kind, f.line, f.text, f.place) for f in found] == [("insertion", 2, "to the sisters in their village", 40)]


def test_a_clipped_edge() -> None:
    lines = [f"line {n} of this page goes on until it ends with fragm" for n in range(8)]
    text = "\n".join(lines)
    unknown = {(1, n): frozenset({"fragm"}) for n in (2, 3, 5, 8)}
    found = find(Draft(text), Ledger(len(text)), unknown)
    assert [(f.kind, f.line) for f in found] == [("clipped edge", 2)]
    assert find(Draft(text), Ledger(len(text)), {(1, 2): frozenset({"fragm"})}) == ()


def numbered(*numbers: int) -> tuple[Finding, ...]:
    """Findings of pages with these printed numbers."""
    text, edits = "", []
    for page, number in enumerate(numbers, 1):
        head = f"- {number} -\n\n"
        edits.append(
            Edit(
                "furniture",
                "page-number",
                "move",
                0.9,
                "A number.",
                (Move(len(text), len(text) + len(head), head),),
                head,
                "",
                page,
            )
        )
        text += f"{head}Some words.\n\f"
    ledger = Ledger(len(text), tuple(edits))
    return find(Draft(text, ledger.applied), ledger, {})


def test_missing_pages() -> None:
    assert [(f.kind, f.page, f.message) for f in numbered(1, 2, 3, 6, 7, 8)] == [
        ("missing pages", 4, "Page 3 is followed by page 6: 2 pages are missing between them.")
    ]
    assert numbered(1, 2, 3, 4, 5, 6) == ()
    assert numbered(1, 2, 8, 4, 5, 6) == ()


def a_result(text: str) -> Result:
    pages, at = [], 0
    for number, part in enumerate(text.split("\f"), 1):
        pages.append(Page(number, at, at + len(part)))
        at += len(part) + 1
    return Result(Source("a", text, tuple(pages)), Ledger(len(text)), Evidence(), DocumentConfidence())


def test_the_file_and_the_report() -> None:
    result = a_result("\f".join([PAGE, PAGE, PAGE, GOOD + "1. <Orde>.\n"]))
    rows = list(csv.DictReader(io.StringIO(findings_csv(result))))
    assert [(r["page"], r["folio"], r["line"], r["kind"]) for r in rows] == [("4", "", "5", "call without note")]
    page = report_html(result)
    assert 'id="missing"' in page and "Note 2 is called here" in page
    assert 'id="missing"' not in report_html(a_result(PAGE))


def test_unknown_words_come_from_the_confidence() -> None:
    text = "the talks/cover were held"
    result = a_result(text)
    line = LineConfidence(1, 1, 0, len(text), 0.5, 0.5, ("unknown word “held”",))
    doubted = Result(result.source, result.ledger, Evidence(), DocumentConfidence((PageConfidence(1, 0.5, 0.5, (line,)),)))
    assert [f.kind for f in doubted.findings] == ["insertion"] and result.findings == ()


def test_a_long_document_is_searched_quickly() -> None:
    text = "\f".join([LONG + NOTES.replace("1", "3")] * 500)
    draft = Draft(text)
    began = time.process_time()
    find(draft, Ledger(len(text)), {})
    assert time.process_time() - began < 3


@pytest.mark.parametrize("text", ["", "\f", "\n\f\n", "1. ", "(1)", "a/b^c"])
def test_hardly_any_text(text: str) -> None:
    assert find(Draft(text), Ledger(len(text)), {}) == ()
