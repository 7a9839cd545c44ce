"""How far confidences can be trusted: whether the words that are wrong are those that are doubted, and how many are expected.

`python -m benchmarks.trust` digitises the scans, repairs the texts, and prints every figure by collection.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Bars, Measure, Options, with_collections
from benchmarks.fit_confidence import DRAWS, validated
from benchmarks.judged import Known, digitised_scans, judged_pairs, judged_scans, judged_thesis
from pipeline.confidence.model import word_risk
from pipeline.confidence.words import FEATURES, TEXT_FEATURES
from pipeline.evaluate.calibration import auroc, calibration_error, expected_calibration_error, found_by_reading
from pipeline.evaluate.labels import WRONG

Floats = NDArray[np.float64]
BINS = 15
LINE = 10
"""Words of a usual line of print."""


def caught_by_line(documents: Sequence[Known], risks: Sequence[Floats], share: float, *, letters: bool = False) -> float:
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


def figures(documents: Sequence[Known], risks: Sequence[Floats]) -> str:
    """One line on some documents."""
    wrong = np.concatenate([d.wrong[d.known] for d in documents])
    risk = np.concatenate([r[d.known] for d, r in zip(documents, risks, strict=True)])
    missed = sum(d.missed for d in documents)
    lines = caught_by_line(documents, risks, 0.1), caught_by_line(documents, risks, 0.05, letters=True)
    return (
        f"{len(wrong):>7} words, {int(wrong.sum()):>5} wrong ({risk.sum():7.1f} expected), {missed:>5} missed; "
        f"AUROC {auroc(risk, wrong):.3f}, calibration error {calibration_error(risk, wrong, BINS):.4f}; of the wrong, the least "
        f"sure 10 % of words hold {found_by_reading(risk, wrong):.0%}, 10 % of lines {lines[0]:.1%}; "
        f"of those misread, 5 % of lines {lines[1]:.1%}"
    )


def measure_trust(shared: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """The figures that must hold: of the scans with their images and without, of the thesis before repair, and of the pairs."""
    scans = digitised_scans(shared, out)
    for name, images in (("images", True), ("text", False)):
        found = [d for d in judged_scans(shared, scans, images=images) if d.kind != "sample"]
        risk = np.concatenate([word_risk(d.words)[d.known] for d in found])
        wrong = np.concatenate([d.wrong[d.known] for d in found])
        yield Measure(f"trust, scans, {name}: AUROC", auroc(risk, wrong), bars[f"{name}_auroc"], True, "{:.3f}")
        yield Measure(
            f"trust, scans, {name}: calibration error",
            calibration_error(risk, wrong, BINS),
            bars["error"],
            shown="{:.4f}",
        )
        yield Measure(
            f"trust, scans, {name}: wrong in 10 % of words", found_by_reading(risk, wrong), bars["words"], True, "{:.1%}"
        )
        area, error = fitted_on_half(scans_of(shared, scans, images=images))
        yield Measure(f"trust, half/half, {name}: AUROC", area, bars[f"{name}_halves"], True, "{:.3f}")
        yield Measure(f"trust, half/half, {name}: calibration error", error, bars["error"], shown="{:.4f}")
    thesis = list(judged_thesis(shared, repaired=False))
    share = caught_by_line(thesis, [word_risk(d.words) for d in thesis], 0.05, letters=True)
    yield Measure("trust, thesis: misread in 5 % of lines", share, bars["thesis_lines"], True, "{:.1%}")
    pairs = list(judged_pairs(shared / "postocr"))
    for kind in sorted({d.kind for d in pairs} - {"impresso"}):
        chosen = [d for d in pairs if d.kind == kind]
        share = caught_by_line(chosen, [word_risk(d.words) for d in chosen], 0.1)
        yield Measure(f"trust, {kind}: wrong in 10 % of lines", share, bars["pairs_lines"], True, "{:.1%}")


def by_kind(title: str, documents: Sequence[Known]) -> None:
    """Print the figures of some documents, and of each kind of them."""
    for kind in (*dict.fromkeys(d.kind for d in documents), "all"):
        chosen = [d for d in documents if kind == d.kind or (kind == "all" and d.kind != "sample")]
        print(f"{title:<26}{kind:<13}{figures(chosen, [word_risk(d.words) for d in chosen])}", flush=True)


def scans_of(shared: Path, folder: Path, *, images: bool) -> list[Known]:
    """The scans before and after repair, without our samples."""
    read = (judged_scans(shared, folder, repaired=repaired, images=images) for repaired in (False, True))
    return [page for pages in read for page in pages if page.kind != "sample"]


def fitted_on_half(scans: Sequence[Known]) -> tuple[float, float]:
    """(AUROC, calibration error) of weights that were fitted on half of the documents of the scans and nothing else, over the
    words of the other half, both ways; means of several draws."""
    columns = len(TEXT_FEATURES if np.isnan(scans[0].words.ocr).all() else FEATURES)
    area, bins = validated(scans, columns)
    return area, expected_calibration_error(bins)


def measure(options: Options) -> None:
    """Print every figure."""
    shared, only = options.shared, options.only
    if only in (None, "scans"):
        folder = digitised_scans(shared, options.work)
        for repaired, images in ((False, True), (True, True), (True, False)):
            title = f"scans, {'after' if repaired else 'before'}{'' if images else ', text alone'}"
            by_kind(title, list(judged_scans(shared, folder, repaired=repaired, images=images)))
        for images in (True, False):
            area, error = fitted_on_half(scans_of(shared, folder, images=images))
            what = "images" if images else "text alone"
            print(
                f"{what}: fitted on half of the documents of the scans, checked on the other, both ways, mean of {DRAWS} draws: "
            )
            print(f"    AUROC {area:.3f}, calibration error {error:.4f}", flush=True)
    for repaired in (False, True) if only in (None, "thesis") else ():
        by_kind(f"thesis, {'after' if repaired else 'before'}", list(judged_thesis(shared, repaired=repaired)))
    if only in (None, "pairs"):
        by_kind("pairs, after", list(judged_pairs(shared / "postocr")))


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, measure, ("scans", "thesis", "pairs")))
