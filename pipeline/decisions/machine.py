"""The account of what Errata did by itself, kept beside the one of the text as it stands once people have decided."""

from __future__ import annotations

from pathlib import Path

from pipeline.ledger import Ledger
from pipeline.outputs.edits import read_ledger

NAME = "edits.machine.jsonl"
"""Where it is, in the folder of a document that has decisions; in others `edits.jsonl` is the same."""


def machine_ledger(folder: Path) -> Ledger:
    """What Errata did by itself in a finished document. Raises InvalidRecord."""
    path = folder / NAME
    return read_ledger(path if path.is_file() else folder / "edits.jsonl")
