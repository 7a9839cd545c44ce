"""What a reader types over a line: decisions on the parts that differ, in coordinates of the source."""

from __future__ import annotations

import difflib
import re
import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from uuid import uuid4

from pipeline.batch.decisions import source_hash
from pipeline.decisions.applying import decided, reader_edit
from pipeline.decisions.holding import holding
from pipeline.decisions.model import Anchor, Decision
from pipeline.decisions.recording import record
from pipeline.draft import Draft
from pipeline.ledger import Edit, Ledger
from pipeline.review.deciding import Stale, confirm_rest, reopen, short
from pipeline.review.desk import Desk
from pipeline.review.looking import CONTEXT, machine_result, made

MOST_KEPT = 3
"""Documents that are kept in memory."""
TOKEN = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Opened:
    """A document as it was read, and the machine's account of its changes; `made` tells it from others."""

    made: str
    source: str
    ledger: Ledger


def opened(desk: Desk, document: str) -> Opened:
    """A document by its folder in the store; the last few are kept. Raises PipelineError."""
    kept: OrderedDict[str, Opened] = desk.offered.setdefault("documents", OrderedDict())
    folder = desk.folder(document)
    now = made(folder)
    found = kept.get(document)
    if found is None or found.made != now:
        result = machine_result(folder)
        found = kept[document] = Opened(now, result.source.text, result.ledger)
    kept.move_to_end(document)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
    return found


def standing(desk: Desk, document: str) -> Draft:
    """The text of a document as it stands with the decisions that hold. Raises PipelineError."""
    found = opened(desk, document)
    return Draft(found.source, decided(found.ledger, holding(desk.store, document)).applied)


def type_line(desk: Desk, reader: str, line: int, text: str, seconds: float = 0) -> str:
    """Record that a line (its number in the tables) should read `text`, and give a label of what was done; where that is how it
    stands, its doubts are confirmed. Raises Stale, ValueError, PipelineError."""
    if any(sign in text for sign in "\n\f\r"):
        raise ValueError("a line has no line breaks")
    row = desk.store.connection.execute(
        "SELECT lines.*, documents.folder, documents.source AS hashed, documents.images FROM lines "
        "JOIN documents ON documents.number = lines.document WHERE lines.number = ?",
        (line,),
    ).fetchone()
    if row is None:
        raise Stale("The documents were made anew meanwhile.")
    draft = standing(desk, row["folder"])
    if source_hash(draft.source) != row["hashed"]:
        raise Stale("The documents were made anew meanwhile.")
    low, high = stretch(draft, row["start"], row["end"])
    old = draft.text[low:high]
    made_of = [decision(draft, row, edit, reader) for edit in differences(draft, low, high, text.strip(), reader)]
    label = f"typed: “{short(old)}” → “{short(text.strip())}”" if text.strip() != old else f"right as it stands: “{short(old)}”"
    with desk.store.writing() as connection:
        number = desk.store.begin_step(connection, reader, label, seconds)
        record(connection, number, made_of)
        confirm_rest(connection, line, number)
        reopen(connection, number)
    return label


def stretch(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """Where the draft has the line that was read at source[start:end). Raises Stale where it is not whole any more."""
    span = draft.span_of(start, end)
    if span is None:
        raise Stale("This line has been left out meanwhile.")
    low = draft.text.rfind("\n", 0, span[0]) + 1
    low = max(low, draft.text.rfind("\f", 0, span[0]) + 1)
    ends = [at for at in (draft.text.find(sign, low) for sign in "\n\f") if at >= 0]
    high = min(ends, default=len(draft.text))
    line = draft.text[low:high]
    return low + len(line) - len(line.lstrip()), low + len(line.rstrip())


def differences(draft: Draft, low: int, high: int, text: str, reader: str) -> list[Edit]:
    """The edits that make `text` of the draft's [low, high), one for each part that differs, as far as they keep apart."""
    old, new = TOKEN.findall(draft.text[low:high]), TOKEN.findall(text)
    ends = [low]
    for token in old:
        ends.append(ends[-1] + len(token))
    edits = []
    for kind, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        edit = reader_edit(draft, ends[first], ends[last], "".join(new[begin:end]), reader) if kind != "equal" else None
        edits += [edit] if edit is not None else []
    spans = sorted((change.start, change.end) for edit in edits for change in edit.changes)
    if any(one[1] > other[0] for one, other in pairwise(spans)):  # two would write in one place
        edit = reader_edit(draft, low, high, text, reader)
        edits = [edit] if edit is not None else []
    return edits


def decision(draft: Draft, row: sqlite3.Row, edit: Edit, reader: str) -> Decision:
    """The decision to have an edit that a reader typed."""
    places, source = tuple((change.start, change.end) for change in edit.changes), draft.source
    start, end = min(place[0] for place in places), max(place[1] for place in places)
    around = source[start:end], source[max(0, start - CONTEXT) : start], source[end : end + CONTEXT]
    anchor = Anchor(row["hashed"], start, end, *around, row["page"], row["scan"])
    who = ("", reader, "", not row["images"])
    return Decision(uuid4().hex, "", row["folder"], "write", anchor, edit.after, places, (edit,), *who)
