"""Files in which another program left what it read: hOCR, ALTO or PAGE-XML, told apart by their root element, and parsed."""

from __future__ import annotations

import gzip
import re
import zlib
from io import BytesIO
from typing import Literal

from lxml import etree

from pipeline.errors import UnreadableInput
from pipeline.sources.text import LARGEST

Kind = Literal["hocr", "alto", "page"]
MARKUP_SUFFIXES = frozenset({".xml", ".alto", ".page", ".hocr", ".html", ".htm", ".xhtml", ".gz"})
"""Files of these names are markup or an error, never plain text."""

BOMB = 10_000_000
"""Bytes, unpacked, from which a file must not have been packed more tightly than MOST_PACKED times: hOCR is by 10 to 30."""
MOST_PACKED = 200
GZIP = b"\x1f\x8b"
ROOT = re.compile(
    r"\ufeff?(?>\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[[^\]]*+\]\s*+)?>)*+<(?:[\w.-]++:)?([\w.-]++)",
    re.DOTALL | re.IGNORECASE,
)
"""The first element, behind declarations and comments."""
HOCR_MARK = re.compile(rb"""\bclass\s*=\s*["'][^"']*\bocrx?_(?:page|line|word)\b""")
PAGES = {
    "hocr": re.compile(rb"""\bclass\s*=\s*["'][^"']*\bocr_page\b"""),
    "alto": re.compile(rb"<(?:[\w.-]+:)?Page[\s/>]"),
    "page": re.compile(rb"<(?:[\w.-]+:)?Page[\s/>]"),
}
NAMESPACES = {
    "alto": re.compile(r"https?://.*\balto.*|", re.IGNORECASE),  # the Library of Congress, before it CCS, and the BnF its own
    "pcgts": re.compile(r"https?://schema\.primaresearch\.org/PAGE/gts/pagecontent/.*"),
}
STRANGERS = {
    "mets": ("a METS file, which only lists the files of a book", "Give the ALTO or PAGE files that it lists, or their folder"),
    "tei": ("a TEI edition, not what an OCR left", "Save its text as plain text and clean that"),
    "document": ("XML of another kind, perhaps ABBYY's own", "Have the OCR program export ALTO or hOCR"),
    "html": ("HTML without hOCR in it", "Save its text as plain text and clean that"),
}
EXPECTED = "hOCR, ALTO (1 to 4) and PAGE-XML can be read"


def unpacked(data: bytes, where: str) -> bytes:
    """The bytes of a file, unzipped if need be. Raises UnreadableInput for what is damaged or larger than LARGEST."""
    if data.startswith(GZIP):
        size = len(data)
        try:
            with gzip.open(BytesIO(data)) as packed:
                data = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as fault:
            raise UnreadableInput("the packed file is damaged", where=where, advice="Copy it again") from fault
        if len(data) > max(BOMB, MOST_PACKED * size):
            what = "the packed file is not what it seems: unpacked it would be over 200 times as large"
            raise UnreadableInput(what, where=where, advice="Export it again")
    if len(data) > LARGEST:
        what = f"the file is too large (over {LARGEST // 1_000_000} MB)"
        raise UnreadableInput(what, where=where, advice="Split it into files of fewer pages")
    return data


def root_name(data: bytes) -> str:
    """The name of the first element of a file, in small letters and without its prefix; '' where it begins with none."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = data[:131072].decode("utf-16", "ignore") if wide else data[:65536].decode("latin-1").removeprefix("ï»¿")
    found = ROOT.match(head)
    return found[1].casefold() if found else ""


def kind_of(data: bytes) -> Kind | None:
    """Which of the three formats some bytes (unpacked) are, by their first element; None for everything else."""
    name = root_name(data)
    if name == "alto":
        return "alto"
    if name == "pcgts":
        return "page"
    return "hocr" if name in ("html", "body", "div", "span", "p") and HOCR_MARK.search(narrow(data)) else None


def narrow(data: bytes) -> bytes:
    """The bytes, in UTF-8 where they are UTF-16, so that they can be searched."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16", "ignore").encode() if wide else data


def count_pages(data: bytes, kind: Kind) -> int:
    """How many pages a file (unpacked) seems to hold, without parsing it."""
    return len(PAGES[kind].findall(narrow(data)))


def parsed(data: bytes, where: str) -> tuple[Kind, etree._Element]:
    """The format and the root element of a file's bytes (unpacked).

    Entities are not resolved and nothing is fetched. Raises UnreadableInput for what is empty, broken or another format.
    """
    if not data.strip():
        raise UnreadableInput("the file is empty", where=where, advice="Export the page again")
    kind, name = kind_of(data), root_name(data)
    if kind is None:
        what, advice = STRANGERS.get(name, (f"XML of another kind ({name})" if name else "no XML", EXPECTED))
        raise UnreadableInput(f"this is {what}", where=where, advice=advice)
    root = html_root(data, where) if kind == "hocr" else xml_root(data, where)
    space = etree.QName(root).namespace or ""
    if name in NAMESPACES and not NAMESPACES[name].fullmatch(space):
        raise UnreadableInput(f"this is no {name} that is known (namespace {space or 'missing'})", where=where, advice=EXPECTED)
    return kind, root


def xml_parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)


def xml_root(data: bytes, where: str) -> etree._Element:
    """The root of an XML file. Raises UnreadableInput with the line of what is wrong."""
    try:
        return etree.fromstring(data, xml_parser())
    except (etree.XMLSyntaxError, ValueError) as fault:
        line = getattr(fault, "lineno", None)
        place = f" in line {line}" if line else ""
        raise UnreadableInput(f"broken XML{place}", where=where, advice="Export the page again") from fault


def recovered(hocr: bytes) -> etree._Element | None:
    """The root of a hOCR that is not quite XML; None where nothing can be made of it."""
    try:
        root = etree.fromstring(hocr, xml_parser(recover=True))
        # What no character stands for is noticed only when it is asked for.
        return root if root is not None and etree.tostring(root, encoding="utf-8").decode("utf-8") else None
    except (etree.XMLSyntaxError, etree.SerialisationError, ValueError):
        return None


def html_root(data: bytes, where: str) -> etree._Element:
    """The root of an hOCR file: XHTML where it is sound, HTML where it was never meant to be XML.

    Raises UnreadableInput for a file that breaks off, since a parser of HTML would not mind.
    """
    try:
        root = etree.fromstring(data, xml_parser())
        # Entities such as &nbsp; are unknown to XML without its DTD, and would be lost.
        if next(root.iter(etree.Entity), None) is None:
            return root
    except (etree.XMLSyntaxError, ValueError):
        if root_name(data) == "html" and not re.search(rb"</(?:html|body)\s*>", narrow(data), re.IGNORECASE):
            raise UnreadableInput("the hOCR breaks off", where=where, advice="Export the page again") from None
    try:
        narrowed = narrow(data)
        narrowed.decode("utf-8")
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    except UnicodeDecodeError:
        parser = etree.HTMLParser(no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(narrowed, parser)
    except (etree.XMLSyntaxError, ValueError):
        tree = None
    if tree is None:
        raise UnreadableInput("broken hOCR", where=where, advice="Export the page again")
    return tree


def local(element: etree._Element) -> str:
    """The name of an element without its namespace, in HTML perhaps one that XML would refuse; '' for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
