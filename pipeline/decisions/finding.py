"""Where the log of decisions of some documents lies: in the folder that holds them all, or above."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from pipeline.decisions.store import NAME, Store
from pipeline.errors import BadArguments
from pipeline.sources.discover import BATCH

HIGHEST = 8
"""Folders above a document, at most, in which its log is looked for."""
OPEN: dict[tuple[Path, int, int], Store] = {}
"""Logs that are open, by path, device and inode."""
FINISHED = "errata.json"
"""What lies in the folder of a finished document."""


def nearest(place: Path, name: str) -> Path | None:
    """The nearest folder, this one (resolved) or above, in which a file of this name lies."""
    return next((parent for parent in (place, *islice(place.parents, HIGHEST - 1)) if (parent / name).is_file()), None)


def store_above(folder: Path) -> Path | None:
    """The log nearest to a folder, in it or above; None where there is none."""
    found = nearest(folder.resolve(), NAME)
    return found / NAME if found else None


def store_for(folders: Sequence[Path]) -> Path:
    """The log that the documents in some folders have, or where a new one is to be made: in the folder that holds them all, with
    the others that were made with them. Raises BadArguments where no folder does."""
    try:
        common = Path(os.path.commonpath([folder.resolve() for folder in folders]))
    except ValueError as fault:
        raise BadArguments("the documents lie on different disks", advice="Name those of one disk at a time") from fault
    if (found := nearest(common, NAME)) is not None:
        return found / NAME
    holds = common.parent if (common / FINISHED).is_file() else common
    return (nearest(holds, BATCH) or holds) / NAME


def store_of(folder: Path) -> tuple[Store, str] | None:
    """The log of a document in its folder, and what the document is called there; None where nothing was ever decided."""
    place = folder.resolve()
    home = nearest(place, NAME)
    return (opened(home / NAME), place.relative_to(home).as_posix()) if home is not None else None


def opened(path: Path) -> Store:
    """The log in a file, which is made if need be, opened once in a process; another file at the same place is another log.
    Errors as for `Store`."""
    store = None
    try:
        found = path.stat()
    except FileNotFoundError:
        store = Store(path)
        found = path.stat()
    key = path, found.st_dev, found.st_ino
    if key not in OPEN:
        OPEN[key] = store or Store(path)
    return OPEN[key]


def close_logs() -> None:
    """Close what this thread has open, so that SQLite puts everything into the file and clears up beside it: left to the end of
    a process, it would not."""
    for store in OPEN.values():
        store.close()
    OPEN.clear()


def document_name(folder: Path, log: Path) -> str:
    """What a document's folder is called in a log, found by `store_for`: its way from there, with slashes."""
    return folder.resolve().relative_to(log.parent).as_posix()
