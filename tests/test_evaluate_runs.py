"""errata evaluate as a person uses it: pages of any kind, two runs, words that were vandalised or doubted, and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import Errata
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from test_evaluate import GOLD, OUT, RAW, a_result, an_edit, gold_folder

from pipeline.errors import ExitCode
from pipeline.evaluate import evaluate
from pipeline.evaluate.aligned import Worded, counterparts
from pipeline.evaluate.files import file_name
from pipeline.evaluate.judged import JudgedText, certainty
from pipeline.evaluate.normalise import page_normal, repair_normal, traced
from pipeline.evaluate.pages import FIGURES, averages, score_page, score_pages
from pipeline.evaluate.searched import counterpart
from pipeline.evaluate.side_by_side import side_by_side
from pipeline.outputs.files import write_document

FILES = Path(__file__).parent / "ocr_files"
TRUTHS = ("The envoy left Geneva at dawn.", "Nobody came to the quay.", "The consul wrote at once.", "It rained all day.")


def folder_of(place: Path, texts: Sequence[str]) -> Path:
    place.mkdir()
    for number, text in enumerate(texts, 1):
        (place / f"p{number}.txt").write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("name", "page"),
    [("0001.gt.txt", "0001"), ("a.b.alto.xml", "a.b"), ("x.hocr.gz", "x"), ("x.page.xml", "x"), ("letter", "letter")],
)
def test_names_of_pages(name: str, page: str) -> None:
    assert file_name(Path(name)) == page


def test_averages_are_what_they_are_called() -> None:
    scores = score_pages(
        {"a": "the policy", "b": "of it", "c": "", "d": "and so on"}, {"a": "tho policy", "b": "of it", "c": "x"}
    )
    assert (scores.missing, scores.empty) == (["d"], ["c"])
    found = {name: figure.value for name, figure in scores.figures.items()}
    assert found["wer_micro"] == scores.wer == pytest.approx((1 + 1 + 3) / 7)
    assert found["wer_macro"] == pytest.approx((0.5 + 0 + 1) / 3)
    assert (found["wer_median"], found["cer_median"]) == pytest.approx((0.5, scores.median_cer))
    assert found["bag_of_words_micro"] == pytest.approx((2 + 0 + 1 + 3) / (4 + 4 + 1 + 3))
    stack = averages(np.stack([scores.table, scores.table[::-1]]))
    assert stack.shape == (2, len(FIGURES)) and stack[0] == pytest.approx(stack[1]) == list(found.values())


def test_the_truth_itself_is_without_errors(tmp_path: Path) -> None:
    truth = folder_of(tmp_path / "truth", TRUTHS)
    report = evaluate(truth, truth)
    assert report.after is not None and all(figure.value == figure.high == 0 for figure in report.after.figures.values())
    assert score_page("a", "", "").cer == 0 and score_page("a", "", "xy").cer == 2


def test_two_runs_over_the_same_pages(errata: Errata, tmp_path: Path) -> None:
    folder_of(tmp_path / "truth", TRUTHS)
    folder_of(tmp_path / "good", [text.replace("consul", "consnl") for text in TRUTHS])
    folder_of(tmp_path / "bad", [text.replace("e", "c") for text in TRUTHS])
    found = json.loads(errata("evaluate", "truth", "good", "--against", "bad", "--json").out)
    assert found["against"]["wer"] > found["after"]["wer"]
    change = found["against_other"]["wer_micro"]
    assert change["value"] == pytest.approx(found["after"]["wer"] - found["against"]["wer"])
    assert change["low"] <= change["value"] <= change["high"] < 0
    same = json.loads(errata("evaluate", "truth", "good", "--against", "good", "--json").out)["against_other"]
    assert {value for figure in same.values() for value in figure.values()} == {0.0}
    assert "against other" in errata("evaluate", "truth", "good", "--against", "bad").out


@pytest.mark.parametrize("name", ["ocrd-page-2019.xml", "escriptorium-alto-4.xml", "kraken.hocr"])
def test_truth_and_result_of_any_kind(errata: Errata, tmp_path: Path, name: str) -> None:
    for folder in ("truth", "out"):
        (tmp_path / folder).mkdir()
    (tmp_path / "truth" / f"0001.gt{Path(name).suffix}").write_bytes((FILES / name).read_bytes())
    (tmp_path / "out" / f"0001{Path(name).suffix}").write_bytes((FILES / name).read_bytes())
    assert json.loads(errata("evaluate", "truth", "out", "--json").out)["after"]["cer"] == 0
    single = errata("evaluate", FILES / name, tmp_path / "out" / f"0001{Path(name).suffix}", "--json")
    assert json.loads(single.out)["after"]["cer"] == 0


def test_confidences_of_other_programs_are_judged(errata: Errata, tmp_path: Path) -> None:
    words = [("The", 96), ("envoy", 93), ("lest", 31), ("Geneva", 90), ("at", 95), ("dawn.", 91)]
    spans = "".join(
        f"<span class='ocrx_word' title='bbox {9 * i} 0 {9 * i + 8} 9; x_wconf {c}'>{w}</span> " for i, (w, c) in enumerate(words)
    )
    line = f"<span class='ocr_line' title='bbox 0 0 99 9'>{spans}</span>"
    page = f"<html><body><div class='ocr_page' title='bbox 0 0 99 9'>{line}</div></body></html>"
    folder_of(tmp_path / "truth", TRUTHS[:1])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "p1.hocr").write_text(page)
    found = json.loads(errata("evaluate", "truth", "out", "--json").out)["certainty"]
    assert (found["words"], found["wrong"], found["figures"]["auroc"]["value"]) == (6, 1, 1.0)
    assert found["expected_wrong"] == pytest.approx(0.04 + 0.07 + 0.69 + 0.1 + 0.05 + 0.09)


def test_words_of_our_results_are_judged(errata: Errata, tmp_path: Path) -> None:
    lines = "\n".join(f"{text} The envoy wrote of the haruest xq{n}z again." for n, text in enumerate(TRUTHS))
    (tmp_path / "letter.txt").write_text(lines)
    errata("clean", "letter.txt", "-o", "out")
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "letter.txt").write_text(re.sub(r"xq\dz", "loudly", lines.replace("haruest", "harvest")))
    ran = errata("evaluate", "truth", "out")
    assert (ran.code, ran.err) == (0, "") and "How sure words are" in ran.out
    (tmp_path / "out" / "letter" / "confidence.json").write_text('{"pages": []}')
    ran = errata("evaluate", "truth", "out")
    assert ran.code == 0 and "How sure" not in ran.out and "without a sound confidence.json" in ran.out


def test_chance_and_outcome_of_words_and_lines() -> None:
    text, truth = "the cat sat\non tbe mat\nat home", "the cat sat\non the mat\nat home"
    chance = np.array([0.1, 0.1, 0.1, 0.1, 0.8, np.nan, 0.2, 0.1])
    found = certainty([([JudgedText(text, chance)], truth), ([JudgedText("no word")], "no word")])
    assert found is not None
    assert list(found.wrong) == [0, 0, 0, 0, 1, 0, 0] and list(found.lines) == [0, 0, 0, 1, 1, 2, 2] and found.unjudged == 1
    lines, wrong, _ = found.of_lines
    assert lines == pytest.approx([1 - 0.9**3, 1 - 0.9 * 0.2, 1 - 0.8 * 0.9]) and list(wrong) == [0, 1, 0]
    assert found.figures["found_in_lines"].value == pytest.approx(0.3)
    assert certainty([([JudgedText("no word")], "no word")]) is None


def test_vandalised_words_of_pages_name_the_edit(tmp_path: Path) -> None:
    truth = folder_of(tmp_path / "truth", ["The cat sat on tho mat.\nAll was well."])
    text = "The cat sat on tho mat.\nAll wa5 well."
    edits = (an_edit(text.index("tho"), "tho", "the"), an_edit(text.index("wa5"), "wa5", "was"))
    write_document(a_result("p1", text, *edits), tmp_path / "out" / "p1")
    report = evaluate(truth, tmp_path / "out")
    assert report.outcomes is not None and report.outcomes.totals == {"fixed": 1, "damaged": 1}
    (word,) = report.vandalised
    assert (word.page, word.word, word.became, [(d.line, d.edit.after) for d in word.by]) == ("p1", "tho", "the", [(2, "the")])
    assert f"errata undo {tmp_path / 'out' / 'p1'} --edit 2" in report.to_text()
    assert json.loads(report.to_json())["vandalised"][0]["by"][0]["rule"] == "x"
    assert report.outcomes.forms.keys() == {"letters"}


def test_vandalised_words_of_a_long_document_name_the_edit(tmp_path: Path) -> None:
    gold = gold_folder(tmp_path / "gold")
    write_document(a_result("d", RAW, an_edit(RAW.index("policy"), "policy", "police")), tmp_path / "out" / "d")
    words = [(word, 0.5) for word in RAW.replace("policy", "police").split()]
    (tmp_path / "out" / "d" / "confidence.json").write_text(
        json.dumps({"format": "errata-confidence", "version": 1, "pages": [{"lines": [{"words": words}]}]})
    )
    report = evaluate(gold, tmp_path / "out")
    (word,) = report.vandalised
    assert (word.word, word.became, [d.edit.before for d in word.by]) == ("policy", "police", ["policy"])
    assert report.certainty is not None and len(report.certainty.chance) == 18
    assert report.before is not None and report.before.cer == report.repairs.cer_before  # type: ignore[union-attr]
    (tmp_path / "other.txt").write_text(OUT)
    against = evaluate(gold, tmp_path / "out", against=tmp_path / "other.txt")
    assert against.differing["wer_micro"].value > 0


def test_names_that_do_not_match_are_told(errata: Errata, tmp_path: Path) -> None:
    folder_of(tmp_path / "truth", TRUTHS[:2])
    folder_of(tmp_path / "out", TRUTHS[:1])
    (tmp_path / "out" / "cover.txt").write_text("Errata")
    ran = errata("evaluate", "truth", "out")
    assert "without output, counted as empty: p2" in ran.out and "without ground truth, left aside: cover" in ran.out
    (tmp_path / "out" / "p1.txt").unlink()
    ran = errata("evaluate", "truth", "out")
    assert ran.code == ExitCode.INPUT_FILE and "cover" in ran.err and "p1" in ran.err and len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("truth", "nowhere"), ExitCode.INPUT_FILE, "nowhere"),
        (("truth", "empty"), ExitCode.INPUT_FILE, "no pages"),
        (("empty", "truth"), ExitCode.INPUT_FILE, "no ground truth"),
        (("truth", "image"), ExitCode.INPUT_FILE, "PNG"),
        (("truth", "broken"), ExitCode.INPUT_FILE, "p1.xml"),
        (("truth", "truth", "truth", "--html", "x.html"), ExitCode.BAD_ARGS, "--against"),
        (("truth", "truth", "--html", "empty"), ExitCode.FILE_ACCESS, "empty"),
        (("truth", "truth", "--against", "nowhere"), ExitCode.INPUT_FILE, "nowhere"),
    ],
)
def test_bad_input_gets_one_line(errata: Errata, tmp_path: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    folder_of(tmp_path / "truth", TRUTHS)
    for name in ("empty", "image", "broken"):
        (tmp_path / name).mkdir()
    (tmp_path / "image" / "p1.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "broken" / "p1.xml").write_text("<alto><Layout>")
    ran = errata("evaluate", *arguments)
    assert ran.code == code and told in ran.err and len(ran.err.splitlines()) == 1


def test_the_page_stands_alone(errata: Errata, tmp_path: Path) -> None:
    folder_of(tmp_path / "truth", [*TRUTHS, "\x01 <b>&amp;"])
    folder_of(tmp_path / "out", [text.replace("Geneva", "<Genova>") for text in TRUTHS])
    assert errata("evaluate", "truth", "out", "--against", "truth", "--html", "page.html").code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    page = etree.fromstring(text.replace("<!DOCTYPE html>", "").encode(), etree.HTMLParser(recover=False))
    assert not page.xpath("//script | //link | //img | //iframe | //@src") and "http" not in text and "@import" not in text
    assert all(href.startswith("#") for href in page.xpath("//a/@href"))
    assert {href[1:] for href in page.xpath("//a/@href")} <= set(page.xpath("//@id"))
    assert len(set(page.xpath("//@id"))) == len(page.xpath("//@id"))
    assert page.xpath("//ins[.='Geneva']") and page.xpath("//del[.='<Genova>']") and page.xpath("//*[@class='gone']")
    assert [h.text for h in page.xpath("//details/summary/h3")][1] == "p5"
    assert all(th.get("scope") for th in page.xpath("//th")) and page.xpath("//html/@lang") == ["en"]


def test_diagrams_have_words_for_those_who_cannot_see_them(errata: Errata, tmp_path: Path) -> None:
    truth = folder_of(tmp_path / "truth", TRUTHS)
    report = evaluate(truth, truth)
    values = np.linspace(0.01, 0.6, 40)
    found = certainty([([JudgedText(" ".join(["a"] * 39 + ["x"]), values)], " ".join(["a"] * 40))])
    page = etree.fromstring(replace(report, certainty=found).to_html(), etree.HTMLParser(recover=False))
    diagrams = page.xpath("//svg")
    assert len(diagrams) == 3
    for diagram in diagrams:
        told = [page.xpath(f"//*[@id='{name}']")[0].text for name in diagram.get("aria-labelledby").split()]
        assert diagram.get("role") == "img" and all(told)
        assert "nan" not in etree.tostring(diagram).decode()


TEXT = st.text(alphabet="abB1-. '’—é\u0301\u00ad\u00a0\ufeff\t\n\f", max_size=40)


@given(TEXT, st.booleans())
@example(" \u03011 a\u0301", True)
@settings(max_examples=300)
def test_the_way_back_from_what_is_compared(text: str, scans: bool) -> None:
    plain, offsets = traced(text, scans=scans)
    assert plain == (page_normal if scans else repair_normal)(text) and len(offsets) == len(plain)
    assert offsets == sorted(offsets)
    words = Worded(text, scans)
    assert words.tokens.texts == plain.split()
    assert all(text[slice(*words.span(at))].strip() for at in range(len(words.tokens.texts)))


@given(st.text(alphabet="abc ", min_size=1, max_size=14), st.text(alphabet="abc ", max_size=14))
def test_counterparts_follow_each_other(pattern: str, text: str) -> None:
    spans = [counterpart(pattern, text, at, at + 1) for at in range(len(pattern))]
    assert all(0 <= low <= high <= len(text) for low, high in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert counterpart(pattern, pattern, 0, len(pattern)) == (0, len(pattern))


def test_words_and_what_stands_for_them() -> None:
    found = counterparts("the Foreign Office and all".split(), "the ForeignOffice und so all".split())
    assert (
        found.texts == ["the", "ForeignOffice und so", "ForeignOffice und so", "ForeignOffice und so", "all"]
        or found.wrong[0] is False
    )
    torn = counterparts(["Commander"], ["Com", "mander"])
    assert (torn.texts, torn.wrong, torn.spacing) == (["Com mander"], [True], [True])
    assert counterparts(["a"], []).texts == [""]


LINES = st.lists(st.lists(st.sampled_from(["the", "cat", "sat", "on", "mat."]), min_size=1, max_size=5), min_size=1, max_size=5)


@given(LINES, LINES)
def test_side_by_side_loses_no_word(truth: list[list[str]], found: list[list[str]]) -> None:
    one, other = ("\n".join(map(" ".join, lines)) for lines in (truth, found))
    rows = side_by_side(one, other)
    assert side_by_side(one, one) == [] and (rows == []) == (one.split() == other.split())
    for row in rows:
        assert " ".join(piece.text for piece in row.truth).split() == truth[row.line - 1]
    wrong = [word for row in rows for piece in row.found if piece.kind == "wrong" for word in piece.text.split()]
    same = [word for row in rows for piece in row.found if piece.kind == "same" for word in piece.text.split()]
    assert len(wrong) + len(same) <= len(other.split()) and len(wrong) >= len(other.split()) - len(one.split())


def test_gold_is_whole() -> None:
    assert repair_normal(GOLD).startswith("The policy of the Government")
