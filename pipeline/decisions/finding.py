"""Where the log of decisions of some documents lies: at the folder that holds them all, or above."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pipeline.decisions.store import NAME, Store

HIGHEST = 8
"""Folders above a document, at most, in which its log is looked for."""


def store_above(folder: Path) -> Path | None:
    """The log nearest to a folder, in it or above; None where there is none."""
    above = [folder.resolve(), *folder.resolve().parents][:HIGHEST]
    return next((parent / NAME for parent in above if (parent / NAME).is_file()), None)


def store_for(folders: Sequence[Path]) -> Path:
    """The log that the documents in some folders have, or where a new one is to be made: in the folder that holds them all."""
    common = Path(os.path.commonpath([folder.resolve() for folder in folders]))
    return store_above(common) or common / NAME


def store_of(folder: Path) -> tuple[Store, str] | None:
    """The log of a document in its folder, and what the document is called there; None where nothing was ever decided."""
    path = store_above(folder)
    return (Store(path), folder.resolve().relative_to(path.parent).as_posix()) if path else None
