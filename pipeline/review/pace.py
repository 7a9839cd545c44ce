"""How long it takes: the pace of readers by what was measured, and the minutes from here to a goal."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.project import Remaining
from pipeline.review.series import DOUBT_SECONDS, LINE_SECONDS, MEMBER_SECONDS, SERIES_SECONDS
from pipeline.review.words import Words, open_words

FIRM = 20.0
"""Steps that weigh as much as what is supposed of a reader's pace."""
READ_SECONDS, WORD_SECONDS = 2.0, 0.4
"""To read a line whole beside its image: to find it, and for each word."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes to a goal: over doubts, and over lines that must be read whole because no doubt is left that would help;
    `measured`: steps that the pace was measured on, 0 where it is supposed."""

    doubts: float
    lines: float
    measured: int

    @property
    def all(self) -> float:
        return self.doubts + self.lines


def pace(connection: sqlite3.Connection) -> tuple[float, int]:
    """How much slower (over 1) or faster readers are than supposed, and on how many steps that was measured."""
    rows = connection.execute(
        "SELECT steps.seconds, count(*) FROM steps JOIN decisions ON decisions.step = steps.number WHERE steps.seconds > 0 "
        "GROUP BY steps.number"
    ).fetchall()
    taken = sum(row[0] for row in rows)
    supposed = sum(LINE_SECONDS if row[1] == 1 else SERIES_SECONDS + MEMBER_SECONDS * row[1] for row in rows)
    return (FIRM * LINE_SECONDS + taken) / (FIRM * LINE_SECONDS + supposed), len(rows)


def minutes_left(
    connection: sqlite3.Connection, words: Words, unread: NDArray[np.bool_], left: Remaining, allowed: float
) -> Minutes:
    """Minutes until no more than `allowed` wrong words are expected: along the queue as it is ranked, then line by line, those
    with most wrong words first."""
    slower, measured = pace(connection)
    excess = left.project.expected - allowed
    if excess <= 0:
        return Minutes(0.0, 0.0, measured)
    asked = open_words(connection, words) & unread
    by_model = words.line_risks(unread)
    scale = left.project.expected / max(1e-9, float(by_model.sum()))
    of_doubts = float(words.line_risks(asked).sum()) * scale
    gains, seconds = queue(connection)
    gains = gains * (of_doubts / max(1e-9, float(gains.sum())))
    spent, excess = until(gains, seconds, excess)
    rest = words.line_risks(unread & ~asked) * scale
    counts = np.diff(words.starts)
    best = np.argsort(-rest, kind="stable")
    reading, _ = until(rest[best], (READ_SECONDS + WORD_SECONDS * counts)[best], excess)
    return Minutes(slower * spent / 60, slower * reading / 60, measured)


def queue(connection: sqlite3.Connection) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the open tasks in their order: words that are expected to come right, and seconds supposed."""
    rows = connection.execute("SELECT kind = 'series', open, score FROM tasks WHERE open > 0 ORDER BY score DESC").fetchall()
    found = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 3)
    series, count = found[:, 0] > 0, found[:, 1]
    seconds = np.where(series, SERIES_SECONDS + MEMBER_SECONDS * count, LINE_SECONDS + DOUBT_SECONDS * (count - 1))
    return found[:, 2] * seconds, seconds


def until(gains: NDArray[np.float64], seconds: NDArray[np.float64], wanted: float) -> tuple[float, float]:
    """Seconds until the gains add up to what is wanted, and what is wanted still when they are at an end."""
    if wanted <= 0 or not len(gains):
        return 0.0, max(0.0, wanted)
    reached = np.cumsum(gains)
    many = int(np.searchsorted(reached, wanted)) + 1
    return float(seconds[:many].sum()), max(0.0, wanted - float(reached[-1]))
