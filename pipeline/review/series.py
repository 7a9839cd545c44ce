"""Doubts put together into tasks: series of the same error over all documents, and lines with what else is doubtful in them."""

from __future__ import annotations

import sqlite3

from pipeline.review.schema import OPEN, UNCLEAR

LEAST_MEMBERS = 2
"""Places with the same error that make a series."""
LINE_SECONDS, DOUBT_SECONDS = 6.0, 2.0
"""Of a reader: to look at a line, and at each further doubt in it."""
SERIES_SECONDS, MEMBER_SECONDS = 8.0, 0.7
"""To understand a series, and to look over each of its members."""
SCORE = (
    f"CASE kind WHEN 'series' THEN gain / ({SERIES_SECONDS} + {MEMBER_SECONDS} * open) "
    f"ELSE gain / ({LINE_SECONDS} + {DOUBT_SECONDS} * (open - 1)) END"
)

REST = (
    "CASE tasks.kind WHEN 'line' THEN max(0, coalesce((SELECT risk FROM lines WHERE lines.number = tasks.line) "
    "- (SELECT sum(prior) FROM doubts AS own WHERE own.line = tasks.line), 0)) ELSE 0 END"
)
"""What is expected to be wrong in the rest of a line that is read for one of its places: it is seen as well."""


def assemble(connection: sqlite3.Connection) -> None:
    """Make all tasks anew, within a transaction, and take in what has been decided; who skipped a task is kept."""
    skipped = dict(connection.execute("SELECT key, skipped FROM tasks WHERE skipped != ''").fetchall())
    connection.execute("DELETE FROM tasks")
    connection.execute(
        "INSERT INTO tasks (kind, key, document, class, rule, before, after, doubts, open, score) "
        "SELECT 'series', key, CASE WHEN min(document) = max(document) THEN min(document) END, class, rule, stands, "
        "coalesce(json_extract(options, '$[0].text'), ''), count(*), 0, 0 FROM doubts GROUP BY key HAVING count(*) >= ?",
        (LEAST_MEMBERS,),
    )
    connection.execute("UPDATE doubts SET task = coalesce((SELECT number FROM tasks WHERE tasks.key = doubts.key), 0)")
    connection.execute(
        "INSERT INTO tasks (kind, key, document, page, line, class, rule, before, after, doubts, open, score) "
        "SELECT 'line', 'line|' || line, document, page, line, class, rule, '', '', count(*), 0, 0 "
        "FROM doubts WHERE task = 0 GROUP BY line"
    )
    connection.execute(
        "UPDATE doubts SET task = (SELECT number FROM tasks WHERE tasks.key = 'line|' || doubts.line) WHERE task = 0"
    )
    connection.executemany("UPDATE tasks SET skipped = ? WHERE key = ?", [(who, key) for key, who in skipped.items()])
    take_in(connection)
    find_retyped(connection)
    rescore(connection)


def take_in(connection: sqlite3.Connection) -> None:
    """Set the state of every doubt by the decisions that hold."""
    connection.execute("UPDATE doubts SET state = 0, step = 0, changed = 0 WHERE state != 0 OR step != 0")
    connection.execute(
        "UPDATE doubts SET step = found.step, state = found.state, "
        "changed = CASE found.choice WHEN 'accept' THEN 1 WHEN 'write' THEN 1 WHEN 'keep' THEN doubts.kind = 'applied' "
        "ELSE 0 END "
        "FROM (SELECT doubts.number AS number, decisions.choice AS choice, max(decisions.step) AS step, "
        f"CASE decisions.choice WHEN 'unclear' THEN {UNCLEAR} ELSE 1 END AS state "
        "FROM decisions JOIN steps ON steps.number = decisions.step AND steps.undone IS NULL "
        "JOIN documents ON documents.folder = decisions.document AND documents.source = decisions.source "
        "JOIN doubts ON doubts.document = documents.number AND doubts.start BETWEEN decisions.start AND decisions.end "
        "AND doubts.end <= decisions.end GROUP BY doubts.number) AS found WHERE doubts.number = found.number"
    )


def find_retyped(connection: sqlite3.Connection) -> None:
    """List the lines that readers typed over."""
    connection.execute("DELETE FROM retyped")
    connection.execute(
        "INSERT OR IGNORE INTO retyped SELECT (SELECT lines.number FROM lines WHERE lines.document = documents.number "
        "AND lines.start <= decisions.start ORDER BY lines.start DESC LIMIT 1) AS line FROM decisions "
        "JOIN documents ON documents.folder = decisions.document AND documents.source = decisions.source "
        "WHERE decisions.choice = 'write' AND line IS NOT NULL"
    )


def rescore(connection: sqlite3.Connection, tasks: str = "SELECT number FROM tasks", values: tuple[object, ...] = ()) -> None:
    """Count what is open in some tasks (a query), and rank them."""
    connection.execute(
        f"UPDATE tasks SET open = found.open, score = found.score FROM (SELECT number, open, {SCORE} AS score FROM ("
        f"SELECT tasks.number, tasks.kind, count(doubts.number) AS open, coalesce(sum(doubts.chance), 0) + {REST} AS gain "
        f"FROM tasks LEFT JOIN doubts ON doubts.task = tasks.number AND doubts.state = {OPEN} "
        f"WHERE tasks.number IN ({tasks}) GROUP BY tasks.number)) AS found WHERE tasks.number = found.number",
        values,
    )
