"""Undo over finished documents: some of the applied edits become suggestions again, and all outputs are written anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch.decisions import decided, read_decisions, write_decisions
from pipeline.batch.documents import counts_of, stored_source, write_results
from pipeline.batch.order import unwritable
from pipeline.batch.outcomes import Outcome
from pipeline.batch.stamp import Stamp, read_stamp
from pipeline.batch.verdicts import with_stored_readings
from pipeline.errors import BadArguments, InvalidRecord, UnreadableInput
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger
from pipeline.model import Source
from pipeline.outputs.edits import numbered_edits, read_ledger
from pipeline.repair.policy import ALWAYS, UNDONE, rule_names
from pipeline.result import Result

PAGE_BREAK = "page-break"
Rebuild = Callable[[Source, Ledger, Evidence, Stamp], Result]
"""What makes a document's result, without repairing, of its source, a ledger, its evidence, and its stamp."""


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
    """A finished document of which some edits are to be undone."""

    folder: Path
    choice: Choice
    rebuild: Rebuild

    @property
    def name(self) -> str:
        return str(self.folder)

    def run(self) -> Outcome:
        """Undo, and write all outputs. Raises PipelineError."""
        stamp = read_stamp(self.folder)
        if stamp is None:
            raise UnreadableInput("errata.json is missing or damaged", where=self.folder, advice="Read the document again")
        ledger = read_ledger(self.folder / "edits.jsonl")
        gone = self.chosen()
        if not gone:
            return Outcome(self.name, self.folder, "already done", note="nothing to undo")
        source = stored_source(self.folder, stamp)
        result = self.rebuild(source, without(ledger, gone), read_evidence(self.folder), stamp)
        result, remarks = with_stored_readings(result, self.folder)
        decisions = [*read_decisions(self.folder), *decided(gone, source.text)]
        try:
            write_decisions(self.folder, decisions)
        except OSError as fault:
            raise unwritable(self.folder, fault) from fault
        remarks = (*remarks, *write_results(result, stamp, self.folder))
        return Outcome(self.name, self.folder, "done", counts_of(result), note=summary(gone), remarks=remarks)

    def chosen(self) -> list[Edit]:
        """The applied edits that are meant. Raises BadArguments for a line that holds none."""
        rows = numbered_edits(self.folder / "edits.jsonl")
        states = {line: state for line, state, _ in rows}
        for line in self.choice.lines:
            if states.get(line) != "applied":
                what = f"line {line} of edits.jsonl holds no change that was made"
                raise BadArguments(what, where=self.folder, advice=f"grep -n '\"applied\"' {self.folder}/edits.jsonl lists them")
        return [edit for line, state, edit in rows if state == "applied" and self.choice.takes(edit, line)]


def read_evidence(folder: Path) -> Evidence:
    """The stored evidence of a document. Raises InvalidRecord."""
    path = folder / "evidence.json"
    try:
        return Evidence.from_record(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        advice = "errata repair makes the document again"
        raise InvalidRecord("missing or damaged", where=path, advice=advice) from fault


def without(ledger: Ledger, gone: Sequence[Edit]) -> Ledger:
    """The ledger with the edits `gone` only suggested. Edits stand in source coordinates: the others do not notice."""
    ids = set(gone)
    held = (*ledger.held, *(replace(edit, reason=f"{edit.reason} ({UNDONE})") for edit in gone))
    return replace(
        ledger,
        applied=tuple(edit for edit in ledger.applied if edit not in ids),
        held=tuple(sorted(held, key=lambda edit: edit.place)),
    )


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
