"""When to stop: how many words are wrong still, how far it is to the reader's goal, and what lines drawn at random say of it.

What the model expects of words that nobody has decided is multiplied by one factor for the whole project, since what the model
gets wrong of one page it gets wrong of all. The factor is Gamma-distributed with mean 1 and the width of the model's interval;
wrong words on lines drawn at random are Poisson-distributed around the factor times what was expected there, which makes the
factor after them Gamma-distributed again (the conjugate prior). Lines that were chosen speak for themselves only.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from math import sqrt

from pipeline.confidence.residual import Estimate
from pipeline.decisions.store import Store
from pipeline.review.series import DOUBT_SECONDS, LINE_SECONDS, MEMBER_SECONDS, SERIES_SECONDS

GOAL = 0.999
"""Share of right words that is aimed at, unless a reader says otherwise."""
NORMAL = 1.645
"""Half of a 90 % interval, in standard deviations."""
PRIOR_STEPS = 20.0
"""Steps that the supposed pace of a reader counts as, beside the steps that were timed."""
MOST_TASKS = 200_000


@dataclass(frozen=True, slots=True)
class Factor:
    """By what the model's expectation is multiplied: a Gamma distribution of this shape and mean."""

    shape: float
    mean: float

    def quantile(self, deviations: float) -> float:
        """The value so many standard deviations of a normal distribution from the middle (Wilson and Hilferty 1931)."""
        ninth = 1 / (9 * self.shape)
        return self.mean * max(0.0, 1 - ninth + deviations * sqrt(ninth)) ** 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines that were drawn at random and read: how many, their words, how many were wrong, how many the model expected."""

    lines: int = 0
    words: int = 0
    wrong: int = 0
    expected: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the project stands: documents, pages, words; doubts and how many are open; words wrong at first and `left` now, by
    the model and the lines drawn; the goal (0-1), and the minutes to it, None where the doubts alone do not lead there."""

    documents: int
    pages: int
    words: int
    doubts: int
    open: int
    first: Estimate
    left: Estimate
    goal: float
    minutes: float | None
    drawn: Drawn
    before: Estimate
    """What was left without the lines drawn at random."""

    @property
    def right(self) -> float:
        """Share of the words that are expected to be right."""
        return 1 - self.left.expected / max(1, self.words)

    @property
    def reached(self) -> bool:
        """Whether the goal is reached even at the worse end of the interval."""
        return self.left.high <= (1 - self.goal) * self.words


def progress(store: Store) -> Progress:
    """Where the project stands."""
    connection = store.connection
    row = connection.execute(
        "SELECT count(*), coalesce(sum(pages), 0), coalesce(sum(words), 0), coalesce(sum(expected), 0), coalesce(sum(low), 0), "
        "coalesce(sum(high), 0) FROM documents"
    ).fetchone()
    documents, pages, words, expected, low, high = row
    doubts, undecided = connection.execute("SELECT coalesce(sum(doubts), 0), coalesce(sum(open), 0) FROM tasks").fetchone()
    prior = Factor(shape_of(expected, low, high), 1.0)
    drawn = drawn_lines(connection)
    factor = after(prior, drawn)
    remaining = max(0.0, expected - decided_risk(connection) - drawn.expected)
    goal = goal_of(store)
    left = estimate(factor, remaining)
    minutes = minutes_to(connection, left.expected, factor.mean, (1 - goal) * words)
    first = Estimate(expected, low, high)
    return Progress(documents, pages, words, doubts, undecided, first, left, goal, minutes, drawn, estimate(prior, remaining))


def shape_of(expected: float, low: float, high: float) -> float:
    """The shape of a Gamma distribution as wide as an interval that the model gives."""
    deviation = (high - low) / 2 / NORMAL / max(expected, 1e-9)
    return min(400.0, max(0.5, 1 / max(deviation, 1e-3) ** 2))


def after(prior: Factor, drawn: Drawn) -> Factor:
    """The factor after lines drawn at random."""
    shape = prior.shape + drawn.wrong
    return Factor(shape, shape / (prior.shape / prior.mean + drawn.expected))


def estimate(factor: Factor, expected: float) -> Estimate:
    """What is left where the model expects `expected`: chance adds its part to the width of the factor."""
    middle = factor.mean * expected
    low, high = factor.quantile(-NORMAL) * expected, factor.quantile(NORMAL) * expected
    chance = NORMAL * sqrt(middle)
    below, above = sqrt((middle - low) ** 2 + chance**2), sqrt((high - middle) ** 2 + chance**2)
    return Estimate(middle, max(0, int(middle - below)), int(middle + above + 0.999))


def decided_risk(connection: sqlite3.Connection) -> float:
    """What the model expected of the doubts that were decided, and of the rest of the lines that were read whole."""
    found = connection.execute("SELECT coalesce(sum(min(prior, 1)), 0) FROM doubts WHERE state = 1").fetchone()[0]
    return float(found)


def drawn_lines(connection: sqlite3.Connection) -> Drawn:
    """What lines drawn at random have shown."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(lines.words), 0), coalesce(sum(readings.wrong), 0), coalesce(sum(readings.expected), 0) "
        "FROM readings JOIN steps ON steps.number = readings.step AND steps.undone IS NULL "
        "JOIN documents ON documents.folder = readings.document "
        "JOIN lines ON lines.document = documents.number AND lines.page = readings.page AND lines.line = readings.line "
        "WHERE readings.drawn = 1"
    ).fetchone()
    return Drawn(*row)


def minutes_to(connection: sqlite3.Connection, left: float, factor: float, allowed: float) -> float | None:
    """Minutes until no more than `allowed` words are wrong, by the queue's order and the readers' pace; None if never."""
    if left <= allowed:
        return 0.0
    seconds = 0.0
    rate = pace(connection)
    query = "SELECT kind, open, score FROM tasks WHERE open > 0 ORDER BY score DESC LIMIT ?"
    for kind, number, score in connection.execute(query, (MOST_TASKS,)):
        effort = effort_of(kind, number)
        left -= score * effort * factor
        seconds += effort * rate
        if left <= allowed:
            return seconds / 60
    return None


def effort_of(kind: str, number: int) -> float:
    """Seconds that a task with so many open doubts is supposed to take."""
    return SERIES_SECONDS + MEMBER_SECONDS * number if kind == "series" else LINE_SECONDS + DOUBT_SECONDS * (number - 1)


def pace(connection: sqlite3.Connection) -> float:
    """How much slower (above 1) or faster than supposed the readers are, by the steps that were timed."""
    count, seconds = connection.execute(
        "SELECT count(*), coalesce(sum(seconds), 0) FROM (SELECT seconds FROM steps WHERE seconds > 0.2 "
        "ORDER BY number DESC LIMIT 500)"
    ).fetchone()
    return float((PRIOR_STEPS * LINE_SECONDS + seconds) / ((PRIOR_STEPS + count) * LINE_SECONDS))


def goal_of(store: Store) -> float:
    """The goal (0-1)."""
    row = store.connection.execute("SELECT value FROM properties WHERE name = 'goal'").fetchone()
    return float(row[0]) if row else GOAL


def set_goal(store: Store, goal: float) -> None:
    """Set the goal. Raises ValueError for what is none."""
    if not 0.5 <= goal < 1:
        raise ValueError("a goal lies between 50 and 100 %")
    with store.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO properties VALUES ('goal', ?)", (str(goal),))
