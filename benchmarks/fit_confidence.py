"""Fits the shipped weights of the confidence model on hand-corrected pages: `python -m benchmarks.fit_confidence`.

With images: the typescripts ehri_* and stanford1905_*, our samples, and pages of ours, printed and worn (fit_pages.py). Without:
the same with what the OCR said left out, and the corrected pages of the thesis. Other collections are kept for measuring.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, Options, with_collections
from benchmarks.fit_pages import write
from benchmarks.judged import Known, digitise, digitised_scans, judged_scans, judged_thesis
from pipeline.confidence.fitting import RIDGE, fitted
from pipeline.confidence.model import chances
from pipeline.confidence.words import FEATURES, TEXT_FEATURES
from pipeline.evaluate.calibration import Bin, auroc, expected_calibration_error, reliability

Floats = NDArray[np.float64]

TARGET = ROOT / "pipeline" / "confidence" / "coefficients.json"
KINDS = ("ehri", "stanford1905", "sample", "made", "thesis")
MADE = {len(FEATURES): 0.4, len(TEXT_FEATURES): 0.15}
"""How much a word of a page that we made counts, with images and without: there are many of them, with more errors than usual,
and without an image nothing shows that a page is worn."""
EXPECTED = {"unknown seen": (-0.8, 100.0)}
"""Weights that are drawn to another value than 0, and how many times as strongly: names that a long document repeats are trusted
more, which single pages cannot teach."""
WHAT = {
    "image": "16 pages of typescript, 1905-1943 (EHRI, Stanford), our samples, and 62 pages of print made and worn by "
    "benchmarks/fit_pages.py, before and after repair",
    "text": "the same without what the OCR said, and 30 hand-corrected pages of a typewritten thesis (about 1980), before and "
    "after repair",
}


def weights_for(documents: Sequence[Known], columns: int) -> Floats:
    """The weights of the first `columns` features, fitted on some documents."""
    features = np.concatenate([d.words.features[d.known, :columns] for d in documents]).astype(float)
    wrong = np.concatenate([d.wrong[d.known] for d in documents])
    count = np.concatenate([np.full(int(d.known.sum()), MADE[columns] if d.kind == "made" else 1.0) for d in documents])
    expected, strength = np.zeros(columns), np.full(columns, RIDGE)
    for name, (value, more) in EXPECTED.items():
        expected[FEATURES.index(name)], strength[FEATURES.index(name)] = value, more * RIDGE
    return fitted(features, wrong, count, expected, strength)


def validated(documents: Sequence[Known], columns: int) -> tuple[float, tuple[Bin, ...]]:
    """(AUROC, bins of equal mass) over the words of documents in two halves, each seen by the weights of the other only."""
    names = sorted({d.name for d in documents})
    half = {name: at % 2 for at, name in enumerate(names)}
    risks, wrong = [], []
    for part in (0, 1):
        weights = weights_for([d for d in documents if half[d.name] != part], columns)
        for document in documents:
            if half[document.name] == part and document.repaired:
                known = document.known
                risks.append(chances(document.words.features[known, :columns] @ weights))
                wrong.append(document.wrong[known])
    risk, bad = np.concatenate(risks), np.concatenate(wrong)
    return auroc(risk, bad), reliability(risk, bad)


def entry(name: str, documents: Sequence[Known]) -> dict[str, Any]:
    """One set of weights with where it comes from; prints its figures."""
    names = FEATURES if name == "image" else TEXT_FEATURES
    weights = weights_for(documents, len(names))
    area, bins = validated(documents, len(names))
    error = expected_calibration_error(bins)
    words, wrong = (
        sum(int(value.sum()) for d in documents if d.repaired for value in [part(d)])
        for part in (lambda d: d.known, lambda d: d.wrong & d.known)
    )
    print(f"{name}: {words} words, {wrong} wrong, AUROC {area:.3f}, calibration error {error:.4f}")
    return {
        "fitted_on": WHAT[name],
        "fitted": datetime.now(tz=UTC).date().isoformat(),
        "words": words,
        "wrong": wrong,
        "auroc": round(area, 4),
        "calibration_error": round(error, 5),
        "reliability": [[round(1 - b.expected, 5), round(1 - b.found, 5), b.count] for b in bins],
        "validation": "repaired text; fitted on half of the documents, checked on the other, both ways",
        "weights": {feature: round(float(weight), 4) for feature, weight in zip(names, weights, strict=True)},
    }


def documents_for(shared: Path, work: Path, *, images: bool) -> list[Known]:
    """What is fitted on: the scans and our pages, read in the folder `work`, before and after repair."""
    found: list[Known] = []
    scans, own = digitised_scans(shared, work), digitise(work / "own", work / "pages")
    for repaired in (False, True):
        found += judged_scans(shared, scans, repaired=repaired, images=images)
        found += judged_scans(shared, own, repaired=repaired, images=images, truths=work / "pages", kind="made")
        if not images:
            found += judged_thesis(shared, repaired=repaired)
    return [d for d in found if d.kind in KINDS]


def fit(options: Options) -> None:
    """Fit both sets of weights, and write them."""
    work = options.work
    if not (work / "pages").is_dir():
        write(options.shared / "thesis" / "gold", work / "pages")
    data = {name: entry(name, documents_for(options.shared, work, images=name == "image")) for name in ("text", "image")}
    TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, fit))
