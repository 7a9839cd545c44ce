"""Fits the shipped weights of the confidence model on hand-corrected pages: `python -m benchmarks.fit_confidence`.

With images: the typescripts ehri_* and stanford1905_*, our samples, and pages of ours, printed and worn (fit_pages.py). Without:
the same with what the OCR said left out, and the corrected pages of the thesis. Other collections are kept for measuring.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, errata
from benchmarks.fit_pages import write
from benchmarks.trust import Judged, digitise, judged_scans, judged_thesis
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
EFFORTS = {"": "balanced"}
"""What pages are read with, by the suffix of their folder: the default, as a vote has another scale of confidence than a single
reading."""
EXPECTED = {"unknown seen": (-0.8, 100.0)}
"""Weights that are drawn to another value than 0, and how many times as strongly: names that a long document repeats are trusted
more, which single pages cannot teach."""
WHAT = {
    "image": "16 pages of typescript, 1905-1943 (EHRI, Stanford), our samples, and 62 pages of print made and worn by "
    "benchmarks/fit_pages.py, before and after repair",
    "text": "the same without what the OCR said, and 30 hand-corrected pages of a typewritten thesis (about 1980), before and "
    "after repair",
}


def weights_for(documents: Sequence[Judged], columns: int) -> Floats:
    """The weights of the first `columns` features, fitted on some documents."""
    features = np.concatenate([d.words.features[d.known, :columns] for d in documents]).astype(float)
    wrong = np.concatenate([d.wrong[d.known] for d in documents])
    count = np.concatenate([np.full(int(d.known.sum()), MADE[columns] if d.kind == "made" else 1.0) for d in documents])
    expected, strength = np.zeros(columns), np.full(columns, RIDGE)
    for name, (value, more) in EXPECTED.items():
        expected[FEATURES.index(name)], strength[FEATURES.index(name)] = value, more * RIDGE
    return fitted(features, wrong, count, expected, strength)


def validated(documents: Sequence[Judged], columns: int) -> tuple[float, tuple[Bin, ...]]:
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


def entry(name: str, documents: Sequence[Judged]) -> dict[str, Any]:
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


def documents_for(shared: Path, work: Path, *, images: bool) -> list[Judged]:
    """What is fitted on: the scans and our pages, as they lie digitised in the folder `work`, before and after repair."""
    found: list[Judged] = []
    for repaired in (False, True):
        for suffix in EFFORTS if images else ("",):
            found += judged_scans(shared, work / f"scans{suffix}", repaired=repaired, images=images)
            made = work / f"own{suffix}"
            found += judged_scans(shared, made, repaired=repaired, images=images, truths=work / "pages", kind="made")
        if not images:
            found += judged_thesis(shared, repaired=repaired)
    return [d for d in found if d.kind in KINDS]


def prepare(shared: Path, work: Path) -> None:
    """Make and read what is not there yet: our pages, and they and the scans read with the efforts balanced and fast."""
    if not (work / "pages").is_dir():
        write(shared / "thesis" / "gold", work / "pages")
    for suffix, effort in EFFORTS.items():
        if not (work / f"scans{suffix}").is_dir():
            digitise(shared, work / f"scans{suffix}", effort)
        if not (work / f"own{suffix}").is_dir():
            command = errata("digitise", "--effort", effort, "--each", "-q", "-o", work / f"own{suffix}", work / "pages")
            subprocess.run(command, check=True, cwd=ROOT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--work", type=Path, help="a folder for pages and what is read from them, used again if it is there")
    options = parser.parse_args()
    if not options.shared.is_dir():
        print(f"skipped: no {options.shared}")
        return 0
    with tempfile.TemporaryDirectory() as place:
        work = options.work or Path(place)
        prepare(options.shared, work)
        data = {name: entry(name, documents_for(options.shared, work, images=name == "image")) for name in ("text", "image")}
    TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
