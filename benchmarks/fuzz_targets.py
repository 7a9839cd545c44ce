"""What fuzzing feeds: every reader, and the repair of arbitrary text, each with seeds. A target takes any bytes, and raises only
PipelineErrors, unless something is wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.fuzz_seeds import (
    EDIT,
    JSON_WORDS,
    PDF_WORDS,
    ROOT,
    TESTS,
    TEXT_WORDS,
    XML_WORDS,
    exchanged_seeds,
    lines,
    ocr_files,
    pdfs,
    pictures,
    record_seeds,
    texts,
)
from pipeline.batch.decisions import earlier_decisions
from pipeline.batch.stamp import Stamp, stamp_from, stamp_text
from pipeline.batch.verdicts import read_readings
from pipeline.confidence.model import weights_from
from pipeline.decisions.exchange import take_in
from pipeline.decisions.store import Store
from pipeline.draft import Draft
from pipeline.errors import PipelineError
from pipeline.language.packs import load_pack
from pipeline.ocr.pages import PageRecord
from pipeline.outputs.audit_sheet import read_sheet
from pipeline.outputs.confidence import FORMAT as CONFIDENCE
from pipeline.outputs.confidence import read_risks
from pipeline.outputs.edits import read_ledger
from pipeline.outputs.formats import outputs
from pipeline.references.compiled import MISREAD, ORDER
from pipeline.references.forms import read_forms
from pipeline.run import lexicon_of, process
from pipeline.settings import FORMATS, Settings, load_settings
from pipeline.sources import images
from pipeline.sources.files import read_data
from pipeline.sources.hocr import read_hocr_page
from pipeline.sources.text import page_of_text, read_text
from pipeline.sources.text_layer import read_layer

SURE_WORDS = [["The", 1.0], ["Soviet", 0.5], ["note.", 0.1]]
WIDEST = 1_000_000
"""Pixels of a mutated image at most: what is slow about a larger one is no fault of its reader."""


@dataclass(frozen=True)
class Target:
    """`run` takes any bytes and raises for a finding; `seeds` are bytes that it should understand; `words`: what is put in;
    `weight`: its share of the time."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...] = ()
    weight: float = 1.0


@cache
def workshop() -> Path:
    """A folder for what readers want as files."""
    return Path(tempfile.mkdtemp(prefix="errata-fuzz-"))


def as_file(name: str, data: bytes) -> Path:
    path = workshop() / name
    path.write_bytes(data)
    return path


def text(data: bytes) -> None:
    """Plain text, as a document and as a page: the way back to the bytes, and pages in order."""
    source = read_text(data, "fuzzed")
    assert source.decoding is not None
    assert source.decoding.encode(source.text) == data, "the way back to the bytes is lost"
    ends = [0, *(edge for page in source.pages for edge in (page.start, page.end)), len(source.text)]
    assert ends == sorted(ends), "pages overlap"
    alone, decoding = page_of_text(data, "fuzzed")
    assert decoding.encode(alone) == data, "the way back to the bytes of a page is lost"


def markup(data: bytes) -> None:
    """hOCR, ALTO and PAGE, told apart by what is in them, packed or not; words lie within their text."""
    source = read_data(data, "fuzzed", origin=Path("/nowhere/fuzzed.xml"))
    for page in source.pages:
        for line in page.lines:
            assert page.start <= line.start <= line.end <= page.end, "a line outside of its page"
            for word in line.words:
                assert line.start <= word.start <= word.end <= line.end, "a word outside of its line"
                assert word.start < word.end, "an empty word"
                assert word.confidence is None or 0 <= word.confidence <= 1, "a confidence beyond 0-1"


def stored(data: bytes) -> None:
    """What Tesseract read, as it was kept."""
    read_hocr_page(data, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 0)


def pack(data: bytes) -> None:
    """A dictionary: pack.toml and lists, parted by form feeds, the first byte telling which lists."""
    folder = workshop() / "pack"
    folder.mkdir(exist_ok=True)
    info, *lists = data.split(b"\f")
    names = ("words.txt", "people.txt", "series.txt", "forms.txt", "pieces.txt", "always.txt")
    (folder / "pack.toml").write_bytes(info)
    for name, rows in zip(names, [*lists, *([b""] * len(names))], strict=False):
        (folder / name).write_bytes(rows)
    found = load_pack(folder)
    list(read_forms((row for row in found.rows.get("forms", ()) if row[1] != MISREAD), "forms.txt", ORDER))
    if sum(data) % 10:  # a lexicon takes most of a second
        return
    lexicon_of.cache_clear()
    process(read_data(b"FO 371/1, RG 59 and N 1/2/3, the word.\n", "x"), Settings(period=(str(folder),), jobs=1))


def toml(data: bytes) -> None:
    load_settings(as_file("errata.toml", data))


def exchanged(data: bytes) -> None:
    """A file of errata decisions export, line by line."""
    path = workshop() / "project" / "review.sqlite"
    for left in path.parent.glob("review.sqlite*") if path.parent.is_dir() else ():
        left.unlink()
    store = Store(path)
    try:
        take_in(store, data.decode("utf-8", "replace").splitlines(), "fuzzed")
    finally:
        store.connection.close()


def earlier(data: bytes) -> None:
    as_file("decisions.jsonl", data)
    earlier_decisions(workshop())


def readings(data: bytes) -> None:
    as_file("audit.jsonl", data)
    read_readings(workshop())


def sheet(data: bytes) -> None:
    read_sheet(as_file("sheet.csv", data))


def calibration(data: bytes) -> None:
    weights_from(str(as_file("weights.json", data)))


def stamp(data: bytes) -> None:
    """errata.json; what is taken for one can be written again."""
    stamp_from(stamp_text(stamp_from(data)).encode())


def record(data: bytes) -> None:
    """The record of a page; what is taken for one can be written again."""
    found = PageRecord.from_json(data.decode("utf-8", "replace"))
    PageRecord.from_json(found.to_json())


def ledger(data: bytes) -> None:
    read_ledger(as_file("edits.jsonl", data))


def risks(data: bytes) -> None:
    read_risks(as_file("confidence.json", data), "The Soviet note.")


def image(data: bytes) -> None:
    """A page image, whatever its name says."""
    path = as_file("scan.png", data)
    for frame in images.frames(path)[:3]:
        with images.opened(path) as header:
            if header.width * header.height > WIDEST:
                return
        grays = images.load(path, frame.number)
        assert grays.dtype == np.uint8 and grays.ndim == 2


def pdf(data: bytes) -> None:
    """Pages of a PDF: their images and their texts."""
    path = as_file("scan.pdf", data)
    for frame in images.frames(path)[:2]:
        for read in (lambda number: images.load(path, number), lambda number: read_layer(path, number, WIDEST)):
            try:
                read(frame.number)
            except PipelineError:
                continue


def engine(data: bytes) -> None:
    """The whole flow over a text, and all that is written of it: replay and undo, nothing lost."""
    source = read_data(data, "fuzzed", origin=Path("/nowhere/fuzzed.txt"))
    result = process(source, Settings(jobs=1))
    draft = Draft(source.text, result.ledger.applied)
    assert result.ledger.replay(source.text) == draft.text, "replay gives another text"
    assert result.ledger.undo(draft.text) == source.text, "undo does not give the source"
    for _name, written in outputs(result, FORMATS):
        written.encode("utf-8", "surrogatepass")


TARGETS = {
    "text": Target(text, texts, (*TEXT_WORDS, b"\xff", b"\xc3", b"\xe2\x82", b"\x00", b"\xc3\x83\xc2\xa9")),
    "markup": Target(markup, ocr_files, XML_WORDS, 3),
    "stored": Target(stored, lambda: [(TESTS / "ocr_files" / "tesseract.hocr").read_bytes()], XML_WORDS),
    "pack": Target(
        pack,
        lambda: [
            b'title="x"\nlicence="y"\falpha\nbeta\f\fFO\t1\t1-3\t1900\fRG {n}\tfile\f\fa\tb\n',
            b'title="x"\nlicence="y"\fa\nb\n',
        ],
        (
            b"\f",
            b"\t",
            b"\n",
            b"{n}",
            b"{nn}",
            b"{",
            b"(",
            b"[",
            b"{Z-A}",
            b"{9-1}",
            b"{a|b}",
            b"{roman I}",
            b"1-9999999999",
            b"\\",
            b"*",
        ),
    ),
    "toml": Target(
        toml,
        lambda: [b'period=["interwar"]\nkeep=["a"]\nnever=["word","a -> b"]\n[always]\n"x"="y"\n[thresholds]\nname=0.9\n'],
        (b"=", b"[always]", b'"a"="b"', b"[[", b"1e999", b'"""', b"-> ", b"lang=", b"\n", b"'" * 3, b"[" * 2000),
    ),
    "exchanged": Target(exchanged, exchanged_seeds, JSON_WORDS),
    "earlier": Target(
        earlier,
        lambda: [
            lines(
                {"format": "errata-decisions", "version": 1},
                {"source": "x", "edit": EDIT, "left": "", "right": "", "when": "2026"},
            )
        ],
        JSON_WORDS,
    ),
    "readings": Target(
        readings,
        lambda: [
            lines(
                {"format": "errata-audit", "version": 1},
                {"page": 1, "line": 1, "text": "a", "wrong": 0, "drawn": True, "when": "x"},
            )
        ],
        JSON_WORDS,
    ),
    "sheet": Target(
        sheet,
        lambda: [b'page,folio,line,text,drawn,wrong\n1,,1,"\'=a b",at random,1\n2,ii,3,x,least sure,\n'],
        (b",", b'"', b";", b"\t", b"\r", b"\n", b"\x00", b"\xff", b"9" * 5000, b"'="),
    ),
    "calibration": Target(
        calibration, lambda: [(ROOT / "pipeline" / "confidence" / "coefficients.json").read_bytes()], JSON_WORDS
    ),
    "stamp": Target(
        stamp, lambda: [stamp_text(Stamp("clean", "x", "a", "b", "1", ("x.txt",), added=(("a", "b"),))).encode()], JSON_WORDS
    ),
    "record": Target(record, record_seeds, JSON_WORDS),
    "ledger": Target(ledger, lambda: [lines({"format": "errata-edits", "version": 1, "source_length": 3}, EDIT)], JSON_WORDS),
    "risks": Target(risks, lambda: [lines({**CONFIDENCE.head, "pages": [{"lines": [{"words": SURE_WORDS}]}]})], JSON_WORDS),
    "image": Target(image, pictures, (b"\xff" * 4, b"\x00" * 4, b"IHDR", b"\x7f\xff\xff\xff"), 2),
    "pdf": Target(pdf, pdfs, PDF_WORDS, 2),
    "engine": Target(engine, texts, TEXT_WORDS, 8),
}
