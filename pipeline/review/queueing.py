"""What a reader is shown next: tasks by what a second of reading will mend, their doubts, and the lines around them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.decisions.store import Store
from pipeline.review.packets import IN_PACKET
from pipeline.review.schema import OPEN


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks are wanted: of a document (number), of pages from `first` to `last`, of a class, of a kind, of a packet
    (number); None or '' for all."""

    document: int | None = None
    first: int | None = None
    last: int | None = None
    of: str = ""
    kind: str = ""
    packet: int | None = None

    def condition(self) -> tuple[str, list[object]]:
        """As a condition on tasks; a series is wanted where one of its places is."""
        parts: list[str] = []
        values: list[object] = []
        for name, value in (("tasks.class", self.of), ("tasks.kind", self.kind)):
            if value:
                parts.append(f"{name} = ?")
                values.append(value)
        place = {"document = ?": self.document, "page >= ?": self.first, "page <= ?": self.last}
        wanted = {clause: value for clause, value in place.items() if value is not None}
        if wanted:
            inner = " AND ".join(f"doubts.{clause}" for clause in wanted)
            parts.append(f"EXISTS (SELECT 1 FROM doubts WHERE doubts.task = tasks.number AND {inner})")
            values += wanted.values()
        if self.packet is not None:
            parts.append(
                "EXISTS (SELECT 1 FROM doubts JOIN documents ON documents.number = doubts.document JOIN packets "
                f"WHERE doubts.task = tasks.number AND doubts.state = {OPEN} AND packets.number = ? AND {IN_PACKET})"
            )
            values.append(self.packet)
        return " AND ".join(parts) or "1", values


@dataclass(frozen=True, slots=True)
class Task:
    """What is shown at once: see `pipeline.review.schema`."""

    number: int
    kind: str
    document: int | None
    page: int | None
    line: int | None
    of: str
    rule: str
    before: str
    after: str
    doubts: int
    open: int
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What a doubtful place could read instead, how likely that is right (0-1), and why."""

    text: str
    chance: float
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful place with its line: see `pipeline.review.schema`. `name`: what its page is called."""

    number: int
    task: int
    document: int
    folder: str
    page: int
    name: str
    line: int
    text: str
    first: int
    last: int
    kind: str
    of: str
    rule: str
    before: str
    stands: str
    reason: str
    chance: float
    state: int
    step: int
    pictured: bool
    box: str
    decided: str = ""
    options: tuple[Choice, ...] = field(default_factory=tuple)

    @property
    def parts(self) -> tuple[str, str, str]:
        """The line before the place, the place, and the line behind it."""
        return self.text[: self.first], self.text[self.first : self.last], self.text[self.last :]


TASK = "number, kind, document, page, line, class, rule, before, after, doubts, open, score"
DOUBT = (
    "SELECT doubts.*, lines.text AS line_text, lines.box AS line_box, documents.folder, documents.images, "
    "pages.name AS page_name, pages.path AS path, (SELECT after FROM decisions WHERE decisions.step = doubts.step "
    "AND decisions.document = documents.folder AND decisions.start <= doubts.start AND decisions.end >= doubts.end LIMIT 1) "
    "AS decided FROM doubts "
    "JOIN lines ON lines.number = doubts.line JOIN documents ON documents.number = doubts.document "
    "JOIN pages ON pages.document = doubts.document AND pages.page = doubts.page"
)


def next_task(store: Store, wanted: Filter, reader: str, after: int = 0) -> Task | None:
    """The task that is worth most of those that are open and that the reader has not skipped, other than `after`."""
    condition, values = wanted.condition()
    query = (
        f"SELECT {TASK} FROM tasks WHERE open > 0 AND instr(skipped, ?) = 0 AND number != ? AND {condition} "
        "ORDER BY score DESC LIMIT 1"
    )
    row = store.connection.execute(query, (mark(reader), after, *values)).fetchone()
    return Task(*row) if row else None


def mark(reader: str) -> str:
    """A reader's name as it stands in `tasks.skipped`."""
    return f"|{reader}|"


def task_of(store: Store, number: int) -> Task | None:
    row = store.connection.execute(f"SELECT {TASK} FROM tasks WHERE number = ?", (number,)).fetchone()
    return Task(*row) if row else None


def doubts_of(store: Store, task: int, most: int = 50, skip: int = 0) -> list[Doubt]:
    """The doubts of a task in the order of the documents, the open ones first."""
    query = f"{DOUBT} WHERE doubts.task = ? ORDER BY doubts.state != {OPEN}, doubts.number LIMIT ? OFFSET ?"
    return [doubt_from(row) for row in store.connection.execute(query, (task, most, skip))]


def doubts_in(store: Store, line: int) -> list[Doubt]:
    """All doubts of a line, from left to right."""
    return [doubt_from(row) for row in store.connection.execute(f"{DOUBT} WHERE doubts.line = ? ORDER BY doubts.first", (line,))]


def doubt_of(store: Store, number: int) -> Doubt | None:
    row = store.connection.execute(f"{DOUBT} WHERE doubts.number = ?", (number,)).fetchone()
    return doubt_from(row) if row else None


def doubt_from(row: sqlite3.Row) -> Doubt:
    options: list[dict[str, Any]] = json.loads(row["options"])
    return Doubt(
        *(
            row["number"],
            row["task"],
            row["document"],
            row["folder"],
            row["page"],
            row["page_name"],
            row["line"],
            row["line_text"],
        ),
        *(row["first"], row["last"], row["kind"], row["class"], row["rule"], row["before"], row["stands"], row["reason"]),
        *(row["chance"], row["state"], row["step"], bool(row["images"] and row["line_box"] and row["path"]), row["box"]),
        decided=row["decided"] or "",
        options=tuple(Choice(one["text"], one["chance"], one["reason"]) for one in options),
    )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A line of the clean text, as it stands without decisions."""

    number: int
    text: str


def lines_around(store: Store, line: int, many: int = 2) -> tuple[list[Neighbour], list[Neighbour]]:
    """The lines before and behind a line on its page."""
    connection = store.connection
    row = connection.execute("SELECT document, page FROM lines WHERE number = ?", (line,)).fetchone()
    if row is None:
        return [], []
    query = "SELECT number, text FROM lines WHERE document = ? AND page = ? AND number {} ? ORDER BY number {} LIMIT ?"
    before = connection.execute(query.format("<", "DESC"), (*row, line, many)).fetchall()
    behind = connection.execute(query.format(">", "ASC"), (*row, line, many)).fetchall()
    return [Neighbour(*one) for one in reversed(before)], [Neighbour(*one) for one in behind]


def numbers(doubts: Sequence[Doubt]) -> list[int]:
    return [doubt.number for doubt in doubts]
