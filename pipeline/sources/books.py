"""PDFs opened and their pages counted, also where they are damaged, lead in circles, or claim to be more than they are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.errors import EncryptedPdf, UnreadableInput

MOST_BELIEVED = 1000
"""Pages up to which a PDF need not prove that it has them."""
PAGES_AT_A_TIME = 200
"""Pages that are read of a PDF before it is opened anew."""


@contextmanager
def page_of(path: Path, number: int) -> Iterator[pdfium.PdfPage]:
    """Page `number` (from 1), opened. Raises UnreadableInput, EncryptedPdf."""
    try:
        found = path.stat()
    except OSError as error:
        raise UnreadableInput(f"cannot be read ({error.strerror})", where=path, page=number) from error
    book = kept_open(path, (found.st_ino, found.st_size, found.st_mtime_ns), number // PAGES_AT_A_TIME)
    with readable(path, number), closing(book[number - 1]) as page:
        yield page


@lru_cache(maxsize=1)
def kept_open(path: Path, seen: tuple[int, ...], part: int) -> pdfium.PdfDocument:
    """The PDF as it looked when it was `seen`, opened once for a `part` of its pages: of a large one that takes longer than to
    read a page, and what PDFium keeps of each page adds up. It is closed when the next is opened."""
    return opened(path)


@contextmanager
def document(path: Path) -> Iterator[pdfium.PdfDocument]:
    """The PDF, opened. Errors as for `opened`."""
    with closing(opened(path)) as pdf:
        yield pdf


def opened(path: Path) -> pdfium.PdfDocument:
    """The PDF. Raises EncryptedPdf, or UnreadableInput for what is no PDF or damaged."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
            advice = "Save a copy without the password and use that"
            raise EncryptedPdf("the PDF is protected by a password", where=path, advice=advice) from None
        advice = "If another program can open it, print it to a new PDF there"
        raise UnreadableInput("this is not a PDF, or it is damaged", where=path, advice=advice) from None


def page_count(path: Path) -> int:
    """How many pages a PDF has; where it claims to have many more than there are, those and one that cannot be read.

    Raises as `document` does, and UnreadableInput where it has none.
    """
    with document(path) as pdf:
        claimed = len(pdf)
        if not claimed:
            raise UnreadableInput("the PDF has no pages", where=path)
        if claimed <= MOST_BELIEVED or is_there(pdf, claimed):
            return claimed
        return min(claimed, bisect_left(range(1, claimed + 1), True, key=lambda number: not is_there(pdf, number)) + 1)


def is_there(pdf: pdfium.PdfDocument, number: int) -> bool:
    """Whether page `number` (from 1) can be had."""
    try:
        pdf[number - 1].close()
    except (pdfium.PdfiumError, IndexError):
        return False
    return True


@contextmanager
def readable(path: Path, number: int) -> Iterator[None]:
    """Turn what PDFium says of a damaged page into UnreadableInput."""
    try:
        yield
    except (pdfium.PdfiumError, ArithmeticError, IndexError, ValueError, MemoryError) as error:
        advice = "If another program can show the page, print it to a new PDF there"
        raise UnreadableInput("the page cannot be read", where=path, page=number, advice=advice) from error
