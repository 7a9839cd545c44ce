"""Words broken at a line's end: joined, joined with their hyphen, or not broken at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import exp
from typing import NamedTuple

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import HYPHENS, body_pairs
from pipeline.repair.proposals import Proposal, Relocation, Rule, Span

BOUND = frozenset(
    """
    anti non pre sub semi multi inter pro pseudo ultra neo quasi ex vice re un dis mis bi tri
    """.split()
)
"""First parts that hardly stand alone; lists of word pairs hold them only because their hyphens were dropped."""
SHARED = re.compile(r"\w- (?:and|or|to) $")
HEAD = re.compile(rf".*?([^\W\d_]+(?:['’\-][^\W\d_]+)*)([{HYPHENS}]?)( *)$")
TAIL = re.compile(r"([^\W\d_]+(?:['’\-][^\W\d_]+)*)(\S*)(?:( +)([.,;:](?! ?\.)|['’*](?= ?\()))?")


class Break(NamedTuple):
    """Two line ends that may hold one word: `head` and `tail` letters, the hyphen between them (or none).

    `gap` is a stray space before the stop that follows the tail; `rest` the end of the space behind it all;
    `shared`: another word waits for the same tail (`pre- and post-` / `war`).
    """

    head: str
    hyphen: str
    tail: str
    head_end: int
    tail_start: int
    tail_end: int
    rest: int
    gap: tuple[int, int] | None
    shared: bool
    shape: float
    """How the line's end looks: positive where it looks like a broken word, in natural log odds."""


@lru_cache(maxsize=2)
def breaks(draft: Draft) -> list[Break]:
    """Every line end of running text that a word might run over."""
    found = []
    shapes = page_shapes(draft)
    for first, second in body_pairs(draft):
        tail = TAIL.match(second.text)
        last = first.text.rfind(" ", 0, len(first.text.rstrip())) + 1
        head = HEAD.match(first.text, last)
        if head is None or tail is None:
            continue
        start = second.start
        shape = shapes.get(first.page, 0.0) if not head.group(3) else -shapes.get(first.page, 0.0)
        stop = tail.end(4) if tail.group(4) and not tail.group(2) else -1
        end = stop if stop >= 0 else tail.end(2)
        gap = (start + tail.start(3), start + tail.end(3)) if stop >= 0 else None
        rest = end
        while second.text[rest : rest + 1] == " ":
            rest += 1
        head_end = first.start + head.end(1)
        shared = "- " in first.text and SHARED.search(first.text[: head.start(1)]) is not None
        found.append(
            Break(head.group(1), head.group(2), tail.group(1), head_end, start, start + end, start + rest, gap, shared, shape)
        )
    return found


def page_shapes(draft: Draft) -> dict[int, float]:
    """How much a missing space at a line's end says on each page (natural log odds): most where all other lines end with one."""
    shapes = {}
    for page in draft.pages:
        full = [line.text for line in page if len(line.text) > 30]
        spaced = sum(text.endswith(" ") for text in full)
        if len(full) >= 5 and spaced * 2 > len(full):
            shapes[page[0].page] = 1.0 + 2.0 * (spaced / len(full) - 0.5)
    return shapes


def lost_hyphens(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`com` / `pounded`: a word whose hyphen the OCR lost."""
    for found in breaks(draft):
        if found.hyphen or found.tail[0].isupper() or len(found.head) + len(found.tail) < 4:
            continue
        for_one, text, keep = known.recall(odds_of_one, f"{found.head}\0{found.tail}")
        if not text:
            continue
        sure = 1 / (1 + exp(-(for_one + found.shape)))
        if sure > 0.2:
            yield joining(found, keep, min(0.99, sure), reason(text, known, "its hyphen was lost"))


def odds_of_one(halves: str, known: Knowledge) -> tuple[float, str, str]:
    """(natural log odds that two halves are one word, the word, the hyphen between them); no word where nothing speaks for it."""
    head, tail = halves.split("\0")
    joined, hyphened = head + tail, f"{head}-{tail}"
    bound = head.lower() in BOUND and known.lexicon.knows(tail)
    closed, kept = weight(joined, bound, known), weight(hyphened, bound, known)
    if closed and head.lower() in ("pre", "re", "co", "anti", "semi") and head[-1] == tail[0]:
        kept = closed + 0.5  # pre-empt, co-operate, re-enter: British spelling keeps like vowels apart
    best, text, keep = max((closed, joined, ""), (kept, hyphened, "-"))
    return (2.3 * (best - apart_weight(head, tail, known)), text, keep) if best > 0 else (0.0, "", "")


def kept_hyphens(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`recon-` / `ciling` and `anti-` / `British`: the hyphen goes, or belongs to the word."""
    for found in breaks(draft):
        if not found.hyphen:
            continue
        joined, hyphened = joined_form(found), f"{found.head}-{found.tail}"
        keep = hyphen_belongs(found, joined, hyphened, known)
        if keep > 0.5:
            yield joining(found, "-", keep, reason(hyphened, known, "its hyphen belongs to it"))
        else:
            yield joining(found, "", 1 - keep, reason(joined, known, "the hyphen only broke it"))


def hyphen_belongs(found: Break, joined: str, hyphened: str, known: Knowledge) -> float:
    """Probability that the hyphen at a line's end is the word's own."""
    evidence, lexicon = known.evidence, known.lexicon
    with_hyphen, without = evidence.hyphenated[hyphened.lower()], evidence.lower[joined.lower()]
    if found.hyphen == "\N{SOFT HYPHEN}":
        return 0.02 if not with_hyphen else 0.3
    if found.shared:
        return 0.95
    if found.tail[0].isupper() and not found.head.isupper():
        return 0.98
    if with_hyphen or without:
        return min(0.98, max(0.02, (with_hyphen + 0.1) / (with_hyphen + without + 0.2)))
    if lexicon.knows(joined):
        prefixed = lexicon.is_prefix(found.head) and lexicon.knows(found.tail) and len(found.tail) > 3
        return 0.35 if prefixed and lexicon.frequency(joined) < 3 else 0.04
    last = found.head.rsplit("-")[-1]
    if not lexicon.knows(found.tail) or not (lexicon.is_prefix(last) or lexicon.knows(found.head)):
        return 0.3
    if found.hyphen == "¬":  # some programs write it for every hyphen at a line's end
        return 0.1 if found.head[0].isupper() else 0.85
    odds = 4.0 * (evidence.marks["hard hyphen"] + 0.5) / (evidence.marks["soft hyphen"] + 1.0)
    if lexicon.is_prefix(last):
        odds *= 5.0
    return min(0.96, odds / (1.0 + odds))


def joined_form(found: Break) -> str:
    return found.head + found.tail


def weight(form: str, bound: bool, known: Knowledge) -> float:
    """How much speaks for a form as one word, as the log10 of a frequency in a thousand million words; 0: nothing.

    A hyphen comes in only where the document has the form, or behind a prefix that never stands alone.
    """
    seen = known.evidence.hyphenated[form.lower()] if "-" in form else known.evidence.lower[form.lower()]
    listed = 0.0
    if "-" not in form or seen or bound:
        listed = known.lexicon.frequency(form) or (1.5 if known.lexicon.knows(form) else 0.0)
    local = 3.6 + min(seen, 20) / 10 if seen else 0.0
    value = max(listed, local)
    return value + 6.0 if value else 0.0


def apart_weight(first: str, second: str, known: Knowledge) -> float:
    """How much speaks for two words that merely stand at the line's ends."""
    lexicon, evidence = known.lexicon, known.evidence
    value = 0.0
    for word in (first, second):
        seen = evidence.lower[word.lower()]
        value += max(lexicon.frequency(word), (3.0 + min(seen, 20) / 10) if seen > 1 else 0.0) or (
            0.5 if word[0].isupper() else -2.0
        )
    if first.lower() in BOUND:
        return value - 3.0
    if evidence.pairs[f"{first} {second}".lower()] or lexicon.bigram(first, second) > 0:
        value += 2.5
    return value


def joining(found: Break, keep: str, probability: float, why: str) -> Proposal:
    """The tail moves up behind the head; the hyphen goes, or comes; no empty line and no leading space stay behind."""
    spans = []
    hyphen_end = found.head_end + len(found.hyphen)
    if found.hyphen != keep:
        spans.append(
            Span(found.head_end, hyphen_end, keep)
            if found.hyphen
            else Span(found.head_end - 1, found.head_end, found.head[-1] + keep)
        )
    if found.gap:
        spans.append(Span(*found.gap, ""))
    if found.rest > found.tail_end:
        spans.append(Span(found.tail_end, found.rest, ""))
    behind = hyphen_end - 1 if found.hyphen else found.head_end - 1
    return Proposal(
        probability,
        why,
        tuple(spans),
        (Relocation(found.tail_start, found.tail_end, behind),),
        action="join",
        shown=(f"{found.head}{found.hyphen}\n{found.tail}", f"{found.head}{keep}{found.tail}"),
    )


def reason(form: str, known: Knowledge, why: str) -> str:
    seen = known.evidence.hyphenated[form.lower()] if "-" in form else known.evidence.lower[form.lower()]
    if seen:
        times = "once" if seen == 1 else f"{seen} times"
        return f"“{form}” was broken at the line’s end; {why}. It stands {times} elsewhere in this document."
    return f"“{form}” was broken at the line’s end; {why}."


RULES = (
    Rule(
        "lost-hyphen",
        "hyphen",
        lost_hyphens,
        (("a dearth of coal that was com\npounded by hard\n", "a dearth of coal that was compounded\nby hard\n"),),
        ("he looked in\nto the room",),
    ),
    Rule(
        "line-end-hyphen",
        "hyphen",
        kept_hyphens,
        (("no hope of recon-\nciling the two\n", "no hope of reconciling\nthe two\n"),),
        ("from 1927-\n1929 it was",),
    ),
)
