"""Decisions made at the desk: one, or a whole series at once, written into the log with what it does to the doubts."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from pipeline.decisions.recording import Step, redo_last, redo_step, undo_last, undo_step
from pipeline.decisions.store import Store
from pipeline.review.learning import learn
from pipeline.review.queueing import mark
from pipeline.review.schema import DECIDED, OPEN, UNCLEAR
from pipeline.review.series import rescore

CHOSEN = "SELECT value FROM json_each(?)"
CHANGED = "CASE ? WHEN 'accept' THEN 1 WHEN 'write' THEN 1 WHEN 'keep' THEN doubts.kind = 'applied' ELSE 0 END"
"""Whether a choice says that what stood was wrong."""


class Stale(Exception):
    """What the page showed is not how it is any more: somebody else, or another page, decided it meanwhile."""


@dataclass(frozen=True, slots=True)
class Decide:
    """What a reader decided. `choice`: see `pipeline.decisions.model`; `option`: which suggestion (from 0) is accepted; `text`:
    what is typed. About the doubts with these numbers, or all open ones of `series` but those. `seen`: the last step that the
    page knew of each doubt; `pictured`: whether images of the places were seen; `seconds`: how long it took."""

    choice: str
    doubts: tuple[int, ...] = ()
    series: int | None = None
    option: int = 0
    text: str = ""
    seen: dict[int, int] = field(default_factory=dict)
    pictured: bool = True
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided: the step's number, its label, and how many places it is about."""

    step: int
    label: str
    count: int


RESULT = {
    "accept": ("json_extract(options, '$[' || :option || '].text')", "json_extract(options, '$[' || :option || '].edits')"),
    "keep": ("before", "'[]'"),
    "right": ("stands", "standing"),
    "unclear": ("stands", "standing"),
    "write": (
        ":text",
        "json_array(json_object('state', 'applied', 'place', start, 'kind', 'word', 'rule', 'reader', 'action', 'replace', "
        "'probability', 1.0, 'reason', 'Typed by ' || :reader || '.', 'changes', "
        "json_array(json_object('op', 'replace', 'start', start, 'end', end, 'before', before, 'after', :text)), "
        "'before', stands, 'after', :text, 'page', page, 'alternatives', json_array()))",
    ),
}
"""How a place reads after each choice, and the edits by which it does, from the columns of a doubt."""
RECORD = """
INSERT INTO decisions (id, step, document, choice, source, start, end, before, "left", "right", page, scan, box, after, places,
                       edits, rule, conjecture)
SELECT lower(hex(randomblob(16))), :step, documents.folder, :choice, documents.source, start, end, before, "left", "right", page,
       scan, box, {after}, {places}, {edits}, rule, CASE WHEN :pictured THEN documents.images = 0 ELSE 1 END
FROM doubts JOIN documents ON documents.number = doubts.document WHERE {which}
"""


def decide(store: Store, reader: str, wanted: Decide) -> Done:
    """Record a decision, safe on the disk when this returns. Raises Stale, and ValueError for what makes no sense."""
    if wanted.choice not in RESULT:
        raise ValueError("no such choice")
    with store.writing() as connection:
        choose(connection, wanted)
        count = int(connection.execute("SELECT count(*) FROM chosen").fetchone()[0])
        if not count:
            raise Stale("It has been decided meanwhile.")
        label = label_of(connection, wanted, count)
        step = store.begin_step(connection, reader, label, wanted.seconds)
        after, edits = RESULT[wanted.choice]
        places = "json_extract(options, '$[' || :option || '].places')" if wanted.choice == "accept" else "places"
        values = {"step": step, "choice": wanted.choice, "option": wanted.option, "text": wanted.text, "reader": reader}
        query = RECORD.format(after=after, edits=edits, places=places, which="doubts.number IN (SELECT number FROM chosen)")
        connection.execute(query, {**values, "pictured": wanted.pictured})
        state = UNCLEAR if wanted.choice == "unclear" else DECIDED
        connection.execute(
            f"UPDATE doubts SET state = ?, step = ?, changed = {CHANGED} WHERE number IN (SELECT number FROM chosen)",
            (state, step, wanted.choice),
        )
        learn(connection, "SELECT number FROM chosen")
        rescore(connection, "SELECT task FROM doubts WHERE number IN (SELECT number FROM chosen)")
    return Done(step, label, count)


def confirm_rest(connection: sqlite3.Connection, line: int, step: int) -> None:
    """Record, as part of a step that typed over a line, that what it left as it was is right, within a transaction."""
    untouched = (
        "doubts.line = :line AND doubts.state = 0 AND NOT EXISTS (SELECT 1 FROM decisions AS typed WHERE typed.step = :step "
        "AND typed.document = documents.folder AND typed.start < doubts.end AND doubts.start < typed.end)"
    )
    after, edits = RESULT["right"]
    query = RECORD.format(after=after, edits=edits, places="places", which=untouched)
    connection.execute(query, {"step": step, "choice": "right", "line": line, "pictured": True})


def choose(connection: sqlite3.Connection, wanted: Decide) -> None:
    """Put the numbers of the doubts that are meant into the table `chosen`. Raises Stale, ValueError."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS chosen (number INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM chosen")
    listed = list_text(wanted.doubts)
    fit = "1"
    if wanted.choice == "accept":
        fit = f"json_array_length(options) > {int(wanted.option)}"
    elif wanted.choice == "write":
        fit = "json_array_length(places) = 1"
    if wanted.series is not None:
        connection.execute(
            f"INSERT INTO chosen SELECT number FROM doubts WHERE task = ? AND state = {OPEN} AND {fit} "
            f"AND number NOT IN ({CHOSEN})",
            (wanted.series, listed),
        )
        return
    connection.execute(f"INSERT INTO chosen SELECT number FROM doubts WHERE number IN ({CHOSEN}) AND {fit}", (listed,))
    rows = connection.execute("SELECT number, step FROM doubts WHERE number IN (SELECT number FROM chosen)").fetchall()
    if len(rows) != len(set(wanted.doubts)):
        raise ValueError("that cannot be done with this place")
    for number, step in rows:
        if number in wanted.seen and wanted.seen[number] != step:
            raise Stale(happened(connection, step))


def list_text(numbers: tuple[int, ...]) -> str:
    return "[" + ",".join(str(int(number)) for number in numbers) + "]"


def happened(connection: sqlite3.Connection, step: int) -> str:
    """What a step did, for people."""
    row = connection.execute("SELECT reader, label FROM steps WHERE number = ?", (step,)).fetchone()
    return f"{row['reader']} has decided this meanwhile: {row['label']}" if row else "The decision on this was undone meanwhile."


LABELS = {
    "accept": "“{stands}” → “{after}”",
    "keep": "kept as read: “{before}”",
    "right": "right as it stands: “{stands}”",
    "unclear": "cannot be told: “{stands}”",
    "write": "typed: “{stands}” → “{text}”",
}


def label_of(connection: sqlite3.Connection, wanted: Decide, count: int) -> str:
    """What is said of the step in the history."""
    row = connection.execute(
        "SELECT stands, before, json_extract(options, '$[' || ? || '].text') AS after FROM doubts "
        "WHERE number = (SELECT min(number) FROM chosen)",
        (wanted.option,),
    ).fetchone()
    said = LABELS[wanted.choice].format(stands=short(row["stands"]), before=short(row["before"]), after=short(row["after"] or ""),
                                        text=short(wanted.text))  # fmt: skip
    return said if count == 1 else f"{said}, {count:,} places"


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def undo(store: Store, reader: str, number: int = 0) -> Step | None:
    """Undo the reader's last step that holds, or one by its number; None where there is none."""
    with store.writing() as connection:
        step = undo_step(connection, number, reader) if number else undo_last(connection, reader)
        if step is not None:
            reopen(connection, step.number)
        return step


def redo(store: Store, reader: str, number: int = 0) -> Step | None:
    """Do the step again that the reader undid last, or one by its number; None where there is none."""
    with store.writing() as connection:
        step = redo_step(connection, number) if number else redo_last(connection, reader)
        if step is not None:
            reopen(connection, step.number)
        return step


def reopen(connection: sqlite3.Connection, step: int) -> None:
    """Set the doubts that a step was about to what holds now, and rank their tasks again."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched (number INTEGER PRIMARY KEY, task INTEGER)")
    connection.execute("DELETE FROM touched")
    connection.execute(
        "INSERT OR IGNORE INTO touched SELECT doubts.number, doubts.task FROM decisions "
        "JOIN documents ON documents.folder = decisions.document AND documents.source = decisions.source "
        "JOIN doubts ON doubts.document = documents.number AND doubts.start BETWEEN decisions.start AND decisions.end "
        "AND doubts.end <= decisions.end WHERE decisions.step = ?",
        (step,),
    )
    connection.execute(f"UPDATE doubts SET state = {OPEN}, step = 0, changed = 0 WHERE number IN (SELECT number FROM touched)")
    connection.execute(
        f"UPDATE doubts SET step = found.step, state = found.state, changed = {CHANGED.replace('?', 'found.choice')} "
        "FROM (SELECT doubts.number AS number, decisions.choice AS choice, "
        f"max(decisions.step) AS step, CASE decisions.choice WHEN 'unclear' THEN {UNCLEAR} ELSE {DECIDED} END AS state "
        "FROM touched JOIN doubts ON doubts.number = touched.number JOIN documents ON documents.number = doubts.document "
        "JOIN decisions ON decisions.document = documents.folder AND decisions.source = documents.source "
        "AND decisions.start BETWEEN doubts.start - ? AND doubts.start AND decisions.end >= doubts.end "
        "JOIN steps ON steps.number = decisions.step AND steps.undone IS NULL GROUP BY doubts.number) AS found "
        "WHERE doubts.number = found.number",
        connection.execute("SELECT coalesce(max(end - start), 0) FROM decisions").fetchone(),
    )
    learn(connection, "SELECT number FROM touched")
    rescore(connection, "SELECT task FROM touched")


def skip(store: Store, reader: str, task: int) -> None:
    """Pass a task over for now."""
    with store.writing() as connection:
        connection.execute(
            "UPDATE tasks SET skipped = skipped || ? WHERE number = ? AND instr(skipped, ?) = 0",
            (mark(reader), task, mark(reader)),
        )


def unskip(store: Store, reader: str) -> None:
    """Show a reader again what was passed over."""
    with store.writing() as connection:
        connection.execute("UPDATE tasks SET skipped = replace(skipped, ?, '') WHERE skipped != ''", (mark(reader),))


def add_word(store: Store, reader: str, form: str, kind: str) -> Done:
    """Add a name, word or reference to the project's dictionary; doubts about just that form are closed as right. Raises
    ValueError for what is none."""
    form = " ".join(form.split())
    if kind not in ("name", "word", "reference") or not 0 < len(form) <= 200:
        raise ValueError("that cannot be added")
    with store.writing() as connection:
        step = store.begin_step(connection, reader, f"added to the dictionary: “{short(form)}”, a {kind}")
        connection.execute("INSERT INTO dictionary (step, form, kind) VALUES (?, ?, ?)", (step, form, kind))
        after, edits = RESULT["right"]
        same = f"doubts.key = :key AND doubts.state = {OPEN}"
        query = RECORD.format(after=after, edits=edits, places="places", which=same)
        count = connection.execute(query, {"step": step, "choice": "right", "key": f"word|{form}", "pictured": True}).rowcount
        reopen(connection, step)
    return Done(step, form, count)
