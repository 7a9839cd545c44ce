"""Documents beside their truth: the scans, the corrected pages of the thesis, and the pairs of OCR text and truth, each with its
words, what can be seen of them, and which are wrong."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, errata
from pipeline.confidence.words import Words, read_words
from pipeline.evaluate.judged import lines_of
from pipeline.evaluate.known_words import Judged, page_of, passages, unjudged
from pipeline.evaluate.labels import label
from pipeline.evaluate.pairs import collections
from pipeline.evaluate.repairs import corrected_pages
from pipeline.language import Lexicon, build_lexicon
from pipeline.ledger import Ledger
from pipeline.model import Line, Page, Source
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.sources.files import read_data
from pipeline.sources.hocr import source_from_ocr
from pipeline.sources.stored import stored_records

IMAGES = (".jpg", ".tif", ".png")
SAMPLE = ROOT / "scans" / "sample"


@dataclass(frozen=True, slots=True)
class Known(Judged):
    """A document, or a corrected page of a long one, of a `kind`: also the line of each word, counted through the document, and
    how many words of the truth have no counterpart (`missed`)."""

    kind: str
    lines: NDArray[np.int64]
    missed: int = 0
    repaired: bool = True

    @property
    def document(self) -> str:
        """The document that it is a page of: a letter, a book, the thesis."""
        if self.kind in ("thesis", "sample"):
            return self.kind
        if self.kind == "oldbooks":
            return self.name[: len("oldbooks_a")]
        return re.sub(r"_\d+$", "", self.name) if self.kind == "ehri" else self.name


def grouped(pages: Iterable[Known]) -> list[list[Known]]:
    """Pages by the document that they belong to."""
    found: dict[str, list[Known]] = {}
    for page in pages:
        found.setdefault(page.document, []).append(page)
    return list(found.values())


def digitise(out: Path, *images: Path, effort: str = "balanced") -> Path:
    """The folder `out` with what is read of images, or folders of them, each a document of its own; read if it is not there."""
    if not out.is_dir():
        subprocess.run(errata("digitise", "--effort", effort, "--each", "-q", "-o", out, *images), check=True, cwd=ROOT)
    return out


def digitised_scans(shared: Path, work: Path, effort: str = "balanced") -> Path:
    """The folder with what is read of the scans and our samples, in the folder `work`."""
    found = [path for folder in (shared / "scans" / "pages", SAMPLE) for path in sorted(folder.iterdir())]
    images = [path for path in found if path.suffix in IMAGES]
    return digitise(work / ("scans" if effort == "balanced" else f"scans-{effort}"), *images, effort=effort)


def repaired_words(source: Source, lexicon: Lexicon, *, repaired: bool) -> tuple[str, Words]:
    """The text of a source after repair, or before, and its words."""
    knowledge = learn(source, lexicon)
    ledger = repair(source, knowledge)
    if not repaired:
        ledger = Ledger(len(source.text), tuple(edit for edit in ledger.applied if edit.rule == "page-break"))
    return ledger.replay(source.text), read_words(source, ledger, knowledge)


def judged(name: str, kind: str, source: Source, truth: str, lexicon: Lexicon, *, repaired: bool) -> Known:
    """A document beside its truth, before or after repair."""
    text, words = repaired_words(source, lexicon, repaired=repaired)
    labels = label(text, truth, pages=True)
    return Known(name, words, labels.states, page_of(text, words), kind, lines_of(text), labels.missed, repaired)


def judged_scans(
    shared: Path, digitised: Path, *, repaired: bool = True, images: bool = True, truths: Path = SAMPLE, kind: str = "sample"
) -> Iterator[Known]:
    """The scans with ground truth as they lie read in the folder `digitised`, and those of `kind` with their truth in `truths`;
    without `images`, nothing of what the OCR said but its text."""
    lexicon = build_lexicon()
    for folder in sorted(path for path in digitised.iterdir() if (path / "ocr").is_dir()):
        own = truths / f"{folder.name}.gt.txt"
        truth = (own if own.is_file() else shared / "scans" / "pages" / own.name).read_text(encoding="utf-8")
        source = source_from_ocr(folder.name, stored_records(folder / "ocr"), folder / "ocr")
        name = kind if own.is_file() else folder.name.split("_")[0]
        yield judged(folder.name, name, source if images else silent(source), truth, lexicon, repaired=repaired)


def silent(source: Source) -> Source:
    """A source whose OCR says nothing of how sure it was, nor what else it might have read."""

    def mute(line: Line) -> Line:
        return replace(line, words=tuple(replace(word, confidence=None, alternatives=()) for word in line.words))

    def quiet(page: Page) -> Page:
        return replace(page, lines=tuple(mute(line) for line in page.lines))

    return replace(source, pages=tuple(quiet(page) for page in source.pages))


def judged_pairs(postocr: Path, *, repaired: bool = True) -> Iterator[Known]:
    """The records of OCR text with a truth; none where there is no such folder."""
    lexicon = build_lexicon()
    for kind, pairs in collections(postocr) if postocr.is_dir() else ():
        for pair in pairs:
            truth = pair.truth.replace("#", "")
            if truth.strip() and pair.ocr.strip():
                source = read_data(pair.ocr.encode("utf-8", "surrogatepass"), pair.name)
                yield judged(pair.name, kind, source, truth, lexicon, repaired=repaired)


def judged_thesis(shared: Path, *, repaired: bool = True) -> Iterator[Known]:
    """The corrected pages of the thesis, each by itself, with what the whole document tells."""
    source = read_data((shared / "thesis" / "thesis.txt").read_bytes(), "thesis")
    text, words = repaired_words(source, build_lexicon(), repaired=repaired)
    lines, pages = lines_of(text), page_of(text, words)
    truths = ((page.stem, page.read_text(encoding="utf-8")) for page in corrected_pages(shared / "thesis" / "gold"))
    for found in passages(text, words, truths):
        part, states = found.words, unjudged(words)
        states[part] = found.labels.states
        yield Known(found.name, words.part(part), states[part], pages[part], "thesis", lines[part], found.labels.missed, repaired)
