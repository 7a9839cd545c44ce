"""The steps of a document that is digitised, each done by a pool: it is looked at, its pages are read, and it is finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch import readers
from pipeline.batch.claiming import claim
from pipeline.batch.documents import finish, rulings_of, untouchable
from pipeline.batch.limits import too_long
from pipeline.batch.order import Home, Order, Process, is_done, stamp_for
from pipeline.batch.outcomes import Outcome, died, failure
from pipeline.batch.readers import overdue, page_tried
from pipeline.batch.stamp import Stamp, swept
from pipeline.decisions.locking import Locks
from pipeline.decisions.rulings import Rulings
from pipeline.errors import BadArguments, EncryptedPdf, InvalidRecord, ToolFailed, UnreadableInput
from pipeline.ocr.pages import PageRecord, PageRequest, stored
from pipeline.sources.discover import Document
from pipeline.sources.hocr import source_from_ocr
from pipeline.sources.images import Frame, frames


@dataclass(frozen=True, slots=True)
class Begun:
    """A document that has been looked at: its stamp, what people decided about it, and its pages, of which none has been read."""

    stamp: Stamp
    rulings: Rulings
    locks: Locks
    pages: tuple[tuple[int, Frame], ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """A document that is to be looked at."""

    document: Document
    order: Order

    @property
    def folder(self) -> Path:
        """Of its results."""
        return self.order.out / self.document.relative_out

    def run(self) -> Begun | Outcome:
        """What there is to be read of it, or its outcome where it is done already or cannot be read."""
        document, order = self.document, self.order
        folder = self.folder
        try:
            stamp = stamp_for("digitise", document, order)
            if is_done(stamp, folder, order):
                return Outcome(document.name, folder, "already done", content=stamp.inputs)
            locks, kept = untouchable(document.name, folder)
            if kept is not None:
                return kept
            begun = Begun(stamp, rulings_of(folder), locks, tuple(chosen(document, order)))
            if not order.dry_run:
                claim(folder)
                swept(folder)
            return begun
        except Exception as fault:
            return failure(document.name, folder, fault)


@dataclass(frozen=True, slots=True)
class Finish:
    """A document of which every page has been tried. `ocr`: where what was read lies; `numbers`: its pages."""

    stamp: Stamp
    folder: Path
    ocr: Path
    numbers: tuple[int, ...]
    order: Order
    process: Process
    rulings: Rulings

    def run(self) -> Outcome:
        """Repair and write it."""
        try:
            records = [record for number in self.numbers if (record := stored(self.ocr, number)) is not None]
            if len(records) < len(self.numbers):
                advice = "Another program removed it; give the same command again"
                raise InvalidRecord("what was read is missing or damaged", where=self.ocr, advice=advice)
            if all(record.failed for record in records):
                raise unread(records)
            source = source_from_ocr(self.stamp.name, records, self.ocr)
            outcome = finish(source, self.stamp, self.folder, self.order, self.process, self.rulings)
            return replace(outcome, content=self.stamp.inputs)
        except Exception as fault:
            return failure(self.stamp.name, self.folder, fault)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one document: `at` says which. `home`: the output folder as it was when the run began, None in a dry run."""

    at: int
    task: Begin | PageRequest | Finish
    home: Home | None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a step; not `fresh`: it had been done before."""

    at: int
    found: Begun | PageRecord | Outcome
    fresh: bool = True


def do(step: Step) -> Done:
    """Do a step, in this process or another. Raises only what would stop every step: MissingDependency, UnwritableOutput."""
    if step.home is not None:
        step.home.check()
    if isinstance(step.task, PageRequest):
        return Done(step.at, *page_tried(step.task))
    return Done(step.at, step.task.run())


def seconds_for(step: Step) -> float:
    """The longest that a step may take."""
    return step.task.seconds if isinstance(step.task, PageRequest) else step.task.order.settings.document_seconds


def lost(step: Step) -> Done:
    """What comes of a step whose processes die."""
    if isinstance(step.task, PageRequest):
        return Done(step.at, readers.died(step.task))
    return Done(step.at, died(name_of(step.task), folder_of(step.task)))


def late(step: Step) -> Done:
    """What comes of a step that takes too long."""
    if isinstance(step.task, PageRequest):
        return Done(step.at, overdue(step.task))
    error = too_long(name_of(step.task), step.task.order.settings.document_seconds, "document_seconds")
    return Done(step.at, Outcome(name_of(step.task), folder_of(step.task), "failed", error=error))


def name_of(task: Begin | Finish) -> str:
    return task.document.name if isinstance(task, Begin) else task.stamp.name


def folder_of(task: Begin | Finish) -> Path:
    return task.folder


def chosen(document: Document, order: Order) -> list[tuple[int, Frame]]:
    """The frames of a document that were asked for, with their places in the scan order. Raises PipelineError."""
    found: list[Frame] = []
    selected = order.selected
    for path in document.inputs:
        try:
            found += frames(path, order.settings.megapixels * 1_000_000)
        except (UnreadableInput, EncryptedPdf):
            if len(document.inputs) == 1:
                raise
            found.append(Frame(path, 1))  # it is a page that cannot be read, and keeps its place
    numbered = [(number, frame) for number, frame in enumerate(found, 1) if not selected or number in selected]
    if not numbered:
        raise BadArguments(f"there are only {len(found)} pages", where=document.name, advice="Give other --pages")
    return numbered


def unread(records: Sequence[PageRecord]) -> UnreadableInput | ToolFailed:
    """The error for a document without a single page that could be read."""
    what = records[0].failed
    if len(records) > 1:
        what = f"none of its {len(records)} pages could be read; the first: {what}"
    return (ToolFailed if records[0].failed.startswith("Tesseract") else UnreadableInput)(what)
