"""Pages that are in a document twice: the same file, or another scan of the same page, or the same words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.draft import Draft
from pipeline.folios import PageNames
from pipeline.model import Page, Scan
from pipeline.outputs.remarks import MOST_WORDS_OF_PICTURE, Remark

LETTERS = re.compile(r"[^\W\d_]+")
RUN = 4
"""Words in a row that two pages have in common by chance only in formulas."""
SAME_RUNS = 0.5
"""Share of the runs of words of the shorter page that its double must have; OCR spoils a few of them."""
MOST_PAGES = 6
"""A run of words on more pages than this is a formula, and tells none of them."""
NEAR = 5
"""Bits of 64 in which fingerprints of two scans of one picture differ at most. Pages of type are too much alike to be told so."""


def duplicates(pages: Sequence[Page], draft: Draft, names: PageNames) -> Iterator[tuple[int, Remark]]:
    """(page from 1, remark) for every page that stands once more before it; `pages` are none where they are not those of the
    draft."""
    told: set[int] = set()
    first: dict[str, int] = {}
    for at, page in enumerate(pages, 1):
        if page.scan is not None and page.scan.digest and not page.label:
            before = first.setdefault(page.scan.digest, at)
            if before != at:
                told.add(at)
                yield at, Remark("same scan", f"The same file as {names.shown(before)}, byte for byte.")
    texts = same_words(draft)
    for (before, at), share in sorted(texts.items()):
        if at not in told:
            told.add(at)
            alike = f"{share:.0%} of its words in a row also stand on {names.shown(before)}: the same page twice?"
            yield at, Remark("same page", alike)
    for before, at in same_pictures(pages, draft):
        if at not in told:
            told.add(at)
            yield at, Remark("same page", f"The scan looks as {names.shown(before)} does, and few words tell them apart.")


def same_words(draft: Draft) -> dict[tuple[int, int], float]:
    """Pairs of pages (from 1) of which the shorter has most of its words from the longer, with the share."""
    sizes: list[int] = []
    on: defaultdict[str, list[int]] = defaultdict(list)
    for at, lines in enumerate(draft.pages, 1):
        words = LETTERS.findall(" ".join(line.text for line in lines).lower())
        runs = {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}
        sizes.append(len(runs))
        for run in runs:
            on[run].append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for found in on.values():
        if 1 < len(found) <= MOST_PAGES:
            shared.update(combinations(found, 2))
    alike = {pair: count / max(1, min(sizes[pair[0] - 1], sizes[pair[1] - 1])) for pair, count in shared.items()}
    long = MOST_WORDS_OF_PICTURE - RUN
    return {p: share for p, share in alike.items() if share >= SAME_RUNS and min(sizes[p[0] - 1], sizes[p[1] - 1]) >= long}


def same_pictures(pages: Sequence[Page], draft: Draft) -> Iterator[tuple[int, int]]:
    """Pairs of pages (from 1) of few words whose scans look alike; blank ones look all alike, and are left out."""
    few = [
        (at, int(page.scan.fingerprint, 16), page.scan)
        for at, (page, lines) in enumerate(zip(pages, draft.pages, strict=False), 1)
        if page.scan is not None and page.scan.fingerprint and not page.scan.blank and not page.label
        if sum(len(line.text.split()) for line in lines) < MOST_WORDS_OF_PICTURE
    ]
    for (before, one, scan), (at, other, second) in combinations(few, 2):
        if (one ^ other).bit_count() <= NEAR and alike_in_size(scan, second):
            yield before, at


def alike_in_size(one: Scan, other: Scan) -> bool:
    """Whether two scans have about the same shape, and about as much ink."""
    shapes = one.width * other.height, one.height * other.width
    return min(shapes) > 0.93 * max(shapes) and abs((one.ink or 0.0) - (other.ink or 0.0)) < 0.03
