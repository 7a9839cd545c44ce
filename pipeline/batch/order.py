"""What was asked of a run, and whether a document has already been made as asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from platform import node

from pipeline import __version__
from pipeline.batch.stamp import Stamp, hash_files, is_whole, read_stamp
from pipeline.decisions.rulings import Rulings
from pipeline.errors import UnwritableOutput
from pipeline.language import find_pack
from pipeline.model import Source
from pipeline.outputs.docx import check_pandoc
from pipeline.result import Result
from pipeline.settings import Settings
from pipeline.sources.discover import Document

Process = Callable[[Source, Settings, Rulings], Result]
"""What makes a document's result of its source, the settings, and what people decided about it before."""


@dataclass(frozen=True, slots=True)
class Order:
    """The output folder, the settings, the places in the scan order (from 1; none: all), and how to go about it.

    `force`: do again what is done; `dry_run`: write nothing; `images`: a folder in which to look for the page images of what
    another OCR left.
    """

    out: Path
    settings: Settings
    selected: tuple[int, ...] = ()
    force: bool = False
    dry_run: bool = False
    images: Path | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The output folder as it was when a run began: a disk that is taken out leaves an empty folder of the same name."""

    folder: Path
    machine: str
    device: int
    number: int

    def check(self) -> None:
        """Raises UnwritableOutput where the folder is gone."""
        try:
            now = self.folder.stat()
        except OSError:
            now = None
        here = node() == self.machine  # another one may number its disks otherwise
        if now is None or (here and (now.st_dev, now.st_ino) != (self.device, self.number)):
            advice = "Bring it back, then give the same command"
            raise UnwritableOutput("the output folder is gone", where=self.folder, advice=advice)


def home_of(order: Order) -> Home | None:
    """The output folder as it is now; None in a dry run. Raises UnwritableOutput."""
    if order.dry_run:
        return None
    try:
        now = order.out.stat()
    except OSError as fault:
        raise unwritable(order.out, fault) from fault
    return Home(order.out, node(), now.st_dev, now.st_ino)


def settings_hash(settings: Settings, *, with_scans: bool) -> str:
    """A hash that changes with every setting, every dictionary and every calibration that could change the result."""
    hashed = f"{settings.fingerprint(with_scans=with_scans)}-{packs_hash(settings.packs)}"
    return f"{hashed}-{hash_files([Path(settings.calibration)])[0][:8]}" if settings.calibration else hashed


def calibration_path(settings: Settings) -> str:
    """Where the weights for confidences lie, also for later runs from elsewhere; '' for those that come with Errata."""
    return str(Path(settings.calibration).resolve()) if settings.calibration else ""


@lru_cache(maxsize=2)
def packs_hash(packs: tuple[str, ...]) -> str:
    files = [file for pack in packs for file in sorted(find_pack(pack).iterdir()) if file.is_file()]
    return hash_files(files)[0][:16]


def stamp_for(task: str, document: Document, order: Order) -> Stamp:
    """The stamp that the document would have if it were made now."""
    inputs, hashes = hash_files(document.inputs)
    return Stamp(
        task,
        document.name,
        inputs,
        settings_hash(order.settings, with_scans=task == "digitise"),
        __version__,
        tuple(str(path) for path in document.inputs),
        order.selected,
        document.whole,
        packs=order.settings.packs,
        languages=order.settings.lang,
        images=str(order.images or ""),
        formats=order.settings.formats,
        calibration=calibration_path(order.settings),
        hashes=hashes,
    )


def is_done(stamp: Stamp, folder: Path, order: Order) -> bool:
    """Whether the folder holds just what this run would write."""
    if order.force or order.dry_run:
        return False
    found = read_stamp(folder)
    return found is not None and stamp.matches(found) and is_whole(found, folder)


def check_writable(order: Order) -> None:
    """Raises UnwritableOutput where the output folder cannot be made, or nothing written in it, and as `check_formats` does."""
    check_formats(order.settings)
    if order.dry_run:
        return
    probe = order.out / ".errata-probe"
    try:
        order.out.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        raise unwritable(order.out, fault) from fault


def check_formats(settings: Settings) -> None:
    """Raises MissingDependency where a program is missing that one of the formats needs: before hours of reading, not after."""
    if "docx" in settings.formats:
        check_pandoc()


def unwritable(folder: Path, fault: OSError) -> UnwritableOutput:
    return UnwritableOutput(f"cannot be written ({fault.strerror})", where=folder, advice="Choose another folder with -o")
