"""Confidences fitted to a user's own pages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Errata

from pipeline.confidence.fitting import fitted
from pipeline.confidence.model import chances, shipped_weights, weights_from
from pipeline.confidence.words import FEATURES, Words
from pipeline.draft import Draft
from pipeline.errors import ExitCode, InvalidConfig, UnreadableInput
from pipeline.evaluate.known_words import Judged, decide, unjudged
from pipeline.evaluate.labels import RIGHT, UNJUDGED, WRONG
from pipeline.evaluate.refitting import calibrate
from pipeline.ledger import Edit, Replace

GOOD = "The consul sent a note to the embassy and the minister read it in the evening before the train went on"


def made_words(size: int, seed: int, scale: float = 1.0) -> Judged:
    """Words of an engine that knows when it errs; with `scale` below 1 it hardly says so."""
    chance = np.random.default_rng(seed)
    wrong = chance.random(size) < 0.06
    sure = np.clip(0.95 - wrong * chance.random(size) * 0.7 - 0.1 * chance.random(size), 0.02, 0.99)
    features = np.zeros((size, len(FEATURES)), dtype=np.float32)
    features[:, 0] = 1
    features[:, FEATURES.index("neighbours seen")] = chance.random(size) < 0.7
    features[:, FEATURES.index("ocr doubt")] = (1 - sure) * scale
    places = np.arange(size) * 4
    words = Words(
        ("abc",) * size, places, places + 3, features, sure.astype(np.float32), sure.astype(np.float32), -np.ones(size, int)
    )
    return Judged("made", words, np.where(wrong, WRONG, RIGHT).astype(np.int8), np.arange(size) // 200)


def test_a_fit_finds_the_weights_that_made_the_data_and_stays_at_what_is_expected_without_any() -> None:
    chance = np.random.default_rng(1)
    features = np.column_stack([np.ones(20000), chance.normal(size=20000)])
    wrong = chance.random(20000) < chances(features @ np.array([-2.0, 1.0]))
    assert fitted(features, wrong) == pytest.approx([-2.0, 1.0], abs=0.1)
    assert fitted(features[:4], wrong[:4], expected=np.array([0.0, 3.0]), strength=1e6)[1] == pytest.approx(3.0, abs=0.01)


def test_an_engine_on_a_scale_of_its_own_is_understood_afterwards() -> None:
    record, figures = calibrate([made_words(4000, 1, scale=0.1)])
    (told,) = (f for f in figures if f.kind == "image")
    assert not told.kept and told.error[1] < 0.04 and told.error[1] < told.error[0] and told.area[1] > told.area[0] - 0.02
    other = made_words(4000, 2, scale=0.1)
    weights = np.array([record["image"]["weights"][name] for name in FEATURES])
    expected = chances(other.words.features @ weights).sum()
    assert expected == pytest.approx(other.wrong.sum(), rel=0.25)
    assert record["text"]["weights"]["unknown"] == pytest.approx(shipped_weights()["text"][1], abs=1e-4)


def test_too_few_words_teach_nothing() -> None:
    few = made_words(250, 3)
    with pytest.raises(UnreadableInput, match=r"only 250 words are known"):
        calibrate([few])
    with pytest.raises(UnreadableInput, match="0 of them wrong"):
        calibrate([replace(made_words(4000, 4), states=np.zeros(4000, dtype=np.int8))])


def test_what_a_person_said_of_a_place() -> None:
    words = made_words(5, 5).words
    states = unjudged(words)
    decide(words, states, 5, 9, right=False)
    decide(words, states, 16, 17, right=True)
    assert states.tolist() == [UNJUDGED, WRONG, WRONG, UNJUDGED, RIGHT]


def test_a_span_of_the_source_is_found_in_the_draft() -> None:
    edit = Edit("word", "x", "replace", 0.9, "R.", (Replace(4, 8, "tlie", "the"),), "tlie", "the", 1)
    draft = Draft("see tlie cat", (edit,))
    assert draft.span_of(4, 8) == (4, 7) and draft.span_of(9, 12) == (8, 11) and draft.span_of(0, 3) == (0, 3)
    assert draft.span_of(12, 12) is None


@pytest.fixture
def finished(errata: Errata, tmp_path: Path) -> Path:
    """A finished document with many misread words, and its truth."""
    lines = [GOOD] * 60
    bad = [
        line.replace("embassy", "cmbqssy").replace("evening", "cvcnjng") if at % 3 == 0 else line for at, line in enumerate(lines)
    ]
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "letter.gt.txt").write_text("\n".join(lines))
    (tmp_path / "letter.txt").write_text("\n".join(bad))
    assert errata("clean", "letter.txt", "-o", "out").code == 0
    return tmp_path / "out" / "letter"


def test_the_command_writes_weights_that_later_runs_use(errata: Errata, finished: Path) -> None:
    ran = errata("calibrate", finished, "--truth", "truth", "-o", "mine.json")
    assert ran.code == 0 and "words of text alone" in ran.out and "mine.json written" in ran.out, ran.err
    before = (finished / "confidence.csv").read_text()
    assert errata("clean", "letter.txt", "-o", "out", "--calibration", "mine.json").code == 0
    assert (finished / "confidence.csv").read_text() != before
    assert json.loads((finished / "errata.json").read_text())["calibration"].endswith("mine.json")


def test_bad_input_is_refused(errata: Errata, finished: Path, tmp_path: Path) -> None:
    assert errata("calibrate", finished, "--truth", "nowhere").code == ExitCode.INPUT_FILE
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "book.txt").write_text("another text\n")
    ran = errata("calibrate", finished, "--truth", "other")
    assert ran.code == ExitCode.INPUT_FILE and "none of its 1 texts" in ran.err
    assert errata("calibrate", finished).code == ExitCode.INPUT_FILE
    (tmp_path / "broken.json").write_text('{"text": 1}')
    ran = errata("clean", "letter.txt", "-o", "other-out", "--calibration", "broken.json")
    assert ran.code == ExitCode.INVALID_CONFIG and "broken.json" in ran.err
    with pytest.raises(InvalidConfig, match="cannot be read"):
        weights_from("nowhere.json")
