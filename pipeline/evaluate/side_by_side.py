"""Truth and result side by side: a row for each line of the truth in which words differ, with these words marked."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.evaluate.aligned import Block, Worded, blocks

GONE = "[missing]"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: `same` in both texts, `wrong` (without an equal in the other), or `gone`, in the place of words not there."""

    kind: str
    text: str


@dataclass(slots=True)
class Row:
    """A line of the truth, from 1, and what the result has for it."""

    line: int
    truth: list[Piece] = field(default_factory=list)
    found: list[Piece] = field(default_factory=list)


def side_by_side(truth: str, found: str, *, scans: bool = True) -> list[Row]:
    """The rows in which truth and result differ, in the order of the truth."""
    wanted, other = Worded(truth, scans), Worded(found, scans)
    breaks = [at for at, char in enumerate(truth) if char in "\n\f"]
    lines = [bisect_right(breaks, start) for start, _ in wanted.spans]
    rows: defaultdict[int, Row] = defaultdict(lambda: Row(0))
    for block in blocks(wanted.tokens.texts, other.tokens.texts):
        kind = "same" if block.same else "wrong"
        for at in range(block.a, block.b):
            for word in range(wanted.tokens.first[at], wanted.tokens.last[at] + 1):
                rows[lines[word]].truth.append(Piece(kind, truth[slice(*wanted.spans[word])]))
        for at in range(block.c, block.d):
            line = line_of(block, at, wanted, lines)
            text = " ".join(found[slice(*other.span(at))].split())
            rows[line].found.append(Piece(kind, text))
        if block.c == block.d:
            for line in {lines[wanted.tokens.first[at]] for at in range(block.a, block.b)}:
                rows[line].found.append(Piece("gone", GONE))
    return [Row(line + 1, merged(row.truth), merged(row.found)) for line, row in sorted(rows.items()) if differs(row)]


def line_of(block: Block, at: int, wanted: Worded, lines: Sequence[int]) -> int:
    """The line of the truth beside which a word of the result is shown: that of its counterpart, or of the word before it."""
    if not lines:
        return 0
    if block.a == block.b:
        return lines[wanted.tokens.last[block.a - 1]] if block.a else 0
    return lines[wanted.tokens.first[min(block.a + at - block.c, block.b - 1)]]


def differs(row: Row) -> bool:
    return any(piece.kind != "same" for piece in (*row.truth, *row.found))


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].kind == piece.kind != "gone":
            piece = Piece(piece.kind, f"{found.pop().text} {piece.text}")
        found.append(piece)
    return found
