"""The words of a project in arrays, and which of them people have read or decided."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.project import RISKS, coded
from pipeline.review.schema import DECIDED, OPEN

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """Every word of the project, in the order of the lines. `risks`: codes (see `confidence.project.coded`); `pages`: of each
    word; `lines`: numbers of the lines, and `starts`: at which word each begins (one more at the end); `line_pages`: of each
    line; `doubts`: number, first word, and how many, of each doubt (a row each). Pages and documents count from 0, with their
    `page_numbers` (document, page) and `document_numbers` in the tables."""

    risks: NDArray[np.uint8]
    pages: Numbers
    lines: Numbers
    starts: Numbers
    line_pages: Numbers
    doubts: Numbers
    documents: Numbers
    sure: NDArray[np.bool_]
    page_numbers: list[tuple[int, int]]
    document_numbers: list[int]

    def of_lines(self, numbers: Numbers) -> Numbers:
        """The words of the lines with some numbers."""
        at = np.searchsorted(self.lines, numbers)
        return ranges(self.starts[at], self.starts[at + 1] - self.starts[at])

    def of_doubts(self, numbers: Numbers) -> Numbers:
        """The words that the doubts with some numbers touch."""
        rows = self.doubts[np.searchsorted(self.doubts[:, 0], numbers)]
        return ranges(rows[:, 1], rows[:, 2])

    def line_risks(self, unread: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Words expected wrong of each line, among those that nobody has read."""
        sums = np.concatenate(([0.0], np.cumsum(np.where(unread, RISKS[self.risks], 0.0))))
        return np.asarray(sums[self.starts[1:]] - sums[self.starts[:-1]])


def ranges(starts: Numbers, counts: Numbers) -> Numbers:
    """All numbers from each start on, so many of each."""
    before = np.concatenate(([0], np.cumsum(counts)[:-1])) if len(counts) else counts
    return np.asarray(np.repeat(starts - before, counts) + np.arange(int(counts.sum())), dtype=np.int64)


def load(connection: sqlite3.Connection) -> Words:
    """The words of all documents, from the tables."""
    documents = connection.execute("SELECT number, sure FROM documents ORDER BY number").fetchall()
    numbers = [row[0] for row in documents]
    places = {number: at for at, number in enumerate(numbers)}
    pages = [tuple(row) for row in connection.execute("SELECT document, page FROM pages ORDER BY document, page")]
    page_at = {page: at for at, page in enumerate(pages)}
    lines, risks, counts, line_pages = [], [], [], []
    rows = connection.execute("SELECT number, document, page, risks, words, risk FROM lines ORDER BY number")
    for number, document, page, told, words, risk in rows:
        told = told or coded(np.full(1, risk / words if words else 0.0)) * words
        lines.append(number)
        risks.append(told)
        counts.append(len(told))
        line_pages.append(page_at[document, page])
    of_lines = np.array(line_pages, dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(np.array(counts, dtype=np.int64)))).astype(np.int64)
    return Words(
        np.frombuffer(b"".join(risks), dtype=np.uint8),
        np.repeat(of_lines, np.array(counts, dtype=np.int64)),
        np.array(lines, dtype=np.int64),
        starts,
        of_lines,
        load_doubts(connection, np.array(lines, dtype=np.int64), starts),
        np.array([places[document] for document, _ in pages], dtype=np.int64),
        np.array([bool(row[1]) for row in documents], dtype=bool),
        pages,
        numbers,
    )


def load_doubts(connection: sqlite3.Connection, lines: Numbers, starts: Numbers) -> Numbers:
    """Number, first word and count of words of each doubt."""
    found = [tuple(row) for row in connection.execute("SELECT number, line, word, words FROM doubts ORDER BY number")]
    rows = np.array(found, dtype=np.int64).reshape(-1, 4)
    at = np.searchsorted(lines, rows[:, 1])
    first = np.minimum(starts[at] + rows[:, 2], starts[at + 1])
    return np.stack([rows[:, 0], first, np.minimum(rows[:, 3], starts[at + 1] - first)], axis=1)


@dataclass(frozen=True, slots=True)
class Read:
    """What people have seen. `seen`: words decided, or read on lines that were chosen or on locked pages; `drawn_lines`: numbers
    of lines drawn at random, with the step of their reading and the wrong words found; `known`: of each page, wrong words that
    were found and still stand."""

    seen: NDArray[np.bool_]
    drawn_lines: list[tuple[int, int, int]]
    known: Numbers


READINGS = (
    "SELECT lines.number, readings.step, readings.wrong, readings.drawn, min(abs(lines.line - readings.line)) FROM readings "
    "JOIN steps ON steps.number = readings.step AND steps.undone IS NULL "
    "JOIN documents ON documents.folder = readings.document "
    "JOIN lines ON lines.document = documents.number AND lines.page = readings.page AND trim(lines.text) = trim(readings.text) "
    "GROUP BY readings.number ORDER BY readings.number"
)
LOCKED = (
    "SELECT pages.document, pages.page FROM locks JOIN steps ON steps.number = locks.step AND steps.undone IS NULL "
    "JOIN documents ON documents.folder = locks.document JOIN pages ON pages.document = documents.number "
    "AND (locks.page IS NULL OR locks.page = pages.page)"
)
MENDED = (
    "SELECT count(*) FROM decisions JOIN steps ON steps.number = decisions.step AND steps.undone IS NULL "
    "JOIN lines ON lines.number = ? JOIN documents ON documents.number = lines.document AND documents.folder = "
    "decisions.document AND documents.source = decisions.source WHERE decisions.step >= ? "
    "AND decisions.choice IN ('write', 'accept', 'keep') AND decisions.start < lines.end AND decisions.end > lines.start"
)


def read_words(connection: sqlite3.Connection, words: Words) -> Read:
    """What people have seen of the words of a project, by the log."""
    seen = np.zeros(len(words.risks), dtype=bool)
    known = np.zeros(len(words.documents), dtype=np.int64)
    drawn: dict[int, tuple[int, int, int]] = {}
    last: dict[int, tuple[int, int]] = {}
    for line, step, wrong, at_random, _ in connection.execute(READINGS):
        last[line] = (step, wrong)
        if at_random:
            drawn[line] = (line, step, wrong)
        else:
            seen[words.of_lines(np.array([line]))] = True
    for line, (step, wrong) in last.items():
        if wrong:
            mended = connection.execute(MENDED, (line, step)).fetchone()[0]
            typed = connection.execute(f"{MENDED} AND decisions.step = ?", (line, step, step)).fetchone()[0]
            known[words.line_pages[np.searchsorted(words.lines, line)]] += 0 if typed else max(0, wrong - mended)
    decided = connection.execute(f"SELECT number FROM doubts WHERE state = {DECIDED} ORDER BY number").fetchall()
    seen[words.of_doubts(np.array([row[0] for row in decided], dtype=np.int64))] = True
    pages = {page: at for at, page in enumerate(words.page_numbers)}
    locked = [pages[row[0], row[1]] for row in connection.execute(LOCKED)]
    seen[np.isin(words.pages, locked)] = True
    return Read(seen, list(drawn.values()), known)


def drawn_verdicts(connection: sqlite3.Connection, words: Words, read: Read) -> tuple[NDArray[np.bool_], Numbers]:
    """Which words were read on lines drawn at random, without those that had been decided before, and how many of each page's
    were wrong."""
    drawn, wrong = np.zeros(len(words.risks), dtype=bool), np.zeros(len(words.documents), dtype=np.int64)
    for line, step, found in read.drawn_lines:
        drawn[words.of_lines(np.array([line]))] = True
        wrong[words.line_pages[np.searchsorted(words.lines, line)]] += found
        query = f"SELECT number FROM doubts WHERE line = ? AND state = {DECIDED} AND step < ? ORDER BY number"
        before = [row[0] for row in connection.execute(query, (line, step))]
        drawn[words.of_doubts(np.array(before, dtype=np.int64))] = False
    return drawn, wrong


def open_words(connection: sqlite3.Connection, words: Words) -> NDArray[np.bool_]:
    """Words that the queue will ask about."""
    found = np.zeros(len(words.risks), dtype=bool)
    rows = connection.execute(f"SELECT number FROM doubts WHERE state = {OPEN} ORDER BY number").fetchall()
    found[words.of_doubts(np.array([row[0] for row in rows], dtype=np.int64))] = True
    return found
