"""Looking through finished documents: their pages, lines and doubts as rows of the desk's tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pipeline.batch.applying import read_evidence
from pipeline.batch.decisions import source_hash
from pipeline.batch.documents import stored_source
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.stamp import NAME as STAMP
from pipeline.batch.stamp import finished_folders, read_stamp
from pipeline.batch.texts import run_texts
from pipeline.confidence.project import coded
from pipeline.decisions.finding import opened
from pipeline.decisions.machine import machine_ledger
from pipeline.decisions.recording import box_text
from pipeline.decisions.store import Store
from pipeline.draft import DraftLine
from pipeline.errors import UnreadableInput
from pipeline.ledger import edit_record
from pipeline.model import Scan
from pipeline.outputs.placed import Placer
from pipeline.outputs.report.cutouts import LinePlace, line_place
from pipeline.result import Result
from pipeline.review.doubts import Doubt, Doubts, Option, line_at, span_in_source
from pipeline.review.schema import LASTING, SCHEMA, VERSION
from pipeline.review.series import assemble
from pipeline.run import rebuild

CONTEXT = 24
"""Characters of the source kept on both sides of a doubt, by which a decision on it finds its place again."""
TABLES = ("documents", "lines", "pages", "tasks", "doubts", "retyped")


def look(store: Store, root: Path, folders: Sequence[Path], jobs: int, report: Reporter) -> list[Outcome]:
    """Look through the finished documents in some folders under `root`, where they are new or changed since, and put together
    what is to be reviewed; documents that are gone are left out. Raises PipelineError."""
    look_tables(store)
    found = finished_folders(folders)
    known = dict(store.connection.execute("SELECT folder, made FROM documents").fetchall())
    names = {folder: name_of(folder, root) for folder in found}
    changed = [folder for folder in found if known.get(names[folder]) != made(folder)]
    with store.writing() as connection:
        for gone in sorted(set(known) - set(names.values())):
            forget(connection, gone)
    outcomes = run_texts([LookJob(folder, names[folder], store.path) for folder in changed], jobs, report) if changed else []
    with store.writing() as connection:
        assemble(connection)
    return outcomes


def name_of(folder: Path, root: Path) -> str:
    """A document's folder relative to the store's, with slashes."""
    return folder.resolve().relative_to(root.resolve()).as_posix()


def made(folder: Path) -> str:
    """What tells the results in a folder from others: their stamp, and the machine's account of its changes."""
    total = blake2b(digest_size=12)
    ledger = folder / "edits.machine.jsonl"
    stamp = read_stamp(folder)
    total.update(repr((stamp.inputs, stamp.settings, stamp.version, stamp.selected) if stamp else "").encode())
    total.update((ledger if ledger.is_file() else folder / "edits.jsonl").read_bytes())
    return total.hexdigest()


def look_tables(store: Store) -> None:
    """Make the desk's tables where they are missing, or of another version."""
    with store.writing() as connection:
        for statement in LASTING.split(";\n"):
            connection.execute(statement)
        row = connection.execute("SELECT value FROM properties WHERE name = 'desk'").fetchone()
        if row is None or row[0] != str(VERSION):
            for table in TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT OR REPLACE INTO properties VALUES ('desk', ?)", (str(VERSION),))


def forget(connection: sqlite3.Connection, folder: str) -> None:
    """Leave a document out."""
    row = connection.execute("SELECT number FROM documents WHERE folder = ?", (folder,)).fetchone()
    for table in ("lines", "pages", "doubts") if row else ():
        connection.execute(f"DELETE FROM {table} WHERE document = ?", (row[0],))
    connection.execute("DELETE FROM documents WHERE folder = ?", (folder,))


@dataclass(frozen=True, slots=True)
class LookJob:
    """A finished document to be looked through, in this process or another."""

    folder: Path
    document: str
    path: Path

    @property
    def name(self) -> str:
        return self.document

    def run(self) -> Outcome:
        """Look, and write the rows. Raises PipelineError."""
        result = machine_result(self.folder)
        with opened(self.path).writing() as connection:
            forget(connection, self.document)
            count = Rows(result, self.document, made(self.folder)).write(connection)
        return Outcome(self.name, self.folder, "done", note=f"{count:,} place{'' if count == 1 else 's'} to look at")


def machine_result(folder: Path) -> Result:
    """The result of a finished document as it was before any decision. Raises PipelineError."""
    stamp = read_stamp(folder)
    if stamp is None:
        raise UnreadableInput(f"{STAMP} is missing or damaged", where=folder, advice="Read the document again")
    return rebuild(stored_source(folder, stamp), machine_ledger(folder), read_evidence(folder), stamp)


class Rows:
    """A result as rows of the desk's tables."""

    def __init__(self, result: Result, document: str, made: str) -> None:
        self.result, self.document, self.made = result, document, made
        self.lines = [line for line in result.draft.lines if line.text.strip()]
        self.fitting = len(result.source.pages) == len(result.draft.pages)
        self.placer = Placer(result) if result.source.has_images and self.fitting else None

    def write(self, connection: sqlite3.Connection) -> int:
        """Write them, and give the number of doubts."""
        result, left = self.result, self.result.residual.document
        hashed = source_hash(result.source.text)
        images = any(self.scan(page) and Path(self.scan(page).path).is_file() for page in range(1, len(result.draft.pages) + 1))
        words = len(result.confidence.words.starts)
        row = (self.document, result.source.name, self.made, hashed, len(result.draft.pages), words, int(images))
        sure = int(result.source.has_confidences)
        number = insert(connection, "documents", "folder name made source pages words images sure expected low high", [
            (*row, sure, left.expected, left.low, left.high)
        ])  # fmt: skip
        self.write_pages(connection, number)
        first = self.write_lines(connection, number)
        rows = list(self.doubt_rows(number, first))
        names = "task document page line first last kind class rule start end before left right stands options standing places"
        insert(connection, "doubts", f"{names} reason prior chance key scan box word words", rows)
        return len(rows)

    def scan(self, page: int) -> Scan:
        """The scan of a page (from 1) of the clean text."""
        found = self.result.source.pages[page - 1].scan if self.fitting else None
        return found or Scan("", 1, 0, 0)

    def write_pages(self, connection: sqlite3.Connection, number: int) -> None:
        names = self.result.names
        rows = []
        for page, lines in zip(self.result.confidence.pages, self.result.draft.pages, strict=False):
            at, scan = page.number, self.scan(page.number)
            words = sum(len(line.text.split()) for line in lines)
            rows.append((number, at, names.shown(at), scan.path, scan.frame, scan.width, scan.height, words, page.expected_wrong))
        insert(connection, "pages", "document page name path frame width height words risk", rows)

    def write_lines(self, connection: sqlite3.Connection, number: int) -> int:
        """Write the lines; the number of the first of them."""
        risks = self.result.confidence.words
        first = int(connection.execute("SELECT coalesce(max(number), 0) FROM lines").fetchone()[0]) + 1
        starts = {page: lines[0].start for page, lines in enumerate(self.result.draft.pages, 1)}
        counts: dict[int, int] = {}
        for lines in self.result.draft.pages:
            for at, line in enumerate(lines, 1):
                counts[line.start] = at
        rows = []
        for at, line in enumerate(self.lines):
            assert starts[line.page] <= line.start
            low, high = line.start + len(line.text) - len(line.text.lstrip()), line.start + len(line.text.rstrip())
            span, place = span_in_source(self.result.draft, low, high), self.place(line)
            own = risks.between(line.start, line.end)
            risk = (float(own.sum()), coded(own))
            box, turns = (box_text(place.box), place.turns) if place else ("", 0)
            numbers = (first + at, number, line.page, counts[line.start])
            rows.append((*numbers, *span, line.text, len(line.text.split()), *risk, self.scan(line.page).digest, box, turns))
        insert(connection, "lines", "number document page line start end text words risk risks scan box turns", rows)
        return first

    def place(self, line: DraftLine) -> LinePlace | None:
        page = self.result.source.pages[line.page - 1] if self.placer else None
        return line_place(self.placer, page, line) if self.placer and page is not None and page.scan is not None else None

    def doubt_rows(self, number: int, first: int) -> Iterator[tuple[object, ...]]:
        starts = [line.start for line in self.lines]
        source = self.result.source.text
        for doubt in Doubts(self.result).all():
            at = line_at(starts, doubt.low)
            line = self.lines[at]
            if not line.start <= doubt.low <= doubt.high <= line.end:
                continue
            start, end = doubt.start, doubt.end
            around = (source[start:end], source[max(0, start - CONTEXT) : start], source[end : end + CONTEXT])
            place = (0, number, line.page, first + at, doubt.low - line.start, doubt.high - line.start)
            yield (
                *(*place, doubt.kind, doubt.of, doubt.rule, start, end, *around, doubt.stands, options_text(doubt.options)),
                *(edits_text(doubt), json.dumps(doubt.places), doubt.reason, doubt.chance, doubt.chance, doubt.key),
                *(self.scan(line.page).digest, self.box(start, end), *self.words(line, doubt)),
            )

    def words(self, line: DraftLine, doubt: Doubt) -> tuple[int, int]:
        """The first word of a line, from 0, that a doubt touches, and how many; a blank between two touches both."""
        risks = self.result.confidence.words
        first, last = risks.places(doubt.low - 1, doubt.high + 1)
        before = risks.places(line.start, line.end)[0]
        return max(0, first - before), max(0, last - max(first, before))

    def box(self, start: int, end: int) -> str:
        spots = [spot.box for spot in self.placer.between(start, end)] if self.placer else []
        whole = spots[0] if spots else None
        for spot in spots[1:]:
            whole = whole.union(spot) if whole else spot
        return box_text(whole)


def options_text(options: Sequence[Option]) -> str:
    """Options as the tables hold them."""
    rows = []
    for option in options:
        edits = [edit_record(edit, "applied") for edit in option.edits]
        known = {"text": option.text, "chance": round(option.chance, 4), "reason": option.reason}
        rows.append({**known, "edits": edits, "places": option.places})
    return json.dumps(rows)


def edits_text(doubt: Doubt) -> str:
    return json.dumps([edit_record(edit, "applied") for edit in doubt.standing])


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: Sequence[Sequence[object]]) -> int:
    """Insert rows; the number of the last one."""
    names = columns.split()
    marks = ", ".join("?" * len(names))
    quoted = ", ".join(f'"{name}"' for name in names)
    connection.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows)
    return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])
