"""Scans of many documents read side by side, and each document finished, side by side too, when its last page is read.

What is to be done is made out only when there is room for it, so that memory does not grow with the number of pages.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch.journal import READ, Journal, Row
from pipeline.batch.limits import memory_limit
from pipeline.batch.order import Order, Process, home_of, settings_hash
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.pool import Pool
from pipeline.batch.readers import runs_in_process
from pipeline.batch.steps import Begin, Begun, Done, Finish, Step, do, late, lost, seconds_for
from pipeline.batch.workers import LocalPool
from pipeline.ocr.pages import PageRecord, PageRequest
from pipeline.sources.discover import PDF_SUFFIX, Document
from pipeline.sources.images import MANY_PAGED

LAST = 4
"""Pages for each process that are the last of a run."""
BOOKS = MANY_PAGED | {PDF_SUFFIX}


@dataclass(slots=True)
class Reading:
    """A document whose pages are being read, and how many are left."""

    begun: Begun
    folder: Path
    ocr: Path
    left: int


def read_scans(
    documents: Sequence[Document],
    order: Order,
    report: Reporter,
    process: Process,
    journal: Journal | None = None,
    pool: Pool | None = None,
) -> list[Outcome]:
    """Read all pages of all documents with the workers that the settings allow, or with a `pool`. Raises what would make an end
    of all of them."""
    settings = order.settings
    alone = len(documents) == 1 and is_single(documents[0]) and not runs_in_process(settings.engine)
    local = LocalPool(settings.jobs, 1, not alone, memory_limit(settings), seconds_for, late)
    with ocr_root(order) as root:
        flow = Flow(documents, order, root, report, process, journal or Journal())
        report.begin(flow.total(), "pages")
        try:
            while flow.left:
                (pool or local).run(flow, do, lost, flow.take)
        finally:
            report.end()
    return flow.outcomes


def is_single(document: Document) -> bool:
    """Whether a document is one image, which is read before a worker would have started."""
    return len(document.inputs) == 1 and document.inputs[0].suffix.casefold() != PDF_SUFFIX


class Flow:
    """The steps of a run over scans, made out one by one: what is ready of documents that are begun comes first."""

    def __init__(
        self, documents: Sequence[Document], order: Order, root: Path, report: Reporter, process: Process, journal: Journal
    ) -> None:
        self.documents, self.order, self.root, self.process = documents, order, root, process
        self.report, self.journal, self.home = report, journal, home_of(order)
        self.names = [journal.named(order.out / document.relative_out) for document in documents]
        self.hashed = settings_hash(order.settings, with_scans=True)
        self.next = 0
        self.finishing: deque[Step] = deque()
        self.pages: deque[Step] = deque()
        self.open: dict[int, Reading] = {}
        self.outcomes: list[Outcome] = []
        self.read = self.found = self.books = 0
        self.unknown = sum(map(is_book, documents))
        self.known = sum(len(document.inputs) for document in documents if not is_book(document))
        journal.expect((name, len(document.inputs)) for name, document in zip(self.names, documents, strict=True))

    @property
    def left(self) -> int:
        """How many documents are not done."""
        return len(self.documents) - len(self.outcomes)

    def total(self) -> int:
        """How many pages there are; of books that nobody has looked into yet, as many as in the others on average."""
        return self.known + round(self.unknown * (self.found / self.books if self.books else 1))

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        """The next step; StopIteration also where it depends on others that are not done yet."""
        if self.finishing:
            return self.finishing.popleft()
        if self.pages:
            if self.next == len(self.documents) and len(self.pages) == LAST * self.order.settings.jobs:
                self.pages = deque(sorted(self.pages, key=size, reverse=True))  # a large one at the end would be waited for
            step = self.pages.popleft()
            if isinstance(step.task, PageRequest):
                self.journal.started(self.names[step.at], step.task.number, READ)
            return step
        if self.next == len(self.documents):
            raise StopIteration
        self.next += 1
        self.journal.started(self.names[self.next - 1])
        return self.step(self.next - 1, Begin(self.documents[self.next - 1], self.order))

    def step(self, at: int, task: Begin | PageRequest | Finish) -> Step:
        return Step(at, task, self.home)

    def take(self, done: Done) -> None:
        """Go on with what came of a step."""
        if isinstance(done.found, Begun):
            self.begin(done.at, done.found)
        elif isinstance(done.found, PageRecord):
            self.page(done.at, done.found, done.fresh)
        else:
            self.settle(done.at, done.found)

    def begin(self, at: int, begun: Begun) -> None:
        """The pages of a document that has been looked at wait to be read."""
        document = self.documents[at]
        ocr = self.root / document.relative_out / "ocr"
        self.open[at] = Reading(begun, self.order.out / document.relative_out, ocr, len(begun.pages))
        self.pages += (self.step(at, request) for request in requests(begun, self.open[at], self.order))
        self.journal.opened(self.names[at], (number for number, _ in begun.pages))
        self.count(document, len(begun.pages))

    def count(self, document: Document, pages: int) -> None:
        """A document turns out to have so many pages to be read."""
        if is_book(document):
            self.unknown -= 1
            self.books, self.found = self.books + (pages > 0), self.found + pages
            self.known += pages
        else:
            self.known += pages - len(document.inputs)
        self.report.expect(self.total())

    def page(self, at: int, record: PageRecord, fresh: bool) -> None:
        """A page has been tried; after its last one a document is ready to be finished."""
        reading, name = self.open[at], self.documents[at].name
        reading.left -= 1
        row = Row("failed" if record.failed else "done", record.failed, record.digest, record.read_with)
        self.journal.ended((self.names[at], record.number, READ), row, fresh=fresh)
        self.report.advance(f"{name} page {record.number}")
        if not reading.left:
            numbers = tuple(number for number, _ in reading.begun.pages)
            begun = reading.begun
            task = Finish(begun.stamp, reading.folder, reading.ocr, numbers, self.order, self.process, begun.rulings)
            self.finishing.append(self.step(at, task))

    def settle(self, at: int, outcome: Outcome) -> None:
        """A document is done, or failed."""
        document = self.documents[at]
        if self.open.pop(at, None) is None:  # it never came to its pages
            self.count(document, 0)
        outcome = replace(outcome, remarks=(*document.remarks, *outcome.remarks))
        self.journal.outcome(outcome, self.hashed)
        self.report.finished(outcome)
        self.outcomes.append(outcome.slim())


def is_book(document: Document) -> bool:
    """Whether nobody knows how many pages a document has before it is looked into."""
    return len(document.inputs) == 1 and document.inputs[0].suffix.casefold() in BOOKS


def requests(begun: Begun, reading: Reading, order: Order) -> Iterator[PageRequest]:
    """The pages of a document, to be read as the settings say."""
    settings = order.settings
    kept = reading.folder / "images" if settings.keep_images and not order.dry_run else None
    common = PageRequest(
        Path(),
        1,
        0,
        reading.ocr,
        settings.lang,
        keep_images=kept,
        force=order.force,
        text_layer=settings.use_text_layer,
        split=settings.split,
        effort=settings.effort,
        packs=settings.packs,
        engine=settings.engine,
        seconds=settings.page_seconds,
        pixels=settings.megapixels * 1_000_000,
    )
    for number, frame in begun.pages:
        yield replace(common, path=frame.path, frame=frame.number, number=number, locked=number in begun.locks.pages)


def size(step: Step) -> int:
    """Bytes of the file of a page; 0 where there is none."""
    try:
        return step.task.path.stat().st_size if isinstance(step.task, PageRequest) else 0
    except OSError:
        return 0


@contextmanager
def ocr_root(order: Order) -> Iterator[Path]:
    """The folder under which what is read is kept: the output folder, or, in a dry run, one that is gone afterwards."""
    if not order.dry_run:
        yield order.out
        return
    with tempfile.TemporaryDirectory(prefix="errata-") as folder:
        yield Path(folder)
