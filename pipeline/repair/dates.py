"""Words that show that a year or a day follows."""

from __future__ import annotations

MONTHS = frozenset(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug sept
    sep oct nov dec
    """.split()
)
BEFORE_YEARS = MONTHS | frozenset("in of since by from until during spring summer autumn winter early late".split())


def dated(before: str) -> bool:
    """Does the text `before` a number end with a month, a season or a word that leads up to a year?"""
    words = before.split()
    return bool(words) and words[-1].strip(",.").lower() in BEFORE_YEARS
