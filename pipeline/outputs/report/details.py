"""The text of every page, with what was read, and its doubtful words: in report/pages-NNNN.html beside the report, or in the
report itself where there is only one page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import PurePath

from markupsafe import Markup

from pipeline.confidence.model import LineConfidence, PageConfidence
from pipeline.draft import DraftLine
from pipeline.layout import find_notes
from pipeline.outputs.report.doubts import bars
from pipeline.outputs.report.lines import Part, parts
from pipeline.outputs.report.remaining import remaining
from pipeline.outputs.report.repairs import moved_out
from pipeline.outputs.report.wording import environment, plain
from pipeline.outputs.xml import NOT_XML
from pipeline.repair.findings import Finding
from pipeline.result import Result

TOGETHER = 20
"""Pages in one file."""
LONGEST = 12_000
"""Characters of a page, at most, that is shown in the report itself."""


@dataclass(frozen=True, slots=True)
class PageDetails:
    """One page: its number (from 1), what it is called and cited as, its file, how sure it is, its lines as HTML, and what there
    is to say of it."""

    page: int
    name: str
    cite: str
    file: str
    band: str
    expected_wrong: float
    lines: Markup
    findings: list[Finding]
    moved: list[tuple[int, str, str]]


def address(page: int, line: int | None = None, *, alone: bool = False) -> str:
    """Where the details of a page, or of one of its lines (both from 1), are found from the report, which holds those of a page
    that stands `alone`."""
    return f"{'' if alone else f'report/{file_name(page)}'}#p{page}" + (f"-{line}" if line is not None else "")


def file_name(page: int) -> str:
    """The file that holds a page's details."""
    return f"pages-{(page - 1) // TOGETHER * TOGETHER + 1:04d}.html"


def only_page(result: Result) -> PageDetails | None:
    """The details of a document's only page, which the report holds itself; None where there are more, or it is as long as a book
    that came without page breaks."""
    return Details(result).page(1) if is_short(result) else None


def is_short(result: Result) -> bool:
    """Whether all there is goes into the report."""
    return number_of_pages(result) == 1 and len(result.draft.text) <= LONGEST


def number_of_pages(result: Result) -> int:
    """How many pages there are details of."""
    return min(len(result.draft.pages), len(result.confidence.pages))


def detail_files(result: Result) -> list[tuple[str, Callable[[], str]]]:
    """The files with the details of all pages, by their names, and what makes the HTML of each; none where the report has it."""
    if is_short(result):
        return []
    details = Details(result)
    return [(file_name(first), partial(details.html, first)) for first in range(1, number_of_pages(result) + 1, TOGETHER)]


class Details:
    """What there is to tell of each page of a document."""

    def __init__(self, result: Result) -> None:
        self.result, self.name, self.count = result, result.source.name or "document", number_of_pages(result)
        self.bars = bars(result.confidence.pages, remaining(result).pages, result.names)
        self.findings: defaultdict[int, list[Finding]] = defaultdict(list)
        for finding in result.findings:
            self.findings[finding.page].append(finding)
        self.moved: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for row in moved_out(result):
            self.moved[row[0]].append(row)

    def html(self, first: int) -> str:
        """The file that begins with a page (from 1)."""
        before = file_name(first - 1) if first > 1 else ""
        after = file_name(first + TOGETHER) if first + TOGETHER <= self.count else ""
        shown = [self.page(at) for at in range(first, min(first + TOGETHER, self.count + 1))]
        template, names = environment().get_template("pages.html"), self.result.names
        page = template.render(name=self.name, pages=shown, before=before, after=after, names=names)
        return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", page)

    def page(self, at: int) -> PageDetails:
        """A page (from 1)."""
        result, bar, shown = self.result, self.bars[at - 1], self.result.names.shown(at)
        lines = page_lines(result, at, result.draft.pages[at - 1], result.confidence.pages[at - 1])
        return PageDetails(
            at,
            shown,
            f"{self.name}, {shown}",
            scan_file(result, at),
            bar.band,
            bar.left.expected,
            Markup("\n".join(lines)),  # noqa: S704 (all of it is escaped there)
            self.findings[at],
            self.moved[at],
        )


def scan_file(result: Result, page: int) -> str:
    """The name of the file that a page (from 1) was scanned to, with its frame where it has several; nothing for a text."""
    scan = result.source.pages[page - 1].scan if len(result.source.pages) == len(result.draft.pages) else None
    name = PurePath(scan.path.replace("\\", "/")).name if scan else ""
    return f"{name}, frame {scan.frame}" if scan and scan.frame > 1 else name


def page_lines(result: Result, page: int, lines: Sequence[DraftLine], sure: PageConfidence) -> Iterator[str]:
    """The lines of a page as items of a list; those of a note say so."""
    while lines and not lines[-1].text.strip():
        lines = lines[:-1]
    notes = {at: note.number for note in find_notes(lines) for at in range(note.first, note.last)}
    for at, (line, confidence) in enumerate(zip(lines, sure.lines, strict=False)):
        note = f' data-note="{notes[at]}"' if at in notes else ""
        yield f'<li id="p{page}-{at + 1}"{note}>{line_html(result, line, confidence)}</li>'


def line_html(result: Result, line: DraftLine, sure: LineConfidence) -> str:
    """A line with its changes, its doubtful words marked, and why they are doubted."""
    shown = "".join(part_html(part) for part in parts(result.draft, line.start, line.end, result.confidence.words))
    why = f' <small class="why">{escape("; ".join(plain(reason) for reason in sure.reasons))}</small>' if sure.reasons else ""
    return shown + why


def part_html(part: Part) -> str:
    """A part of a line; a doubtful word is marked."""
    text = escape(part.text)
    if part.version != "same":
        text = f"<{part.version}>{text}</{part.version}>"
    return f'<mark class="r{part.risk}">{text}</mark>' if part.risk else text
