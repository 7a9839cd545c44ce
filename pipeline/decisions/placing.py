"""Finding the places of decisions again in a text that was read anew: by the scan and the box on it, by the text, by its context.

A decision is never guessed at: where its place is not certain it is lost, which is said, and it waits in the log for a text that
it fits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b

from pipeline.decisions.applying import RULE
from pipeline.decisions.model import Decision
from pipeline.ledger import Change, Edit, Replace
from pipeline.model import Box, Page, Source, Word

AGAIN = "."
"""Parts the id of a decision that was found again from what tells the source in which it was."""
EDGE_BEFORE, EDGE_AFTER = re.compile(r"\S+$"), re.compile(r"\S+")
"""What belongs to the word that a place begins or ends in."""
LEAST_CONTEXT = 8
"""Characters on both sides of a place that must be the same, or three times as many on one."""
SAME_BOX = 0.6
"""Share of two boxes together that they have in common, at least, where they are the same words."""


def source_hash(text: str) -> str:
    """Tells a source text from others."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def place_again(decisions: Iterable[Decision], source: Source) -> tuple[list[Decision], list[Decision]]:
    """The decisions in coordinates of `source`, in their order, and those that have no place in it.

    One whose place reads already as it was decided is carried out by the text, and only keeps others from changing it.
    """
    hashed, found, lost = source_hash(source.text), list[Decision](), list[Decision]()
    seeker = Seeker(source, hashed)
    for decision in of_source(decisions, hashed):
        placed = decision if decision.anchor.source == hashed else seeker.placed(decision)
        if placed is None:
            lost.append(decision)
        else:
            found.append(placed if placed is decision else replace(placed, id=f"{decision.id}{AGAIN}{hashed[:12]}"))
    return found, lost


def of_source(decisions: Iterable[Decision], hashed: str) -> list[Decision]:
    """Each decision once: as it was found again in this source before, or else as it was made."""
    known: dict[str, Decision] = {}
    for decision in decisions:
        name = made_as(decision)
        if name not in known or decision.anchor.source == hashed:
            known[name] = decision
    return list(known.values())


def made_as(decision: Decision) -> str:
    """The id of a decision as it was made, also where it was found again."""
    return decision.id.partition(AGAIN)[0]


class Seeker:
    """Looks for places in one source."""

    def __init__(self, source: Source, hashed: str) -> None:
        self.source, self.hashed = source, hashed
        self.pages: defaultdict[str, list[Page]] = defaultdict(list)
        for page in source.pages:
            if page.scan is not None and page.scan.digest:
                self.pages[page.scan.digest].append(page)

    def placed(self, decision: Decision) -> Decision | None:
        """The decision where it belongs now; None where that is not certain."""
        text, at = self.source.text, decision.anchor
        for low, high, near in self.stretches(decision):
            for start in occurrences(text, at.before, low, high, near, around(decision)):
                if (moved := self.moved(decision, start)) is not None:
                    return moved
        for low, high, near in self.stretches(decision):
            for start in occurrences(text, decision.after, low, high, near, around(decision)):
                return self.fulfilled(decision, start, start + len(decision.after))
        return self.by_box(decision)

    def stretches(self, decision: Decision) -> Iterator[tuple[int, int, int]]:
        """Where to look, best first: (start, end, where it is expected). A page whose scan is known is the only one."""
        at = decision.anchor
        if pages := self.pages.get(at.scan):
            for page in pages:
                words = [] if at.box is None else inside(page, at.box)
                yield page.start, page.end, words[0].start if words else page.start
        elif at.page <= len(self.source.pages) and not at.scan:
            page = self.source.pages[at.page - 1]
            yield page.start, page.end, at.start if page.start <= at.start < page.end else page.start
            yield 0, len(self.source.text), at.start
        elif not self.pages:
            yield 0, len(self.source.text), at.start

    def moved(self, decision: Decision, start: int) -> Decision | None:
        """The decision with all that belongs to it, `start` being where its place begins now; None where the rest is not."""
        by, at = start - decision.anchor.start, decision.anchor
        edits = [shifted(edit, self.source.text, by) for edit in decision.edits]
        known = {(c.start, c.end) for edit in decision.edits for c in edit.changes}
        far = [place for place in decision.places if place not in known and not (at.start <= place[0] and place[1] <= at.end)]
        if None in edits or far:
            return None
        places = tuple((low + by, high + by) for low, high in decision.places)
        anchor = replace(at, source=self.hashed, start=start, end=at.end + by, page=self.page_at(start))
        return replace(decision, anchor=anchor, places=places, edits=tuple(edit for edit in edits if edit is not None))

    def fulfilled(self, decision: Decision, start: int, end: int) -> Decision:
        """A decision whose place, source[start:end), reads as it was decided."""
        anchor = replace(
            decision.anchor, source=self.hashed, start=start, end=end, before=decision.after, page=self.page_at(start)
        )
        return replace(decision, anchor=anchor, places=((start, end),), edits=())

    def by_box(self, decision: Decision) -> Decision | None:
        """Words that are read otherwise now, where the scan shows the same ones: what should stand there is known all the same,
        and goes over what is read between the same marks and letters at their edges."""
        at = decision.anchor
        if at.box is None or decision.choice == "unclear" or len(decision.places) != 1 or at.before != at.before.strip():
            return None
        lead, tail = EDGE_BEFORE.search(at.left), EDGE_AFTER.match(at.right)
        before, behind = lead[0] if lead else "", tail[0] if tail else ""
        for page in self.pages.get(at.scan, ()):
            words = inside(page, at.box)
            if not words or overlap(around_all(words), at.box) < SAME_BOX or len(words) != len(at.before.split()):
                continue
            start, end = words[0].start + len(before), words[-1].end - len(behind)
            text = self.source.text[words[0].start : words[-1].end]
            if start < end and "\n" not in text and text.startswith(before) and text.endswith(behind):
                return self.over(decision, start, end)
        return None

    def over(self, decision: Decision, start: int, end: int) -> Decision:
        """A decision that writes over source[start:end), which is a new reading of its place."""
        read, after = self.source.text[start:end], decision.after
        reason = f"{decision.reader or 'A reader'} decided so when it was read as “{decision.anchor.before}”."
        edit = Edit("word", RULE, "replace", 1.0, reason, (Replace(start, end, read, after),), read, after, self.page_at(start))
        return replace(self.fulfilled(decision, start, end), edits=(edit,) if read != after else ())

    def page_at(self, offset: int) -> int:
        return next((page.number for page in self.source.pages if page.start <= offset < page.end), 1)


def around(decision: Decision) -> tuple[str, str]:
    return decision.anchor.left, decision.anchor.right


def occurrences(text: str, wanted: str, low: int, high: int, near: int, context: tuple[str, str]) -> list[int]:
    """Where `wanted` stands in text[low:high) between the same text, best first: with most of its context, then nearest."""
    left, right = context
    found: list[tuple[int, int, int]] = []
    at = text.find(wanted, low, high) if wanted else -1
    while at >= 0:
        before, after = alike_behind(text, at, left), alike_ahead(text, at + len(wanted), right)
        both = before >= min(LEAST_CONTEXT, len(left)) and after >= min(LEAST_CONTEXT, len(right))
        if both or before + after >= 3 * LEAST_CONTEXT:
            found.append((-before - after, abs(at - near), at))
        at = text.find(wanted, at + 1, high)
    return [at for _, _, at in sorted(found)]


def alike_behind(text: str, at: int, left: str) -> int:
    """How many of the last characters of `left` stand before an offset, blanks counting alike."""
    count = 0
    while count < len(left) and at - count > 0 and same(text[at - count - 1], left[-1 - count]):
        count += 1
    return count


def alike_ahead(text: str, at: int, right: str) -> int:
    count = 0
    while count < len(right) and at + count < len(text) and same(text[at + count], right[count]):
        count += 1
    return count


def same(one: str, other: str) -> bool:
    return one == other or (one.isspace() and other.isspace())


def shifted(edit: Edit, text: str, by: int) -> Edit | None:
    """An edit `by` characters further on; None where the text reads otherwise there."""
    changes: list[Change] = []
    for old in edit.changes:
        start, end = old.start + by, old.end + by
        if start < 0 or text[start:end] != old.before:
            return None
        if isinstance(old, Replace):
            changes.append(Replace(start, end, old.before, old.after))
        else:
            changes.append(replace(old, start=start, end=end, behind=None if old.behind is None else old.behind + by))
    return replace(edit, changes=tuple(changes))


def inside(page: Page, box: Box) -> list[Word]:
    """The words of a page whose middle lies in a box, in their order."""
    words = (word for line in page.lines for word in line.words if word.box is not None)
    return [word for word in words if word.box is not None and holds(box, word.box)]


def holds(box: Box, other: Box) -> bool:
    across, down = (other.left + other.right) / 2, (other.top + other.bottom) / 2
    return box.left <= across < box.right and box.top <= down < box.bottom


def around_all(words: Sequence[Word]) -> Box:
    boxes = [word.box for word in words if word.box is not None]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return whole


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share, as a share (0-1) of what they cover together."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0, across) * max(0, down)
    both = sum((box.right - box.left) * (box.bottom - box.top) for box in (one, other)) - shared
    return shared / both if both else 0.0
