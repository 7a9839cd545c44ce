"""The audit sheet: lines for a person to read, as CSV for any spreadsheet, and what comes back in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.confidence.model import LineConfidence
from pipeline.errors import UnreadableInput
from pipeline.outputs.cells import plain, table
from pipeline.result import Result

HEADER = ("page", "folio", "line", "text", "drawn", "wrong")
DRAWN, CHOSEN = "at random", "least sure"
DELIMITERS = ",;\t"
LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line that a person has read: `page` is its place in the scan order, `line` counts from 1 on it, `wrong` of its words are
    wrong; `drawn`: it was drawn at random."""

    page: int
    line: int
    text: str
    drawn: bool
    wrong: int


def audit_sheet(result: Result, lines: Iterable[LineConfidence], *, drawn: bool) -> str:
    """A sheet of `lines`; the last column is for the count of wrong words that a reader finds, beside the scan."""
    names = result.names
    rows = []
    for line in lines:
        text = result.draft.text[line.start : line.end].strip()
        folio = names.folios.get(line.page, "")
        rows.append((names.number(line.page), folio, line.line, text, DRAWN if drawn else CHOSEN, ""))
    return table(HEADER, rows)


def read_sheet(path: Path) -> list[SheetRow]:
    """The lines of a sheet whose last column was filled in. Raises UnreadableInput with the line that is wrong."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise UnreadableInput(f"cannot be read ({fault.strerror})", where=path) from fault
    except UnicodeDecodeError as fault:
        raise UnreadableInput("not UTF-8", where=path, advice="Save the sheet as CSV UTF-8") from fault
    try:
        return list(sheet_rows(text))
    except SheetFault as fault:
        raise UnreadableInput(str(fault), where=f"{path}:{fault.line}", advice="Correct the sheet and try again") from fault


class SheetFault(ValueError):
    """What is wrong with a sheet, and on which line (from 1)."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


def sheet_rows(text: str) -> Iterator[SheetRow]:
    """The rows that were filled in. Raises SheetFault."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    line = 1
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        lacking = [name for name in HEADER if name not in names]
        if lacking:
            raise SheetFault(f"no column {lacking[0]!r}; a sheet begins with {','.join(HEADER)}", line)
        for cells in reader:
            line = reader.line_num
            row = dict(zip(names, cells, strict=False))
            if row.get("wrong", "").strip():
                yield sheet_row(row, line)
    except csv.Error as fault:
        raise SheetFault(f"not CSV ({fault})", line) from fault


def sheet_row(row: dict[str, str], line: int) -> SheetRow:
    page, number, wrong = (whole(row, name, line) for name in ("page", "line", "wrong"))
    text = plain(row["text"]).strip()
    if wrong > len(text.split()):
        raise SheetFault(f"{wrong} wrong words in a line of {len(text.split())}", line)
    if row["drawn"].strip() not in (DRAWN, CHOSEN):
        raise SheetFault(f"drawn is {row['drawn']!r}, neither {DRAWN!r} nor {CHOSEN!r}", line)
    return SheetRow(page, number, text, row["drawn"].strip() == DRAWN, wrong)


def whole(row: dict[str, str], name: str, line: int) -> int:
    cell = row[name].strip()
    if not (cell.isascii() and cell.isdecimal() and len(cell) < LONGEST_NUMBER):
        raise SheetFault(f"{name} is {cell[:40]!r}, which is no whole number", line)
    return int(cell)
