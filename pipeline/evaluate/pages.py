"""Error rates of page texts against their ground truth: CER, WER, cMER and the bag of words; totals, means and medians."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

import numpy as np

from pipeline.errors import UnreadableInput
from pipeline.evaluate.bootstrap import Floats, Interval, bootstrap, paired_bootstrap
from pipeline.evaluate.files import page_files, page_of_file
from pipeline.evaluate.normalise import page_normal
from pipeline.evaluate.rates import Counts, bag_of_words, cmer_counts, compared

RATES = ("cer", "wer", "cmer", "bag_of_words")
AVERAGES = ("micro", "macro", "median")
FIGURES = tuple(f"{rate}_{average}" for rate in RATES for average in AVERAGES)
"""Totals over all pages (micro), the mean of the pages' rates (macro), and their median."""
FEWEST_DOCUMENTS = 10
"""From so many documents on these are what is drawn for an interval, and pages otherwise."""


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page against its truth: characters and words as they are compared (case and punctuation count), the characters that
    cMER sees, and the bag of words as (words without a counterpart, words of both)."""

    name: str
    letters: Counts
    tokens: Counts
    hipe: Counts
    bag: tuple[int, int]
    missing: bool = False
    document: str = ""

    @property
    def character_edits(self) -> int:
        return self.letters.edits

    @property
    def characters(self) -> int:
        return self.letters.length

    @property
    def word_edits(self) -> int:
        return self.tokens.edits

    @property
    def words(self) -> int:
        return self.tokens.length

    @property
    def cer(self) -> float:
        return self.letters.error_rate

    @property
    def wer(self) -> float:
        return self.tokens.error_rate

    @property
    def cmer(self) -> float:
        return self.hipe.match_error_rate

    @property
    def bag_of_words(self) -> float:
        return self.bag[0] / max(1, self.bag[1])

    @property
    def row(self) -> tuple[int, ...]:
        """Numerator and denominator of each of RATES."""
        hipe = (self.hipe.edits, self.hipe.hits + self.hipe.edits)
        return (self.character_edits, self.characters, self.word_edits, self.words, *hipe, *self.bag)


@dataclass(frozen=True)
class Scores:
    """The pages of one comparison; rates are totals over all pages (0-1, and above 1 where more was written than there is)."""

    pages: tuple[PageScore, ...]

    @property
    def cer(self) -> float:
        return sum(p.character_edits for p in self.pages) / max(1, sum(p.characters for p in self.pages))

    @property
    def wer(self) -> float:
        return sum(p.word_edits for p in self.pages) / max(1, sum(p.words for p in self.pages))

    @property
    def median_cer(self) -> float:
        """The median of the pages' rates; a page of which the truth is empty has none."""
        rates = [p.cer for p in self.pages if p.characters]
        return median(rates) if rates else 0.0

    @property
    def empty(self) -> list[str]:
        """Pages of which the truth is empty: what stands there is too much in the totals, but a rate they have not."""
        return [page.name for page in self.pages if not page.characters]

    @property
    def missing(self) -> list[str]:
        return [page.name for page in self.pages if page.missing]

    @cached_property
    def table(self) -> Floats:
        return np.array([page.row for page in self.pages], dtype=np.float64).reshape(-1, 2 * len(RATES))

    @cached_property
    def clusters(self) -> list[int]:
        """The number of each page's document, where there are enough of them; else nothing."""
        numbers: dict[str, int] = {}
        found = [numbers.setdefault(page.document or page.name, len(numbers)) for page in self.pages]
        return found if FEWEST_DOCUMENTS <= len(numbers) < len(found) else []

    @cached_property
    def figures(self) -> dict[str, Interval]:
        """Each of FIGURES with its interval."""
        return dict(zip(FIGURES, bootstrap(self.table, averages, clusters=self.clusters), strict=True)) if self.pages else {}

    def by_kind(self) -> dict[str, Scores]:
        """Pages grouped by what stands before the first underscore of their names."""
        kinds: dict[str, list[PageScore]] = {}
        for page in self.pages:
            kinds.setdefault(page.name.split("_")[0], []).append(page)
        return {kind: Scores(tuple(pages)) for kind, pages in kinds.items()}


def averages(table: Floats) -> Floats:
    """FIGURES of a table with the rows of pages, or of a stack of such tables."""
    edits, sizes = table[..., 0::2], table[..., 1::2]
    micro = edits.sum(-2) / np.maximum(1, sizes.sum(-2))
    rates = np.where(table[..., 1:2] > 0, edits / np.maximum(1, sizes), np.nan)
    known = (~np.isnan(rates)).sum(-2)
    ordered = np.sort(rates, axis=-2)  # what is no rate comes last
    last = rates.shape[-2] - 1
    middle = [np.clip(at, 0, last)[..., None, :] for at in ((known - 1) // 2, known // 2)]
    medians = sum(np.take_along_axis(ordered, at, axis=-2)[..., 0, :] for at in middle) / 2
    macro = np.where(known > 0, np.nansum(rates, axis=-2) / np.maximum(1, known), np.nan)
    stacked = np.stack([micro, macro, medians], axis=-1)
    return stacked.reshape(*stacked.shape[:-2], len(FIGURES))


def differences(first: Scores, second: Scores) -> dict[str, Interval]:
    """How much higher each of FIGURES is in `second` than in `first`, two runs over the same pages; intervals are paired."""
    if not first.pages:
        return {}
    return dict(zip(FIGURES, paired_bootstrap(first.table, second.table, averages, clusters=first.clusters), strict=True))


def read_truth(path: Path) -> dict[str, str]:
    """Truth texts by page name: of one file, or of the NAME.gt.* files of a folder, or else of all its pages.

    Raises UnreadableInput if there are none.
    """
    found = page_files(path, truth=True)
    if not found:
        advice = "It should hold NAME.gt.txt or NAME.txt, or PAGE-XML, ALTO or hOCR files"
        raise UnreadableInput("no ground truth", where=path, advice=advice)
    return {name: page_of_file(file).text for name, file in found.items()}


def score_page(
    name: str, truth: str, text: str | None, normal: Callable[[str], str] = page_normal, document: str = ""
) -> PageScore:
    """One page; a page that is not there (None) counts as empty."""
    wanted, found = normal(truth), normal(text or "")
    words, others = wanted.split(), found.split()
    letters, tokens, bag = compared(wanted, found), compared(words, others), bag_of_words(words, others)
    return PageScore(name, letters, tokens, cmer_counts(wanted, found), bag, text is None, document)


def score_pages(truth: Path | Mapping[str, str], texts: Mapping[str, str], documents: Mapping[str, str] | None = None) -> Scores:
    """Every page of the truth (its texts, or where they lie) against the text of the same name."""
    wanted = read_truth(truth) if isinstance(truth, Path) else truth
    homes = documents or {}
    return Scores(tuple(score_page(name, page, texts.get(name), document=homes.get(name, "")) for name, page in wanted.items()))
