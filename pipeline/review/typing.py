"""What a reader types over lines: decisions on the parts that differ, in coordinates of the source."""

from __future__ import annotations

import difflib
import re
import sqlite3
from collections.abc import Callable, Mapping
from itertools import pairwise
from uuid import uuid4

from pipeline.batch.decisions import source_hash
from pipeline.decisions.applying import reader_edit
from pipeline.decisions.model import Anchor, Choice, Decision
from pipeline.decisions.recording import record
from pipeline.draft import Draft
from pipeline.ledger import Edit
from pipeline.review.deciding import Stale, confirm_rest, reopen, short
from pipeline.review.desk import Desk
from pipeline.review.drawing import line_of, note
from pipeline.review.looking import CONTEXT
from pipeline.review.standing import standing

TOKEN = re.compile(r"\s+|\S+")
LINE = (
    "SELECT lines.*, documents.folder, documents.source AS hashed, documents.images FROM lines "
    "JOIN documents ON documents.number = lines.document WHERE lines.number = ?"
)


def type_line(desk: Desk, reader: str, line: int, text: str, seconds: float = 0) -> str:
    """Record that a line (its number in the tables) should read `text`, and give a label of what was done; where that is how it
    stands, its doubts are confirmed. Errors as for `type_lines`."""
    row = desk.store.connection.execute(LINE, (line,)).fetchone()
    if row is None:
        raise Stale("The documents were made anew meanwhile.")
    low, high, draft = place_of(desk, row)
    old, new = draft.text[low:high], text.strip()
    label = f"typed: “{short(old)}” → “{short(new)}”" if new != old else f"right as it stands: “{short(old)}”"
    type_lines(desk, reader, {line: new}, label, seconds)
    return label


def type_drawn(desk: Desk, reader: str, line: int, text: str, seconds: float = 0) -> str:
    """The same for a line that was drawn at random, with the reading of it: words that differ were wrong. Errors as for
    `type_lines`."""
    found = line_of(desk.store.connection, line)
    if found is None:
        raise Stale("The documents were made anew meanwhile.")
    wrong = differing(found.text.split(), text.split())
    label = f"read: “{short(found.text)}”, " + (f"typed: “{short(text.strip())}”" if wrong else "all right")
    type_lines(desk, reader, {line: text}, label, seconds, wrong)
    return label


def differing(old: list[str], new: list[str]) -> int:
    """How many words were wrong where `new` should stand for `old`."""
    changes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(last - first, 1) for kind, first, last, _, _ in changes if kind != "equal")


def type_lines(
    desk: Desk, reader: str, texts: Mapping[int, str], label: str, seconds: float = 0, drawn: int | None = None
) -> int:
    """Record as one step that lines (by their numbers in the tables) should read otherwise; how many do now. `drawn`: they were
    drawn at random, and so many words were wrong. Raises Stale where the documents were made anew, ValueError for what is no
    line, PipelineError."""
    found: list[Decision] = []
    drafts: dict[str, Draft] = {}
    changed = 0
    for line, text in texts.items():
        if any(sign in text for sign in "\n\f\r"):
            raise ValueError("a line has no line breaks")
        row = desk.store.connection.execute(LINE, (line,)).fetchone()
        if row is None:
            raise Stale("The documents were made anew meanwhile.")
        low, high, draft = place_of(desk, row, drafts)
        edits = differences(draft, low, high, text.strip(), reader)
        changed += bool(edits)
        found += [decision(draft, row, "write", edit, reader) for edit in edits]
    with desk.store.writing() as connection:
        step = desk.store.begin_step(connection, reader, label, seconds)
        record(connection, step, found)
        for line in texts if drawn is not None else ():
            note(connection, step, line, drawn or 0)
        for line in texts:
            confirm_rest(connection, line, step)
        connection.executemany("INSERT OR IGNORE INTO retyped VALUES (?)", [(line,) for line in texts])
        reopen(connection, step)
    return changed


def place_of(desk: Desk, row: sqlite3.Row, drafts: dict[str, Draft] | None = None) -> tuple[int, int, Draft]:
    """Where a line stands in the text of its document, with decisions, and that text; texts made once are kept in `drafts`.
    Raises Stale, PipelineError."""
    drafts, folder = {} if drafts is None else drafts, row["folder"]
    draft = drafts[folder] = drafts.get(folder) or standing(desk, folder).draft
    if source_hash(draft.source) != row["hashed"]:
        raise Stale("The documents were made anew meanwhile.")
    return (*stretch(draft, row["start"], row["end"]), draft)


def texts_now(desk: Desk) -> Callable[[int], str]:
    """How lines read by their numbers, with decisions; '' for what is not there any more. It raises PipelineError."""
    drafts: dict[str, Draft] = {}

    def text(line: int) -> str:
        row = desk.store.connection.execute(LINE, (line,)).fetchone()
        try:
            low, high, draft = place_of(desk, row, drafts)
        except Stale:
            return ""
        return draft.text[low:high]

    return text


def stretch(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """Where the draft has the line that was read at source[start:end), without blanks around it. Raises Stale if it is gone."""
    span = draft.span_of(start, end)
    if span is None:
        raise Stale("This line has been left out meanwhile.")
    low = max(draft.text.rfind(sign, 0, span[0]) for sign in "\n\f") + 1
    high = min((at for at in (draft.text.find(sign, low) for sign in "\n\f") if at >= 0), default=len(draft.text))
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


def decision(draft: Draft, row: sqlite3.Row, choice: Choice, edit: Edit, reader: str) -> Decision:
    """A decision about an edit: that it holds, or, to `keep` what was read, that it does not. `row`: the line, or the page."""
    places, source = tuple((change.start, change.end) for change in edit.changes), draft.source
    start, end = min(place[0] for place in places), max(place[1] for place in places)
    around = source[start:end], source[max(0, start - CONTEXT) : start], source[end : end + CONTEXT]
    anchor = Anchor(row["hashed"], start, end, *around, row["page"], row["scan"])
    after, edits = (edit.after, (edit,)) if choice == "write" else (edit.before, ())
    who = (edit.rule, reader, "", not row["images"])
    return Decision(uuid4().hex, "", row["folder"], choice, anchor, after, places, edits, *who)
