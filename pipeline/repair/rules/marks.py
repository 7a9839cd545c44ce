"""Marks between words that nobody sets there: a speck for a stop, a speck where a space stood."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import OPEN
from pipeline.repair.proposals import Proposal, Rule, move_out, replace

NOISY = 0.015
"""Share of misread words from which a mark that makes no sense is a speck, and not the author's."""
LONE = re.compile(r"(?<=[a-z]) (?P<mark>[.-])(?= [a-z]{2})")
SPECK = re.compile(r"[.'’*•|■~^](?<=[a-z]{2}.)(?=[a-z]{2})")
BEFORE, BEHIND = re.compile(r"(?<![\w./@:\\'’*•|■~^-])([a-z]{2,})$"), re.compile(r"([a-z]{2,})(?![\w./@:\\'’*•|■~^-])")
LAST_WORD = re.compile(r"[A-Za-z]+$")
FREE = frozenset("that in on by for to if no not so do have and or but".split())
"""Of the words that no sentence ends with, those that an aside may follow."""
ARTICLES = frozenset("the a an of with from into upon his her its their my our your this these those".split())
"""Words that not even an aside, between dashes, ends with."""
SHORTENED = frozenset(("an", "th", "wi", "o", "tha"))
"""Words of speech that end with an apostrophe."""


def lone_marks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`the rest of . the army`: a stop or dash by itself between small-letter words, where nothing ends."""
    for match in draft.matches(LONE, " . ", " - "):
        found = LAST_WORD.search(draft.text[max(0, match.start() - 30) : match.start()])
        word = found.group() if found else ""
        if len(word) < 2 or f"{word}." in known.lexicon.abbreviations or not known.lexicon.knows(word):
            continue
        small = word.lower()
        bound = small in ARTICLES if match["mark"] == "-" else small in OPEN and small not in FREE
        if bound or (match["mark"] == "." and known.evidence.misread > NOISY and known.evidence.habit("stop") < 0.15):
            yield move_out(match.start(), match.start() + 2, 0.93, f"A speck: nothing ends with “{word}” here.")


def joining_marks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`deemed.necessary`, `of'the`: a speck where the space between two words stood."""
    meant = known.evidence.marks["inner stop"] * 300 > known.evidence.marks["small word"] + 900  # names of files, code
    for match in draft.finditer(SPECK):
        at, mark = match.start(), match.group()
        head, tail = BEFORE.search(draft.text[max(0, at - 30) : at]), BEHIND.match(draft.text, at + 1)
        if head is None or tail is None:
            continue
        first, second = head.group(1), tail.group(1)
        if not (known.lexicon.knows(first) and known.lexicon.knows(second)) or first in SHORTENED:
            continue
        bound = first in OPEN or second in OPEN
        if not (bound or mark == ".") or (mark in "'’" and known.lexicon.knows(first + mark + second)):
            continue
        sure = 0.93 if known.evidence.misread > NOISY and not meant else 0.7
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
