"""When to stop: the words that are wrong still, by what has been read and decided, and whether the goal is reached.

To stop is said only where the upper bound of what is left, with all its doubt, lies within the goal, and no page by itself looks
bad. Expected alone is not enough: a goal that is reached on paper only is to be checked on lines drawn at random.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.project import Project, Remaining, remaining
from pipeline.confidence.residual import Estimate
from pipeline.decisions.store import Store
from pipeline.review.pace import Minutes, minutes_left
from pipeline.review.words import Words, drawn_verdicts, read_words

GOAL = 0.999
"""Share of right words, where the user has set no other."""
POOR, FEW = 0.05, 3.0
"""A page looks bad where so great a share of its words is expected wrong still, and at least so many words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the project stands. `words`, of which nobody has read `unread`; `left`: wrong ones; `allowed` by the `goal`; `bad`:
    pages that look bad; `drawn`: lines that were drawn at random and read; `minutes`: to the goal."""

    words: int
    unread: int
    left: Estimate
    goal: float
    allowed: float
    bad: int
    drawn: int
    minutes: Minutes

    @property
    def state(self) -> str:
        """`stop`: the goal is reached; `check`: it seems to be; `pages`: but for some pages that look bad; `on`: it is not."""
        if self.unread == 0 and self.left.high <= self.allowed:
            return "stop"
        if self.left.expected > self.allowed:
            return "on"
        if self.bad:
            return "pages"
        return "stop" if self.left.high <= self.allowed else "check"


def goal_of(connection: sqlite3.Connection) -> float:
    """The share (0-1) of right words that the user wants."""
    row = connection.execute("SELECT value FROM properties WHERE name = 'goal'").fetchone()
    return float(row[0]) if row else GOAL


def set_goal(store: Store, goal: float) -> None:
    """Keep another goal. Raises ValueError for one that makes no sense."""
    if not 0.5 <= goal < 1:
        raise ValueError("a goal lies between 50 % and 100 %")
    with store.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO properties VALUES ('goal', ?)", (str(goal),))


@dataclass(frozen=True, slots=True)
class Counted:
    """What a new count gives: the standing, and the rows of the table `remaining`."""

    standing: Standing
    rows: list[tuple[int, int, int, int, float, float, float]]


def count(connection: sqlite3.Connection, words: Words) -> Counted:
    """Count anew what is left, from what is read and decided."""
    read = read_words(connection, words)
    drawn, wrong = drawn_verdicts(connection, words, read)
    unread = ~read.seen & ~drawn
    project = Project(words.risks, words.pages, words.documents, words.sure)
    left = remaining(project, unread, drawn, wrong, read.known)
    size = len(words.documents)
    of_pages, unread_of = np.bincount(words.pages, minlength=size), np.bincount(words.pages[unread], minlength=size)
    bad = (left.pages >= FEW) & (left.pages > POOR * np.maximum(1, of_pages))
    goal = goal_of(connection)
    total = len(words.risks)
    allowed = (1 - goal) * total
    minutes = minutes_left(connection, words, unread, left, allowed)
    standing = Standing(
        *(total, int(unread.sum()), left.project, goal, allowed),
        *(int((bad & (unread_of > 0)).sum()), len(read.drawn_lines), minutes),
    )
    return Counted(standing, rows_of(words, left, of_pages, unread_of))


def rows_of(
    words: Words, left: Remaining, of_pages: NDArray[np.int64], unread: NDArray[np.int64]
) -> list[tuple[int, int, int, int, float, float, float]]:
    """What is left, as rows of the table `remaining`."""
    rows = [(0, 0, int(of_pages.sum()), int(unread.sum()), *bounds(left.project))]
    for at, estimate in enumerate(left.documents):
        own = words.documents == at
        rows.append((words.document_numbers[at], 0, int(of_pages[own].sum()), int(unread[own].sum()), *bounds(estimate)))
    for at, (document, page) in enumerate(words.page_numbers):
        expected = float(left.pages[at])
        rows.append((document, page, int(of_pages[at]), int(unread[at]), expected, expected, expected))
    return rows


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.expected, float(estimate.low), float(estimate.high)


def keep(store: Store, counted: Counted, key: str) -> None:
    """Keep a count in the tables; `key` tells the state of the log that it was made of."""
    kept = {"key": key, **asdict(counted.standing)}
    with store.writing() as connection:
        connection.execute("DELETE FROM remaining")
        connection.executemany("INSERT INTO remaining VALUES (?, ?, ?, ?, ?, ?, ?)", counted.rows)
        connection.execute("INSERT OR REPLACE INTO properties VALUES ('standing', ?)", (json.dumps(kept),))


def kept(connection: sqlite3.Connection) -> tuple[Standing, str] | None:
    """The count that was kept last, and its key; None where there is none."""
    row = connection.execute("SELECT value FROM properties WHERE name = 'standing'").fetchone()
    if row is None:
        return None
    known = json.loads(row[0])
    key = known.pop("key")
    return Standing(**{**known, "left": Estimate(**known["left"]), "minutes": Minutes(**known["minutes"])}), key


def state_key(connection: sqlite3.Connection) -> str:
    """What tells one state of the log, the documents and the goal from another."""
    row = connection.execute(
        "SELECT (SELECT coalesce(max(number), 0) || '.' || count(undone) || '.' || coalesce(max(undone), '') FROM steps), "
        "(SELECT group_concat(made) FROM documents), (SELECT value FROM properties WHERE name = 'goal')"
    ).fetchone()
    return json.dumps(list(row))
