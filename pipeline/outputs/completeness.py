"""completeness.csv: every page, the scan that it came from, and what an archivist should look at before signing for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from pipeline.folios import PageNames
from pipeline.model import Page
from pipeline.outputs.cells import table
from pipeline.outputs.duplicates import duplicates
from pipeline.outputs.gaps import gaps
from pipeline.outputs.remarks import MOST_WORDS_OF_PICTURE, Remark, RemarkKind
from pipeline.outputs.visible import visible_line
from pipeline.result import Result

HEADER = ("page", "folio", "scan", "frame", "words", "probability", "remark", "message")
MUCH_INK = 0.12
"""Share of a page that is dark on few pages of type, and on most with pictures."""
SOME_INK = 0.004
"""Share of a page that is dark where there is more than dust."""
DOUBTFUL_WORDS = 0.3
"""Share of the words expected wrong on pages of handwriting that were read as if they were type."""
LABELS: dict[RemarkKind, str] = {
    "not read": "Could not be read",
    "missing pages": "Pages or scans may be missing",
    "same scan": "The same scan twice",
    "same page": "The same page twice",
    "folio": "Page numbers that do not fit",
    "no type": "Handwriting, pictures or forms",
    "nothing read": "Something is there, nothing was read",
    "ink not read": "Places that look written and were not read",
    "turned": "Lay upside down or on their side",
    "blank": "Blank",
}


@dataclass(frozen=True, slots=True)
class PageAccount:
    """What became of one page: its place in the clean text (from 1), what it is called, its file, and what there is to say."""

    page: int
    name: str
    folio: str
    file: str
    frame: int
    words: int
    probability: float
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Scans in and pages out. `openings`: scans that became two pages; `printed`: page numbers read; `supplied`: counted on."""

    pages: tuple[PageAccount, ...]
    scans: int
    openings: int
    failed: int
    blank: int
    printed: int
    supplied: int

    @property
    def with_text(self) -> int:
        return sum(page.words > 0 for page in self.pages)

    @property
    def remarked(self) -> list[tuple[str, list[tuple[PageAccount, str]]]]:
        """(label, pages with what is said of each) for every kind of remark that was made, the gravest first."""
        found = []
        for kind, label in LABELS.items():
            told = [(page, remark.message) for page in self.pages for remark in page.remarks if remark.kind == kind]
            if told:
                found.append((label, told))
        return found


def account(result: Result) -> Account:
    """The account of a document's pages."""
    source, names = result.source, result.names
    remarks: dict[int, list[Remark]] = {}
    counts = [sum(len(line.text.split()) for line in lines) for lines in result.draft.pages]
    fitting = len(source.pages) == len(counts)
    seen = source.pages if fitting else ()
    for at, page in enumerate(seen, 1):
        remarks[at] = list(remarks_on(page, counts[at - 1], doubtful(result, at)))
    for at, remark in (*duplicates(seen, result.draft, names), *gaps(seen, names, result.findings)):
        remarks.setdefault(at, []).append(remark)
    pages = tuple(page_account(result, at, names, counts[at - 1], remarks.get(at, [])) for at in range(1, len(counts) + 1))
    files = Counter((page.scan.path, page.scan.frame) for page in source.pages if page.scan)
    return Account(
        pages,
        len(files),
        sum(count > 1 for count in files.values()),
        sum(bool(page.failed) for page in source.pages),
        sum(page.scan is not None and page.scan.blank for page in source.pages),
        len(names.folios),
        len(names.supplied),
    )


def page_account(result: Result, at: int, names: PageNames, words: int, remarks: list[Remark]) -> PageAccount:
    scan = result.source.pages[at - 1].scan if len(result.source.pages) == len(result.draft.pages) else None
    file = PurePath(scan.path.replace("\\", "/")).name if scan else ""
    found = result.confidence.pages
    probability = found[at - 1].probability if at <= len(found) else 1.0
    return PageAccount(at, names.shown(at), names.folio(at), file, scan.frame if scan else 0, words, probability, tuple(remarks))


def doubtful(result: Result, at: int) -> float:
    """Share (0-1) of a page's words that are expected wrong."""
    pages = result.confidence.pages
    return 1 - pages[at - 1].probability if at <= len(pages) else 0.0


def remarks_on(page: Page, words: int, wrong: float) -> Iterator[Remark]:
    """What a page shows by itself."""
    scan = page.scan
    if page.failed:
        yield Remark("not read", page.failed)
    if scan is None or page.failed:
        return
    if turned := next((t.reason for t in scan.treatments if t.step == "orientation" and t.taken), ""):
        yield Remark("turned", f"The scan was {turned} to be read.")
    if scan.unread:
        many = f"{len(scan.unread)} places look" if len(scan.unread) > 1 else "One place looks"
        yield Remark("ink not read", f"{many} as if something were written there; nothing was read.")
    if scan.blank:
        yield Remark("blank", "Nothing stands on this page.")
    elif not words and not (scan.ink is not None and scan.ink < SOME_INK):
        yield Remark("nothing read", "This page is not empty, yet no word was read on it.")
    elif 0 < words < MOST_WORDS_OF_PICTURE and (scan.ink or 0.0) > MUCH_INK:
        yield Remark("no type", f"Much ink ({scan.ink:.0%} of the scan) and few words ({words}): a picture, or a form?")
    elif words and wrong > DOUBTFUL_WORDS and mean_said(page) < 0.6:
        yield Remark("no type", f"Most words are doubtful ({wrong:.0%} expected wrong): handwriting, or a picture?")


def mean_said(page: Page) -> float:
    """Mean confidence (0-1) that the OCR gave the page's words; 1 where it gave none."""
    said = [word.confidence for line in page.lines for word in line.words if word.confidence is not None]
    return float(np.mean(said)) if said else 1.0


def completeness_csv(result: Result, found: Account | None = None) -> str:
    """A row a page, or a row for each remark where there are several: `page` is its place in the scan order, from 1."""
    found, names = found or account(result), result.names
    rows: list[tuple[object, ...]] = []
    for page in found.pages:
        for remark in page.remarks or (None,):
            told = (remark.kind, remark.message) if remark else ("", "")
            place = (names.number(page.page), page.folio, visible_line(page.file), page.frame or "")
            rows.append((*place, page.words, f"{page.probability:.4f}", *told))
    return table(HEADER, rows)
