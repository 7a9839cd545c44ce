"""Undo over finished documents: text and account agree, what is undone stays undone, and the bytes come back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Errata
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine_properties import OCR_TEXT, repaired

from pipeline.batch.decisions import held as laid_down
from pipeline.batch.undo import kept_as_read
from pipeline.decisions.anchoring import Anchors
from pipeline.decisions.placing import place_again
from pipeline.decisions.recording import steps, undo_last
from pipeline.decisions.store import Store
from pipeline.draft import Draft
from pipeline.errors import ExitCode
from pipeline.ledger import KINDS
from pipeline.outputs.edits import numbered_edits, read_ledger

TEXT = """\
The Soviet Govern-
ment sent a note to the British Embassy . It said that Litvinov 's policy
was the policy of the Govern-
ment, and that the end ofthe matter was near .
"""
MARKED = "[Page 9]\n" + TEXT + "[Page 10]\nA second page is here , and it ends.\n"


@pytest.fixture
def document(errata: Errata, tmp_path: Path) -> Path:
    (tmp_path / "letter.txt").write_bytes(TEXT.encode())
    assert errata("clean", "letter.txt", "-o", "out").code == 0
    return tmp_path / "out" / "letter"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def text_of(document: Path) -> str:
    return (document / "text.txt").read_text(encoding="utf-8")


def test_a_rule_is_undone_as_if_it_had_never_been(errata: Errata, document: Path) -> None:
    ran = errata("undo", document, "--rule", "line-end-hyphen")
    assert (ran.code, ran.out) == (0, "")
    assert "2 repairs undone: 2 line-end-hyphen" in ran.err
    undone = snapshot(document)
    assert errata("clean", "letter.txt", "-o", "other", "--without", "line-end-hyphen").code == 0
    other = document.parents[1] / "other" / "letter"
    for name in ("text.txt", "reading.md", "pages/0001.hocr"):
        assert undone.get(name) == snapshot(other).get(name), name
    ledger = read_ledger(document / "edits.jsonl")
    assert ledger.undo(text_of(document)) == TEXT
    assert ["(kept as read by " in e.reason for e in ledger.held if e.rule == "line-end-hyphen"] == [True, True]
    assert json.loads(undone["errata.json"])["counts"]["applied"] == len(ledger.applied)


def test_kind_and_edit(errata: Errata, document: Path) -> None:
    rows = numbered_edits(document / "edits.jsonl")
    line, edit = next((line, edit) for line, state, edit in rows if state == "applied" and edit.kind == "hyphen")
    assert errata("undo", document, "--edit", line).code == 0
    assert [e for e in read_ledger(document / "edits.jsonl").applied if e.changes == edit.changes] == []
    assert text_of(document).count("Govern-\nment") == 1
    assert errata("undo", document, "--kind", "hyphen", "--kind", "spacing").code == 0
    assert {e.kind for e in read_ledger(document / "edits.jsonl").applied}.isdisjoint({"hyphen", "spacing"})
    gone = [e for _, state, e in rows if state == "applied" and e not in read_ledger(document / "edits.jsonl").applied]
    assert len(laid_down(document).decisions) == sum(len(e.changes) for e in gone)


def test_everything_undone_is_the_input(errata: Errata, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + MARKED.replace("\n", "\r\n").encode()
    (tmp_path / "letter.txt").write_bytes(data)
    (tmp_path / "plain.txt").write_text(MARKED)
    assert errata("clean", "letter.txt", "plain.txt", "-o", "out").code == 0
    assert errata("undo", "out", "--all").code == 0
    assert (tmp_path / "out" / "plain" / "text.txt").read_text() == MARKED
    assert (tmp_path / "out" / "letter" / "ocr" / "source.txt").read_bytes() == data
    document = tmp_path / "out" / "letter"
    assert read_ledger(document / "edits.jsonl").undo(text_of(document)) == MARKED
    assert not read_ledger(document / "edits.jsonl").applied


def test_a_digitised_document_is_undone_too(errata: Errata, scan: Path, tmp_path: Path) -> None:
    assert errata("digitise", scan, "-o", "out", "-j", "1").code == 0
    document = tmp_path / "out" / "scan"
    ledger = read_ledger(document / "edits.jsonl")
    source = ledger.undo(text_of(document))
    assert ledger.applied
    assert errata("undo", document, "--all").code == 0
    assert text_of(document) == source
    assert "Govern-" in (document / "pages" / "0001.hocr").read_text(encoding="utf-8")
    before = snapshot(document)
    assert errata("repair", document).code == 0
    assert snapshot(document)["text.txt"] == before["text.txt"]


def test_what_is_undone_stays_undone(errata: Errata, document: Path) -> None:
    errata("undo", document, "--rule", "line-end-hyphen")
    before = text_of(document)
    for command in (["repair", "out"], ["clean", "letter.txt", "-o", "out", "--force"]):
        assert errata(*command).code == 0
        assert text_of(document) == before
    reasons = [e.reason for e in read_ledger(document / "edits.jsonl").held if e.rule == "line-end-hyphen"]
    assert [reason.count("kept as read by ") for reason in reasons] == [1, 1]
    store = Store(document.parent / "review.sqlite")
    with store.writing() as connection:
        step = undo_last(connection, steps(store, 1)[0].reader)
    assert step is not None and "line-end-hyphen" in step.label
    assert errata("repair", "out").code == 0
    assert "Government\n" in text_of(document)


def test_decisions_find_their_place_in_a_changed_text(errata: Errata, document: Path, tmp_path: Path) -> None:
    errata("undo", document, "--rule", "line-end-hyphen")
    (tmp_path / "letter.txt").write_bytes(b"A line before it all.\n\n" + TEXT.encode())
    assert errata("clean", "letter.txt", "-o", "out").code == 0
    assert text_of(document).count("Govern-\nment") == 2


def test_nothing_to_undo(errata: Errata, document: Path) -> None:
    before = snapshot(document)
    ran = errata("undo", document, "--kind", "furniture")
    assert (ran.code, "nothing to undo" in ran.err) == (0, True)
    assert snapshot(document) == before
    errata("undo", document, "--all")
    assert "nothing to undo" in errata("undo", document, "--all").err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--rule", "nosuch"],
        ["--kind", "nosuch"],
        ["--edit", "1"],
        ["--edit", "9999"],
        ["--edit", "0"],
        ["--rule", "page-break"],
    ],
)
def test_wrong_arguments(errata: Errata, document: Path, arguments: list[str]) -> None:
    before = snapshot(document)
    ran = errata("undo", document, *arguments)
    assert (ran.code, ran.err.count("\n")) == (ExitCode.BAD_ARGS, 1), ran.err
    assert snapshot(document) == before


def test_an_edit_belongs_to_one_document(errata: Errata, document: Path, tmp_path: Path) -> None:
    (tmp_path / "second.txt").write_text(TEXT)
    errata("clean", "second.txt", "-o", "out")
    assert errata("undo", "out", "--edit", "2").code == ExitCode.BAD_ARGS
    assert errata("undo", tmp_path / "nowhere", "--all").code == ExitCode.INPUT_FILE


@pytest.mark.parametrize("name", ["errata.json", "edits.jsonl", "evidence.json", "decisions.jsonl"])
def test_damaged_results_are_named(errata: Errata, document: Path, name: str) -> None:
    (document / name).write_text("{}\n")
    ran = errata("undo", document, "--rule", "line-end-hyphen")
    assert ran.code in (ExitCode.INVALID_OUTPUT, ExitCode.INPUT_FILE), ran.err
    assert (name in ran.err or name == "errata.json", ran.err.count("\n")) == (True, 1), ran.err


@given(OCR_TEXT, st.sets(st.sampled_from(KINDS)), st.integers(0, 5))
@settings(max_examples=40)
def test_any_part_of_a_ledger_can_be_replayed_and_undone(text: str, kinds: set[str], step: int) -> None:
    source, ledger, _ = repaired(text)
    left = tuple(e for at, e in enumerate(ledger.applied) if e.kind not in kinds and (not step or at % (step + 1)))
    part = replace(ledger, applied=left)
    clean = part.replay(source.text)
    assert clean == Draft(source.text, left).text
    assert part.undo(clean) == source.text


@given(OCR_TEXT, st.text("ab \n", max_size=9))
@settings(max_examples=25)
def test_decisions_have_the_same_place_again(text: str, before: str) -> None:
    source, ledger, _ = repaired(text)
    decisions = list(kept_as_read(ledger.applied, Anchors(source), "letter"))
    assert place_again(decisions, source) == (decisions, [])
    moved = before + source.text
    placed, lost = place_again(decisions, replace(source, text=moved))
    assert len(placed) + len(lost) == len(decisions)
    for decision in placed:
        assert [moved[start:end] for start, end in decision.places] == [decision.anchor.before]


def test_nothing_is_left_open_beside_the_log(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(6):
        (tmp_path / "in" / f"t{number}.txt").write_text(TEXT)
    errata("clean", "in", "-o", "out", "-q")
    for command in (
        ("undo", "out", "--rule", "line-end-hyphen"),
        ("repair", "out", "-j", "2"),
        ("decisions", "export", "out", "x"),
    ):
        assert errata(*command).code == 0
        assert [path.name for path in (tmp_path / "out").glob("review*")] == ["review.sqlite"], command
