"""searchable.pdf: the scans as they are, and the repaired words behind them, to be found and selected at their places."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pikepdf

from pipeline import __version__
from pipeline.errors import UnreadableInput
from pipeline.model import Page, Scan
from pipeline.outputs.glyphless import Codes, add_font, map_codes
from pipeline.outputs.lines import PlacedLine
from pipeline.outputs.pdf_layers import add_layer, drop_hidden_text, place_of
from pipeline.outputs.pdf_scans import embedded, scan_page
from pipeline.outputs.pdf_text import Affine, text_layer

TOGETHER, WEIGHT = 25, 64_000_000
"""So many pages, and so many bytes of scans, are held in memory at once."""
TOOL = f"Errata {__version__}"
Layers = Sequence[tuple[Page, Sequence[PlacedLine]]]


class SearchablePdf:
    """A PDF in the making. Pages are added in order, those of an opening one after the other; `save` ends it.

    Where all pages are those of one PDF (`book`), it is that PDF, with its outline and all else; else it is made of their scans.
    """

    def __init__(self, title: str, book: Path | None = None) -> None:
        self.title = title
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="errata-pdf-")))
        self.books: dict[Path, pikepdf.Pdf] = {}
        self.whole = self.book(book) if book is not None else None
        self.frames: set[int] = set()
        self.parts: list[Path] = []
        self.scan: Scan | None = None
        self.layers: list[tuple[Page, Sequence[PlacedLine]]] = []
        self.anew: dict[str, list[int]] = {}
        self.own_text: list[int] = []
        self.hidden: list[int] = []
        self.left_out: list[int] = []
        self.begin_part()

    def __enter__(self) -> SearchablePdf:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.stack.close()

    def begin_part(self) -> None:
        """Begin a PDF of some of the pages; they are joined in the end."""
        self.part = self.whole if self.whole is not None else pikepdf.Pdf.new()
        self.codes = Codes()
        self.font = add_font(self.part)
        self.held: list[pikepdf.Pdf] = []
        self.weight = 0

    def end_part(self) -> None:
        """Put the pages at hand aside."""
        map_codes(self.font, self.codes)
        if self.whole is None:
            if not self.parts:
                describe(self.part, self.title, ours=True)
            self.parts.append(self.folder / f"{len(self.parts):05d}.pdf")
            write_pdf(self.part, self.parts[-1])
            for source in (*self.held, self.part):
                source.close()
            self.begin_part()

    def add(self, page: Page, lines: Sequence[PlacedLine]) -> None:
        """Add a page with its lines. Raises UnreadableInput where a scan is not there."""
        assert page.scan is not None
        if self.scan is not None and (self.scan.path, self.scan.frame) != (page.scan.path, page.scan.frame):
            self.flush()
        self.scan = page.scan
        self.layers.append((page, lines))

    def flush(self) -> None:
        """Make the page of the scan whose lines are complete."""
        if self.scan is None:
            return
        scan, layers = self.scan, self.layers
        self.scan, self.layers = None, []
        add = self.add_from_pdf if Path(scan.path).suffix.casefold() == ".pdf" else self.add_scan
        try:
            with understood(Path(scan.path)):
                add(scan, Path(scan.path), layers)
        except UnreadableInput:
            if not all(page.failed for page, _ in layers):
                raise
            self.left_out.append(layers[0][0].number)
        if self.whole is None and (len(self.part.pages) >= TOGETHER or self.weight >= WEIGHT):
            self.end_part()

    def add_scan(self, scan: Scan, path: Path, layers: Layers) -> None:
        picture = embedded(path, scan.frame)
        if picture.anew:
            self.anew.setdefault(picture.anew, []).append(layers[0][0].number)
        page, source = scan_page(self.part, picture)
        self.held.append(source)
        self.weight += len(picture.pdf)
        across, down = picture.width / max(1, scan.width), picture.height / max(1, scan.height)
        self.write_layer(page, (across, 0.0, 0.0, -down, 0.0, picture.height), layers)

    def add_from_pdf(self, scan: Scan, path: Path, layers: Layers) -> None:
        """A page of a PDF, changed in nothing that shows."""
        place = place_of(path, scan.frame, scan.width, scan.height)
        self.frames.add(scan.frame)
        if self.whole is None:
            self.part.pages.append(self.book(path).pages[scan.frame - 1])
        page = self.part.pages[scan.frame - 1] if self.whole is not None else self.part.pages[-1]
        if place.shows:
            self.own_text.append(layers[0][0].number)
            return
        if place.hides:
            drop_hidden_text(self.part, page)
            self.hidden.append(layers[0][0].number)
        self.write_layer(page, place.to_page, layers)

    def write_layer(self, page: pikepdf.Page, to_page: Affine, layers: Layers) -> None:
        """Put the lines of one or two pages on the page of their scan."""
        add_layer(self.part, page, b"".join(text_layer(lines, self.codes, to_page) for _, lines in layers), self.font)

    def book(self, path: Path) -> pikepdf.Pdf:
        """A PDF that pages are taken from; it stays open until the end."""
        if path not in self.books:
            try:
                file = self.stack.enter_context(path.open("rb"))  # names that are no UTF-8 are beyond pikepdf
                self.books[path] = self.stack.enter_context(pikepdf.open(file, access_mode=pikepdf.AccessMode.stream))
            except (OSError, pikepdf.PdfError) as fault:
                advice = "If another program can open it, print it to a new PDF there"
                raise UnreadableInput("the PDF cannot be opened to add text to it", where=path, advice=advice) from fault
        return self.books[path]

    def save(self, target: Path) -> list[str]:
        """Write the PDF, page by page, and give what there is to say of it. Raises OSError, UnreadableInput without a page."""
        self.flush()
        with understood(target):
            self.write(target)
        return self.remarks()

    def write(self, target: Path) -> None:
        """Put the pages together."""
        if self.whole is not None:
            map_codes(self.font, self.codes)
            for at in reversed(range(len(self.whole.pages))):
                if at + 1 not in self.frames:
                    del self.whole.pages[at]
            describe(self.whole, self.title, ours=False)
            write_pdf(self.whole, target)
        else:
            if self.part.pages or not self.parts:
                self.end_part()
            join(self.parts, target)

    def remarks(self) -> list[str]:
        """What a reader should know of the PDF."""
        said = [f"{counted(pages)}: encoded anew, since {why}" for why, pages in self.anew.items()]
        if self.hidden:
            said.append(f"{counted(self.hidden)}: the hidden text of an earlier OCR gave way to the repaired text")
        if self.left_out:
            said.append(f"{counted(self.left_out)}: left out, since the scan cannot be read")
        if self.own_text:
            said.append(f"{counted(self.own_text)}: shows text of its own, and nothing was added")
        return said


@contextmanager
def understood(where: Path) -> Iterator[None]:
    """Turn what qpdf says of a PDF that is not as it should be into UnreadableInput."""
    try:
        yield
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError) as fault:
        advice = "If another program can show the scans, save them from there"
        raise UnreadableInput(
            f"no searchable PDF can be made ({' '.join(str(fault).split())[:120]})", where=where, advice=advice
        ) from fault


def write_pdf(pdf: pikepdf.Pdf, target: Path) -> None:
    """Write a PDF so that the same always gives the same bytes; streams stay as they are."""
    level, mode = pikepdf.StreamDecodeLevel.none, pikepdf.ObjectStreamMode.generate
    pdf.save(target, deterministic_id=True, encryption=False, stream_decode_level=level, object_stream_mode=mode)


def join(parts: Sequence[Path], target: Path) -> None:
    """One PDF of several, with the metadata of the first. Pages that one PDF takes from another are held in memory by pikepdf;
    the job that qpdf has for this reads them as it writes them."""
    if len(parts) == 1:
        shutil.copyfile(parts[0], target)
        return
    kept = ["--deterministic-id", "--stream-data=preserve", "--object-streams=generate"]
    pikepdf.Job(["errata", str(parts[0]), "--pages", ".", *map(str, parts[1:]), "--", *kept, str(target)]).run()


def counted(pages: Sequence[int]) -> str:
    """`page 3`, or `pages 3, 4, 5 and 12 more`."""
    if len(pages) == 1:
        return f"page {pages[0]}"
    more = f" and {len(pages) - 3} more" if len(pages) > 3 else ""
    return f"pages {', '.join(map(str, pages[:3]))}{more}"


def describe(out: pikepdf.Pdf, title: str, *, ours: bool) -> None:
    """Say in the metadata what made the PDF, or what was added to it; a title that it has stays."""
    with out.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as about:
        producer: Any = about.get("pdf:Producer", "")
        about["pdf:Producer"] = TOOL if ours or not producer else f"{producer}; text layer by {TOOL}"
        if ours:
            about["xmp:CreatorTool"] = TOOL
        if not about.get("dc:title"):
            about["dc:title"] = title
