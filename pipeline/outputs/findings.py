"""findings.csv: what is missing in a document, a row a finding; and the same in groups, for the report."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.outputs.cells import table
from pipeline.repair.findings import Finding
from pipeline.repair.missing_text import LACKS, Lack
from pipeline.result import Result

HEADER = ("page", "folio", "line", "kind", "message", "text")
LABELS: dict[Lack, str] = {
    "call without note": "Calls without their note",
    "note without call": "Notes that nothing calls",
    "gap in notes": "Gaps in the numbers of notes",
    "breaks off": "Pages and notes that break off",
    "hole": "Sentences without an end",
    "out of place": "Lines that may stand in the wrong place",
    "insertion": "Words put in by hand",
    "clipped edge": "Edges that may be cut off",
    "missing pages": "Pages that may be missing",
}
MOST_SHOWN = 40
"""So many findings of a kind are shown in the report."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """Findings of one kind; `left_out` of them are not shown."""

    label: str
    shown: tuple[Finding, ...]
    count: int
    left_out: int


def findings_csv(result: Result) -> str:
    """Every finding: `page` is its place in the scan order, from 1, `line` counts on the page of the clean text."""
    names = result.names
    places = ((found, names.number(found.page), names.folio(found.page)) for found in result.findings)
    return table(HEADER, [(number, folio, found.line, found.kind, found.message, found.text) for found, number, folio in places])


def lacking(result: Result) -> list[Lacking]:
    """The findings by kind, those kinds left out of which there are none."""
    groups = []
    for kind in LACKS:
        found = tuple(f for f in result.findings if f.kind == kind)
        if found:
            groups.append(Lacking(LABELS[kind], found[:MOST_SHOWN], len(found), max(0, len(found) - MOST_SHOWN)))
    return groups
