"""decisions.csv, a row a place that a person decided; decisions-lost.csv, those whose place is not in the text any more."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from pipeline.outputs.cells import table
from pipeline.result import Result

HEADER = ("page", "folio", "decision", "read", "stands", "reader")
LOST = ("page", "decision", "before it", "read", "after it", "decided", "reader", "made")
SHOWN = {
    "accept": "repair accepted",
    "keep": "kept as read",
    "write": "typed",
    "right": "right as it stood",
    "unclear": "cannot be told without the paper",
}
"""Decisions in plain words."""


def decisions_csv(result: Result) -> str:
    """Every place that a person decided, in the order of the source; `page` is its place in the scan order, from 1."""
    names = result.names
    rows = []
    for one in sorted(result.decided, key=lambda one: (one.start, one.end)):
        span = result.draft.span_of(one.start, one.end)
        stands = result.draft.text[slice(*span)] if span is not None else ""
        at = result.draft.page_at(span[0]) if span is not None else 0
        number = names.number(at) if at else page_of(result, one.start)
        folio = names.folio(at) if at else ""
        read = result.source.text[one.start : one.end]
        rows.append((number, folio, SHOWN[one.choice], read, stands, one.reader))
    return table(HEADER, rows)


def page_of(result: Result, offset: int) -> int:
    """The page (from 1) that an offset of the source lies on."""
    pages = result.source.pages
    at = bisect_right([page.start for page in pages], offset) - 1
    return pages[max(0, at)].number if pages else 1


def lost_csv(result: Result) -> str:
    """Every decision without a place: what was read there, what stood around it, and how it was decided."""
    rows = []
    for one in result.lost:
        rows.append((one.page, SHOWN[one.choice], one.left, one.before, one.right, one.after, one.reader, one.made))
    return table(LOST, rows)


def readers(result: Result) -> list[tuple[str, list[tuple[str, int]]]]:
    """Who decided, each with how many places in which way, the most first."""
    counts: dict[str, Counter[str]] = {}
    for one in result.decided:
        counts.setdefault(one.reader, Counter())[SHOWN[one.choice]] += 1
    return sorted(((who, of.most_common()) for who, of in counts.items()), key=lambda row: -sum(n for _, n in row[1]))
