"""A long text in which corrected pages are looked up, and the way back from what is compared to what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pipeline.evaluate.aligned import counterparts
from pipeline.evaluate.normalise import repair_normal, solid_offsets
from pipeline.evaluate.placing import Finder, Placing


class Searched:
    """A whole text in which corrected pages are looked up: as it is compared, and where that stands in it."""

    def __init__(self, text: str) -> None:
        self.finder = Finder(repair_normal(text))
        self.offsets = solid_offsets(text)
        self.counts = [0, *accumulate(char != " " for char in self.finder.text)]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the compared text stands in the text itself."""
        low, high = self.counts[start], self.counts[end]
        return (self.offsets[low], self.offsets[high - 1] + 1) if low < high else (0, 0)

    def passage(self, place: Placing) -> str:
        return self.finder.text[place.start : place.end]


@dataclass(frozen=True)
class Passages:
    """A corrected page as it is compared, its place in the text before, and what the text after has for it."""

    gold: str
    place: Placing
    before: Searched
    became: str

    @cached_property
    def was(self) -> str:
        return self.before.passage(self.place)

    @cached_property
    def new_words(self) -> list[str]:
        """What stands now for each word."""
        return counterparts(self.gold.split(), self.became.split()).texts

    @cached_property
    def old_places(self) -> list[tuple[int, int]]:
        """Where each word stood in the text before."""
        spans = [match.span() for match in re.finditer(r"\S+", self.was)]
        places = counterparts(self.gold.split(), self.was.split()).places
        start = self.place.start
        return [self.before.original(start + spans[at][0], start + spans[at][1]) for at in places]
