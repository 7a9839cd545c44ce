"""edits.csv: the changes and suggestions, a row each, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.folios import PageNames
from pipeline.ledger import Edit
from pipeline.outputs.cells import table
from pipeline.result import Result

HEADER = ("state", "page", "folio", "kind", "rule", "before", "after", "probability", "reason")


def edits_csv(result: Result) -> str:
    """What was applied and what was only suggested (held), in the order of the source; `page` is the place in the scan order."""
    names = result.names
    rows = [("applied", edit) for edit in result.ledger.applied] + [("held", edit) for edit in result.ledger.held]
    return table(HEADER, [(state, *cells(edit, names)) for state, edit in sorted(rows, key=lambda row: row[1].place)])


def cells(edit: Edit, names: PageNames) -> Iterator[object]:
    yield names.number(edit.page)
    yield names.folio(edit.page)
    yield edit.kind
    yield edit.rule
    yield edit.before
    yield edit.after
    yield f"{edit.probability:.4f}"
    yield edit.reason
