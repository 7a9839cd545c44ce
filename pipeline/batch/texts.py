"""Many documents worked through by local processes. A worker that dies costs its document, not the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from pipeline.batch.documents import Job, lost, overdue, run_job
from pipeline.batch.journal import Journal
from pipeline.batch.limits import is_limited, memory_limit
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.pool import Pool
from pipeline.batch.workers import LocalPool
from pipeline.settings import Settings

FEW = 4
"""Documents that are done before workers would have started."""


def pool_for(settings: Settings) -> LocalPool:
    """The processes of this machine that settings allow for documents, within their limits."""
    seconds = settings.document_seconds
    late, limit = partial(overdue, seconds=seconds), lambda job: seconds
    return LocalPool(settings.jobs, FEW, is_limited(settings), memory_limit(settings), limit, late)


def run_texts(
    jobs: Sequence[Job],
    processes: int,
    report: Reporter,
    pool: Pool | None = None,
    journal: Journal | None = None,
    settings: str = "",
) -> list[Outcome]:
    """Do all jobs, `processes` at a time or with a `pool`, and report each as it is done. The `journal` has them with a hash of
    the `settings`. Raises what would make an end of all of them."""
    outcomes: list[Outcome] = []
    journal = journal or Journal()

    def waiting() -> Iterator[Job]:
        for job in jobs:
            journal.started(journal.named(job.folder))
            yield job

    def on_done(outcome: Outcome) -> None:
        journal.outcome(outcome, settings)
        report.finished(outcome)
        report.advance(outcome.name)
        outcomes.append(outcome.slim())

    journal.expect((journal.named(job.folder), 0) for job in jobs)
    report.begin(len(jobs), "documents")
    try:
        (pool or LocalPool(processes, FEW)).run(waiting(), run_job, lost, on_done)
    finally:
        report.end()
    return outcomes
