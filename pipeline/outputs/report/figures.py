"""report.json: the figures of the report, for programs, and for the report on several documents."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline.formats import Format, by_key
from pipeline.outputs.completeness import Account, account
from pipeline.outputs.decided import readers
from pipeline.outputs.report.doubts import bars, worst_pages
from pipeline.outputs.report.remaining import remaining
from pipeline.outputs.report.wording import band
from pipeline.references.index import rows
from pipeline.result import Result

FORMAT = Format("errata-report")


def report_json(result: Result, found: Account | None = None) -> str:
    """What the report counts."""
    return by_key(figures(result, found or account(result)))


def figures(result: Result, found: Account) -> dict[str, Any]:
    """The counts and shares of the report as plain data."""
    left = remaining(result)
    names = result.names
    words = len(result.draft.text.split())
    worst = worst_pages(bars(result.confidence.pages, left.pages, names))
    return {
        **FORMAT.head,
        "document": result.source.name,
        "pages": len(found.pages),
        "scans": found.scans,
        "words": words,
        "repairs": len(result.ledger.applied),
        "suggestions": len(result.ledger.held),
        "repairs_by_kind": dict(Counter(edit.kind for edit in result.ledger.applied)),
        "expected_wrong": round(left.document.expected, 2),
        "interval": [left.document.low, left.document.high],
        "trust": band(1 - left.document.expected / max(1, words)),
        "lines": left.lines,
        "lines_to_read": {f"{share:.0%}": lines for share, lines in left.readings},
        "worst_pages": [
            {"page": names.number(p.page), "name": p.name, "expected_wrong": round(p.left.expected, 2)} for p in worst
        ],
        "findings": dict(Counter(finding.kind for finding in result.findings)),
        "completeness": dict(Counter(remark.kind for page in found.pages for remark in page.remarks)),
        "not_read": found.failed,
        "references": len(rows(result.references)),
        "doubted_references": len(result.references.doubts),
        **decided(result),
    }


def decided(result: Result) -> dict[str, Any]:
    """What people decided, by reader and way; nothing where they have decided nothing."""
    if not result.decided and not result.lost:
        return {}
    return {"decided": {who: dict(ways) for who, ways in readers(result)}, "decisions_lost": len(result.lost)}
