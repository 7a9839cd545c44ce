"""Scores of OCR text beside corrected text: figures worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import UnreadableInput
from pipeline.evaluate.pairs import Pair, pair_normal, read_pairs, score_pairs

PAIRS = [Pair("a", "tbe cat sat", "the cat sat"), Pair("b", "on “the” mat-\nting", 'on "the" matting'), Pair("c", "x", "#")]


def test_words_are_fixed_missed_and_damaged() -> None:
    scores = score_pairs(PAIRS, lambda text: text.replace("tbe", "the").replace("on", "an"))
    assert (scores.records, scores.words, scores.fixed, scores.missed, scores.damaged) == (2, 6, 1, 0, 1)
    assert (scores.before, scores.after) == (1, 1)
    assert (scores.error_reduction, scores.precision, scores.damage) == (0.0, 0.5, 0.2)


def test_nothing_done_is_nothing_changed() -> None:
    scores = score_pairs(PAIRS, lambda text: text)
    assert (scores.fixed, scores.missed, scores.damaged, scores.error_reduction, scores.precision) == (0, 1, 0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "normal"),
    [("a\u00ad\nb", "ab"), ("pol-\n icy", "policy"), ("Anglo-\nSoviet", "Anglo- Soviet"), ("a—b\u00a0’c’", "a-b 'c'")],
)
def test_what_does_not_count(text: str, normal: str) -> None:
    assert pair_normal(text) == normal


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"id": "a/b", "ocr": "x", "gt": "y"}) + "\n\n" + json.dumps({"id": 3, "ocr": "", "gt": ""}) + "\n")
    assert [pair.name for pair in read_pairs(path)] == ["00000_a_b", "00001_3"]
    path.write_text('{"id": 1}\n')
    with pytest.raises(UnreadableInput, match=r"pairs\.jsonl:1"):
        read_pairs(path)
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_pairs(tmp_path / "none.jsonl")
