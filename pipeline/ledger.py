"""The account of every change: edits in source coordinates, and how they are replayed and undone. No input or output."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pipeline.errors import InvalidRecord

Kind = Literal[
    "quote",
    "apostrophe",
    "hyphen",
    "spacing",
    "punctuation",
    "stray",
    "furniture",
    "note",
    "reference",
    "name",
    "word",
    "layout",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Action = Literal["replace", "join", "move"]


@dataclass(frozen=True, slots=True)
class Replace:
    """source[start:end], which reads `before`, becomes `after`. Never empty on the source side: an insertion takes a neighbour
    in."""

    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Move:
    """source[start:end], which reads `before`, leaves its place: to follow the character at source offset `behind`, or, with
    None, out of the running text (furniture, strays), kept in the ledger."""

    start: int
    end: int
    before: str
    behind: int | None = None


Change = Replace | Move


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair: its changes belong together. `probability` (0-1) says whether the repair is right, not whether the OCR was.

    `before` and `after` show the repair as a reader would see it; `page` counts from 1; `place` is the source offset shown for
    it.
    """

    kind: Kind
    rule: str
    action: Action
    probability: float
    reason: str
    changes: tuple[Change, ...]
    before: str
    after: str
    page: int
    alternatives: tuple[str, ...] = ()

    @property
    def place(self) -> int:
        return min(change.start for change in self.changes)


@dataclass(frozen=True, slots=True)
class Settled:
    """A span of the source that other rules left alone, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was done (`applied`), what was only suggested (`held`), and what was protected (`settled`)."""

    length: int
    applied: tuple[Edit, ...] = ()
    held: tuple[Edit, ...] = ()
    settled: tuple[Settled, ...] = ()

    def replay(self, source: str) -> str:
        """The clean text: `source` with the applied edits. Raises InvalidRecord if the source is another one."""
        if len(source) != self.length:
            raise InvalidRecord(f"the ledger is for a text of {self.length} characters, this one has {len(source)}")
        return "".join(text for text, _, _ in rendered(source, self.applied))

    def undo(self, text: str) -> str:
        """The source again, from the clean text and the ledger alone."""
        return undo(text, self.applied, self.length)

    def moved_out(self) -> list[tuple[Edit, Move]]:
        """What left the running text, in source order."""
        out = [(e, c) for e in self.applied for c in e.changes if isinstance(c, Move) and c.behind is None]
        return sorted(out, key=lambda pair: pair[1].start)


def running_order(length: int, moves: Iterable[Move]) -> list[tuple[int, int]]:
    """Spans of the source in the order in which the running text shows them."""
    ordered = sorted(moves, key=lambda m: m.start)
    placed: defaultdict[int, list[Move]] = defaultdict(list)
    for move in ordered:
        if move.behind is not None:
            placed[move.behind].append(move)
    stops, spans = sorted(placed), []

    def emit(start: int, end: int) -> None:
        at = bisect_left(stops, start)
        while at < len(stops) and stops[at] < end:
            spans.append((start, stops[at] + 1))
            start = stops[at] + 1
            for move in placed[stops[at]]:
                emit(move.start, move.end)
            at += 1
        if start < end:
            spans.append((start, end))

    at = 0
    for move in ordered:
        emit(at, move.start)
        at = move.end
    emit(at, length)
    return spans


def split_changes(edits: Iterable[Edit]) -> tuple[list[Replace], list[Move]]:
    replaces: list[Replace] = []
    moves: list[Move] = []
    for edit in edits:
        for change in edit.changes:
            if isinstance(change, Replace):
                replaces.append(change)
            else:
                moves.append(change)
    return sorted(replaces, key=lambda r: r.start), moves


def rendered(source: str, edits: Iterable[Edit]) -> Iterator[tuple[str, int, int]]:
    """The running text piece by piece: (text, source start, source end); a piece that an edit wrote differs from its source."""
    replaces, moves = split_changes(edits)
    starts = [r.start for r in replaces]
    for start, end in running_order(len(source), moves):
        at = bisect_left(starts, start)
        while at < len(replaces) and replaces[at].start < end:
            change = replaces[at]
            if start < change.start:
                yield source[start : change.start], start, change.start
            yield change.after, change.start, change.end
            start, at = change.end, at + 1
        if start < end:
            yield source[start:end], start, end


def undo(text: str, edits: Sequence[Edit], length: int) -> str:
    """The source from the clean `text` and the edits that made it. Raises InvalidRecord where the text is not theirs."""
    replaces, moves = split_changes(edits)
    starts = [r.start for r in replaces]
    found: list[tuple[int, str]] = [(m.start, m.before) for m in moves if m.behind is None]
    cursor = 0
    for start, end in running_order(length, moves):
        at = bisect_left(starts, start)
        while at < len(replaces) and replaces[at].start < end:
            change = replaces[at]
            found.append((start, text[cursor : cursor + change.start - start]))
            cursor += change.start - start
            if not text.startswith(change.after, cursor):
                raise InvalidRecord(f"the text does not read {change.after!r} where the ledger says so (character {cursor})")
            cursor += len(change.after)
            found.append((change.start, change.before))
            start, at = change.end, at + 1
        found.append((start, text[cursor : cursor + end - start]))
        cursor += end - start
    source = "".join(part for _, part in sorted(found, key=lambda pair: pair[0]))
    if cursor != len(text) or len(source) != length:
        raise InvalidRecord("the text is longer or shorter than the ledger says")
    return source


def edit_record(edit: Edit, state: str) -> dict[str, Any]:
    """An edit as a row of `edits.jsonl`; `state` is applied or held."""
    row = fields_of(edit)
    row["changes"] = [{"op": type(c).__name__.lower(), **fields_of(c)} for c in edit.changes]
    return {"state": state, "place": edit.place, **row}


def fields_of(value: Edit | Change | Settled) -> dict[str, Any]:
    """The fields of a record by their names; nothing is copied."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def edit_from_record(row: dict[str, Any]) -> Edit:
    """The edit of a row written by `edit_record`. Raises InvalidRecord if it is not one."""
    try:
        changes = tuple(_change_from_record(dict(c)) for c in row["changes"])
        fields = {name: row[name] for name in Edit.__dataclass_fields__ if name not in ("changes", "alternatives")}
        return Edit(changes=changes, alternatives=tuple(row.get("alternatives", ())), **fields)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidRecord(f"not an edit: {error}") from error


def _change_from_record(record: dict[str, Any]) -> Change:
    operation = record.pop("op")
    if operation not in ("replace", "move"):
        raise ValueError(f"unknown operation {operation!r}")
    return Replace(**record) if operation == "replace" else Move(**record)
