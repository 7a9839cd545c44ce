"""The decisions on a document that hold: what is in the log and not undone."""

from __future__ import annotations

import json
import sqlite3

from pipeline.decisions.model import Anchor, Decision
from pipeline.decisions.recording import box_from
from pipeline.decisions.store import Store
from pipeline.ledger import edit_from_record

HOLDING = (
    "SELECT decisions.*, steps.id AS step_id, steps.reader, steps.made "
    "FROM decisions JOIN steps ON steps.number = decisions.step WHERE steps.undone IS NULL"
)


def holding(store: Store, document: str) -> list[Decision]:
    """The decisions on a document (its folder, relative to the store's), in the order in which they were made."""
    found = store.connection.execute(f"{HOLDING} AND document = ? ORDER BY steps.made, decisions.number", (document,))
    return [decision_from(row) for row in found]


def decision_from(row: sqlite3.Row) -> Decision:
    """A decision from its row, joined with its step."""
    box, edits = box_from(row["box"]), tuple(edit_from_record(edit) for edit in json.loads(row["edits"]))
    span = (row["start"], row["end"], row["before"], row["left"], row["right"])
    anchor = Anchor(row["source"], *span, row["page"], row["scan"], box)
    places = tuple((start, end) for start, end in json.loads(row["places"]))
    who = (row["rule"], row["reader"], row["made"], bool(row["conjecture"]))
    return Decision(row["id"], row["step_id"], row["document"], row["choice"], anchor, row["after"], places, edits, *who)
