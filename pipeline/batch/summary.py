"""The report on all documents of a run, in the output folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from pipeline.batch.manifest import MANIFEST, write_manifest
from pipeline.batch.order import Order
from pipeline.batch.outcomes import Outcome
from pipeline.errors import MadeLater
from pipeline.outputs.files import write_text
from pipeline.outputs.report.several import FORMAT as BATCH_FORMAT
from pipeline.outputs.report.several import Entry, batch_html, batch_json, read_figures
from pipeline.sources.discover import BATCH, Document

INDEX, OTHER_INDEX = "index.html", "errata-index.html"
OURS = b'<meta name="generator" content="Errata">'
DEEPEST = 8
"""Folders between an output folder and its documents, at most, when the report on them is looked for."""


def summarise(outcomes: Sequence[Outcome], order: Order, documents: Sequence[Document], *, among: bool = False) -> None:
    """Write the manifest, and index.html and batch.json for several documents; nothing in a dry run. Raises UnwritableOutput.

    `among`: these are some of the documents that are listed already. An index.html and a batch.json that are not Errata's are
    left alone.
    """
    if order.dry_run:
        return
    write_manifest(order.out, outcomes, documents)
    entries = {found.folder: found for found in listed(order.out)} if among else {}
    entries |= {found.folder: found for found in (entry(outcome, order.out) for outcome in outcomes)}
    if len(entries) > 1:
        write(order.out, list(entries.values()))


def refresh(folders: Iterable[Path]) -> None:
    """Bring the manifests, and the reports on several documents, up to date in which some finished documents are listed. Raises
    UnwritableOutput."""
    above = {parent for folder in folders for parent in list(folder.resolve().parents)[:DEEPEST]}
    for out in sorted(above):
        if (out / MANIFEST).is_file():
            write_manifest(out)
        if (out / BATCH).is_file() and (found := listed(out)):
            write(out, found)


def listed(out: Path) -> list[Entry]:
    """The documents in the report on several, as they are now; none where it cannot be read: the next run writes it anew."""
    try:
        rows = BATCH_FORMAT.read(json.loads((out / BATCH).read_bytes()))["documents"]
        found = [(PurePosixPath(row["folder"]), str(row["document"]), str(row.get("failed", ""))) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, MadeLater):
        return []
    return [known(folder, name, read_figures(out / folder), failed) for folder, name, failed in found]


def write(out: Path, entries: Sequence[Entry]) -> None:
    if is_list(out / BATCH):
        write_text(out / BATCH, batch_json(entries))
    write_text(out / (INDEX if is_ours(out / INDEX) else OTHER_INDEX), batch_html(entries))


def entry(outcome: Outcome, out: Path) -> Entry:
    """What is known of a document."""
    folder = PurePosixPath(Path(os.path.relpath(outcome.folder, out)).as_posix())
    if outcome.error is not None:
        return Entry(folder, {"document": outcome.name}, " ".join(str(outcome.error).split()))
    return known(folder, outcome.name, read_figures(outcome.folder), "")


def known(folder: PurePosixPath, name: str, found: dict[str, object], failed: str) -> Entry:
    """A document by its figures, where it has any."""
    return Entry(folder, {**found, "document": name}, failed or ("" if found else "report.json is missing or damaged"))


def is_list(path: Path) -> bool:
    """Whether a batch.json may be written: there is none yet, or it is one of Errata's."""
    try:
        return "documents" in json.loads(path.read_bytes())
    except (OSError, ValueError, TypeError, RecursionError):
        return not path.exists()


def is_ours(path: Path) -> bool:
    """Whether an index.html may be written: there is none yet, or it is one of Errata's."""
    try:
        with path.open("rb") as file:
            return OURS in file.read(2000)
    except OSError:
        return not path.exists()
