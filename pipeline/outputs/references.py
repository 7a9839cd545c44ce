"""references.csv: the index of archival references, a row a thing cited, for spreadsheets and catalogue searches."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pipeline.outputs.confidence import harmless
from pipeline.outputs.folios import PageNames, page_names
from pipeline.references.index import Row, rows
from pipeline.result import Result

HEADER = ("reference", "kind", "series", "piece", "raw_forms", "pages", "folios", "notes", "count", "certain", "doubts")


def references_csv(result: Result) -> str:
    """Every archival reference. `pages` are places in the scan order, from 1; `folios` and `notes` stand in their order,
    `none` where a page has no printed number or the reference is in the running text."""
    names = page_names(result.source, result.ledger, len(result.draft.pages))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows(result.references):
        writer.writerow([harmless(cell) for cell in cells(row, names)])
    return out.getvalue()


def cells(row: Row, names: PageNames) -> tuple[str, ...]:
    """A row as text."""
    return (
        row.reference,
        row.kind.value,
        row.series,
        row.piece,
        "; ".join(row.met),
        "; ".join(str(names.number(page)) for page, _ in row.places),
        joined(names.folio(page) for page, _ in row.places),
        joined("" if note is None else str(note) for _, note in row.places),
        str(row.count),
        "yes" if row.certain else "no",
        "; ".join(doubt.told(names.shown) for doubt in row.doubts),
    )


def joined(entries: Iterable[str]) -> str:
    """One entry for each page, so that columns can be read side by side; nothing where all are empty."""
    listed = list(entries)
    return "; ".join(entry or "none" for entry in listed) if any(listed) else ""
