"""edits.jsonl: the ledger, a line an edit, and how it is read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import InvalidRecord, MadeLater
from pipeline.formats import Format
from pipeline.ledger import Edit, Ledger, Settled, edit_from_record, edit_record, fields_of

FORMAT = Format("errata-edits")


def edits_jsonl(ledger: Ledger, settings: Mapping[str, Any] | None = None) -> str:
    """A header, then what was applied, what is only suggested, and what was protected, each in the order of the source."""
    return "".join(row + "\n" for row in rows(ledger, settings))


def rows(ledger: Ledger, settings: Mapping[str, Any] | None) -> Iterator[str]:
    header: dict[str, Any] = {**FORMAT.head, "source_length": ledger.length}
    yield to_json({**header, "settings": settings} if settings is not None else header)
    yield from (to_json(edit_record(edit, "applied")) for edit in ledger.applied)
    yield from (to_json(edit_record(edit, "held")) for edit in ledger.held)
    yield from (to_json({"state": "settled", **fields_of(span)}) for span in ledger.settled)


def to_json(record: Mapping[str, Any]) -> str:
    """One line; characters that UTF-8 cannot hold (lone surrogates) or that some readers take for line ends are escaped."""
    line = json.dumps(record, ensure_ascii=False)
    safe = line.isprintable() or not any("\ud800" <= c <= "\udfff" or c in "\x85\u2028\u2029" for c in line)
    return line if safe else json.dumps(record)


def read_ledger(source: Path | Iterable[str]) -> Ledger:
    """The ledger that `edits_jsonl` wrote, from its file or its lines. Raises InvalidRecord with the line that is wrong."""
    found: dict[str, list[Edit]] = {"applied": [], "held": []}
    settled: list[Settled] = []
    length = -1
    for _, row in numbered_rows(source):
        if isinstance(row, int):
            length = row
        elif isinstance(row, Settled):
            settled.append(row)
        else:
            found[row[0]].append(row[1])
    return Ledger(length, tuple(found["applied"]), tuple(found["held"]), tuple(settled))


def numbered_edits(source: Path | Iterable[str]) -> list[tuple[int, str, Edit]]:
    """(line from 1, applied or held, edit) of every edit that `edits_jsonl` wrote. Errors as for `read_ledger`."""
    return [(number, *row) for number, row in numbered_rows(source) if isinstance(row, tuple)]


def numbered_rows(source: Path | Iterable[str]) -> Iterator[tuple[int, int | Settled | tuple[str, Edit]]]:
    """Every line with its number, from 1: the length of the source first, then edits with their state, and settled spans."""
    where = source if isinstance(source, Path) else None
    begun = False
    for number, line in enumerate(read_lines(source), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found = read_row(row) if begun else read_header(row, where)
        except MadeLater:
            raise
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError, RecursionError, InvalidRecord) as error:
            raise InvalidRecord(f"line {number} is not a row of the ledger: {error}", where=where) from error
        begun = True
        yield number, found
    if not begun:
        raise InvalidRecord("the ledger is empty", where=where)


def read_row(row: Mapping[str, Any]) -> Settled | tuple[str, Edit]:
    if row["state"] == "settled":
        return Settled(row["start"], row["end"], row["reason"])
    if row["state"] not in ("applied", "held"):
        raise ValueError(f"unknown state {row['state']!r}")
    return row["state"], edit_from_record(dict(row))


def read_lines(source: Path | Iterable[str]) -> Iterable[str | bytes]:
    if not isinstance(source, Path):
        return source
    try:
        return source.read_bytes().split(b"\n")
    except OSError as error:
        raise InvalidRecord("the ledger cannot be read", where=source, advice="Run errata again on the source") from error


def read_header(row: Mapping[str, Any], where: Path | None) -> int:
    return int(FORMAT.read(row, where)["source_length"])
