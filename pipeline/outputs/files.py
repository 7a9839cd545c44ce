"""The only module that writes results: every file of a document, each whole or not at all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError, UnwritableOutput
from pipeline.forks import processes_for, side_by_side
from pipeline.model import Page, Source
from pipeline.outputs.docx import reading_docx
from pipeline.outputs.formats import DECIDED, DRAWN, PLACES, Output, PageTaker, placed, possible, texts
from pipeline.outputs.lines import PlacedLine
from pipeline.outputs.pdfa import to_pdfa
from pipeline.outputs.reading import reading_markdown
from pipeline.outputs.visible import visible_line
from pipeline.result import Result
from pipeline.whole import taking_place

if TYPE_CHECKING:
    from pipeline.outputs.pdf import SearchablePdf

EVERY = ("pages/*.hocr", "report/pages-*.html", *PLACES.values(), *DECIDED.values())
OF_PAGES = [place for place in EVERY if "*" in place]
FIXED = [place for place in EVERY if "*" not in place]
"""Files that a document has in some runs only: one or more for its pages, or one of a fixed name."""
OWN_NAME = re.compile(r"\d{4,}\.(?:hocr|xml)|pages-[\d-]+\.html")
"""What files of pages are called; others that lie beside them are somebody else's."""
ADVICE = "Check that the folder can be written and the disk is not full"


def write_document(result: Result, folder: Path, formats: Collection[str] = ()) -> tuple[str, ...]:
    """Write all outputs of a document into `folder`, which is made if need be; the ledger last, text.txt just before it.

    Pages of an earlier run that no longer exist are removed, and so are formats that were not asked for, since they would tell
    of another text, and folders that then hold nothing. What there is to say of a format, such as why it could not be made, is
    returned. Raises UnwritableOutput.
    """
    wanted, remarks = possible(result.source, formats)
    written: set[str] = set()
    if "docx" in wanted:
        with noted(remarks, "docx"):
            write_whole(folder / PLACES["docx"], reading_docx(reading_markdown(result)))
            written.add(PLACES["docx"])
    if wanted.isdisjoint(DRAWN):
        written |= write_texts(result, folder, wanted)
    else:
        written |= write_with_pdf(result, folder, wanted, remarks)
    for path in left_over(folder, written):
        remove(path)
        if path.parent != folder:
            with suppress(OSError):  # something else lies there
                path.parent.rmdir()
    return tuple(remarks)


def left_over(folder: Path, written: Collection[str]) -> list[Path]:
    """The files of an earlier run in a document's folder that were not `written` now."""
    there = {path.name for path in folder.iterdir()}
    found = [folder / name for name in there.intersection(FIXED).difference(written)]
    for pattern in OF_PAGES:
        if pattern.partition("/")[0] in there:
            pages = (path for path in folder.glob(pattern) if OWN_NAME.fullmatch(path.name))
            found += [path for path in pages if path.relative_to(folder).as_posix() not in written]
    return found


def write_texts(result: Result, folder: Path, wanted: Collection[str], taker: PageTaker | None = None) -> set[str]:
    """Write what is text, and give the names of the files."""
    written = set()
    for name, text in placed(result, wanted, taker):
        write_anew(folder / name, encoded(text))
        written.add(name)

    def made(output: Output) -> str:
        name, make = output
        write_anew(folder / name, encoded(make()))
        return name

    *many, clean, ledger = texts(result)
    written.update(side_by_side(made, many) if processes_for(result.draft.text) > 1 else map(made, many))
    return written | {made(clean), made(ledger)}


def write_anew(path: Path, data: bytes) -> None:
    """As `write_whole`, in a folder that says that its results are not whole: the old file goes first, since ext4 writes out at
    once what takes the place of another, and that takes longer than all else."""
    if not holds(path, data):
        remove(path)
        write_whole(path, data)


def write_with_pdf(result: Result, folder: Path, wanted: Collection[str], remarks: list[str]) -> set[str]:
    """The same, and the searchable PDF."""
    with PdfFiles(result.source, folder, wanted, remarks) as pdf:
        return write_texts(result, folder, wanted, pdf) | pdf.written


class PdfFiles:
    """The searchable PDF of a source, and its PDF/A, as files; what speaks against them is added to `remarks`."""

    def __init__(self, source: Source, folder: Path, wanted: Collection[str], remarks: list[str]) -> None:
        self.source, self.folder, self.wanted, self.remarks = source, folder, wanted, remarks
        self.written: set[str] = set()
        self.stack = ExitStack()
        self.pdf: SearchablePdf | None = None

    def __enter__(self) -> PdfFiles:
        from pipeline.outputs.pdf import SearchablePdf  # it brings what documents without PDFs need not wait for

        paths = {Path(page.scan.path) for page in self.source.pages if page.scan is not None}
        book = next(iter(paths)) if len(paths) == 1 else None
        alone = book is not None and book.suffix.casefold() == ".pdf"
        with noted(self.remarks, "pdf"):
            self.pdf = self.stack.enter_context(SearchablePdf(self.source.name, book if alone else None))
        return self

    def __exit__(self, *fault: object) -> None:
        self.stack.close()

    def add(self, page: Page, lines: Sequence[PlacedLine]) -> None:
        """The next page."""
        if self.pdf is not None:
            pdf, self.pdf = self.pdf, None
            with noted(self.remarks, "pdf"):
                pdf.add(page, lines)
                self.pdf = pdf

    def end(self) -> None:
        """Write what was asked for."""
        if self.pdf is None:
            return
        with noted(self.remarks, "pdf"), fresh(self.folder / PLACES["pdf"]) as made:
            self.remarks += [f"pdf: {said}" for said in self.pdf.save(made)]
            self.written.add(PLACES["pdf"])
            if "pdfa" in self.wanted:
                with noted(self.remarks, "pdfa"), fresh(self.folder / PLACES["pdfa"]) as archived:
                    to_pdfa(made, archived)
                    self.written.add(PLACES["pdfa"])


@contextmanager
def noted(remarks: list[str], name: str) -> Iterator[None]:
    """Have what speaks against a format said, and the others go on."""
    try:
        yield
    except UnwritableOutput:
        raise
    except PipelineError as fault:
        remarks.append(f"{name}: not made: {' '.join(str(fault).split())}")


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, line ends as they are, as `write_whole` does; bytes of a name that are no UTF-8 as `\\udcff`."""
    write_whole(path, encoded(text))


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file; whoever reads meanwhile sees the old file or the new one, never a part. One that holds the same already is
    left alone. Raises UnwritableOutput."""
    if holds(path, data):
        return
    with fresh(path) as temporary:
        temporary.write_bytes(data)


def holds(path: Path, data: bytes) -> bool:
    """Whether a file has just these bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


@contextmanager
def fresh(path: Path) -> Iterator[Path]:
    """A file to be written, which then takes the place of `path`. Raises UnwritableOutput for what the system refuses."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
        with taking_place(path) as partial:
            yield partial
    except OSError as error:
        raise refused(path, error) from error


def refused(path: Path, error: OSError, what: str = "written") -> UnwritableOutput:
    """What is said where the system refuses."""
    return UnwritableOutput(f"cannot be {what} ({error.strerror or error})", where=path, advice=ADVICE)


def remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise refused(path, error, "removed") from error


def unified_diff(result: Result) -> str:
    """What the applied edits change, in the form of `diff -u`; empty where they change nothing."""
    name = visible_line(result.source.path or result.source.name)
    return text_diff(result.source.text, result.draft.text, name, f"{name} (clean)")


def text_diff(before: str, after: str, name: str, other: str = "") -> str:
    """What makes one text of another, in the form of `diff -u`."""
    old, new = (text.replace("\f", "\f\n").splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, fromfile=name, tofile=other or f"{name} (decided)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
