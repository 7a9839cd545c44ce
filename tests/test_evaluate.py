"""Error rates before and after, against ground truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from pipeline.confidence.model import DocumentConfidence
from pipeline.errors import UnreadableInput
from pipeline.evaluate import evaluate, score_document, score_pages
from pipeline.evaluate.hocr_text import read_hocr
from pipeline.evaluate.normalise import blank_lines, page_normal, repair_normal
from pipeline.evaluate.placing import Finder, place, steps
from pipeline.evaluate.repairs import wrong_positions
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Replace
from pipeline.model import Box, Line, Page, Scan, Source, Word
from pipeline.outputs.files import write_document
from pipeline.result import Result

SHORT = st.text(alphabet="abc ", max_size=14)


@given(SHORT.filter(bool), SHORT)
@settings(max_examples=300)
def test_the_best_place_is_found(pattern: str, text: str) -> None:
    found = place(pattern, text)
    best = min(Levenshtein.distance(pattern, text[i:j]) for i in range(len(text) + 1) for j in range(i, len(text) + 1))
    assert found.distance == best == Levenshtein.distance(pattern, text[found.start : found.end])


@given(SHORT, SHORT)
@settings(max_examples=300)
def test_steps_lead_from_one_to_the_other_and_are_cheapest(pattern: str, text: str) -> None:
    path = steps(pattern, text)
    assert sum(n for step, n in path if step != "D") == len(pattern)
    assert sum(n for step, n in path if step != "I") == len(text)
    assert sum(n for step, n in path if step != "=") == Levenshtein.distance(pattern, text)


def test_a_passage_is_found_in_a_long_text() -> None:
    filler = [f"Sentence number {n} tells of the affairs of the Soviet Union and of trade." for n in range(800)]
    text = " ".join([*filler[:500], "The Arcos raid put an end to all of that, for the time bejng.", *filler[500:]])
    found = Finder(text).place("The Arcos raid put an end to all of that, for the time being.")
    assert text[found.start : found.end] == "The Arcos raid put an end to all of that, for the time bejng."
    assert found.distance == 1
    assert Finder(text).place("qqqq").distance >= 3


def test_what_does_not_count_on_pages() -> None:
    assert page_normal("“Com-\nmerce” —  it’s ﬁne") == '"Commerce" - it\'s fine'
    assert page_normal("Anglo-\nSoviet a\u00ad\nb") == "Anglo- Soviet ab"


def test_what_does_not_count_in_repaired_texts() -> None:
    assert repair_normal("com\u00ad\npounded  anti-\nBritish ‘x’ op. cit. p.8") == "compounded anti-British 'x' op.cit.p.8"
    assert blank_lines("a b\n\nc\fd") == ("abcd", {2, 3})


def test_touched_positions() -> None:
    assert wrong_positions("the Cabinet", "tlie Cabinet") <= {0, 1, 2} and wrong_positions("the Cabinet", "tlie Cabinet")
    assert wrong_positions("same", "same") == set()
    assert wrong_positions("ab", "axb") == {0, 1}


GOLD = "The policy of the Govern\u00ad\nment was clear in 1927, it seems;\n\n1. Popov, op. cit. p.8.\n"
RAW = (
    "Something else before it all.\n\nThe policy of tlie Govern\nment was clear in I927, it seems;\n\n"
    "1. Popov , op. cit. p.8.\n\nAnd after."
)
OUT = (
    "Something else before it all.\n\nThe policy of the Government\nwas clear in I927, it seems;\n\n"
    "1. Popova, op. cit. p.8.\n\nAnd after."
)


def gold_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "p001.txt").write_text(GOLD)
    rows = (
        "1\ttlie\tthe\tword\tsure",
        "1\tGovern ment\tGovernment\thyphen\tsure",
        "2\tI927\t1927\tcode\tunsure",
        "4\tPopov ,\tPopov,\tspacing\tsure",
    )
    (folder / "p001.tsv").write_text("".join(row + "\n" for row in rows))
    return folder


def test_words_fixed_missed_and_damaged(tmp_path: Path) -> None:
    scores = score_document(gold_folder(tmp_path / "gold"), RAW, OUT)
    assert dict(scores.outcomes) == {"fixed": 2, "missed": 1}
    assert scores.classes["word"]["fixed"] == scores.classes["hyphen"]["fixed"] == scores.classes["spacing"]["missed"] == 1
    assert (scores.pages, scores.breaks, scores.breaks_kept, scores.breaks_false) == (1, 1, 1, 0)
    assert scores.error_reduction == pytest.approx(2 / 3) and scores.precision == 1.0
    harmed = score_document(tmp_path / "gold", RAW, RAW.replace("policy", "police"))
    assert harmed.outcomes["damaged"] == 1 and harmed.precision == 0.0


def a_result(name: str, text: str, *edits: Edit, scan: str = "") -> Result:
    words, at = [], 0
    for piece in text.split(" "):
        words.append(Word(at, at + len(piece), 0.9, Box(at, 0, at + len(piece), 9)))
        at += len(piece) + 1
    lines = (Line(0, len(text), tuple(words)),) if scan else ()
    page = Page(1, 0, len(text), lines, Scan(scan, 1, 900, 900) if scan else None)
    return Result(Source(name, text, (page,)), Ledger(len(text), edits), Evidence(), DocumentConfidence())


def an_edit(start: int, before: str, after: str) -> Edit:
    return Edit("word", "x", "replace", 0.95, "R.", (Replace(start, start + len(before), before, after),), before, after, 1)


def test_folders_of_scans_by_the_name_of_the_scan(tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / "letter_1.gt.txt").write_text("the policy of it")
    (truth / "letter_2.gt.txt").write_text("never read")
    write_document(a_result("d", "tlie policy of it", an_edit(0, "tlie", "the"), scan="in/letter_1.png"), tmp_path / "out" / "d")
    report = evaluate(truth, tmp_path / "out")
    assert report.before is not None and report.after is not None
    assert [page.wer for page in report.before.pages] == [0.25, 1.0]
    assert [page.wer for page in report.after.pages] == [0.0, 1.0]
    assert "letter_2" in report.to_text()
    assert json.loads(report.to_json())["after"]["wer"] == pytest.approx(2 / 6)


def test_texts_by_the_name_of_the_document(tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / "one.txt").write_text("the policy")
    write_document(a_result("one", "tlie policy", an_edit(0, "tlie", "the")), tmp_path / "out" / "one")
    report = evaluate(truth, tmp_path / "out")
    assert report.before is not None and report.after is not None
    assert (report.before.wer, report.after.wer) == (0.5, 0.0)


def test_plain_files_of_another_program(tmp_path: Path) -> None:
    for folder, text in (("truth", "the policy"), ("out", "the police"), ("raw", "tho police")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(text)
    report = evaluate(tmp_path / "truth", tmp_path / "out", tmp_path / "raw")
    assert report.before is not None and report.after is not None
    assert (report.before.wer, report.after.wer) == (1.0, 0.5)
    assert report.outcomes is not None and report.outcomes.totals == {"fixed": 1, "missed": 1}
    assert score_pages(tmp_path / "truth", {}).wer == 1.0


def test_a_long_document(tmp_path: Path) -> None:
    gold = gold_folder(tmp_path / "gold")
    write_document(a_result("d", RAW, an_edit(RAW.index("tlie"), "tlie", "the")), tmp_path / "out" / "d")
    report = evaluate(gold, tmp_path / "out" / "d")
    assert report.repairs is not None and report.repairs.outcomes["fixed"] == 1
    assert "error reduction 33.3%" in report.to_text() and "hyphen" in report.to_text()
    assert json.loads(report.to_json())["missed"] == 2
    (tmp_path / "clean.txt").write_text(OUT)
    (tmp_path / "raw.txt").write_text(RAW)
    assert evaluate(gold, tmp_path / "clean.txt", tmp_path / "raw.txt").to_text().count("fixed 2") == 1


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableInput):
        evaluate(tmp_path / "missing", tmp_path)
    with pytest.raises(UnreadableInput):
        evaluate(tmp_path / "empty", tmp_path)
    with pytest.raises(UnreadableInput):
        evaluate(gold_folder(tmp_path / "gold"), tmp_path / "empty")


def test_hocr_of_others(tmp_path: Path) -> None:
    path = tmp_path / "a.hocr"
    path.write_text(
        "<html><body><div class='ocr_page' title='image \"a b.png\"; bbox 0 0 1 1'><p class='ocr_par'>"
        "<span class='ocr_line x'><span class='ocrx_word'>One</span> <span class='ocrx_word'><b>two</b></span></span>"
        "<span class='ocr_header'><span class='ocr_line'><span class='ocrx_word'>three</span></span></span>"
        "</p></div></body></html>"
    )
    assert read_hocr(path).text == "One two\nthree\n" and read_hocr(path).stem == "a b"
