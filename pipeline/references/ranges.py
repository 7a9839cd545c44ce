"""Which pieces of a class hold the papers of a year and country, as the packs' `pieces.txt` says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import InvalidConfig
from pipeline.language import Pack

KEY = re.compile(r"([A-Z]{1,4} \d+) (\d{4}) ([A-Z]/\d+)")
SPAN = re.compile(r"(\d+)(?:-(\d+))?")
SLACK = 30
"""Pieces by which a range may in truth be longer than is known."""


@dataclass(frozen=True, slots=True)
class YearRange:
    """The papers of `country` (letter and number, N/38) of a year are in pieces `first` to `last`, or near them."""

    series: str
    year: int
    country: str
    first: int
    last: int

    def near(self, piece: int) -> bool:
        """Whether the piece may belong to this year and country."""
        return self.first - SLACK <= piece <= self.last + SLACK


def year_ranges(packs: Iterable[Pack]) -> list[YearRange]:
    """The ranges of all packs. Raises InvalidConfig naming the line's key."""
    found = []
    for pack in packs:
        for row in pack.rows.get("pieces", ()):
            key, span = KEY.fullmatch(row[0]), SPAN.fullmatch(row[1])
            if key is None or span is None:
                advice = "A line is: FO 371 1927 N/38, a tab, 12581-12608"
                raise InvalidConfig(f"{row[0]!r} has no range of pieces", where=pack.folder / "pieces.txt", advice=advice)
            found.append(YearRange(key[1], int(key[2]), key[3], int(span[1]), int(span[2] or span[1])))
    return found
