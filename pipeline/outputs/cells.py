"""Tables as CSV, of which no spreadsheet takes a cell for a formula, and the way back to what a cell stands for.

A text that could be one gets an apostrophe before it, and so does one that would then look as if it had got one (OWASP, "CSV
injection").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""How a cell begins that a spreadsheet would calculate, apostrophes before it included."""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a line for its header and one for each row; texts are made `harmless`, numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def plain(cell: str) -> str:
    """The text of a cell: `plain(harmless(text)) == text`; also where a spreadsheet has taken the apostrophe away."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
