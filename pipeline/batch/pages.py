"""One page from scan to stored hOCR. What is done already is not done again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.leaves import Opening, read_leaves
from pipeline.batch.limits import disk_full, is_memory, too_large
from pipeline.errors import MadeLater, MissingDependency, PipelineError, UnreadableInput, UnwritableOutput
from pipeline.imaging.fingerprint import fingerprint, ink_share
from pipeline.model import TEXT_LAYER, Treatment
from pipeline.ocr.pages import PageRecord, PageRequest, record_path, store, stored
from pipeline.ocr.recognition import chosen, tesseract_version
from pipeline.sources import images
from pipeline.sources.text_layer import Layer, read_layer
from pipeline.whole import write

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

MOST_SAID = 500
"""Characters of what an unforeseen error says of itself."""


def read_page(request: PageRequest) -> PageRecord:
    """Read a page and store what was read in `request.out`.

    A page that cannot be read is a record with `failed`. Raises only what would stop every page: MissingDependency,
    UnwritableOutput. A page stored before with the same scan, languages, engine and version of it, read the same way, is taken
    from there, unless `force`; one that a person has locked always is.
    """
    return tried(request)[0]


def tried(request: PageRequest) -> tuple[PageRecord, bool]:
    """What came of a page, and whether it had to be read. Raises as `read_page`."""
    request = replace(request, engine=chosen(request.engine))
    asked = request.text_layer and request.path.suffix.casefold() == ".pdf"
    record = PageRecord(request.number, str(request.path), request.frame, languages=request.languages)
    record = replace(record, text_layer=asked, split=request.split, effort=request.effort, engine=request.engine)
    hocr = None
    try:
        kept = stored(request.out, request.number)
        if request.locked and kept is not None and not kept.failed:
            return at_home(kept, request), False
        seen = stamped(request.path)
        record = replace(record, tesseract=tesseract_version(request.engine), digest=digest(request.path, request.frame))
        if kept is not None and not request.force and not kept.failed and same(kept, record) and not request.keep_images:
            return at_home(kept, request), False
        record, hocr = treat_and_recognise(request, record)
        if stamped(request.path) != seen:
            advice = "Give the same command again"
            raise UnreadableInput("the file was changed while it was read", where=request.path, advice=advice)
    except (MissingDependency, UnwritableOutput):
        raise
    except MadeLater as error:
        return replace(record, failed=one_line(error)), False  # and what is stored stays
    except PipelineError as error:
        record, hocr = replace(record, failed=one_line(error)), None
    except Exception as error:  # whatever a strange scan brings about costs its page, not the others
        record = replace(record, failed=unforeseen(error, request))
    keep(request, record, hocr)
    return record, True


def keep(request: PageRequest, record: PageRecord, hocr: bytes | None) -> None:
    """Store what was read. Raises UnwritableOutput."""
    try:
        store(request.out, record, hocr)
    except OSError as error:
        advice = "Make room, or choose another folder with -o"
        raise UnwritableOutput(f"cannot be written ({error.strerror})", where=request.out, advice=advice) from error


def at_home(kept: PageRecord, request: PageRequest) -> PageRecord:
    """A stored record, which says where the scan lies now."""
    record = replace(kept, path=str(request.path))
    if record != kept:
        write(record_path(request.out, record.number), record.to_json().encode())
    return record


def unforeseen(error: Exception, request: PageRequest) -> str:
    """In one line, an error that costs a page. Raises UnwritableOutput for a disk that is full."""
    if (full := disk_full(error, request.out)) is not None:
        raise full from error
    if is_memory(error):
        return one_line(too_large(request.path))
    return f"{request.path}: {type(error).__name__}: {error}".splitlines()[0]


def treat_and_recognise(request: PageRequest, record: PageRecord) -> tuple[PageRecord, bytes]:
    """Load, treat and recognise a page, or the two of an opening, or take its own text where that is wanted.

    Raises PipelineError.
    """
    asked: tuple[Treatment, ...] = ()
    if record.text_layer:
        layer = read_layer(request.path, request.frame, request.pixels)
        if isinstance(layer, Layer):
            said = f"the page's own text was taken ({layer.words:,} words); nothing was read from the image"
            taken = (Treatment(TEXT_LAYER, True, said),)
            return replace(record, width=layer.width, height=layer.height, treatments=taken), layer.hocr
        asked = (Treatment(TEXT_LAYER, False, f"{layer}; it was read from the image"),)
    gray = images.load(request.path, request.frame, request.pixels)
    height, width = gray.shape
    found = read_leaves(gray, request)
    record = replace(record, width=width, height=height, treatments=(*asked, *found.treatments))
    record = replace(record, fingerprint=fingerprint(gray), ink=ink_share(gray))
    if isinstance(found, Opening):
        return replace(record, leaves=found.leaves), found.hocr
    return replace(record, to_scan=found.to_scan, blank=found.blank, unread=found.unread), found.hocr


def digest(path: Path, frame: int) -> str:
    """SHA-256 of a scan file's bytes and the frame. Raises UnreadableInput where there is no such file."""
    images.check_file(path)
    seen = stamped(path)
    try:
        found = hashed(path, seen).copy()
    except OSError as error:
        raise UnreadableInput(f"cannot be read ({error.strerror})", where=path, advice=images.RESCAN) from error
    found.update(f"#{frame}".encode())
    return found.hexdigest()


@lru_cache(maxsize=2)
def hashed(path: Path, seen: tuple[int, ...]) -> Hash:
    """SHA-256 of a file that was `seen` so: once for all pages of a book."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256")


def stamped(path: Path) -> tuple[int, ...]:
    """What changes when a file does; empty where there is none."""
    try:
        now = path.stat()
    except OSError:
        return ()
    return now.st_size, now.st_mtime_ns, now.st_ino


def same(one: PageRecord, other: PageRecord) -> bool:
    """Whether two records are of the same scan, read the same way."""
    return (one.digest, one.read_with) == (other.digest, other.read_with)


def one_line(error: PipelineError) -> str:
    """An error as one line."""
    return " ".join(str(error).split())
