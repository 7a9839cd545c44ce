"""The log of decisions as JSON Lines, to be kept, passed on, and taken in by another project: a header, then every step with what
was decided in it, also where it was undone. What is known already is left alone, so that a file can be taken in twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.decisions.exchanged import LONGEST_LINE, RECORDS, TABLES, Header, StepRecord
from pipeline.decisions.store import Store
from pipeline.errors import InvalidRecord
from pipeline.formats import Format

FORMAT = Format("errata-review")


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in: so many steps and decisions, and how many steps were known already."""

    steps: int
    decisions: int
    known: int


def exported(store: Store) -> Iterator[str]:
    """The log, a line at a time."""
    yield line(FORMAT.head)
    connection = store.connection
    for step in connection.execute("SELECT * FROM steps ORDER BY number").fetchall():
        yield line({"type": "step", **{name: step[name] for name in StepRecord.model_fields if name != "type"}})
        for table, kind in TABLES.items():
            names = [name for name in kind.model_fields if name not in ("type", "step")]
            quoted = ", ".join(f'"{name}"' for name in names)
            for row in connection.execute(f"SELECT {quoted} FROM {table} WHERE step = ? ORDER BY number", (step["number"],)):
                yield line({"type": kind.model_fields["type"].default, "step": step["id"], **from_row(dict(row))})


def from_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its parts that are JSON as such."""
    parsed: dict[str, Any] = {name: json.loads(row[name]) for name in ("edits", "places") if name in row}
    marks: dict[str, Any] = {name: bool(row[name]) for name in ("conjecture", "drawn") if name in row}
    return {**row, **parsed, **marks}


def line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=True) + "\n"


def take_in(store: Store, lines: Iterable[str], where: str | Path) -> Taken:
    """Take a file in, all of it or, where a line is wrong, nothing. Raises InvalidRecord naming the line."""
    with store.writing() as connection:
        reader = Reader(connection, where)
        for number, text in enumerate(lines, 1):
            reader.take(number, text)
        if not reader.begun:
            raise InvalidRecord("empty, and no file of decisions", where=where, advice="Name a file of errata decisions export")
    return Taken(reader.steps, reader.decisions, reader.known)


class Reader:
    """Takes lines in within one transaction."""

    def __init__(self, connection: sqlite3.Connection, where: str | Path) -> None:
        self.connection, self.where = connection, where
        self.begun = False
        self.numbers: dict[str, int] = {}
        self.passed: set[str] = set()
        self.steps = self.decisions = self.known = 0

    def take(self, number: int, text: str) -> None:
        """One line. Raises InvalidRecord."""
        try:
            if len(text) > LONGEST_LINE:
                raise ValueError(f"longer than {LONGEST_LINE:,} characters")
            if text.strip():
                self.row(json.loads(text))
        except ValidationError as fault:
            first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
            self.refuse(number, f"{'.'.join(map(str, first['loc'])) or 'row'}: {first['msg']}")
        except (ValueError, RecursionError, sqlite3.Error) as fault:
            self.refuse(number, str(fault) or "not JSON")

    def refuse(self, number: int, why: str) -> None:
        what = f"not a row of exported decisions ({' '.join(why.split())[:200]})"
        advice = "Nothing was taken in; name a file of errata decisions export, as it was written"
        raise InvalidRecord(what, where=f"{self.where}:{number}", advice=advice)

    def row(self, row: Any) -> None:
        if not isinstance(row, dict):
            raise ValueError("not an object")
        if not self.begun:
            FORMAT.read(Header.model_validate(row).model_dump(), self.where)
            self.begun = True
        elif row.get("type") == "step":
            self.step(StepRecord.model_validate(row))
        else:
            self.part(row)

    def step(self, step: StepRecord) -> None:
        if self.connection.execute("SELECT 1 FROM steps WHERE id = ?", (step.id,)).fetchone():
            self.passed.add(step.id)
            self.known += 1
            return
        names = [name for name in StepRecord.model_fields if name != "type"]
        marks = ", ".join("?" * len(names))
        values = [getattr(step, name) for name in names]
        query = f"INSERT INTO steps ({', '.join(names)}) VALUES ({marks}) RETURNING number"
        self.numbers[step.id] = int(self.connection.execute(query, values).fetchone()[0])
        self.steps += 1

    def part(self, row: dict[str, Any]) -> None:
        """What was done in a step."""
        kind = RECORDS.get(str(row.get("type")))
        if kind is None:
            raise ValueError("a type that does not exist")
        record = kind.model_validate(row)
        if record.step in self.passed:
            return
        if record.step not in self.numbers:
            raise ValueError("its step does not stand before it")
        values = record.columns()
        names = ", ".join(f'"{name}"' for name in ("step", *values))
        marks = ", ".join("?" * (len(values) + 1))
        table = next(table for table, of in TABLES.items() if of is kind)
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (self.numbers[record.step], *values.values()))
        self.decisions += table == "decisions"
