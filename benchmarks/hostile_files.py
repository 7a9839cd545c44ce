"""Files that can be read, under names that make trouble, and files that cannot: for `errata digitise` and for `errata clean`."""

from __future__ import annotations

import gzip
import io
import os
import random
import socket
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

LETTER = "The Soviet Govern-\nment sent a note to the\nBritish Embassy in Moscow.\n"
NAMES = (
    "plain",
    "two words",
    "new\nline",
    "tab\there",
    "\x1b[31mred\x1b[0m",
    "$(touch harm)",
    "; rm -rf x",
    "-n",
    "--help",
    "'quoted\"",
    "a%sb{0}",
    "Письмо",
    "信件",
    "رسالة",
    "\u202efdp",
    "e\u0301cole",
    "=SUM(A1)",
    "dots..in.it.",
    "con",
    "q" * 120,
    "\udcff\udcfe",
    "*?[x]",
    "back\\slash",
    "<b>bold<b>",
    "&amp;",
)
"""Names without suffixes: they can be those of files, and must not do anything."""
Made = Mapping[str, bytes | Callable[[Path], object]]


def page(size: tuple[int, int] = (640, 220)) -> Image.Image:
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).multiline_text((40, 30), LETTER, fill=0, font=ImageFont.load_default(30), spacing=12)
    return image


def saved(kind: str, mode: str = "L", **how: object) -> bytes:
    out = io.BytesIO()
    page().convert(mode).save(out, kind, **how)
    return out.getvalue()


def good_scans() -> dict[str, bytes]:
    """Suffix and bytes of scans that can be read."""
    return {
        ".png": saved("PNG"),
        ".jpg": saved("JPEG"),
        ".TIF": saved("TIFF", "1", compression="group4"),
        ".jp2": saved("JPEG2000"),
        ".pdf": saved("PDF", resolution=150.0),
        ".tiff": saved("TIFF", save_all=True, append_images=[page()]),
        ".jpeg": saved("JPEG", "CMYK"),
        ".j2k": saved("JPEG2000", "RGB"),
    }


def png(width: int, height: int, *, depth: int = 8, colour: int = 0, rows: int = 1) -> bytes:
    """A PNG that claims a size, and holds so many rows of nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    row = bytes(1 + width * depth // 8 * (1, 0, 3, 0, 2, 0, 4)[colour])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * rows)) + chunk(b"IEND", b"")


def tiff(width: int, height: int) -> bytes:
    """A TIFF that claims a size, in one strip of ten bytes."""
    tags = (
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, 10),
    )
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\x00" + struct.pack("<I", 18) + bytes(10) + struct.pack("<H", len(tags)) + entries + bytes(4)


def resized_jp2(width: int, height: int) -> bytes:
    """A JPEG 2000 whose header claims another size than its tiles have."""
    data = bytearray(saved("JPEG2000", no_jp2=True))
    at = data.index(b"\xff\x51") + 6
    data[at : at + 8] = struct.pack(">II", width, height)
    return bytes(data)


def pdf(*objects: str, root: str = "1 0 R", tail: str = "") -> bytes:
    """A PDF of objects as they are written, without a table of them."""
    body = "".join(f"{number} 0 obj{text}endobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root {root}{tail}>>\n%%EOF".encode("latin-1")


CATALOGUE, PAGES = "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(saved("PDF"))) as book:
        book.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def bad_pdfs() -> Made:
    """PDFs that lead nowhere, in circles, or to too much."""
    return {
        "no-pages.pdf": pdf(CATALOGUE, "<</Type/Pages/Kids[]/Count 0>>"),
        "circle-of-kids.pdf": pdf(CATALOGUE, "<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        "circle-of-nodes.pdf": pdf(CATALOGUE, PAGES, "<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count 2>>"),
        "a-million-pages.pdf": pdf(CATALOGUE, "<</Type/Pages/Kids[3 0 R]/Count 1000000>>", "<</Type/Page/Parent 2 0 R>>"),
        "reference-to-itself.pdf": pdf("1 0 R", root="1 0 R"),
        "huge-page.pdf": pdf(CATALOGUE, PAGES, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 2000000 2000000]>>"),
        "huge-unit.pdf": pdf(CATALOGUE, PAGES, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000 9000]/UserUnit 10000>>"),
        "table-in-circles.pdf": b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Prev 9/Size 1>>\nstartxref\n9\n%%EOF",
        "locked.pdf": lambda path: path.write_bytes(locked_pdf()),
        "web-page.pdf": b"<!DOCTYPE html><html><body>not found</body></html>",
        "breaks-off.pdf": saved("PDF")[:300],
    }


def bad_scans() -> Made:
    """Name and bytes, or maker, of what `errata digitise` cannot read."""
    noise = random.Random(1).randbytes(4000)  # noqa: S311 (it is to be the same each time)
    return {
        "empty.png": b"",
        "breaks-off.png": saved("PNG")[:900],
        "breaks-off.jpg": saved("JPEG")[:600],
        "breaks-off.jp2": saved("JPEG2000")[:300],
        "breaks-off.tif": saved("TIFF")[:700],
        "bomb.png": png(60_000, 60_000),
        "bomb-of-colours.png": png(65_000, 40_000, colour=6),
        "no-pixels.png": png(0, 10),
        "bomb.tif": tiff(100_000, 100_000),
        "strip-is-missing.tif": tiff(9_000, 9_000),
        "bomb.jp2": resized_jp2(2**31 - 1, 2**31 - 1),
        "noise.jpg": b"\xff\xd8\xff\xe0" + noise,
        "noise.tif": b"II*\x00\x08\x00\x00\x00" + noise,
        "text.png": b"This is not an image.",
        "archive.png": b"PK\x03\x04" + noise,
        **bad_pdfs(),
        **no_files((".png", ".tif", ".jpg", ".pdf")),
    }


def no_files(suffixes: tuple[str, str, str, str]) -> Made:
    """What is no file at all: pipes, sockets, links, folders."""
    pipe, sock, link, folder = suffixes
    return {
        f"pipe{pipe}": os.mkfifo,
        f"socket{sock}": listening,
        f"link-to-nothing{link}": lambda path: path.symlink_to("nowhere"),
        f"circle{pipe}": lambda path: path.symlink_to(path.name),
        f"folder{folder}": Path.mkdir,
    }


def listening(path: Path) -> None:
    """A socket; its path may be too long for the system, unless it is made from its own folder."""
    handle = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    try:
        os.chdir(path.parent)
        handle.bind(path.name)
    finally:
        os.chdir(here)
        handle.close()


WORDS = "".join(f"<String CONTENT='{word}'/>" for word in LETTER.replace("-", "").split())
ALTO = (
    "<alto xmlns='http://www.loc.gov/standards/alto/ns-v4#'><Layout><Page><PrintSpace><TextBlock><TextLine>"
    "{}</TextLine></TextBlock></PrintSpace></Page></Layout></alto>"
)
SPANS = " ".join(f"<span class='ocrx_word' title='bbox 1 1 9 9; x_wconf 90'>{word}</span>" for word in LETTER.split())
HOCR = (
    "<html xmlns='http://www.w3.org/1999/xhtml'><body><div class='ocr_page'>"
    f"<span class='ocr_line'>{SPANS}</span></div></body></html>"
)
PAGE_XML = (
    "<PcGts xmlns='http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15'>"
    "<Page imageFilename='x' imageWidth='9' imageHeight='9'><TextRegion id='a'><TextLine id='b'><TextEquiv><Unicode>"
    f"{LETTER.replace(chr(10), ' ')}</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"
)


def good_texts() -> dict[str, bytes]:
    """Suffix and bytes of texts that can be read."""
    return {
        ".txt": LETTER.encode(),
        ".md": LETTER.encode("utf-16"),
        ".text": ("\ufeff" + LETTER.replace("\n", "\r\n")).encode(),
        ".asc": (LETTER + "é").encode("cp1252"),
        ".alto.xml": ALTO.format(WORDS).encode(),
        ".hocr": HOCR.encode(),
        ".hocr.gz": gzip.compress(HOCR.encode()),
        ".page.xml": PAGE_XML.encode(),
        ".html": HOCR.replace("<html", "<!DOCTYPE html><html").encode(),
        ".ocr": (LETTER + "\f" + LETTER).encode(),
    }


def bad_texts() -> Made:
    """Name and bytes, or maker, of what `errata clean` cannot read."""
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    big = f"<!DOCTYPE alto [<!ENTITY a '{'a' * 50_000}'>]>"
    named = "<String CONTENT='&l11;'/>"
    outside = "<!DOCTYPE alto [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    return {
        "empty.txt": b"",
        "blank.txt": b" \n\t\n",
        "binary.txt": bytes(range(256)) * 20,
        "picture.txt": saved("PNG"),
        "book.txt": saved("PDF"),
        "archive.txt": b"PK\x03\x04" + bytes(100),
        "laughs.xml": f"<!DOCTYPE alto [<!ENTITY l0 'lol'>{laughs}]>{ALTO.format('&l11;')}".encode(),
        "laughs-in-an-attribute.xml": f"<!DOCTYPE alto [<!ENTITY l0 'l'>{laughs}]>{ALTO.format(named)}".encode(),
        "large-entity.xml": (big + ALTO.format(f"<String CONTENT='{'&a;' * 20_000}'/>")).encode(),
        "another-file.xml": (outside + ALTO.format("&x;")).encode(),
        "another-file-in-an-attribute.xml": (outside + ALTO.format("<String CONTENT='&x;'/>")).encode(),
        "another-dtd.xml": b"<!DOCTYPE alto SYSTEM 'http://127.0.0.1:9/alto.dtd'>" + ALTO.format("&unknown;").encode(),
        "deep.xml": ALTO.format("<x>" * 100_000).encode(),
        "breaks-off.xml": ALTO.format(WORDS)[:300].encode(),
        "breaks-off.hocr": HOCR[:200].encode(),
        "no-page.xml": b"<alto xmlns='http://www.loc.gov/standards/alto/ns-v4#'><Layout/></alto>",
        "no-words.xml": ALTO.format("").encode(),
        "another.xml": b"<recipe><step>Stir.</step></recipe>",
        "mets.xml": b"<mets xmlns='http://www.loc.gov/METS/'/>",
        "web-page.html": b"<html><body><p>Not found</p></body></html>",
        "bomb.hocr.gz": lambda path: path.write_bytes(gzip.compress(HOCR.encode() + bytes(150_000_000), 9)),
        "breaks-off.hocr.gz": gzip.compress(HOCR.encode())[:60],
        "not-packed.xml.gz": b"\x1f\x8b" + bytes(99),
        "wrong-encoding.xml": b"<?xml version='1.0' encoding='utf-8'?>"
        + ALTO.format("<String CONTENT='\xff'/>").encode("latin-1"),
        **no_files((".txt", ".xml", ".hocr", ".md")),
    }


def fill(folder: Path, good: Mapping[str, bytes], bad: Made, count: int) -> tuple[list[Path], list[Path]]:
    """Make `count` good files, under all sorts of names, and all bad ones in a folder; give both."""
    folder.mkdir(parents=True, exist_ok=True)
    suffixes = list(good)
    sound = []
    for at in range(count):
        path = folder / f"{NAMES[at % len(NAMES)]}{at if at >= len(NAMES) else ''}{suffixes[at % len(suffixes)]}"
        path.write_bytes(good[suffixes[at % len(suffixes)]])
        sound.append(path)
    for name, made in bad.items():
        if isinstance(made, bytes):
            (folder / name).write_bytes(made)
        else:
            made(folder / name)
    return sound, [folder / name for name in bad]
