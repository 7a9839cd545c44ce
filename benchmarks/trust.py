"""How far confidences can be trusted: whether the words that are wrong are those that are doubted, and how many are expected.

`python -m benchmarks.trust` digitises the scans, repairs the texts, and prints every figure; `judged_scans`, `judged_pairs` and
`judged_thesis` give each document with its words, what the model says of them, and what the truth says.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, Bars, Measure, errata
from pipeline.confidence.model import word_risk
from pipeline.confidence.words import Words, read_words
from pipeline.evaluate.calibration import auroc, expected_calibration_error, found_by_reading, reliability
from pipeline.evaluate.labels import RIGHT, UNJUDGED, WRONG, folded, label
from pipeline.evaluate.pairs import collections
from pipeline.evaluate.placing import Finder
from pipeline.evaluate.repairs import corrected_pages
from pipeline.language import Lexicon, build_lexicon
from pipeline.ledger import Ledger
from pipeline.model import Line, Page, Source
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.sources.files import read_data
from pipeline.sources.hocr import source_from_ocr
from pipeline.sources.stored import stored_records

Floats = NDArray[np.float64]
IMAGES = (".jpg", ".tif", ".png")
SAMPLE = ROOT / "scans" / "sample"
BINS = 15
LINE = 10
"""Words of a usual line of print."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A document, or some corrected pages of it. Of each word: what can be seen of it, its state by the truth (see
    `pipeline.evaluate.labels`), and its line, counted through the document. `missed`: words of the truth without a counterpart.
    """

    name: str
    kind: str
    words: Words
    states: NDArray[np.int8]
    lines: NDArray[np.int64]
    missed: int = 0
    repaired: bool = True

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which words the truth says something of."""
        return self.states != UNJUDGED

    @property
    def wrong(self) -> NDArray[np.bool_]:
        return self.states > RIGHT


def judged(name: str, kind: str, source: Source, truth: str, lexicon: Lexicon, *, repaired: bool, pages: bool = True) -> Judged:
    """A document beside its truth, before or after repair."""
    knowledge = learn(source, lexicon)
    ledger = repair(source, knowledge)
    if not repaired:
        ledger = Ledger(len(source.text), tuple(edit for edit in ledger.applied if edit.rule == "page-break"))
    text = ledger.replay(source.text)
    labels = label(text, truth, pages=pages)
    words = read_words(source, ledger, knowledge)
    return Judged(name, kind, words, labels.states, lines_of(text, words), labels.missed, repaired)


def lines_of(text: str, words: Words) -> NDArray[np.int64]:
    """The line that each word stands on, counted from 0."""
    breaks = [match.start() for match in re.finditer("[\n\f]", text)]
    return np.searchsorted(breaks, words.starts)


def judged_scans(
    shared: Path, digitised: Path, *, repaired: bool = True, images: bool = True, truths: Path = SAMPLE, kind: str = "sample"
) -> Iterator[Judged]:
    """The scans with ground truth as `errata digitise --each` read them into the folder `digitised`, and those of `kind` with
    their truth in `truths`; without `images`, nothing of what the OCR said but its text."""
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


def judged_pairs(postocr: Path, *, repaired: bool = True) -> Iterator[Judged]:
    """The records of OCR text with a truth."""
    lexicon = build_lexicon()
    for kind, pairs in collections(postocr):
        for pair in pairs:
            truth = pair.truth.replace("#", "")
            if truth.strip() and pair.ocr.strip():
                source = read_data(pair.ocr.encode("utf-8", "surrogatepass"), pair.name)
                yield judged(pair.name, kind, source, truth, lexicon, repaired=repaired)


def judged_thesis(shared: Path, *, repaired: bool = True) -> Iterator[Judged]:
    """The corrected pages of the thesis, each by itself, with what the whole document tells."""
    source = read_data((shared / "thesis" / "thesis.txt").read_bytes(), "thesis")
    knowledge = learn(source, build_lexicon())
    ledger = repair(source, knowledge)
    if not repaired:
        ledger = Ledger(len(source.text), tuple(edit for edit in ledger.applied if edit.rule == "page-break"))
    text = ledger.replay(source.text)
    words = read_words(source, ledger, knowledge)
    lines = lines_of(text, words)
    plain, offsets = folded(text, pages=False)
    finder = Finder(plain)
    for page in corrected_pages(shared / "thesis" / "gold"):
        gold = page.read_text(encoding="utf-8")
        place = finder.place(folded(gold, pages=False)[0].strip())
        begin, end = offsets[place.start], offsets[place.end - 1] + 1
        inside = slice(int(np.searchsorted(words.ends, begin, side="right")), int(np.searchsorted(words.starts, end)))
        part = words.part(inside)
        labels = label(text[int(part.starts[0]) : int(part.ends[-1])], gold, pages=False)
        yield Judged(page.stem, "thesis", part, labels.states, lines[inside], labels.missed, repaired)


def caught_by_line(documents: Sequence[Judged], risks: Sequence[Floats], share: float, *, letters: bool = False) -> float:
    """The share of the wrong words that stand on the least sure `share` of lines, by the wrong words expected on them; with
    `letters`, words that are only torn or glued together are not looked for."""
    expected, found = [], []
    for document, risk in zip(documents, risks, strict=True):
        known = document.known
        wrong = (document.states == WRONG) if letters else document.wrong
        _, lines = np.unique(of_a_line(document.lines)[known], return_inverse=True)
        expected.append(np.bincount(lines, risk[known]))
        found.append(np.bincount(lines, wrong[known]))
    doubts, bad = np.concatenate(expected), np.concatenate(found)
    order = np.argsort(-doubts, kind="stable")[: max(1, round(share * len(doubts)))]
    return float(bad[order].sum() / max(1, bad.sum()))


def of_a_line(lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lines of a text; where paragraphs stand on one line each, stretches of LINE words of them."""
    places = np.arange(len(lines)) - np.searchsorted(lines, lines)
    if np.bincount(lines).max(initial=0) <= 3 * LINE:
        return lines
    return lines * 1_000_000 + places // LINE


def error_of(risks: Floats, wrong: NDArray[np.bool_]) -> float:
    """The expected calibration error."""
    return expected_calibration_error(reliability(risks, wrong, BINS))


def figures(documents: Sequence[Judged], risks: Sequence[Floats]) -> str:
    """One line on some documents."""
    wrong = np.concatenate([d.wrong[d.known] for d in documents])
    risk = np.concatenate([r[d.known] for d, r in zip(documents, risks, strict=True)])
    missed = sum(d.missed for d in documents)
    lines = caught_by_line(documents, risks, 0.1), caught_by_line(documents, risks, 0.05, letters=True)
    return (
        f"{len(wrong):>7} words, {int(wrong.sum()):>5} wrong ({risk.sum():7.1f} expected), {missed:>5} missed; "
        f"AUROC {auroc(risk, wrong):.3f}, calibration error {error_of(risk, wrong):.4f}; of the wrong, the least sure "
        f"10 % of words hold {found_by_reading(risk, wrong):.0%}, 10 % of lines {lines[0]:.1%}; "
        f"of those misread, 5 % of lines {lines[1]:.1%}"
    )


def measure_trust(shared: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """The figures that must hold: of the scans with their images and without, of the thesis before repair, and of the pairs."""
    digitise(shared, out)
    for name, images in (("images", True), ("text", False)):
        found = [d for d in judged_scans(shared, out, images=images) if d.kind != "sample"]
        risk = np.concatenate([word_risk(d.words)[d.known] for d in found])
        wrong = np.concatenate([d.wrong[d.known] for d in found])
        yield Measure(f"trust, scans, {name}: AUROC", auroc(risk, wrong), bars[f"{name}_auroc"], True, "{:.3f}")
        yield Measure(
            f"trust, scans, {name}: calibration error",
            expected_calibration_error(reliability(risk, wrong, BINS)),
            bars["error"],
            shown="{:.4f}",
        )
        yield Measure(
            f"trust, scans, {name}: wrong in 10 % of words", found_by_reading(risk, wrong), bars["words"], True, "{:.1%}"
        )
    thesis = list(judged_thesis(shared, repaired=False))
    share = caught_by_line(thesis, [word_risk(d.words) for d in thesis], 0.05, letters=True)
    yield Measure("trust, thesis: misread in 5 % of lines", share, bars["thesis_lines"], True, "{:.1%}")
    pairs = list(judged_pairs(shared / "postocr")) if (shared / "postocr").is_dir() else []
    for kind in sorted({d.kind for d in pairs} - {"impresso"}):
        chosen = [d for d in pairs if d.kind == kind]
        share = caught_by_line(chosen, [word_risk(d.words) for d in chosen], 0.1)
        yield Measure(f"trust, {kind}: wrong in 10 % of lines", share, bars["pairs_lines"], True, "{:.1%}")


def by_kind(title: str, documents: Sequence[Judged]) -> None:
    """Print the figures of some documents, and of each kind of them."""
    for kind in (*dict.fromkeys(d.kind for d in documents), "all"):
        chosen = [d for d in documents if kind == d.kind or (kind == "all" and d.kind != "sample")]
        print(f"{title:<26}{kind:<13}{figures(chosen, [word_risk(d.words) for d in chosen])}", flush=True)


def digitise(shared: Path, out: Path, effort: str = "balanced") -> None:
    """Read the scans and our samples, each a document of its own."""
    found = [path for folder in (shared / "scans" / "pages", SAMPLE) for path in sorted(folder.iterdir())]
    images = [str(path) for path in found if path.suffix in IMAGES]
    subprocess.run(errata("digitise", "--effort", effort, "--each", "-q", "-o", out, *images), check=True, cwd=ROOT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the collections lie")
    parser.add_argument("--digitised", type=Path, help="what `errata digitise --each` made of the scans, to save time")
    parser.add_argument("--only", choices=("scans", "thesis", "pairs"))
    options = parser.parse_args()
    if not options.shared.is_dir():
        print(f"skipped: no {options.shared}")
        return 0
    with tempfile.TemporaryDirectory() as place:
        if options.only in (None, "scans"):
            if options.digitised is None:
                digitise(options.shared, Path(place))
            for repaired, images in ((False, True), (True, True), (True, False)):
                title = f"scans, {'after' if repaired else 'before'}{'' if images else ', text alone'}"
                folder = options.digitised or Path(place)
                by_kind(title, list(judged_scans(options.shared, folder, repaired=repaired, images=images)))
        for repaired in (False, True) if options.only in (None, "thesis") else ():
            by_kind(f"thesis, {'after' if repaired else 'before'}", list(judged_thesis(options.shared, repaired=repaired)))
        if options.only in (None, "pairs"):
            by_kind("pairs, after", list(judged_pairs(options.shared / "postocr")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
