"""Many documents worked through by local processes. A worker that dies costs its document, not the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from pipeline.batch.documents import Job, lost, run_job
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.workers import run_pool

FEW = 4
"""Documents that are done before workers would have started."""


def run_texts(jobs: Sequence[Job], processes: int, report: Reporter) -> list[Outcome]:
    """Do all jobs, `processes` at a time, and report each as it is done. Raises what would make an end of all of them."""
    outcomes: list[Outcome] = []

    def on_done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        report.finished(outcome)
        report.advance(outcome.name)

    report.begin(len(jobs), "documents")
    try:
        if processes <= 1 or len(jobs) <= FEW:
            for job in jobs:
                on_done(run_job(job))
        else:
            run_pools(deque(jobs), processes, on_done)
    finally:
        report.end()
    return outcomes


def run_pools(waiting: deque[Job], processes: int, on_done: Callable[[Outcome], None]) -> None:
    """Work through `waiting`; jobs that were under way when a worker died are tried once more, each alone."""
    while waiting:
        for suspect in run_pool(waiting, min(processes, len(waiting)), on_done, run_job):
            if run_pool(deque([suspect]), 1, on_done, run_job):
                on_done(lost(suspect))
