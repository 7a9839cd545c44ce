"""The text as it is read on: body lines from page to page, past the notes; and each note by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.draft import Draft, DraftLine
from pipeline.layout import Note, body_end, find_notes

HYPHENS = "-\N{SOFT HYPHEN}¬=‐‑"
"""What breaks a word at a line's end."""


OPEN = frozenset(
    """
    the a an of to in on at by for from with into upon and or nor but if as than that which who whom whose when where while
    is was are were be been being am has have had having will would shall should may might can could must do does did
    his her its their my our your this these those no not very he she it we they there
    """.split()
)
"""Words that no sentence ends with."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines that are read one after another: paragraphs, each a run of lines, perhaps over a page break.

    `broken_after[i]` is True where the page ends after paragraph i, so that its end may be none.
    """

    paragraphs: tuple[tuple[DraftLine, ...], ...]
    is_note: bool = False


@lru_cache(maxsize=4)
def page_notes(draft: Draft) -> list[list[Note]]:
    """The notes of every page."""
    return [find_notes(page) for page in draft.pages]


def paragraphs_of(lines: Sequence[DraftLine]) -> list[list[DraftLine]]:
    """Runs of lines between blank ones."""
    runs: list[list[DraftLine]] = [[]]
    for line in lines:
        if line.text.strip():
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


@lru_cache(maxsize=4)
def flows(draft: Draft) -> list[Flow]:
    """The body as one flow, then every note as one. A paragraph that a page break cuts in mid-sentence is whole here."""
    body: list[list[DraftLine]] = []
    notes: list[Flow] = []
    for page, found in zip(draft.pages, page_notes(draft), strict=True):
        parts = paragraphs_of(page[: body_end(page, found)])
        if parts and body and runs_on(body[-1][-1].text, parts[0][0].text):
            body[-1] += parts.pop(0)
        body += parts
        for note in found:
            lines = tuple(line for line in page[note.first : note.last] if line.text.strip())
            notes.append(Flow((lines,), is_note=True))
    return [Flow(tuple(tuple(part) for part in body)), *notes]


def runs_on(last: str, first: str) -> bool:
    """Does the sentence in line `last` go on in line `first`, the next page's first line?"""
    if first.startswith((" ", "\t")):
        return False
    return not ends_sentence(last) or first.lstrip("'\"‘’“”(")[:1].islower() or len(last.strip()) > 45


def ends_sentence(text: str) -> bool:
    """Does this line end with a stop, whatever quotes, brackets or call-outs follow it?"""
    bare = text.rstrip()
    while bare and bare[-1] in "'\"’”)*]0123456789( ":
        bare = bare[:-1]
    return bare[-1:] in (".", "?", "!", ":", ";") if bare else True


def body_pairs(draft: Draft) -> list[tuple[DraftLine, DraftLine]]:
    """Neighbouring lines of running text: inside paragraphs of body and notes, and over page breaks."""
    return [pair for flow in flows(draft) for part in flow.paragraphs for pair in pairwise(part)]
