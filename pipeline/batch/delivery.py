"""Results that go to an object store: made in a folder of this machine, put there document by document, and looked up there, so
that no machine makes again what another has finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from pipeline.batch.manifest import MANIFEST, TABLE
from pipeline.batch.order import Order
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.stamp import NAME
from pipeline.errors import UnwritableOutput
from pipeline.sources.discover import BATCH, INDEXES, PDF_SUFFIX, TEXT_SUFFIXES
from pipeline.sources.images import SCAN_SUFFIXES
from pipeline.sources.markup import MARKUP_SUFFIXES
from pipeline.storage import AT_A_TIME, Store, is_remote, localised, put, store_at, told

DELIVERED = ".delivered"
"""Holds a hash of the stamp with which a document was put on the store, or came from there."""
NEEDED = ("text.txt", "report.json")
"""What of a finished document, besides its stamp, a run wants to see."""
SUFFIXES = SCAN_SUFFIXES | TEXT_SUFFIXES | MARKUP_SUFFIXES | {PDF_SUFFIX}


@contextmanager
def at_hand(
    paths: Sequence[str | Path], out: str, order: Order, report: Reporter, cache: Path
) -> Iterator[tuple[list[str | Path], Order, Reporter]]:
    """Paths, order and reporter of a run whose paths or output folder may be addresses: what is there to be read is fetched into
    the `cache`, what is made is put where it belongs. Raises PipelineError."""
    local = localised(paths, cache, is_wanted)
    if not is_remote(out):
        yield local, order, report
        return
    store = store_at(out)
    delivery = Delivery(store, store.local(cache / "out"), report)
    order = replace(order, out=delivery.folder)
    if order.dry_run:
        yield local, order, report
        return
    delivery.look_up()
    yield local, order, delivery
    delivery.put_lists()


def is_wanted(name: str) -> bool:
    """Whether a file of this name may be an input, or tells that files beside it are results."""
    return PurePosixPath(name).suffix.casefold() in SUFFIXES or name in (NAME, BATCH)


@dataclass(slots=True)
class Delivery:
    """A reporter that puts every finished document where it belongs before it tells of it. `folder`: where results are made."""

    store: Store
    folder: Path
    report: Reporter
    lists: tuple[str, ...] = field(default=(BATCH, MANIFEST, TABLE, *sorted(INDEXES)))

    def begin(self, total: int, what: str) -> None:
        self.report.begin(total, what)

    def expect(self, total: int) -> None:
        self.report.expect(total)

    def advance(self, name: str) -> None:
        self.report.advance(name)

    def end(self) -> None:
        self.report.end()

    def finished(self, outcome: Outcome) -> None:
        """A document is done. Raises UnwritableOutput where it cannot be delivered; it is when the command is given again."""
        if outcome.error is None and outcome.state in ("done", "already done"):
            self.deliver(outcome.folder)
        self.report.finished(outcome)

    def look_up(self) -> None:
        """See what is finished already, and that the store can be written. Raises UnwritableOutput."""
        root = self.store.root
        with told(self.store.url, UnwritableOutput, "cannot be written"):
            self.store.files.pipe_file(f"{root}/.errata-probe", b"")
            self.store.files.rm_file(f"{root}/.errata-probe")
            names = [path.removeprefix(root).lstrip("/") for path in self.store.files.find(root)]
            stamps = [name for name in names if PurePosixPath(name).name == NAME and ".." not in PurePosixPath(name).parts]
            for first in range(0, len(stamps), AT_A_TIME):
                there = self.read(stamps[first : first + AT_A_TIME])
                wanted = [name for name, data in there.items() if self.is_news(self.folder / name, data)]
                self.take({name: there[name] for name in wanted}, set(names))
            self.fetch([name for name in self.lists if name in names and not (self.folder / name).exists()])

    def read(self, names: Sequence[str]) -> dict[str, bytes]:
        """What some objects hold."""
        found = self.store.files.cat([f"{self.store.root}/{name}" for name in names]) if names else {}
        return {path.removeprefix(self.store.root).lstrip("/"): data for path, data in found.items()}

    def is_news(self, stamp: Path, there: bytes) -> bool:
        """Whether a document on the store is another than the one here, and this one was delivered, if there is any."""
        here = stamp.read_bytes() if stamp.is_file() else b""
        if here == there:
            mark(stamp.parent, here)
        return here != there and (not here or is_marked(stamp.parent, here))

    def take(self, stamps: dict[str, bytes], names: set[str]) -> None:
        """Have finished documents look finished here: their stamps come last."""
        for name in stamps:
            (self.folder / name).unlink(missing_ok=True)
        beside = [PurePosixPath(name).with_name(needed).as_posix() for name in stamps for needed in NEEDED]
        self.fetch([name for name in beside if name in names])
        for name, data in stamps.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            mark(path.parent, data)
            path.write_bytes(data)

    def fetch(self, names: Sequence[str]) -> None:
        for name, data in self.read(names).items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(data)

    def deliver(self, folder: Path) -> None:
        """Put a document on the store, unless it is there: its stamp goes first and comes last, so that nobody takes half of it
        for all. Raises UnwritableOutput."""
        stamp = folder / NAME
        if not stamp.is_file() or is_marked(folder, stamp.read_bytes()):
            return
        files = {self.name(path): path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")}
        last = {self.name(stamp): files.pop(self.name(stamp))}
        with told(self.store.url, UnwritableOutput, "cannot be written"):
            root = self.store.root
            there = {path.removeprefix(root).lstrip("/") for path in self.store.files.find(f"{root}/{self.name(folder)}")}
            for name in sorted(there & last.keys()):
                self.store.files.rm_file(f"{root}/{name}")
            put(self.store, files)
            for name in sorted(there - files.keys() - last.keys()):
                self.store.files.rm_file(f"{root}/{name}")
            put(self.store, last)
        mark(folder, stamp.read_bytes())

    def put_lists(self) -> None:
        """Put the reports on all documents of the run on the store. Raises UnwritableOutput."""
        put(self.store, {name: self.folder / name for name in self.lists if (self.folder / name).is_file()})

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def mark(folder: Path, stamp: bytes) -> None:
    """Note that the document with this stamp is on the store."""
    (folder / DELIVERED).write_text(blake2b(stamp).hexdigest(), encoding="ascii")


def is_marked(folder: Path, stamp: bytes) -> bool:
    """Whether the document with this stamp is on the store."""
    path = folder / DELIVERED
    return path.is_file() and path.read_text(encoding="ascii") == blake2b(stamp).hexdigest()
