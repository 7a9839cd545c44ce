"""Two texts word beside word: which words of each have no equal in the other, and what stands in their place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Levenshtein

from pipeline.evaluate.normalise import traced


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text as they are compared, and which words as they stand each is made of: [first, last]."""

    texts: list[str]
    first: list[int]
    last: list[int]


@dataclass(frozen=True)
class Worded:
    """A text, its words as they stand (runs without white space, [start, end)), and as they are compared. `scans`: by the
    conventions for pages, else by those for repaired documents."""

    text: str
    scans: bool = True

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\S+", self.text)]

    @cached_property
    def tokens(self) -> Tokens:
        plain, offsets = traced(self.text, scans=self.scans)
        starts = [start for start, _ in self.spans]
        found = list(re.finditer(r"\S+", plain))
        ends = [(offsets[match.start()], offsets[match.end() - 1]) for match in found]
        first, last = (
            [bisect_right(starts, at) - 1 for at in edges] for edges in (zip(*ends, strict=True) if ends else ((), ()))
        )
        return Tokens([match.group() for match in found], first, last)

    def span(self, token: int) -> tuple[int, int]:
        """Where a word as it is compared stands in the text: over two lines, if it is broken."""
        return self.spans[self.tokens.first[token]][0], self.spans[self.tokens.last[token]][1]


@dataclass(frozen=True, slots=True)
class Block:
    """Words [a, b) of the truth beside words [c, d) of the other text; `same` if they are equal, one by one."""

    a: int
    b: int
    c: int
    d: int
    same: bool


def blocks(truth: Sequence[str], other: Sequence[str]) -> list[Block]:
    """A cheapest alignment of words, as blocks in their order; words that only one text has are part of what they stand by."""
    found: list[Block] = []
    for code in Levenshtein.opcodes(truth, other):
        block = Block(code.src_start, code.src_end, code.dest_start, code.dest_end, code.tag == "equal")
        if found and not block.same and not found[-1].same:
            last = found.pop()
            block = Block(last.a, block.b, last.c, block.d, same=False)
        found.append(block)
    return found


@dataclass(frozen=True, slots=True)
class Counterparts:
    """For each word of the truth what another text has in its place ('' for nothing), whether that is wrong, and then only by
    its spaces, and the number of the first of those words there (of the word before it, where there is nothing)."""

    texts: list[str]
    wrong: list[bool]
    spacing: list[bool]
    places: list[int]


def counterparts(truth: Sequence[str], other: Sequence[str]) -> Counterparts:
    """Of as many words beside as many others each has its own; else all have all."""
    found = Counterparts([], [], [], [])
    for block in blocks(truth, other):
        one_by_one = block.b - block.a == block.d - block.c
        together = " ".join(other[block.c : block.d])
        spacing = together.replace(" ", "") == "".join(truth[block.a : block.b])
        for at in range(block.b - block.a):
            place = block.c + at if one_by_one else block.c if block.d > block.c else max(0, block.c - 1)
            found.texts.append(other[place] if one_by_one else together)
            found.wrong.append(not block.same and not (one_by_one and other[place] == truth[block.a + at]))
            found.spacing.append(spacing)
            found.places.append(place)
    return found
