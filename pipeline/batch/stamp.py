"""`errata.json`: what a finished document was made from, so that the next run knows what is done already."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.errors import InvalidRecord, UnreadableInput
from pipeline.sources.entries import strange

NAME = "errata.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands in `errata.json`. `task`: digitise or clean; `inputs`, `settings`: hashes; `sources`: the files it was made
    from; `selected`: places in the scan order (from 1), empty for all; `failed`: pages that could not be read; `packs`: the
    dictionaries, by name or folder; `languages`: of the text, by Tesseract's codes; `images`: the folder that was named for
    page images; `formats`: what was made besides the text; `calibration`: the file of weights for confidences that was named;
    `added`: what readers added to the dictionary, as (name, word or reference; form); `decisions`: tells what people decided and
    is in the text."""

    task: str
    name: str
    inputs: str
    settings: str
    version: str
    sources: tuple[str, ...] = ()
    selected: tuple[int, ...] = ()
    whole: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    failed: tuple[int, ...] = ()
    packs: tuple[str, ...] = ()
    languages: str = "eng"
    images: str = ""
    formats: tuple[str, ...] = ()
    calibration: str = ""
    added: tuple[tuple[str, str], ...] = ()
    decisions: str = ""

    def matches(self, other: Stamp | None) -> bool:
        """Whether a finished document with the stamp `other` is what this run would make: nothing that counts has changed."""
        made = other is not None and set(self.formats) <= set(other.formats)
        return other is not None and made and not other.failed and identity(self) == identity(other)


def identity(stamp: Stamp) -> tuple[object, ...]:
    return stamp.task, stamp.inputs, stamp.settings, stamp.version, stamp.selected, stamp.whole, stamp.images


def hash_inputs(parts: Iterable[Path | bytes]) -> str:
    """A short hash over files (or bytes at hand) in order: what they hold, or why they cannot be read, and their names."""
    total = blake2b(digest_size=16)
    for part in parts:
        own = blake2b(digest_size=16)
        if isinstance(part, bytes):
            own.update(part)
        else:
            total.update(part.name.encode("utf-8", "surrogateescape") + b"\0")
            if unread := strange(part) or read_into(own, part):
                total.update(unread.encode() + b"\0")
        total.update(own.digest())
    return total.hexdigest()


def read_into(own: blake2b, path: Path) -> str:
    """Hash a file; why it cannot be read, if so."""
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                own.update(block)
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    return ""


def stamp_text(stamp: Stamp) -> str:
    """The stamp as `errata.json` holds it."""
    return json.dumps({"format": FORMAT, **asdict(stamp)}, ensure_ascii=True, indent=2) + "\n"


def read_stamp(folder: Path) -> Stamp | None:
    """The stamp of a document's folder; None where there is none that this version can read."""
    try:
        return stamp_from((folder / NAME).read_bytes())
    except (OSError, InvalidRecord):
        return None


def stamp_from(data: bytes) -> Stamp:
    """The stamp in the bytes of an `errata.json`. Raises InvalidRecord."""
    try:
        record: dict[str, Any] = json.loads(data)
        if record.pop("format") != FORMAT:
            raise ValueError("another format")
        for name in ("sources", "selected", "failed", "packs", "formats"):
            record[name] = tuple(record.get(name, ()))
        record["added"] = tuple((kind, form) for kind, form in record.get("added", ()))
        return Stamp(**record)
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise InvalidRecord(f"not a stamp of Errata: {fault}") from fault


def finished_folders(paths: Iterable[Path], least: int = 1) -> list[Path]:
    """The folders of the finished documents at and under some paths, in order. Raises UnreadableInput for fewer than `least`."""
    paths = list(paths)
    found = {stamp.parent: None for path in paths for stamp in sorted(path.rglob(NAME)) if read_stamp(stamp.parent)}
    if len(found) < least:
        advice = "Name a folder that errata digitise or errata clean wrote"
        raise UnreadableInput("no finished documents", where=", ".join(map(str, paths)), advice=advice)
    return list(found)
