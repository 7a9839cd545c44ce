"""What is missing in the running text: sentences that break off, insertions by hand, edges that were cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args

from pipeline.draft import Draft, DraftLine
from pipeline.layout import LineShapes, body_end, line_shapes
from pipeline.repair.flow import ends_sentence, page_notes, paragraphs_of

Lack = Literal[
    "call without note",
    "note without call",
    "gap in notes",
    "breaks off",
    "hole",
    "out of place",
    "insertion",
    "clipped edge",
    "missing pages",
]
LACKS: tuple[Lack, ...] = get_args(Lack)
Unknown = Mapping[tuple[int, int], frozenset[str]]
"""Words that nobody knows, by page and line (both from 1)."""
OPEN_WORDS = frozenset("the of and to a an in that by for with from at as or its their his which was were on between".split())
"""Words that end no sentence, and no reference."""
STARTERS = frozenset(
    "the this these that those in on at for by with as while when although though however but and moreover after before during "
    "if it he she they we his her its their there such from to even only not no one both despite since until under neither "
    "nevertheless nonetheless thus therefore meanwhile furthermore hence yet so here what".split()
)
"""Words that have a capital only where a sentence begins."""
INSERTION = re.compile(r"(?<![\w./])([A-Za-z]{2,})([/^])([A-Za-z]{4,})(?![\w/])")
PREPOSITIONS = frozenset("through into onto upon over under after before during about against within without".split())
PLAIN_END = re.compile(r"(?:[a-z]{4,}['’]?|note \d+|[a-z]['’]|\d)\.$")
FIRST_WORD = re.compile(r"\s*['\"‘’“”(]*([A-Za-z]+)")
LEAST_MISPLACED = 35
"""Characters of a line that is long enough to have come from elsewhere."""
LAST_WORD = re.compile(r"(?<![\w'’-])([A-Za-z][a-z]{0,11})\s*$")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a draft where something is missing: what kind of thing, and a sentence that says so."""

    line: DraftLine
    kind: Lack
    message: str


@lru_cache(maxsize=4)
def shapes_of(draft: Draft) -> LineShapes:
    return line_shapes(draft.lines)


def missing_text(draft: Draft, unknown: Unknown) -> Iterator[Spot]:
    """Everything missing that the running text itself shows."""
    bodies = [paragraphs_of(page[: body_end(page, notes)]) for page, notes in zip(draft.pages, page_notes(draft), strict=True)]
    full = shapes_of(draft).full
    if full:
        for paragraphs in bodies:
            yield from holes(paragraphs, full)
            for part in paragraphs:
                if not is_displayed(part, full):
                    yield from misplaced(part)
        for before, after in pairwise(bodies):
            yield from page_ends(before, after, full)
    for page in draft.pages:
        yield from clipped(page, unknown)
    yield from insertions(draft, unknown)


def ends_cut(text: str, full: int, *, reference: bool = False) -> bool:
    """Does a last line end where nothing ends: with a comma, a hyphen, a word like `the`, or full and without a stop?

    A `reference` may end with a figure.
    """
    bare = text.rstrip().rstrip("'\"’”")
    if reference and bare[-1:] in (",", ";", ":"):
        return True
    if not bare or ends_sentence(bare) or bare.endswith(")") or (reference and bare[-1].isdigit()):
        return False
    if bare.split(" ")[-1].casefold() in OPEN_WORDS or (len(bare) > 20 and bare[-1] == "-"):
        return True
    return bare[-1].isalpha() and full > 0 and len(bare) >= full - 6


def begins_sentence(text: str) -> bool:
    """Does a line begin with a capital that only a sentence's beginning explains?"""
    match = FIRST_WORD.match(text)
    return match is not None and match.group(1)[0].isupper() and match.group(1).lower() in STARTERS


def holes(paragraphs: Sequence[Sequence[DraftLine]], full: int) -> Iterator[Spot]:
    """Sentences that break off inside a page: before a new paragraph, or in a line that stops short."""
    for part, following in pairwise(paragraphs):
        last, first = part[-1].text, following[0].text
        if len(part) < 3 or last.isupper() or is_displayed(following, full) or is_displayed(part, full):
            continue
        bare = last.rstrip()
        if bare[-1:].isalpha() and not ends_sentence(last) and begins_sentence(first):
            yield Spot(part[-1], "hole", "The sentence breaks off here and a new paragraph begins: words or a stop are missing.")
    for part in paragraphs:
        if is_displayed(part, full):
            continue
        for line, after in pairwise(part[1:]):
            bare = line.text.rstrip()
            if 3 < len(bare) < full * 0.7 and stops_short(bare, after.text, full) and begins_sentence(after.text):
                yield Spot(line, "hole", "The line stops short in mid-sentence, and the next begins a new one.")


def stops_short(bare: str, after: str, full: int) -> bool:
    """Does a line end with a letter although the next line's first word would have had room on it?"""
    first = after.split()[:1]
    return bare[-1].isalpha() and bool(first) and len(bare) + len(first[0]) + 8 < full


def is_displayed(part: Sequence[DraftLine], full: int) -> bool:
    """Is this an address, verse, a heading, a table or a narrow quotation rather than running text?"""
    lengths = sorted(len(line.text.rstrip()) for line in part)
    return lengths[-1] < full - 8 or (len(part) > 3 and lengths[len(lengths) // 2] < full - 8)


def page_ends(before: Sequence[Sequence[DraftLine]], after: Sequence[Sequence[DraftLine]], full: int) -> Iterator[Spot]:
    """A page that ends in mid-sentence where the next begins one, or that begins in mid-sentence where the one before ended."""
    if not before or not after or is_displayed(before[-1], full) or is_displayed(after[0], full):
        return
    last, first = before[-1][-1], after[0][0]
    if first.text.isupper() or len(before[-1]) < 3:
        return
    if ends_cut(last.text, full) and begins_sentence(first.text):
        yield Spot(last, "breaks off", "The page breaks off here in mid-sentence; the next page begins a new one.")
    elif PLAIN_END.search(last.text.rstrip()) and first.text[:1].islower() and len(first.text) > full // 2:
        yield Spot(first, "breaks off", "The page begins in mid-sentence; the page before ends a sentence.")


def insertions(draft: Draft, unknown: Unknown) -> Iterator[Spot]:
    """A caret between two words, or a slash where no typist sets one: something was put in there by hand.

    A slash parts equals (`moderate/conciliatory`): not what it follows a preposition with, nor what stands beside a scrawl.
    """
    found = [
        (line, at, match) for page in draft.pages for at, line in enumerate(page, 1) for match in INSERTION.finditer(line.text)
    ]
    for line, at, match in found:
        left, mark, right = match.groups()
        scrawled = left in OPEN_WORDS or left in PREPOSITIONS or (line.page, at) in unknown
        if mark == "^" or (scrawled and left not in ("and", "or") and right not in ("and", "or")):
            why = f"“{match.group()}”: words may have been put in here by hand, or a sign was misread."
            yield Spot(line, "insertion", why)


def misplaced(lines: Sequence[DraftLine]) -> Iterator[Spot]:
    """A full line in small letters right behind a sentence's end: it goes on with nothing, so it may belong elsewhere."""
    for line, after in pairwise(lines):
        bare = line.text.rstrip()
        if bare[-1:] == "." and PLAIN_END.search(bare) and after.text[:1].islower() and len(after.text) > LEAST_MISPLACED:
            yield Spot(
                after,
                "out of place",
                "This line does not go on from the one before: it may belong elsewhere, or the stop before it is misread.",
            )


def clipped(page: Sequence[DraftLine], unknown: Unknown) -> Iterator[Spot]:
    """A page on which several lines near each other end with letters that are no word."""
    cut = [at for at, line in enumerate(page) if is_cut(line.text, unknown.get((line.page, at + 1), frozenset()))]
    for first in range(len(cut) - 3):
        near = cut[first : first + 4]
        if near[-1] - near[0] <= 10 and sum(not page[at].text.split()[-1][0].isupper() for at in near) >= 3:
            why = "Several lines from here on end with part of a word: the edge may be cut off."
            yield Spot(page[near[0]], "clipped edge", why)
            return


def is_cut(text: str, unknown: frozenset[str]) -> bool:
    """Does a line end with letters that are no word?"""
    match = LAST_WORD.search(text)
    return match is not None and len(text) > 30 and match.group(1) in unknown
