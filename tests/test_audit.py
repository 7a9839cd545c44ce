"""Lines that a person reads: how they are drawn, what comes back in a sheet, and what a document keeps of it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Errata
from test_residual import SPREAD, WORDS, document, risky, shifted, verdicts

from pipeline.confidence.audit import audited, drawn_lines, strata
from pipeline.confidence.residual import residual, written_lines
from pipeline.errors import ExitCode

PROSE = """\
The Minister left for the coast on the morning
train, and nobody at the Legation knew when he
would be back. Of the tvvo despatches that lay on
his table only one had been answcred, and that one
in a hand which was not his own. The clerk put the
other into the bag, wrote a note on the wrapper,
and said to the porter that he might go horne.
= It was the third time in the month, and the
porter, who had scrved under four Ministers, said
that there would be a fifth before the sprjng.
"""


@pytest.fixture
def letter(errata: Errata, tmp_path: Path) -> Path:
    (tmp_path / "letter.txt").write_text(PROSE)
    assert errata("clean", "letter.txt", "-o", "out", "--without", "word", "--without", "stray").code == 0
    return tmp_path / "out" / "letter"


def filled(sheet: str, counts: dict[str, int] | int) -> str:
    """A sheet with the wrong words of the lines that hold some text, or of all."""
    rows = list(csv.reader(io.StringIO(sheet)))
    for row in rows[1:]:
        row[-1] = str(counts if isinstance(counts, int) else sum(n for part, n in counts.items() if part in row[3]))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def test_a_draw_is_random_spread_over_strata_and_repeatable() -> None:
    lines = written_lines(document(risky()))
    first = drawn_lines(lines, 50, 1)
    assert first == drawn_lines(lines, 50, 1) != drawn_lines(lines, 50, 2)
    of = dict(zip([(line.page, line.line) for line in lines], strata(lines), strict=True))
    assert np.bincount([of[line.page, line.line] for line in first]).tolist() == [10] * 5
    assert list(first) == sorted(first, key=lambda line: line.start)
    again = drawn_lines(lines, 50, 1, verdicts(np.zeros((12, 30, WORDS)), [(line.page, line.line) for line in first]))
    assert not set(again) & set(first)
    assert len(drawn_lines(lines, 1000, 1)) == len(lines) and len(drawn_lines(lines, 2, 1)) == 2


def test_lines_drawn_tell_of_the_rest_without_the_model() -> None:
    risks, hits, sums = risky(), [], []
    lines = written_lines(document(risks))
    for seed in range(120):
        wrong = shifted(risks * 2, seed)  # the model is wrong by half
        seen = verdicts(wrong, [(line.page, line.line) for line in drawn_lines(lines, 60, seed)])
        found, left = audited(lines, seen), wrong.sum() - sum(said.wrong for said in seen)
        assert found is not None
        hits.append(found.low <= left <= found.high)
        sums.append((found.expected, left))
    assert np.mean(hits) >= 0.85
    guessed, true = np.mean(sums, axis=0)
    assert guessed == pytest.approx(true, rel=0.1)


def test_without_drawn_lines_the_sample_says_nothing() -> None:
    lines = written_lines(document(risky()))
    assert audited(lines, verdicts(np.zeros((12, 30, WORDS)), [(1, 1)], drawn=False)) is None
    every = verdicts(np.zeros((12, 30, WORDS)), [(line.page, line.line) for line in lines])
    found = audited(lines, every)
    assert found is not None and (found.expected, found.high) == (0, 0)


def test_a_sheet_goes_out_and_comes_back(errata: Errata, letter: Path, tmp_path: Path) -> None:
    ran = errata("audit", letter, "-n", "6")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == errata("audit", letter, "-n", "6").out
    (tmp_path / "sheet.csv").write_text(filled(ran.out, {"tvvo": 1, "answcred": 1, "horne": 1, "scrved": 1, "sprjng": 1}))
    before = json.loads((letter / "errata.json").read_text())["counts"]
    told = errata("audit", letter, "--verdicts", "sheet.csv")
    assert told.code == 0 and "lines read: 6, of which 6 drawn at random" in told.out
    after = json.loads((letter / "errata.json").read_text())["counts"]
    assert after["lines"] == before["lines"] - 6
    rows = (letter / "audit.jsonl").read_text().splitlines()
    assert json.loads(rows[0]) == {"format": "errata-audit", "version": 1} and len(rows) == 7
    left = csv.DictReader(io.StringIO(errata("audit", letter).out))
    assert {int(row["line"]) for row in left}.isdisjoint(json.loads(row)["line"] for row in rows[1:])


def test_what_is_no_formula_looks_like_one_only_in_the_sheet(errata: Errata, letter: Path, tmp_path: Path) -> None:
    sheet = filled(errata("audit", letter, "-n", "10").out, 0)
    assert "'= It was" in sheet
    (tmp_path / "sheet.csv").write_bytes(b"\xef\xbb\xbf" + sheet.replace("\n", "\r\n").encode())
    assert errata("audit", letter, "--verdicts", "sheet.csv").err == ""
    assert residual_lines(letter) == 0


def residual_lines(letter: Path) -> int:
    return int(json.loads((letter / "errata.json").read_text())["counts"]["lines"])


def test_what_was_read_stays_read_and_what_has_changed_is_named(errata: Errata, letter: Path, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(filled(errata("audit", letter, "-n", "10").out, 0))
    assert errata("audit", letter, "--verdicts", "sheet.csv").code == 0
    kept = errata("repair", letter, "--without", "word", "--without", "stray")
    assert "counts no more" not in kept.err and residual_lines(letter) == 0
    (tmp_path / "errata.toml").write_text('[always]\ncoast = "hills"\n')
    changed = errata("repair", letter)
    stale = changed.err.count("counts no more")
    assert stale and "scan 1, line 1: “The Minister left" in changed.err
    assert residual_lines(letter) == stale and len((letter / "audit.jsonl").read_text().splitlines()) == 11


def test_the_least_sure_lines_speak_for_themselves_only(errata: Errata, letter: Path, tmp_path: Path) -> None:
    sheet = errata("audit", letter, "-n", "2", "--least-sure", "-o", "sheet.csv")
    assert (sheet.code, sheet.out) == (0, "")
    text = (tmp_path / "sheet.csv").read_text()
    assert text.count("least sure") == 2
    (tmp_path / "sheet.csv").write_text(filled(text, 1))
    told = errata("audit", letter, "--verdicts", "sheet.csv").out
    assert "of which 0 drawn at random" in told and "without the model" not in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.replace(",0\n", ",x\n", 1), "sheet.csv:2: wrong is 'x', which is no whole number"),
        (lambda s: s.replace(",0\n", ",40\n", 1), "sheet.csv:2: 40 wrong words in a line of"),
        (lambda s: s.replace("at random", "by me", 1), "sheet.csv:2: drawn is 'by me'"),
        (lambda s: s.replace("wrong", "bad", 1), "sheet.csv:1: no column 'wrong'"),
        (lambda s: s.replace(",0\n", ",\n"), "no line of the sheet is filled in"),
        (lambda s: "", "sheet.csv:1: no column 'page'"),
    ],
)
def test_bad_sheets_get_one_clear_message(errata: Errata, letter: Path, tmp_path: Path, change, said: str) -> None:
    (tmp_path / "sheet.csv").write_text(change(filled(errata("audit", letter, "-n", "3").out, 0)))
    ran = errata("audit", letter, "--verdicts", "sheet.csv")
    assert ran.code in (ExitCode.INPUT_FILE, ExitCode.BAD_ARGS) and said in ran.err and ran.err.count("\n") == 1
    assert not (letter / "audit.jsonl").exists()


def test_bad_calls_get_one_clear_message(errata: Errata, letter: Path, tmp_path: Path) -> None:
    assert "no finished documents" in errata("audit", "nowhere").err
    assert "cannot be read" in errata("audit", letter, "--verdicts", "none.csv").err
    (letter / "audit.jsonl").write_text('{"format": "errata-audit", "version": 1}\n{"page": 1}\n')
    ran = errata("audit", letter)
    assert ran.code == ExitCode.INVALID_OUTPUT and "audit.jsonl:2: not a reading of a line" in ran.err


def test_the_last_line_on_a_document_says_what_is_left(errata: Errata, letter: Path) -> None:
    ran = errata("repair", letter)
    assert ran.err.count("\n") == 1 and "words are wrong still, 90 % of them on" in ran.err


def test_documents_read_through_have_nothing_left() -> None:
    confidence = document(risky(2, 5))
    seen = verdicts(np.zeros((2, 5, WORDS)), [(page, line) for page in (1, 2) for line in range(1, 6)])
    assert residual(confidence, SPREAD, seen).document.high == 0
