"""Scans of many documents read side by side, and each document finished when its last page is read."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.batch.claiming import claim
from pipeline.batch.decisions import locked
from pipeline.batch.documents import finish, locked_outcome, rulings_of
from pipeline.batch.order import Order, Process, is_done, stamp_for
from pipeline.batch.outcomes import Outcome, Reporter, failure
from pipeline.batch.readers import run_pages
from pipeline.batch.stamp import Stamp
from pipeline.decisions.rulings import Rulings
from pipeline.errors import BadArguments, EncryptedPdf, PipelineError, ToolFailed, UnreadableInput
from pipeline.ocr.pages import PageRecord, PageRequest
from pipeline.sources.discover import Document
from pipeline.sources.hocr import source_from_ocr
from pipeline.sources.images import Frame, frames, is_pdf, opened

Key = tuple[str, int, int]

LAST = 4
"""Pages for each process that are the last of a run."""


@dataclass(slots=True)
class Reading:
    """A document whose pages are being read: those that are done, and how many there are."""

    stamp: Stamp
    folder: Path
    ocr: Path
    pages: int
    rulings: Rulings
    records: list[PageRecord] = field(default_factory=list)


def read_scans(documents: Sequence[Document], order: Order, report: Reporter, process: Process) -> list[Outcome]:
    """Read all pages of all documents with the workers that the settings allow. Raises what would make an end of all of them."""
    outcomes: list[Outcome] = []
    expected: dict[Key, deque[Reading]] = {}
    requests: list[PageRequest] = []

    said = {document.name: document.remarks for document in documents}

    def settle(outcome: Outcome) -> None:
        outcome = replace(outcome, remarks=(*said[outcome.name], *outcome.remarks))
        outcomes.append(outcome)
        report.finished(outcome)

    def on_done(record: PageRecord) -> None:
        reading = expected[record.path, record.frame, record.number].popleft()
        reading.records.append(record)
        report.advance(f"{reading.stamp.name} page {record.number}")
        if len(reading.records) == reading.pages:
            settle(completed(reading, order, process))

    with ocr_root(order) as root:
        for document in documents:
            begun = begin(document, order, root)
            if isinstance(begun, Outcome):
                settle(begun)
                continue
            reading, wanted = begun
            requests += wanted
            for request in wanted:
                expected.setdefault((str(request.path), request.frame, request.number), deque()).append(reading)
        report.begin(len(requests), "pages")
        try:
            jobs = min(order.settings.jobs, max(1, len(requests)))
            run_pages(ending_evenly(requests, jobs), jobs, on_done)
        finally:
            report.end()
    return outcomes


def ending_evenly(requests: Sequence[PageRequest], jobs: int) -> list[PageRequest]:
    """The requests in their order, but of the last ones the largest first: a large page at the very end would be waited for by
    all other processes."""
    last = len(requests) - LAST * jobs if jobs > 1 else len(requests)
    return [*requests[: max(0, last)], *sorted(requests[max(0, last) :], key=pixels, reverse=True)]


def pixels(request: PageRequest) -> int:
    """Pixels of an image by its header; 0 for what says nothing so soon, as PDFs and broken files."""
    try:
        if is_pdf(request.path):
            return 0
        with opened(request.path) as image:
            return image.width * image.height
    except (PipelineError, OSError):
        return 0


@contextmanager
def ocr_root(order: Order) -> Iterator[Path]:
    """The folder under which what is read is kept: the output folder, or, in a dry run, one that is gone afterwards."""
    if not order.dry_run:
        yield order.out
        return
    with tempfile.TemporaryDirectory(prefix="errata-") as folder:
        yield Path(folder)


def begin(document: Document, order: Order, root: Path) -> Outcome | tuple[Reading, list[PageRequest]]:
    """The pages to be read of a document, or its outcome where it is done already or cannot be read."""
    folder = order.out / document.relative_out
    try:
        stamp = stamp_for("digitise", document, order)
        if is_done(stamp, folder, order):
            return Outcome(document.name, folder, "already done")
        locks = locked(folder)
        if locks.whole:
            return locked_outcome(document.name, folder)
        rulings = rulings_of(folder)
        wanted = chosen(document, order.selected)
        if not order.dry_run:
            claim(folder)
    except Exception as fault:
        return failure(document.name, folder, fault)
    ocr = root / document.relative_out / "ocr"
    kept = folder / "images" if order.settings.keep_images and not order.dry_run else None
    settings = order.settings
    requests = [
        PageRequest(
            f.path,
            f.number,
            n,
            ocr,
            settings.lang,
            keep_images=kept,
            force=order.force,
            text_layer=settings.use_text_layer,
            split=settings.split,
            effort=settings.effort,
            packs=settings.packs,
            engine=settings.engine,
            locked=n in locks.pages,
        )
        for n, f in wanted
    ]
    return Reading(stamp, folder, ocr, len(requests), rulings), requests


def chosen(document: Document, selected: Sequence[int]) -> list[tuple[int, Frame]]:
    """The frames of a document that were asked for, with their places in the scan order. Raises PipelineError."""
    found: list[Frame] = []
    for path in document.inputs:
        try:
            found += frames(path)
        except (UnreadableInput, EncryptedPdf):
            if len(document.inputs) == 1:
                raise
            found.append(Frame(path, 1))  # it is a page that cannot be read, and keeps its place
    numbered = [(number, frame) for number, frame in enumerate(found, 1) if not selected or number in selected]
    if not numbered:
        raise BadArguments(f"there are only {len(found)} pages", where=document.name, advice="Give other --pages")
    return numbered


def completed(reading: Reading, order: Order, process: Process) -> Outcome:
    """The outcome of a document of which every page has been tried."""
    try:
        records = sorted(reading.records, key=lambda record: record.number)
        if all(record.failed for record in records):
            raise unread(records)
        source = source_from_ocr(reading.stamp.name, records, reading.ocr)
        return finish(source, reading.stamp, reading.folder, order, process, reading.rulings)
    except Exception as fault:
        return failure(reading.stamp.name, reading.folder, fault)


def unread(records: Sequence[PageRecord]) -> UnreadableInput | ToolFailed:
    """The error for a document without a single page that could be read."""
    what = records[0].failed
    if len(records) > 1:
        what = f"none of its {len(records)} pages could be read; the first: {what}"
    return (ToolFailed if records[0].failed.startswith("Tesseract") else UnreadableInput)(what)
