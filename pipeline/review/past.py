"""The history of a project: its steps, what holds where several were about one place, and decisions that lost their place."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

MADE = "instr(decisions.id, '.') = 0"
"""A condition: that a decision is one that was made, not one that was found again in a text that was read anew."""
MOST_LOST = 200
"""Decisions that lost their place, at most, on one page."""


@dataclass(frozen=True, slots=True)
class Past:
    """A step as the history shows it: who did what when (UTC), on how many places; when it was undone, and by whom."""

    number: int
    reader: str
    made: str
    label: str
    undone: str
    undone_by: str
    count: int


def past(
    connection: sqlite3.Connection, most: int, before: int | None = None, reader: str = "", document: str = ""
) -> list[Past]:
    """The newest steps, newest first; only those `before` a number, of one reader, or about one document (its folder)."""
    rows = connection.execute(
        "SELECT number, reader, made, label, coalesce(undone, ''), coalesce(undone_by, ''), "
        f"(SELECT count(*) FROM decisions WHERE step = steps.number AND {MADE}) FROM steps "
        "WHERE number < ? AND (? = '' OR reader = ?) "
        "AND (? = '' OR EXISTS (SELECT 1 FROM decisions WHERE step = steps.number AND document = ?) "
        "OR EXISTS (SELECT 1 FROM readings WHERE step = steps.number AND document = ?)) ORDER BY number DESC LIMIT ?",
        (before if before is not None else 1 << 62, reader, reader, document, document, document, most),
    )
    return [Past(*row) for row in rows]


def what_holds(connection: sqlite3.Connection, step: int) -> str:
    """What holds on the places of a step, now that it was undone or done again, where other steps were about them too."""
    undone = connection.execute("SELECT undone FROM steps WHERE number = ?", (step,)).fetchone()[0] is not None
    rows = connection.execute(
        "SELECT own.number AS place, other.after AS after, steps.reader AS reader, steps.number AS step, max(other.number) "
        "FROM decisions AS own JOIN decisions AS other ON other.document = own.document AND other.source = own.source "
        "AND other.start < max(own.end, own.start + 1) AND own.start < max(other.end, other.start + 1) "
        "AND other.step != own.step "
        "JOIN steps ON steps.number = other.step AND steps.undone IS NULL WHERE own.step = ? GROUP BY own.number",
        (step,),
    ).fetchall()
    count = connection.execute("SELECT count(*) FROM decisions WHERE step = ?", (step,)).fetchone()[0]
    later = [row for row in rows if row["step"] > step]
    if later:
        where = (
            "Its place was" if count == 1 else f"{len(later):,} of its {count:,} places {'was' if len(later) == 1 else 'were'}"
        )
        return f"{where} decided again later, by {later[0]['reader']}, and that holds: “{later[0]['after']}”."
    if undone and rows:
        where = "On its place" if count == 1 else f"On {len(rows):,} of its {count:,} places"
        return f"{where} an earlier decision, by {rows[0]['reader']}, holds again: “{rows[0]['after']}”."
    if undone and count:
        return "Its place is open again." if count == 1 else f"Its {count:,} places are open again."
    return ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A decision that holds, but whose place the text, read anew, does not have any more. `number`: the document's; `now`: the
    line of the same page that is most like it, `line` its number, 0 for none."""

    document: str
    number: int
    page: int
    context: str
    before: str
    after: str
    reader: str
    line: int
    now: str


UNPLACED = (
    "SELECT decisions.*, steps.reader, documents.number AS place FROM decisions JOIN steps ON steps.number = decisions.step "
    "AND steps.undone IS NULL LEFT JOIN documents ON documents.folder = decisions.document "
    "WHERE decisions.choice != 'unclear' AND (documents.number IS NULL OR documents.source != decisions.source) "
    f"AND {MADE} AND NOT EXISTS (SELECT 1 FROM decisions AS again WHERE again.step = decisions.step "
    "AND again.source = documents.source AND again.id GLOB decisions.id || '.*') "
    "ORDER BY decisions.document, decisions.page, decisions.start LIMIT ?"
)


def lost(connection: sqlite3.Connection) -> list[Lost]:
    """Decisions that lost their place."""
    return [lost_from(connection, row) for row in connection.execute(UNPLACED, (MOST_LOST,)).fetchall()]


def lost_from(connection: sqlite3.Connection, row: sqlite3.Row) -> Lost:
    context = f"{row['left']}{row['before']}{row['right']}".replace("\n", " ")
    lines = connection.execute("SELECT number, text FROM lines WHERE document = ? AND page = ?", (row["place"], row["page"]))
    number, text = max(lines.fetchall(), key=lambda line: likeness(line[1], context), default=(0, ""))
    if not text or not likeness(text, context):
        number, text = 0, ""
    told = (row["document"], row["place"] or 0, row["page"], context, row["before"], row["after"], row["reader"])
    return Lost(*told, number, text)


def likeness(line: str, context: str) -> float:
    """How much of a stretch of text a line has, by the pairs of letters (0-1)."""
    pairs, wanted = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (line, context))
    return len(pairs & wanted) / max(1, len(wanted))
