"""The formats of files that Errata writes and reads again: a name, a version, and the steps that make older versions new."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import MadeLater

Record = dict[str, Any]
Step = Callable[[Record], Record]


@dataclass(frozen=True, slots=True)
class Format:
    """A format. The first of its `steps` makes version 2 of version 1, and so on; whoever changes what is written adds one.
    `nameless`: the first version bore a number alone, or nothing, in place of its name and version."""

    name: str
    steps: tuple[Step, ...] = ()
    nameless: bool = False

    @property
    def version(self) -> int:
        """The version that is written."""
        return len(self.steps) + 1

    @property
    def head(self) -> Record:
        """What a file, or its first line, begins with."""
        return {"format": self.name, "version": self.version}

    def read(self, record: Any, where: str | Path | None = None) -> Record:
        """A record that was read from a file (`where`), as this version has it, without its head. Raises ValueError for one of
        another format, and MadeLater for one of a later version, which nobody may write over."""
        version = self.version_of(record)
        if version > self.version:
            what = f"made by a later version of Errata ({self.name} {version}, where {self.version} is the last one known here)"
            raise MadeLater(what, where=where, advice="Update Errata")
        for step in self.steps[version - 1 :]:
            record = step(dict(record))
        return {key: value for key, value in record.items() if key not in ("format", "version")}

    def version_of(self, record: Any) -> int:
        """The version of a record. Raises ValueError for one of another format."""
        if not isinstance(record, dict):
            raise ValueError(f"it is not {self.name}")
        name, version = record.get("format"), record.get("version")
        if name == self.name and type(version) is int and version > 0:
            return version
        if self.nameless and type(name) is int and name > 1:
            return name
        if self.nameless and name in (None, 1):
            return 1
        raise ValueError(f"it is not {self.name}")


def by_key(record: Record, *, ascii_only: bool = False) -> str:
    """A record as JSON, a key to a line: people can read it too, and it is written much faster than with deeper indents."""
    rows = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=ascii_only)}" for key, value in record.items())
    return "{" + ",\n ".join(rows) + "}\n"


def by_item(head: Record, name: str, items: Iterable[Record]) -> str:
    """A record as JSON that has, under its last key `name`, a list with an item to a line."""
    rows = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f"{json.dumps(head, ensure_ascii=False)[:-1]}, {json.dumps(name)}: [\n{rows}\n]}}\n"


def named(record: Record) -> Record:
    """Version 2 of what had no name before: nothing else has changed."""
    return record
