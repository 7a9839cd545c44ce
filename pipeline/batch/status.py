"""How a project stands by its journal: what is done, failed and waiting, how fast it goes, what is to be done again."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from pipeline.batch.journal import READ, WRITE, opened
from pipeline.batch.journal_places import journal_path
from pipeline.batch.stamp import finished_folders
from pipeline.errors import InvalidRecord, UnreadableInput

WINDOW = 600.0
"""Seconds by which the speed of a run is judged."""
SILENCE = 10.0
"""Seconds after which a run that has not been heard of is taken for one that broke off."""
UNOPENED = """
SELECT coalesce(sum(max(pages, 1)), 0) FROM work AS one WHERE stage = 'write' AND state IN ('waiting', 'running') AND pages > 0
AND NOT EXISTS (SELECT 1 FROM work WHERE document = one.document AND stage = 'read')
"""
AFRESH = """
SELECT count(*) FROM work WHERE stage = ? AND run = ? AND state IN ('done', 'incomplete', 'failed') AND started + seconds > ?
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pages or documents are in which state (see `journal.State`)."""

    done: int = 0
    incomplete: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.done + self.incomplete + self.failed + self.running + self.waiting


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed: a page of a document, or the document (page 0); why, and how often it was tried."""

    document: str
    page: int
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Run:
    """The last run: its command, whether it goes on, and when it began and was last heard of (seconds since 1970)."""

    command: str
    state: Literal["running", "ended", "broken off"]
    result: str
    started: float
    seen: float


@dataclass(frozen=True, slots=True)
class Status:
    """How a project stands. `rate`: pages, or documents where none are read, a minute in the last run; `left`: seconds until all
    is done, where a run goes on. `run`: None where there is no journal, and finished documents were counted."""

    pages: Counts
    documents: Counts
    failures: tuple[Failure, ...]
    run: Run | None
    rate: float = 0.0
    left: float | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def status_of(out: Path, state: str = "") -> Status:
    """How the project in an output folder stands. Raises UnreadableInput where there is nothing, InvalidRecord."""
    path = journal_path(out, state)
    if not path.is_file():
        return Status(Counts(), Counts(done=len(finished_folders([out]))), (), None)
    with read(path) as journal:
        pages, documents = counts(journal, READ), counts(journal, WRITE)
        unopened = int(journal.execute(UNOPENED).fetchone()[0])
        pages = replace(pages, waiting=pages.waiting + unopened)
        failures = tuple(failed(journal))
        row = journal.execute("SELECT * FROM runs ORDER BY number DESC LIMIT 1").fetchone()
        run = None if row is None else run_of(row)
        if run is None:
            return Status(pages, documents, failures, None)
        stage, ahead = (READ, pages) if pages.total else (WRITE, documents)
        rate = speed(journal, stage, int(row["number"]), run)
        left = 60 * (ahead.waiting + ahead.running) / rate if rate and run.state == "running" else None
        return Status(pages, documents, failures, run, round(rate, 2), left)


def read(path: Path) -> closing[sqlite3.Connection]:
    """A journal, to be read. Raises InvalidRecord."""
    try:
        connection = opened(str(path))
    except sqlite3.Error as fault:
        advice = "Remove it; what is done is told by the outputs"
        raise InvalidRecord(f"the journal cannot be read ({fault})", where=path, advice=advice) from fault
    connection.row_factory = sqlite3.Row
    return closing(connection)


def counts(journal: sqlite3.Connection, stage: str) -> Counts:
    return Counts(**dict(journal.execute("SELECT state, count(*) FROM work WHERE stage = ? GROUP BY state", (stage,)).fetchall()))


def failed(journal: sqlite3.Connection) -> Iterator[Failure]:
    """What failed, in order; a document only where none of its pages says why."""
    rows = journal.execute("SELECT * FROM work WHERE state IN ('failed', 'incomplete') ORDER BY document, page DESC").fetchall()
    told = {row["document"] for row in rows if row["page"]}
    for row in sorted(rows, key=lambda row: (row["document"], row["page"])):
        if row["page"] or row["document"] not in told:
            yield Failure(row["document"], row["page"], row["reason"], row["attempts"])


def run_of(row: sqlite3.Row) -> Run:
    ended = row["ended"]
    state: Literal["running", "ended", "broken off"] = "ended"
    if ended is None:
        state = "running" if time.time() - row["seen"] < SILENCE else "broken off"
    command = json.loads(row["command"]).get("command", "")
    return Run(command, state, row["result"], row["started"], ended or row["seen"])


def speed(journal: sqlite3.Connection, stage: str, number: int, run: Run) -> float:
    """How many a minute were done in the last ten minutes of a run."""
    since = max(run.started, run.seen - WINDOW)
    done = int(journal.execute(AFRESH, (stage, number, since)).fetchone()[0])
    return 60 * done / max(run.seen - since, 1.0)


def called_in(out: Path, state: str = "") -> list[Path]:
    """The folders in which the runs into an output folder were called, the last first: relative paths hold there. Raises
    InvalidRecord."""
    path = journal_path(out, state)
    if not path.is_file():
        return []
    with read(path) as journal:
        calls = [json.loads(row["command"]) for row in journal.execute("SELECT command FROM runs ORDER BY number DESC")]
    return list(dict.fromkeys(Path(call["folder"]) for call in calls if "folder" in call))


def to_retry(out: Path, state: str = "") -> dict[str, set[str]]:
    """The documents of which something failed, by the call (JSON) of the run in which it did. Raises UnreadableInput where there
    is no journal, InvalidRecord."""
    path = journal_path(out, state)
    if not path.is_file():
        advice = "Give the command again: what is done is not done again"
        raise UnreadableInput("there is no journal", where=path, advice=advice)
    query = "SELECT document, command FROM work JOIN runs ON number = run WHERE state IN ('failed', 'incomplete') ORDER BY number"
    with read(path) as journal:
        calls = {row["document"]: row["command"] for row in journal.execute(query)}
    found: dict[str, set[str]] = {}
    for document, call in calls.items():
        found.setdefault(call, set()).add(document)
    return found
