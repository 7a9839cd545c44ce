"""What was only suggested for the words of the clean text, and what was read where a word was repaired."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.ledger import Edit, Replace
from pipeline.result import Result

MOST_NEAR = 8
"""So many suggestions that begin before a place are asked whether they reach over it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What source[start:end] would read with an edit that was held back."""

    start: int
    end: int
    after: str
    edit: Edit


class Suggestions:
    """The suggestions of a result that are replacements within one line, by their place."""

    def __init__(self, result: Result) -> None:
        self.text = result.source.text
        self.held = result.ledger.held

    @cached_property
    def all(self) -> list[Suggestion]:
        found = (Suggestion(c.start, c.end, c.after, edit) for edit in self.held for c in replacement(edit))
        return sorted((s for s in found if "\n" not in self.text[s.start : s.end] + s.after), key=lambda s: s.start)

    @cached_property
    def starts(self) -> list[int]:
        return [suggestion.start for suggestion in self.all]

    def within(self, low: int, high: int) -> list[Suggestion]:
        """Those whose place lies in source[low:high]."""
        first, last = bisect_right(self.starts, low - 1), bisect_right(self.starts, high - 1)
        return [suggestion for suggestion in self.all[first:last] if suggestion.end <= high]

    def over(self, low: int, high: int) -> bool:
        """Whether one goes over all of source[low:high], which parts two words."""
        last = bisect_right(self.starts, low)
        return any(s.end >= high for s in self.all[max(0, last - MOST_NEAR) : last])

    def readings(self, low: int, high: int) -> list[tuple[str, Edit]]:
        """What source[low:high] would read with each of the suggestions in it, and the edit; nothing twice."""
        found: dict[str, Edit] = {}
        for s in self.within(low, high):
            reading = (self.text[low : s.start] + s.after + self.text[s.end : high]).strip()
            if reading and reading != self.text[low:high]:
                found.setdefault(reading, s.edit)
        return list(found.items())


def replacement(edit: Edit) -> Iterator[Replace]:
    """The change of an edit that is a single replacement."""
    if len(edit.changes) == 1 and isinstance(edit.changes[0], Replace):
        yield edit.changes[0]
