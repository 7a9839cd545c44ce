"""searchable.pdf: the scans as they are, the words at their places, and PDFs that were there before."""

from __future__ import annotations

import ctypes
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from conftest import draw_page
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from test_exchange_formats import a_result
from test_hocr_output import an_edit, scanned
from test_text_layer import drawn
from test_text_layer import scanned as scanned_pdf

from pipeline.ledger import Edit, Move, Replace
from pipeline.model import Box, Scan, Source
from pipeline.outputs.glyphless import Codes, font_file
from pipeline.outputs.pdf import SearchablePdf
from pipeline.outputs.pdf_scans import TURNS, embedded
from pipeline.outputs.placed import Placer
from pipeline.sources import pdf as pdf_pages
from pipeline.sources.images import load

SIZE = (600, 800)


def noise(mode: str = "L", size: tuple[int, int] = SIZE) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


def with_scans(source: Source, *scans: Scan) -> Source:
    pages = tuple(replace(page, scan=scan) for page, scan in zip(source.pages, scans, strict=True))
    return replace(source, pages=pages)


def made(source: Source, target: Path, *edits: Edit, book: Path | None = None) -> tuple[pdfium.PdfDocument, list[str]]:
    with SearchablePdf(source.name, book) as pdf:
        for _, page, lines in Placer(a_result(source, *edits)).pages():
            pdf.add(page, lines)
        said = pdf.save(target)
    return pdfium.PdfDocument(target), said


def found_at(book: pdfium.PdfDocument, page: int, word: str) -> tuple[float, ...]:
    """Where a word is found, in shares of the page from its upper left corner as it is shown: left, top, right, bottom."""
    leaf = book[page]
    text = leaf.get_textpage()
    found = text.search(word).get_next()
    assert found, f"{word!r} is not in {text.get_text_range()!r}"
    rects = [text.get_rect(at) for at in range(text.count_rects(*found))]
    low = min(r[0] for r in rects), max(r[3] for r in rects)
    high = max(r[2] for r in rects), min(r[1] for r in rects)
    (left, top), (right, bottom) = (pdf_pages.shown_at(leaf, *corner) for corner in (low, high))
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def near(found: tuple[float, ...], box: Box, size: tuple[int, int] = SIZE) -> bool:
    wanted = (box.left / size[0], box.top / size[1], box.right / size[0], box.bottom / size[1])
    return all(abs(a - b) < 0.004 for a, b in zip(found, wanted, strict=True))


def test_words_are_found_at_their_places(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.jpg")
    source = with_scans(scanned("He went “home”\nto Łódź — with Иван"), Scan(str(tmp_path / "a.jpg"), 1, *SIZE))
    book, said = made(source, tmp_path / "a.pdf")
    assert said == []
    for word in ("went", "“home”", "Łódź", "—", "Иван"):
        box = next(w.box for line in source.pages[0].lines for w in line.words if source.text[w.start : w.end] == word)
        assert box is not None and near(found_at(book, 0, word), box), word
    assert book[0].get_textpage().get_text_range().split() == source.text.split()


def test_the_scan_is_the_same_bytes(tmp_path: Path) -> None:
    noise("RGB").save(tmp_path / "a.jpg", dpi=(200, 200))
    made(with_scans(scanned("a"), Scan(str(tmp_path / "a.jpg"), 1, *SIZE)), tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        image = pdf.pages[0].Resources.XObject.Scan
        assert image.read_raw_bytes() == (tmp_path / "a.jpg").read_bytes()
        assert [float(side) for side in pdf.pages[0].MediaBox] == [0, 0, 216, 288]
    assert (tmp_path / "a.pdf").stat().st_size < (tmp_path / "a.jpg").stat().st_size + 8000


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "RGBA", "LA", "CMYK", "I;16"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_no_pixel_is_lost(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    image = Image.fromarray((np.arange(48, dtype=np.uint16) * 1365).reshape(6, 8)) if mode == "I;16" else noise(mode, (8, 6))
    if (mode, suffix) == ("CMYK", ".png"):
        return
    image.save(path)
    found = embedded(path, 1)
    with pikepdf.open(io.BytesIO(found.pdf)) as pdf:
        shown = pikepdf.PdfImage(next(iter(pdf.pages[0].Resources.XObject.as_dict().values())))
        assert (shown.width, shown.height) == (8, 6)
        if mode == "I;16":
            assert shown.bits_per_component == 16
            return
        pixels = shown.as_pil_image()
    if mode in ("RGBA", "LA"):
        return  # the transparency is a mask of its own
    assert np.array_equal(np.asarray(pixels.convert("RGB")), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("orientation", TURNS)
def test_scans_that_a_camera_turned(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    draw_page("An upright page", (800, 400)).save(tmp_path / "a.jpg", exif=exif, quality=95)
    upright = load(tmp_path / "a.jpg")
    size = upright.shape[1], upright.shape[0]
    source = with_scans(scanned("Word here"), Scan(str(tmp_path / "a.jpg"), 1, *size))
    book, _ = made(source, tmp_path / "a.pdf")
    drawn_page = np.asarray(book[0].render(scale=size[0] / book[0].get_width(), grayscale=True).to_pil().convert("L"))
    assert np.abs(drawn_page[: size[1], : size[0]].astype(int) - upright).mean() < 3
    assert near(found_at(book, 0, "here"), Box(50, 0, 90, 20), size)


def test_frames_of_a_tiff(tmp_path: Path) -> None:
    first, second = Image.new("1", SIZE, 1), Image.new("1", SIZE, 0)
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second], compression="group4")
    scans = [Scan(str(tmp_path / "a.tif"), frame, *SIZE) for frame in (1, 2)]
    book, _ = made(with_scans(scanned("one", "two"), *scans), tmp_path / "a.pdf")
    brightness = [np.asarray(page.render(scale=0.1).to_pil().convert("L")).mean() for page in book]
    assert brightness[0] > 250 and brightness[1] < 5
    assert [page.get_textpage().get_text_range().strip() for page in book] == ["one", "two"]


def test_both_pages_of_an_opening_stand_on_their_scan(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.png")
    scan = Scan(str(tmp_path / "a.png"), 1, *SIZE)
    book, _ = made(with_scans(scanned("left side", "\n\nright"), scan, scan), tmp_path / "a.pdf")
    assert len(book) == 1
    assert near(found_at(book, 0, "side"), Box(50, 0, 90, 20)) and near(found_at(book, 0, "right"), Box(0, 60, 50, 80))


def test_a_word_that_a_line_or_page_breaks_is_found(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.png")
    scan = Scan(str(tmp_path / "a.png"), 1, *SIZE)
    other = replace(scan, path=str(tmp_path / "b.png"))
    noise().save(tmp_path / "b.png")
    source = with_scans(scanned("to com-\npounded the Go", "vernment met"), scan, other)
    joins = (
        an_edit("join", Replace(6, 7, "-", ""), Move(8, 15, "pounded", 6)),
        an_edit("join", Move(24, 32, "vernment", 21)),
    )
    book, _ = made(source, tmp_path / "a.pdf", *joins)
    assert near(found_at(book, 0, "compounded"), Box(30, 0, 70, 20))
    assert near(found_at(book, 0, "Government"), Box(120, 30, 140, 50))
    assert [page.get_textpage().get_text_range().split() for page in book] == [["to", "compounded", "the", "Government"], ["met"]]


def test_hidden_text_of_an_earlier_ocr_is_not_doubled(tmp_path: Path) -> None:
    path = scanned_pdf(tmp_path / "a.pdf", draw_page("The treaty", SIZE), "Tke trealy")
    before = pdfium.PdfDocument(path)[0].render().to_numpy()
    source = with_scans(scanned("The treaty"), Scan(str(path), 1, *SIZE))
    book, said = made(source, tmp_path / "b.pdf", book=path)
    assert book[0].get_textpage().get_text_range().split() == ["The", "treaty"]
    assert said == ["page 1: the hidden text of an earlier OCR gave way to the repaired text"]
    assert np.array_equal(book[0].render().to_numpy(), before)
    assert near(found_at(book, 0, "treaty"), Box(40, 0, 100, 20))


@pytest.mark.parametrize("inner", [True, False])
def test_hidden_text_in_a_form_is_not_doubled(tmp_path: Path, inner: bool) -> None:
    """As OCRmyPDF puts it on pages; the text is made invisible within the form, or around it."""
    draw_page("The treaty", SIZE).save(tmp_path / "a.pdf", resolution=72)
    with pikepdf.open(tmp_path / "a.pdf", allow_overwriting_input=True) as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        fonts = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        mode = b"3 Tr " if inner else b""
        form = pdf.make_stream(b"BT " + mode + b"/F 20 Tf 50 700 Td (Tke trealy) Tj ET", Subtype=pikepdf.Name.Form)
        form.BBox, form.Resources = pikepdf.Array([0, 0, *SIZE]), fonts
        pdf.pages[0].add_resource(form, pikepdf.Name.XObject, pikepdf.Name("/Old"))
        pdf.pages[0].contents_add(b" q " + (b"" if inner else b"3 Tr ") + b"/Old Do Q")
        pdf.save()
    assert "trealy" in pdfium.PdfDocument(tmp_path / "a.pdf")[0].get_textpage().get_text_range()
    source = with_scans(scanned("The treaty"), Scan(str(tmp_path / "a.pdf"), 1, *SIZE))
    book, said = made(source, tmp_path / "b.pdf", book=tmp_path / "a.pdf")
    assert book[0].get_textpage().get_text_range().split() == ["The", "treaty"] and "gave way" in said[0]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_of_a_pdf_stay_as_they_are(tmp_path: Path, turn: int) -> None:
    draw_page("The treaty", SIZE).save(tmp_path / "a.pdf", resolution=100)
    with pikepdf.open(tmp_path / "a.pdf", allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = turn
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Chapter", 0))
        pdf.save()
    streams = raw_streams(tmp_path / "a.pdf")
    pixels = load(tmp_path / "a.pdf")
    size = pixels.shape[1], pixels.shape[0]
    before = pdfium.PdfDocument(tmp_path / "a.pdf")[0].render().to_numpy()
    source = with_scans(scanned("Some words here"), Scan(str(tmp_path / "a.pdf"), 1, *size))
    book, said = made(source, tmp_path / "b.pdf", book=tmp_path / "a.pdf")
    assert said == [] and np.array_equal(book[0].render().to_numpy(), before)
    assert near(found_at(book, 0, "words"), Box(50, 0, 100, 20), size)
    assert streams <= raw_streams(tmp_path / "b.pdf"), "every stream of the pages is there bit for bit"
    assert [item.get_title() for item in book.get_toc()] == ["Chapter"]


def raw_streams(path: Path) -> set[bytes]:
    with pikepdf.open(path) as pdf:
        return {
            bytes(thing.read_raw_bytes())
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Type") not in ("/Metadata", "/ObjStm", "/XRef")
        }


def test_a_page_that_shows_its_text_gets_none_twice(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.pdf", *["The treaty was signed"] * 12)
    size = load(path).shape[::-1]
    source = with_scans(scanned("The treaty was signed"), Scan(str(path), 1, *size))
    book, said = made(source, tmp_path / "b.pdf", book=path)
    assert said == ["page 1: shows text of its own, and nothing was added"]
    assert book[0].get_textpage().get_text_range().count("treaty") == 12


def test_selected_pages_of_a_pdf(tmp_path: Path) -> None:
    pages = [draw_page(f"Page {number}", SIZE) for number in (1, 2, 3)]
    pages[0].save(tmp_path / "a.pdf", save_all=True, append_images=pages[1:], resolution=72)
    source = with_scans(scanned("second"), Scan(str(tmp_path / "a.pdf"), 2, *SIZE))
    book, _ = made(source, tmp_path / "b.pdf", book=tmp_path / "a.pdf")
    assert [page.get_textpage().get_text_range().strip() for page in book] == ["second"]


def test_many_pages_are_not_held_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.outputs.pdf.TOGETHER", 2)
    noise("L", (60, 80)).save(tmp_path / "a.png")
    distinct = []
    for number in range(5):
        (tmp_path / f"{number}.png").write_bytes((tmp_path / "a.png").read_bytes())
        distinct.append(Scan(str(tmp_path / f"{number}.png"), 1, *SIZE))
    source = with_scans(scanned(*["one two"] * 5), *distinct)
    first = made(source, tmp_path / "a.pdf")[0]
    assert [page.get_textpage().get_text_range().split() for page in first] == [["one", "two"]] * 5
    made(source, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes(), "the same input, the same bytes"


def test_a_page_that_could_not_be_read_is_left_out(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.png")
    scans = [Scan(str(tmp_path / "a.png"), 1, *SIZE), Scan(str(tmp_path / "b.png"), 1, 0, 0)]
    (tmp_path / "b.png").write_bytes(b"nothing")
    source = with_scans(scanned("one", ""), *scans)
    source = replace(source, pages=(source.pages[0], replace(source.pages[1], failed="damaged")))
    book, said = made(source, tmp_path / "a.pdf")
    assert len(book) == 1 and said == ["page 2: left out, since the scan cannot be read"]


def test_who_made_it(tmp_path: Path) -> None:
    noise("L", (60, 80)).save(tmp_path / "a.png")
    made(with_scans(scanned("a"), Scan(str(tmp_path / "a.png"), 1, *SIZE)), tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf, pdf.open_metadata() as about:
        assert about["pdf:Producer"].startswith("Errata ") and about["dc:title"] == "box"
        assert "/CreationDate" not in pdf.docinfo


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=6))
def test_every_character_has_a_code_that_leads_back(text: str) -> None:
    codes = Codes()
    digits = codes.encoded(text)
    table = codes.to_unicode().decode()
    for char, code in zip(text, (digits[at : at + 4] for at in range(0, len(digits), 4)), strict=True):
        if ord(char) <= 0xFFFF:
            assert int(code, 16) == ord(char)
        else:
            assert f"<{code}> <{char.encode('utf-16-be').hex().upper()}>" in table


def test_the_font_is_sound() -> None:
    data = font_file()
    assert len(data) < 1000
    buffer = ctypes.create_string_buffer(data)
    pdf = pdfium.PdfDocument.new()
    font = pdfium_c.FPDFText_LoadFont(pdf, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_uint8)), len(data), 2, 1)
    assert font
