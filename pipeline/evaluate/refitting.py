"""Weights of the confidence model refitted to documents of which some words are known to be right or wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.fitting import fitted
from pipeline.confidence.model import CALIBRATION, COLUMNS, Weights, chances, shipped_weights
from pipeline.errors import UnreadableInput
from pipeline.evaluate.calibration import auroc, calibration_error
from pipeline.evaluate.known_words import Judged

Floats = NDArray[np.float64]

LEAST_WRONG, LEAST_WORDS = 20, 300
"""Words that must be known to be wrong, and known at all, for weights to be fitted to them."""
PRIORS = (3000.0, 300.0, 30.0)
"""How strongly weights are drawn to the shipped ones: as if so many words, each a standard deviation off, spoke for them. The one
is taken with which words that were held out surprise least."""
FOLDS = 5
STRETCH = 40
"""Words that stand together are in the same fold, since what is wrong stands in clusters."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of one set of weights. `area` and `error`: AUROC and calibration error with the shipped weights, and with new
    ones on words that these had not seen; `expected`: words expected to be wrong, likewise; `kept`: the shipped ones were
    better, or there was too little to fit to."""

    kind: str
    words: int
    wrong: int
    area: tuple[float, float] = (0.0, 0.0)
    error: tuple[float, float] = (0.0, 0.0)
    expected: tuple[float, float] = (0.0, 0.0)
    kept: bool = True

    def to_text(self) -> str:
        """Two lines for the terminal."""
        what = "words with the OCR's confidence" if self.kind == "image" else "words of text alone"
        heading = f"{what}: {self.words} known, {self.wrong} of them wrong\n"
        if not self.area[0]:
            return heading + "  too few to fit to; the weights that come with Errata stay\n"
        (area, new_area), (error, new_error), (expected, new_expected) = self.area, self.error, self.expected
        return (
            f"{heading}  as shipped: AUROC {area:.3f}, calibration error {error:.4f}, {expected:.0f} expected\n"
            f"  refitted:   AUROC {new_area:.3f}, calibration error {new_error:.4f}, {new_expected:.0f} expected, words held out"
            f"{'; no better, so the shipped weights stay' if self.kept else ''}\n"
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """Words of which something is known: features, whether they are wrong, and the fold in which they are held out."""

    features: Floats
    wrong: NDArray[np.bool_]
    folds: NDArray[np.int64]


def calibrate(documents: Sequence[Judged]) -> tuple[dict[str, Any], list[Figures]]:
    """Coefficients, as the model reads them, and the figures of each set. Raises UnreadableInput where none could be fitted."""
    shipped = shipped_weights()
    found = {kind: rows_of(documents, kind) for kind in COLUMNS}
    if all(too_few(rows) for rows in found.values()):
        words, wrong = sum(len(rows.wrong) for rows in found.values()), sum(int(rows.wrong.sum()) for rows in found.values())
        what = f"only {words} words are known, and {wrong} of them wrong"
        advice = f"Correct more pages: {LEAST_WORDS} words and {LEAST_WRONG} wrong ones are the least that can be learned from"
        raise UnreadableInput(what, advice=advice)
    figures, record = list[Figures](), CALIBRATION.head
    for kind, rows in found.items():
        told, weights = refitted(kind, rows, shipped)
        figures.append(told)
        record[kind] = entry(told, weights, documents)
    return record, figures


def too_few(rows: Rows) -> bool:
    return len(rows.wrong) < LEAST_WORDS or rows.wrong.sum() < LEAST_WRONG or (~rows.wrong).sum() < LEAST_WRONG


def rows_of(documents: Sequence[Judged], kind: str) -> Rows:
    """The known words that the weights of `kind` judge."""
    features, wrong, folds = [], [], []
    for number, document in enumerate(documents):
        spoken = ~np.isnan(document.words.ocr)
        chosen = document.known & (spoken if kind == "image" else ~spoken)
        features.append(document.words.features[chosen, : len(COLUMNS[kind])].astype(float))
        wrong.append(document.wrong[chosen])
        folds.append((number + document.pages[chosen] + np.flatnonzero(chosen) // STRETCH) % FOLDS)
    return Rows(np.concatenate(features), np.concatenate(wrong), np.concatenate(folds))


def refitted(kind: str, rows: Rows, shipped: Weights) -> tuple[Figures, Floats]:
    """The figures of new weights, and the weights that are to be used."""
    old = shipped[kind]
    if too_few(rows):
        return Figures(kind, len(rows.wrong), int(rows.wrong.sum())), old
    before = chances(rows.features @ old)
    tried = {prior: held_out(rows, old, prior) for prior in PRIORS}
    prior, after = min(tried.items(), key=lambda item: surprise(item[1], rows.wrong))
    kept = surprise(after, rows.wrong) >= surprise(before, rows.wrong)
    told = Figures(
        kind,
        len(rows.wrong),
        int(rows.wrong.sum()),
        (auroc(before, rows.wrong), auroc(after, rows.wrong)),
        (calibration_error(before, rows.wrong), calibration_error(after, rows.wrong)),
        (float(before.sum()), float(after.sum())),
        kept,
    )
    return told, old if kept else fitted(rows.features, rows.wrong, expected=old, strength=prior)


def held_out(rows: Rows, old: Floats, prior: float) -> Floats:
    """What is expected of each word by weights that have not seen it."""
    risks = np.empty(len(rows.wrong))
    for fold in range(FOLDS):
        out = rows.folds == fold
        weights = fitted(rows.features[~out], rows.wrong[~out], expected=old, strength=prior)
        risks[out] = chances(rows.features[out] @ weights)
    return risks


def surprise(risks: Floats, wrong: NDArray[np.bool_]) -> float:
    """The mean logarithmic loss: how much the truth surprises one who believes the risks."""
    sure = np.clip(np.where(wrong, risks, 1 - risks), 1e-6, 1.0)
    return float(-np.log(sure).mean())


def entry(told: Figures, weights: Floats, documents: Sequence[Judged]) -> dict[str, Any]:
    """A set of weights with where it comes from."""
    names = [document.name for document in documents if document.known.any()]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return {
        "fitted_on": "as shipped with Errata" if told.kept else f"{shown}, drawn to the weights shipped with Errata",
        "fitted": datetime.now(tz=UTC).date().isoformat(),
        "words": told.words,
        "wrong": told.wrong,
        "auroc": round(told.area[1], 4),
        "calibration_error": round(told.error[1], 5),
        "validation": f"{FOLDS} folds, stretches of {STRETCH} words held out",
        "weights": {name: round(float(weight), 4) for name, weight in zip(COLUMNS[told.kind], weights, strict=True)},
    }


def to_json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
