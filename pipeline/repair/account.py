"""Edits accepted so far, in source coordinates: takes a proposal in, or refuses it where it would meet an earlier edit."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from pipeline.draft import Draft
from pipeline.ledger import Change, Edit, Kind, Move, Replace
from pipeline.repair.proposals import Proposal, Relocation, Span


class Account:
    """The growing set of applied edits. Keeps it true that edits never overlap and that every move has a place."""

    def __init__(self, edits: Iterable[Edit] = ()) -> None:
        self.edits: list[Edit] = []
        self._replaced: list[tuple[int, int]] = []
        self._moved: list[tuple[int, int, int | None]] = []
        self._anchors: list[int] = []
        for edit in edits:
            self.add(edit)

    def add(self, edit: Edit) -> bool:
        """Take `edit` in; False, and nothing changes, where it would overlap an earlier one."""
        taken: list[Change] = []
        for change in sorted(edit.changes, key=lambda change: isinstance(change, Replace)):  # moves first
            if not (self._add_replace(change) if isinstance(change, Replace) else self._add_move(change)):
                for other in taken:
                    self._drop(other)
                return False
            taken.append(change)
        self.edits.append(edit)
        return True

    def _drop(self, change: Change) -> None:
        """Forget a change that was taken in."""
        if isinstance(change, Replace):
            self._replaced.remove((change.start, change.end))
            return
        self._moved.remove((change.start, change.end, change.behind))
        if change.behind is not None:
            self._anchors.remove(change.behind)

    def _add_replace(self, change: Replace) -> bool:
        start, end = change.start, change.end
        at = bisect_left(self._replaced, (start, end))
        if at < len(self._replaced) and self._replaced[at][0] < end:
            return False
        if at and self._replaced[at - 1][1] > start:
            return False
        anchor = bisect_left(self._anchors, start)
        if anchor < len(self._anchors) and self._anchors[anchor] < end - 1:
            return False
        for low, high, behind in self._near_moves(start, end):
            inside = low <= start and end <= high
            if behind is None or not inside:
                return False
        self._replaced.insert(at, (start, end))
        return True

    def _near_moves(self, start: int, end: int) -> list[tuple[int, int, int | None]]:
        at = bisect_left(self._moved, (start, -1, -1))
        near = [m for m in self._moved[max(0, at - 1) : at] if m[1] > start]
        while at < len(self._moved) and self._moved[at][0] < end:
            near.append(self._moved[at])
            at += 1
        return near

    def _add_move(self, move: Move) -> bool:
        start, end = move.start, move.end
        if self._near_moves(start, end):
            return False
        at = bisect_left(self._replaced, (start, -1))
        if at and self._replaced[at - 1][1] > start:
            return False
        while at < len(self._replaced) and self._replaced[at][0] < end:
            if move.behind is None or self._replaced[at][1] > end:
                return False
            at += 1
        anchor = bisect_left(self._anchors, start)
        if move.behind is None and anchor < len(self._anchors) and self._anchors[anchor] < end:
            return False
        if move.behind is not None and not self._anchor_is_sound(move):
            return False
        insort(self._moved, (start, end, move.behind), key=lambda m: m[0])
        if move.behind is not None:
            insort(self._anchors, move.behind)
        return True

    def _anchor_is_sound(self, move: Move) -> bool:
        """The anchor must not lie inside a replaced span (but for its last character), nor, by any chain, in the moved span."""
        anchor = move.behind
        assert anchor is not None
        at = bisect_left(self._replaced, (anchor + 1, -1))
        if at and self._replaced[at - 1][1] > anchor + 1:
            return False
        for _ in range(len(self._moved) + 1):
            if move.start <= anchor < move.end:
                return False
            around = self._near_moves(anchor, anchor + 1)
            if not around:
                return True
            if around[0][2] is None:
                return False
            anchor = around[0][2]
        return False


def translate(draft: Draft, proposal: Proposal, rule: str, kind: Kind) -> Edit | None:
    """The proposal as an edit in source coordinates; None where it touches what an earlier edit wrote."""
    changes: list[Change] = []
    for span in proposal.spans:
        found = _replaces(draft, span)
        if found is None:
            return None
        changes += found
    for move in proposal.moves:
        moved = _move(draft, move)
        if moved is None:
            return None
        changes.append(moved)
    if not changes:
        return None
    first = min(start for start, _ in proposal.ranges)
    before, after = proposal.shown or _shown(draft, proposal)
    return Edit(
        kind=proposal.kind or kind,
        rule=rule,
        action=proposal.action,
        probability=round(proposal.probability, 4),
        reason=proposal.reason,
        changes=tuple(changes),
        before=before,
        after=after,
        page=draft.page_at(first),
        alternatives=proposal.alternatives,
    )


def _shown(draft: Draft, proposal: Proposal) -> tuple[str, str]:
    if not proposal.spans:
        return "".join(draft.text[m.start : m.end] for m in proposal.moves), ""
    return " … ".join(draft.text[s.start : s.end] for s in proposal.spans), " … ".join(s.after for s in proposal.spans)


def _replaces(draft: Draft, span: Span) -> list[Change] | None:
    """The smallest replacements that make draft[span] read `after`."""
    start, end, after = _trimmed(draft.text, span)
    if start == end and not after:
        return []
    hunks = [_widened(draft, start, end, after)]
    spans = draft.source_spans(hunks[0][0], hunks[0][1])
    if spans is not None and len(spans) > 1:
        before = draft.text[start:end]
        codes = Levenshtein.opcodes(before, after)
        hunks = [
            _widened(draft, start + c.src_start, start + c.src_end, after[c.dest_start : c.dest_end])
            for c in codes
            if c.tag != "equal"
        ]
    changes: list[Change] = []
    for low, high, text in hunks:
        spans = draft.source_spans(low, high)
        if spans is None or len(spans) != 1:
            return None
        changes.append(Replace(spans[0][0], spans[0][1], draft.source[spans[0][0] : spans[0][1]], text))
    return changes


def _trimmed(text: str, span: Span) -> tuple[int, int, str]:
    """`span` without the characters that stay at its two ends."""
    start, end, after = span.start, span.end, span.after
    while start < end and after and text[start] == after[0]:
        start, after = start + 1, after[1:]
    while start < end and after and text[end - 1] == after[-1]:
        end, after = end - 1, after[:-1]
    return start, end, after


def _widened(draft: Draft, start: int, end: int, after: str) -> tuple[int, int, str]:
    """An insertion takes the neighbouring character in, so that it has a place in the source: the next one, unless that is
    space."""
    if start < end:
        return start, end, after
    text = draft.text
    right = start < len(text) and not text[start].isspace() and draft.source_spans(start, start + 1) is not None
    if right or (start == 0 and text):
        return start, start + 1, after + text[start]
    return max(0, start - 1), start, (text[start - 1] if start else "") + after


def _move(draft: Draft, move: Relocation) -> Move | None:
    spans = draft.source_spans(move.start, move.end)
    if spans is None or len(spans) != 1:
        return None
    behind = None
    if move.behind is not None:
        anchor = draft.source_spans(move.behind, move.behind + 1)
        if not anchor:
            return None
        behind = anchor[0][0]
    start, end = spans[0]
    return Move(start, end, draft.source[start:end], behind)
