"""The project at a glance: its documents, those with most wrong words first, with a strip of their pages."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pipeline.confidence.residual import Estimate
from pipeline.outputs.report.wording import band
from pipeline.review.stopping import FEW, POOR

CELLS = 120
"""Cells of a strip, at most; where a document has more pages a cell stands for the worst of several."""


@dataclass(frozen=True, slots=True)
class PageLeft:
    """A page with the words that are expected wrong on it."""

    document: int
    page: int
    folder: str
    name: str
    expected: float


@dataclass(frozen=True, slots=True)
class DocumentLeft:
    """A document: what is left in it, how many of its doubts are open, a strip of its pages (a word for each cell, see
    `wording.band`, or `read`) and its worst pages."""

    number: int
    folder: str
    name: str
    pages: int
    words: int
    left: Estimate
    doubts: int
    open: int
    strip: tuple[str, ...]
    worst: tuple[PageLeft, ...]


def documents_left(connection: sqlite3.Connection, most: int, skip: int = 0) -> list[DocumentLeft]:
    """Documents by the wrong words that are left in them, those with most first."""
    rows = connection.execute(
        "SELECT documents.number, folder, name, pages, documents.words, "
        "coalesce(remaining.expected, documents.expected) AS left, "
        "coalesce(remaining.low, documents.low) AS low, coalesce(remaining.high, documents.high) AS high FROM documents "
        "LEFT JOIN remaining ON remaining.document = documents.number AND remaining.page = 0 "
        "ORDER BY left DESC, documents.number LIMIT ? OFFSET ?",
        (most, skip),
    ).fetchall()
    return [document_left(connection, row) for row in rows]


def document_left(connection: sqlite3.Connection, row: sqlite3.Row) -> DocumentLeft:
    number, folder = row["number"], row["folder"]
    doubts = connection.execute(
        "SELECT count(*), coalesce(sum(state = 0), 0) FROM doubts WHERE document = ?", (number,)
    ).fetchone()
    pages = connection.execute(
        "SELECT pages.page, pages.name, pages.words, coalesce(remaining.expected, pages.risk) AS left, "
        "coalesce(remaining.unread, pages.words) AS unread FROM pages LEFT JOIN remaining USING (document, page) "
        "WHERE pages.document = ? ORDER BY page",
        (number,),
    ).fetchall()
    cells = [cell(page) for page in pages]
    worst = sorted((page for page in pages if page["left"] >= 0.5), key=lambda page: -page["left"])[:3]
    return DocumentLeft(
        *(number, folder, row["name"], row["pages"], row["words"], Estimate(row["left"], int(row["low"]), int(row["high"]))),
        *(doubts[0], doubts[1], strip(cells)),
        tuple(PageLeft(number, page["page"], folder, page["name"], page["left"]) for page in worst),
    )


ORDER = ("read", "good", "fair", "doubtful", "poor")


def cell(page: sqlite3.Row) -> str:
    """The word for a page."""
    if not page["unread"]:
        return "read"
    return band(1 - min(1.0, page["left"] / max(1, page["words"])))


def strip(cells: list[str]) -> tuple[str, ...]:
    """The cells of a strip, at most CELLS: where there are more pages, the worst of each few."""
    step = -(-len(cells) // CELLS) or 1
    return tuple(max(cells[at : at + step], key=ORDER.index) for at in range(0, len(cells), step))


def bad_pages(connection: sqlite3.Connection, most: int = 5) -> list[PageLeft]:
    """Pages that look bad, the worst first: see `stopping.Standing`."""
    rows = connection.execute(
        "SELECT document, page, folder, pages.name, remaining.expected FROM remaining JOIN pages USING (document, page) "
        "JOIN documents ON documents.number = document WHERE page > 0 AND unread > 0 AND remaining.expected >= ? "
        "AND remaining.expected > ? * max(1, remaining.words) ORDER BY remaining.expected DESC LIMIT ?",
        (FEW, POOR, most),
    )
    return [PageLeft(*row) for row in rows]


def doubts_left(connection: sqlite3.Connection) -> tuple[int, int]:
    """All doubts, and those that are open."""
    row = connection.execute("SELECT coalesce(sum(doubts), 0), coalesce(sum(open), 0) FROM tasks").fetchone()
    return row[0], row[1]
