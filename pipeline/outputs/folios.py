"""What the pages of a document are called: by the number printed on them, where it is known, else by their place in the scans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.ledger import Ledger
from pipeline.model import Source

PRINTED = re.compile(r"\d{1,4}|\b[ivxlc]{1,7}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageNames:
    """Names of the pages of a clean text, which count from 1 whatever pages were selected.

    `numbers`: their places in the scan order; `folios`: printed numbers; `by_folio`: no printed number is another page's place.
    `labels`: what pages are called where scans hold two pages, and places of pages are not those of scans.
    """

    numbers: tuple[int, ...]
    folios: Mapping[int, str]
    by_folio: bool
    labels: Mapping[int, str] = field(default_factory=dict)

    def number(self, page: int) -> int:
        """Place in the scan order, from 1."""
        return self.numbers[page - 1] if 0 < page <= len(self.numbers) else page

    def shown(self, page: int) -> str:
        """For readers: `p. 37` where that is printed, `scan 38` or `scan 38, left` where no number is known."""
        return f"p. {self.folios[page]}" if page in self.folios else self.scan(page)

    def scan(self, page: int) -> str:
        """For readers: `scan 38`, or `scan 38, left`."""
        return self.labels.get(page, f"scan {self.number(page)}")

    def key(self, page: int) -> str:
        """For labels: `p37`, the printed number only where no other page could be meant by it."""
        return f"p{self.folios[page]}" if self.by_folio and page in self.folios else f"p{self.number(page)}"


def page_names(source: Source, ledger: Ledger, pages: int) -> PageNames:
    """Names of the `pages` of the clean text, printed numbers from what was moved out of it."""
    folios: dict[int, str] = {}
    for edit, move in ledger.moved_out():
        printed = PRINTED.search(move.before)
        if edit.rule == "page-number" and printed:
            folios.setdefault(edit.page, printed.group())
    fitting = len(source.pages) == pages
    numbers = tuple(page.number for page in source.pages) if fitting else tuple(range(1, pages + 1))
    keys = [folios.get(at, str(number)) for at, number in enumerate(numbers, 1)]
    labels = {at: page.label for at, page in enumerate(source.pages, 1) if page.scan and page.label} if fitting else {}
    return PageNames(numbers, folios, bool(folios) and len(set(keys)) == len(keys), labels)
