"""How many wrong words are left, and which lines to read."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.confidence.model import DocumentConfidence, LineConfidence, PageConfidence, WordRisks
from pipeline.confidence.residual import Residual, Verdict, residual
from pipeline.confidence.spread import FREEDOM, Spread, spread_of

SPREAD = Spread(0.6, 0.4)
WORDS = 10
"""Words of a line of these documents, each of four letters and a space."""


def document(risks: np.ndarray) -> DocumentConfidence:
    """A document of lines of ten words, of `risks` pages x lines x words."""
    starts = np.arange(risks.size) * 5
    pages, at = [], 0
    for number, page in enumerate(risks, 1):
        lines = []
        for count, line in enumerate(page, 1):
            lines.append(LineConfidence(number, count, at, at + 49, float(np.prod(1 - line)), float(line.sum())))
            at += 50
        pages.append(PageConfidence(number, float(1 - page.mean()), float(page.sum()), tuple(lines)))
    return DocumentConfidence(tuple(pages), WordRisks(starts, starts + 4, risks.ravel()))


def risky(pages: int = 12, lines: int = 30, seed: int = 5) -> np.ndarray:
    """Risks as they are: most words nearly sure, a few doubtful."""
    chance = np.random.default_rng(seed)
    return np.where(chance.random((pages, lines, WORDS)) < 0.04, 0.4, 0.004) * chance.uniform(0.5, 1.5, (pages, 1, 1))


def shifted(risks: np.ndarray, seed: int) -> np.ndarray:
    """Which words are wrong in a document drawn from the model: shifts of the document and its pages, then chance."""
    chance = np.random.default_rng(seed)
    shift = SPREAD.shift + SPREAD.document * chance.standard_t(FREEDOM) + chance.normal(0, SPREAD.page, (len(risks), 1, 1))
    return chance.random(risks.shape) < 1 / (1 + (1 - risks) / risks * np.exp(-shift))


def verdict(shape: tuple[int, ...], page: int, line: int, wrong: int, *, drawn: bool = True) -> Verdict:
    """On a line of a document of this shape; page and line count from 1."""
    start = ((page - 1) * shape[1] + line - 1) * 5 * WORDS
    return Verdict(start, start + 49, wrong, drawn)


def verdicts(wrong: np.ndarray, lines: list[tuple[int, int]], *, drawn: bool = True) -> list[Verdict]:
    return [verdict(wrong.shape, page, line, int(wrong[page - 1, line - 1].sum()), drawn=drawn) for page, line in lines]


def width(found: Residual) -> int:
    return found.document.high - found.document.low


def test_intervals_hold_what_they_promise() -> None:
    risks = risky()
    found = residual(document(risks), SPREAD)
    truths = [shifted(risks, seed) for seed in range(400)]
    covered = np.mean([found.document.low <= wrong.sum() <= found.document.high for wrong in truths])
    assert 0.86 <= covered <= 0.95
    pages = np.mean([[e.low <= n <= e.high for e, n in zip(found.pages, t.sum(axis=(1, 2)), strict=True)] for t in truths])
    assert 0.88 <= pages <= 0.98  # whole words: an interval can only hold too much


def test_intervals_after_an_audit_hold_what_they_promise() -> None:
    risks, hits = risky(), []
    for seed in range(150):
        wrong = shifted(risks, seed)
        chosen = [divmod(int(at), 30) for at in np.random.default_rng(seed).choice(360, 80, replace=False)]
        seen = verdicts(wrong, [(page + 1, line + 1) for page, line in chosen])
        left = residual(document(risks), SPREAD, seen).document
        hits.append(left.low <= wrong.sum() - sum(said.wrong for said in seen) <= left.high)
    assert 0.85 <= np.mean(hits) <= 0.98  # whole words: an interval can only hold too much


def test_more_doubt_means_more_errors() -> None:
    low, high = (residual(document(risky() * factor), SPREAD).document for factor in (0.5, 1.0))
    assert low.expected < high.expected and low.low <= high.low and low.high < high.high


def test_an_audit_narrows_the_interval_and_moves_it_to_what_was_found() -> None:
    risks = risky()
    before = residual(document(risks), SPREAD)
    lines = [(page, line) for page in range(1, 13) for line in range(1, 30, 3)]
    usual = [verdict(risks.shape, p, n, round(float(risks[p - 1, n - 1].sum()))) for p, n in lines]
    many = [verdict(risks.shape, p, n, 2) for p, n in lines]
    none = [verdict(risks.shape, p, n, 0) for p, n in lines]
    after, worse, better = (residual(document(risks), SPREAD, seen) for seen in (usual, many, none))
    share = after.words / before.words
    assert width(after) < 0.9 * share * width(before)
    assert better.document.expected < after.document.expected < worse.document.expected


def test_what_was_read_is_not_left_over() -> None:
    risks = risky()
    lines = [(page, line) for page in range(1, 13) for line in range(1, 31)]
    every = residual(document(risks), SPREAD, [verdict(risks.shape, p, n, 0, drawn=False) for p, n in lines])
    assert (every.document.expected, every.document.high, every.words, every.unread) == (0, 0, 0, ())
    half = residual(document(risks), SPREAD, [verdict(risks.shape, p, n, 9, drawn=False) for p, n in lines[:180]])
    assert half.words == risks.size // 2 and all(page.high == 0 for page in half.pages[:6])
    before = residual(document(risks), SPREAD)
    assert half.document.expected == pytest.approx(sum(page.expected for page in before.pages[6:]), rel=0.02)


def test_verdicts_on_single_words() -> None:
    risks = risky(2, 5)
    found = residual(document(risks), SPREAD, [Verdict(0, 4, 1, False), Verdict(5, 9, 0, False)])
    assert found.words == risks.size - 2 and len(found.unread) == 10
    assert found.unread[0].expected_wrong == pytest.approx(risks[0, 0, 2:].sum(), abs=1e-4)


@given(st.floats(0.01, 1.0), st.integers(0, 50))
def test_the_reading_list_reaches_its_share_with_the_fewest_lines(share: float, seed: int) -> None:
    found = residual(document(risky(3, 8, seed)), SPREAD)
    listed = found.reading_list(share)
    sums = sorted((line.expected_wrong for line in found.unread), reverse=True)
    assert listed.share >= share - 1e-9 and listed.of == 24
    assert sum(sums[: len(listed.lines) - 1]) < share * sum(sums)
    assert [line.expected_wrong for line in listed.lines] == sums[: len(listed.lines)]


def test_no_words_no_errors() -> None:
    found = residual(DocumentConfidence(), SPREAD)
    assert (found.document.expected, found.document.high, found.reading_list().lines) == (0, 0, ())


def test_it_is_quick_and_always_the_same() -> None:
    confidence = document(risky(480, 22))
    began = time.process_time()
    first = residual(confidence, SPREAD)
    assert time.process_time() - began < 1
    assert first == residual(confidence, SPREAD)


def test_the_shipped_spreads_make_sense() -> None:
    for spread in (spread_of(image=True), spread_of(image=False)):
        assert 0.05 <= spread.document <= 1.5 and 0.05 <= spread.page <= 1.5 and abs(spread.shift) < 1.5
