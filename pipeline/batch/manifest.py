"""`manifest.json` and `manifest.csv`: what came in against what went out, by count and by hash, for a whole output folder."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline.batch.outcomes import Outcome
from pipeline.batch.stamp import NAME, TEXT, Stamp, read_stamp, sha256_of
from pipeline.errors import ExitCode, InvalidRecord, UnreadableInput
from pipeline.formats import Format
from pipeline.outputs.cells import harmless
from pipeline.outputs.files import fresh
from pipeline.sources.discover import Document

MANIFEST, TABLE = "manifest.json", "manifest.csv"
FORMAT = Format("errata-manifest")
COUNTS = ("pages_in", "pages_read", "pages_failed", "openings", "pages_out")
COLUMNS = ("input", "sha256", "document", "state", *COUNTS, "text_sha256", "reason")
CHUNK = 1 << 20
"""Bytes that are read at a time."""


@dataclass(frozen=True, slots=True)
class Item:
    """A document. `inputs`: path and SHA-256 of each of its files; `text`: SHA-256 of its text.txt. `pages_in` are `pages_read`
    and `pages_failed`; `openings`: scans of two pages, so that `pages_out` (in text.txt, failed ones as empty pages) are as
    many more than `pages_in`; a document that failed has none."""

    document: str
    state: str
    inputs: tuple[tuple[str, str], ...] = ()
    pages_in: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    openings: int = 0
    pages_out: int = 0
    text: str = ""
    reason: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether every page that came in was read or failed, and went out where its document did."""
        out = self.pages_in + self.openings if self.text else 0
        return self.pages_in == self.pages_read + self.pages_failed and self.pages_out == out


@dataclass(slots=True)
class Totals:
    """The sums."""

    documents: int = 0
    failed: int = 0
    inputs: int = 0
    adds_up: bool = True
    pages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def add(self, item: Item) -> None:
        self.documents, self.inputs = self.documents + 1, self.inputs + len(item.inputs)
        self.failed += item.state == "failed"
        self.adds_up &= item.adds_up
        for name in COUNTS:
            self.pages[name] += getattr(item, name)


def write_manifest(out: Path, outcomes: Sequence[Outcome] = (), documents: Iterable[Document] = ()) -> None:
    """Write both files for all documents in an output folder, those of the last run with what became of them. Raises
    UnwritableOutput."""
    states = {name_in(out, outcome.folder): outcome for outcome in outcomes if outcome.state in {"failed", "locked"}}
    inputs = {one.relative_out.as_posix(): one.inputs for one in documents if one.relative_out.as_posix() in states}
    before = {item.document: item for item in earlier(out) if item.state == "failed"}
    gone = {name_in(out, outcome.folder) for outcome in outcomes}
    finished = {name_in(out, folder): folder for folder in folders_in(out)}
    names = sorted({*finished, *states, *(before.keys() - gone)})
    items = (item_of(name, finished.get(name), states.get(name), inputs.get(name, ())) or before.get(name) for name in names)
    found = (item for item in items if item is not None)  # folders that are marked as unfinished have none
    with fresh(out / MANIFEST) as whole, fresh(out / TABLE) as table:
        write_both(found, whole, table)


def write_both(found: Iterable[Item], whole: Path, table: Path) -> None:
    """Write documents, one by one, as JSON and as a table."""
    totals = Totals()
    other = "backslashreplace"  # bytes of a name that are no UTF-8, as JSON has them
    with (
        whole.open("w", encoding="utf-8", errors=other) as text,
        table.open("w", encoding="utf-8", errors=other, newline="") as rows,
    ):
        text.write(f'{json.dumps(FORMAT.head)[:-1]}, "documents": [')
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerow(COLUMNS)
        for item in found:
            text.write(f"{',' if totals.documents else ''}\n{json.dumps(asdict(item), ensure_ascii=False)}")
            writer.writerows(table_rows(item))
            totals.add(item)
        text.write(f'\n], "totals": {json.dumps(asdict(totals))}}}\n')


def name_in(out: Path, folder: Path) -> str:
    return Path(os.path.relpath(folder, out)).as_posix()


def folders_in(out: Path) -> Iterator[Path]:
    """The folders of the finished documents in an output folder, none of which lies in another."""
    for folder, below, names in os.walk(out):
        if NAME in names:
            below.clear()
            yield Path(folder)
        below[:] = sorted(name for name in below if not name.startswith("."))


def item_of(name: str, folder: Path | None, outcome: Outcome | None, inputs: Sequence[Path]) -> Item | None:
    """What is known of a document, by its stamp and by what became of it in the last run; None where nothing is."""
    stamp = read_stamp(folder) if folder is not None else None
    state, reason = (outcome.state, outcome.reason) if outcome is not None else ("done", "")
    if stamp is not None:
        return stamped(name, stamp, state, reason)
    if outcome is None:
        return None
    lost = max(1, len(inputs))
    return Item(name, state, tuple(map(hashed, inputs)), pages_in=lost, pages_failed=lost, reason=reason)


def stamped(name: str, stamp: Stamp, state: str, reason: str) -> Item:
    """A finished document."""
    hashes = stamp.hashes if len(stamp.hashes) == len(stamp.sources) else ("",) * len(stamp.sources)
    out, opened, failed = stamp.counts.get("pages", 0), stamp.counts.get("openings", 0), len(stamp.failed)
    inputs = tuple(zip(stamp.sources, hashes, strict=True))
    return Item(name, state, inputs, out - opened, out - opened - failed, failed, opened, out, stamp.text, reason)


def hashed(path: Path) -> tuple[str, str]:
    """A file and its SHA-256, which is empty where it cannot be read."""
    try:
        return str(path), sha256_of(path)
    except OSError:
        return str(path), ""


def table_rows(item: Item) -> Iterator[list[object]]:
    """A row for each input; what is said of the document stands in its first row only, so that columns can be added up."""
    counts: list[object] = [getattr(item, name) for name in COUNTS]
    for number, (path, digest) in enumerate(item.inputs or (("", ""),)):
        told = [*counts, item.text, item.reason] if not number else [""] * (len(counts) + 2)
        yield [harmless(cell) if isinstance(cell, str) else cell for cell in (path, digest, item.document, item.state, *told)]


def earlier(out: Path) -> list[Item]:
    """The documents in the manifest that is there; none where there is none that can be read."""
    with suppress(UnreadableInput, InvalidRecord, OSError):
        return list(items(out))
    return []


def items(out: Path) -> Iterator[Item]:
    """The documents in a manifest. Raises UnreadableInput where there is none, InvalidRecord, MadeLater."""
    path = out / MANIFEST
    try:
        told: Mapping[str, Any] = FORMAT.read(json.loads(path.read_bytes()), path)
        for row in told["documents"]:
            yield Item(**{**row, "inputs": tuple((name, digest) for name, digest in row["inputs"])})
    except FileNotFoundError:
        advice = "errata clean and errata digitise write one"
        raise UnreadableInput("there is no manifest", where=path, advice=advice) from None
    except (ValueError, KeyError, TypeError) as fault:
        raise InvalidRecord(f"not a manifest ({fault})", where=path, advice="Remove it; the next run writes it anew") from fault


@dataclass(frozen=True, slots=True)
class Checked:
    """What a manifest came to when it was checked: how many files are as it says, and which inputs and texts are not, and why."""

    sound: int
    inputs: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.INVALID_OUTPUT if self.texts else ExitCode.INPUT_FILE if self.inputs else ExitCode.OK

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def to_text(self) -> str:
        wrong = (*(f"input: {said}" for said in self.inputs), *(f"text: {said}" for said in self.texts))
        return "".join(f"{line}\n" for line in (f"{self.sound:,} files are as the manifest says, {len(wrong):,} are not", *wrong))


def verified(out: Path, homes: Sequence[Path] = ()) -> Checked:
    """Compare all files with the manifest of an output folder. `homes`: folders in which relative paths of inputs may hold; they
    are looked for in the working folder last. Raises UnreadableInput where there is no manifest, InvalidRecord."""
    sound, inputs, texts = 0, [], []
    for item in items(out):
        for name, digest in item.inputs:
            said = differs(next((home / name for home in homes if (home / name).exists()), Path(name)), digest)
            inputs += [f"{name}: {said}"] if said else []
            sound += not said
        if item.text:
            path = out / item.document / TEXT
            said = differs(path, item.text) or ("" if item.adds_up and pages_in(path) == item.pages_out else "has other pages")
            texts += [f"{path}: {said}"] if said else []
            sound += not said
    return Checked(sound, tuple(inputs), tuple(texts))


def differs(path: Path, digest: str) -> str:
    """How a file differs from what its hash was; empty where it does not, or nothing is known."""
    try:
        return "changed" if digest and sha256_of(path) != digest else ""
    except FileNotFoundError:
        return "missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"


def pages_in(path: Path) -> int:
    """How many pages a text has, by its form feeds. Raises OSError."""
    with path.open("rb") as file:
        return 1 + sum(block.count(b"\f") for block in iter(lambda: file.read(CHUNK), b""))
