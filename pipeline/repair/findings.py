"""What is missing, named with its place: never invented, never changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from pipeline.draft import Draft, DraftLine
from pipeline.ledger import Edit, Ledger
from pipeline.repair.missing_notes import missing_notes
from pipeline.repair.missing_text import LACKS, Lack, Spot, Unknown, missing_text
from pipeline.repair.rules.furniture import folio
from pipeline.repair.rules.strays import SCATTERED


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is missing. `page` and `line` (on that page) count from 1, in the clean text; `place` is a source offset.

    `message` is a sentence for a reader, `text` the line that shows it.
    """

    page: int
    line: int
    place: int
    kind: Lack
    message: str
    text: str


def find(draft: Draft, ledger: Ledger, unknown: Unknown) -> tuple[Finding, ...]:
    """All findings of a finished document, in its order."""
    spots = [*missing_notes(draft), *missing_text(draft, unknown), *inserted(draft, ledger), *lost_pages(draft, ledger)]
    ordered = sorted(dict.fromkeys(spots), key=lambda spot: (spot.line.start, LACKS.index(spot.kind)))
    return tuple(located(draft, together(list(same))) for _, same in groupby(ordered, key=lambda spot: (spot.line, spot.kind)))


def together(spots: Sequence[Spot]) -> Spot:
    """Several spots of a kind in one line as one."""
    return replace(spots[0], message=" ".join(spot.message for spot in spots))


def located(draft: Draft, spot: Spot) -> Finding:
    """A spot as a finding, with the way back to the source."""
    line = spot.line
    place = draft.origin(line.start)[0] if line.start < len(draft.text) else len(draft.source)
    number = 1 + sum(other.start < line.start for other in draft.pages[line.page - 1])
    return Finding(line.page, number, place, spot.kind, spot.message, line.text.strip())


def inserted(draft: Draft, ledger: Ledger) -> Iterator[Spot]:
    """Loose letters that stood between two lines of a sentence, as words written above a line are read."""
    for edit, move in ledger.moved_out():
        letters = move.before.strip()
        if edit.kind == "stray" and " " in letters and SCATTERED.fullmatch(letters):
            line = line_behind(draft, move.end)
            yield Spot(line, "insertion", f"“{letters}” stood before this line: what is left of words put in by hand.")


def line_behind(draft: Draft, place: int) -> DraftLine:
    """The first line of the draft that comes from behind a place in the source."""

    def source_start(line: DraftLine) -> int:
        return draft.origin(line.start)[0] if line.start < len(draft.text) else len(draft.source)

    return draft.lines[min(bisect_right(draft.lines, place - 1, key=source_start), len(draft.lines) - 1)]


def lost_pages(draft: Draft, ledger: Ledger) -> Iterator[Spot]:
    """Where printed page numbers leap ahead of the pages, and two on each side agree."""
    printed = [(edit.page, number) for edit, move in ledger.moved_out() if (number := printed_number(edit, move.before))]
    steps = [(page, number, number - page) for page, number in printed]
    for at, (before, after) in enumerate(pairwise(steps), 1):
        leap = after[2] - before[2]
        agreed = at >= 2 and steps[at - 2][2] == before[2] and at + 1 < len(steps) and steps[at + 1][2] == after[2]
        if 0 < leap <= 50 and agreed and after[0] <= len(draft.pages):
            pages = "1 page is" if leap == 1 else f"{leap} pages are"
            why = f"Page {before[1]} is followed by page {after[1]}: {pages} missing between them."
            yield Spot(draft.pages[after[0] - 1][0], "missing pages", why)


def printed_number(edit: Edit, text: str) -> int | None:
    return folio(text) if edit.rule == "page-number" else None
