"""What must hold for the whole repair, whatever the text."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.draft import Draft
from pipeline.language import Lexicon, build_lexicon
from pipeline.language.evidence import Evidence, Knowledge, gather
from pipeline.ledger import Ledger, Replace
from pipeline.model import Source
from pipeline.repair.engine import repair
from pipeline.sources.splitting import split_pages

FRAGMENTS = [
    "the policy of the Government", "com", "pounded", "anti-", "British", "Chamberlain1s", "f fstudied reserve'", "'in the end1",
    "policy (1).", "(2)", "1. Popov, op .cit. p.8.", "2. Ibid. p. 12", "F.O. 371/12579", "FO 371 / 125 79", "H .0. 144",
    "•", "■", "/", "t", "- 37 -", "-3-", "ofthe", "theSoviet", "Narkoraindel", "Narkomindel", "S IX", "said : it was so .",
    "', that the", "\"yes''", "’", "‘", "ments", "ment", "de-", "velop-\u00ad", "co-operation", "1927-32", "P R E F A C E",
    "CHAPTER ONE: THE BREACH", "...", ".. .", "was", "not", "Lenin's", "the workers1 party", "he said", "*Completely different1",
    "and", "\N{NOT SIGN}",
]  # fmt: skip
GAPS = [" ", " ", " ", " ", "\n", "\n", " \n", "\n\n", "\n\f", "\n\n\n\n", "", "  "]
OCR_TEXT = st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from(GAPS)), max_size=40).map(
    lambda parts: "".join(fragment + gap for fragment, gap in parts)
)
ANY_TEXT = st.text(max_size=80)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def lexicon() -> Lexicon:
    return build_lexicon()


def repaired(text: str, evidence: Evidence | None = None) -> tuple[Source, Ledger, Evidence]:
    source = Source("example", text, split_pages(text))
    knowledge = Knowledge(lexicon(), evidence or gather(text))
    return source, repair(source, knowledge), knowledge.evidence


def spans(ledger: Ledger) -> list[tuple[int, int]]:
    return sorted((c.start, c.end) for e in ledger.applied for c in e.changes if isinstance(c, Replace))


def check(text: str) -> None:
    source, ledger, evidence = repaired(text)
    draft = Draft(source.text, ledger.applied)
    assert ledger.replay(source.text) == draft.text
    assert ledger.undo(draft.text) == source.text
    for (_, end), (start, _) in zip(spans(ledger), spans(ledger)[1:], strict=False):
        assert end <= start
    replaced = set(spans(ledger))
    seen: set[int] = set()
    for at, char in enumerate(draft.text):
        start, end = draft.origin(at)
        assert source.text[start:end] == char or (start, end) in replaced
        seen.update(range(start, end))
    written = {i for span in replaced for i in range(*span)}
    moved = {i for _, move in ledger.moved_out() for i in range(move.start, move.end)}
    assert seen | written | moved == set(range(len(source.text)))
    again = repaired(draft.text, Evidence.from_record(evidence.to_record()))[1]
    assert [(e.rule, e.before, e.after) for e in again.applied] == []


@given(OCR_TEXT)
@SLOW
def test_text_like_that_of_an_ocr(text: str) -> None:
    check(text)


@given(ANY_TEXT)
@SLOW
@example("\f\f\n")
@example("\ud800 \N{ZERO WIDTH JOINER}\x00")
def test_any_text(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", ["", " ", "\n", "\f", "'", "1", "-\n", "a\n\f", "\n\fa"])
def test_hardly_any_text(text: str) -> None:
    check(text)
