"""A long text in which corrected pages are looked up, and the way back from what is compared to what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pipeline.evaluate.normalise import traced
from pipeline.evaluate.placing import Finder, Placing, steps


class Searched:
    """A whole text in which corrected pages are looked up: as it is compared, and where that stands in it."""

    def __init__(self, text: str) -> None:
        plain, self.offsets = traced(text, scans=False)
        self.finder = Finder(plain)
        self.solid = [0, *accumulate(char != " " for char in plain)]
        """How many characters other than spaces stand before each."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the compared text stands in the text itself."""
        return (self.offsets[start], self.offsets[end - 1] + 1) if start < end else (0, 0)

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

    def now(self, start: int, end: int) -> str:
        """What stands now for [start, end) of the corrected page: whole words."""
        low, high = counterpart(self.gold, self.became, start, end)
        return self.became[self.became.rfind(" ", 0, low) + 1 : (self.became + " ").index(" ", high)]

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the corrected page stood in the text before, [start, end)."""
        low, high = counterpart(self.gold, self.was, start, end)
        return self.before.original(self.place.start + low, self.place.start + high)


def counterpart(pattern: str, text: str, start: int, end: int) -> tuple[int, int]:
    """Where [start, end) of `pattern` stands in `text`, by a cheapest alignment of both."""
    begins, ends, at = [], [], 0
    for step, count in steps(pattern, text):
        for _ in range(count):
            if step == "D":
                at += 1
            else:
                begins.append(at)
                at += step != "I"
                ends.append(at)
    return begins[start], ends[end - 1]
