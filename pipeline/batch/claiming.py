"""Which folders are Errata's to write in: those that it made or that hold nothing of the kind, and not those of somebody else."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.batch.order import unwritable
from pipeline.batch.stamp import FORMAT, NAME
from pipeline.errors import OccupiedOutput
from pipeline.outputs.confidence import FORMAT as CONFIDENCE
from pipeline.outputs.edits import FORMAT as EDITS
from pipeline.outputs.formats import DECIDED, PLACES
from pipeline.whole import write

WRITTEN = (
    "ocr", "pages", "report", "images", "text.txt", "reading.md", "report.html", "report.json", "edits.jsonl", "edits.csv",
    "confidence.csv", "confidence.json", "completeness.csv", "findings.csv", "references.csv", "evidence.json", "audit.jsonl",
    *(place.split("/")[0] for place in PLACES.values()), *DECIDED.values(),
)  # fmt: skip
"""Files and folders that Errata writes in the folder of a document."""
SIGNS = {"edits.jsonl": EDITS.name, "confidence.json": CONFIDENCE.name}
"""What a file begins with that Errata wrote before it kept a mark in unfinished folders."""


def claim(folder: Path) -> None:
    """Mark a folder as one in which Errata works, from before the first file is written.

    Raises OccupiedOutput where something lies in it, without such a mark, that Errata would write over, and UnwritableOutput.
    """
    if (folder / NAME).exists():
        return
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    found = [name for name in WRITTEN if name in there]
    if found and not is_ours(folder):
        shown = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        advice = "Choose another folder with -o, or move them away"
        raise OccupiedOutput(f"there is {shown}, which Errata did not write and would write over", where=folder, advice=advice)
    mark_unfinished(folder)


def mark_unfinished(folder: Path) -> None:
    """Have a folder say that its results are not whole; nobody takes it for a finished one. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / NAME, json.dumps({**FORMAT.head, "unfinished": True}).encode() + b"\n")
    except OSError as fault:
        raise unwritable(folder, fault) from fault


def is_ours(folder: Path) -> bool:
    """Whether an earlier version left what lies in a folder without a mark: there are records of pages, or Errata's account."""
    if any(begins(record, '"number":') for record in (folder / "ocr").glob("[0-9]*.json")):
        return True
    return any(begins(folder / name, sign) for name, sign in SIGNS.items())


def begins(path: Path, sign: str) -> bool:
    try:
        with path.open("rb") as file:
            return sign.encode() in file.read(200)
    except OSError:
        return False
