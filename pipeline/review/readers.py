"""Readers: their names, how much each has done, and how fast."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pipeline.decisions.store import Store, now


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: steps that hold, places decided in them, minutes measured, places in an hour (None before five minutes), and when
    the last step was (UTC, '' for none)."""

    name: str
    steps: int
    places: int
    minutes: float
    pace: float | None
    last: str


LEAST_MINUTES = 5.0
DONE = (
    "WITH counted AS (SELECT step, count(*) AS places FROM decisions WHERE instr(id, '.') = 0 GROUP BY step) "
    "SELECT names.name, count(steps.number) AS steps, coalesce(sum(counted.places), 0) AS places, "
    "coalesce(sum(steps.seconds), 0) / 60 AS minutes, "
    "coalesce(sum(CASE WHEN steps.seconds > 0 THEN counted.places END), 0) AS timed, coalesce(max(steps.made), '') AS last "
    "FROM (SELECT reader AS name FROM steps UNION SELECT name FROM readers) AS names "
    "LEFT JOIN steps ON steps.reader = names.name AND steps.undone IS NULL LEFT JOIN counted ON counted.step = steps.number "
    "GROUP BY names.name ORDER BY names.name"
)


def readers(connection: sqlite3.Connection) -> list[Reader]:
    """All readers of the project."""
    found = []
    for row in connection.execute(DONE):
        pace = row["timed"] / row["minutes"] * 60 if row["minutes"] >= LEAST_MINUTES else None
        found.append(Reader(row["name"], row["steps"], row["places"], row["minutes"], pace, row["last"]))
    return found


def add_reader(store: Store, name: str) -> None:
    """Keep a reader's name, so that others can choose it too."""
    with store.writing() as connection:
        connection.execute("INSERT OR IGNORE INTO readers VALUES (?, ?)", (name, now()))
