"""One page from scan to stored hOCR. What is done already is not done again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.batch.leaves import Opening, read_leaves
from pipeline.errors import MissingDependency, PipelineError, UnreadableInput, UnwritableOutput
from pipeline.imaging.fingerprint import fingerprint, ink_share
from pipeline.model import TEXT_LAYER, Treatment
from pipeline.ocr.pages import PageRecord, PageRequest, store, stored
from pipeline.ocr.recognition import chosen, tesseract_version
from pipeline.sources import images
from pipeline.sources.text_layer import Layer, read_layer

MOST_SAID = 500
"""Characters of what an unforeseen error says of itself."""


def read_page(request: PageRequest) -> PageRecord:
    """Read a page and store what was read in `request.out`.

    A page that cannot be read is a record with `failed`. Raises only what would stop every page: MissingDependency,
    UnwritableOutput. A page stored before with the same scan, languages, engine and version of it, read the same way, is taken
    from there, unless `force`; one that a person has locked always is.
    """
    asked = request.text_layer and request.path.suffix.casefold() == ".pdf"
    record = PageRecord(request.number, str(request.path), request.frame, languages=request.languages)
    request = replace(request, engine=chosen(request.engine))
    record = replace(record, text_layer=asked, split=request.split, effort=request.effort, engine=request.engine)
    if request.locked and (kept := stored(request.out, request.number)) is not None and not kept.failed:
        return replace(kept, path=record.path)
    try:
        record = replace(record, tesseract=tesseract_version(request.engine), digest=digest(request.path, request.frame))
        earlier = None if request.force else stored(request.out, request.number)
        if earlier is not None and not earlier.failed and same(earlier, record) and not request.keep_images:
            return replace(earlier, path=record.path)
        before = seen(request.path)
        record, hocr = treat_and_recognise(request, record)
        if seen(request.path) != before:
            raise UnreadableInput(
                "the file changed while it was read", where=request.path, advice="Run it again when it is complete"
            )
    except MissingDependency:
        raise
    except PipelineError as error:
        record, hocr = replace(record, failed=one_line(error)), None
    except Exception as error:  # whatever a strange scan brings about costs its page, not the others
        said = " ".join(f"{request.path}: {type(error).__name__}: {error}".split())
        record, hocr = replace(record, failed=said[:MOST_SAID]), None
    try:
        store(request.out, record, hocr)
    except OSError as error:
        raise UnwritableOutput(
            f"cannot be written ({error.strerror})", where=request.out, advice="Choose another with -o"
        ) from error
    return record


def treat_and_recognise(request: PageRequest, record: PageRecord) -> tuple[PageRecord, bytes]:
    """Load, treat and recognise a page, or the two of an opening, or take its own text where that is wanted.

    Raises PipelineError.
    """
    asked: tuple[Treatment, ...] = ()
    if record.text_layer:
        layer = read_layer(request.path, request.frame, images.MAX_PIXELS)
        if isinstance(layer, Layer):
            said = f"the page's own text was taken ({layer.words:,} words); nothing was read from the image"
            taken = (Treatment(TEXT_LAYER, True, said),)
            return replace(record, width=layer.width, height=layer.height, treatments=taken), layer.hocr
        asked = (Treatment(TEXT_LAYER, False, f"{layer}; it was read from the image"),)
    gray = images.load(request.path, request.frame)
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
    try:
        found = hashed(path, seen(path)).copy()
    except OSError as error:
        raise UnreadableInput(f"cannot be read ({error.strerror})", where=path, advice=images.RESCAN) from error
    found.update(f"#{frame}".encode())
    return found.hexdigest()


@lru_cache(maxsize=4)
def hashed(path: Path, seen: tuple[int, ...]) -> hashlib._Hash:
    """The hash of a file as it was when it looked so: of a book of many pages it is not taken anew for every page."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256")


def seen(path: Path) -> tuple[int, ...]:
    """What tells a file from itself after it was written to. Raises OSError."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def same(one: PageRecord, other: PageRecord) -> bool:
    """Whether two records are of the same scan, read the same way."""
    return key(one) == key(other)


def key(record: PageRecord) -> tuple[object, ...]:
    """What decides what is read on a page."""
    engine = record.engine, record.tesseract
    return record.digest, record.languages, engine, record.text_layer, record.split, record.effort


def one_line(error: PipelineError) -> str:
    """An error as one line."""
    return " ".join(str(error).split())
