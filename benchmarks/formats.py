"""What is written is valid by its schemas, the PDF has its words at their places, and none of it takes long."""

from __future__ import annotations

import ctypes
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from lxml import etree

from benchmarks.figures import Measure, errata, timed
from pipeline.batch.documents import stored_source
from pipeline.batch.stamp import read_stamp
from pipeline.batch.undo import read_evidence
from pipeline.outputs.edits import read_ledger
from pipeline.outputs.formats import outputs
from pipeline.run import rebuild

SCHEMAS = {"alto": "alto-4-4.xsd", "page": "page-2019-07-15.xsd"}
LINKS = (
    b'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink">'
    b'<xsd:attributeGroup name="simpleLink"/></xsd:schema>'
)
"""Stands for the schema of links that the one of ALTO would fetch."""
BOX = re.compile(r"bbox (\d+) (\d+) (\d+) (\d+)")
NEAR = 2.0
"""Pixels by which a word of the PDF may be aside."""


class Links(etree.Resolver):
    """Gives the schema of links without fetching it."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        return self.resolve_string(LINKS, context) if "xlink" in system_url else None  # type: ignore[arg-type]


def measure_formats(shared: Path, out: Path, bars: dict[str, dict[str, float]]) -> Iterator[Measure]:
    """The scans as one document, with all formats that need no other program."""
    formats = [part for name in ("alto", "page", "tei", "jsonl", "pdf") for part in ("--format", name)]
    scans = shared / "scans" / "pages"
    seconds = timed(errata("digitise", "-q", "--effort", "fast", *formats, "-o", out, scans))
    folder = next(path.parent for path in out.rglob("text.txt"))
    for name, schema in SCHEMAS.items():
        yield Measure(
            f"formats: {name} files that are not valid", invalid(folder / name, shared / "schemas" / schema), {"bar": 0}
        )
    found, same = pdf_figures(folder, scans)
    yield Measure("formats: words of the PDF at their places", found, bars["pdf_words"], True, "{:.2%}")
    yield Measure("formats: JPEGs that are not the same bytes", same, {"bar": 0}, shown="{:.0f}")
    images = sum(path.stat().st_size for path in scans.iterdir() if path.suffix in (".jpg", ".tif"))
    size = (folder / "searchable.pdf").stat().st_size
    yield Measure("formats: size of the PDF against its scans", size / images, bars["pdf_size"])
    yield Measure("formats: share of the time for what is always made", default_seconds(folder) / seconds, bars["time"])


def invalid(folder: Path, schema: Path) -> int:
    """How many files a schema refuses; the first fault is printed."""
    parser = etree.XMLParser()
    parser.resolvers.add(Links())
    checker = etree.XMLSchema(etree.parse(str(schema), parser))
    refused = 0
    for path in sorted(folder.glob("*.xml")):
        if not checker.validate(etree.parse(str(path))):
            refused += 1
            print(f"{path.name}: {checker.error_log[0].message}")
    return refused


def pdf_figures(folder: Path, scans: Path) -> tuple[float, int]:
    """(share of the words of the hOCR that the PDF has within NEAR of their boxes, JPEGs that differ from their files)."""
    originals = {path.read_bytes() for path in scans.glob("*.jpg")}
    with pikepdf.open(folder / "searchable.pdf") as pdf:
        images = [page.Resources.XObject.Scan for page in pdf.pages]
        jpegs = [bytes(image.read_raw_bytes()) for image in images if image.get("/Filter") == "/DCTDecode"]
    differing = len(originals) - len(originals.intersection(jpegs))
    words = hits = 0
    with pdfium.PdfDocument(folder / "searchable.pdf") as book:
        for page, path in zip(book, sorted((folder / "pages").glob("*.hocr")), strict=True):
            total, found = page_words(page, etree.parse(str(path)))
            words, hits = words + total, hits + found
    return hits / max(1, words), differing


def page_words(page: pdfium.PdfPage, tree: etree._ElementTree) -> tuple[int, int]:
    """(words of a page's hOCR, those of them that begin and end in the PDF where their boxes do)."""
    opening = next(e.get("title") or "" for e in tree.iter("{*}div") if e.get("class") == "ocr_page")
    width = int(BOX.findall(opening)[0][2])
    text = page.get_textpage()
    rect = pdfium_c.FS_RECTF()
    edges: list[tuple[str, float, float]] = []
    for at in range(text.count_chars()):
        pdfium_c.FPDFText_GetLooseCharBox(text, at, ctypes.byref(rect))
        scale = width / page.get_width()
        edges.append((chr(pdfium_c.FPDFText_GetUnicode(text, at)), rect.left * scale, rect.right * scale))
    shown, total, hits, at = "".join(edge[0] for edge in edges), 0, 0, 0
    for element in tree.iter("{*}span"):
        if element.get("class") == "ocrx_word" and not (word := element.text or "").endswith("\N{SOFT HYPHEN}"):
            left, _, right, _ = map(int, BOX.findall(element.get("title") or "")[0])
            total += 1
            start = shown.find(word, at, at + 200)
            if start >= 0:
                at = start + len(word)
                hits += abs(edges[start][1] - left) <= NEAR and abs(edges[at - 1][2] - right) <= NEAR
    return total, hits


def default_seconds(folder: Path) -> float:
    """Seconds that making the outputs of a finished document takes, less those of formats that are asked for."""
    stamp = read_stamp(folder)
    assert stamp is not None
    result = rebuild(stored_source(folder, stamp), read_ledger(folder / "edits.jsonl"), read_evidence(folder), stamp)
    began = time.perf_counter()
    for _ in outputs(result, ()):
        pass
    return time.perf_counter() - began
