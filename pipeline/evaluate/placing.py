"""Exact alignment of strings by edit distance, with whole columns of the matrix held in single integers.

Method: Myers, "A fast bit-vector algorithm for approximate string matching", JACM 46 (1999); Hyyrö (2003) for the tracing back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Step = tuple[Literal["=", "X", "I", "D"], int]
"""Equal, substituted, only in the pattern (I), only in the text (D); and how many characters long."""

GRAM = 14
"""Characters of the snippets by which a passage is first looked for."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a passage stands best: text[start:end], `distance` edits away."""

    distance: int
    start: int
    end: int


def peq(pattern: str) -> dict[str, int]:
    """For each character, the positions at which the pattern holds it, as bits."""
    bits: defaultdict[str, int] = defaultdict(int)
    for at, char in enumerate(pattern):
        bits[char] |= 1 << at
    return dict(bits)


def columns(pattern: str, text: str, *, free_start: bool) -> Iterator[tuple[int, int, int, int, int]]:
    """For each character of `text`: distance of the whole pattern there, and the vertical (+, -) and horizontal (+, -) deltas."""
    size = len(pattern)
    mask, top, first = (1 << size) - 1, 1 << (size - 1), 0 if free_start else 1
    equal = peq(pattern)
    plus, minus, distance = mask, 0, size
    for char in text:
        eq = equal.get(char, 0)
        xv = eq | minus
        xh = (((eq & plus) + plus) ^ plus) | eq
        across_plus = (minus | ~(xh | plus)) & mask
        across_minus = plus & xh & mask
        distance += 1 if across_plus & top else -1 if across_minus & top else 0
        shifted = ((across_plus << 1) | first) & mask
        plus = ((across_minus << 1) | ~(xv | shifted)) & mask
        minus = shifted & xv
        yield distance, plus, minus, across_plus, across_minus


def place(pattern: str, text: str, low: int = 0, high: int | None = None) -> Placing:
    """The best place of `pattern` inside text[low:high]; of equally good ones the one that ends first, as long as can be."""
    window = text[low : len(text) if high is None else high]
    if not pattern or not window:
        return Placing(len(pattern), low, low)
    distances = [column[0] for column in columns(pattern, window, free_start=True)]
    distance = min(distances)
    if distance >= len(pattern):
        return Placing(len(pattern), low, low)
    end = distances.index(distance) + 1
    back = window[max(0, end - len(pattern) - distance) : end][::-1]
    lengths = [column[0] for column in columns(pattern[::-1], back, free_start=False)]
    length = max(at + 1 for at, found in enumerate(lengths) if found == distance)
    return Placing(distance, low + end - length, low + end)


class Finder:
    """Places many passages in one long text: snippets tell roughly where, alignment exactly."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._where: defaultdict[str, list[int]] = defaultdict(list)
        for at in range(len(text) - GRAM + 1):
            if text[at : at + 1].isalpha() and text[at - 1 : at] in ("", " "):
                self._where[text[at : at + GRAM]].append(at)

    def place(self, passage: str) -> Placing:
        """Best place of `passage`; the whole text is searched where no snippet is found."""
        votes: Counter[int] = Counter()
        for at in range(len(passage) - GRAM + 1):
            places = self._where.get(passage[at : at + GRAM], ())
            for found in places if len(places) <= 4 else ():
                votes[(found - at) // 500] += 1
        if not votes:
            return place(passage, self.text)
        best = max(votes, key=lambda bucket: (votes[bucket] + votes[bucket + 1] + votes[bucket - 1], -bucket))
        middle = best * 500
        low, high = max(0, middle - 2000), min(len(self.text), middle + 2 * len(passage) + 2000)
        found_place = place(passage, self.text, low, high)
        return found_place if found_place.distance <= 0.3 * len(passage) else place(passage, self.text)


def steps(pattern: str, text: str) -> list[Step]:
    """A cheapest way from `pattern` to `text`, both whole; extra characters of the text are taken as late as possible."""
    if not pattern or not text:
        return [("I", len(pattern))] if pattern else [("D", len(text))] if text else []
    table = list(columns(pattern, text, free_start=False))
    row, column, path = len(pattern), len(text), []
    while row or column:
        step = trace(table, pattern, text, row, column)
        path.append(step)
        row -= step != "D"
        column -= step != "I"
    grouped: list[Step] = []
    for step in reversed(path):
        if grouped and grouped[-1][0] == step:
            grouped[-1] = (step, grouped[-1][1] + 1)
        else:
            grouped.append((step, 1))
    return grouped


def trace(
    table: list[tuple[int, int, int, int, int]], pattern: str, text: str, row: int, column: int
) -> Literal["=", "X", "I", "D"]:
    """The last step of a cheapest way to (row, column)."""
    if not row:
        return "D"
    if not column:
        return "I"
    bit = 1 << (row - 1)
    _, plus, _, across_plus, _ = table[column - 1]
    if plus & bit:
        return "I"
    if across_plus & bit:
        return "D"
    return "=" if pattern[row - 1] == text[column - 1] else "X"
