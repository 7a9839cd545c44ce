"""How much is wrong still, and how much of a document to read to have seen most of it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.result import Result

SHARES = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Words expected wrong in lines that nobody has read, with the bounds of the 90 % interval; (share of them, lines to read to
    see that share) for SHARES; how many such lines there are, and how many were read."""

    expected: float
    low: int
    high: int
    readings: tuple[tuple[float, int], ...]
    lines: int
    read: int


def remaining(result: Result) -> Remaining:
    """What is left in a document."""
    left = result.residual
    readings = tuple((share, len(left.reading_list(share).lines)) for share in SHARES)
    whole = left.document
    return Remaining(whole.expected, whole.low, whole.high, readings, len(left.unread), len(left.read))
