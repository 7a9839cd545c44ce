"""Undo over finished documents: some of the applied edits become suggestions again by decisions in the project's log, and all
outputs are written anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from pipeline.batch.applying import Rebuild, applied, keep_earlier, read_evidence
from pipeline.batch.decisions import held
from pipeline.batch.documents import stamp_of, stored_source, untouchable
from pipeline.batch.outcomes import Outcome
from pipeline.decisions.anchoring import Anchors
from pipeline.decisions.finding import document_name, store_for
from pipeline.decisions.model import Decision
from pipeline.decisions.recording import record
from pipeline.decisions.store import Store
from pipeline.errors import BadArguments
from pipeline.ledger import Edit
from pipeline.outputs.edits import numbered_edits, read_ledger
from pipeline.repair.policy import ALWAYS, rule_names

PAGE_BREAK = "page-break"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be undone: edits of these rules, of these kinds, on these lines of edits.jsonl (from 1), or all of them."""

    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    everything: bool = False

    def takes(self, edit: Edit, line: int) -> bool:
        """Page breaks stay, as every run makes them, unless everything goes."""
        if self.everything or line in self.lines:
            return True
        return edit.rule != PAGE_BREAK and (edit.rule in self.rules or edit.kind in self.kinds)


@dataclass(frozen=True, slots=True)
class UndoJob:
    """A finished document of which some edits are to be undone, by `reader`."""

    folder: Path
    choice: Choice
    rebuild: Rebuild
    reader: str = ""

    @property
    def name(self) -> str:
        return str(self.folder)

    def run(self) -> Outcome:
        """Undo, and write all outputs. Raises PipelineError."""
        stamp = stamp_of(self.folder)
        _, kept = untouchable(self.name, self.folder)
        if kept is not None:
            return kept
        read_ledger(self.folder / "edits.jsonl")
        gone = self.chosen()
        if not gone:
            return Outcome(self.name, self.folder, "already done", note="nothing to undo")
        read_evidence(self.folder)
        keep_earlier(self.folder)
        self.record(gone, Anchors(stored_source(self.folder, stamp)))
        outcome = applied(self.folder, stamp, held(self.folder), self.rebuild)
        return replace(outcome, note=summary(gone))

    def record(self, gone: Sequence[Edit], anchors: Anchors) -> None:
        """Write into the log that what was read stays at the places of these edits: undone together, by one step."""
        path = store_for([self.folder])
        store, name = Store(path), document_name(self.folder, path)
        with store.writing() as connection:
            step = store.begin_step(connection, self.reader, f"{name}: {summary(gone)}")
            record(connection, step, kept_as_read(gone, anchors, name))

    def chosen(self) -> list[Edit]:
        """The applied edits that are meant. Raises BadArguments for a line that holds none."""
        rows = numbered_edits(self.folder / "edits.jsonl")
        states = {line: state for line, state, _ in rows}
        for line in self.choice.lines:
            if states.get(line) != "applied":
                what = f"line {line} of edits.jsonl holds no change that was made"
                raise BadArguments(what, where=self.folder, advice=f"grep -n '\"applied\"' {self.folder}/edits.jsonl lists them")
        return [edit for line, state, edit in rows if state == "applied" and self.choice.takes(edit, line)]


def kept_as_read(gone: Sequence[Edit], anchors: Anchors, document: str) -> Iterator[Decision]:
    """The decisions that undo edits, one for each place that an edit changed, so that each is found again by itself."""
    for edit in gone:
        for change in edit.changes:
            anchor, span = anchors.at(change.start, change.end), ((change.start, change.end),)
            yield Decision(uuid4().hex, "", document, "keep", anchor, change.before, span, (), edit.rule, conjecture=True)


def summary(gone: Sequence[Edit]) -> str:
    """`12 repairs undone: 8 quotes, 4 line-end-hyphen`."""
    counts = Counter(edit.rule for edit in gone).most_common()
    return f"{len(gone):,} repair{'' if len(gone) == 1 else 's'} undone: {', '.join(f'{n:,} {rule}' for rule, n in counts)}"


def check_choice(choice: Choice, folders: Sequence[Path]) -> None:
    """Raises BadArguments for lines of more than one document, and a rule that does not exist nor left an edit in any."""
    if choice.lines and len(folders) > 1:
        raise BadArguments("--edit is a line of one document's edits.jsonl", advice="Name the folder of that document")
    known = (*rule_names(), ALWAYS.name)
    missing = [rule for rule in choice.rules if rule not in known]
    seen = {e.rule for f in folders for e in read_ledger(f / "edits.jsonl").applied if e.rule != PAGE_BREAK} if missing else set()
    for rule in missing:
        if rule not in seen:
            raise BadArguments(f"no such rule: {rule}", advice=f"Rules are {', '.join(known)}")
