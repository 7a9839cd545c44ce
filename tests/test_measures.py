"""Measures: rates as jiwer has them, intervals that hold what they should, and probabilities judged by hand-made cases."""

from __future__ import annotations

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluate.bootstrap import bootstrap, paired_bootstrap
from pipeline.evaluate.calibration import (
    aurc,
    auroc,
    brier,
    expected_calibration_error,
    found_by_reading,
    reliability,
    risk_coverage,
    roc,
)
from pipeline.evaluate.rates import Counts, bag_of_words, cmer_counts, compared, hipe_normal

WORDS = st.lists(st.text(alphabet="abcé’", min_size=1, max_size=3), max_size=9)
OUTCOMES = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]), st.booleans()), min_size=1, max_size=40)


@given(WORDS.filter(bool), WORDS)
@settings(max_examples=200)
def test_rates_are_those_of_jiwer(truth: list[str], found: list[str]) -> None:
    one, other = " ".join(truth), " ".join(found)
    theirs, ours = jiwer.process_words(one, other), compared(truth, found)
    assert ours == Counts(theirs.hits, theirs.substitutions, theirs.deletions, theirs.insertions)
    assert (ours.error_rate, ours.match_error_rate) == pytest.approx((theirs.wer, theirs.mer))
    letters, characters = jiwer.process_characters(one, other), compared(one, other)
    assert characters == Counts(letters.hits, letters.substitutions, letters.deletions, letters.insertions)
    assert characters.error_rate == pytest.approx(letters.cer)


@given(WORDS, WORDS)
def test_rates_of_words(truth: list[str], found: list[str]) -> None:
    counts, bag = compared(truth, found), bag_of_words(truth, found)
    assert counts.length == len(truth) and counts.length - counts.deletions + counts.insertions == len(found)
    assert 0 <= counts.match_error_rate <= 1 and 0 <= bag[0] <= bag[1]
    assert bag == bag_of_words(found, truth) and bag[0] <= 2 * counts.edits
    assert compared(truth, truth).edits == bag_of_words(truth, truth[::-1])[0] == 0


def test_rates_of_fixed_cases() -> None:
    assert compared("the policy", "tlie police") == Counts(8, 2, 0, 1)
    assert bag_of_words("der Mann steht an der Ampel".split(), "cer Mann fteht an der Ampel".split()) == (4, 12)
    assert compared("", "ab").error_rate == 2 and compared("", "").match_error_rate == 0
    assert compared("a", "abcdefghij").error_rate == 9 and compared("a", "abcdefghij").match_error_rate == 0.9


def test_the_normal_form_of_hipe() -> None:
    assert hipe_normal("  “Œuvre”, Straße—Com¬\nmerce_x ’É’\n") == "oeuvre strasse commerce x é"
    assert cmer_counts("THE Cabinet;", "the cabinet.").edits == 0
    assert cmer_counts("cote", "côté").match_error_rate == 0.5


def test_intervals_hold_the_figure_and_come_out_again() -> None:
    generator = np.random.default_rng(7)
    table = np.column_stack([generator.poisson(4, 60), np.full(60, 100)])
    (first,), (again,) = (bootstrap(table, micro) for _ in range(2))
    assert first == again and first.low < first.value < first.high
    same = bootstrap(np.tile([3.0, 100.0], (20, 1)), micro)[0]
    assert (same.low, same.value, same.high) == pytest.approx((0.03, 0.03, 0.03))


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        found = bootstrap(np.column_stack([generator.poisson(4, 50), np.full(50, 100)]), micro, draws=300)[0]
        held += found.low <= 0.04 <= found.high
    assert 178 <= held <= 200


def test_a_run_differs_from_itself_by_nothing() -> None:
    generator = np.random.default_rng(1)
    table = np.column_stack([generator.poisson(4, 30), np.full(30, 100)]).astype(float)
    found = paired_bootstrap(table, table, micro)[0]
    assert (found.value, found.low, found.high, found.clear) == (0, 0, 0, False)
    better = np.column_stack([np.maximum(0, table[:, 0] - 1), table[:, 1]])
    assert paired_bootstrap(table, better, micro)[0].high < 0
    alone = bootstrap(better, micro)[0]
    paired = paired_bootstrap(table, better, micro)[0]
    assert paired.high - paired.low < alone.high - alone.low


def test_clusters_are_drawn_whole() -> None:
    """Ten pages that are copies of each other tell no more than one."""
    generator = np.random.default_rng(5)
    pages = np.column_stack([generator.poisson(4, 30), np.full(30, 100)])
    copies, names = np.repeat(pages, 10, axis=0), np.repeat(np.arange(30), 10)
    one, whole = bootstrap(pages, micro)[0], bootstrap(copies, micro, clusters=list(names))[0]
    assert (whole.low, whole.high) == pytest.approx((one.low, one.high))
    blind = bootstrap(copies, micro)[0]
    assert blind.high - blind.low < (whole.high - whole.low) / 2


def micro(table: np.ndarray) -> np.ndarray:
    return np.stack([table[..., 0].sum(-1) / table[..., 1].sum(-1)], axis=-1)


@given(OUTCOMES)
def test_the_area_is_that_of_all_pairs_and_of_the_curve(items: list[tuple[float, bool]]) -> None:
    chance, wrong = (np.array(column, dtype=float) for column in zip(*items, strict=True))
    pairs = [(a > b) + (a == b) / 2 for a in chance[wrong == 1] for b in chance[wrong == 0]]
    if not pairs:
        assert np.isnan(auroc(chance, wrong))
        return
    assert auroc(chance, wrong) == pytest.approx(np.mean(pairs))
    curve = roc(chance, wrong)
    area = float((np.diff(curve.x) * (curve.y[1:] + curve.y[:-1]) / 2).sum())
    assert area == pytest.approx(np.mean(pairs)) and (curve.x[-1], curve.y[-1]) == (1, 1)


@given(OUTCOMES, st.randoms())
def test_order_among_equals_does_not_matter(items: list[tuple[float, bool]], random: object) -> None:
    mixed = list(items)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = ([np.array(column, dtype=float) for column in zip(*rows, strict=True)] for rows in (items, mixed))
    for measure in (auroc, aurc, brier, found_by_reading, lambda c, w: expected_calibration_error(reliability(c, w))):
        assert measure(*one) == pytest.approx(measure(*other), nan_ok=True)
    assert sum(b.count for b in reliability(*one)) == len(items)


def test_reliability() -> None:
    chance = np.repeat([0.1, 0.5], [100, 10])
    wrong = np.concatenate([np.arange(100) < 10, np.arange(10) < 8])
    bins = reliability(chance, wrong)
    assert [(b.count, b.expected, b.found) for b in bins] == [(100, pytest.approx(0.1), 0.1), (10, 0.5, 0.8)]
    assert expected_calibration_error(bins) == pytest.approx(0.3 * 10 / 110)
    assert brier([0.0, 1.0], [0, 1]) == 0 and brier([0.5, 0.5], [0, 1]) == 0.25
    assert reliability([], []) == () and expected_calibration_error(()) == 0 and np.isnan(brier([], []))
    even = reliability(np.linspace(0, 1, 95), np.zeros(95))
    assert len(even) == 10 and {b.count for b in even} <= {9, 10}


def test_reading_the_least_sure_first() -> None:
    chance, wrong = np.linspace(0, 1, 100), np.arange(100) >= 95
    assert found_by_reading(chance, wrong, 0.05) == 1 and found_by_reading(1 - chance, wrong) == 0
    assert found_by_reading(np.full(100, 0.3), wrong, 0.1) == pytest.approx(0.1)
    assert np.isnan(found_by_reading(chance, np.zeros(100)))
    assert found_by_reading([0.9, 0.1], [3, 1], 0.5) == 0.75
    curve = risk_coverage(chance, wrong)
    assert (curve.x[-1], curve.y[-1], curve.y[94]) == (1, 0.05, 0)
    assert aurc(np.full(100, 0.3), wrong) == pytest.approx(0.05) and aurc(chance, wrong) < 0.01
    assert np.isnan(aurc([], [])) and np.isnan(found_by_reading([], []))
