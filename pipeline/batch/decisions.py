"""`decisions.jsonl`: what a person undid in a document, kept in its folder, so that later repairs obey it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.errors import InvalidRecord
from pipeline.ledger import Edit, edit_from_record, edit_record
from pipeline.ocr.pages import write
from pipeline.repair.policy import Undone, shifted

NAME = "decisions.jsonl"
FORMAT, VERSION = "errata-decisions", 1
CONTEXT = 24
"""Characters of the source kept on both sides of an edit, by which its place is found again in another source."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An edit that was undone: which, in what source (a hash), between what text, and when (UTC)."""

    edit: Edit
    source: str
    left: str
    right: str
    when: str


def source_hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def decided(edits: Iterable[Edit], text: str) -> Iterator[Decision]:
    """The decisions that undo `edits` of the source `text`."""
    source, when = source_hash(text), datetime.now(UTC).isoformat(timespec="seconds")
    for edit in edits:
        end = max(change.end for change in edit.changes)
        yield Decision(edit, source, text[max(0, edit.place - CONTEXT) : edit.place], text[end : end + CONTEXT], when)


def read_decisions(folder: Path) -> list[Decision]:
    """The decisions in a document's folder, none where there is no such file. Raises InvalidRecord naming the line."""
    path = folder / NAME
    if not path.is_file():
        return []
    found: list[Decision] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        try:
            if number == 1:
                check_header(json.loads(line))
            elif line.strip():
                row = json.loads(line)
                found.append(Decision(edit_from_record(row["edit"]), row["source"], row["left"], row["right"], row["when"]))
        except (ValueError, KeyError, TypeError, InvalidRecord) as fault:
            advice = "Correct or remove it; without the file everything is repaired anew"
            raise InvalidRecord(f"not a decision ({fault})", where=f"{path}:{number}", advice=advice) from fault
    return found


def check_header(row: dict[str, Any]) -> None:
    if row.get("format") != FORMAT or row.get("version") != VERSION:
        raise ValueError("another format")


def write_decisions(folder: Path, decisions: Sequence[Decision]) -> None:
    """Write all decisions of a document. Raises OSError."""
    rows = [{"format": FORMAT, "version": VERSION}]
    rows += [{"decision": "undone", **asdict(d), "edit": edit_record(d.edit, "undone")} for d in decisions]
    write(folder / NAME, "".join(json.dumps(row) + "\n" for row in rows).encode())


def placed(decisions: Iterable[Decision], text: str) -> tuple[Undone, ...]:
    """What was undone, in coordinates of the source `text`; what has no place in it any more is left out."""
    source = source_hash(text)
    found = (Undone(d.edit.rule, d.edit.changes) if d.source == source else replaced(d, text) for d in decisions)
    return tuple(undone for undone in found if undone is not None)


def replaced(decision: Decision, text: str) -> Undone | None:
    """The place of a decision in another source: where the same words stand between the same words, nearest to the old place."""
    undone = Undone(decision.edit.rule, decision.edit.changes)
    first = min(undone.changes, key=lambda change: change.start)
    wanted = decision.left + first.before
    starts: list[int] = []
    at = text.find(wanted)
    while at >= 0:
        starts.append(at + len(decision.left))
        at = text.find(wanted, at + 1)
    for start in sorted(starts, key=lambda start: abs(start - first.start)):
        moved = shifted(undone, text, start - first.start)
        if moved and text.startswith(decision.right, max(change.end for change in moved.changes)):
            return moved
    return None
