"""Note numbers and call-outs, repaired by their sequence on the page; notes set apart again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.layout import NOTE_START, Note, body_end, called_in, set_apart
from pipeline.ledger import Kind
from pipeline.repair.flow import page_notes
from pipeline.repair.proposals import Proposal, Rule, replace

CALLOUT = re.compile(r"\((\d{1,2})\)")
MISREAD_CALLOUT = re.compile(
    r"(?<=[\w.,;'’\"”] )(?:\(([lI!|]|[lI]\d|\d[lI])\)|[£({\[C<](\d{1,2})[\])}>]|\( ?(\d{1,2}) ?\))(?=[\s.,;:]|$)"
    r"|(?<=[\w.,;'’\"”])\(([lI!|])\)(?=[\s.,;])"
)
"""A call-out of which a bracket or the figure was misread."""
UNLIKELY_CALLOUT = re.compile(r"(?<=[\w.,;'’\"”] )(?:[G(]y|[GC£]\)|[(£{][iztSs]|[\dl][)}])(?=[.,;]?(?:\s|$))")
"""What is left of a call-out that only the page's notes show to be one."""
FIGURE_CHANGED = 0.5
"""Probability of whatever changes a figure into another: so low that even the eager only see it suggested."""
FIGURES = str.maketrans({"l": "1", "I": "1", "!": "1", "|": "1"})
GLUED_START = re.compile(r"^[^\W\d]{1,3}(\d)[.,] ?(?=['\"‘’“”(]?[A-Z])")


@dataclass(frozen=True, slots=True)
class Head:
    """How a note's first line begins: draft offsets of the head and of its number, what is read there, and what should be."""

    start: int
    digits: int
    end: int
    read: str
    number: str
    stop: str
    wanted: int


def head_of(line: DraftLine, note: Note) -> Head | None:
    """The head of a numbered line, from the speck before the number to the stop behind it."""
    match = NOTE_START.match(line.text)
    if match is None:
        return None
    number = match.group(1) or match.group(2)
    digits = match.start(1 if match.group(1) else 2)
    indent = len(line.text) - len(line.text.lstrip())
    stop = line.text[digits + len(number) : match.end()].rstrip(" '\"‘’“”(")
    end = digits + len(number) + len(stop)
    start, digits, end = line.start + indent, line.start + digits, line.start + end
    return Head(start, digits, end, line.text[indent : end - line.start], number, stop, note.number)


def is_numbered(note: Note) -> bool:
    return note.number > 0


def note_numbers(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`1, Coates`, `I. Coates` and `•1. Coates` where the page's first note must begin; `2,` and `3„` where the next must."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        called = called_in(page[: body_end(page, notes)])
        for note in filter(is_numbered, notes):
            head = head_of(page[note.first], note)
            if head is not None and head.read != f"{head.wanted}.":
                proven = len(notes) > 1 or note.number in called
                yield from mended_head(head, proven, set_apart(page, note.first))


def mended_head(head: Head, proven: bool, apart: bool) -> Iterator[Proposal]:
    """One proposal for each fault in a note's head. A figure is never made another figure, only suggested."""
    number = head.wanted
    if head.start < head.digits:
        why = f"A speck before the number of note {number}."
        yield replace(head.start, head.digits, "", 0.94 if proven else 0.7, why, kind="stray")
    if not head.number.isdigit():
        why = f"The page’s note {number} begins here."
        yield replace(head.digits, head.digits + 1, "1", 0.95 if proven and apart else 0.7, why)
    elif int(head.number) != number:
        why = f"By the sequence on the page, note {number} begins here."
        yield replace(head.digits, head.digits + len(head.number), str(number), FIGURE_CHANGED, why)
    if head.stop.strip() != ".":
        why = f"Note {number} begins here; a worn stop was read as {'a comma' if ',' in head.stop else 'another mark'}."
        kind: Kind = "punctuation"
        yield replace(head.digits + len(head.number), head.end, ".", 0.96 if proven else 0.8, why, kind=kind)


def callouts(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`(l)` and `£1)` where the page has that note and no other call for it."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        body = page[: body_end(page, notes)]
        missing = {note.number for note in filter(is_numbered, notes)} - called_in(body)
        found = False
        for line in body:
            text = line.text
            if not (")" in text or "]" in text or "}" in text or ">" in text):
                continue
            for match in MISREAD_CALLOUT.finditer(text):
                figure = next(group for group in match.groups() if group).translate(FIGURES)
                if match.group() == f"({figure})" or not figure.isdigit():
                    continue
                wanted = int(figure) in missing
                found = found or wanted
                why = f"The call for note {figure}, which the page has." if wanted else f"Looks like a call for note {figure}."
                yield replace(line.start + match.start(), line.start + match.end(), f"({figure})", 0.95 if wanted else 0.5, why)
        if len(missing) == 1 and not found:
            yield from worn_callout(body, missing.pop())


def worn_callout(body: list[DraftLine], number: int) -> Iterator[Proposal]:
    """What may be left of the one call that is missing, if it stands between those of its neighbours and nothing else does."""
    calls = [(at, match.start(), int(match.group(1))) for at, line in enumerate(body) for match in CALLOUT.finditer(line.text)]
    low = max(((at, start) for at, start, figure in calls if figure == number - 1), default=(0, 0) if number == 1 else None)
    high = min(((at, start) for at, start, figure in calls if figure > number), default=(len(body), 0))
    found = [(at, match) for at, line in enumerate(body) for match in UNLIKELY_CALLOUT.finditer(line.text)]
    near = [(at, match) for at, match in found if low is not None and low <= (at, match.start()) < high]
    if len(near) == 1:
        line, match = body[near[0][0]], near[0][1]
        why = f"The page has a note {number} and no other call for it; the calls before and behind stand in sequence."
        figures = re.findall(r"\d", match.group())
        sure = FIGURE_CHANGED if figures and int(figures[0]) != number else 0.92 if len(match.group()) == 2 else 0.6
        yield replace(line.start + match.start(), line.start + match.end(), f"({number})", sure, why)


def missing_blanks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A note that begins without the blank line that this document sets before its notes."""
    found = zip(draft.pages, page_notes(draft), strict=True)
    rows = [(page, note) for page, notes in found for note in notes if note.first > 0 and is_numbered(note)]
    apart = sum(set_apart(page, note.first) for page, note in rows)
    if len(rows) < 4 or apart * 2 < len(rows):
        return
    for page, note in rows:
        if not set_apart(page, note.first):
            line = page[note.first]
            below = len(page) - note.first < len(page) // 2
            sure = 0.95 if note.number > 1 or below or {1, 2} <= called_in(page[: note.first]) else 0.8
            why = f"Note {note.number} begins here; {apart} of {len(rows)} notes in this document stand after a blank line."
            yield replace(line.start, line.start + 1, "\n" + line.text[:1], sure, why, kind="layout")


def glued_notes(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`to1. According`: the first note of a page that calls it and has the second, begun behind something stuck to it."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        end = body_end(page, notes)
        if not notes or notes[0].number != 2 or not {1, 2} <= called_in(page[:end]):
            continue
        for line in page[max(0, end - 12) : end]:
            match = GLUED_START.match(line.text)
            if match and match.group(1) == "1":
                at = line.start + match.start(1)
                yield replace(at, at + 1, "\n\n1", 0.92, "The page’s note 1, which is called above, begins here.")


RULES = (
    Rule(
        "note-number",
        "note",
        note_numbers,
        (
            ("so it was (1).\n\n1, Coates, op. cit.\n2. Orde.\n", "so it was (1).\n\n1. Coates, op. cit.\n2. Orde.\n"),
            ("so it (1) was (2).\n\n1. Coates.\n\n•2• Orde.\n", "so it (1) was (2).\n\n1. Coates.\n\n2. Orde.\n"),
        ),
        ("In short: 1, 2 and 3.", "so it (1) was (2).\n\n1. Coates.\n\n21. Orde.\n"),
    ),
    Rule(
        "call-out",
        "note",
        callouts,
        (
            ("he said (l). It was.\n\n1. Orde.\n", "he said (1). It was.\n\n1. Orde.\n"),
            ("he said Gy. It was.\n\n1. Orde.\n", "he said (1). It was.\n\n1. Orde.\n"),
        ),
        ("articles (i) and (ii) said", "he (I) went (l) on", "in France 2) and Spain 3) it was so"),
    ),
    Rule("note-apart", "layout", missing_blanks),
    Rule(
        "note-glued",
        "layout",
        glued_notes,
        (
            (
                "he said so (1), and then (2), and left it to\nthe1. According to him.\n\n2. Orde.\n",
                "he said so (1), and then (2), and left it to\nthe\n\n1. According to him.\n\n2. Orde.\n",
            ),
        ),
        ("he said so (1) in form\nB1. According to him.\n\n1. Orde.\n",),
    ),
)
