"""What the pages of a document are called: by the number printed on them, where it is known, else by their place in the scans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.ledger import Ledger
from pipeline.model import Source

PRINTED = re.compile(r"\d{1,4}|\b[ivxlc]{1,7}\b", re.IGNORECASE)
WORN = re.compile(r"\W*([bloOISZ])\W*")
"""A page number of one figure that was read as a letter: `- b -`. It proves no number, but agrees or disagrees with others."""
FIGURES = str.maketrans("bloOISZ", "6100152")
FAR_ENOUGH = 8
"""Pages between two numbers, both printed and both in their places, which leave no doubt that pages are counted on."""


@dataclass(frozen=True, slots=True)
class PageNames:
    """Names of the pages of a clean text, which count from 1 whatever pages were selected.

    `numbers`: their places in the scan order; `folios`: printed numbers; `by_folio`: no printed number is another page's place.
    `labels`: what pages are called where scans hold two pages, and places of pages are not those of scans. `supplied`: numbers
    of pages whose own was not read, as the printed ones count. `repeated`: numbers that are printed on several pages.
    """

    numbers: tuple[int, ...]
    folios: Mapping[int, str]
    by_folio: bool
    labels: Mapping[int, str] = field(default_factory=dict)
    supplied: Mapping[int, int] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()

    def number(self, page: int) -> int:
        """Place in the scan order, from 1."""
        return self.numbers[page - 1] if 0 < page <= len(self.numbers) else page

    def folio(self, page: int) -> str:
        """For tables: `37` where that is printed, `[38]` where it is supplied, as libraries mark it, or nothing."""
        return self.folios.get(page) or (f"[{self.supplied[page]}]" if page in self.supplied else "")

    def shown(self, page: int) -> str:
        """For readers: `p. 37` where that is printed, `p. 37, scan 45` where it is printed twice, `p. [38], scan 39` where it is
        supplied, `scan 39` or `scan 39, left` where no number is known."""
        if page in self.folios:
            folio = self.folios[page]
            return f"p. {folio}, {self.scan(page)}" if folio in self.repeated else f"p. {folio}"
        return f"p. {self.folio(page)}, {self.scan(page)}" if page in self.supplied else self.scan(page)

    def scan(self, page: int) -> str:
        """For readers: `scan 38`, or `scan 38, left`."""
        return self.labels.get(page, f"scan {self.number(page)}")

    def key(self, page: int) -> str:
        """For labels: `p37`, the printed number only where no other page could be meant by it."""
        return f"p{self.folios[page]}" if self.by_folio and page in self.folios else f"p{self.number(page)}"


def page_names(source: Source, ledger: Ledger, pages: int) -> PageNames:
    """Names of the `pages` of the clean text, printed numbers from what was moved out of it."""
    folios: dict[int, str] = {}
    worn: dict[int, int] = {}
    for edit, move in ledger.moved_out():
        if edit.rule != "page-number":
            continue
        if printed := PRINTED.search(move.before):
            folios.setdefault(edit.page, printed.group())
        elif letter := WORN.fullmatch(move.before):
            worn.setdefault(edit.page, int(letter[1].translate(FIGURES)))
    fitting = len(source.pages) == pages
    numbers = tuple(page.number for page in source.pages) if fitting else tuple(range(1, pages + 1))
    keys = [folios.get(at, str(number)) for at, number in enumerate(numbers, 1)]
    labels = {at: page.label for at, page in enumerate(source.pages, 1) if page.scan and page.label} if fitting else {}
    read = {page: int(folio) for page, folio in folios.items() if folio.isdigit()}
    missing = {page: number for page, number in supplied(numbers, worn | read).items() if page not in folios}
    repeated = frozenset(folio for folio, count in Counter(folios.values()).items() if count > 1)
    return PageNames(numbers, folios, bool(folios) and len(set(keys)) == len(keys), labels, missing, repeated)


def supplied(numbers: Sequence[int], printed: Mapping[int, int]) -> dict[int, int]:
    """Numbers of all pages between two printed ones that agree; and of all others too, if all printed ones agree."""
    known = sorted(page for page in printed if 0 < page <= len(numbers))
    ahead = {page: numbers[page - 1] - printed[page] for page in known}
    found: dict[int, int] = {}
    for before, after in pairwise(known):
        if ahead[before] == ahead[after]:
            found |= {page: numbers[page - 1] - ahead[before] for page in range(before, after + 1)}
    if len(known) > 1 and len(set(ahead.values())) == 1 and known[-1] - known[0] >= FAR_ENOUGH:
        counted = {page: number - ahead[known[0]] for page, number in enumerate(numbers, 1)}
        found = {page: number for page, number in counted.items() if number > 0}
    return found
