"""Apostrophes that vanished without a trace: `Chamberlains policy`, `Peoples Commissar`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.proposals import Proposal, Rule, replace

OWNER = re.compile(r"([A-Z](?<![\w'’.-].)[a-z]{2,})s (?=([a-z]{2,})\b)")
FIXED = re.compile(
    r"\b(Peoples)(?= Commissar)"
    r"|\b([Dd]ont|[Cc]annt|[Ww]ont|[Dd]idnt|[Dd]oesnt|[Ii]snt|[Ww]asnt|[Cc]ouldnt|[Ww]ouldnt|[Ss]houldnt)\b"
)
VERBAL = frozenset(
    """
    was were had has have is are did do does will would could should may might can must and or but of in on at to for from
    with by who which that as than not also were thought said wanted went came made took gave held felt both all
    themselves alone still then now
    """.split()
)


def lost_apostrophes(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A person's name with an s and no apostrophe before a noun, where the document writes the name otherwise with one."""
    evidence, lexicon = known.evidence, known.lexicon
    for match in draft.finditer(OWNER):
        name, following = match.groups()
        whole = name + "s"
        person = lexicon.names.get(name) == "person"
        owned, plain = evidence.words[name + "'s"], evidence.words[whole]
        plural = lexicon.knows(whole) and not person
        if following in VERBAL or plural or evidence.words[name] + owned < 3 or lexicon.frequency(name.lower()) > 4.2:
            continue
        sure = 0.93 if owned >= 2 and owned > 2 * plain else 0.6
        why = f"“{name}’s” stands {owned} times in this document, “{whole}” {plain} times."
        yield replace(match.end(1), match.end(1) + 1, "'s", sure, why)


def fixed_forms(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Forms that are nothing without their apostrophe."""
    for match in draft.matches(FIXED, "Peoples", "ont", "nnt", "dnt", "snt"):
        word = match.group()
        at = match.start() + len(word) - 1
        yield replace(
            at, at + 1, "'" + word[-1], 0.92 if word == "Peoples" else 0.8, "The form is nothing without its apostrophe."
        )


RULES = (
    Rule("lost-apostrophe", "apostrophe", lost_apostrophes),
    Rule(
        "fixed-apostrophe",
        "apostrophe",
        fixed_forms,
        (("the Peoples Commissar for", "the People's Commissar for"),),
        ("the peoples of Asia", "he was wont to"),
    ),
)
