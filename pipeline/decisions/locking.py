"""Documents and pages that a person has finished: no later run touches them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.decisions.applying import Places
from pipeline.decisions.placing import shifted
from pipeline.decisions.recording import undo_step
from pipeline.decisions.store import Store
from pipeline.ledger import Edit, Ledger
from pipeline.model import Source


@dataclass(frozen=True, slots=True)
class Locks:
    """What is locked of a document: all of it (`whole`), or `pages` (places in the scan order, from 1)."""

    whole: bool = False
    pages: frozenset[int] = frozenset()


FREE = Locks()
LOCKED = "SELECT step, page FROM locks JOIN steps ON steps.number = locks.step WHERE steps.undone IS NULL AND document = ?"


def locks(store: Store, document: str) -> Locks:
    """What is locked of a document."""
    pages = {row["page"] for row in store.connection.execute(LOCKED, (document,))}
    return Locks(None in pages, frozenset(page for page in pages if page is not None))


def lock(store: Store, reader: str, document: str, page: int | None = None) -> int:
    """Lock a page, or the whole document, as finished; the number of the step, by which it is unlocked again."""
    with store.writing() as connection:
        step = store.begin_step(connection, reader, f"finished: {document}" + (f", page {page}" if page else ""))
        connection.execute("INSERT INTO locks (step, document, page) VALUES (?, ?, ?)", (step, document, page))
    return step


def unlock(store: Store, reader: str, document: str, page: int | None = None) -> bool:
    """Unlock a page, or the whole document; whether it was locked."""
    with store.writing() as connection:
        rows = connection.execute(LOCKED, (document,)).fetchall()
        wanted = [row["step"] for row in rows if row["page"] == page]
        for step in wanted:
            undo_step(connection, step, reader)
    return bool(wanted)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A locked page as an earlier run left it: its place in the scan order, where it began, its text, and Errata's own account of
    changes on it."""

    number: int
    start: int
    text: str
    applied: tuple[Edit, ...]
    held: tuple[Edit, ...]


def kept_pages(source: Source, ledger: Ledger, pages: Iterable[int]) -> tuple[KeptPage, ...]:
    """The locked `pages` of a document as they are."""
    wanted, applied, held = set(pages), Places(ledger.applied), Places(ledger.held)
    found = []
    for page in source.pages:
        if page.number in wanted and page.start < page.end:
            span = [(page.start, page.end)]
            text = source.text[page.start : page.end]
            found.append(KeptPage(page.number, page.start, text, tuple(applied.within(span)), tuple(held.within(span))))
    return tuple(found)


def with_kept(ledger: Ledger, source: Source, kept: Iterable[KeptPage]) -> tuple[Ledger, list[str]]:
    """The ledger of a new run with locked pages as they were, and what could not be kept of them."""
    applied, held, said = Places(ledger.applied), Places(ledger.held), list[str]()
    pages = {page.number: page for page in source.pages}
    for old in kept:
        page = pages.get(old.number)
        if page is None or source.text[page.start : page.end] != old.text:
            said.append(
                f"page {old.number} is locked, but {'is not there' if page is None else 'reads otherwise'} in what was read now"
            )
            continue
        for edits, earlier in ((applied, old.applied), (held, old.held)):
            again = [shifted(edit, source.text, page.start - old.start) for edit in earlier]
            fitting = [edit for edit in again if edit is not None]
            spans = [(page.start, page.end), *((c.start, c.end) for edit in fitting for c in edit.changes)]
            for edit in edits.within(spans):
                edits.remove(edit)
            for edit in fitting:
                edits.add(edit)
            if len(fitting) < len(again) and edits is applied:
                said.append(f"page {old.number} is locked, but changes that reach into other pages no longer fit")
    return replace(ledger, applied=in_order(applied), held=in_order(held)), said


def in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(sorted(edits, key=lambda edit: edit.place))
