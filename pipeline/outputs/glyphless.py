"""A font without glyphs, for text that is to be found and selected but not seen.

Its only glyph draws nothing: a line from corner to corner, there and back, which has no area, but tells readers how large the
character is that they are to mark. It is half as wide as high. Character codes are those of Unicode, and a map says so, so that
any reader finds every character. Method: that of Tesseract's PDF renderer; font file format: ISO/IEC 14496-22 (OpenType).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

WIDTH = 0.5
"""Of every character, in parts of the font's size."""
EM = 1000
SURROGATES = range(0xD800, 0xE000)
"""Codes that no character has; those that need more than two bytes are given one of them."""
MAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
MAP_END = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


class Codes:
    """The codes of the characters of a text: two bytes each."""

    def __init__(self) -> None:
        self.high: dict[str, int] = {}

    def encoded(self, text: str) -> str:
        """The text in hexadecimal digits, as a PDF shows it."""
        return "".join(f"{self.code(char):04X}" for char in text)

    def code(self, char: str) -> int:
        code = ord(char)
        if code in SURROGATES:
            return 0xFFFD
        if code <= 0xFFFF:
            return code
        if char not in self.high and len(self.high) == len(SURROGATES):
            return 0xFFFD
        return self.high.setdefault(char, SURROGATES.start + len(self.high))

    def to_unicode(self) -> bytes:
        """The map from codes to characters. A range may differ in its last byte only."""
        blocks = [block for block in range(256) if block << 8 not in SURROGATES]
        ranges = [f"<{block:02X}00> <{block:02X}FF> <{block:02X}00>\n" for block in blocks]
        parts = [section("bfrange", ranges[at : at + 100]) for at in range(0, len(ranges), 100)]
        chars = [f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>\n" for char, code in self.high.items()]
        parts += [section("bfchar", chars[at : at + 100]) for at in range(0, len(chars), 100)]
        return MAP_HEAD + "".join(parts).encode() + MAP_END


def section(kind: str, rows: list[str]) -> str:
    return f"{len(rows)} begin{kind}\n{''.join(rows)}end{kind}\n"


def add_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """The font as an indirect object of `pdf`; `map_codes` completes it."""
    from pikepdf import Array, Dictionary, Name

    def stream(data: bytes, **given: object) -> pikepdf.Object:
        return pdf.make_stream(zlib.compress(data, 9), Filter=Name.FlateDecode, **given)

    program = font_file()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/GlyphLess"),
        FontFile2=stream(program, Length1=len(program)),
        Flags=5,
        FontBBox=Array([0, 0, round(WIDTH * EM), EM]),
        Ascent=EM,
        Descent=0,
        CapHeight=EM,
        ItalicAngle=0,
        StemV=80,
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/GlyphLess"),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        CIDToGIDMap=stream(b"\x00\x01" * 0x10000),
        DW=round(WIDTH * EM),
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/GlyphLess"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=stream(Codes().to_unicode()),
        )
    )


def map_codes(font: pikepdf.Object, codes: Codes) -> None:
    """Have the font's map hold all codes that were given."""
    from pikepdf import Name

    font.ToUnicode.write(zlib.compress(codes.to_unicode(), 9), filter=Name.FlateDecode)


def font_file() -> bytes:
    """The font program: two glyphs, that for what is missing, which is empty, and that for every character."""
    wide = round(WIDTH * EM)
    cmap = struct.pack(">4H I", 0, 1, 3, 1, 12) + struct.pack(
        ">14H", 4, 32, 0, 4, 4, 1, 0, 0x20, 0xFFFF, 0, 0x20, 0xFFFF, 0xFFE1, 1
    )
    cmap += struct.pack(">2H", 0, 0)
    tables = {
        b"OS/2": struct.pack(">H h 4H 10h 10B 4I 4s 3H 3h 2H", 1, wide, 400, 5, 0, *([0] * 11), *([0] * 10), 0, 0, 0, 0, b"    ",
                             0x40, 0x20, 0xFFFF, EM, 0, 0, EM, 0),
        b"cmap": cmap,
        b"glyf": struct.pack(">5h 2H 2B 2h", 1, 0, 0, wide, EM, 1, 0, 0x31, 0x01, wide, EM),
        b"head": struct.pack(">4I 2H 2q 4h 2H 3h", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, 0, 0, 0, 0, wide, EM, 0, 8, 2, 0, 0),
        b"hhea": struct.pack(">I 3h H 11h H", 0x10000, EM, 0, 0, wide, *([0] * 11), 1),
        b"hmtx": struct.pack(">H 2h", wide, 0, 0),
        b"loca": struct.pack(">3H", 0, 0, 10),
        b"maxp": struct.pack(">I 14H", 0x10000, 2, 2, 1, *([0] * 2), 1, *([0] * 8)),
        b"name": struct.pack(">3H", 0, 0, 6),
        b"post": struct.pack(">2I 2h 5I", 0x30000, 0, 0, 0, 1, 0, 0, 0, 0),
    }  # fmt: skip
    return sfnt(tables)


def sfnt(tables: dict[bytes, bytes]) -> bytes:
    """Tables as a font file, with their checksums and that of the whole in `head`."""
    size = 12 + 16 * len(tables)
    directory = struct.pack(">I 4H", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128)
    body = b""
    head = 0
    for tag, data in tables.items():
        if tag == b"head":
            head = size + len(body)
        directory += struct.pack(">4s 3I", tag, checksum(data), size + len(body), len(data))
        body += data + b"\x00" * (-len(data) % 4)
    font = directory + body
    adjustment = (0xB1B0AFBA - checksum(font)) & 0xFFFFFFFF
    return font[: head + 8] + struct.pack(">I", adjustment) + font[head + 12 :]


def checksum(data: bytes) -> int:
    padded = data + b"\x00" * (-len(data) % 4)
    return int(sum(struct.unpack(f">{len(padded) // 4}I", padded))) & 0xFFFFFFFF
