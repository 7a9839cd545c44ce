"""How much is wrong still, and how much of a document to read to have seen most of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.confidence.model import LineConfidence
from pipeline.result import Result

SHARES = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Words expected wrong, with the bounds of the 90 % interval where they are known; (share of them, lines to read to see that
    share) for SHARES; and all lines that have text."""

    expected: float
    low: int | None
    high: int | None
    readings: tuple[tuple[float, int], ...]
    lines: int


def remaining(result: Result) -> Remaining:
    """What is left in a document."""
    lines = [line for line in result.confidence.lines if line.end > line.start]
    readings = tuple((share, fewest(lines, share)) for share in SHARES)
    return Remaining(result.confidence.expected_wrong, None, None, readings, len(lines))


def fewest(lines: Sequence[LineConfidence], share: float) -> int:
    """The fewest of some lines in which `share` (0-1) of their wrong words is expected."""
    expected = sorted((line.expected_wrong for line in lines), reverse=True)
    total, seen = sum(expected), 0.0
    for count, wrong in enumerate(expected, 1):
        seen += wrong
        if seen >= share * total:
            return count if total else 0
    return len(expected)
