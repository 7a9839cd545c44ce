"""The doubts of a document: places of its text that may be wrong, with what could stand there instead."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.draft import Draft
from pipeline.language.confusions import different
from pipeline.ledger import Edit, Replace
from pipeline.model import Word
from pipeline.result import Result

LEAST = 0.03
"""Probability of being wrong from which a place is worth a look."""
SURE = 0.97
"""Changes that are this probable, and lie in words that the model trusts, are not shown."""
MOST_OPTIONS = 3
MARKS = frozenset(("quote", "apostrophe", "hyphen", "spacing", "punctuation", "stray", "note", "layout", "furniture"))
"""Kinds of repair that follow a pattern, whatever the word."""
EDGES = "“”‘’\"'()[].,;:!?*—–-"


@dataclass(frozen=True, slots=True)
class Option:
    """What a place could read instead. `chance` (0-1): that it is right; `edits`: what makes it so, at `places` of the source."""

    text: str
    chance: float
    reason: str
    edits: tuple[Edit, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place [start, end) of the source, and [low, high) of the clean text, that may be wrong; see `pipeline.review.schema`."""

    kind: str
    of: str
    rule: str
    start: int
    end: int
    low: int
    high: int
    stands: str
    options: tuple[Option, ...]
    standing: tuple[Edit, ...]
    places: tuple[tuple[int, int], ...]
    reason: str
    chance: float
    key: str


class Doubts:
    """The doubts of one result."""

    def __init__(self, result: Result) -> None:
        self.result, self.draft = result, result.draft
        self.source = result.source.text

    def all(self) -> list[Doubt]:
        """Every doubt, in the order of the clean text; no two share a character of it."""
        found: list[Doubt] = []
        taken = np.zeros(len(self.draft.text) + 1, dtype=bool)
        for doubt in (*self.held(), *self.changed(), *self.words(taken)):
            if not taken[doubt.low : max(doubt.high, doubt.low + 1)].any():
                taken[doubt.low : max(doubt.high, doubt.low + 1)] = True
                found.append(doubt)
        return sorted(found, key=lambda doubt: doubt.low)

    @cached_property
    def places(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """For each character of the source, where it, or what was written for it, stands in the clean text; -1: nowhere."""
        found = np.full(len(self.source) + 1, -1, dtype=np.int64)
        for low, _, first, last, kept in self.draft.segments(0, len(self.draft.text)):
            found[first:last] = np.arange(low, low + last - first) if kept else low
        return found

    def shown(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the clean text has source[start:end), within a line; None where it does not."""
        places = self.places[start:end]
        places = places[places >= 0]
        if not len(places):
            return None
        low, last = int(places.min()), int(places.max())
        high = next((h for _, h, _, _, kept in self.draft.segments(last, last + 1) if not kept), last + 1)
        return None if high - low > end - start + 40 or "\n" in self.draft.text[low:high] else (low, high)

    @cached_property
    def replaced(self) -> list[tuple[int, int, Edit]]:
        """Every replacement that was made, in the order of the source."""
        changes = ((c.start, c.end, e) for e in self.result.ledger.applied for c in e.changes if isinstance(c, Replace))
        return sorted(changes, key=lambda change: change[:2])

    def standing(self, start: int, end: int) -> tuple[Edit, ...]:
        """The edits that wrote in source[start:end)."""
        at = bisect_left(self.replaced, start, key=lambda change: change[0])
        found: list[Edit] = []
        for low, high, edit in self.replaced[max(0, at - 2) :]:
            if low >= end:
                break
            if high > start and edit not in found:
                found.append(edit)
        return tuple(found)

    def held(self) -> Iterator[Doubt]:
        """Suggestions; those that compete for a place together."""
        single = [e for e in self.result.ledger.held if len(e.changes) == 1 and isinstance(e.changes[0], Replace)]
        group: list[Edit] = []
        end = -1
        for edit in sorted(single, key=lambda edit: edit.place):
            if group and edit.place >= end:
                yield from self.suggested(group)
                group = []
            group.append(edit)
            end = max(end if len(group) > 1 else -1, edit.changes[0].end)
        if group:
            yield from self.suggested(group)
        for edit in self.result.ledger.held:
            if len(edit.changes) > 1 and all(isinstance(change, Replace) for change in edit.changes):
                yield from self.suggested([edit])

    def suggested(self, group: Sequence[Edit]) -> Iterator[Doubt]:
        """The doubt that some suggestions for one place make."""
        best = max(group, key=lambda edit: edit.probability)
        several = len(best.changes) > 1
        start = best.place if several else min(edit.changes[0].start for edit in group)
        end = best.changes[0].end if several else max(edit.changes[0].end for edit in group)
        place = self.shown(start, end)
        if place is None:
            return
        places = tuple((c.start, c.end) for c in best.changes) if several else ((start, end),)
        options: dict[str, Option] = {}
        for edit in sorted(group, key=lambda edit: -edit.probability):
            change = edit.changes[0]
            assert isinstance(change, Replace)
            text = edit.after if several else self.source[start : change.start] + change.after + self.source[change.end : end]
            options.setdefault(text, Option(text, edit.probability, edit.reason, (edit,), places))
        chance = min(0.98, sum(option.chance for option in options.values()))
        stands = best.before if several else self.draft.text[slice(*place)]
        shown = tuple(options.values())[:MOST_OPTIONS]
        standing = self.standing(start, end)
        yield Doubt(
            *("held", best.kind, best.rule, start, end, *place, stands, shown, standing, places, best.reason, chance),
            key_of("held", best.kind, best.rule, best.before, best.after),
        )

    def changed(self) -> Iterator[Doubt]:
        """Changes that were made and are not sure."""
        for edit in self.result.ledger.applied:
            if edit.probability >= SURE or not all(isinstance(change, Replace) for change in edit.changes):
                continue
            first = min(edit.changes, key=lambda change: change.start)
            place = self.shown(first.start, first.end)
            if place is None or place[0] == place[1]:
                continue
            places = tuple((change.start, change.end) for change in edit.changes)
            stands = self.draft.text[slice(*place)] if len(edit.changes) == 1 else edit.after
            chance = max(1 - edit.probability, float(self.risk(*place)))
            if chance >= LEAST:
                yield Doubt(
                    *("applied", edit.kind, edit.rule, first.start, first.end, *place, stands, (), (edit,), places),
                    *(edit.reason, chance, key_of("applied", edit.kind, edit.rule, edit.before, edit.after)),
                )

    def risk(self, low: int, high: int) -> float:
        """The greatest risk of the words in [low, high) of the clean text."""
        return float(self.result.confidence.words.between(low, high).max(initial=0.0))

    def words(self, taken: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[Doubt]:
        """Words that look wrong and for which nothing was suggested."""
        words = self.result.confidence.words
        reasons = {line.start: line.reasons for line in self.result.confidence.lines if line.reasons}
        starts = sorted(reasons)
        for at in np.flatnonzero(words.wrong >= LEAST).tolist():
            low, high, wrong = int(words.starts[at]), int(words.ends[at]), float(words.wrong[at])
            if taken[low:high].any():
                continue
            text = self.draft.text[low:high]
            start, end = self.draft.origin(low)[0], self.draft.origin(high - 1)[1]
            if end <= start or end - start > 3 * len(text) + 8:
                continue
            line = bisect_right(starts, low) - 1
            why = next((r for r in reasons[starts[line]] if f"“{text}”" in r), "") if line >= 0 else ""
            yield Doubt(
                *("word", "word", "", start, end, low, high, text, tuple(self.readings(start, end, text, wrong))),
                *(
                    self.standing(start, end),
                    ((start, end),),
                    plainly(why),
                    wrong,
                    f"word|{text.strip(EDGES) or text}",
                ),
            )

    def readings(self, start: int, end: int, text: str, wrong: float) -> Iterator[Option]:
        """What other readings of the image have in the place of a word."""
        words = [word for word in self.spoken if word.start < end and word.end > start] if self.spoken else []
        others = Counter(other for word in words[:1] for other in word.alternatives if other and other != text)
        if len(words) != 1 or (words[0].start, words[0].end) != (start, end):
            return
        for other, _ in others.most_common(MOST_OPTIONS):
            change = Replace(start, end, self.source[start:end], other)
            why, page = "Another reading of the image has it.", self.draft.page_at(int(self.places[start]))
            edit = Edit("word", "other-reading", "replace", 0.5, why, (change,), text, other, page)
            yield Option(other, wrong / (len(others) + 1), why, (edit,), ((start, end),))

    @cached_property
    def spoken(self) -> list[Word]:
        """The words of which the image was read in several ways."""
        lines = (line for page in self.result.source.pages for line in page.lines)
        return [word for line in lines for word in line.words if word.alternatives]


def plainly(reason: str) -> str:
    """Why a word is doubted, as a sentence for readers, from the phrase that reports have."""
    if reason.startswith("OCR unsure of "):
        return "It was hard to read."
    return f"{reason[:1].upper()}{reason[1:]}." if reason else "It looks unusual."


def key_of(kind: str, of: str, rule: str, before: str, after: str) -> str:
    """What the members of a series have in common: for marks, what is changed into what; for words, the whole forms."""
    if of in MARKS:
        before, after = different(before, after)
    return "|".join((kind, of, rule, before, after))


def line_at(starts: Sequence[int], low: int) -> int:
    """Which line, by the offsets at which lines begin, an offset of the clean text lies on."""
    return bisect_right(starts, low) - 1


def span_in_source(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """The stretch of the source that the draft's [start, end), which is not empty, was read from; what was moved away from
    within it, or to it, may make it longer."""
    first, last = draft.origin(start), draft.origin(end - 1)
    return min(first[0], last[0]), max(first[1], last[1])
