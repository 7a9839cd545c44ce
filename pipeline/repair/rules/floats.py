"""Floats: what stands on a page beside its text, and what of it may not stand in the middle of a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.layout import body_end
from pipeline.model import Region
from pipeline.repair.flow import ends_sentence, page_notes
from pipeline.repair.proposals import Proposal, Relocation, Rule, Span, move_out

NAMES: dict[Region, str] = {"margin": "A note in the margin", "stamp": "A stamp", "caption": "A caption"}
"""Regions that are kept, but apart from the sentences that they interrupt."""
RUNNING: frozenset[Region] = frozenset({"", "heading"})


def scrawl(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Lines of which nothing was read with any certainty."""
    for page in draft.pages:
        for region, run in groupby(page, key=lambda line: line.region):
            if region == "scrawl":
                start, end = alone(draft, page, list(run))
                yield move_out(start, end, 0.95, "A hand, a stamp or a scratch: nothing that was read here is certain.")


def alone(draft: Draft, page: Sequence[DraftLine], run: Sequence[DraftLine]) -> tuple[int, int]:
    """Some lines with what parts them from the others, so that of two blank lines around them one is left."""
    text, start, end = draft.text, run[0].start, run[-1].end
    first, last = page[0].start, page[-1].end
    if not text[end:last].strip("\n"):
        while start > first and text[start - 1] == "\n":
            start -= 1
        return start, end
    end += 1
    while (start == first or text[start - 2 : start] == "\n\n") and end < last and text[end] == "\n":
        end += 1
    return start, end


def interrupting(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Notes in the margin, stamps and captions between two lines of one sentence: they go behind its paragraph; a caption behind
    the text of its page, where that ends with a sentence or with the document."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        filled = [line for line in page[: body_end(page, notes)] if line.text.strip()]
        last_page = page is draft.pages[-1]
        at = 0
        for region, group in groupby(filled, key=lambda line: line.region):
            run = list(group)
            before, after = filled[at - 1] if at else None, filled[at + len(run)] if at + len(run) < len(filled) else None
            at += len(run)
            if region not in NAMES or before is None or after is None or not RUNNING.issuperset((before.region, after.region)):
                continue
            if not goes_on(before.text, after.text):
                continue
            target = landing(page, filled[at:], whole=region == "caption", last_page=last_page)
            if target is not None:
                yield moved(draft, before, run, target, f"{NAMES[region]}, read into the middle of a sentence.")


def goes_on(before: str, after: str) -> bool:
    """Does a sentence run from one line into the next?"""
    if ends_sentence(before):
        return False
    return after.lstrip()[:1].islower() or (len(before.strip()) > 25 and not after.strip().isupper())


def landing(page: Sequence[DraftLine], below: Sequence[DraftLine], *, whole: bool, last_page: bool) -> DraftLine | None:
    """The line behind which something can stand: the last of the paragraph that `below` begins with, or, for `whole`, of the
    page, if its text does not run on over the page break. None where there is none."""
    text = [line for line in below if line.region in RUNNING]
    if not text:
        return None
    if whole and (last_page or ends_sentence(text[-1].text)):
        return text[-1]
    for line in text:
        following = page[page.index(line) + 1 :][:1]
        if ends_sentence(line.text) and (not following or not following[0].text.strip()):
            return line
    return text[-1] if last_page else None


def moved(draft: Draft, before: DraftLine, run: Sequence[DraftLine], target: DraftLine, reason: str) -> Proposal:
    """The lines of `run`, which follow `before`, put behind `target`, in a paragraph of their own."""
    start, end = before.end, run[-1].end
    parted = draft.text[start : run[0].start].count("\n") > 1
    spans = () if parted else (Span(run[0].start, run[0].start, "\n"),)
    behind = target.start + len(target.text.rstrip()) - 1
    text = draft.text[run[0].start : end]
    shown = (text, f"{target.text.rstrip()}\n\n{text}")
    return Proposal(0.95, reason, spans, (Relocation(start, end, behind),), "move", shown=shown)


RULES = (
    Rule("scrawl", "stray", scrawl),
    Rule("interrupting-float", "layout", interrupting),
)
