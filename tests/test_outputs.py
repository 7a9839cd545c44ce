"""The files of a finished document: the text, the ledger, the table of confidence, and how they are written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.confidence.model import DocumentConfidence, LineConfidence, PageConfidence
from pipeline.draft import Draft
from pipeline.errors import InvalidRecord, UnwritableOutput
from pipeline.language.evidence import Evidence, gather
from pipeline.ledger import Edit, Ledger, Move, Replace, Settled
from pipeline.model import Page, Source
from pipeline.outputs.confidence import HEADER, confidence_csv
from pipeline.outputs.edits import edits_jsonl, read_ledger
from pipeline.outputs.files import unified_diff, write_document
from pipeline.outputs.text import plain_text
from pipeline.result import Result

TEXT = "- 37 -\nThe Cabinet met on tlie\nTuesday.\n\f=SUM(A1) was typed\n"
EDITS = (
    Edit("furniture", "page-number", "move", 0.99, "A page number.", (Move(0, 7, "- 37 -\n"),), "- 37 -\n", "", 1),
    Edit("word", "letters", "replace", 0.97, "Misread.", (Replace(26, 30, "tlie", "the"),), "tlie", "the", 1, ("tie",)),
)
HELD = (Edit("word", "letters", "replace", 0.5, "Perhaps.", (Replace(31, 38, "Tuesday", "Thursday"),), "Tuesday", "Thursday", 1),)


def a_result(text: str = TEXT, applied: tuple[Edit, ...] = EDITS, held: tuple[Edit, ...] = HELD) -> Result:
    ledger = Ledger(len(text), applied, held, (Settled(0, 1, "A dash."),))
    breaks = [0, *(at + 1 for at, char in enumerate(text) if char == "\f")]
    ends = [*(at - 1 for at in breaks[1:]), len(text)]
    pages = tuple(Page(n, s, e) for n, (s, e) in enumerate(zip(breaks, ends, strict=True), 1))
    rows = []
    for number, lines in enumerate(Draft(text, applied).pages, 1):
        found = tuple(LineConfidence(number, n, line.start, line.end, 0.5, 0.6, ("a reason",)) for n, line in enumerate(lines, 1))
        rows.append(PageConfidence(number, 0.9, 1.0, found))
    return Result(Source("example", text, pages), ledger, Evidence(pages=len(pages)), DocumentConfidence(tuple(rows)))


def test_the_text_is_what_replay_gives() -> None:
    result = a_result()
    assert plain_text(result) == result.ledger.replay(TEXT) == "The Cabinet met on the\nTuesday.\n\f=SUM(A1) was typed\n"


def test_the_ledger_comes_back() -> None:
    result = a_result()
    written = edits_jsonl(result.ledger, {"suggest": 0.3})
    rows = [json.loads(line) for line in written.splitlines()]
    assert rows[0] == {"format": "errata-edits", "version": 1, "source_length": len(TEXT), "settings": {"suggest": 0.3}}
    assert [row["state"] for row in rows[1:]] == ["applied", "applied", "held", "settled"]
    assert read_ledger(written.splitlines()) == result.ledger
    assert read_ledger(written.split("\n")).undo(plain_text(result)) == TEXT


@given(st.text(st.characters(), min_size=1, max_size=20), st.text(st.characters(), max_size=20))
def test_any_characters_survive_in_the_ledger(before: str, after: str) -> None:
    edit = Edit("word", "example", "replace", 1.0, after, (Replace(0, len(before), before, after),), before, after, 1)
    ledger = Ledger(len(before), (edit,))
    written = edits_jsonl(ledger)
    assert read_ledger(written.encode("utf-8").decode("utf-8").split("\n")) == ledger
    assert len(written.splitlines()) == 2 or not edit.before.isprintable() or not edit.after.isprintable()


@pytest.mark.parametrize(
    "lines", [[], ["{}"], ['{"format": "other"}'], ["nonsense"], [edits_jsonl(Ledger(1)).strip(), '{"state": "x"}']]
)
def test_what_is_no_ledger_is_refused(lines: list[str]) -> None:
    with pytest.raises(InvalidRecord):
        read_ledger(lines)


def test_a_missing_ledger(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecord, match=r"edits\.jsonl"):
        read_ledger(tmp_path / "edits.jsonl")


def test_the_table_of_confidence() -> None:
    rows = list(csv.reader(io.StringIO(confidence_csv(a_result()))))
    assert tuple(rows[0]) == HEADER
    assert rows[1] == ["1", "37", "1", "The Cabinet met on the", "0.5000", "0.6000", "a reason"]
    assert [row[3] for row in rows[2:]] == ["Tuesday.", "'=SUM(A1) was typed"]
    assert [row[1] for row in rows[1:]] == ["37", "37", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0\n"
    cells = next(csv.reader(io.StringIO(confidence_csv(a_result(text, (), ())).split("\n", 1)[1])))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_all_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "document"
    write_document(a_result(), folder)
    write_document(a_result(), folder)
    names = sorted(path.name for path in folder.rglob("*"))
    tables = [
        "completeness.csv",
        "confidence.csv",
        "confidence.json",
        "edits.csv",
        "findings.csv",
        "references.csv",
        "report.json",
    ]
    pages = ["report", "pages-0001.html"]
    assert names == sorted([*tables, *pages, "edits.jsonl", "evidence.json", "reading.md", "report.html", "text.txt"])
    assert (folder / "text.txt").read_bytes().decode() == a_result().draft.text
    assert Evidence.from_record(json.loads((folder / "evidence.json").read_text())).pages == 2


def test_a_folder_without_pages_goes_with_them(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    (report / "pages-0021.html").write_text("of an earlier run, which had more pages")
    write_document(a_result(), tmp_path)
    assert [path.name for path in report.iterdir()] == ["pages-0001.html"]
    (tmp_path / "alto").mkdir()
    (tmp_path / "alto" / "0001.xml").write_text("of an earlier run, which made this format")
    write_document(a_result(), tmp_path)
    assert not (tmp_path / "alto").exists()


def test_evidence_comes_back() -> None:
    evidence = gather("the policy of the Cabinet was the policy of Lord Curzon and anti-British men\n")
    assert Evidence.from_record(json.loads(json.dumps(evidence.to_record()))) == evidence


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "document").write_text("in the way")
    with pytest.raises(UnwritableOutput) as caught:
        write_document(a_result(), tmp_path / "document")
    assert "document" in str(caught.value)


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    (tmp_path / "reading.md").mkdir()
    with pytest.raises(UnwritableOutput):
        write_document(a_result(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["reading.md"]


def test_the_diff() -> None:
    diff = unified_diff(a_result())
    assert "-The Cabinet met on tlie" in diff and "+The Cabinet met on the" in diff and "-- 37 -" in diff
    assert unified_diff(a_result(applied=())) == ""
