"""The journal of a project: what became of each page and document, in which run, and how long it took.

It is a view of what lies in the output folder, and history: what is done is told by the outputs and their stamps, and a journal
that is lost costs nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import __version__
from pipeline.batch.outcomes import Outcome
from pipeline.errors import MadeLater, UnwritableOutput

VERSION = 1
"""Of the tables, as SQLite's `user_version`."""
READ, WRITE = "read", "write"
"""The stages: a page is read, a document is repaired and written (its page is 0)."""
State = Literal["waiting", "running", "done", "incomplete", "failed"]
"""Incomplete: a document that is written, though some of its pages could not be read."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  number INTEGER PRIMARY KEY, command TEXT NOT NULL, process INTEGER NOT NULL, version TEXT NOT NULL,
  started REAL NOT NULL, seen REAL NOT NULL, ended REAL, result TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS work (
  document TEXT NOT NULL, page INTEGER NOT NULL, stage TEXT NOT NULL,
  content TEXT NOT NULL, settings TEXT NOT NULL, version TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL, started REAL, seconds REAL, run INTEGER NOT NULL,
  pages INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (document, page, stage)) WITHOUT ROWID;
"""
EXPECT = """
INSERT INTO work VALUES (?, ?, ?, '', '', '', 'waiting', '', 0, NULL, NULL, ?, ?)
ON CONFLICT DO UPDATE SET
  state = CASE state WHEN 'done' THEN 'done' ELSE 'waiting' END, run = excluded.run, pages = excluded.pages
"""
PUT = """
INSERT INTO work VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT DO UPDATE SET
  attempts = excluded.attempts + CASE WHEN excluded.content = '' OR
    (content, settings, version) IN (VALUES ('', '', ''), (excluded.content, excluded.settings, excluded.version))
    THEN attempts ELSE 0 END,
  content = CASE excluded.content WHEN '' THEN content ELSE excluded.content END,
  settings = CASE excluded.content WHEN '' THEN settings ELSE excluded.settings END,
  version = CASE excluded.content WHEN '' THEN version ELSE excluded.version END,
  state = excluded.state, reason = excluded.reason, run = excluded.run,
  started = coalesce(excluded.started, started), seconds = coalesce(excluded.seconds, seconds)
"""
PAUSE = 1.0
"""Seconds between two writes."""

Key = tuple[str, int, str]


@dataclass(slots=True)
class Row:
    """What is to be written of a page or document. `content`, `settings`: hashes of what it was made from, '' while unknown;
    `attempts`: how many more there were; `started`: seconds since 1970."""

    state: State
    reason: str = ""
    content: str = ""
    settings: str = ""
    attempts: int = 0
    started: float | None = None
    seconds: float | None = None


class Journal:
    """The journal of a run over the documents in the folder `home`, written once a second; in memory only without a `path`. Where
    no run is begun in it, nothing is kept."""

    def __init__(self, home: Path = Path(), path: Path | None = None) -> None:
        self.home, self.connection = home, connected(path)
        self.run = 0
        self.rows: dict[Key, Row] = {}
        self.begun: dict[Key, float] = {}
        self.lock, self.over = threading.Lock(), threading.Event()
        self.writer = threading.Thread(target=self.write_on, daemon=True)

    def begin(self, command: str) -> None:
        """A run begins; `command` (JSON) is what it was called with. What an earlier one broke off waits again."""
        with self.lock, self.connection:
            now = time.time()
            values = (command, os.getpid(), __version__, now, now)
            cursor = self.connection.execute(
                "INSERT INTO runs (command, process, version, started, seen) VALUES (?, ?, ?, ?, ?)", values
            )
            self.run = cursor.lastrowid or 0
            self.connection.execute("UPDATE work SET state = 'waiting' WHERE state = 'running'")
        self.writer.start()

    def expect(self, documents: Iterable[tuple[str, int]]) -> None:
        """Documents that are to be done, unless they are done already, and how many pages each may have."""
        if not self.run:
            return
        with self.lock, suppress(sqlite3.Error), self.connection:
            self.connection.executemany(EXPECT, ((name, 0, WRITE, self.run, pages) for name, pages in documents))

    def opened(self, document: str, pages: Iterable[int]) -> None:
        """The pages of a document that are to be read, unless they are read already; it has no others."""
        with self.lock, suppress(sqlite3.Error), self.connection:
            self.connection.executemany(EXPECT, ((document, number, READ, self.run, 0) for number in pages))
            gone = "DELETE FROM work WHERE document = ? AND stage = ? AND run < ?"
            self.connection.execute(gone, (document, READ, self.run))

    def started(self, document: str, page: int = 0, stage: str = WRITE) -> None:
        """A page or document is begun."""
        if not self.run:
            return
        key = document, page, stage
        with self.lock:
            self.begun[key] = time.monotonic()
            self.rows[key] = Row("running", attempts=1, started=time.time())

    def ended(self, key: Key, row: Row, *, fresh: bool = True) -> None:
        """A page or document is done, or failed; not `fresh`: it was done before, and nothing had to be done."""
        if not self.run:
            return
        with self.lock:
            begun, before = self.begun.pop(key, None), self.rows.get(key)
            if fresh:
                row.attempts = before.attempts if before is not None else 0
                row.started = before.started if before is not None else None
                row.seconds = time.monotonic() - begun if begun is not None else None
            elif begun is not None and before is None:
                row.attempts = -1  # it was written down as begun
            self.rows[key] = row

    def named(self, folder: Path) -> str:
        """What a document is called: its folder, seen from the output folder."""
        return Path(os.path.relpath(folder, self.home)).as_posix()

    def outcome(self, outcome: Outcome, settings: str) -> None:
        """A document is done, or it, or a page of it, failed. `settings`: a hash of them."""
        if not self.run:
            return
        document = self.named(outcome.folder)
        state: State = "failed" if outcome.error else "incomplete" if outcome.failed else "done"
        row = Row(state, outcome.reason, outcome.content, settings)
        self.ended((document, 0, WRITE), row, fresh=outcome.state in {"done", "failed"})

    def write_on(self) -> None:
        while not self.over.wait(PAUSE):
            self.flush()

    def flush(self) -> None:
        """Write what there is. A journal that cannot be written stops no run."""
        with self.lock:
            rows, self.rows = self.rows, {}
            with suppress(sqlite3.Error), self.connection:
                self.connection.executemany(PUT, (self.values(key, row) for key, row in rows.items()))
                self.connection.execute("UPDATE runs SET seen = ? WHERE number = ?", (time.time(), self.run))

    def values(self, key: Key, row: Row) -> tuple[object, ...]:
        version = __version__ if row.content else ""
        made = row.content, row.settings, version
        return (*key, *made, row.state, row.reason, row.attempts, row.started, row.seconds, self.run)

    def end(self, result: str) -> None:
        """The run is over; `result`: how it went."""
        self.over.set()
        self.writer.join()
        self.flush()
        with suppress(sqlite3.Error), self.connection:
            self.connection.execute("UPDATE work SET state = 'waiting' WHERE state = 'running' AND run = ?", (self.run,))
            ending = time.time(), result, self.run
            self.connection.execute("UPDATE runs SET ended = ?, result = ? WHERE number = ?", ending)
        self.connection.close()


@contextmanager
def journal_of(home: Path, path: Path | None, command: str) -> Iterator[Journal]:
    """The journal of a run, from its beginning to its end, however it ends. Raises UnwritableOutput."""
    journal = Journal(home, path)
    journal.begin(command)
    result = "done"
    try:
        yield journal
    except BaseException as fault:
        result = "stopped" if isinstance(fault, KeyboardInterrupt) else " ".join(str(fault).split()) or type(fault).__name__
        raise
    finally:
        journal.end(result)


def connected(path: Path | None) -> sqlite3.Connection:
    """The journal as a database, made if need be; one that is damaged is put aside. Raises UnwritableOutput, and MadeLater
    for one of a later version."""
    if path is None:
        return opened(":memory:")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return opened(str(path))
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.OperationalError):
                raise
            path.replace(path.with_name(f"{path.name}.damaged"))
            return opened(str(path))
    except (sqlite3.Error, OSError) as fault:
        advice = "Name a file on a disk of this machine with --state"
        raise UnwritableOutput(f"the journal cannot be written ({fault})", where=path, advice=advice) from fault


def opened(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=30, check_same_thread=False)
    try:
        if (version := int(connection.execute("PRAGMA user_version").fetchone()[0])) > VERSION:
            advice = "Update Errata, or name another journal with --state"
            raise MadeLater(f"made by a later version of Errata (journal {version})", where=name, advice=advice)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what the last second holds is history, and may be lost
        connection.executescript(f"{SCHEMA}PRAGMA user_version = {VERSION};")
    except BaseException:
        connection.close()
        raise
    return connection
