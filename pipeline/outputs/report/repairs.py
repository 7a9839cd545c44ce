"""What was done to a document, and what was only suggested, in groups of equal changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.ledger import KINDS, Kind
from pipeline.outputs.differences import Group, grouped
from pipeline.outputs.report.wording import LABELS
from pipeline.result import Result

MOST_GROUPS = 60


@dataclass(frozen=True, slots=True)
class Section:
    """What was done, or only suggested, in one class of errors; `left_out` groups of edits are not shown."""

    kind: Kind
    label: str
    about: str
    applied: int
    held: int
    groups: list[Group]
    left_out: int


def sections(result: Result) -> list[Section]:
    """One for each class in which something was done."""
    held = Counter(edit.kind for edit in result.ledger.held)
    found = []
    for kind in KINDS:
        edits = [edit for edit in result.ledger.applied if edit.kind == kind]
        listed = [edit for edit in edits if edit.rule != "page-break"]
        if edits or held[kind]:
            groups = grouped(result.source.text, listed)
            label, about = LABELS[kind]
            left = max(0, len(groups) - MOST_GROUPS)
            found.append(Section(kind, label, about, len(edits), held[kind], groups[:MOST_GROUPS], left))
    return found


def moved_out(result: Result) -> list[tuple[int, str, str]]:
    """(page from 1, rule, text) of what left the running text."""
    return [(e.page, e.rule, " ".join(m.before.split())) for e, m in result.ledger.moved_out() if m.before.strip()]
