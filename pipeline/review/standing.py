"""The documents as they stand with the decisions that hold; the last few that were opened are kept, within bounds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from pipeline.batch.documents import stored_source
from pipeline.batch.stamp import NAME as STAMP
from pipeline.batch.stamp import read_stamp
from pipeline.decisions.applying import decided
from pipeline.decisions.holding import holding
from pipeline.decisions.machine import machine_ledger
from pipeline.decisions.model import Decision
from pipeline.decisions.store import Store
from pipeline.draft import Draft
from pipeline.errors import UnreadableInput
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.review.desk import Desk
from pipeline.review.looking import made

MOST_CHARACTERS = 3_000_000
"""Of documents that are kept; with the places of its words, a scan takes about sixty bytes for each."""
LOCK = threading.RLock()
State = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A document as it stands: as it was read, the machine's account of its changes, the decisions that hold, the account with
    them, and the text. `made` and `state` tell it from how it stands at another time."""

    made: str
    state: State
    source: Source
    machine: Ledger
    decisions: tuple[Decision, ...]
    ledger: Ledger
    draft: Draft


def state_of(store: Store) -> State:
    """What tells the decisions that hold from those of another time."""
    query = "SELECT count(*), count(undone), coalesce(max(undone), '') FROM steps"
    row = store.connection.execute(query).fetchone()
    return int(row[0]), int(row[1]), str(row[2])


def standing(desk: Desk, document: str) -> Standing:
    """A document by its folder in the store. Raises PipelineError."""
    with LOCK:  # one at a time: two big ones at once would take twice the memory
        kept: OrderedDict[str, Standing] = desk.offered.setdefault("standing", OrderedDict())
        folder, state = desk.folder(document), state_of(desk.store)
        now, found = made(folder), kept.pop(document, None)
        if found is None or found.made != now:
            stamp = read_stamp(folder)
            if stamp is None:
                raise UnreadableInput(f"{STAMP} is missing or damaged", where=folder, advice="Read the document again")
            found = with_decisions(desk.store, document, now, stored_source(folder, stamp), machine_ledger(folder), state)
        elif found.state != state:
            found = with_decisions(desk.store, document, now, found.source, found.machine, state)
        kept[document] = found
        while len(kept) > 1 and sum(len(one.source.text) for one in kept.values()) > MOST_CHARACTERS:
            kept.popitem(last=False)
        return found


def with_decisions(store: Store, document: str, now: str, source: Source, machine: Ledger, state: State) -> Standing:
    """A document with the decisions on it that hold."""
    decisions = holding(store, document)
    ledger = decided(machine, decisions)
    draft = Draft(source.text, ledger.applied, source.marked)
    return Standing(now, state, source, machine, tuple(decisions), ledger, draft)
