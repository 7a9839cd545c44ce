"""The confidence of words, lines and pages."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.confidence.fitting import fitted
from pipeline.confidence.forms import FORM_FEATURES, form_row
from pipeline.confidence.model import document_confidence, shipped_weights
from pipeline.confidence.words import FEATURES, TEXT_FEATURES, read_words
from pipeline.draft import Draft
from pipeline.language import Lexicon, build_lexicon
from pipeline.language.evidence import Knowledge, gather
from pipeline.ledger import Edit, Ledger, Replace
from pipeline.model import Box, Line, Page, Scan, Source, Word


@cache
def lexicon() -> Lexicon:
    return build_lexicon()


def knowledge(text: str) -> Knowledge:
    return Knowledge(lexicon(), gather(text))


def plain(text: str) -> Source:
    return Source("a", text, (Page(1, 0, len(text)),))


def scanned(text: str, *confidences: float) -> Source:
    """One line with an image, its words read with these confidences."""
    words, at = [], 0
    for piece, confidence in zip(text.split(" "), confidences, strict=True):
        words.append(Word(at, at + len(piece), confidence, Box(at, 0, at + len(piece), 9)))
        at += len(piece) + 1
    line = Line(0, len(text), tuple(words))
    return Source("a", text, (Page(1, 0, len(text), (line,), Scan("a.jpg", 1, 900, 900)),))


def an_edit(text: str, before: str, after: str, probability: float) -> Edit:
    at = text.index(before)
    return Edit("word", "x", "replace", probability, "R.", (Replace(at, at + len(before), before, after),), before, after, 1)


def repeated(word: str) -> float:
    """The probability that the first line is right of a text that has a form in every line."""
    text = "".join(f"On day {number} of the year the Cabinet met and heard {word} report.\n" for number in range(20, 80))
    return document_confidence(plain(text), Ledger(len(text)), knowledge(text)).pages[0].lines[0].probability


def test_a_misreading_of_a_common_word_is_doubted_however_often_it_stands_there() -> None:
    assert repeated("tlie") < 0.5
    assert repeated("Voksel") > 0.8  # a name that no list has
    assert repeated("volkhozy") > 0.8  # a word of another language


def test_a_doubtful_line_says_why() -> None:
    text = "The policy of the Cabinet was clear\n" + "It was the policy of the Cabinet for many years\n" * 9
    text = f"{text}and Olip&hnt cbsed the siffect *\n"
    good, *_, bad, blank = document_confidence(plain(text), Ledger(len(text)), knowledge(text)).pages[0].lines
    assert good.probability > 0.8 and good.reasons == ()
    assert bad.probability < 0.5 and bad.expected_wrong > 1
    assert {"odd character in “Olip&hnt”", "unknown word “cbsed”", "lone “*”"} <= set(bad.reasons)
    assert blank.probability == 1.0 and blank.expected_wrong == 0.0


def test_what_the_ocr_was_unsure_of() -> None:
    text = "The polioy of the Cabinet"
    source = scanned(text, 0.96, 0.31, 0.95, 0.96, 0.96)
    (line,) = document_confidence(source, Ledger(len(text)), knowledge(text)).pages[0].lines
    sure = scanned(text, *[0.96] * 5)
    assert line.probability < document_confidence(sure, Ledger(len(text)), knowledge(text)).pages[0].lines[0].probability
    assert "OCR unsure of “polioy” (0.31)" in line.reasons


def test_held_edits_are_reasons() -> None:
    text = "The policy of tlie Cabinet"
    ledger = Ledger(len(text), (), (an_edit(text, "tlie", "the", 0.8),))
    (line,) = document_confidence(plain(text), ledger, knowledge(text)).pages[0].lines
    assert "held: “tlie” → “the”" in line.reasons


def test_pages_and_lines_are_those_of_the_clean_text() -> None:
    text = "One tlie\n\ftwo\nthree\n"
    ledger = Ledger(len(text), (an_edit(text, "tlie", "the", 0.95),))
    found = document_confidence(plain(text), ledger, knowledge(text))
    draft = Draft(text, ledger.applied)
    assert [(line.start, line.end) for line in found.lines] == [(line.start, line.end) for line in draft.lines]
    assert [page.number for page in found.pages] == [1, 2]
    assert found.expected_wrong == pytest.approx(sum(line.expected_wrong for line in found.lines), abs=0.01)


def test_names_of_features_are_those_of_the_shipped_weights() -> None:
    lengths = {kind: len(weights) for kind, weights in shipped_weights().items()}
    assert lengths == {"text": len(TEXT_FEATURES), "image": len(FEATURES)}


@pytest.mark.parametrize(
    "word",
    "policy Litvinov's 1927-32 N6029/1316/55 pp.5-60. (1) McKenna 'studied U.S.S.R. 2nd op.cit. Doc.No.5. (b) mid-1920s 10s H. "
    "1,000 C.P.169(32), the Mr is".split(),
)
def test_ordinary_words_raise_no_doubt(word: str) -> None:
    row = dict(zip(FORM_FEATURES, form_row(word, knowledge("")), strict=True))
    assert sum(row.values()) - row["quote mark"] - row["number"] == 0


@pytest.mark.parametrize(
    ("word", "feature"),
    [
        ("has,been", "misplaced stop"),
        ("raid.The", "misplaced stop"),
        ("-Report", "misplaced stop"),
        ("bj", "two letters"),
        ("H", "lone capital"),
        ("102,00", "odd number"),
        ("n1ne", "letters and digits"),
        ("The,", "stop behind article"),
        ("are-gradually", "hyphen to common word"),
    ],
)
def test_odd_forms(word: str, feature: str) -> None:
    assert dict(zip(FORM_FEATURES, form_row(word, knowledge("")), strict=True))[feature] > 0


def seen_of(text: str, feature: str) -> list[str]:
    """The words of a text that have a feature."""
    words = read_words(plain(text), Ledger(len(text)), knowledge(text))
    return [word for word, value in zip(words.texts, words.features[:, FEATURES.index(feature)], strict=True) if value]


@pytest.mark.parametrize(
    ("text", "feature", "words"),
    [
        ("he belonged to. this body. They left", "stop before small letter", ["to."]),
        ("as in Bryce, op. cit. page four", "stop before small letter", []),
        ("they turned against the man The faithful left", "no stop before capital", ["man"]),
        ("he said: “It is so. He left.\n\n“We stayed,” she said", "quote unpaired", ["“It"]),
        ("the envoy's “policy” of ‘trade’, and the workers’ clubs", "quote unpaired", []),
        ("he left . The door : it shut", "spaced stop", [".", ":"]),
        ("he left. ; The door", "lone stop", [";"]),
    ],
)
def test_what_stands_beside_a_word(text: str, feature: str, words: list[str]) -> None:
    assert seen_of(text, feature) == words


def test_doubt_is_smaller_in_a_clean_document() -> None:
    clean, noisy = "The policy of the Cabinet was clear to them\n", "Tne polcyi of tbe Cabnet wos claer to thcm\n"
    risks = []
    for around in (clean, noisy):
        text = around * 30 + "They met the siffect\n"
        risks.append(document_confidence(plain(text), Ledger(len(text)), knowledge(text)).words.wrong[-1])
    assert risks[0] < risks[1] - 0.1


def test_a_page_number_that_may_have_to_go_is_not_doubted() -> None:
    text = "the policy of the Cabinet\n17\n"
    at = text.index("17")
    edits = [Edit(kind, "x", "move", 0.8, "R.", (Replace(at, at + 2, "17", ""),), "17", "", 1) for kind in ("furniture", "word")]
    column = FEATURES.index("held")
    held = [read_words(plain(text), Ledger(len(text), (), (edit,)), knowledge(text)).features[-1, column] for edit in edits]
    assert held[0] == 0 and held[1] > 0


def test_rare_features_keep_the_weight_that_is_expected() -> None:
    chance = np.random.default_rng(3)
    features = np.stack([np.ones(2000), chance.random(2000) < 0.3, np.arange(2000) < 3], axis=1).astype(float)
    wrong = chance.random(2000) < np.where(features[:, 1] > 0, 0.4, 0.02)
    wrong[:3] = False  # by chance, none of the three is wrong
    free, kept = (fitted(features, wrong, expected=np.array([0.0, 1.0, 2.0]), floor=floor) for floor in (0.0, 3.0))
    assert kept[2] > free[2] and kept[2] > 0 and kept[1] == pytest.approx(free[1], abs=0.4)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    found = document_confidence(plain(text), Ledger(len(text)), knowledge(text))
    assert all(0 <= line.probability <= 1 and line.expected_wrong >= 0 for line in found.lines)
    assert len(read_words(plain(text), Ledger(len(text)), knowledge(text)).texts) == len(text.split())


def test_it_is_quick() -> None:
    text = "\n".join(" ".join(f"policy{n % 900} the Cabinet cbsed (1) of it".split()) for n in range(7000))
    words = knowledge(text)
    began = time.process_time()
    document_confidence(plain(text), Ledger(len(text)), words)
    assert time.process_time() - began < 3


def test_the_risk_of_a_word_is_found_by_its_place() -> None:
    text = "the cat sat\non the qqzzx mat\n"
    words = document_confidence(plain(text), Ledger(len(text)), knowledge(text)).words
    assert words.starts.tolist() == [0, 4, 8, 12, 15, 19, 25]
    assert len(words.between(0, 11)) == 3 and len(words.between(5, 6)) == 1 and not len(words.between(11, 12))
    assert words.between(19, 24)[0] == max(words.wrong)
