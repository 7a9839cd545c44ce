"""Writing decisions into the log, and undoing and redoing them step by step."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.decisions.model import Decision
from pipeline.decisions.store import Store, now
from pipeline.ledger import edit_record
from pipeline.model import Box

Row = tuple[object, ...]
STEP = "number, reader, made, label, seconds, undone, (SELECT count(*) FROM decisions WHERE step = steps.number) AS count"


@dataclass(frozen=True, slots=True)
class Step:
    """What a reader did at once: so many decisions (`count`). `made`, `undone`: when (UTC), `undone` empty where it holds."""

    number: int
    reader: str
    made: str
    label: str
    seconds: float
    undone: str
    count: int


def record(connection: sqlite3.Connection, step: int, decisions: Iterable[Decision]) -> None:
    """Write decisions as part of a step, within a transaction; one that is there already (by its id) is left alone."""
    record_rows(connection, step, map(row, decisions))


def record_rows(connection: sqlite3.Connection, step: int, rows: Iterable[Row]) -> None:
    """The same for rows that were made of decisions elsewhere."""
    connection.executemany(
        'INSERT OR IGNORE INTO decisions (step, id, document, choice, source, start, end, before, "left", "right", page, scan, '
        "box, after, places, edits, rule, conjecture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((step, *one) for one in rows),
    )


def row(decision: Decision) -> Row:
    """A decision as the table has it, but for its step."""
    at = decision.anchor
    edits = json.dumps([edit_record(edit, "applied") for edit in decision.edits], ensure_ascii=True)
    return (
        *(decision.id, decision.document, decision.choice),
        *(at.source, at.start, at.end, *map(storable, (at.before, at.left, at.right)), at.page, at.scan, box_text(at.box)),
        *(storable(decision.after), json.dumps(decision.places), edits, decision.rule, int(decision.conjecture)),
    )


def storable(text: str) -> str:
    """A text as the log can hold it: bytes of a file that were no characters are shown as U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def box_text(box: Box | None) -> str:
    """A box as the tables hold it."""
    return "" if box is None else f"{box.left} {box.top} {box.right} {box.bottom}"


def box_from(text: str) -> Box | None:
    return Box(*map(int, text.split())) if text else None


def undo_last(connection: sqlite3.Connection, reader: str) -> Step | None:
    """Undo the last step of a reader that holds, within a transaction; None where there is none."""
    return undo_step(connection, last(connection, reader, "undone IS NULL", "number DESC"), reader)


def redo_last(connection: sqlite3.Connection, reader: str) -> Step | None:
    """Do again the step that a reader undid last, unless something else was done since; None where there is none."""
    return redo_step(connection, last(connection, reader, "undone IS NOT NULL AND dropped = 0", "undone DESC, number"))


def last(connection: sqlite3.Connection, reader: str, which: str, order: str) -> int:
    query = f"SELECT number FROM steps WHERE reader = ? AND {which} ORDER BY {order} LIMIT 1"
    found = connection.execute(query, (reader,)).fetchone()
    return int(found[0]) if found else 0


def undo_step(connection: sqlite3.Connection, number: int, reader: str) -> Step | None:
    """Undo a step, whoever made it; None where there is none that holds."""
    done = connection.execute(
        "UPDATE steps SET undone = ?, undone_by = ?, dropped = 0 WHERE number = ? AND undone IS NULL", (now(), reader, number)
    ).rowcount
    return step_of(connection, number) if done else None


def redo_step(connection: sqlite3.Connection, number: int) -> Step | None:
    """Do a step again that was undone; None where there is none."""
    done = connection.execute(
        "UPDATE steps SET undone = NULL, undone_by = NULL, dropped = 0 WHERE number = ? AND undone IS NOT NULL", (number,)
    ).rowcount
    return step_of(connection, number) if done else None


def step_of(connection: sqlite3.Connection, number: int) -> Step:
    found = connection.execute(f"SELECT {STEP} FROM steps WHERE number = ?", (number,)).fetchone()
    return step_from(found)


def step_from(found: sqlite3.Row) -> Step:
    made, undone = found["made"], found["undone"] or ""
    return Step(found["number"], found["reader"], made, found["label"], found["seconds"], undone, found["count"])


def steps(store: Store, most: int, before: int | None = None, reader: str = "") -> list[Step]:
    """The newest steps, newest first; only those `before` a number, or of one reader, where these are given."""
    found = store.connection.execute(
        f"SELECT {STEP} FROM steps WHERE number < ? AND (? = '' OR reader = ?) ORDER BY number DESC LIMIT ?",
        (before if before is not None else 1 << 62, reader, reader, most),
    )
    return [step_from(one) for one in found]
