"""What a reader does to a page: words and lines typed anew, what was taken out put back, pages and documents locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from pipeline.batch.decisions import source_hash
from pipeline.decisions.model import Decision
from pipeline.decisions.recording import record
from pipeline.decisions.store import Store
from pipeline.review.deciding import Stale, confirm_rest, reopen, short
from pipeline.review.desk import Desk
from pipeline.review.leaves import digest_of
from pipeline.review.standing import Standing, standing
from pipeline.review.typing import decision, differences

ANEW = "The documents were made anew meanwhile."
LOCKED = "This page is finished. Open it again before you change it."
BREAKS = "\n\f\r\v\x1c\x1d\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"


def place_row(desk: Desk, document: int, page: int) -> sqlite3.Row:
    """What a decision on a page (from 1) of a document, by its number, wants to know of it. Raises Stale."""
    row: sqlite3.Row | None = desk.store.connection.execute(
        "SELECT documents.folder, documents.source AS hashed, documents.images, pages.document, pages.page, pages.name, "
        "coalesce((SELECT scan FROM lines WHERE document = documents.number AND page = pages.page LIMIT 1), '') "
        "AS scan FROM documents "
        "JOIN pages ON pages.document = documents.number WHERE documents.number = ? AND pages.page = ?",
        (document, page),
    ).fetchone()
    if row is None:
        raise Stale(ANEW)
    return row


def open_page(desk: Desk, row: sqlite3.Row, digest: str) -> Standing:
    """The document with a page that a reader wants to change. Raises Stale where its text is not what the reader saw."""
    stands = standing(desk, row["folder"])
    if source_hash(stands.source.text) != row["hashed"] or row["page"] > len(stands.draft.pages):
        raise Stale(ANEW)
    if locks(desk.store, row["folder"], row["page"]):
        raise Stale(LOCKED)
    if digest_of(stands.draft.pages[row["page"] - 1]) != digest:
        raise Stale("This page has been changed meanwhile. Nothing was written; here is how it stands now.")
    return stands


def write(desk: Desk, reader: str, row: sqlite3.Row, digest: str, span: tuple[int, int], text: str) -> str:
    """Record that a page's text should have `text` at [start, end), and give a label of what was done. Raises Stale, ValueError,
    PipelineError."""
    if any(sign in text for sign in BREAKS):
        raise ValueError("a line has no line breaks")
    stands = open_page(desk, row, digest)
    draft, lines = stands.draft, stands.draft.pages[row["page"] - 1]
    low, high = span
    line = next((line for line in lines if line.start <= low < high <= line.end), None)
    if line is None:
        raise ValueError("there is no such place")
    bare = draft.text[low:high].strip()
    if not bare:
        raise ValueError("there is no such place")
    low += draft.text[low:high].index(bare)
    high, old, text = low + len(bare), bare, text.strip()
    if not text and high < line.end and draft.text[high] == " ":
        high += 1  # the blank behind a word that is left out
    made_of = [decision(draft, row, "write", edit, reader) for edit in differences(draft, low, high, text, reader)]
    if not made_of:
        return ""
    label = f"typed: “{short(old)}” → “{short(text)}”" if text else f"left out: “{short(old)}”"
    keep(desk.store, reader, label, row, made_of, whole=old == line.text.strip())
    return label


def put_back(desk: Desk, reader: str, row: sqlite3.Row, digest: str, start: int) -> str:
    """Record that what was taken out of a page at an offset of the source belongs to the text, and give a label. Raises Stale,
    ValueError, PipelineError."""
    stands = open_page(desk, row, digest)
    found = next((edit for edit, move in stands.ledger.moved_out() if move.start == start and edit.page == row["page"]), None)
    if found is None:
        raise ValueError("there is no such place")
    label = f"put back into the text: “{short(found.before)}”"
    keep(desk.store, reader, label, row, [decision(stands.draft, row, "keep", found, reader)])
    return label


def keep(store: Store, reader: str, label: str, row: sqlite3.Row, made_of: Sequence[Decision], *, whole: bool = False) -> None:
    """Write decisions into the log as one step; `whole`: their line was read whole, and what they leave in it is right."""
    met = "SELECT number FROM lines WHERE document = ? AND start < ? AND end > ?"
    with store.writing() as connection:
        step = store.begin_step(connection, reader, label)
        record(connection, step, made_of)
        for one in made_of:
            place = (row["document"], one.anchor.end, one.anchor.start)
            lines = [found[0] for found in connection.execute(met, place).fetchall()]
            connection.executemany("INSERT OR IGNORE INTO retyped VALUES (?)", [(line,) for line in lines])
            for line in lines if whole else ():
                confirm_rest(connection, line, step)
        reopen(connection, step)


def locks(store: Store, folder: str, page: int | None) -> list[int]:
    """The steps by which a page is locked as finished, be it with its whole document; or (None) the document."""
    query = (
        "SELECT steps.number FROM locks JOIN steps ON steps.number = locks.step WHERE steps.undone IS NULL "
        "AND locks.document = ? AND (locks.page IS NULL OR locks.page = ?) ORDER BY steps.number"
    )
    return [int(row[0]) for row in store.connection.execute(query, (folder, page))]


def lock(desk: Desk, reader: str, row: sqlite3.Row, *, whole: bool) -> str:
    """Lock a page, or its whole document, as finished; a label of what was done."""
    name = row["folder"] if row["folder"] != "." else "the document"
    label = f"finished: {name}" + ("" if whole else f", {row['name']}")
    with desk.store.writing() as connection:
        step = desk.store.begin_step(connection, reader, label)
        page = None if whole else row["page"]
        connection.execute("INSERT INTO locks (step, document, page) VALUES (?, ?, ?)", (step, row["folder"], page))
    return label
