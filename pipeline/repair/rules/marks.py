"""Marks between words that nobody sets there: a speck for a stop, a speck where a space stood."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import OPEN
from pipeline.repair.proposals import Proposal, Rule, move_out, replace

NOISY = 0.015
"""Share of unknown words from which a mark that makes no sense is a speck, and not the author's."""
LONE = re.compile(r"(?<=[a-z]) (?P<mark>[.-])(?= [a-z]{2})")
JOINING = re.compile(
    r"(?<![\w./@:\\'’*•|■~^_-])(?P<first>[a-z]{2,})(?P<mark>[.'’*•|■~^])(?P<second>[a-z]{2,})(?![\w./@:\\'’*•|■~^_-])"
)
LAST_WORD = re.compile(r"[A-Za-z]+$")
FREE = frozenset("that in on by for to if no not so do have and or but".split())
"""Of the words that no sentence ends with, those that an aside may follow."""
ARTICLES = frozenset("the a an of with from into upon his her its their my our your this these those".split())
"""Words that not even an aside, between dashes, ends with."""
SHORTENED = frozenset(("an", "th", "wi", "o", "tha"))
"""Words of speech that end with an apostrophe."""


def lone_marks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`the rest of . the army`: a stop or dash by itself between small-letter words, where nothing ends."""
    for line in draft.lines:
        for match in LONE.finditer(line.text):
            word = LAST_WORD.search(line.text, 0, match.start())
            if word is None or len(word.group()) < 2 or f"{word.group()}." in known.lexicon.abbreviations:
                continue
            small = word.group().lower()
            bound = small in ARTICLES if match["mark"] == "-" else small in OPEN and small not in FREE
            if not known.lexicon.knows(word.group()) or not (bound or (match["mark"] == "." and known.evidence.noise > NOISY)):
                continue
            at = line.start + match.start()
            yield move_out(at, at + 2, 0.93, f"A speck: nothing ends with “{word.group()}” here.")


def joining_marks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`deemed.necessary`, `of'the`: a speck where the space between two words stood."""
    for line in draft.lines:
        for match in JOINING.finditer(line.text):
            first, mark, second = match["first"], match["mark"], match["second"]
            if not (known.lexicon.knows(first) and known.lexicon.knows(second)) or first in SHORTENED:
                continue
            bound = first in OPEN or second in OPEN
            if not (bound or mark == ".") or (mark in "'’" and known.lexicon.knows(match.group())):
                continue
            at = line.start + match.start("mark")
            sure = 0.93 if known.evidence.noise > NOISY else 0.7
            yield replace(at, at + 1, " ", sure, f"A speck between “{first}” and “{second}”, where a space stood.")


RULES = (
    Rule(
        "lone-mark",
        "stray",
        lone_marks,
        (("she lived in the . house by the mill\n", "she lived in the house by the mill\n"),),
        ("a talk - however short it would be - with the miller", "he said . . . nothing"),
    ),
    Rule(
        "mark-for-space",
        "spacing",
        joining_marks,
        (
            (
                "Tbe rnan who kept tbe mill wliich had bumed was askcd if he knevv who in'the village owued tlie cart.\n",
                "The man who kept the mill which had bumed was asked if he knew who in the village owned the cart.\n",
            ),
        ),
        ("at two o'clock, and the cat'll be there; see mill.example or wind'mill", "an'the rest"),
    ),
)
