"""What a text costs grows as the text does, also where it has no line breaks or page breaks, or is all references."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge, gather
from pipeline.layout import find_notes
from pipeline.references.order import Point, out_of_order
from pipeline.repair.quote_marks import marks_in
from pipeline.repair.tokens import LONGEST, last_token
from pipeline.repair.unknown import unknown_in
from pipeline.run import lexicon_of
from pipeline.settings import Settings

SENTENCE = "the fBolshevik* of 1 studied Lenin1s note, had Completely said so in 1 day' and ?the other "
NOTE = "The Cabinet met (1) on the day\n\n1. Ibid.\n2. Carr, p. 4.\nand the Cabinet\nl. met\nagain\n"


def quotes(times: int) -> Callable[[], object]:
    """Marks of quotation in a text that is one line."""
    known = Knowledge(lexicon_of(Settings().packs, "eng"), gather(SENTENCE))
    return lambda: marks_in(SENTENCE * times, known)


def notes(times: int) -> Callable[[], object]:
    """Notes in a text that is one page."""
    lines = Draft(NOTE * times).pages[0]
    return lambda: find_notes(lines)


def papers(times: int) -> Callable[[], object]:
    """Papers in their order but for one in ten."""
    rows = [(at if at % 10 else (at * 7) % times, at) for at in range(times)]
    members = sorted((Point((), (key,), piece, ()) for key, piece in rows), key=lambda point: (point.key, point.piece))
    return lambda: deque(out_of_order(members), 0)


@pytest.mark.parametrize(("work", "times"), [(quotes, 1500), (notes, 400)])
def test_four_times_as_much_takes_hardly_more_than_four_times_as_long(
    work: Callable[[int], Callable[[], object]], times: int
) -> None:
    assert seconds(work(4 * times)) < 8 * seconds(work(times)) + 0.2  # 16 times as long where it grows by the square


def test_a_thousand_papers_are_compared_in_a_second_or_two() -> None:
    assert seconds(papers(1000)) < 2


def test_a_word_of_a_hundred_thousand_letters_is_none() -> None:
    known = Knowledge(lexicon_of(Settings().packs, "eng"), gather(SENTENCE))
    assert unknown_in("abcdefghij" * 10_000, known) == []


def seconds(work: Callable[[], object]) -> float:
    """Processor time, the best of three."""
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


@given(st.text(st.sampled_from("ab \n\t."), max_size=150), st.integers(0, 150))
def test_the_token_before_a_place(text: str, at: int) -> None:
    at = min(at, len(text))
    assert last_token(text, at) == (text[:at].split() or [""])[-1][-LONGEST:]
