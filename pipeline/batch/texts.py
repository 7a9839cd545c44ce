"""Many documents worked through by local processes. A worker that dies costs its document, not the others."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.batch.documents import Job, lost, run_job
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.pool import Pool
from pipeline.batch.workers import LocalPool

FEW = 4
"""Documents that are done before workers would have started."""


def run_texts(jobs: Sequence[Job], processes: int, report: Reporter, pool: Pool | None = None) -> list[Outcome]:
    """Do all jobs, `processes` at a time or with a `pool`, and report each as it is done. Raises what would make an end of all of
    them."""
    outcomes: list[Outcome] = []

    def on_done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        report.finished(outcome)
        report.advance(outcome.name)

    report.begin(len(jobs), "documents")
    try:
        (pool or LocalPool(processes, few=FEW)).run(jobs, run_job, lost, on_done)
    finally:
        report.end()
    return outcomes
