"""The log of decisions: an SQLite file beside the results, written the moment something is decided, never shortened.

A step is what a reader did at once, be it one decision or thousands; to undo it marks it, and what it decided no longer holds.
Of several decisions on one place the last that is not undone holds.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from pipeline.errors import InvalidRecord, MadeLater, UnwritableOutput

T = TypeVar("T")
NAME = "review.sqlite"
WAIT = 10.0
"""Seconds to wait for another process that writes."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS steps (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    reader TEXT NOT NULL,
    made TEXT NOT NULL,
    label TEXT NOT NULL,            -- what was done, for people: “Narkoraindel” → “Narkomindel”, 212 places
    seconds REAL NOT NULL DEFAULT 0, -- how long the reader took, as far as it is known
    undone TEXT,                    -- when, or NULL where it holds
    undone_by TEXT,
    dropped INTEGER NOT NULL DEFAULT 0 -- 1: undone, and something else was done since, so that redo leaves it out
);
CREATE TABLE IF NOT EXISTS decisions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    step INTEGER NOT NULL REFERENCES steps(number),
    document TEXT NOT NULL,         -- its folder, relative to the store's, with slashes; '.' for the store's own
    choice TEXT NOT NULL,
    source TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    before TEXT NOT NULL,
    "left" TEXT NOT NULL,
    "right" TEXT NOT NULL,
    page INTEGER NOT NULL,
    scan TEXT NOT NULL DEFAULT '',
    box TEXT NOT NULL DEFAULT '',   -- left top right bottom, with blanks
    after TEXT NOT NULL,
    places TEXT NOT NULL,           -- JSON: [[start, end], ...]
    edits TEXT NOT NULL DEFAULT '[]', -- JSON, as rows of edits.jsonl
    rule TEXT NOT NULL DEFAULT '',
    conjecture INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS decisions_of_document ON decisions(document, start);
CREATE INDEX IF NOT EXISTS decisions_of_step ON decisions(step);
CREATE TABLE IF NOT EXISTS readings ( -- lines that were read whole: see confidence.residual.Verdict
    number INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES steps(number),
    document TEXT NOT NULL,
    page INTEGER NOT NULL,
    line INTEGER NOT NULL,
    text TEXT NOT NULL,
    wrong INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    expected REAL NOT NULL DEFAULT 0 -- wrong words that the model expected on it
);
CREATE TABLE IF NOT EXISTS dictionary (
    number INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES steps(number),
    form TEXT NOT NULL,
    kind TEXT NOT NULL              -- name, word, reference
);
CREATE TABLE IF NOT EXISTS locks (
    number INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES steps(number),
    document TEXT NOT NULL,
    page INTEGER                    -- NULL: the whole document
);
CREATE TABLE IF NOT EXISTS properties (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
SPEED = """
CREATE INDEX IF NOT EXISTS readings_of_document ON readings(document);
CREATE INDEX IF NOT EXISTS locks_of_document ON locks(document);
"""
MIGRATIONS = (SCHEMA, SPEED)
"""What makes each version of the file of the one before, the first of an empty one; nothing that was decided is ever left out."""
VERSION = len(MIGRATIONS)


class Store:
    """The log of one project, which is a folder of results; every thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it. Raises UnwritableOutput, and InvalidRecord for a file that is something else."""
        self.path = path
        self.local = threading.local()
        if self.version() == VERSION:  # so that many may open it while one writes
            return
        with self.writing() as connection:
            version = self.version()
            if version > VERSION:
                raise MadeLater(f"made by a later version of Errata (review {version})", where=path, advice="Update Errata")
            if version < VERSION:
                for statement in ";\n".join(MIGRATIONS[version:]).split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")

    def version(self) -> int:
        """The version of the file's tables. Errors as for `connection`."""
        try:
            return int(self.connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.DatabaseError as fault:
            raise refused(self.path, fault) from fault

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for reading. Raises UnwritableOutput or InvalidRecord."""
        if not hasattr(self.local, "connection"):
            self.local.connection, self.local.memory = connect(self.path), {}
        found: sqlite3.Connection = self.local.connection
        return found

    def close(self) -> None:
        """Close this thread's connection; the next use opens another."""
        if hasattr(self.local, "connection"):
            self.local.connection.close()
            del self.local.connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of what is done in it is kept, safe on the disk, or nothing. Errors as for `connection`."""
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as fault:
            raise refused(self.path, fault) from fault
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def recall(self, look: Callable[[Store], T]) -> T:
        """`look(self)`, worked out once for as long as nobody writes to the log."""
        connection = self.connection
        now = int(connection.execute("PRAGMA data_version").fetchone()[0]), connection.total_changes
        memory: dict[Callable[[Store], Any], tuple[tuple[int, int], Any]] = self.local.memory
        if look not in memory or memory[look][0] != now:
            memory[look] = now, look(self)
        found: T = memory[look][1]
        return found

    def begin_step(self, connection: sqlite3.Connection, reader: str, label: str, seconds: float = 0) -> int:
        """A new step within a transaction, and its number; what this reader had undone can't be done again after it."""
        connection.execute("UPDATE steps SET dropped = 1 WHERE undone IS NOT NULL AND reader = ?", (reader,))
        row = connection.execute(
            "INSERT INTO steps (id, reader, made, label, seconds) VALUES (?, ?, ?, ?, ?) RETURNING number",
            (uuid4().hex, reader, now(), label, seconds),
        ).fetchone()
        return int(row[0])


def connect(path: Path) -> sqlite3.Connection:
    """A connection that commits by `writing` only, and keeps what is committed over a loss of power."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except OSError as fault:
        raise UnwritableOutput(f"cannot be written ({fault.strerror})", where=path, advice="Check the folder") from fault
    except sqlite3.DatabaseError as fault:
        raise refused(path, fault) from fault
    connection.row_factory = sqlite3.Row
    return connection


def refused(path: Path, fault: sqlite3.DatabaseError) -> UnwritableOutput | InvalidRecord:
    """What SQLite's refusal means."""
    if isinstance(fault, sqlite3.OperationalError):
        advice = "Check that the folder can be written, and that no other program keeps the file"
        return UnwritableOutput(f"cannot be used ({fault})", where=path, advice=advice)
    return InvalidRecord(f"not a log of decisions ({fault})", where=path, advice="Put it back from a copy, or move it away")


def now() -> str:
    """The time (UTC, ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
