"""How much is wrong still, and how much of a document to read to have seen most of it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.confidence.residual import Estimate
from pipeline.result import Result

SHARES = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Words expected wrong in the document and on each of its pages, with their 90 % intervals; (share, lines to read to see that
    share of them) for SHARES; all lines that nobody has read, and what a person found."""

    document: Estimate
    pages: tuple[Estimate, ...]
    readings: tuple[tuple[float, int], ...]
    lines: int
    read: int


def remaining(result: Result) -> Remaining:
    """What is left in a document."""
    if not result.confidence.pages:
        return Remaining(Estimate(0.0, 0, 0), (), tuple((share, 0) for share in SHARES), 0, 0)
    left = result.residual
    readings = tuple((share, len(left.reading_list(share).lines)) for share in SHARES)
    return Remaining(left.document, left.pages, readings, len(left.unread), len(result.verdicts))
