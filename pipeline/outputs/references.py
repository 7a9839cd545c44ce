"""references.csv: the index of archival references, a row a thing cited, for spreadsheets and catalogue searches."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.confidence.model import WordRisks
from pipeline.folios import PageNames
from pipeline.outputs.cells import table
from pipeline.references.index import Row, rows
from pipeline.result import Result

HEADER = (
    "reference", "catalogue", "kind", "series", "piece", "raw_forms", "pages", "folios", "notes", "count", "confidence",
    "certain", "doubts",
)  # fmt: skip


def references_csv(result: Result) -> str:
    """Every archival reference. `pages` are places in the scan order, from 1; `folios` and `notes` stand in their order,
    `none` where a page has no printed number or the reference is in the running text. `reference` is as cited, without stops
    and blanks of house style, `catalogue` what to paste into a catalogue's search; `confidence` is the probability that it is
    right where it is read best."""
    names = result.names
    return table(HEADER, (cells(row, names, result.confidence.words) for row in rows(result.references)))


def surest(row: Row, words: WordRisks) -> float | None:
    """Probability (0-1) that a reference is read right where it is read best; None where nothing is known of its words."""
    found = [float((1 - wrong).prod()) for start, end in row.spans if len(wrong := words.between(start, end))]
    return max(found, default=None)


def cells(row: Row, names: PageNames, words: WordRisks) -> tuple[str, ...]:
    """A row as text."""
    probability = surest(row, words)
    return (
        row.reference,
        "; ".join(row.catalogue),
        row.kind.value,
        row.series,
        row.piece,
        "; ".join(row.met),
        "; ".join(str(names.number(page)) for page, _ in row.places),
        joined(names.folio(page) for page, _ in row.places),
        joined("" if note is None else str(note) for _, note in row.places),
        str(row.count),
        "" if probability is None else f"{probability:.4f}",
        "yes" if row.certain else "no",
        "; ".join(doubt.told(names.shown) for doubt in row.doubts),
    )


def joined(entries: Iterable[str]) -> str:
    """One entry for each page, so that columns can be read side by side; nothing where all are empty."""
    listed = list(entries)
    return "; ".join(entry or "none" for entry in listed) if any(listed) else ""
