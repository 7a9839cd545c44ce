"""What decisions teach: the chances of what is still open, by what readers decided on the same error elsewhere.

The chance of a doubt starts as the model's. What readers decided on doubts with the same key counts as trials: the chance becomes
the mean of a Beta distribution that began as FIRM trials with the model's mean.
"""

from __future__ import annotations

import sqlite3

from pipeline.review.schema import DECIDED, OPEN
from pipeline.review.series import rescore

FIRM = 2.0
"""Decisions on the same error that weigh as much as the model."""
MOST_KEYS = 200
"""Errors that one step teaches of, at most."""


def learn(connection: sqlite3.Connection, doubts: str) -> None:
    """Move the chances of open doubts that share an error with some doubts (a query for their numbers), and rank their tasks,
    within a transaction."""
    query = f"SELECT DISTINCT key FROM doubts WHERE number IN ({doubts}) LIMIT {MOST_KEYS}"
    for (key,) in connection.execute(query).fetchall():
        told, wrong = connection.execute(
            f"SELECT count(*), coalesce(sum(changed), 0) FROM doubts WHERE key = ? AND state = {DECIDED}", (key,)
        ).fetchone()
        connection.execute(
            f"UPDATE doubts SET chance = (? * prior + ?) / (? + ?) WHERE key = ? AND state = {OPEN}",
            (FIRM, wrong, FIRM, told, key),
        )
        rescore(connection, f"SELECT DISTINCT task FROM doubts WHERE key = ? AND state = {OPEN}", (key,))
