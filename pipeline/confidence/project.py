"""How many words of a whole project are wrong still: many documents, of which people have read some words here and there.

It is the model of `pipeline.confidence.residual` with one level more. The documents of a project mostly come from one
archive, one scanner and one engine, and err together: the project has the shift that the fitted spread gives a single document,
and each of its documents strays from that by a shift of its own. So intervals of
single documents do not shrink by being added up, and a line that is read in one document tells of all the others. Nothing is
fitted on how documents of one project resemble one another; OWN is set so that a document in a project is a little less certain
than one by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.residual import DRAWS, Estimate, Sighting, draw_pages, estimate, inverse
from pipeline.confidence.spread import SHIFTS, STEP, Floats, Spread, document_likelihood, likelihood, normal, spread_of

OWN = 0.5
"""Scale of the shift of a document against its project's, as a share of the fitted scale of documents."""
LEAST_LOGIT, FINE = -12.0, 15.0
"""Where the codes of risks begin, and codes for each unit of the logit."""
RISKS: Floats = 1 / (1 + np.exp(-(np.arange(256) / FINE + LEAST_LOGIT)))
"""The risk (0-1) that each code stands for."""
CURVES: Floats = 1 / (1 + np.exp(-(np.arange(256)[:, None] / FINE + LEAST_LOGIT + SHIFTS)))
"""The same under each of SHIFTS (codes x shifts)."""


def coded(risks: Floats) -> bytes:
    """Probabilities (0-1), a byte each; their logits are kept to within 0.034."""
    risks = np.clip(np.asarray(risks, dtype=np.float64), 1e-6, 1 - 1e-6)
    logits = np.log(risks / (1 - risks))
    return np.clip(np.rint((logits - LEAST_LOGIT) * FINE), 0, 255).astype(np.uint8).tobytes()


@dataclass(frozen=True, slots=True)
class Project:
    """The words of a project: their risks (codes of `coded`), the page of each, the document of each page (both from 0), and of
    which documents the OCR said how sure it was."""

    risks: NDArray[np.uint8]
    pages: NDArray[np.int64]
    documents: NDArray[np.int64]
    sure: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Remaining:
    """Wrong words among those that nobody has read: in the project, in each document, and expected on each page."""

    project: Estimate
    documents: tuple[Estimate, ...]
    pages: Floats


def remaining(
    project: Project, unread: NDArray[np.bool_], drawn: NDArray[np.bool_], wrong: NDArray[np.int64], known: NDArray[np.int64]
) -> Remaining:
    """What is left. For each word: `unread`; `drawn`: read on a line that was drawn at random. For each page: words of these that
    were found `wrong`, and wrong words that are `known` and still stand. The same input gives the same result."""
    size = len(project.documents)
    left = tally(project, unread, size)
    expected, words = left @ CURVES, left.sum(axis=1).astype(np.int64)
    told = tally(project, drawn, size)
    chance = np.random.default_rng(0)  # not fresh: the same state has the same figures again
    means, counts = np.zeros((len(project.sure), DRAWS)), np.zeros((len(project.sure), DRAWS), dtype=np.int64)
    pages = np.zeros(size)
    for image in (True, False):
        group = np.flatnonzero(project.sure == image)
        if not len(group):
            continue
        seen = {int(document): sighting(told, wrong, np.flatnonzero(project.documents == document))
                for document in np.unique(project.documents[told.any(axis=1)]) if project.sure[document] == image}  # fmt: skip
        shifts = document_shifts(spread_of(image=image), group, seen, chance)
        for document, drawn_shifts in zip(group.tolist(), shifts, strict=True):
            own = np.flatnonzero(project.documents == document)
            nothing = Sighting(np.empty(0, dtype=np.int64), np.empty((0, len(SHIFTS))))
            drawn_pages = draw_pages(
                spread_of(image=image), expected[own], words[own], seen.get(document, nothing), drawn_shifts, chance
            )
            pages[own] = drawn_pages[0].mean(axis=1) + known[own]
            means[document] = drawn_pages[0].sum(axis=0) + known[own].sum()
            counts[document] = drawn_pages[1].sum(axis=0) + known[own].sum()
    each = tuple(estimate(mean, count) for mean, count in zip(means, counts, strict=True))
    return Remaining(estimate(means.sum(axis=0), counts.sum(axis=0)), each, pages)


def tally(project: Project, which: NDArray[np.bool_], size: int) -> Floats:
    """How many of some words each page has of each code (pages x codes)."""
    keys = project.pages[which] * 256 + project.risks[which]
    return np.bincount(keys, minlength=size * 256).reshape(size, 256).astype(np.float64)


def sighting(told: Floats, wrong: NDArray[np.int64], pages: NDArray[np.int64]) -> Sighting:
    """What drawn lines showed of the pages of a document, counted from 0 within it; `told`: their words by code."""
    words = told[pages].sum(axis=1).astype(np.int64)
    some = np.flatnonzero(words)
    found = np.minimum(wrong[pages][some], words[some])
    return Sighting(some, likelihood(told[pages][some] @ CURVES, words[some], found))


def document_shifts(
    spread: Spread, group: NDArray[np.int64], seen: dict[int, Sighting], chance: np.random.Generator
) -> list[NDArray[np.int64]]:
    """DRAWS times the shifts (places among SHIFTS) of the documents of a group, which err together; a single one has the shift
    of the project."""
    own = spread.document * OWN if len(group) > 1 else 0.0
    kernel = np.stack([normal(SHIFTS - shift, own) for shift in SHIFTS])
    told = {document: document_likelihood(sight.likelihoods, spread.kernel()) for document, sight in seen.items()}
    weights = spread.prior()
    if told:
        whole = document_likelihood(np.stack(list(told.values())), kernel)
        weights = weights * np.exp(whole - whole.max())
    common = chance.permutation(inverse(np.cumsum(weights), (np.arange(DRAWS) + 0.5) / DRAWS))
    return [stray(common, told.get(document), own, kernel, chance) for document in group.tolist()]


def stray(
    common: NDArray[np.int64], told: Floats | None, own: float, kernel: Floats, chance: np.random.Generator
) -> NDArray[np.int64]:
    """The shifts of one document, drawn around those of the project by what its lines told."""
    if own == 0:
        return common
    if told is None:
        shifts = common + np.rint(chance.normal(0, own / STEP, DRAWS)).astype(np.int64)
        return np.asarray(np.clip(shifts, 0, len(SHIFTS) - 1), dtype=np.int64)
    rows = np.cumsum(kernel * np.exp(told - told.max()), axis=1)[common]
    return np.asarray((rows < chance.random((DRAWS, 1)) * rows[:, -1:]).sum(axis=1), dtype=np.int64)
