"""`audit.jsonl`: what a person found on lines of a document, kept in its folder, so that every later run counts with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.confidence.residual import Verdict
from pipeline.draft import DraftLine
from pipeline.errors import InvalidRecord
from pipeline.formats import Format
from pipeline.result import Result
from pipeline.whole import write

NAME = "audit.jsonl"
FORMAT = Format("errata-audit")


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as a person read it: its page (place in the scan order), its line there (both from 1) and its text, how many of its
    words are wrong, whether it was drawn at random, and when (UTC)."""

    page: int
    line: int
    text: str
    wrong: int
    drawn: bool
    when: str


def read_readings(folder: Path) -> list[Reading]:
    """The readings in a document's folder, none where there is no such file. Raises InvalidRecord naming the line."""
    path = folder / NAME
    if not path.is_file():
        return []
    found: list[Reading] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        try:
            row = json.loads(line) if line.strip() else {}
            if number == 1:
                FORMAT.read(row, path)
            if number > 1 and row:
                found.append(checked(Reading(**row)))
        except (ValueError, TypeError, AttributeError, RecursionError) as fault:
            advice = "Correct or remove it; without the file nothing counts as read"
            raise InvalidRecord(f"not a reading of a line ({fault})", where=f"{path}:{number}", advice=advice) from fault
    return found


def checked(reading: Reading) -> Reading:
    """The reading, if it makes sense. Raises ValueError."""
    if not (reading.page > 0 and reading.line > 0 and 0 <= reading.wrong <= len(reading.text.split())):
        raise ValueError("its numbers do not fit")
    return reading


def write_readings(folder: Path, readings: Iterable[Reading]) -> None:
    """Write all readings of a document. Raises OSError."""
    rows = [FORMAT.head, *(asdict(reading) for reading in readings)]
    write(folder / NAME, "".join(json.dumps(row) + "\n" for row in rows).encode())


def with_readings(result: Result, readings: Sequence[Reading]) -> tuple[Result, list[Reading]]:
    """The result with what was read of it, and the readings whose lines have another text now."""
    if not readings:
        return result, []
    names = result.names
    places: dict[tuple[int, str], dict[int, DraftLine]] = {}
    for at, page in enumerate(result.draft.pages, 1):
        for count, line in enumerate(page, 1):
            places.setdefault((names.number(at), line.text.strip()), {})[count] = line
    found: list[Verdict] = []
    stale: list[Reading] = []
    for reading in readings:
        free = places.get((reading.page, reading.text))
        if free:
            line = free.pop(min(free, key=lambda number: abs(number - reading.line)))
            found.append(Verdict(line.start, line.end, reading.wrong, reading.drawn))
        else:
            stale.append(reading)
    return replace(result, verdicts=tuple(found)), stale


def remark(reading: Reading) -> str:
    """What is said of a reading that fits no more."""
    text = reading.text if len(reading.text) <= 50 else reading.text[:49] + "…"
    return f"read before, but its text is another now, and it counts no more: scan {reading.page}, line {reading.line}: “{text}”"


def joined(before: Sequence[Reading], new: Sequence[Reading]) -> list[Reading]:
    """Readings with others that take the place of those of the same lines."""
    places = {(reading.page, reading.line, reading.text): reading for reading in (*before, *new)}
    return list(places.values())
