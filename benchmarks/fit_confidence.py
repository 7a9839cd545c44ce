"""Fits the shipped weights of the confidence model on hand-corrected pages: `python -m benchmarks.fit_confidence`.

Text without images: the corrected pages of the thesis. Text with images: the typescripts ehri_* and stanford1905_*, and our
samples. Other collections are kept for measuring.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.words import FEATURES, Words, read_words
from pipeline.evaluate.normalise import PAGE_TABLE, QUOTE_TABLE, page_normal, repair_normal
from pipeline.evaluate.placing import Finder
from pipeline.evaluate.repairs import corrected_pages, wrong_positions
from pipeline.language import build_lexicon
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.sources.hocr import source_from_ocr
from pipeline.sources.stored import stored_records
from pipeline.sources.text import read_text

Floats = NDArray[np.float64]
Rows = tuple[Floats, Floats, NDArray[np.int64], NDArray[np.int64]]
"""Of words: features, whether they are wrong (0 or 1), page, and state of the text (0 before repair, 1 after)."""

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "pipeline" / "confidence" / "coefficients.json"
SAMPLE = ROOT / "scans" / "sample"
KINDS = ("ehri_", "stanford1905_", "page-")
UNRELIABLE = 0.25
"""A page with this share of wrong words is left out: its truth lacks much of what stands on the scan, or reorders it."""
RIDGE = 1.0
EXPECTED = {"unknown seen": (-0.8, 20.0)}
"""Weights that the ridge draws to another value than 0, and how strongly: names that a long document repeats are trusted more,
which single pages cannot teach."""


def fit(rows: Rows) -> Floats:
    """Weights of a logistic model by Newton's method (IRLS), with a light ridge on all but the constant.

    Few words are wrong after repair, so text before repair is learned from too; its other share of errors has a weight of its
    own, which is not kept.
    """
    features, wrong, _, states = rows
    features = np.column_stack([features, states == 0])
    penalty = np.full(features.shape[1], RIDGE)
    penalty[[0, -1]] = 0.0
    centre = np.zeros(features.shape[1])
    for name, (value, strength) in EXPECTED.items():
        centre[FEATURES.index(name)], penalty[FEATURES.index(name)] = value, strength
    weights = np.zeros(features.shape[1])
    for _ in range(50):
        chance = risk(features, weights)
        gradient = features.T @ (chance - wrong) + penalty * (weights - centre)
        curvature = (features * (chance * (1 - chance))[:, None]).T @ features + np.diag(penalty + 1e-6)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(weights[:-1])


def risk(features: Floats, weights: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(features @ weights, -30, 30))))


def auroc(chance: Floats, wrong: Floats) -> float:
    """Area under the curve: how often a wrong word is less trusted than a right one, ties counted half."""
    _, inverse, counts = np.unique(chance, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    bad = wrong > 0
    positives, negatives = bad.sum(), (~bad).sum()
    return float((ranks[bad].sum() - positives * (positives + 1) / 2) / max(1, positives * negatives))


def validated(rows: Rows) -> tuple[float, float]:
    """(AUROC, calibration error) of repaired words of pages that the model had not seen; the error is that of ten equal bins."""
    features, wrong, pages, states = rows
    chance = np.zeros(len(wrong))
    for fold in range(5):
        out = pages % 5 == fold
        chance[out] = risk(features[out], fit((features[~out], wrong[~out], pages[~out], states[~out])))
    chance, wrong = chance[states == 1], wrong[states == 1]
    bins = np.array_split(np.argsort(chance), 10)
    error = sum(len(b) * abs(chance[b].mean() - wrong[b].mean()) for b in bins if len(b)) / max(1, len(wrong))
    return auroc(chance, wrong), float(error)


def normal_with_offsets(text: str, *, pages: bool) -> tuple[str, list[int]]:
    """The text as the scorers compare it, and where each of its characters stood."""
    table = PAGE_TABLE if pages else QUOTE_TABLE
    kept: list[tuple[str, int]] = []
    for match in re.finditer(r"\s+|\S", text):
        piece, at = match.group(), match.start()
        last = kept[-1][0] if kept else " "
        if not piece.isspace():
            kept += [(char, at) for char in piece.translate(table) if not (pages and char == "-" == last)]
        elif last == " " or (last == "." and not pages) or (last == "-" and "\n" in piece):
            if pages and last == "-" and text[match.end() : match.end() + 1].islower():
                kept.pop()
        else:
            kept.append((" ", at))
    return "".join(char for char, _ in kept), [at for _, at in kept]


def thesis_rows(shared: Path) -> Rows:
    """Rows of the words of the thesis' corrected pages, before and after repair."""
    source, ledger, knowledge = with_repair(read_text(shared / "thesis" / "thesis.txt", "thesis"))
    parts = []
    for state, edits in enumerate((Ledger(len(source.text)), ledger)):
        words = read_words(source, edits, knowledge)
        text, offsets = normal_with_offsets(edits.replay(source.text), pages=False)
        finder = Finder(text)
        for number, page in enumerate(corrected_pages(shared / "thesis" / "gold")):
            gold = repair_normal(page.read_text(encoding="utf-8"))
            place = finder.place(gold)
            bad = wrong_positions(text[place.start : place.end], gold)
            parts.append(labelled(words, offsets[place.start : place.end], bad, number, state))
    return joined(parts)


def scan_rows(shared: Path, digitised: Path) -> Rows:
    """The same of the typescripts, each page a document of the folder `digitised`."""
    parts = []
    folders = [folder for kind in KINDS for folder in sorted(digitised.glob(f"{kind}*"))]
    for number, folder in enumerate(folders):
        ocr = folder / "ocr"
        source, ledger, knowledge = with_repair(source_from_ocr(folder.name, stored_records(ocr), ocr))
        truth = page_normal(truth_of(folder.name, shared).read_text(encoding="utf-8"))
        for state, edits in enumerate((Ledger(len(source.text)), ledger)):
            words = read_words(source, edits, knowledge)
            text, offsets = normal_with_offsets(edits.replay(source.text), pages=True)
            rows = labelled(words, offsets, wrong_positions(text, truth), number, state)
            if rows[1].mean() < UNRELIABLE:
                parts.append(rows)
    return joined(parts)


def labelled(words: Words, offsets: list[int], bad: set[int], page: int, state: int) -> Rows:
    """Rows of the words at `offsets` of the clean text; those that hold a place in `bad` (counted among them) are wrong."""
    inside = np.unique(np.searchsorted(words.starts, np.array(offsets, dtype=np.int64), side="right") - 1)[1:-1]
    places = np.array(sorted(offsets[i] for i in bad if 0 <= i < len(offsets)), dtype=np.int64)
    touched = np.searchsorted(words.starts, places, side="right") - 1
    wrong = np.isin(inside, touched).astype(float)
    return words.features[inside].astype(float), wrong, np.full(len(inside), page), np.full(len(inside), state)


def joined(parts: list[Rows]) -> Rows:
    features, wrong, pages, states = (np.concatenate(part) for part in zip(*parts, strict=True))
    return features, wrong, pages, states


def truth_of(name: str, shared: Path) -> Path:
    """The ground truth of a scan: one of our own, or of the collection."""
    own = SAMPLE / f"{name}.gt.txt"
    return own if own.is_file() else shared / "scans" / "pages" / f"{name}.gt.txt"


def digitise(shared: Path, out: Path) -> None:
    """Read the scans, each a document of its own."""
    folders = (shared / "scans" / "pages", SAMPLE)
    found = [path for folder in folders for kind in KINDS for path in sorted(folder.glob(f"{kind}*"))]
    images = [str(path) for path in found if path.suffix in (".jpg", ".tif", ".png")]
    subprocess.run([sys.executable, "-m", "pipeline", "digitise", "--each", "-q", "-o", str(out), *images], check=True, cwd=ROOT)


def with_repair(source: Source) -> tuple[Source, Ledger, Knowledge]:
    knowledge = learn(source, build_lexicon())
    return source, repair(source, knowledge), knowledge


def entry(name: str, what: str, rows: Rows) -> dict[str, Any]:
    """One model with where it comes from; prints its figures."""
    weights = fit(rows)
    area, error = validated(rows)
    wrong = rows[1][rows[3] == 1]
    print(f"{name}: {len(wrong)} words, {int(wrong.sum())} wrong, AUROC {area:.3f}, calibration error {error:.4f}")
    return {
        "fitted_on": what,
        "fitted": datetime.now(tz=UTC).date().isoformat(),
        "words": len(wrong),
        "wrong_after_repair": int(wrong.sum()),
        "wrong_before_repair": int(rows[1].sum() - wrong.sum()),
        "auroc": round(area, 4),
        "calibration_error": round(error, 5),
        "validation": "repaired text; five folds, whole pages held out",
        "weights": {feature: round(float(w), 4) for feature, w in zip(FEATURES, weights, strict=True)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--digitised", type=Path, help="what `errata digitise --each` made of the scans, to save time")
    parser.add_argument("--only", choices=("text", "image"))
    options = parser.parse_args()
    if not options.shared.is_dir():
        print(f"skipped: no {options.shared}")
        return 0
    data = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    if options.only != "image":
        what = "30 hand-corrected pages of a typewritten thesis (about 1980), before and after repair"
        data["text"] = entry("text", what, thesis_rows(options.shared))
    if options.only != "text":
        what = "16 pages of typescript, 1905-1943 (EHRI, Stanford), and our own samples, as read and after repair"
        with tempfile.TemporaryDirectory() as place:
            if options.digitised is None:
                digitise(options.shared, Path(place))
            data["image"] = entry("image", what, scan_rows(options.shared, options.digitised or Path(place)))
    TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
