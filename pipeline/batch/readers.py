"""Pages read side by side by a pool; one whose reader dies or takes too long is a failed record, stored like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.batch.limits import too_long
from pipeline.batch.pool import Pool
from pipeline.batch.workers import LocalPool
from pipeline.ocr.pages import PageRecord, PageRequest, store


def run_pages(
    requests: Sequence[PageRequest],
    jobs: int,
    on_done: Callable[[PageRecord], None],
    read: Callable[[PageRequest], PageRecord] | None = None,
    pool: Pool | None = None,
) -> None:
    """Read pages with `jobs` processes, or with a `pool`, and call `on_done` here for each, in the order they are done. A single
    page is read by this process, unless an engine might take it along when it crashes. `read`: what reads a page,
    `batch.pages.read_page` unless given. Raises as `Pool.run`.
    """
    apart = any(runs_in_process(request.engine) for request in requests)
    local = LocalPool(jobs, few=1, apart=apart, seconds=lambda request: request.seconds, late=overdue)
    (pool or local).run(requests, read or page_reader(), died, on_done)


def runs_in_process(engine: str) -> bool:
    """Whether what reads a page runs in the process that asks for it."""
    from pipeline.ocr.recognition import ENGINES, chosen

    return ENGINES[chosen(engine)].in_process


def page_reader() -> Callable[[PageRequest], PageRecord]:
    """What reads a page; imported when it is wanted, as it brings OpenCV, which texts can do without."""
    from pipeline.batch.pages import read_page

    return read_page


def page_tried(request: PageRequest) -> tuple[PageRecord, bool]:
    """What came of a page, and whether it had to be read. Raises as `batch.pages.read_page`."""
    from pipeline.batch.pages import tried

    return tried(request)


def died(request: PageRequest) -> PageRecord:
    """The record of a page that ends every process that reads it, stored like any other."""
    why = "out of memory, or hung; try --engine pytesseract" if runs_in_process(request.engine) else "out of memory?"
    return gone(request, f"{request.path}: the process that read this page died ({why})")


def overdue(request: PageRequest) -> PageRecord:
    """The record of a page that took too long, stored like any other."""
    return gone(request, " ".join(str(too_long(str(request.path), request.seconds, "page_seconds")).split()))


def gone(request: PageRequest, why: str) -> PageRecord:
    record = PageRecord(request.number, str(request.path), request.frame, languages=request.languages, failed=why)
    store(request.out, record, None)
    return record
