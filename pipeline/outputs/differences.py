"""Edits as a reader is shown them: before and after in their surroundings, equal ones together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.ledger import Edit, Move, Replace

AROUND = 36
"""Characters of the source shown before and after a change."""
LONGEST = 160
"""Characters of a change that are shown; the middle of a longer one is left out."""
SIGNS = str.maketrans({"\n": "⏎", "\f": "⇟", "\t": "⇥", "\N{SOFT HYPHEN}": "¬"})

WHOLE_WORDS = frozenset({"word", "name", "reference"})
"""Kinds that are read more easily with the changed words whole than letter by letter."""
BLANKS = re.compile(r"\s+")

Piece = tuple[Literal["same", "del", "ins"], str]


@dataclass(slots=True)
class Group:
    """Edits that change the same words in the same way for the same reason; `pieces` shows the first of them."""

    edit: Edit
    pieces: list[Piece]
    pages: list[int] = field(default_factory=list)
    count: int = 0
    least: float = 1.0

    def add(self, edit: Edit) -> None:
        self.count += 1
        self.least = min(self.least, edit.probability)
        if edit.page not in self.pages[-1:]:
            self.pages.append(edit.page)


def grouped(source: str, edits: Iterable[Edit]) -> list[Group]:
    """Groups of equal edits, the largest first, then in the order of the source."""
    groups: dict[tuple[str, ...], Group] = {}
    for edit in edits:
        key = (edit.rule, edit.reason, *changed_words(source, edit))
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(edit, list(pieces(source, edit)))
        group.add(edit)
    return sorted(groups.values(), key=lambda group: -group.count)


def changed_words(source: str, edit: Edit) -> tuple[str, ...]:
    """The words that an edit touches, and what it makes of them: what tells equal edits."""
    low, high = extent(edit)
    if high - low > LONGEST:
        return (edit.before, edit.after, str(edit.place))
    start, end = word_edges(source, low, high)
    if high - low == 1 and not source[low:high].strip():  # a lone space is told by the marks beside it, not by the words
        start, end = max(0, low - 2), min(len(source), high + 2)
    return (source[start:end], "".join(text for kind, text in changed(source, edit, start, end) if kind != "del"))


def extent(edit: Edit) -> tuple[int, int]:
    return min(c.start for c in edit.changes), max(c.end for c in edit.changes)


def word_edges(source: str, low: int, high: int) -> tuple[int, int]:
    """[low, high) widened to white space, within reason."""
    while low > 0 and high - low < LONGEST and not source[low - 1].isspace():
        low -= 1
    while high < len(source) and high - low < LONGEST and not source[high].isspace():
        high += 1
    return low, high


def pieces(source: str, edit: Edit) -> Iterator[Piece]:
    """The change in its surroundings, white space that matters made visible."""
    low, high = extent(edit)
    if high - low > 2 * LONGEST:
        yield "del", visible(edit.before)
        yield "ins", visible(edit.after)
        return
    if edit.action == "join" and edit.after and len(edit.before) + len(edit.after) < LONGEST:
        yield from join_pieces(source, edit)
        return
    start, end = max(0, low - AROUND), min(len(source), high + AROUND)
    start, end = whole_words(source, start, end, low, high)
    if edit.kind in WHOLE_WORDS:
        yield from word_pieces(source, edit, start, end)
        return
    for kind, text in changed(source, edit, start, end):
        yield kind, BLANKS.sub(" ", text) if kind == "same" else visible(text)


def join_pieces(source: str, edit: Edit) -> Iterator[Piece]:
    """A word made whole across a line or page break: its two halves as they stood, then the word, in the surroundings of both."""
    anchors = [c.behind for c in edit.changes if isinstance(c, Move) and c.behind is not None]
    low, high = extent(edit)
    low = word_edges(source, min([low, *anchors]), min([low, *anchors]) + 1)[0]
    yield "same", BLANKS.sub(" ", source[whole_words(source, max(0, low - AROUND), low, low, low)[0] : low])
    yield "del", visible(edit.before)
    yield "ins", visible(edit.after)
    half = edit.before.replace("\f", "\n").split("\n")[-1]
    moved = "".join(c.before for c in edit.changes if isinstance(c, Move))
    yield "same", moved.partition(half)[2]  # a stop that goes with the word
    end = min(len(source), high + AROUND)
    yield "same", " " + BLANKS.sub(" ", source[high : whole_words(source, high, end, high, high)[1]]).lstrip()


def word_pieces(source: str, edit: Edit, start: int, end: int) -> Iterator[Piece]:
    """source[start:end] with the words that change struck out and written anew."""
    low, high = (max(start, min(end, at)) for at in word_edges(source, *extent(edit)))
    yield "same", BLANKS.sub(" ", source[start:low])
    yield "del", visible(source[low:high])
    yield "ins", visible("".join(text for kind, text in changed(source, edit, low, high) if kind != "del"))
    yield "same", BLANKS.sub(" ", source[high:end])


def whole_words(source: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """[start, end) without the halves of words at its ends, but never without the change [low, high)."""
    space = source.find(" ", start, low) if start else -1
    start = space + 1 if space >= 0 else start
    last = source.rfind(" ", high, end) if end < len(source) else -1
    return start, last if last >= 0 else end


def changed(source: str, edit: Edit, start: int, end: int) -> Iterator[Piece]:
    """source[start:end] with the changes of `edit`."""
    at = start
    for change in sorted(edit.changes, key=lambda c: c.start):
        if change.start < at or change.end > end:
            continue
        yield "same", source[at : change.start]
        yield from minimal(change.before, change.after if isinstance(change, Replace) else "")
        at = change.end
    yield "same", source[at:end]


def minimal(before: str, after: str) -> Sequence[Piece]:
    """A replacement without the characters that stay at its ends."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    middle: list[Piece] = [("same", before[:head])]
    middle += [("del", before[head : len(before) - tail]), ("ins", after[head : len(after) - tail])]
    return [*middle, ("same", before[len(before) - tail :])]


def visible(text: str) -> str:
    """A changed text: white space at its edges, or that is all of it, is shown by signs; the middle of a long one left out."""
    text = text.translate(SIGNS)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    inner = text.strip(" ")
    lead = len(text) - len(text.lstrip(" ")) if inner else len(text)
    tail = len(text) - len(text.rstrip(" ")) if inner else 0
    return "␣" * lead + inner + "␣" * tail
