"""text.txt: the clean text, a form feed between pages, lines as they stood."""

from __future__ import annotations

from pipeline.result import Result


def plain_text(result: Result) -> str:
    """The clean text, exactly what replaying the ledger over the source gives."""
    return result.draft.text
