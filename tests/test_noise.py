"""What tells a text that was badly read from one that is full of odd words, and slips from misreadings."""

from __future__ import annotations

import pytest

from pipeline.language import Lexicon, build_lexicon
from pipeline.language.confusions import SLIP, slip_cost
from pipeline.ledger import Ledger
from pipeline.model import Page, Source
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.repair.rules.names import name_probability

MISREAD = (
    "Tbe miller wbo kept tho mill said thnt the watcr had been low sinee the spring, and tbat the farmors of tho valley slept.\n"
    "Thcy brought thcir carts aud sacks, and slept bcneath the trecs until the ruin camo and tho wheel was turniug again.\n"
)
JARGON = (
    "Call reader.open with a buf, and writer.close when the buf is full; socket.listen takes a callback and returns a dict.\n"
    "The enum of the struct holds an iterator; console.log prints the buf, stdout.write the args, and process.exit ends it.\n"
    "A regex in the config names the subdir; path.join and path.split return a tuple, and module.exports the kwargs of it.\n"
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon()


def repaired(text: str, lexicon: Lexicon) -> tuple[Ledger, float]:
    source = Source("case", text, (Page(1, 0, len(text)),))
    knowledge = learn(source, lexicon)
    return repair(source, knowledge), knowledge.evidence.misread


def test_misread_words_are_noise(lexicon: Lexicon) -> None:
    assert repaired(MISREAD, lexicon)[1] > 0.04


def test_jargon_is_no_noise_and_stays(lexicon: Lexicon) -> None:
    ledger, misread = repaired(JARGON * 4, lexicon)
    assert misread < 0.02
    assert [(edit.rule, edit.before, edit.after) for edit in ledger.applied] == []


@pytest.mark.parametrize(
    ("meant", "usual"), [("separate", "seperate"), ("receive", "recieve"), ("column", "collumn"), ("solemn", "solemm")]
)
def test_usual_slips_cost_less(meant: str, usual: str) -> None:
    assert slip_cost(meant, usual) < SLIP


def test_odd_slips_cost_more() -> None:
    assert slip_cost("factor", "factbr") > slip_cost("factor", "factir") and slip_cost("accessory", "accessors") == SLIP


def test_a_name_that_differs_in_its_capitals_only() -> None:
    assert 0.0 <= name_probability(9.0, 3, 0.0) < 0.01
