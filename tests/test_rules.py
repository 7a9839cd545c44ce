"""Every rule against its own examples: what it fixes, and what it leaves alone; and a corpus of artefacts over all rules."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pipeline.language import Lexicon, build_lexicon
from pipeline.ledger import Ledger
from pipeline.model import Line, Page, Region, Source, Word
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.repair.rules import PHASES, SETTLERS

NONE: Mapping[str, Any] = MappingProxyType({})
RULES = [rule for phase in PHASES for rule in phase]
FIXES = [(rule, before, after) for rule in RULES for before, after in rule.fixes]
LEAVES = [(rule, text) for rule in RULES for text in rule.leaves]
CORPUS = Path(__file__).parent / "text"
CASES = [case | {"file": path.stem} for path in sorted(CORPUS.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(("english", "interwar"))


def source_of(text: str, regions: Mapping[str, Region] = NONE, others: Mapping[str, Sequence[str]] = NONE) -> Source:
    """A source with a page between form feeds; `regions`: the parts of the page that lines with some text are; `others`: what
    other readings of the image have for words (parted by blanks)."""
    pages, at = [], 0
    for number, part in enumerate(text.split("\f"), 1):
        lines, start = [], at
        for line in part.split("\n"):
            found = [match for match in re.finditer(r"\S+", line) if match.group() in others]
            words = tuple(Word(start + m.start(), start + m.end(), 0.5, None, tuple(others[m.group()])) for m in found)
            lines.append(Line(start, start + len(line), words, region=regions.get(line, "")))
            start += len(line) + 1
        pages.append(Page(number, at, at + len(part), tuple(lines)))
        at += len(part) + 1
    return Source("case", text, tuple(pages))


def repaired(
    text: str, lexicon: Lexicon, regions: Mapping[str, Region] = NONE, others: Mapping[str, Sequence[str]] = NONE
) -> tuple[Ledger, str]:
    source = source_of(text, regions, others)
    ledger = repair(source, learn(source, lexicon))
    result = ledger.replay(text)
    assert ledger.undo(result) == text
    return ledger, result


@pytest.mark.parametrize(("rule", "before", "after"), FIXES, ids=lambda value: getattr(value, "name", None))
def test_rule_fixes(rule, before, after, lexicon):
    ledger, result = repaired(before, lexicon)
    assert result == after
    assert rule.name in {edit.rule for edit in ledger.applied}


@pytest.mark.parametrize(("rule", "text"), LEAVES, ids=lambda value: getattr(value, "name", None))
def test_rule_leaves_alone(rule, text, lexicon):
    ledger, result = repaired(text, lexicon)
    assert result == text, [(e.rule, e.before, e.after) for e in ledger.applied]


def test_every_rule_has_examples_or_cases():
    named = {rule.name for rule, *_ in FIXES} | {case["rule"] for case in CASES if "rule" in case}
    named |= {name for case in CASES for name in case.get("held", {})}
    assert {rule.name for rule in RULES} - named == set()


def test_names_are_unique_and_kinds_known():
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert {rule.name for rule in SETTLERS} <= set(names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']}-{case.get('name', case['text'][:24])}")
def test_corpus(case, lexicon, request):
    """`after` missing: leave alone. `rule`: it must be among those that did it. `regions`: parts of the page that lines are.
    `known_failure`: must still fail. `others`: what other readings of the image have. `held`: what is only suggested, by rule."""
    if case.get("known_failure"):
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["known_failure"]))
    ledger, result = repaired(case["text"], lexicon, case.get("regions", NONE), case.get("others", NONE))
    assert result == case.get("after", case["text"]), [(e.rule, e.before, e.after, e.probability) for e in ledger.applied]
    if "rule" in case:
        assert case["rule"] in {edit.rule for edit in ledger.applied}
    for rule, after in case.get("held", {}).items():
        assert (rule, after) in {(edit.rule, edit.after) for edit in ledger.held}
