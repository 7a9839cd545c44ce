"""Which words of a text are right, with a truth laid beside it: what confidences are fitted on, and measured by.

Words are aligned as wholes (Levenshtein): each is right, or wrong, or only torn or glued to another. Not held against a word are
spaces beside its punctuation; that its passage stands elsewhere in the truth (order of reading); and that the truth leaves its
whole line out, as it does with letterheads and stamps: of such a word nothing is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pipeline.evaluate.normalise import PAGE_TABLE, QUOTE_TABLE

RIGHT, WRONG, SPACING, UNJUDGED = 0, 1, 2, -1
"""What is known of a word: SPACING is wrong too, torn or glued to another, but all of its letters are right."""

BROKEN = "\ue000"
"""Stands for the hyphen of a word that is broken at a line's end, which may be the word's own."""
LEAST_MOVED = 4
"""Words that a passage must have to be looked for elsewhere in the truth."""
LEAST_ALIKE = 0.5
"""Share of its words that must be found there."""
CHANCE = 2
"""Words that agree by chance amid a passage that stands elsewhere."""

BESIDE_MARK = re.compile(r"(?<=[^\w\s]) | (?=[^\w\s])")

States = NDArray[np.int8]
Gap = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Labels:
    """`states` of the words (runs without white space) of a text, in their order, and how many words of the truth have none."""

    states: States
    missed: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text as they are compared, and which words as they stand each is made of: [first, last]."""

    texts: list[str]
    first: list[int]
    last: list[int]


def label(text: str, truth: str, *, pages: bool) -> Labels:
    """The labels of the words of `text`. `pages`: by the conventions for pages (hyphens at line ends are dropped before a small
    letter), else by those for repaired documents (they are kept)."""
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    pieces = unicodedata.normalize("NFC", folded(truth, pages=pages)[0]).split()
    wanted = [piece.replace(BROKEN, "") for piece in pieces]
    if not starts:
        return Labels(np.empty(0, dtype=np.int8), len(wanted))
    found = tokens_of(text, starts, set(wanted), pages=pages)
    alignment = Alignment(found.texts, wanted)
    alignment.judge_spaces()
    alignment.find_moved()
    breaks = np.cumsum([0] + [text.count("\n", a, b) for a, b in pairwise(starts)])
    alignment.leave_out([int(breaks[at]) for at in found.first])
    states = np.full(len(starts), UNJUDGED, dtype=np.int8)
    for state, first, last in zip(alignment.states, found.first, found.last, strict=True):
        states[first : last + 1] = np.maximum(states[first : last + 1], state)
    return Labels(states, alignment.used.count(False))


def tokens_of(text: str, starts: Sequence[int], wanted: Collection[str], *, pages: bool) -> Tokens:
    """The words of a text as they are compared with those `wanted`; `starts` are the offsets of its words as they stand."""
    plain, offsets = folded(text, pages=pages)
    spans = [match.span() for match in re.finditer(r"\S+", plain)]
    edges = np.array([(offsets[start], offsets[end - 1]) for start, end in spans], dtype=np.int64).reshape(-1, 2)
    homes = np.searchsorted(starts, edges, side="right") - 1
    texts = [whole(unicodedata.normalize("NFC", plain[start:end]), wanted) for start, end in spans]
    return Tokens(texts, homes[:, 0].tolist(), homes[:, 1].tolist())


def folded(text: str, *, pages: bool) -> tuple[str, list[int]]:
    """A text with plain quotation marks, dashes that stand apart and single spaces, and where each of its characters stood. For
    pages, a hyphen that a line ends with is BROKEN: whether the word keeps it nobody can tell."""
    table = PAGE_TABLE if pages else QUOTE_TABLE
    kept: list[tuple[str, int]] = []
    for match in re.finditer(r"\N{SOFT HYPHEN}\s*|[—–]+|--+|[-¬][^\S\n]*\n\s*|\s+|\S", text):
        piece, at = match.group(), match.start()
        space = [(" ", at)] if kept and kept[-1][0] != " " else []
        if piece[0] == "\N{SOFT HYPHEN}":
            continue
        if piece.isspace():
            kept += space
        elif piece[0] in "—–" or piece.startswith("--"):
            kept += [*space, ("-", at), (" ", at)] if pages else [(char, at) for char in piece]
        elif piece[0] in "-¬" and piece[-1].isspace():
            broken = text[match.end() : match.end() + 1].islower() and text[at - 1 : at].isalpha()
            kept += [("-" if not pages else BROKEN if broken else "- ", at)]
        else:
            kept += [(char, at) for char in piece.translate(table)]
    return "".join(char for char, _ in kept), [at for char, at in kept for _ in char]


def whole(token: str, wanted: Collection[str]) -> str:
    """A word that was broken at a line's end, with its hyphen if that is how the truth has it."""
    joined = token.replace(BROKEN, "")
    hyphened = token.replace(BROKEN, "-")
    return hyphened if joined not in wanted and hyphened in wanted else joined


class Alignment:
    """The words found beside the words wanted: the `states` of the former, and whether the latter have a word in their place.

    `gaps`: what lies between words that agree, as [a, b) of the words found and [c, d) of those wanted.
    """

    def __init__(self, found: Sequence[str], wanted: Sequence[str]) -> None:
        self.found, self.wanted = found, wanted
        self.states = [WRONG] * len(found)
        self.used = [False] * len(wanted)
        self.gaps: list[Gap] = []
        a = c = 0
        for low, high, place in [*agreeing(found, wanted), (len(found), len(found), len(wanted))]:
            self.gaps.append((a, low, c, place))
            self.states[low:high] = [RIGHT] * (high - low)
            self.used[place : place + high - low] = [True] * (high - low)
            a, c = high, place + high - low

    def judge_spaces(self) -> None:
        """Tell words that are only torn or glued together; a space beside a mark of punctuation is no matter."""
        for a, b, c, d in self.gaps:
            ours, theirs = "".join(self.found[a:b]), "".join(self.wanted[c:d])
            if not ours or not theirs:
                continue
            if theirs.upper() == ours:  # what is set in capitals, the truth has in small letters
                theirs = ours
            owners = [at for at in range(a, b) for _ in self.found[at]]
            homes = [at for at in range(c, d) for _ in self.wanted[at]]
            touched = set[int]()
            for step in Levenshtein.opcodes(ours, theirs):
                low, high = step.src_start, step.src_end
                if step.tag == "equal":
                    for at in homes[step.dest_start : step.dest_end]:
                        self.used[at] = True
                else:
                    touched.update(owners[low:high] or owners[max(0, low - 1) : low + 1])
            for at in set(range(a, b)) - touched:
                self.states[at] = SPACING
            if ours == theirs and closed_up(self.found[a:b]) in (
                closed_up(self.wanted[c:d]),
                closed_up(self.wanted[c:d]).upper(),
            ):
                self.states[a:b] = [RIGHT] * (b - a)

    def find_moved(self) -> None:
        """Look for passages without a counterpart in what else of the truth has none: the order of reading may differ."""
        free = {at for _, _, c, d in self.gaps for at in range(c, d)}
        where: defaultdict[str, list[int]] = defaultdict(list)
        for at in sorted(free):
            where[self.wanted[at]].append(at)
        for a, b, _, _ in sorted(self.gaps, key=lambda gap: gap[0] - gap[1]):
            if b - a >= LEAST_MOVED:
                self.move(a, b, where, free)

    def move(self, a: int, b: int, where: Mapping[str, list[int]], free: set[int]) -> None:
        """Give the words [a, b) the states that they have by the passage of the truth that is most like them, if it is."""
        votes = Counter(place - at for at in range(a, b) for place in where.get(self.found[at], ()) if place in free)
        if not votes:
            return
        shift = max(votes, key=lambda by: sum(votes[by + k] for k in (-1, 0, 1)))
        low, high = max(0, a + shift - 2), min(len(self.wanted), b + shift + 2)
        blocks = [block for block in Levenshtein.opcodes(self.found[a:b], self.wanted[low:high]) if block.tag == "equal"]
        if sum(block.src_end - block.src_start for block in blocks) < LEAST_ALIKE * (b - a):
            return
        for block in blocks:
            size = block.src_end - block.src_start
            self.states[a + block.src_start : a + block.src_end] = [RIGHT] * size
            self.used[low + block.dest_start : low + block.dest_end] = [True] * size
        free -= set(range(low, high))

    def leave_out(self, lines: Sequence[int]) -> None:
        """Words of lines of which the truth has nothing are not judged; `lines` holds the line of each word found."""
        agreed = {line for line, state in zip(lines, self.states, strict=True) if state in (RIGHT, SPACING)}
        for a, b, c, d in self.gaps:
            if b - a > 2 * (d - c):
                for at in range(a, b):
                    if lines[at] not in agreed:
                        self.states[at] = UNJUDGED


def agreeing(found: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of words that agree, [low, high) of those found, and where they stand in those wanted; without those that agree by
    chance amid passages that do not."""
    runs = [(b.src_start, b.src_end, b.dest_start) for b in Levenshtein.opcodes(found, wanted) if b.tag == "equal"]
    edges = [(0, 0, 0), *runs, (len(found), len(found), len(wanted))]
    for before, run, after in zip(edges, runs, edges[2:], strict=False):
        apart = min(run[0] - before[1], after[0] - run[1])
        if run[1] - run[0] > CHANCE or apart < LEAST_MOVED:
            yield run


def closed_up(words: Sequence[str]) -> str:
    """Some words without the spaces that stand beside punctuation."""
    return BESIDE_MARK.sub("", " ".join(words))
