"""report.html: one page on what was done to a document, how sure it is, what is missing, and where to look first."""

from __future__ import annotations

from functools import partial

from pipeline.model import Source
from pipeline.outputs.completeness import Account, account
from pipeline.outputs.decided import readers
from pipeline.outputs.differences import grouped
from pipeline.outputs.findings import lacking
from pipeline.outputs.references import surest
from pipeline.outputs.report.cutouts import unread_places
from pipeline.outputs.report.details import address, only_page
from pipeline.outputs.report.diagram import reliability_html
from pipeline.outputs.report.doubts import bars, worst_lines, worst_pages
from pipeline.outputs.report.remaining import remaining
from pipeline.outputs.report.repairs import moved_out, sections
from pipeline.outputs.report.scans import own_text, treatments
from pipeline.outputs.report.wording import BANDS, LABELS, environment, gist
from pipeline.outputs.xml import NOT_XML
from pipeline.references.index import Row, rows
from pipeline.result import Result

MOST_HELD, MOST_MOVED, MOST_REFERENCES, MOST_NAMES = 120, 200, 1500, 150


def report_html(result: Result, found: Account | None = None) -> str:
    """The report. It loads nothing and works without a script; lists are cut short where another file is the better place."""
    names, text = result.names, only_page(result)
    ledger = result.ledger
    held, moved = grouped(result.source.text, ledger.held), moved_out(result)
    index = [(row, surest(row, result.confidence.words)) for row in rows(result.references)]
    found = found or account(result)
    left = remaining(result)
    pages = bars(result.confidence.pages, left.pages, names)
    page = (
        environment()
        .get_template("report.html")
        .render(
            name=result.source.name or "document",
            names=names,
            at=partial(address, alone=text is not None),
            text=text,
            gist=lambda pages: gist(pages, names),
            words=len(result.draft.text.split()),
            ledger=ledger,
            remaining=left,
            bars=pages,
            bands=[name for _, name in BANDS],
            worst_pages=worst_pages(pages),
            worst_lines=worst_lines(result),
            lacking=lacking(result),
            account=found,
            unread=unread_places(result),
            about_scans=about_scans(result.source, found),
            sections=sections(result),
            held=held[:MOST_HELD],
            held_left_out=max(0, len(held) - MOST_HELD),
            moved=moved[:MOST_MOVED],
            moved_left_out=max(0, len(moved) - MOST_MOVED),
            labels={kind: label for kind, (label, _) in LABELS.items()},
            doubted=[row for row, _ in index if row.doubts],
            index=index[:MOST_REFERENCES],
            index_left_out=max(0, len(index) - MOST_REFERENCES),
            places=places,
            new_names=result.new_names[:MOST_NAMES],
            names_left_out=max(0, len(result.new_names) - MOST_NAMES),
            special=treatments(result, taken=True),
            untreated=treatments(result, taken=False),
            own_text=own_text(result),
            readers=readers(result),
            lost=len(result.lost),
            failed=[(at, page.failed) for at, page in enumerate(result.source.pages, 1) if page.failed],
            has_images=result.source.has_images,
            diagram=reliability_html(image=result.source.has_confidences),
        )
    )
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", page)


def places(row: Row) -> tuple[list[tuple[int, list[int]]], int]:
    """Where a thing is cited: the first pages (from 1) with the notes on each, and how many more pages there are."""
    found: dict[int, list[int]] = {}
    for page, note in row.places:
        notes = found.setdefault(page, [])
        if note is not None and note not in notes:
            notes.append(note)
    listed = list(found.items())
    return (listed[:6], len(listed) - 6) if len(listed) > 6 else (listed, 0)


def about_scans(source: Source, found: Account) -> list[tuple[str, int, str]]:
    """(what, how many, what it means) of scans in and pages out, for a table that adds up."""
    pages = len(found.pages)
    if not found.scans:
        return [
            ("Pages in the text that came in", len(source.pages), "as its page breaks count them"),
            ("Pages in the clean text", pages, "the same" if pages == len(source.pages) else "page breaks were found or lost"),
        ]
    rows = [("Scans that came in", found.scans, "")]
    if found.openings:
        rows.append(("of which two-page openings", found.openings, "each gave two pages"))
    rows.append(("Pages in the clean text", pages, ""))
    rows.append(("of which with text", found.with_text, ""))
    rows.append(("of which blank", found.blank, "nothing stands on them" if found.blank else ""))
    other = pages - found.with_text - found.blank - found.failed
    rows.append(("of which without a word, but not blank", max(0, other), "see below" if other > 0 else ""))
    rows.append(("of which could not be read", found.failed, "see below" if found.failed else ""))
    return rows
