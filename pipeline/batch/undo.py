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
from pipeline.batch.outcomes import Outcome, Reporter, died, failure
from pipeline.batch.pool import Pool
from pipeline.batch.texts import run_texts
from pipeline.decisions.anchoring import Anchors
from pipeline.decisions.finding import document_name, opened, store_for
from pipeline.decisions.model import Decision
from pipeline.decisions.recording import Row, record_rows, row
from pipeline.errors import BadArguments
from pipeline.ledger import Edit
from pipeline.outputs.edits import numbered_edits, read_ledger
from pipeline.repair.policy import ALWAYS, rule_names

PAGE_BREAK = "page-break"
LEDGER = "edits.jsonl"


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
class Found:
    """What is to be undone of a document, as rows of decisions for the log at `log`, and what is said of it."""

    folder: Path
    log: Path
    rows: tuple[Row, ...]
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class FindJob:
    """A finished document in which edits are looked for that are to be undone."""

    folder: Path
    choice: Choice

    @property
    def name(self) -> str:
        return str(self.folder)

    def run(self) -> Found | Outcome:
        """The edits, or the outcome of a document in which nothing is to be undone. Raises only what would stop all."""
        try:
            return self.found()
        except Exception as fault:
            return failure(self.name, self.folder, fault)

    def found(self) -> Found | Outcome:
        folder, name = self.folder, self.name
        stamp = stamp_of(folder)
        gone = self.chosen()
        if not gone:
            return Outcome(name, folder, "already done", note="nothing to undo")
        _, kept = untouchable(name, folder)
        if kept is not None:
            return kept
        read_evidence(folder)
        keep_earlier(folder)
        log = store_for([folder])
        decisions = kept_as_read(gone, Anchors(stored_source(folder, stamp)), document_name(folder, log))
        return Found(folder, log, tuple(map(row, decisions)), Counter(edit.rule for edit in gone))

    def chosen(self) -> list[Edit]:
        """The applied edits that are meant. Raises BadArguments for a line that holds none."""
        rows = numbered_edits(self.folder / LEDGER)
        states = {line: state for line, state, _ in rows}
        for line in self.choice.lines:
            if states.get(line) != "applied":
                what = f"line {line} of edits.jsonl holds no change that was made"
                raise BadArguments(what, where=self.folder, advice=f"grep -n '\"applied\"' {self.folder}/edits.jsonl lists them")
        return [edit for line, state, edit in rows if state == "applied" and self.choice.takes(edit, line)]


@dataclass(frozen=True, slots=True)
class UndoneJob:
    """A document of which edits are undone in the log, and whose results are to be made anew."""

    folder: Path
    rebuild: Rebuild
    note: str

    @property
    def name(self) -> str:
        return str(self.folder)

    def run(self) -> Outcome:
        """Write all outputs. Raises PipelineError."""
        outcome = applied(self.folder, stamp_of(self.folder), held(self.folder), self.rebuild)
        return replace(outcome, note=self.note)


def undo_in(
    folders: Sequence[Path], choice: Choice, rebuild: Rebuild, report: Reporter, *, reader: str, pool: Pool
) -> list[Outcome]:
    """Undo edits of finished documents: first all of them in the log, by one step, then in the results. Raises PipelineError."""
    outcomes: list[Outcome] = []
    found: list[Found] = []

    def on_found(one: Found | Outcome) -> None:
        report.advance(str(one.folder))
        if isinstance(one, Found):
            found.append(one)
        else:
            report.finished(one)
            outcomes.append(one.slim())

    report.begin(len(folders), "documents looked through")
    try:
        pool.run((FindJob(folder, choice) for folder in folders), FindJob.run, lost_in_finding, on_found)
    finally:
        report.end()
    for log in sorted({one.log for one in found}):
        put_down([one for one in found if one.log == log], log, reader)
    jobs = [UndoneJob(one.folder, rebuild, summary(one.counts)) for one in found]
    return outcomes + (run_texts(jobs, 1, report, pool) if jobs else [])


def lost_in_finding(job: FindJob) -> Found | Outcome:
    """The outcome of a document whose process died."""
    return died(job.name, job.folder)


def put_down(found: Sequence[Found], log: Path, reader: str) -> None:
    """Write into a log that what was read stays at the places of the edits: undone together, by one step."""
    counts = sum((one.counts for one in found), Counter[str]())
    name = document_name(found[0].folder, log) if len(found) == 1 else f"{len(found):,} documents"
    store = opened(log)
    with store.writing() as connection:
        step = store.begin_step(connection, reader, f"{name}: {summary(counts)}")
        for one in found:
            record_rows(connection, step, one.rows)


def kept_as_read(gone: Sequence[Edit], anchors: Anchors, document: str) -> Iterator[Decision]:
    """The decisions that undo edits, one for each place that an edit changed, so that each is found again by itself."""
    for edit in gone:
        for change in edit.changes:
            anchor, span = anchors.at(change.start, change.end), ((change.start, change.end),)
            yield Decision(uuid4().hex, "", document, "keep", anchor, change.before, span, (), edit.rule, conjecture=True)


def summary(counts: Counter[str]) -> str:
    """`12 repairs undone: 8 quotes, 4 line-end-hyphen`."""
    gone = counts.total()
    named = ", ".join(f"{n:,} {rule}" for rule, n in counts.most_common())
    return f"{gone:,} repair{'' if gone == 1 else 's'} undone: {named}"


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
