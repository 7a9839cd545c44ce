"""What is missing among notes: calls without a note, notes without a call, gaps in their numbers, notes that break off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.draft import Draft, DraftLine
from pipeline.layout import CALLED, Note, body_end
from pipeline.repair.flow import page_notes
from pipeline.repair.missing_text import Spot, ends_cut, misplaced, shapes_of


def missing_notes(draft: Draft) -> Iterator[Spot]:
    """Places where calls and notes do not match, in a document that has its notes at the foot of the page."""
    rows = [(page, notes, calls_of(page, notes)) for page, notes in zip(draft.pages, page_notes(draft), strict=True)]
    matching = sum(bool(notes) and {n.number for n in notes} == set(calls) for _, notes, calls in rows)
    with_calls = sum(bool(calls) for _, _, calls in rows)
    if matching < 2 or matching * 2 < with_calls:
        return
    for page, notes, calls in rows:
        yield from unmatched(page, notes, calls)
        yield from broken_off(draft, page, notes)
        for note in notes:
            yield from misplaced(page[note.first : note.last])


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
    present = {note.number: page[note.first] for note in notes}
    for number in sorted(calls.keys() - present.keys()):
        yield Spot(calls[number], "call without note", f"Note {number} is called here; the page has no such note.")
    for number in sorted(present.keys() - calls.keys()):
        yield Spot(present[number], "note without call", f"Nothing on the page calls note {number}.")
    known = present.keys() | calls.keys()
    for number in range(1, max(known, default=0)):
        if number not in known:
            later = min(n for n in known if n > number)
            line = present.get(later) or calls[later]
            yield Spot(line, "gap in notes", f"Note {number} should stand before this; neither it nor its call is there.")


def broken_off(draft: Draft, page: Sequence[DraftLine], notes: Sequence[Note]) -> Iterator[Spot]:
    """Notes that end in mid-sentence."""
    shapes = shapes_of(draft)
    for note in notes:
        last = page[note.last - 1]
        if ends_cut(last.text, shapes.full, reference=True):
            lost = "or its stop is misread" if last.text.rstrip()[-1:] in ",;:" else "in mid-sentence"
            yield Spot(last, "breaks off", f"Note {note.number} breaks off here, {lost}.")
