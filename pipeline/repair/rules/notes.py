"""Note numbers and call-outs, repaired by their sequence on the page; notes set apart again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.layout import NOTE_START, Note, body_end
from pipeline.repair.flow import page_notes
from pipeline.repair.proposals import Proposal, Rule, replace

CALLOUT = re.compile(r"\((\d{1,2})\)")
MISREAD_CALLOUT = re.compile(
    r"(?<=[\w.,;'’\"”] )(?:\(([lI!|]|[lI]\d|\d[lI])\)|[£({\[](\d{1,2})[\])}])|(?<=[\w.,;'’\"”])\(([lI!|])\)(?=[\s.,;])"
)
FIGURES = str.maketrans({"l": "1", "I": "1", "!": "1", "|": "1"})


def note_numbers(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`1, Coates` and `I. Coates` where the page's first note must begin; `2,` and `3,` where the next ones must."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        called = {int(number) for line in page[: body_end(page, notes)] for number in CALLOUT.findall(line.text)}
        for note in notes:
            line = page[note.first]
            match = NOTE_START.match(line.text)
            if match is None:
                continue
            number = match.group(1) or match.group(2)
            stop = line.text.find(",", match.start(1 if match.group(1) else 2), match.end())
            proven = len(notes) > 1 or note.number in called
            if stop >= 0:
                why = f"Note {note.number} begins here; a worn stop was read as a comma."
                yield replace(line.start + stop, line.start + stop + 1, ".", 0.96 if proven else 0.8, why, kind="punctuation")
            if not number.isdigit():
                start = line.start + match.start(2)
                why = f"The page’s note {note.number} begins here."
                yield replace(start, start + 1, "1", 0.95 if proven and set_apart(page, note) else 0.7, why)


def set_apart(page: list[DraftLine], note: Note) -> bool:
    """Does a blank line stand before the note?"""
    return note.first == 0 or not page[note.first - 1].text.strip()


def callouts(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`(l)` and `£1)` where the page has that note and no other call for it."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        body = page[: body_end(page, notes)]
        numbers = {note.number for note in notes}
        called = {int(number) for line in body for number in CALLOUT.findall(line.text)}
        for line in body:
            for match in MISREAD_CALLOUT.finditer(line.text):
                figure = next(group for group in match.groups() if group).translate(FIGURES)
                if match.group() == f"({figure})" or not figure.isdigit():
                    continue
                wanted = int(figure) in numbers and int(figure) not in called
                why = f"The call for note {figure}, which the page has." if wanted else f"Looks like a call for note {figure}."
                yield replace(line.start + match.start(), line.start + match.end(), f"({figure})", 0.95 if wanted else 0.5, why)


def missing_blanks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A note that begins without the blank line that this document sets before its notes."""
    rows = [(page, note) for page, notes in zip(draft.pages, page_notes(draft), strict=True) for note in notes if note.first > 0]
    apart = sum(set_apart(page, note) for page, note in rows)
    if len(rows) < 4 or apart * 2 < len(rows):
        return
    for page, note in rows:
        if not set_apart(page, note):
            line = page[note.first]
            sure = 0.95 if note.number > 1 or len(page) - note.first < len(page) // 2 else 0.8
            why = f"Note {note.number} begins here; {apart} of {len(rows)} notes in this document stand after a blank line."
            yield replace(line.start, line.start + 1, "\n" + line.text[:1], sure, why, kind="layout")


RULES = (
    Rule(
        "note-number",
        "note",
        note_numbers,
        (("so it was (1).\n\n1, Coates, op. cit.\n2. Orde.\n", "so it was (1).\n\n1. Coates, op. cit.\n2. Orde.\n"),),
        ("In short: 1, 2 and 3.",),
    ),
    Rule(
        "call-out",
        "note",
        callouts,
        (("he said (l). It was.\n\n1. Orde.\n", "he said (1). It was.\n\n1. Orde.\n"),),
        ("articles (i) and (ii) said", "he (I) went (l) on"),
    ),
    Rule("note-apart", "layout", missing_blanks),
)
