"""What fuzzing begins with: small inputs that readers understand, and what is put into them."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from pipeline.ocr.pages import PageRecord

TESTS = Path(__file__).resolve().parents[1] / "tests"
ROOT = TESTS.parent


def ocr_files() -> list[bytes]:
    found = [path.read_bytes() for path in sorted((TESTS / "ocr_files").iterdir())]
    return [*found, *(gzip.compress(data, 1, mtime=0) for data in found[:2])]


def cases() -> Iterator[str]:
    for path in sorted((TESTS / "text").glob("*.json")):
        yield from (str(case["text"]) for case in json.loads(path.read_text(encoding="utf-8")) if "text" in case)


def texts() -> list[bytes]:
    """Texts of the tests by themselves, and some together as pages."""
    found = list(cases())
    pages = ["\n\f".join(found[at : at + 6]) for at in range(0, len(found), 6)]
    mixed = [pages[0].encode("cp1252", "replace"), pages[1].encode("utf-16"), pages[2].replace("\n", "\r\n").encode()]
    return [*(item.encode() for item in (*found, *pages)), *mixed]


def drawn() -> Image.Image:
    picture = Image.new("L", (60, 30), 255)
    ImageDraw.Draw(picture).text((5, 5), "Moscow", fill=0)
    return picture


def saved(kind: str, mode: str = "L", **how: object) -> bytes:
    out = io.BytesIO()
    drawn().convert(mode).save(out, kind, **how)
    return out.getvalue()


def pictures() -> list[bytes]:
    modes = [saved("PNG", mode) for mode in ("1", "L", "P", "RGBA", "I;16")]
    tiffs = [
        saved("TIFF", mode, compression=how) for mode, how in (("1", "group4"), ("L", "tiff_lzw"), ("RGB", "jpeg"), ("L", None))
    ]
    return [
        *modes,
        *tiffs,
        saved("JPEG"),
        saved("JPEG", "CMYK"),
        saved("JPEG2000"),
        saved("TIFF", save_all=True, append_images=[drawn()]),
    ]


def pdfs() -> list[bytes]:
    """A scan in a PDF, and a text with objects that lean on one another."""
    body = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F 12 Tf 20 50 Td (A note of 1927) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""
    return [saved("PDF"), body]


STEP = {"type": "step", "id": "s1", "reader": "A", "made": "2026-01-01T00:00:00.000+00:00", "label": "x", "seconds": 1.0}
EDIT = {
    "state": "applied", "place": 0, "kind": "word", "rule": "torn-word", "action": "replace", "probability": 0.9, "reason": "r",
    "changes": [{"op": "replace", "start": 0, "end": 3, "before": "com", "after": "con"}], "before": "com", "after": "con",
    "page": 1,
}  # fmt: skip


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def exchanged_seeds() -> list[bytes]:
    head = {"format": "errata-review", "version": 1}
    decision = {
        "type": "decision", "step": "s1", "id": "d1", "document": "doc", "choice": "accept", "source": "x", "start": 0, "end": 3,
        "before": "com", "left": "", "right": "", "page": 1, "scan": "", "box": "1 2 3 4", "after": "con", "places": [[0, 3]],
        "edits": [EDIT], "rule": "torn-word", "conjecture": False,
    }  # fmt: skip
    return [lines(head, STEP, decision, {"type": "word", "step": "s1", "form": "Narkomindel", "kind": "name"})]


def record_seeds() -> list[bytes]:
    plain = PageRecord(1, "scan.png", 1, 60, 30)
    return [plain.to_json().encode()]


HOCR_HEAD = b"<html xmlns='http://www.w3.org/1999/xhtml'><body><div class='ocr_page'>"
PDF_WORDS = (
    b"/Count 1000000",
    b"/Kids[2 0 R]",
    b"/Parent 3 0 R",
    b"/MediaBox[0 0 99999999 99999999]",
    b"/MediaBox[0 0 -1 0]",
    b"/UserUnit 1000",
    b"/Rotate 45",
    b"/Contents 3 0 R",
    b"/Type/Pages",
    b"4 0 R",
)
XML_WORDS = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"&#0;",
    b"&#xD800;",
    b"<!--",
    b"<![CDATA[",
    b"</div>",
    b"<span class='ocrx_word'>",
    b'title="bbox 1 2 3 4"',
    b"bbox -1 1e9 NaN 9",
    b"x_wconf 1000",
    b"<TextLine>",
    b"<String CONTENT='' HPOS='1e308'/>",
    b"<Page>",
    b"points='1,2 3'",
    b"xml:base",
    b"\xff\xfe",
    b"encoding='utf-7'",
)
WORDS = (
    "\f",
    "\n\n\n\n",
    "\r",
    "\u2028",
    "\x1c",
    "\x85",
    "\u202e",
    "\ud7ff",
    "\U0001f600",
    "a\u0301" * 9,
    "'",
    "1",
    "- 37 -",
    "(1)",
    "com-\n",
    "\u00ad\n",
    "FO 371/12579",
    "N 1/2",
    "[Page 12]",
    "-----File: 1.png-----",
    "1927-8",
    "…",
    "\u200d",
    "\ufeff",
    "Ibid.",
    "“",
    "''",
    "*",
    "=",
    " " * 200,
    "i" * 300,
    "\t",
)
TEXT_WORDS = tuple(word.encode() for word in WORDS)
JSON_WORDS = (b"null", b"1e999", b"-1", b"[]", b"{}", b"NaN", b'"\\ud800"', b"true", b"9" * 5000, b"[" * 3000, b'{"a":' * 3000)
