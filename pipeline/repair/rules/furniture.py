"""Furniture: page numbers, running heads and catchwords leave the running text and are kept beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.layout import note_number
from pipeline.model import Region
from pipeline.repair.proposals import Proposal, Rule, move_out

BARE_NUMBER = re.compile(r"^\s*(?:[Pp](?:age|\.)\s*)?(\d{1,4})\.?\s*$")
DASHED = re.compile(r"^\s*[-—–~=_]{1,2}\s{0,3}(\w{1,4})\s{0,3}[-—–~=_]{1,2}\s*\.?\s*$|^\s*[-—–]()\s{1,4}[-—–]\s*$")
HALF_DASHED = re.compile(r"^\s*(?:[-—–]\s?(\d{1,3})|(\d{1,3})\s?[-—–])\s*\.?\s*$")
BRACKETED = re.compile(r"^\s*[\[(]\s*(\d{1,4})\s*[\])]\s*$")
ROMAN = re.compile(r"^\s*[-—–]?\s*([ivxl]{1,7})\s*[-—–]?\s*$")
MARKED: frozenset[Region] = frozenset({"page-number", "header", "footer"})
"""Where what read a page puts its number."""
HEADS: frozenset[Region] = frozenset({"header", "footer"})
HEAD_EDGE_LINES = 2
"""So many non-blank lines at each edge of a page may be furniture."""


def edges(page: list[DraftLine]) -> list[tuple[DraftLine, str, bool]]:
    """Non-blank lines at the page's edges: (line, 'top' or 'foot', is it the outermost?)."""
    filled = [line for line in page if line.text.strip()]
    top = min(HEAD_EDGE_LINES, (len(filled) + 1) // 2)
    foot = max(top, len(filled) - HEAD_EDGE_LINES)
    above = [(line, "top", at == 0) for at, line in enumerate(filled[:top])]
    return above + [(line, "foot", line is filled[-1]) for line in filled[foot:]]


def with_gap(draft: Draft, line: DraftLine, edge: str) -> tuple[int, int]:
    """The line with its line break and the blank lines between it and the text."""
    start, end, text = line.start, line.end, draft.text
    if edge == "top":
        while end < len(text) and text[end] in " \n":
            end += 1
        end = max(line.end, text.rfind("\n", start, end) + 1) if end < len(text) and text[end] != "\f" else end
        return start, end
    while start > 0 and text[start - 1] in " \n":
        start -= 1
    return start, end


def folio(text: str) -> int | None:
    """The number that a line holds and nothing else."""
    for pattern in (BARE_NUMBER, DASHED, BRACKETED, HALF_DASHED):
        match = pattern.match(text)
        number = match and next((group for group in match.groups() if group), "")
        if number and number.isdigit():
            return int(number)
    return None


def page_numbers(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A line that holds just a number, in step with the pages, or set off by dashes."""
    found = [(at, *row) for at, page in enumerate(draft.pages) for row in edges(page)]
    numbers = [(*row, number) for row in found if (number := folio(row[1].text)) is not None]
    steps = Counter(number - at for at, _, _, _, number in numbers)
    for at, line, edge, outermost, number in numbers:
        agreeing = steps[number - at]
        span = with_gap(draft, line, edge)
        if DASHED.match(line.text) or (BRACKETED.match(line.text) and len(draft.pages) > 1 and agreeing > 1):
            yield move_out(*span, 0.98, f"A page number ({number}) standing alone at the edge of its page.")
        elif HALF_DASHED.match(line.text) and outermost:
            yield move_out(*span, 0.93, f"A page number ({number}) that lost one of its dashes.")
        elif line.region in MARKED and len(draft.pages) > 1:
            yield move_out(*span, 0.97, f"A page number ({number}): what read the page has it apart from the text.")
        elif agreeing >= 3:
            yield move_out(*span, 0.98, f"A page number ({number}), in step with {agreeing - 1} others.")
        elif outermost and plausible_alone(draft, line, edge):
            yield move_out(*span, 0.8, f"A number ({number}) standing alone at the edge of its page.")
    for _, line, edge, _ in found:
        if folio(line.text) is None and (DASHED.match(line.text) or (ROMAN.match(line.text) and len(line.text.strip()) > 1)):
            sure = 0.96 if DASHED.match(line.text) else 0.7
            yield move_out(
                *with_gap(draft, line, edge), sure, "A page number standing alone at the edge of its page, misread or worn."
            )


def plausible_alone(draft: Draft, line: DraftLine, edge: str) -> bool:
    """A number that is the first or last line of its page, with a blank line between it and the text."""
    start, end = with_gap(draft, line, edge)
    return draft.text[start:end].count("\n") >= 2 and len(line.text.strip()) <= 3


def head_key(text: str) -> str:
    """A line as running heads are compared: letters only, case folded."""
    return re.sub(r"[^a-z ]+", "", text.casefold()).strip()


def may_be_head(text: str) -> bool:
    """Short, and neither a note (`1. Ibid.` ends many pages) nor the end of a sentence nor the middle of one."""
    bare = text.strip()
    return 0 < len(bare) < 70 and note_number(bare) is None and bare[-1] not in ".,;:)-" and not bare[0].islower()


def running_heads(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A short first or last line that recurs, letter for letter or nearly so, on at least three pages and a tenth of them."""
    if len(draft.pages) < 2:
        return
    rows = [(line, edge, head_key(line.text)) for page in draft.pages for line, edge, _ in edges(page) if may_be_head(line.text)]
    keys = Counter(key for _, _, key in rows if len(key) >= 4)
    heads = [key for key, count in keys.items() if count >= 3]
    near: dict[str, int] = {}
    pages: dict[str, int] = {}
    for key in keys:
        match = process.extractOne(key, heads, scorer=fuzz.ratio, score_cutoff=86)
        if match:
            head = match[0]
            if head not in pages:
                pages[head] = sum(count for other, count in keys.items() if fuzz.ratio(other, head) >= 86)
            near[key] = pages[head]
    yield from marked_heads(draft, rows)
    for line, edge, key in rows:
        if key in near and near[key] >= max(3, len(draft.pages) // 10):
            why = f"A running head: this line stands at the edge of {near[key]} pages."
            yield move_out(*with_gap(draft, line, edge), 0.95, why)


def marked_heads(draft: Draft, rows: list[tuple[DraftLine, str, str]]) -> Iterator[Proposal]:
    """Lines that what read the pages has as heads or feet, where two pages agree; one may be a letter's head or its date."""
    marked = [row for row in rows if row[0].region in HEADS]
    for line, edge, key in marked:
        like = sum(fuzz.ratio(key, other) >= 86 for _, _, other in marked) if key else 0
        if like > 1:
            others = f"{like - 1} other page{'s' if like > 2 else ''}"
            why = f"A running head or foot: what read the page has it apart from the text, as on {others}."
            yield move_out(*with_gap(draft, line, edge), 0.95, why)


def catchwords(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """The last line of a page, when it only announces the first word of the next."""
    for page, following in zip(draft.pages, draft.pages[1:], strict=False):
        filled = [line for line in page if line.text.strip()]
        first = next((line.text.strip() for line in following if line.text.strip() and folio(line.text) is None), "")
        if len(filled) < 3 or not first:
            continue
        last = filled[-1]
        word = last.text.strip().strip("/.…-_ ")
        if not word or len(word) > 24 or len(word.split()) > 3 or not first.casefold().startswith(word.casefold()):
            continue
        marked = last.text.strip() != word
        span = with_gap(draft, last, "foot")
        apart = draft.text[span[0] : last.start].count("\n") > 1 or len(last.text) - len(last.text.lstrip()) > 10
        yield move_out(
            *span, 0.97 if marked and apart else 0.93 if marked or apart else 0.7, "A catchword: the next page begins with it."
        )


RULES = (
    Rule(
        "page-number",
        "furniture",
        page_numbers,
        (("-3-\n\nThe treaty was signed.\n", "The treaty was signed.\n"),),
        ("In 1927\nthe vote fell.\n1924.\n",),
    ),
    Rule("running-head", "furniture", running_heads),
    Rule("catchword", "furniture", catchwords),
)
