"""When to stop: intervals of a whole project hold by simulation, and nobody is told to stop beside a page that looks bad."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.confidence.project import RISKS, Project, Remaining, coded, remaining
from pipeline.confidence.residual import Estimate
from pipeline.confidence.spread import FREEDOM, spread_of
from pipeline.review.pace import Minutes, until
from pipeline.review.stopping import Standing
from pipeline.review.views.overview import minutes

DOCUMENTS, PAGES, WORDS = 6, 4, 250


def project(chance: np.random.Generator, documents: int = DOCUMENTS) -> Project:
    """Words as a text has them: most are sure, some are not."""
    logits = np.where(chance.random(documents * PAGES * WORDS) < 0.93, chance.normal(-6, 1, documents * PAGES * WORDS), -0.5)
    pages = np.repeat(np.arange(documents * PAGES), WORDS)
    codes = np.frombuffer(coded(1 / (1 + np.exp(-logits))), dtype=np.uint8)
    return Project(codes, pages, np.repeat(np.arange(documents), PAGES), np.ones(documents, dtype=bool))


def truth(words: Project, chance: np.random.Generator, own: float = 0.5) -> np.ndarray:
    """Which words are wrong, by the model of the module: a project, its documents and their pages stray."""
    spread = spread_of(image=True)
    shift = spread.shift + spread.document * chance.standard_t(FREEDOM)
    documents = shift + chance.normal(0, own * spread.document, len(words.sure))
    pages = documents[words.documents] + chance.normal(0, spread.page, len(words.documents))
    risks = RISKS[words.risks]
    return np.asarray(chance.random(len(risks)) < 1 / (1 + np.exp(-(np.log(risks / (1 - risks)) + pages[words.pages]))))


def left(words: Project, unread: np.ndarray, drawn: np.ndarray, wrong: np.ndarray) -> Remaining:
    size = len(words.documents)
    found = np.bincount(words.pages[drawn & wrong], minlength=size)
    return remaining(words, unread, drawn, found, np.zeros(size, dtype=np.int64))


def test_risks_keep_their_size_in_a_byte() -> None:
    risks = np.array([1e-5, 0.003, 0.08, 0.5, 0.97])
    assert RISKS[np.frombuffer(coded(risks), dtype=np.uint8)] == pytest.approx(risks, rel=0.04)


def covered(own: float, drawn_lines: int, read_first: bool) -> float:
    """Share of simulated projects whose truth the interval of what is left holds."""
    hits = 0
    for seed in range(80):
        chance = np.random.default_rng(seed)
        words = project(chance)
        wrong = truth(words, chance, own)
        lines = np.arange(len(wrong)) // 10
        drawn = np.isin(lines, chance.permutation(lines[-1] + 1)[:drawn_lines])
        unread = ~drawn & ~((RISKS[words.risks] > 0.2) & read_first)
        estimate = left(words, unread, drawn, wrong).project
        hits += estimate.low <= (wrong & unread).sum() <= estimate.high
    return hits / 80


@pytest.mark.parametrize(
    ("own", "drawn", "read_first"), [(0.5, 0, False), (0.5, 60, False), (0.5, 60, True), (0.0, 60, False), (1.0, 60, False)]
)
def test_the_interval_of_a_project_holds_the_truth(own: float, drawn: int, read_first: bool) -> None:
    """Also where documents stray less or more from their project than is supposed, and where doubts were decided first."""
    assert covered(own, drawn, read_first) >= 0.82


def test_documents_that_err_together_are_not_added_up_as_if_they_did_not() -> None:
    words = project(np.random.default_rng(1))
    nothing = np.zeros(len(words.risks), dtype=bool)
    found = left(words, ~nothing, nothing, nothing)
    widths = [document.high - document.low for document in found.documents]
    assert found.project.high - found.project.low > 0.6 * sum(widths)
    assert found.project.expected == pytest.approx(sum(document.expected for document in found.documents), rel=1e-3)


def test_a_line_that_was_drawn_in_one_document_moves_the_others() -> None:
    words = project(np.random.default_rng(1))
    nothing = np.zeros(len(words.risks), dtype=bool)
    drawn = nothing.copy()
    drawn[: PAGES * WORDS : 3] = True
    before, right, bad = (left(words, ~nothing, *found) for found in ((nothing, nothing), (drawn, nothing), (drawn, drawn)))
    assert right.documents[5].expected < before.documents[5].expected < bad.documents[5].expected


def test_what_was_found_and_still_stands_counts() -> None:
    words = project(np.random.default_rng(1), 1)
    nothing = np.zeros(len(words.risks), dtype=bool)
    known = np.array([0, 3, 0, 0])
    found = remaining(words, nothing, ~nothing, known, known)
    assert found.project == Estimate(3.0, 3, 3) and found.pages.tolist() == [0, 3, 0, 0]


STANDING = Standing(10_000, 9_000, Estimate(4.0, 2, 9), 0.999, 10.0, 0, 0, Minutes(0, 0, 0))


def test_to_stop_is_said_only_where_the_worse_end_is_within_the_goal() -> None:
    assert STANDING.state == "stop"
    assert replace(STANDING, left=Estimate(4.0, 2, 11)).state == "check"
    assert replace(STANDING, left=Estimate(11.0, 2, 20)).state == "on"
    assert replace(STANDING, bad=1).state == "pages"
    assert replace(STANDING, unread=0, left=Estimate(0.0, 0, 0), bad=1).state == "stop"


def test_what_a_person_found_wrong_on_a_page_and_left_is_not_covered_up() -> None:
    assert replace(STANDING, unread=0, left=Estimate(12.0, 12, 12)).state == "on"


def test_time_to_a_goal_goes_along_the_queue() -> None:
    gains, seconds = np.array([3.0, 2.0, 1.0]), np.array([10.0, 10.0, 20.0])
    assert until(gains, seconds, 4.0) == (20.0, 0.0)
    assert until(gains, seconds, 8.0) == (40.0, 2.0)
    assert until(gains, seconds, 0.0) == (0.0, 0.0)


def test_times_are_said_as_people_say_them() -> None:
    said = [minutes(number) for number in (0.4, 1.2, 4.4, 12.4, 43, 200, 700)]
    assert said == ["a minute", "1 minute", "4 minutes", "12 minutes", "45 minutes", "3.3 hours", "12 hours"]
