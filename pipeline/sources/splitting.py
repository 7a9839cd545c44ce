"""Where the pages of a plain text begin and end: form feeds, three blank lines, or lines that only number pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.errors import BadArguments
from pipeline.model import Page, Source

FORM_FEED = re.compile(r"\n?\f")
BLANK_LINES = re.compile(r"\n(?:[ \t\u00a0]*\n){3,}")
MARKERS = (
    re.compile(r"^-{3,}[ ]?File:[ ]?(?P<label>[^\s\\]+?)-{2,}[^\n]*$", re.MULTILINE),
    re.compile(r"^[ \t]*\[(?:Page|Pg\.?|p\.)[ ]?(?P<label>\d{1,4}|[ivxlc]{1,8})\][ \t]*$", re.MULTILINE | re.IGNORECASE),
)
INDENTED = re.compile(r"(?<=\S)[ \t]*(?P<gap>\n )(?=[^\s])")
"""A line that begins with exactly one space, after a line that is not blank."""
LONGEST_PAGE = 150
"""Lines; where pieces between blank lines are usually longer than this they are chapters."""
TOO_LONG = 1.25
"""A piece of more than this many times the usual number of lines may hold two pages."""
LEAST_PART = 0.25
"""The parts of a page that is split are at least this part of a usual page."""
RARE_INDENTS = 0.1


@dataclass(frozen=True, slots=True)
class Break:
    """text[start:end] parts two pages; `label` is what it calls the page that follows."""

    start: int
    end: int
    label: str = ""


def split_pages(text: str) -> tuple[Page, ...]:
    """The pages of `text`, numbered from 1, without what stands between them; the whole text where nothing parts it."""
    breaks = form_feeds(text) or blank_lines(text) or marked_lines(text)
    first = 0
    label = ""
    if breaks and breaks[0].label and not text[: breaks[0].start].strip():
        first, label = breaks[0].end, breaks[0].label
        breaks = breaks[1:]
    starts = [first] + [b.end for b in breaks]
    ends = [b.start for b in breaks] + [len(text)]
    labels = [label] + [b.label for b in breaks]
    rows = zip(starts, ends, labels, strict=True)
    return tuple(Page(number, start, max(start, end), label=name) for number, (start, end, name) in enumerate(rows, 1))


def form_feeds(text: str) -> list[Break]:
    return [Break(m.start(), m.end()) for m in FORM_FEED.finditer(text)]


def blank_lines(text: str) -> list[Break]:
    """Runs of three blank lines or more, and the places where such a run was lost."""
    body = text.rstrip()
    lead = len(text) - len(text.lstrip())
    breaks = [Break(m.start(), m.end()) for m in BLANK_LINES.finditer(text) if lead <= m.start() < len(body)]
    if not breaks:
        return []
    starts = [0] + [b.end for b in breaks]
    ends = [b.start for b in breaks] + [len(body)]
    usual = median(line_count(text, start, end) for start, end in zip(starts, ends, strict=True))
    if usual > LONGEST_PAGE:
        return []
    indents = [Break(m.start("gap"), m.end("gap")) for m in INDENTED.finditer(text)]
    if len(indents) <= RARE_INDENTS * len(starts):
        breaks += [b for start, end in zip(starts, ends, strict=True) for b in lost_breaks(text, start, end, indents, usual)]
    return sorted(breaks, key=lambda b: b.start)


def lost_breaks(text: str, start: int, end: int, indents: list[Break], usual: float) -> Iterator[Break]:
    """Lines with one leading space inside a piece that is too long for a page, each far from the last break and the next.

    Where OCR text is glued together page by page, a page whose separator was lost still brings the space of its first line.
    """
    if line_count(text, start, end) <= TOO_LONG * usual:
        return
    inside = [b for b in indents if start < b.start < end]
    edges = [start] + [b.start for b in inside] + [end]
    for found, (before, after) in zip(inside, zip(edges, edges[2:], strict=False), strict=True):
        least = LEAST_PART * usual
        if line_count(text, before, found.start) >= least and line_count(text, found.start, after) >= least:
            yield found


def marked_lines(text: str) -> list[Break]:
    """Lines such as `-----File: 012.png-----` or `[Page 12]`, if there are several and no label comes twice."""
    for marker in MARKERS:
        found = list(marker.finditer(text))
        labels = [m["label"] for m in found]
        if len(found) > 1 and len(set(labels)) == len(labels) and rising(labels):
            return [widened(text, m) for m in found]
    return []


def rising(labels: list[str]) -> bool:
    """Whether the numbers in `labels`, where they are numbers, grow."""
    numbers = [int(label) for label in labels if label.isdecimal()]
    return all(a < b for a, b in pairwise(numbers))


def widened(text: str, found: re.Match[str]) -> Break:
    """The marker with the line ends on both sides."""
    start = found.start() - (text[: found.start()].endswith("\n"))
    end = found.end() + (text[found.end() : found.end() + 1] == "\n")
    return Break(start, end, found["label"])


def line_count(text: str, start: int, end: int) -> int:
    """Lines of text[start:end] that are not blank."""
    return sum(1 for line in text[start:end].split("\n") if line.strip())


def selected_pages(source: Source, numbers: Sequence[int]) -> Source:
    """Only the pages with these `numbers` (from 1), which they keep; the whole source where none are given.

    The way back to the bytes of the file is lost where something is left out. Raises BadArguments where nothing remains.
    """
    wanted = [page for page in source.pages if page.number in set(numbers)]
    if not numbers or len(wanted) == len(source.pages):
        return source
    if not wanted:
        raise BadArguments(f"there are only {len(source.pages)} pages", where=source.name, advice="Give other --pages")
    pages, parts, at = [], [], 0
    for page in wanted:
        text = source.text[page.start : page.end]
        pages.append(page.moved(at - page.start))
        parts.append(text)
        at += len(text) + len("\n\f")
    return Source(source.name, "\n\f".join(parts), tuple(pages), path=source.path)
