"""What is asked of a page and what came of it, as values that travel between processes and are stored beside the hOCR."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.errors import InvalidRecord, MadeLater
from pipeline.formats import Format, named
from pipeline.model import Box, Treatment
from pipeline.whole import write

FORMAT = Format("errata-page", (named,), nameless=True)

Rows = tuple[tuple[float, float, float], ...]

SIDES = ("left", "top", "right", "bottom")

IDENTITY: Rows = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page to be read.

    `path` and `frame` (from 1): the scan. `number`: its place in the document, from 1. `out`: the folder `ocr/` of the document.
    `keep_images`: a folder for the image after each step, or None. `timeout`: seconds for Tesseract.
    `text_layer`: where a page of a PDF has a text of its own, take that. `split`: two-page openings become two pages. `effort`:
    how often a page is read (fast: once; balanced: again in doubt; thorough: five times); `packs`: dictionaries for the vote.
    `engine`: what reads, by its name in `recognition.ENGINES`, or `auto`. `locked`: a person has finished it, and what was read
    stays. `seconds`: the longest that all of it may take; `pixels`: the most that it may have.
    """

    path: Path
    frame: int
    number: int
    out: Path
    languages: str = "eng"
    timeout: float = 120.0
    keep_images: Path | None = None
    force: bool = False
    text_layer: bool = False
    split: bool = True
    effort: str = "fast"
    packs: tuple[str, ...] = ("english",)
    engine: str = "pytesseract"
    locked: bool = False
    seconds: float = 600.0
    pixels: int = 200_000_000


@dataclass(frozen=True, slots=True)
class LeafRecord:
    """One page of a two-page opening: `side` (left, right), and as in PageRecord."""

    side: str
    to_scan: Rows
    treatments: tuple[Treatment, ...] = ()
    blank: bool = False
    unread: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRecord:
    """What came of a page. `width` and `height`: pixels of the scan; `to_scan`: from pixels of the treated image, for which the
    hOCR holds, to pixels of the scan; `digest`: of the scan file and the frame; `failed`: in one line why there is no text,
    or empty; `text_layer`: the page's own text was asked for (the treatments say whether there was one). `split`: an opening
    would have become two pages; `effort`: as in PageRequest; `engine`, `tesseract`: what read it, and the version of that;
    `leaves`: those of an opening, each with an `ocr_page` of the hOCR in their order, or none. `unread`, `fingerprint`, `ink`: as
    in Scan.
    """

    number: int
    path: str
    frame: int
    width: int = 0
    height: int = 0
    to_scan: Rows = IDENTITY
    treatments: tuple[Treatment, ...] = ()
    languages: str = ""
    tesseract: str = ""
    digest: str = ""
    blank: bool = False
    failed: str = ""
    text_layer: bool = False
    split: bool = True
    effort: str = "fast"
    engine: str = "pytesseract"
    leaves: tuple[LeafRecord, ...] = ()
    unread: tuple[Box, ...] = ()
    fingerprint: str = ""
    ink: float | None = None

    @property
    def read_with(self) -> str:
        """A short hash of all that decides what is read on a page."""
        told = self.languages, self.engine, self.tesseract, self.text_layer, self.split, self.effort
        return blake2b(repr(told).encode(), digest_size=8).hexdigest()

    def to_json(self) -> str:
        """The record as it is stored."""
        return json.dumps({**FORMAT.head, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, where: Path | None = None) -> PageRecord:
        """A stored record. Raises InvalidRecord for anything else, MadeLater for one of a later version."""
        try:
            values = FORMAT.read(json.loads(text), where)
            values["leaves"] = tuple(LeafRecord(**rebuilt(leaf)) for leaf in values.get("leaves", ()))
            return cls(**rebuilt(values))
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidRecord("a stored page cannot be understood", advice="Use --force") from error


def rebuilt(values: dict[str, Any]) -> dict[str, Any]:
    """Stored values with their matrix, treatments and boxes as they were."""
    rows = tuple(tuple(float(x) for x in row) for row in values["to_scan"])
    treatments = tuple(Treatment(**step) for step in values["treatments"])
    unread = tuple(Box(**{side: int(place[side]) for side in SIDES}) for place in values.get("unread", ()))
    return {**values, "to_scan": rows, "treatments": treatments, "unread": unread}


def hocr_path(folder: Path, number: int) -> Path:
    """Where the hOCR of page `number` lies in `ocr/`."""
    return folder / f"{number:04d}.hocr.gz"


def record_path(folder: Path, number: int) -> Path:
    """Where the record of page `number` lies in `ocr/`."""
    return folder / f"{number:04d}.json"


def store(folder: Path, record: PageRecord, hocr: bytes | None) -> None:
    """Write a page's hOCR (unless None) and then its record, each at once or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    if hocr is not None:
        write(hocr_path(folder, record.number), gzip.compress(hocr, 6, mtime=0))
    else:
        hocr_path(folder, record.number).unlink(missing_ok=True)
    write(record_path(folder, record.number), record.to_json().encode("utf-8", "backslashreplace"))


def store_looks(folder: Path, number: int, looks: Mapping[str, bytes | None]) -> None:
    """Keep the hOCR of each reading of a page that took part in a vote, by its name; remove what an earlier run left (None)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, hocr in looks.items():
        path = folder / f"{number:04d}.{name.replace(' ', '-')}.hocr.gz"
        if hocr is None:
            path.unlink(missing_ok=True)
        else:
            write(path, gzip.compress(hocr, 6, mtime=0))


def stored(folder: Path, number: int) -> PageRecord | None:
    """The record of a page that was read before, whole and with its hOCR; None where there is none to rely on. Raises
    MadeLater."""
    path = record_path(folder, number)
    try:
        record = PageRecord.from_json(path.read_text(encoding="utf-8"), path)
    except MadeLater:
        raise
    except (OSError, UnicodeDecodeError, InvalidRecord):
        return None
    return record if record.failed or has_bytes(hocr_path(folder, number)) else None


def has_bytes(path: Path) -> bool:
    """Whether there is such a file, and something in it: after a power cut there may be nothing."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def stored_hocr(folder: Path, number: int) -> bytes:
    """What Tesseract said of a page. Raises InvalidRecord where it is missing or damaged."""
    try:
        return gzip.decompress(hocr_path(folder, number).read_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise InvalidRecord("the stored hOCR is missing or damaged", where=folder, page=number, advice="Use --force") from error
