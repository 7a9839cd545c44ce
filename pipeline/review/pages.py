"""A page of a document to be read: its lines as they stand, each word with its place on the scan, and how sure it is."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.decisions.applying import RULE
from pipeline.decisions.recording import box_text, record
from pipeline.draft import Draft
from pipeline.layout import find_notes
from pipeline.ledger import Edit, Move
from pipeline.model import Word as SourceWord
from pipeline.outputs.report.lines import strength
from pipeline.result import Result
from pipeline.review.deciding import short
from pipeline.review.desk import Desk
from pipeline.review.typing import TOKEN, decision, opened, standing


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands, or white space. `risk` 0-3: how doubtful; `read`: what was read where that differs; `typed`: a reader
    wrote it; `box`: left top right bottom in pixels of the scan, with blanks, or ''."""

    text: str
    risk: int = 0
    read: str = ""
    typed: bool = False
    box: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `number` is the one in the tables, 0 where it has none; `note`: the number of the note it belongs to."""

    number: int
    words: tuple[Word, ...]
    note: str = ""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was moved out of the text of a page, where in the source, and what it is."""

    start: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class PageText:
    """A page to be read. `last`: the document's last page; `pictured`: its scan is at hand, of this size in pixels."""

    document: int
    folder: str
    title: str
    page: int
    last: int
    name: str
    pictured: bool
    width: int
    height: int
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    locked: bool


def page_text(desk: Desk, document: int, page: int) -> PageText | None:
    """A page by its document's number; None where there is none. Raises PipelineError."""
    row = desk.store.connection.execute(
        "SELECT documents.folder, documents.name AS title, documents.pages, documents.images, pages.name, pages.path, "
        "pages.width, pages.height FROM pages JOIN documents ON documents.number = pages.document "
        "WHERE document = ? AND page = ?",
        (document, page),
    ).fetchone()
    if row is None:
        return None
    result, draft = opened(desk, row["folder"]).result, standing(desk, row["folder"])
    lines = tuple(Reading(desk, result, draft, document, page).lines())
    out = tuple(left_out(draft, page))
    shown = (row["name"], bool(row["images"] and row["path"]), row["width"], row["height"])
    locked = is_locked(desk, row["folder"], page)
    return PageText(document, row["folder"], row["title"], page, row["pages"], *shown, lines, out, locked)


class Reading:
    """The lines of one page, from the machine's result and the text as it stands."""

    def __init__(self, desk: Desk, result: Result, draft: Draft, document: int, page: int) -> None:
        self.result, self.draft, self.page = result, draft, page
        rows = desk.store.connection.execute(
            "SELECT number, start, end, text FROM lines WHERE document = ? AND page = ? ORDER BY line", (document, page)
        ).fetchall()
        self.rows = [(row["start"], row["end"], row["number"], row["text"]) for row in rows]
        source = result.source.pages[page - 1] if len(result.source.pages) == len(result.draft.pages) else None
        self.read: list[SourceWord] = [word for line in source.lines for word in line.words] if source else []
        self.read.sort(key=lambda word: word.start)
        self.starts = [word.start for word in self.read]

    def lines(self) -> Iterator[Line]:
        """Every line, also empty ones."""
        pages = self.draft.pages
        lines = pages[self.page - 1] if self.page <= len(pages) else []
        notes = {at: note.number for note in find_notes(lines) for at in range(note.first, note.last)}
        for at, line in enumerate(lines):
            yield Line(self.number(line.start, line.text), tuple(self.words(line.start, line.text)), str(notes.get(at, "")))

    def number(self, start: int, text: str) -> int:
        """The number in the tables of the line that stands at an offset."""
        bare = text.strip()
        if not bare:
            return 0
        low = start + len(text) - len(text.lstrip())
        first, last = self.draft.origin(low), self.draft.origin(low + len(bare) - 1)
        return next((n for s, e, n, _ in self.rows if s < max(first[1], last[1]) and min(first[0], last[0]) < e), 0)

    def words(self, start: int, text: str) -> Iterator[Word]:
        """The words of a line and the white space between them."""
        tokens = TOKEN.findall(text)
        risks = self.risks(self.number(start, text), tokens)
        at = start
        for token, risk in zip(tokens, risks, strict=True):
            if token.isspace():
                yield Word(token)
            else:
                read, typed = self.before(at, at + len(token))
                yield Word(token, risk, read, typed, self.box(at, at + len(token)))
            at += len(token)

    def risks(self, number: int, tokens: list[str]) -> list[int]:
        """How doubtful each word is: as doubtful as without decisions, where it reads the same, and else not at all."""
        machine = next((row for row in self.rows if row[2] == number), None)
        if machine is None or not tokens:
            return [0] * len(tokens)
        words = self.result.confidence.words
        span = self.result.draft.span_of(machine[0], machine[1]) or (0, 0)
        low, high = words.places(*span)
        old = [self.result.draft.text[s:e] for s, e in zip(words.starts[low:high], words.ends[low:high], strict=True)]
        new = [token for token in tokens if not token.isspace()]
        found = [0] * len(new)
        for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            for step in range(block.size):
                found[block.b + step] = strength(float(words.wrong[low + block.a + step]))
        rest = iter(found)
        return [0 if token.isspace() else next(rest) for token in tokens]

    def before(self, start: int, end: int) -> tuple[str, bool]:
        """What was read where a word differs from it, and whether a reader wrote it."""
        pieces = list(self.draft.pieces(start, end))
        if all(kept for *_, kept in pieces):
            return "", False
        first, last = min(piece[2] for piece in pieces), max(piece[3] for piece in pieces)
        typed = any(e.rule == RULE and any(c.start < last and first < c.end for c in e.changes) for e in self.draft.edits)
        return short(self.draft.source[first:last]), typed

    def box(self, start: int, end: int) -> str:
        """The place of a word on the scan."""
        low, high = self.draft.origin(start)[0], self.draft.origin(end - 1)[1]
        whole = None
        for word in self.read[max(0, bisect_right(self.starts, low) - 1) :]:
            if word.start >= high:
                break
            if word.end > low and word.box is not None:
                whole = whole.union(word.box) if whole else word.box
        return box_text(whole)


def left_out(draft: Draft, page: int) -> Iterator[LeftOut]:
    """What was moved out of the text of a page."""
    for edit in draft.edits:
        for change in edit.changes:
            if edit.page == page and isinstance(change, Move) and change.behind is None and change.before.strip():
                yield LeftOut(change.start, " ".join(change.before.split()), KINDS.get(edit.rule, edit.kind))


KINDS = {"page-number": "page number", "running-head": "running head", "catchword": "catchword"}


def put_back(desk: Desk, reader: str, document: int, start: int) -> str:
    """Decide that what was moved out at an offset of the source belongs into the text. Raises ValueError, PipelineError."""
    row = desk.store.connection.execute(
        "SELECT number, folder, source AS hashed, images, '' AS scan, 0 AS page FROM documents WHERE number = ?", (document,)
    ).fetchone()
    draft = standing(desk, row["folder"]) if row else None
    edit = next((e for e in draft.edits if moves(e, start)), None) if draft else None
    if draft is None or edit is None:
        raise ValueError("it is in the text already")
    label = f"put back into the text: “{short(edit.before)}”"
    made = decision(draft, row, "keep", edit, reader)
    with desk.store.writing() as connection:
        record(connection, desk.store.begin_step(connection, reader, label), [made])
    return label


def moves(edit: Edit, start: int) -> bool:
    return any(isinstance(change, Move) and change.start == start for change in edit.changes)


LOCKED = (
    "SELECT locks.number, locks.step FROM locks JOIN steps ON steps.number = locks.step AND steps.undone IS NULL "
    "WHERE document = ? AND (page = ? OR page IS NULL) LIMIT 1"
)


def is_locked(desk: Desk, folder: str, page: int) -> bool:
    """Whether somebody called a page, or its document, finished."""
    return desk.store.connection.execute(LOCKED, (folder, page)).fetchone() is not None


def lock(desk: Desk, reader: str, folder: str, page: int | None) -> str:
    """Call a page, or with None the whole document, finished: no later run touches it."""
    label = f"finished: {folder if folder != '.' else 'the document'}" + (f", page {page}" if page else "")
    with desk.store.writing() as connection:
        step = desk.store.begin_step(connection, reader, label)
        connection.execute("INSERT INTO locks (step, document, page) VALUES (?, ?, ?)", (step, folder, page))
    return label


def unlock(desk: Desk, folder: str, page: int) -> None:
    """Open a finished page again, by undoing the step that locked it."""
    with desk.store.writing() as connection:
        for row in connection.execute(LOCKED.replace(" LIMIT 1", ""), (folder, page)).fetchall():
            connection.execute("UPDATE steps SET undone = datetime('now'), undone_by = reader WHERE number = ?", (row["step"],))
