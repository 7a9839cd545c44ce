"""Images and PDFs as sources: every kind that is promised, and every kind of bad input."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image

from pipeline.errors import EncryptedPdf, ExitCode, UnreadableInput
from pipeline.sources.images import Frame, frames, load
from pipeline.sources.natural import natural_key


@pytest.fixture
def picture() -> Image.Image:
    """Unlike itself in every turn: dark at the top left, with a gradient."""
    values = np.linspace(255, 180, 300 * 200).reshape(300, 200)
    values[20:90, 10:60] = 20
    return Image.fromarray(values.astype(np.uint8))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L")).astype(int)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "jp2"])
def test_formats(tmp_path: Path, picture: Image.Image, suffix: str) -> None:
    path = tmp_path / f"page.{suffix}"
    picture.save(path)
    assert frames(path) == [Frame(path, 1)]
    gray = load(path)
    assert gray.dtype == np.uint8 and gray.shape == (300, 200)
    assert np.abs(gray.astype(int) - pixels(picture)).mean() < 3


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_modes(tmp_path: Path, picture: Image.Image, mode: str) -> None:
    image = picture
    if mode in {"I;16", "I"}:
        image = Image.fromarray(pixels(picture).astype(np.uint16) * 257)
    image = image if mode == "I;16" else image.convert(mode)
    path = tmp_path / "page.tif"
    image.save(path)
    gray = load(path)
    assert gray.dtype == np.uint8
    assert gray[50, 30] < 60 < 140 < gray[5, 5]
    assert mode == "1" or np.abs(gray.astype(int) - pixels(picture)).mean() < 4


def test_transparency_is_paper(tmp_path: Path) -> None:
    values = np.zeros((20, 20, 4), np.uint8)
    values[5:10, 5:10, 3] = 255
    path = tmp_path / "page.png"
    Image.fromarray(values).save(path)
    gray = load(path)
    assert gray[0, 0] == 255 and gray[7, 7] == 0


def test_exif_orientation_is_obeyed(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "page.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(path, exif=exif)
    gray = load(path)
    assert gray.shape == (200, 300)
    assert gray[30, 250] < 60


def test_multi_page_tiff(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "pages.tif"
    picture.save(path, save_all=True, append_images=[picture.rotate(180), picture.resize((50, 50))])
    assert [frame.number for frame in frames(path)] == [1, 2, 3]
    assert [load(path, k).shape for k in (1, 2, 3)] == [(300, 200), (300, 200), (50, 50)]
    assert load(path, 2)[250, 170] < 60


def test_natural_order() -> None:
    names = ["p10.png", "P2.png", "p1.png", "p1b.png", "10.png", "9.png", "p02.png"]
    assert sorted(names, key=natural_key) == ["9.png", "10.png", "p1.png", "p1b.png", "p02.png", "P2.png", "p10.png"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_scan_in_a_pdf_is_taken_at_its_own_resolution(tmp_path: Path, picture: Image.Image, turn: int) -> None:
    path = tmp_path / "scan.pdf"
    picture.save(path, resolution=37)
    with pdfium.PdfDocument(path) as pdf:
        pdf[0].set_rotation(turn)
        pdf.save(tmp_path / "turned.pdf")
    gray = load(tmp_path / "turned.pdf")
    expected = np.rot90(pixels(picture), -turn // 90)
    assert gray.shape == expected.shape
    assert np.abs(gray.astype(int) - expected).mean() < 3


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_scan_that_is_turned_within_its_page(tmp_path: Path, picture: Image.Image, turn: int) -> None:
    pdf = pdfium.PdfDocument.new()
    image = pdfium.PdfImage.new(pdf)
    image.set_bitmap(pdfium.PdfBitmap.from_pil(picture))
    width, height = (200, 300) if turn == 180 else (300, 200)
    matrix = pdfium.PdfMatrix().scale(200, 300).rotate(turn)  # clockwise, about the lower left corner
    matrix = matrix.translate({90: 0, 180: 200, 270: 300}[turn], {90: 200, 180: 300, 270: 0}[turn])
    image.set_matrix(matrix)
    page = pdf.new_page(width, height)
    page.insert_obj(image)
    page.gen_content()
    pdf.save(tmp_path / "turned.pdf")
    gray = load(tmp_path / "turned.pdf")
    expected = np.rot90(pixels(picture), -turn // 90)
    assert gray.shape == expected.shape
    assert np.abs(gray.astype(int) - expected).mean() < 3


def test_a_drawn_pdf_page_is_rendered(tmp_path: Path) -> None:
    pdf = pdfium.PdfDocument.new()
    pdf.new_page(72, 144)
    pdf.save(tmp_path / "drawn.pdf")
    gray = load(tmp_path / "drawn.pdf")
    assert gray.shape == (600, 300)
    assert (gray == 255).all()


def encrypted_pdf() -> bytes:
    """A PDF whose user password is not empty; the hashes need not be right to be refused."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj%s endobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF"
    out.write(trailer % start)
    return out.getvalue()


def test_encrypted_pdf(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(encrypted_pdf())
    with pytest.raises(EncryptedPdf) as caught:
        frames(path)
    assert caught.value.exit_code == ExitCode.ENCRYPTED_PDF
    assert "password" in caught.value.what and caught.value.advice


def zip_bytes() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("page.txt", "text")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("empty.pdf", b""),
        ("text.png", b"This is a letter, not a picture of one."),
        ("archive.pdf", zip_bytes()),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj"),
        ("header.tif", b"II*\x00\x08\x00\x00\x00"),
        ("noise.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256))),
        ("noise.jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(64)),
    ],
)
def test_files_that_are_not_what_they_seem(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableInput) as caught:
        for frame in frames(path):
            load(frame.path, frame.number)
    assert caught.value.exit_code == ExitCode.INPUT_FILE
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no such file"):
        frames(tmp_path / "nothing.png")
    with pytest.raises(UnreadableInput, match="folder"):
        frames(tmp_path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_page_that_breaks_off(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300)).astype(np.uint8)
    path = tmp_path / f"page.{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableInput) as caught:
        load(path, 1)
    assert caught.value.advice


def test_a_tiff_that_breaks_off_keeps_its_first_pages(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "pages.tif"
    picture.save(path, save_all=True, append_images=[picture, picture])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    found = frames(path)
    assert len(found) >= 2
    assert load(path, 1).shape == (300, 200)
    with pytest.raises(UnreadableInput):
        load(path, found[-1].number)


def test_a_decompression_bomb_is_refused_unopened(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(50_020_000))) + chunk(b"IEND", b"")
    )
    with pytest.raises(UnreadableInput, match="20000 x 20000") as caught:
        frames(path)
    assert "\n" not in str(caught.value)


def test_one_pixel_is_an_image(tmp_path: Path) -> None:
    path = tmp_path / "dot.png"
    Image.new("L", (1, 1)).save(path)
    assert load(path).shape == (1, 1)


def test_hidden_text_over_a_scan_does_not_hide_the_scan(tmp_path: Path, picture: Image.Image) -> None:
    picture.save(tmp_path / "scan.pdf", resolution=37)
    pdf = pdfium.PdfDocument(tmp_path / "scan.pdf")
    text = pdfium_c.FPDFPageObj_NewTextObj(pdf, b"Helvetica", 12.0)
    pdfium_c.FPDFTextObj_SetTextRenderMode(text, pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)
    pdfium_c.FPDFPage_InsertObject(pdf[0], text)
    pdf[0].gen_content()
    pdf.save(tmp_path / "both.pdf")
    assert load(tmp_path / "both.pdf").shape == (300, 200)
