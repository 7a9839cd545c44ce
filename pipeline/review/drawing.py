"""Lines drawn at random for a reader to check: what they show of the whole, they show of what nobody has looked at.

They are drawn in batches, as many of each stratum of risk (`pipeline.confidence.audit`), and shown in an order that is drawn too,
so that those who stop early have a fair sample. Which lines come is not for the reader to choose: a line that could be passed
over, because it is hard, would make the sample rosier than the text.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from math import exp
from secrets import randbelow

import numpy as np

from pipeline.confidence.audit import drawn_places, strata_of
from pipeline.confidence.residual import Estimate
from pipeline.decisions.store import Store
from pipeline.review.deciding import Stale, short
from pipeline.review.stopping import kept
from pipeline.review.words import READINGS, Words, read_words

BATCH = 25
"""Lines that are drawn at once."""
STRANGE = 0.05
"""How improbable a count of wrong words is that speaks against the estimate."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was drawn: see `pipeline.review.schema`. `name`: what its page is called; `text`: as it stands."""

    number: int
    document: int
    folder: str
    page: int
    name: str
    text: str
    pictured: bool

    @property
    def words(self) -> list[str]:
        return self.text.split()


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that were drawn (their numbers, in the order in which they are shown), and what was left before."""

    made: str
    lines: tuple[int, ...]
    before: Estimate


def batch_of(connection: sqlite3.Connection) -> Batch | None:
    """The lines that were drawn last, if the documents are still the same."""
    row = connection.execute("SELECT value FROM properties WHERE name = 'audit'").fetchone()
    if row is None:
        return None
    known = json.loads(row[0])
    found = Batch(known["made"], tuple(known["lines"]), Estimate(*known["before"]))
    return found if found.made == documents_made(connection) else None


def documents_made(connection: sqlite3.Connection) -> str:
    """What tells the documents that the desk has looked at."""
    return str(connection.execute("SELECT group_concat(number || made) FROM documents").fetchone()[0])


def waiting(connection: sqlite3.Connection, batch: Batch) -> list[int]:
    """The lines of a batch that nobody has read, in their order."""
    read = {row[0] for row in connection.execute(READINGS)}
    return [line for line in batch.lines if line not in read]


def next_line(store: Store, words: Words) -> Line | None:
    """The next line to be read, drawn anew where none is waiting; None where every line has been read."""
    batch = batch_of(store.connection)
    left = waiting(store.connection, batch) if batch is not None else []
    if not left:
        left = draw(store, words)
    return line_of(store.connection, left[0]) if left else None


def draw(store: Store, words: Words, seed: int | None = None) -> list[int]:
    """Draw a batch of lines among those that have words nobody has read, and keep it."""
    seed = randbelow(1 << 31) if seed is None else seed
    with store.writing() as connection:
        read = read_words(connection, words)
        unread = ~read.seen
        unread[words.of_lines(np.array([line for line, _, _ in read.drawn_lines], dtype=np.int64))] = False
        counts = (
            np.add.reduceat(np.append(unread, False).astype(np.int64), words.starts[:-1]) if len(words.lines) else np.zeros(0)
        )
        counts = np.where(np.diff(words.starts) > 0, counts, 0)
        chosen = drawn_places(strata_of(words.line_risks(unread)), counts > 0, BATCH, seed)
        lines = [int(words.lines[at]) for at in np.random.default_rng(seed).permutation(chosen).astype(int)]
        found = kept(connection)
        left = found[0].left if found else Estimate(0.0, 0, 0)
        value = {"made": documents_made(connection), "lines": lines, "before": [left.expected, left.low, left.high]}
        connection.execute("INSERT OR REPLACE INTO properties VALUES ('audit', ?)", (json.dumps(value),))
    return lines


LINE = (
    "SELECT lines.number, lines.document, folder, lines.page, pages.name, text, images AND box != '' AND path != '' FROM lines "
    "JOIN documents ON documents.number = lines.document "
    "JOIN pages ON pages.document = lines.document AND pages.page = lines.page WHERE lines.number = ?"
)
DECIDED = (
    "SELECT first, last, (SELECT after FROM decisions WHERE decisions.step = doubts.step AND decisions.document = ? "
    "AND decisions.start <= doubts.start AND decisions.end >= doubts.end LIMIT 1) AS after FROM doubts "
    "WHERE line = ? AND state = 1 ORDER BY first DESC"
)


def line_of(connection: sqlite3.Connection, number: int) -> Line | None:
    """A line by its number, as it stands with what was decided; None where it is gone."""
    row = connection.execute(LINE, (number,)).fetchone()
    if row is None:
        return None
    text = row["text"]
    for first, last, after in connection.execute(DECIDED, (row["folder"], number)):
        text = text if after is None else text[:first] + after + text[last:]
    return Line(row[0], row[1], row[2], row[3], row[4], text, bool(row[6]))


def take_reading(store: Store, reader: str, line: int, wrong: int, seconds: float) -> str:
    """Record that a line was read, and so many of its words were wrong. Raises ValueError, and Stale where it was read or the
    documents were made anew meanwhile."""
    with store.writing() as connection:
        found = line_of(connection, line)
        if found is None or not 0 <= wrong <= len(found.words):
            raise ValueError("there is no such line, or it has fewer words")
        label = f"read: “{short(found.text)}”, " + ("all right" if not wrong else f"{wrong} wrong")
        step = store.begin_step(connection, reader, label, seconds)
        note(connection, step, line, wrong)
    return label


def note(connection: sqlite3.Connection, step: int, line: int, wrong: int) -> None:
    """Record, as part of a step, that a line of the batch was read, within a transaction. Raises Stale where it is none that
    waits for it."""
    batch = batch_of(connection)
    if batch is None or line not in waiting(connection, batch):
        raise Stale("Somebody has read this line meanwhile.")
    row = connection.execute(
        "SELECT lines.*, folder, (SELECT coalesce(sum(prior), 0) FROM doubts WHERE line = lines.number AND state = 1) AS decided "
        "FROM lines JOIN documents ON documents.number = lines.document WHERE lines.number = ?",
        (line,),
    ).fetchone()
    connection.execute(
        "INSERT INTO readings (step, document, page, line, text, wrong, drawn, expected) VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
        (
            *(step, row["folder"], row["page"], row["line"], row["text"].strip(), min(wrong, row["words"])),
            max(0.0, row["risk"] - row["decided"]),
        ),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What all lines drawn at random have shown: lines, wrong words, and how many the model expected."""

    lines: int
    wrong: int
    expected: float

    @property
    def verdict(self) -> str:
        """Whether the count speaks against the estimate: `low` (it was too low), `high`, or '' where it holds."""
        if 1 - poisson(self.expected, self.wrong - 1) < STRANGE:
            return "low"
        return "high" if poisson(self.expected, self.wrong) < STRANGE else ""


def poisson(mean: float, most: int) -> float:
    """Probability of at most so many where `mean` are expected (Poisson)."""
    total, term = 0.0, exp(-min(mean, 700.0))
    for count in range(most + 1):
        total += term
        term *= mean / (count + 1)
    return min(1.0, total)


def found_so_far(connection: sqlite3.Connection) -> Found:
    """What the lines drawn at random have shown, those of readings that hold and still have their line."""
    rows = connection.execute(READINGS).fetchall()
    numbers = [row[1] for row in rows if row["drawn"]]
    expected = connection.execute(
        f"SELECT coalesce(sum(expected), 0) FROM readings WHERE drawn = 1 AND step IN ({','.join(map(str, numbers)) or 'NULL'})"
    ).fetchone()[0]
    return Found(len(numbers), sum(row["wrong"] for row in rows if row["drawn"]), float(expected))
