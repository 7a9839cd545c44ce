"""A small i that the OCR reads as a capital I, word after word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import OPEN
from pipeline.repair.proposals import Proposal, Rule, replace

MID_SENTENCE = re.compile(r"(?<=[a-z] )I(n|s|nto|ts|t|f)(?= [a-z])")
NOISY = 0.015
"""Share of misread words from which a capital that makes no sense is a misreading, not the author's."""
HABIT = 3
"""So many such capitals in mid-sentence are a habit of this OCR; fewer may be sentences whose stop was lost."""


def small_i(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`the man Is In the house`: between small-letter words none of these begins a sentence that often."""
    habit = known.evidence.marks["capital I"] >= HABIT
    for match in draft.finditer(MID_SENTENCE):
        before = re.search(r"\w+(?= $)", draft.text[max(0, match.start() - 12) : match.start()])
        plain = match.group(1) not in ("t", "f")
        if known.evidence.misread > NOISY and before and before.group().lower() in OPEN:
            yield replace(match.start(), match.start() + 1, "i", 0.95, f"No sentence ends with “{before.group()}”.")
            continue
        sure = 0.94 if habit and plain else 0.8 if habit else 0.5
        why = f"“{match.group()}” between small-letter words, as {known.evidence.marks['capital I']} times in this document."
        yield replace(match.start(), match.start() + 1, "i", sure, why)


RULES = (
    Rule(
        "small-i",
        "word",
        small_i,
        (("he was In the house and she Is in town; they go Into it", "he was in the house and she is in town; they go into it"),),
        ("to the end In the spring he came", "Peace In Our Time, the Is and the Ought", "a question of If and not of When"),
    ),
)
