"""Fits how far documents and pages stray from the model of words: `python -m benchmarks.fit_spread`.

To be run after each change of that model; writes `pipeline/confidence/spread.json`. Spreads are averaged over their posterior,
with a half-normal prior (Gelman, "Prior distributions for variance parameters in hierarchical models", Bayesian Analysis 1,
2006): the likeliest alone would be too narrow, since documents are few.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, Options, with_collections
from benchmarks.judged import Known, digitised_scans, grouped, judged_scans, judged_thesis
from pipeline.confidence.fitting import RIDGE
from pipeline.confidence.model import chances, shipped_weights
from pipeline.confidence.spread import SHIFTS, Spread, document_likelihood, expected_counts, likelihood, student

TARGET = ROOT / "pipeline" / "confidence" / "spread.json"
KINDS = ("ehri", "stanford1905", "sample")
DOCUMENT, PAGE, SHIFT = np.arange(0.05, 1.51, 0.05), np.arange(0.05, 1.21, 0.05), np.arange(-1.5, 2.51, 0.1)
SCALE = 0.5
"""Of the half-normal prior of both spreads, in logits."""
Floats = NDArray[np.float64]
Pages = tuple[Floats, NDArray[np.int64], NDArray[np.int64]]
"""Of the pages of a document: wrong words expected under each shift, words, wrong words."""


def counts(pages: Sequence[Known], risks: Floats) -> Pages:
    """What is expected of each page of a document by the `risks` of its words, and what is true."""
    homes = np.concatenate([np.full(int(page.known.sum()), at) for at, page in enumerate(pages)])
    wrong = np.array([int(page.wrong[page.known].sum()) for page in pages], dtype=np.int64)
    return expected_counts(risks, homes, len(pages)), np.bincount(homes, minlength=len(pages)), wrong


def unseen_risks(documents: Sequence[Sequence[Known]], weights: Floats) -> list[Floats]:
    """Risks of the words of each document (those that the truth tells of) by a model that was fitted without it: that of
    `weights`, a Newton step away (Pregibon, "Logistic regression diagnostics", Annals of Statistics 9, 1981)."""
    rows = [
        np.concatenate([page.words.features[page.known, : len(weights)] for page in pages]).astype(float) for pages in documents
    ]
    wrong = [np.concatenate([page.wrong[page.known] for page in pages]) for pages in documents]
    told = [chances(features @ weights) for features in rows]
    bends = [(features * (risk * (1 - risk))[:, None]).T @ features for features, risk in zip(rows, told, strict=True)]
    spread = np.concatenate(rows).std(axis=0)
    whole = np.sum(bends, axis=0) + np.diag(RIDGE * np.where(spread > 0, spread**2, 1.0))
    found = []
    for features, risk, bad, bend in zip(rows, told, wrong, bends, strict=True):
        found.append(chances(features @ (weights + np.linalg.solve(whole - bend, features.T @ (risk - bad)))))
    return found


def posterior(documents: Sequence[Pages]) -> Floats:
    """The posterior of the spreads and the mean shift: DOCUMENT x PAGE x SHIFT, adding up to 1."""
    priors = np.stack([[student(SHIFTS - shift, spread) for shift in SHIFT] for spread in DOCUMENT])
    found = np.empty((len(DOCUMENT), len(PAGE), len(SHIFT)))
    for at, spread in enumerate(PAGE):
        kernel = Spread(1.0, float(spread)).kernel()
        found[:, at] = 0.0
        for document in documents:
            told = document_likelihood(likelihood(*document), kernel)
            found[:, at] += np.log(priors @ np.exp(told - told.max()) + 1e-300) + told.max()
    found -= 0.5 * (DOCUMENT[:, None, None] ** 2 + PAGE[:, None] ** 2) / SCALE**2
    weights = np.exp(found - found.max())
    return np.asarray(weights / weights.sum())


def entry(name: str, what: str, pages: Sequence[Known]) -> dict[str, Any]:
    """The spreads of one kind of text with where they come from; prints them."""
    groups = grouped(page for page in pages if page.known.any())
    risks = unseen_risks(groups, shipped_weights()[name])
    documents = [counts(group, risk) for group, risk in zip(groups, risks, strict=True)]
    weights = posterior(documents)
    document = float(np.sqrt((weights.sum(axis=(1, 2)) * DOCUMENT**2).sum()))
    page = float(np.sqrt((weights.sum(axis=(0, 2)) * PAGE**2).sum()))
    shift = float((weights.sum(axis=(0, 1)) * SHIFT).sum())
    best = np.unravel_index(weights.argmax(), weights.shape)
    likeliest = [round(float(axis[at]), 2) for axis, at in zip((DOCUMENT, PAGE, SHIFT), best, strict=True)]
    wrong = sum(int(found[2].sum()) for found in documents)
    print(
        f"{name}: {len(documents)} documents, document {document:.2f}, page {page:.2f}, shift {shift:.2f}; likeliest {likeliest}"
    )
    return {
        "fitted_on": what,
        "fitted": datetime.now(tz=UTC).date().isoformat(),
        "documents": len(documents),
        "pages": sum(len(found[1]) for found in documents),
        "words": sum(int(found[1].sum()) for found in documents),
        "wrong": wrong,
        "document": round(document, 3),
        "page": round(page, 3),
        "shift": round(shift, 3),
        "likeliest": likeliest,
    }


def fit(options: Options) -> None:
    """Fit both spreads, and write them."""
    shared, folder = options.shared, digitised_scans(options.shared, options.work)
    scans, texts = ([p for p in judged_scans(shared, folder, images=i) if p.kind in KINDS] for i in (True, False))
    what = "16 pages of typescript, 1905-1943 (EHRI, Stanford), and our own samples, after repair"
    thesis = f"30 hand-corrected pages of a typewritten thesis (about 1980); {what}, without their images"
    data = {"image": entry("image", what, scans), "text": entry("text", thesis, [*judged_thesis(shared), *texts])}
    TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, fit))
