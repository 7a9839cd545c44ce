"""One document from its text to its results: what was read already, and documents to be repaired again from what was kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pipeline import __version__
from pipeline.batch.claiming import claim, mark_unfinished
from pipeline.batch.decisions import held, locked, remember, take_in
from pipeline.batch.limits import too_long
from pipeline.batch.order import Order, Process, calibration_path, is_done, settings_hash, stamp_for, unwritable
from pipeline.batch.outcomes import Outcome, died, failure
from pipeline.batch.stamp import EMPTY, NAME, TEXT, Stamp, hash_files, read_stamp, sha256_of, stamp_text, swept
from pipeline.batch.verdicts import remark, with_readings
from pipeline.decisions.locking import Locks
from pipeline.decisions.rulings import NOTHING, Rulings
from pipeline.errors import UnreadableInput
from pipeline.model import Source
from pipeline.outputs.files import unified_diff, write_document
from pipeline.result import Result
from pipeline.sources.discover import Document
from pipeline.sources.files import InputFile, read_file, read_folder
from pipeline.sources.hocr import source_from_ocr
from pipeline.sources.splitting import selected_pages
from pipeline.sources.stored import keep_inputs, stored_records, stored_text
from pipeline.whole import write


def untouchable(name: str, folder: Path) -> tuple[Locks, Outcome | None]:
    """What a person has locked of the document in a folder, and its outcome if nothing of it may be changed: it is locked as a
    whole, or its text was changed by hand."""
    locks = locked(folder)
    if locks.whole:
        return locks, locked_outcome(name, folder)
    return locks, changed_by_hand(name, folder)


def changed_by_hand(name: str, folder: Path) -> Outcome | None:
    """The outcome of a document of which `text.txt` is no longer as Errata wrote it; None for any other."""
    stamp = read_stamp(folder)
    try:
        if stamp is None or not stamp.text or sha256_of(folder / TEXT) in (stamp.text, EMPTY):  # a power cut empties files too
            return None
    except OSError:  # it was taken away: to be made anew
        return None
    note = f"{TEXT} was changed by hand, and nothing is changed; move it away to have it made anew"
    return Outcome(name, folder, "locked", note=note)


def finish(source: Source, stamp: Stamp, folder: Path, order: Order, process: Process, rulings: Rulings = NOTHING) -> Outcome:
    """Process a source and write its results and its stamp; in a dry run, only show what would change.

    What people decided about the document before (`rulings`, made before anything was written) holds, lines that were read stay
    read, and formats that were made of it are made again.
    """
    if not order.dry_run:
        take_in(folder)
    said = held(folder)
    result, stale = with_readings(process(source, order.settings, rulings), said.readings)
    remarks = (*map(remark, stale), *result.said, *lost_remarks(result, folder))
    counts = counts_of(result)
    failed = tuple(f"page {page.number}: {page.failed}" for page in source.pages if page.failed)
    if order.dry_run:
        return Outcome(stamp.name, folder, "done", counts, failed, output=unified_diff(result), remarks=remarks)
    earlier = None if order.force else read_stamp(folder)
    stamp = replace(stamp, added=rulings.added, decisions=said.digest)
    stamp = replace(stamp, formats=tuple(sorted({*stamp.formats, *(earlier.formats if earlier else ())})))
    remarks = (*remarks, *write_results(result, stamp, folder))
    remember(folder, source)
    return Outcome(stamp.name, folder, "done", counts, failed, remarks=remarks)


def counts_of(result: Result) -> dict[str, int]:
    """What the stamp and the last line on a document count; `openings`: scans that became two pages; `lines_to_read` of `lines`
    hold most of what is `wrong` still."""
    ledger, left = result.ledger, result.residual
    return {
        "pages": len(result.source.pages),
        "openings": sum(page.label.endswith(", right") for page in result.source.pages),
        "applied": len(ledger.applied),
        "held": len(ledger.held),
        "wrong": round(left.document.expected),
        "wrong_low": left.document.low,
        "wrong_high": left.document.high,
        "lines_to_read": len(left.reading_list().lines),
        "lines": len(left.unread),
    }


def write_results(result: Result, stamp: Stamp, folder: Path) -> tuple[str, ...]:
    """Write all outputs, and the stamp last, and give what there is to say of them. Raises UnwritableOutput."""
    failed = tuple(page.number for page in result.source.pages if page.failed)
    try:
        mark_unfinished(folder)  # nobody takes a half-written folder for a finished one
        remarks = write_document(result, folder, stamp.formats)
        stamp = replace(stamp, counts=counts_of(result), failed=failed, text=sha256_of(folder / TEXT))
        write(folder / NAME, stamp_text(stamp).encode())
    except OSError as fault:
        raise unwritable(folder, fault) from fault
    return remarks


def stored_source(folder: Path, stamp: Stamp) -> Source:
    """The source of a finished document, from what was read and kept. Raises PipelineError."""
    ocr = folder / "ocr"
    if stamp.task == "digitise":
        return source_from_ocr(stamp.name, stored_records(ocr, stamp.selected), ocr)
    images = Path(stamp.images) if stamp.images else None
    return selected_pages(stored_text(ocr, stamp.name, stamp.sources, images, whole=stamp.whole), stamp.selected)


class Job(Protocol):
    """Something to be done with a document, in this process or another."""

    @property
    def name(self) -> str: ...

    @property
    def folder(self) -> Path: ...

    def run(self) -> Outcome:
        """Do it. Raises PipelineError."""


@dataclass(frozen=True, slots=True)
class TextJob:
    """A text, or what an OCR left, to be cleaned, in this process or another."""

    document: Document
    order: Order
    process: Process

    @property
    def name(self) -> str:
        return self.document.name

    @property
    def folder(self) -> Path:
        return self.order.out / self.document.relative_out

    def run(self) -> Outcome:
        """Read, process and write it, unless that has been done already. Raises PipelineError."""
        document, order = self.document, self.order
        stamp = stamp_for("clean", document, order)
        if is_done(stamp, self.folder, order):
            return Outcome(self.name, self.folder, "already done", remarks=document.remarks, content=stamp.inputs)
        _, kept = untouchable(self.name, self.folder)
        if kept is not None:
            return kept
        source = selected_pages(self.read(), order.selected)
        rulings = rulings_of(self.folder)
        if not order.dry_run:
            self.check_unchanged(stamp)  # before anything is written, and then that what is kept is what was read
            claim(self.folder)
            swept(self.folder)
            keep_inputs(document.inputs, self.folder / "ocr", whole=document.whole)
        self.check_unchanged(stamp)
        outcome = finish(source, stamp, self.folder, order, self.process, rulings)
        return replace(outcome, remarks=(*document.remarks, *outcome.remarks), content=stamp.inputs)

    def check_unchanged(self, stamp: Stamp) -> None:
        """Raises UnreadableInput where the files are others than when they were hashed."""
        if hash_files(self.document.inputs)[0] != stamp.inputs:
            advice = "Wait until they are complete, and give the same command again"
            raise UnreadableInput("its files changed while they were read", where=self.name, advice=advice)

    def read(self) -> Source:
        """The document as it came. Raises PipelineError."""
        inputs, images = self.document.inputs, self.order.images
        if self.document.whole:
            return read_folder([InputFile(path, path) for path in inputs], self.name, images)
        return read_file(inputs[0], self.name, images)


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A finished document to be repaired again from what was read."""

    folder: Path
    order: Order
    process: Process

    @property
    def name(self) -> str:
        return str(self.folder)

    def run(self) -> Outcome:
        """Process and write it. Raises PipelineError."""
        earlier = stamp_of(self.folder)
        _, kept = untouchable(self.name, self.folder)
        if kept is not None:
            return kept
        settings = self.order.settings.model_copy(update={"lang": earlier.languages})
        order = replace(self.order, settings=settings)
        hashed = settings_hash(settings, with_scans=earlier.task == "digitise")
        formats, weights = (*earlier.formats, *settings.formats), calibration_path(settings)
        stamp = replace(earlier, settings=hashed, version=__version__, packs=settings.packs, formats=formats, calibration=weights)
        source = stored_source(self.folder, earlier)
        return finish(source, stamp, self.folder, order, self.process, held(self.folder).rulings(self.folder, source))


def rulings_of(folder: Path) -> Rulings:
    """What people decided about the document in a folder, if there is one, before it is made anew. Raises PipelineError."""
    said, stamp = held(folder), read_stamp(folder)
    pages = said.locks.pages if stamp is not None else ()
    return said.rulings(folder, stored_source(folder, stamp) if stamp is not None and pages else None)


def locked_outcome(name: str, folder: Path) -> Outcome:
    """The outcome of a document that a person has finished."""
    return Outcome(name, folder, "locked", note="locked as finished by a person; nothing is changed")


def stamp_of(folder: Path) -> Stamp:
    """The stamp of a finished document. Raises UnreadableInput."""
    stamp = read_stamp(folder)
    if stamp is None:
        raise UnreadableInput("errata.json is missing or damaged", where=folder, advice="Read the document again")
    return stamp


def lost_remarks(result: Result, folder: Path) -> tuple[str, ...]:
    """What is said of decisions without a place."""
    if not result.lost:
        return ()
    count = len(result.lost)
    what = "1 decision finds its place" if count == 1 else f"{count:,} decisions find their places"
    return (f"{what} no more in the text as it was read now; decisions-lost.csv in {folder} lists them",)


def run_job(job: Job) -> Outcome:
    """The outcome of a job, also when it fails. Raises only what every other job would fail of."""
    try:
        return job.run()
    except Exception as fault:
        remarks = job.document.remarks if isinstance(job, TextJob) else ()  # on files beside it, which nobody else names
        return replace(failure(job.name, job.folder, fault), remarks=remarks)


def lost(job: Job) -> Outcome:
    """The outcome of a job whose process died."""
    return died(job.name, job.folder)


def overdue(job: Job, seconds: float) -> Outcome:
    """The outcome of a job that was ended after `seconds`."""
    return Outcome(job.name, job.folder, "failed", error=too_long(job.name, seconds, "document_seconds"))
