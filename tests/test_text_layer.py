"""Text that a PDF has already: taken with its places where it is the text of the page, else the page is read."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from conftest import PAGE, Errata, draw_page
from PIL import Image

from pipeline.batch import read_page
from pipeline.model import Line
from pipeline.ocr.pages import IDENTITY, PageRequest, stored_hocr
from pipeline.sources.hocr import read_hocr_page
from pipeline.sources.images import load
from pipeline.sources.text_layer import Layer, read_layer

HIDDEN = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
LIMIT = 10_000_000
Matrix = tuple[float, float, float, float, float, float]


def write(pdf: pdfium.PdfDocument, page: pdfium.PdfPage, text: str, matrix: Matrix, hidden: bool = False) -> None:
    """Put a line of text on a page, 20 points high."""
    thing = pdfium_c.FPDFPageObj_NewTextObj(pdf, b"Helvetica", 20.0)
    wide = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
    pdfium_c.FPDFText_SetText(thing, ctypes.cast(wide, pdfium_c.FPDF_WIDESTRING))
    pdfium_c.FPDFPageObj_Transform(thing, *matrix)
    if hidden:
        pdfium_c.FPDFTextObj_SetTextRenderMode(thing, HIDDEN)
    pdfium_c.FPDFPage_InsertObject(page, thing)


def drawn(path: Path, *lines: str, step: int = 30, turn: int = 0) -> Path:
    """A PDF of one drawn page, 400 x 600 points; `turn`: quarters by which it is shown turned, clockwise."""
    pdf = pdfium.PdfDocument.new()
    page = pdf.new_page(400, 600)
    for row, line in enumerate(lines):
        write(pdf, page, line, (1, 0, 0, 1, 50, 540 - step * row))
    page.set_rotation(90 * turn)
    page.gen_content()
    pdf.save(path)
    return path


def scanned(path: Path, image: Image.Image, *lines: str, hidden: bool = True, below: int = 0) -> Path:
    """A scan at 72 dpi with text over it; the first line stands `below` points under the top of the page."""
    image.save(path, resolution=72)
    with pdfium.PdfDocument(path) as pdf:
        page = pdf[0]
        for row, line in enumerate(lines):
            write(pdf, page, line, (1, 0, 0, 1, 50, page.get_height() - 60 - below - 30 * row), hidden)
        page.gen_content()
        pdf.save(path.with_suffix(".2.pdf"))
    return path.with_suffix(".2.pdf")


def layer(path: Path) -> tuple[str, tuple[Line, ...], Layer]:
    found = read_layer(path, 1, LIMIT)
    assert isinstance(found, Layer), found
    return (*read_hocr_page(found.hocr, IDENTITY, 0), found)


LINES = ("The treaty of com-", "merce was signed &", "sealed in May.")


def test_a_drawn_page_gives_its_lines_and_words(tmp_path: Path) -> None:
    text, lines, found = layer(drawn(tmp_path / "a.pdf", *LINES, "", "", "Later."))
    assert text == "The treaty of com-\nmerce was signed &\nsealed in May.\n\nLater."
    assert (found.width, found.height, found.words) == (1667, 2500, 12)
    assert (load(tmp_path / "a.pdf").shape) == (2500, 1667)
    first = lines[0].words[0]
    assert first.confidence is None and first.box is not None
    assert abs(first.box.left - 50 * 300 / 72) < 8 and first.box.top < 60 * 300 / 72 < first.box.bottom + 5
    assert [word.box.left for word in lines[0].words if word.box] == sorted(w.box.left for w in lines[0].words if w.box)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_page_that_is_shown_turned(tmp_path: Path, turn: int) -> None:
    text, lines, found = layer(drawn(tmp_path / "a.pdf", *LINES, turn=turn))
    assert text == "\n".join(LINES)
    assert (found.width, found.height) == ((2500, 1667) if turn % 2 else (1667, 2500))
    box = lines[0].box
    assert box is not None
    high = (box.bottom - box.top) > (box.right - box.left)
    assert high == bool(turn % 2)
    pixels = load(tmp_path / "a.pdf")
    assert (pixels[box.top : box.bottom, box.left : box.right] < 128).any()
    blank = pixels.copy()
    for line in lines:
        assert line.box is not None
        blank[line.box.top : line.box.bottom, line.box.left : line.box.right] = 255
    assert (blank < 128).sum() < 20, "ink outside of the lines"


@pytest.mark.parametrize("matrix", [(0, 1, -1, 0, 100, 50), (0, -1, 1, 0, 300, 550), (-1, 0, 0, -1, 350, 100)])
def test_text_that_runs_in_another_direction_keeps_its_lines(tmp_path: Path, matrix: Matrix) -> None:
    pdf = pdfium.PdfDocument.new()
    page = pdf.new_page(400, 600)
    a, b, c, d, x, y = matrix
    for row, line in enumerate(LINES):
        write(pdf, page, line, (a, b, c, d, x - 30 * row * c, y - 30 * row * d))
    page.gen_content()
    pdf.save(tmp_path / "a.pdf")
    assert layer(tmp_path / "a.pdf")[0] == "\n".join(LINES)


def test_hidden_text_stands_in_pixels_of_the_scan(tmp_path: Path) -> None:
    path = scanned(tmp_path / "a.pdf", Image.new("L", (400, 600), 255).resize((400, 600)), *LINES)
    text, lines, found = layer(path)
    assert (text, found.width, found.height) == ("\n".join(LINES), 400, 600)
    assert lines[0].box is not None and lines[0].box.left in range(49, 54) and 35 < lines[0].box.top < 60 < lines[0].box.bottom


def test_a_note_on_a_scan_is_not_its_text(tmp_path: Path) -> None:
    image = Image.new("L", (400, 600), 255)
    stamped = scanned(tmp_path / "a.pdf", image, "From the library of Elsewhere", hidden=False, below=500)
    assert read_layer(stamped, 1, LIMIT) == "its own text is only a note on the scan"
    full = scanned(tmp_path / "b.pdf", image, *LINES * 5, hidden=False)
    assert isinstance(read_layer(full, 1, LIMIT), Layer)


def test_characters_without_a_meaning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drawn(tmp_path / "a.pdf", *LINES)
    monkeypatch.setattr(pdfium_c, "FPDFText_HasUnicodeMapError", lambda text, at: int(at % 3 == 0))
    said = read_layer(path, 1, LIMIT)
    assert isinstance(said, str) and "have no meaning" in said
    monkeypatch.setattr(pdfium_c, "FPDFText_HasUnicodeMapError", lambda text, at: int(at == 1))
    assert layer(path)[0].startswith("T\N{REPLACEMENT CHARACTER}e treaty")


def test_pages_without_a_text_are_read(tmp_path: Path) -> None:
    draw_page(PAGE).save(tmp_path / "a.pdf", resolution=150)
    request = PageRequest(tmp_path / "a.pdf", 1, 1, tmp_path / "ocr", text_layer=True)
    record = read_page(request)
    assert not record.failed and "x_wconf" in stored_hocr(request.out, 1).decode()
    first = record.treatments[0]
    assert (first.step, first.taken) == ("text layer", False) and "no text of its own" in first.reason


def test_what_was_asked_for_decides_whether_a_page_is_done(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.pdf", *LINES)
    request = PageRequest(path, 1, 1, tmp_path / "ocr", text_layer=True)
    record = read_page(request)
    assert record.treatments[0].taken and "x_wconf" not in stored_hocr(request.out, 1).decode()
    written = (tmp_path / "ocr" / "0001.hocr.gz").stat().st_mtime_ns
    assert read_page(request) == record
    assert (tmp_path / "ocr" / "0001.hocr.gz").stat().st_mtime_ns == written
    assert read_page(replace(request, text_layer=False)).treatments[0].step != "text layer"
    assert "x_wconf" in stored_hocr(request.out, 1).decode()


def test_the_whole_way(errata: Errata, tmp_path: Path) -> None:
    drawn(tmp_path / "letter.pdf", *LINES)
    assert errata("digitise", "letter.pdf", "--use-text-layer", "-o", "out", "-j", "1").code == 0
    folder = tmp_path / "out" / "letter"
    assert (folder / "text.txt").read_text() == "The treaty of commerce\nwas signed &\nsealed in May."
    assert "was in the PDF already" in (folder / "report.html").read_text()
    assert "x_wconf" not in (folder / "pages" / "0001.hocr").read_text()
    assert "already done" in errata("digitise", "letter.pdf", "--use-text-layer", "-o", "out", "-j", "1").err
    assert "already done" not in errata("digitise", "letter.pdf", "-o", "out", "-j", "1").err
    assert errata("repair", "out").code == 0
