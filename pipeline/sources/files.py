"""Files that were read already, as one document: plain text, or hOCR, ALTO and PAGE-XML, told apart by what is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import UnreadableInput
from pipeline.model import Page, Source
from pipeline.sources.alto import read_alto
from pipeline.sources.hocr import PAGE_BREAK, read_hocr
from pipeline.sources.markup import GZIP, MARKUP_SUFFIXES, kind_of, parsed, unpacked
from pipeline.sources.page_images import with_scan
from pipeline.sources.page_xml import read_page_xml
from pipeline.sources.recognised import believable, text_and_lines
from pipeline.sources.text import page_of_text, read_bytes, read_text

READERS = {"hocr": read_hocr, "alto": read_alto, "page": read_page_xml}
NO_TEXT = "There is nothing to clean"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of a document: where its bytes lie, and where it came from, which is where its image may lie."""

    path: Path
    origin: Path


def read_file(path: Path, name: str, images: Path | None = None, origin: Path | None = None) -> Source:
    """One file as a document: a text with all its pages, or those of an OCR. `images`: a folder of page images.

    Raises UnreadableInput.
    """
    return read_data(read_bytes(path), name, images, origin or path)


def read_data(data: bytes, name: str, images: Path | None = None, origin: Path | None = None) -> Source:
    """The bytes of one file as a document; `origin` is the file, if there is one. Raises UnreadableInput."""
    where = origin or Path(name)
    if not is_markup(data, where):
        return read_text(data, name, str(origin or ""))
    return joined(list(marked_up_pages(data, where, images)), name, str(origin or ""))


def read_folder(files: Sequence[InputFile], name: str, images: Path | None = None) -> Source:
    """Several files as one document, in the order given: texts of one page each, and what an OCR left, of one page or more.

    Each page of text carries its own decoding: `page.decoding.encode(text[page.start:page.end])` is its file. A page that
    cannot be read says why; raises UnreadableInput where none can, and where there is no text at all.
    """
    found = [page for file in files for page in pages_of(file, images)]
    if found and all(page.failed for _, page in found):
        what = found[0][1].failed
        raise UnreadableInput(what if len(found) == 1 else f"none of its {len(found)} pages could be read; the first: {what}")
    return joined(found, name)


def pages_of(file: InputFile, images: Path | None) -> Iterator[tuple[str, Page]]:
    """The pages of one file of several."""
    try:
        data = read_bytes(file.path)
        if is_markup(data, file.origin):
            yield from list(marked_up_pages(data, file.origin, images))
        else:
            text, decoding = page_of_text(data, str(file.origin))
            yield text, Page(1, 0, len(text), label=file.origin.name, decoding=decoding)
    except UnreadableInput as fault:
        yield "", Page(1, 0, 0, label=file.origin.name, failed=" ".join(str(fault).split()))


def is_markup(data: bytes, where: Path) -> bool:
    """Whether a file is read as hOCR, ALTO or PAGE-XML: because it is, or because it is called as if it were."""
    if where.suffix.casefold() in MARKUP_SUFFIXES:
        return True
    return kind_of(unpacked(data, str(where)) if data.startswith(GZIP) else data) is not None


def marked_up_pages(data: bytes, origin: Path, images: Path | None) -> Iterator[tuple[str, Page]]:
    """The pages of a file that an OCR left, each as if the document began with it. Raises UnreadableInput."""
    kind, root = parsed(unpacked(data, str(origin)), str(origin))
    read = list(READERS[kind](root))
    if not read:
        raise UnreadableInput("there is no page in it", where=origin, advice="Export the page again")
    seen: Counter[str] = Counter()
    for number, page in enumerate(read, 1):
        seen[page.image] += 1
        page, scan = with_scan(believable(page), origin, seen[page.image], images)
        text, lines = text_and_lines(page.blocks, 0)
        label = origin.name if len(read) == 1 else f"{origin.name}, page {number}"
        yield text, Page(1, 0, len(text), lines, scan, label, foreign=page.foreign)


def joined(pages: Sequence[tuple[str, Page]], name: str, path: str = "") -> Source:
    """Pages, each in coordinates of its own, as a document. Raises UnreadableInput where they hold no text."""
    placed: list[Page] = []
    at = 0
    for number, (text, page) in enumerate(pages, 1):
        placed.append(replace(page.moved(at), number=number))
        at += len(text) + len(PAGE_BREAK)
    whole = PAGE_BREAK.join(text for text, _ in pages)
    if not whole.strip():
        what = "every page is empty" if len(pages) > 1 else "the page is empty"
        raise UnreadableInput(what, where=path or name, advice=NO_TEXT)
    return Source(name, whole, tuple(placed), path=path)
