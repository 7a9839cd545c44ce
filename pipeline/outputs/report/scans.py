"""What the report says of the scans: how some were treated, which treatments were left out, and whose text they have."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import TEXT_LAYER
from pipeline.result import Result

SPECIAL = frozenset(
    (
        "noise", "orientation", "split", "perspective", "curl", "grain", "show-through", "ruled lines", "binarise", "second look",
        "page number",
    )
)  # fmt: skip
"""Treatments of scans that a reader should know of."""
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Treated:
    """Pages (from 1) that were treated alike, or not treated for the same reason."""

    step: str
    reason: str
    pages: list[int]


def treatments(result: Result, *, taken: bool) -> list[Treated]:
    """The image treatments that were taken out of the ordinary, or not taken; the commonest first."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, page in enumerate(result.source.pages, 1):
        for treatment in page.scan.treatments if page.scan else ():
            if treatment.taken == taken and treatment.reason and not (taken and treatment.step not in SPECIAL):
                found.setdefault((treatment.step, treatment.reason), []).append(at)
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [Treated(step, reason, pages) for (step, reason), pages in ordered[:MOST_ROWS]]


def own_text(result: Result) -> list[int]:
    """The pages whose text is the PDF's own."""
    scans = ((at, page.scan) for at, page in enumerate(result.source.pages, 1) if page.scan)
    return [at for at, scan in scans if any(step.step == TEXT_LAYER and step.taken for step in scan.treatments)]
