"""All that people have laid down about a document, as far as it holds: decisions, words, lines read, pages locked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pipeline.decisions.applying import decided
from pipeline.decisions.locking import KeptPage, with_kept
from pipeline.decisions.model import Decision
from pipeline.decisions.placing import made_as, place_again
from pipeline.decisions.store import Store
from pipeline.ledger import Ledger, Replace
from pipeline.model import Source
from pipeline.result import Decided, Lost

Added = tuple[str, str]
"""A form that a reader added to the dictionary: name, word or reference, and the form; or `decided`, and a word that a reader put
where it stands."""
ADDED = "SELECT DISTINCT kind, form FROM dictionary JOIN steps ON steps.number = step WHERE undone IS NULL"


CHANGES = ("accept", "write")
"""Choices that say what should stand instead of what was read."""
TYPED = (
    "SELECT DISTINCT after FROM decisions JOIN steps ON steps.number = step "
    "WHERE undone IS NULL AND choice IN ('accept', 'write') AND length(after) <= 200"
)
WORD = re.compile(r"(?<!\S)[“‘(\[]?([^\W\d_]{4,})[,.;:!?”’)\]]*(?!\S)")
"""A whole word of letters, so long that it is hardly a word by chance."""


def added_forms(store: Store) -> tuple[Added, ...]:
    """What readers added to the dictionary of a project, and words that they typed or accepted in any document of it: these are
    known from then on, wherever they stand."""
    added = {(row["kind"], row["form"]) for row in store.connection.execute(ADDED)}
    typed = {("decided", word) for row in store.connection.execute(TYPED) for word in WORD.findall(row["after"])}
    return tuple(sorted(added | typed))


@dataclass(frozen=True, slots=True)
class Rulings:
    """What holds of a document. `decisions` in the order in which they were made, wherever their places are; `added`: to the
    dictionary; `kept`: pages that are locked, as an earlier run left them."""

    decisions: tuple[Decision, ...] = ()
    added: tuple[Added, ...] = ()
    kept: tuple[KeptPage, ...] = ()

    @property
    def misread(self) -> tuple[tuple[str, str], ...]:
        """What people put right, as (what was read, what should stand)."""
        made = (change for one in self.decisions if one.choice in CHANGES for edit in one.edits for change in edit.changes)
        return tuple((change.before, change.after) for change in made if isinstance(change, Replace))

    def over(self, machine: Ledger, source: Source) -> Ruled:
        """A ledger that Errata made of `source` by itself, with all of this."""
        machine, said = with_kept(machine, source, self.kept) if self.kept else (machine, [])
        if not self.decisions:
            return Ruled(machine, None, (), (), tuple(said))
        placed, lost = place_again(self.decisions, source)
        marks = tuple(Decided(*place, one.choice, one.reader) for one in last_ones(placed) for place in one.places)
        return Ruled(decided(machine, placed), machine, marks, tuple(map(told, lost)), tuple(said))


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ledger with what people decided; Errata's own beside it where there are decisions; the places decided; the decisions that
    have no place; and what there is to say."""

    ledger: Ledger
    machine: Ledger | None
    decided: tuple[Decided, ...]
    lost: tuple[Lost, ...]
    said: tuple[str, ...]


NOTHING = Rulings()


def told(decision: Decision) -> Lost:
    """A decision without a place, for people."""
    at = decision.anchor
    return Lost(at.page, decision.choice, at.left, at.before, at.right, decision.after, decision.reader, decision.made)


def last_ones(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that no later one on the very same place overrides."""
    return list({decision.places: decision for decision in decisions}.values())


def digest(decisions: Sequence[Decision], *others: object) -> str:
    """Tells what people have laid down from anything else; '' for nothing."""
    ids = list(dict.fromkeys(map(made_as, decisions)))
    if not ids and not any(others):
        return ""
    return blake2b(json.dumps([ids, *map(repr, others)]).encode(), digest_size=12).hexdigest()
