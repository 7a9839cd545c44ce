"""confidence.csv: a row a line, for spreadsheets."""

from __future__ import annotations

import csv
import io

from pipeline.outputs.folios import page_names
from pipeline.result import Result

HEADER = ("page", "folio", "line", "text", "probability", "expected_wrong", "reasons")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def confidence_csv(result: Result) -> str:
    """Every line that is not blank: `page` is its place in the scan order, from 1, `probability` that all of it is right."""
    names = page_names(result.source, result.ledger, len(result.confidence.pages))
    text = result.draft.text
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for line in result.confidence.lines:
        shown = text[line.start : line.end].strip()
        if shown:
            folio = names.folio(line.page)
            row = (f"{line.probability:.4f}", f"{line.expected_wrong:.4f}", harmless("; ".join(line.reasons)))
            writer.writerow((names.number(line.page), folio, line.line, harmless(shown), *row))
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, "CSV injection"): an apostrophe before what looks like one."""
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell
