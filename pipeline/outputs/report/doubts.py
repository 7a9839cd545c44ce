"""Where to look first: the strip of pages, the least sure lines with what was read and what stands now, how much to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.confidence.model import LineConfidence, PageConfidence
from pipeline.draft import DraftLine
from pipeline.outputs.folios import PageNames
from pipeline.outputs.report.cutouts import Cutout, cutouts
from pipeline.outputs.report.lines import Part, parts
from pipeline.outputs.report.wording import band
from pipeline.result import Result

MOST_LINES, MOST_PAGES = 40, 12


@dataclass(frozen=True, slots=True)
class PageBar:
    """A page in the strip: its number (from 1) and name, its band, words expected wrong, and height of its bar (0-100)."""

    page: int
    name: str
    band: str
    expected_wrong: float
    share: float
    height: int


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A line that may be wrong: its text with what was read where that differs, why it is doubted, and its cut-out if any."""

    line: LineConfidence
    text: str
    parts: list[Part]
    cutout: Cutout | None


def bars(pages: Sequence[PageConfidence], names: PageNames) -> list[PageBar]:
    """Every page for the strip; the worst page has the highest bar, pages without doubt a low one."""
    most = max((1 - page.probability for page in pages), default=0.0)
    scale = max(most, 0.02)
    return [
        PageBar(
            page.number,
            names.shown(page.number),
            band(page.probability),
            page.expected_wrong,
            page.probability,
            round(8 + 92 * (1 - page.probability) / scale),
        )
        for page in pages
    ]


def worst_pages(pages: Sequence[PageConfidence]) -> list[tuple[PageConfidence, str]]:
    """The pages with most words expected wrong, with the band they are in."""
    doubtful = [page for page in pages if page.expected_wrong >= 0.5]
    return [(page, band(page.probability)) for page in sorted(doubtful, key=lambda p: -p.expected_wrong)[:MOST_PAGES]]


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
