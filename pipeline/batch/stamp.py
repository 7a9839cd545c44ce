"""`errata.json`: what a finished document was made from, so that the next run knows what is done already."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from errno import EINVAL
from hashlib import blake2b, file_digest, sha256
from pathlib import Path

from pipeline.errors import InvalidRecord, MadeLater, UnreadableInput
from pipeline.formats import Format, Record, by_key
from pipeline.sources.entries import strange
from pipeline.whole import LEFT

NAME = "errata.json"
TEXT = "text.txt"
EMPTY = sha256().hexdigest()
"""Of a file without a byte."""
FOLDERS = ("", "ocr", "pages", "report", "alto", "page")


def with_errata(record: Record) -> Record:
    """Version 2 bears a name and a version of its own; that of Errata moved."""
    return {**record, "errata": record["version"]}


FORMAT = Format("errata-document", (with_errata,), nameless=True)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands in `errata.json`. `task`: digitise or clean; `inputs`, `settings`: hashes; `sources`: the files it was made
    from; `selected`: places in the scan order (from 1), empty for all; `failed`: pages that could not be read; `packs`: the
    dictionaries, by name or folder; `languages`: of the text, by Tesseract's codes; `images`: the folder that was named for
    page images; `formats`: what was made besides the text; `calibration`: the file of weights for confidences that was named;
    `added`: what readers added to the dictionary, as (name, word or reference; form); `decisions`: tells what people decided and
    is in the text; `hashes`: SHA-256 of each source; `text`: SHA-256 of `text.txt` as it was written."""

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
    hashes: tuple[str, ...] = ()
    text: str = ""

    def matches(self, other: Stamp | None) -> bool:
        """Whether a finished document with the stamp `other` is what this run would make: nothing that counts has changed."""
        made = other is not None and set(self.formats) <= set(other.formats)
        return other is not None and made and not other.failed and identity(self) == identity(other)


def identity(stamp: Stamp) -> tuple[object, ...]:
    return stamp.task, stamp.inputs, stamp.settings, stamp.version, stamp.selected, stamp.whole, stamp.images


def hash_files(paths: Sequence[Path]) -> tuple[str, tuple[str, ...]]:
    """A short hash over files in order, their names included; and the SHA-256 of each, '' for one that cannot be read."""
    total, hashes = blake2b(digest_size=16), []
    for path in paths:
        found, unread = "", ""
        try:
            found = sha256_of(path)
        except OSError as fault:
            unread = f"cannot be read ({fault.strerror})"
        hashes.append(found)
        total.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + (bytes.fromhex(found) or f"{unread}\0".encode()))
    return total.hexdigest(), tuple(hashes)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes. Raises OSError, also for what is no file, such as a pipe, on which one would wait for ever."""
    if path.exists() and (what := strange(path)):
        raise OSError(EINVAL, what)
    with path.open("rb") as file:
        return file_digest(file, sha256).hexdigest()


def is_whole(stamp: Stamp, folder: Path) -> bool:
    """Whether the files of a finished document hold something: a power cut may leave the newest ones empty, whatever stands in
    the stamp."""
    meant = {TEXT, "reading.md"} if stamp.text == EMPTY else set[str]()
    places = [folder / name for name in FOLDERS if name != "ocr" or EMPTY not in stamp.hashes]
    return (folder / TEXT).is_file() and not any(empty_files(place) - meant for place in places if place.is_dir())


def empty_files(folder: Path) -> set[str]:
    """The names of the files in a folder that hold nothing."""
    with os.scandir(folder) as found:
        return {entry.name for entry in found if entry.is_file() and entry.stat().st_size == 0}


def swept(folder: Path) -> None:
    """Remove from a document's folder what a run that was killed was just writing."""
    for name in FOLDERS:
        with suppress(OSError):
            for path in [path for path in (folder / name).iterdir() if LEFT.fullmatch(path.name)]:
                path.unlink()


def stamp_text(stamp: Stamp) -> str:
    """The stamp as `errata.json` holds it."""
    record = {one.name: getattr(stamp, one.name) for one in fields(stamp)}
    return by_key({**FORMAT.head, "errata": record.pop("version"), **record}, ascii_only=True)


def read_stamp(folder: Path) -> Stamp | None:
    """The stamp of a document's folder; None where there is none that can be read. Raises MadeLater."""
    try:
        return stamp_from((folder / NAME).read_bytes(), folder / NAME)
    except MadeLater:
        raise
    except (OSError, InvalidRecord):
        return None


def stamp_from(data: bytes, where: Path | None = None) -> Stamp:
    """The stamp in the bytes of an `errata.json`. Raises InvalidRecord, or MadeLater."""
    try:
        record = FORMAT.read(json.loads(data), where)
        record["version"] = record.pop("errata")
        for name in ("sources", "selected", "failed", "packs", "formats", "hashes"):
            record[name] = tuple(record.get(name, ()))
        record["added"] = tuple((kind, form) for kind, form in record.get("added", ()))
        return Stamp(**record)
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise InvalidRecord(f"not a stamp of Errata: {fault}") from fault


def is_stamped(folder: Path) -> bool:
    """Whether a folder holds a finished document, also one of a later version, which says so when it is worked on."""
    try:
        return read_stamp(folder) is not None
    except MadeLater:
        return True


def finished_folders(paths: Iterable[Path], least: int = 1) -> list[Path]:
    """The folders of the finished documents at and under some paths, in order. Raises UnreadableInput for fewer than `least`."""
    paths = list(paths)
    found = {stamp.parent: None for path in paths for stamp in sorted(path.rglob(NAME)) if is_stamped(stamp.parent)}
    if len(found) < least:
        advice = "Name a folder that errata digitise or errata clean wrote"
        raise UnreadableInput("no finished documents", where=", ".join(map(str, paths)), advice=advice)
    return list(found)
