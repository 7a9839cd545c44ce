"""Letters that stand for figures. No figure ever becomes another figure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.dates import dated
from pipeline.repair.proposals import Proposal, Rule, replace

FIGURE = re.compile(r"[lIi|](?<![\w/.].)(?:(?=[89]\d\d\b)|(?<!i)(?=\d{1,3}(?:st|nd|rd|th)\b))")
PLACED = re.compile(r"(?:\b(?:before|after|to)|[A-Z][a-z]{2,8}|[(,-]) ?$")
"""What else stands before a year: a place, a bracket, another year's hyphen."""
LETTER_IN_YEAR = re.compile(r"1(?<!\w.)[89](?:([OoIl])\d\b|\d([OoIl])(?=[\s.,;:)-]))")


def figures(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`l927`, `i960`: a letter that stands for the figure 1 or 0 in a year. No figure ever becomes another figure."""
    for match in draft.finditer(FIGURE):
        yield replace(match.start(), match.end(), "1", 0.96, "A letter read for the figure 1 of a year or date.", kind="word")
    for match in draft.finditer(LETTER_IN_YEAR):
        before = draft.text[max(0, match.start() - 14) : match.start()]
        group = 1 if match.group(1) else 2
        figure = "0" if match.group(group) in "Oo" else "1"
        yield replace(
            match.start(group),
            match.end(group),
            figure,
            0.95 if dated(before) or PLACED.search(before) else 0.8,
            f"A letter read for the figure {figure} of a year.",
            kind="word",
        )


RULES = (Rule("misread-figure", "word", figures, (("in March l927 and", "in March 1927 and"),), ("Henry I 1927",)),)
