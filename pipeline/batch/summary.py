"""The report on all documents of a run, in the output folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipeline.batch.order import Order
from pipeline.batch.outcomes import Outcome
from pipeline.outputs.files import write_text
from pipeline.outputs.report.several import Entry, batch_html, batch_json, read_figures

INDEX, OTHER_INDEX, FIGURES = "index.html", "errata-index.html", "batch.json"
OURS = b'<meta name="generator" content="Errata">'


def summarise(outcomes: Sequence[Outcome], order: Order) -> None:
    """Write index.html and batch.json for several documents; nothing for one, or in a dry run. Raises UnwritableOutput.

    An index.html that is not Errata's is left alone.
    """
    if order.dry_run or len(outcomes) < 2:
        return
    entries = [entry(outcome, order.out) for outcome in outcomes]
    write_text(order.out / FIGURES, batch_json(entries))
    write_text(order.out / (INDEX if is_ours(order.out / INDEX) else OTHER_INDEX), batch_html(entries))


def entry(outcome: Outcome, out: Path) -> Entry:
    """What is known of a document."""
    folder = PurePosixPath(Path(os.path.relpath(outcome.folder, out)).as_posix())
    if outcome.error is not None:
        return Entry(folder, {"document": outcome.name}, " ".join(str(outcome.error).split()))
    found = read_figures(outcome.folder)
    return Entry(folder, {**found, "document": outcome.name}, "" if found else "report.json is missing or damaged")


def is_ours(path: Path) -> bool:
    """Whether an index.html may be written: there is none yet, or it is one of Errata's."""
    try:
        with path.open("rb") as file:
            return OURS in file.read(2000)
    except OSError:
        return not path.exists()
