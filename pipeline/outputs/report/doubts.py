"""Where to look first: the strip of pages, the least sure lines with what was read and what stands now, how much to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.confidence.model import LineConfidence, PageConfidence
from pipeline.confidence.residual import Estimate
from pipeline.draft import DraftLine
from pipeline.folios import PageNames
from pipeline.outputs.report.cutouts import Cutout, cutouts
from pipeline.outputs.report.lines import Part, parts
from pipeline.outputs.report.wording import band
from pipeline.result import Result

MOST_LINES, MOST_PAGES = 40, 12


@dataclass(frozen=True, slots=True)
class PageBar:
    """A page: its number (from 1) and name, its band, words expected wrong, and the height of its bar in the strip (0-100)."""

    page: int
    name: str
    band: str
    left: Estimate
    height: int


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A line that may be wrong: its text with what was read where that differs, why it is doubted, and its cut-out if any."""

    line: LineConfidence
    text: str
    parts: list[Part]
    cutout: Cutout | None


def bars(pages: Sequence[PageConfidence], left: Sequence[Estimate], names: PageNames) -> list[PageBar]:
    """Every page, with what is left on it; the worst page has the highest bar, pages without doubt a low one. What is left on the
    pages adds up to what is left in the document."""
    shares = [wrong_share(page, one) for page, one in zip(pages, left, strict=True)]
    scale = max([0.02, *shares])
    return [
        PageBar(page.number, names.shown(page.number), band(1 - share), one, round(8 + 92 * share / scale))
        for page, one, share in zip(pages, left, shares, strict=True)
    ]


def wrong_share(page: PageConfidence, left: Estimate) -> float:
    """The share (0-1) of a page's words that are wrong still."""
    share = 1 - page.probability
    return min(1.0, share * left.expected / page.expected_wrong) if page.expected_wrong else share


def worst_pages(pages: Sequence[PageBar]) -> list[PageBar]:
    """The pages with most words expected wrong."""
    return sorted((page for page in pages if page.left.expected >= 0.5), key=lambda page: -page.left.expected)[:MOST_PAGES]


def worst_lines(result: Result) -> list[DoubtfulLine]:
    """The least sure lines that give a reason, with their cut-outs where the scans are at hand."""
    ranked = sorted((line for line in result.confidence.lines if line.reasons), key=lambda line: line.probability)[:MOST_LINES]
    text = result.draft.text
    shown = [DraftLine(line.start, line.end, text[line.start : line.end], line.page) for line in ranked]
    cut = cutouts(result, shown)
    return [
        DoubtfulLine(
            line, drawn.text.strip(), parts(result.draft, line.start, line.end, result.confidence.words), cut.get(line.start)
        )
        for line, drawn in zip(ranked, shown, strict=True)
    ]
