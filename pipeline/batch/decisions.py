"""What people decided about a finished document, gathered from the project's log and from the files of older versions.

`decisions.jsonl` is where versions before the log kept what was undone in a document; it is taken into the log once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.batch.verdicts import Reading, joined, read_readings
from pipeline.decisions.finding import document_name, opened, store_for, store_of
from pipeline.decisions.holding import holding
from pipeline.decisions.locking import FREE, Locks, kept_pages, locks
from pipeline.decisions.machine import machine_ledger
from pipeline.decisions.model import Anchor, Decision
from pipeline.decisions.placing import place_again
from pipeline.decisions.placing import source_hash as source_hash
from pipeline.decisions.recording import record
from pipeline.decisions.rulings import Added, Rulings, added_forms, digest
from pipeline.errors import InvalidRecord, MadeLater
from pipeline.formats import Format
from pipeline.ledger import Edit, edit_from_record
from pipeline.model import Source

NAME = "decisions.jsonl"
TAKEN = "decisions.jsonl.taken"
"""What the file is called once it has been taken into the log."""
FORMAT = Format("errata-decisions")
READ = (
    "SELECT page, line, text, wrong, drawn, made FROM readings JOIN steps ON steps.number = step "
    "WHERE undone IS NULL AND document = ? ORDER BY readings.number"
)


@dataclass(frozen=True, slots=True)
class Held:
    """What people laid down about a document. `readings`: lines that they read; `digest` tells it from anything else, and is ''
    for nothing."""

    decisions: tuple[Decision, ...] = ()
    added: tuple[Added, ...] = ()
    readings: tuple[Reading, ...] = ()
    locks: Locks = FREE

    @property
    def digest(self) -> str:
        pages = sorted(self.locks.pages)
        return digest(self.decisions, self.readings, pages)

    def rulings(self, folder: Path, source: Source | None) -> Rulings:
        """The same for a run over the document in `folder`, of which `source` is the text so far, where there is any."""
        pages = self.locks.pages if source is not None else frozenset[int]()
        kept = kept_pages(source, machine_ledger(folder), pages) if source is not None and pages else ()
        return Rulings(self.decisions, self.added, kept)


def held(folder: Path) -> Held:
    """What people laid down about the document in a folder. Raises InvalidRecord."""
    found, readings = store_of(folder), tuple(read_readings(folder))
    earlier = earlier_decisions(folder)
    if found is None:
        return Held(tuple(earlier), (), readings)
    store, name = found
    rows = store.connection.execute(READ, (name,)).fetchall()
    read = [Reading(r["page"], r["line"], r["text"], r["wrong"], bool(r["drawn"]), r["made"]) for r in rows]
    if earlier:
        known = {row[0] for row in store.connection.execute("SELECT id FROM decisions WHERE document = ?", (name,))}
        earlier = [one for one in earlier if one.id not in known]
    decisions = (*earlier, *holding(store, name))
    return Held(decisions, store.recall(added_forms), tuple(joined(readings, read)), locks(store, name))


def locked(folder: Path) -> Locks:
    """What a person has locked of the document in a folder. Raises InvalidRecord."""
    found = store_of(folder)
    return locks(*found) if found is not None else FREE


def take_in(folder: Path) -> None:
    """Take the decisions of an older version into the project's log, once. Raises InvalidRecord, OSError."""
    earlier = earlier_decisions(folder)
    if not (folder / NAME).is_file():
        return
    path = store_for([folder])
    store, name = opened(path), document_name(folder, path)
    with store.writing() as connection:
        if earlier:
            step = store.begin_step(connection, "", f"taken in from {name}/{NAME}: {len(earlier):,} undone")
            made = min(one.made for one in earlier)  # what was decided since overrides it
            connection.execute("UPDATE steps SET made = ? WHERE number = ?", (made, step))
            record(connection, step, [replace(one, document=name) for one in earlier])
    (folder / NAME).replace(folder / TAKEN)


def remember(folder: Path, source: Source) -> None:
    """Keep in the log where decisions were found again in `source`, each within its own step. Raises UnwritableOutput."""
    found = store_of(folder)
    if found is None:
        return
    store, name = found
    decisions = holding(store, name)
    known = {one.id for one in decisions}
    placed, _ = place_again(decisions, source)
    new = [one for one in placed if one.id not in known]
    if new:
        with store.writing() as connection:
            numbers = dict(connection.execute("SELECT id, number FROM steps").fetchall())
            for one in new:
                record(connection, numbers[one.step], [one])


def earlier_decisions(folder: Path) -> list[Decision]:
    """The decisions in the file of an older version, none where there is none. Raises InvalidRecord naming the line."""
    path = folder / NAME
    if not path.is_file():
        return []
    found: list[Decision] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        try:
            if number == 1:
                FORMAT.read(json.loads(line), path)
            elif line.strip():
                found += undone(json.loads(line))
        except MadeLater:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidRecord) as fault:
            advice = "Correct or remove it; without the file everything is repaired anew"
            raise InvalidRecord(f"not a decision ({fault})", where=f"{path}:{number}", advice=advice) from fault
    return found


def undone(row: dict[str, Any]) -> list[Decision]:
    """The decisions that keep what was read where an edit was undone."""
    edit: Edit = edit_from_record(row["edit"])
    told = blake2b(json.dumps([row["source"], row["edit"]]).encode(), digest_size=16).hexdigest()
    found = []
    changes = sorted(edit.changes, key=lambda change: change.start)
    ends = {change: at for at, change in ((-1, changes[-1]), (0, changes[0]))}
    for change, at in ends.items():  # the context that is known is that of the whole edit, and to keep a part of it keeps all
        left, right = row["left"] if at == 0 else "", row["right"] if change == changes[-1] else ""
        anchor = Anchor(row["source"], change.start, change.end, change.before, left, right, edit.page)
        span = ((change.start, change.end),)
        found.append(Decision(f"{told}-{at}", told, "", "keep", anchor, change.before, span, (), edit.rule, "", row["when"]))
    return found
