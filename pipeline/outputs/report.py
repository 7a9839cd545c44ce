"""report.html: one self-contained page on what was done to a document, and where to look first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.confidence.model import LineConfidence, PageConfidence
from pipeline.ledger import KINDS, Kind
from pipeline.model import TEXT_LAYER
from pipeline.outputs.differences import Group, grouped
from pipeline.outputs.findings import lacking
from pipeline.outputs.folios import PageNames, page_names
from pipeline.outputs.hocr import NOT_XML
from pipeline.result import Result

SPECIAL = frozenset({"noise", "orientation", "split", "show-through", "binarise", "second look", "page number"})
"""Treatments of scans that a reader should know of."""

MOST_GROUPS, MOST_HELD, MOST_LINES, MOST_PAGES, MOST_MOVED = 60, 120, 40, 12, 200
LABELS: dict[Kind, tuple[str, str]] = {
    "quote": ("Quotation marks", "lost, doubled or misread"),
    "apostrophe": ("Apostrophes", "lost or misread"),
    "hyphen": ("Broken words", "made whole across lines and pages, or given their hyphen back"),
    "spacing": ("Spacing", "within and between words, before stops"),
    "punctuation": ("Punctuation", "misread stops and dashes"),
    "stray": ("Stray marks", "specks that were read as characters, and the blank lines they left"),
    "furniture": ("Page furniture", "page numbers, running heads and catchwords, moved out of the text"),
    "note": ("Notes", "call-outs and notes at the foot of the page"),
    "reference": ("References", "archival and bibliographic references"),
    "name": ("Names", "of people, places and organisations"),
    "word": ("Words", "misread letters"),
    "layout": ("Layout", "page, paragraph and line breaks"),
}
BANDS = ((0.995, "good"), (0.98, "fair"), (0.95, "doubtful"), (0.0, "poor"))
"""Least expected share of right words for each of the four words used of a page."""


@dataclass(frozen=True, slots=True)
class Section:
    """What was done, or only suggested, in one class of errors; `left_out` groups of edits are not shown."""

    kind: Kind
    label: str
    about: str
    applied: int
    held: int
    groups: list[Group]
    left_out: int


@dataclass(frozen=True, slots=True)
class PageBar:
    """A page in the strip: its name, band, words expected wrong, and height of its bar (0-100)."""

    name: str
    band: str
    expected_wrong: float
    share: float
    height: int


def report_html(result: Result) -> str:
    """The report. It loads nothing and runs no script; lists are cut short where the ledger (edits.jsonl) is the better place."""
    names = page_names(result.source, result.ledger, len(result.draft.pages))
    words = len(result.draft.text.split())
    ledger = result.ledger
    held = grouped(result.source.text, ledger.held)
    moved = [(edit.page, edit.rule, " ".join(move.before.split())) for edit, move in ledger.moved_out() if move.before.strip()]
    page = (
        environment()
        .get_template("report.html")
        .render(
            name=result.source.name or "document",
            names=names,
            pages=len(result.draft.pages),
            words=words,
            applied=len(ledger.applied),
            held_count=len(ledger.held),
            expected_wrong=result.confidence.expected_wrong,
            bars=bars(result.confidence.pages, names),
            bands=[name for _, name in BANDS],
            worst_pages=worst_pages(result.confidence.pages),
            worst_lines=worst_lines(result),
            lacking=lacking(result),
            sections=sections(result),
            held=held[:MOST_HELD],
            held_left_out=max(0, len(held) - MOST_HELD),
            moved=moved[:MOST_MOVED],
            moved_left_out=max(0, len(moved) - MOST_MOVED),
            labels={kind: label for kind, (label, _) in LABELS.items()},
            special=treatments(result, taken=True),
            untreated=treatments(result, taken=False),
            own_text=own_text(result),
            failed=[(names.scan(at), page.failed) for at, page in enumerate(result.source.pages, 1) if page.failed],
            has_images=result.source.has_images,
        )
    )
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", page)


@cache
def environment() -> Environment:
    """The templates; everything that goes into them is escaped."""
    made = Environment(
        loader=PackageLoader("pipeline.outputs"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["thousands"] = lambda number: f"{number:,.0f}"
    made.filters["percent"] = percent
    made.filters["gist"] = lambda pages, names: gist(pages, names)
    return made


def percent(share: float) -> str:
    """A probability as people read it; certainty is never claimed."""
    return "over 99 %" if share > 0.99 else "under 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")


def gist(pages: list[int], names: PageNames) -> str:
    """The first few of a list of pages."""
    shown = ", ".join(names.shown(page) for page in pages[:4])
    return shown if len(pages) <= 4 else f"{shown} and {len(pages) - 4} more"


def sections(result: Result) -> list[Section]:
    """One for each class in which something was done."""
    held = Counter(edit.kind for edit in result.ledger.held)
    found = []
    for kind in KINDS:
        edits = [edit for edit in result.ledger.applied if edit.kind == kind]
        listed = [edit for edit in edits if edit.rule != "page-break"]
        if edits or held[kind]:
            groups = grouped(result.source.text, listed)
            label, about = LABELS[kind]
            found.append(
                Section(kind, label, about, len(edits), held[kind], groups[:MOST_GROUPS], max(0, len(groups) - MOST_GROUPS))
            )
    return found


def bars(pages: tuple[PageConfidence, ...], names: PageNames) -> list[PageBar]:
    """Every page for the strip; the worst page has the highest bar, pages without doubt a low one."""
    most = max((1 - page.probability for page in pages), default=0.0)
    scale = max(most, 0.02)
    return [
        PageBar(
            names.shown(page.number),
            band(page.probability),
            page.expected_wrong,
            page.probability,
            round(8 + 92 * (1 - page.probability) / scale),
        )
        for page in pages
    ]


def band(probability: float) -> str:
    return next(name for least, name in BANDS if probability >= least)


def worst_pages(pages: tuple[PageConfidence, ...]) -> list[tuple[PageConfidence, str]]:
    """The pages with most words expected wrong, with the band they are in."""
    doubtful = [page for page in pages if page.expected_wrong >= 0.5]
    return [(page, band(page.probability)) for page in sorted(doubtful, key=lambda p: -p.expected_wrong)[:MOST_PAGES]]


def worst_lines(result: Result) -> list[tuple[LineConfidence, str]]:
    """The least sure lines that give a reason, with their text."""
    lines = sorted((line for line in result.confidence.lines if line.reasons), key=lambda line: line.probability)
    return [(line, result.draft.text[line.start : line.end].strip()) for line in lines[:MOST_LINES]]


def own_text(result: Result) -> list[int]:
    """The pages whose text is the PDF's own."""
    scans = ((at, page.scan) for at, page in enumerate(result.source.pages, 1) if page.scan)
    return [at for at, scan in scans if any(step.step == TEXT_LAYER and step.taken for step in scan.treatments)]


def treatments(result: Result, *, taken: bool) -> list[tuple[str, str, list[int]]]:
    """(step, reason, pages) of the image treatments that were taken out of the ordinary, or not taken; the commonest first."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, page in enumerate(result.source.pages, 1):
        for treatment in page.scan.treatments if page.scan else ():
            if treatment.taken == taken and treatment.reason and not (taken and treatment.step not in SPECIAL):
                found.setdefault((treatment.step, treatment.reason), []).append(at)
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [(step, reason, pages) for (step, reason), pages in ordered[:MOST_GROUPS]]
