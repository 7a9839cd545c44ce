"""What decisions do to a ledger, and how what a reader typed becomes an edit of the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.decisions.model import Decision
from pipeline.draft import Draft
from pipeline.ledger import Change, Edit, Ledger, Move, Replace, Settled

RULE = "reader"
"""The rule by which what a reader typed goes into the account."""
STRETCH = 256
"""Characters of the source in which edits are looked for together."""
Spans = Sequence[tuple[int, int]]
SAID = {"accept": "accepted by {}", "keep": "kept as read by {}", "write": "typed by {}", "right": "confirmed by {}"}


def decided(ledger: Ledger, decisions: Iterable[Decision]) -> Ledger:
    """The ledger with `decisions`, of which later ones override earlier ones on the same place.

    What was applied and a reader refused becomes a suggestion again; a suggestion that a reader refused is gone, and its place is
    settled. Both lists stay in the order of the source.
    """
    applied, held = Places(ledger.applied), Places(ledger.held)
    refused, settled = set[Edit](), dict[tuple[int, int], Settled]()
    for decision in decisions:
        if decision.choice == "unclear":
            continue
        said = SAID[decision.choice].format(decision.reader or "a reader")
        spans = [*decision.places, *((c.start, c.end) for edit in decision.edits for c in edit.changes)]
        for edit in held.touching(spans):
            if decision.choice != "keep" or edit not in refused:
                held.remove(edit)
        for edit in applied.touching(spans):
            applied.remove(edit)
            if decision.choice == "keep" and edit.rule != RULE:
                held.add(again := replace(edit, reason=noted(edit.reason, said)))
                refused.add(again)
        for edit in decision.edits:
            applied.add(replace(edit, probability=1.0, reason=noted(edit.reason, said)))
        for start, end in decision.places:
            settled[start, end] = Settled(start, end, said)
    kept = tuple(span for span in ledger.settled if (span.start, span.end) not in settled)
    return replace(
        ledger,
        applied=tuple(sorted(applied, key=place)),
        held=tuple(sorted(held, key=place)),
        settled=tuple(sorted((*kept, *settled.values()), key=lambda span: (span.start, span.end))),
    )


def noted(reason: str, said: str) -> str:
    """A reason, and who decided; once, however often it is carried out."""
    return reason if reason.endswith(f"({said})") else f"{reason} ({said})"


def place(edit: Edit) -> int:
    return edit.place


class Places:
    """Edits, found by the stretches of the source that they change; thousands of decisions on a long text look there."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self.edits: dict[Edit, None] = {}
        self.stretches: defaultdict[int, dict[Edit, None]] = defaultdict(dict)
        for edit in edits:
            self.add(edit)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    def add(self, edit: Edit) -> None:
        self.edits[edit] = None
        for change in edit.changes:
            for at in stretches(change.start, change.end):
                self.stretches[at][edit] = None

    def remove(self, edit: Edit) -> None:
        self.edits.pop(edit)
        for change in edit.changes:
            for at in stretches(change.start, change.end):
                self.stretches[at].pop(edit, None)

    def touching(self, spans: Spans) -> list[Edit]:
        """Those that touch one of `spans`: see `touching`."""
        return touching(self.near(spans), spans)

    def within(self, spans: Spans) -> list[Edit]:
        """Those of which a change has a character in one of `spans`."""
        return [e for e in self.near(spans) if any(c.start < high and low < c.end for c in e.changes for low, high in spans)]

    def near(self, spans: Spans) -> dict[Edit, None]:
        return {edit: None for span in spans for at in stretches(*span) for edit in self.stretches.get(at, ())}


def stretches(start: int, end: int) -> range:
    """The stretches of the source that [start, end) meets, by their numbers."""
    return range(start // STRETCH, max(start, end - 1) // STRETCH + 1)


def touching(edits: Iterable[Edit], spans: Spans) -> list[Edit]:
    """The edits of which a change meets one of `spans`; a move of more than the span takes the span along, and does not."""
    return [edit for edit in edits if any(meets(change, *span) for change in edit.changes for span in spans)]


def meets(change: Change, start: int, end: int) -> bool:
    if change.start >= end or start >= change.end:
        return False
    whole = isinstance(change, Move) and change.start <= start and end <= change.end
    return not whole or (change.start, change.end) == (start, end)


def reader_edit(draft: Draft, start: int, end: int, text: str, reader: str) -> Edit | None:
    """The edit that makes `text` of the draft's [start, end), whatever edits wrote there already; None where it reads so.

    What such edits change elsewhere, as at the other end of a quotation, the new one takes over.
    """
    old = draft.text[start:end]
    if text == old:
        return None
    low, high, after = narrowed(draft, start, end, text)
    pieces = list(draft.pieces(low, high))
    first, last = min(piece[0] for piece in pieces), max(piece[1] for piece in pieces)
    after = draft.text[first:low] + after + draft.text[high:last]
    spans = bridged(draft, [(piece[2], piece[3]) for piece in pieces])
    own = [Replace(*span, draft.source[slice(*span)], "" if at else after) for at, span in enumerate(spans)]
    others = [c for edit in touching(draft.edits, spans) for c in edit.changes if not any(meets(c, *span) for span in spans)]
    changes = tuple(sorted((*own, *others), key=lambda change: change.start))
    reason = f"Typed by {reader}." if reader else "Typed by a reader."
    return Edit("word", RULE, "replace", 1.0, reason, changes, old, text, draft.page_at(start))


def narrowed(draft: Draft, start: int, end: int, text: str) -> tuple[int, int, str]:
    """The part of [start, end) that `text` changes, at least a character, and what becomes of it."""
    old = draft.text[start:end]
    most = min(len(old), len(text))
    ahead = next((at for at in range(most) if old[at] != text[at]), most)
    behind = next((at for at in range(most - ahead) if old[-1 - at] != text[-1 - at]), most - ahead)
    low, high, after = start + ahead, end - behind, text[ahead : len(text) - behind]
    if low < high:
        return low, high, after
    if low > start:
        return low - 1, high, draft.text[low - 1] + after
    if high < len(draft.text):
        return low, high + 1, after + draft.text[high]
    return low - 1, high, draft.text[low - 1] + after


def bridged(draft: Draft, spans: Spans) -> list[tuple[int, int]]:
    """Spans of the source in order, joined where nothing lies between them but what replacements left out."""
    gone = [c for edit in draft.edits for c in edit.changes if isinstance(c, Replace) and not c.after]
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] <= start and left_out(gone, found[-1][1], start):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def left_out(gone: Sequence[Replace], start: int, end: int) -> bool:
    """Whether the replacements by nothing cover source[start:end]."""
    for change in sorted((c for c in gone if c.start < end and c.end > start), key=place_of_change):
        if change.start > start:
            return False
        start = change.end
    return start >= end


def place_of_change(change: Replace) -> int:
    return change.start
