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
from benchmarks.fit_pages import pages, poor_pages, write
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
EXPECTED = {
    "unknown": 2.5, "unknown seen": -0.8, "unknown name": -0.5, "odd letters": 0.1, "seen": -0.3, "rarer than a misreading": 1.0,
    "odd character": 4.0, "mixed case": 3.0, "letters and digits": 4.0, "number": 0.5, "odd number": 1.5, "lone mark": 2.5,
    "lone capital": 0.7, "misplaced stop": 2.5, "two letters": 2.5, "quote mark": 1.0, "marks together": 3.5,
    "stop behind article": 3.0, "hyphen": 0.3, "hyphen to common word": 2.5, "comma after abbreviation": 2.0,
    "neighbours seen": -1.0, "misread word fits better": 0.5, "comma before capital": 1.5, "stop before small letter": 3.0,
    "no stop before capital": 1.5, "lone stop": 2.0, "spaced stop": 1.5, "quote unpaired": 1.0, "doubt beside": 0.7,
    "doubt near": 0.5, "doubt on page": 0.5, "doubt in document": 1.0, "held": 3.0, "edited": 2.0,
    "ocr doubt": 3.0, "doubtful page read once": 1.0, "read otherwise": 0.3,
}  # fmt: skip
"""Weights as one would guess them who knows OCR but has no figures; those fitted are drawn to them, since many features are rare
on few pages, and a rare feature must not get the sign that chance gives it."""
FIRM = {"unknown seen": 40.0}
"""Weights that are drawn so many times as strongly: names that a long document repeats are trusted more, which single pages
cannot teach."""
FLOOR = 3.0
"""What is known of each weight beforehand (1 / variance, in logits)."""
DRAWS = 8
"""How often documents are put into two halves."""
WHAT = {
    "image": "16 pages of typescript, 1905-1943 (EHRI, Stanford), our samples, and 62 pages of print made and worn by "
    "benchmarks/fit_pages.py, before and after repair",
    "text": "the same without what the OCR said, 24 pages made to be hard to read, and 30 hand-corrected pages of a typewritten "
    "thesis (about 1980), before and after repair",
}


def weights_for(documents: Sequence[Known], columns: int) -> Floats:
    """The weights of the first `columns` features, fitted on some documents."""
    features = np.concatenate([d.words.features[d.known, :columns] for d in documents]).astype(float)
    wrong = np.concatenate([d.wrong[d.known] for d in documents])
    count = np.concatenate([np.full(int(d.known.sum()), MADE[columns] if d.kind == "made" else 1.0) for d in documents])
    names = FEATURES[:columns]
    expected = np.array([EXPECTED.get(name, 0.0) for name in names])
    strength = RIDGE * np.array([FIRM.get(name, 1.0) for name in names])
    return fitted(features, wrong, count, expected, strength, FLOOR)


def unseen(pages: Sequence[Known], columns: int, draw: int) -> tuple[Floats, NDArray[np.bool_]]:
    """(risk, wrong) of the repaired words of documents in two halves, drawn at random, each by weights of the other alone."""
    names = sorted({page.document for page in pages})
    half = dict(zip(np.random.default_rng(draw).permutation(names).tolist(), np.arange(len(names)) % 2, strict=True))
    risks, wrong = [], []
    for part in (0, 1):
        weights = weights_for([page for page in pages if half[page.document] != part], columns)
        for page in pages:
            if half[page.document] == part and page.repaired:
                risks.append(chances(page.words.features[page.known, :columns] @ weights))
                wrong.append(page.wrong[page.known])
    return np.concatenate(risks), np.concatenate(wrong)


def validated(pages: Sequence[Known], columns: int) -> tuple[float, tuple[Bin, ...]]:
    """(mean AUROC, bins of equal mass) over the words of documents, each seen only by weights that were fitted without it: on
    half of the documents, both ways, DRAWS times."""
    drawn = [unseen(pages, columns, draw) for draw in range(DRAWS)]
    area = float(np.mean([auroc(risk, wrong) for risk, wrong in drawn]))
    return area, reliability(*(np.concatenate(values) for values in zip(*drawn, strict=True)))


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
        "reliability": [[round(1 - b.expected, 5), round(1 - b.found, 5), b.count // DRAWS] for b in bins],
        "validation": f"repaired text; fitted on half of the documents, checked on the other, both ways, mean of {DRAWS} draws",
        "weights": {feature: round(float(weight), 4) for feature, weight in zip(names, weights, strict=True)},
    }


def documents_for(shared: Path, work: Path, *, images: bool) -> list[Known]:
    """What is fitted on: the scans and our pages, read in the folder `work`, before and after repair."""
    found: list[Known] = []
    scans, own, poor = digitised_scans(shared, work), digitise(work / "own", work / "pages"), work / "poor"
    for repaired in (False, True):
        found += judged_scans(shared, scans, repaired=repaired, images=images)
        found += judged_scans(shared, own, repaired=repaired, images=images, truths=work / "pages", kind="made")
        if not images:
            read = digitise(work / "own-poor", poor)
            found += judged_scans(shared, read, repaired=repaired, images=False, truths=poor, kind="made")
            found += judged_thesis(shared, repaired=repaired)
    return [d for d in found if d.kind in KINDS]


def fit(options: Options) -> None:
    """Fit both sets of weights, and write them."""
    work = options.work
    for name, made in (("pages", pages), ("poor", poor_pages)):
        if not (work / name).is_dir():
            write(made(options.shared / "thesis" / "gold"), work / name)
    data = {name: entry(name, documents_for(options.shared, work, images=name == "image")) for name in ("text", "image")}
    TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, fit))
