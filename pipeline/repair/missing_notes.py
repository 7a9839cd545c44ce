"""What is missing among notes: calls without a note, notes without a call, gaps in their numbers, notes that break off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.draft import Draft, DraftLine
from pipeline.layout import CALLED, Note, body_end
from pipeline.repair.flow import page_notes
from pipeline.repair.missing_text import LEAST_MISPLACED, PLAIN_END, Spot, ends_cut, misplaced, shapes_of

MISREAD_CALL = re.compile(r"[(\[{](?:[lIi!|\]tj]|\d)[lIi!|\]tj)}]{0,2}(?=[.,;:'’\"”]|\s|$)")
"""What a call-out may be read as, `(ljt.` or `(2].`; it says little by itself, but something where a note lacks its call."""
ONE = frozenset("lIi!|]tj1")


def missing_notes(draft: Draft) -> Iterator[Spot]:
    """Places where calls and notes do not match, in a document that has its notes at the foot of the page."""
    rows = [(page, notes, calls_of(page, notes)) for page, notes in zip(draft.pages, page_notes(draft), strict=True)]
    matching = sum(bool(notes) and {n.number for n in notes} - {0} == set(calls) for _, notes, calls in rows)
    with_calls = sum(bool(calls) for _, _, calls in rows)
    if matching < 2 or matching * 2 < with_calls:
        return
    for page, notes, calls in rows:
        yield from unmatched(page, notes, calls)
        for note in notes:
            lines = page[note.first : note.last]
            behind = list(running_on(lines))
            yield from behind or broken_off(draft, note.number, lines[-1])
            yield from misplaced(lines)


def calls_of(page: Sequence[DraftLine], notes: Sequence[Note]) -> dict[int, DraftLine]:
    """Notes that the page's body calls, with the line that does; figures far out of sequence (`C.P. 1(32)`) are no calls."""
    found: dict[int, DraftLine] = {}
    numbers = {note.number for note in notes}
    highest = max(numbers, default=0)
    for line in page[: body_end(page, notes)]:
        for match in CALLED.finditer(line.text):
            number = int(match.group(1))
            figure_before = line.text[match.start() - 1 : match.start()].isdigit()
            if number in numbers or (not figure_before and 0 < number <= max(highest, len(found)) + 2):
                found.setdefault(number, line)
    return found


def unmatched(page: Sequence[DraftLine], notes: Sequence[Note], calls: dict[int, DraftLine]) -> Iterator[Spot]:
    """Calls without their note, notes without a call, and numbers that neither has."""
    present = {note.number: page[note.first] for note in notes if note.number}
    for number in sorted(calls.keys() - present.keys()):
        yield Spot(calls[number], "call without note", f"Note {number} is called here; the page has no such note.")
    for number in sorted(present.keys() - calls.keys()):
        yield uncalled(number, present[number], page[: body_end(page, notes)])
    known = present.keys() | calls.keys()
    for number in range(1, max(known, default=0)):
        if number not in known:
            later = min(n for n in known if n > number)
            line = present.get(later) or calls[later]
            yield Spot(line, "gap in notes", f"Note {number} should stand before this; neither it nor its call is there.")


def uncalled(number: int, note: DraftLine, body: Sequence[DraftLine]) -> Spot:
    """A note without its call, with the place where that may be misread."""
    for line in body:
        for match in MISREAD_CALL.finditer(line.text):
            figure = match.group()[1]
            if match.group() != f"({number})" and (figure == str(number) or (number == 1 and figure in ONE)):
                return Spot(line, "note without call", f"The call of note {number} seems to be misread here: “{match.group()}”.")
    return Spot(note, "note without call", f"Nothing on the page calls note {number}.")


def running_on(lines: Sequence[DraftLine]) -> Iterator[Spot]:
    """Running text behind a note that has ended: a line in small letters after a blank one."""
    for at in range(2, len(lines)):
        before, blank, line = lines[at - 2 : at + 1]
        stray = not blank.text.strip() and len(line.text) > LEAST_MISPLACED and line.text[:1].islower()
        if stray and PLAIN_END.search(before.text.rstrip()):
            why = "This goes on from the running text, not from the note before it: it may belong elsewhere."
            yield Spot(line, "out of place", why)
            return


def broken_off(draft: Draft, number: int, last: DraftLine) -> Iterator[Spot]:
    """A note whose `last` line ends in mid-sentence."""
    if ends_cut(last.text, shapes_of(draft).full, reference=True):
        lost = "or its stop is misread" if last.text.rstrip()[-1:] in ",;:" else "in mid-sentence"
        yield Spot(last, "breaks off", f"Note {number} breaks off here, {lost}.")
