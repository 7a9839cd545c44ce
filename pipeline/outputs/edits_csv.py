"""edits.csv: the changes and suggestions, a row each, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pipeline.ledger import Edit
from pipeline.outputs.confidence import harmless
from pipeline.outputs.folios import PageNames, page_names
from pipeline.result import Result

HEADER = ("state", "page", "folio", "kind", "rule", "before", "after", "probability", "reason")


def edits_csv(result: Result) -> str:
    """What was applied and what was only suggested (held), in the order of the source; `page` is the place in the scan order."""
    names = page_names(result.source, result.ledger, len(result.draft.pages))
    rows = [("applied", edit) for edit in result.ledger.applied] + [("held", edit) for edit in result.ledger.held]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for state, edit in sorted(rows, key=lambda row: row[1].place):
        writer.writerow((state, *cells(edit, names)))
    return out.getvalue()


def cells(edit: Edit, names: PageNames) -> Iterator[str]:
    yield str(names.number(edit.page))
    yield harmless(names.folio(edit.page))
    yield edit.kind
    yield edit.rule
    yield harmless(edit.before)
    yield harmless(edit.after)
    yield f"{edit.probability:.4f}"
    yield harmless(edit.reason)
