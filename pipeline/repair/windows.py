"""Proposals of rules that look no further than the pages beside, gathered some pages at a time: what has not changed since the
last round is not looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.repair.proposals import Proposal, Rule

PAGES = 8
"""Pages of a window."""
BESIDE = 1
"""Pages with text on either side that its rules see too: sentences and quotations run over page breaks, and past plates."""
MOST_BLANK = 100
"""Pages, at most, among which those are looked for."""
MARGIN = 200
"""Characters beyond these at which a rule may still glance."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal together with the rule that made it."""

    rule: Rule
    proposal: Proposal
    order: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a window that began at draft offset `start`, and all the `text` that its rules saw."""

    start: int
    text: str
    found: tuple[Candidate, ...]


class Windows:
    """The windows of a document, and what `rules` proposed in each when it was last looked at."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.seen: dict[int, Seen] = {}

    def candidates(self, draft: Draft, known: Knowledge) -> Iterator[Candidate]:
        """All proposals for a draft of the document."""
        pages = draft.pages
        for first in range(0, len(pages), PAGES):
            last = min(first + PAGES, len(pages))
            window = draft.part(first - reach(pages, range(first)[::-1]), last + reach(pages, range(last, len(pages))))
            start = pages[first][0].start
            text = draft.text[max(0, window.start - MARGIN) : window.end + MARGIN]
            before = self.seen.get(first)
            if before is None or before.text != text:
                end = pages[last][0].start if last < len(pages) else len(draft.text) + 1
                found = tuple(one for one in proposed(self.rules, window, known) if start <= beginning(one.proposal) < end)
                self.seen[first] = Seen(start, text, found)
                yield from found
            else:
                yield from (shifted(one, start - before.start) for one in before.found)


def reach(pages: Sequence[Sequence[DraftLine]], away: range) -> int:
    """How many of the pages that lead `away` from a window are seen from it: up to the nearest BESIDE that hold text."""
    held = count = 0
    for count, at in enumerate(away[:MOST_BLANK], 1):
        held += any(line.text.strip() for line in pages[at])
        if held == BESIDE:
            return count
    return 0 if not held else count


def proposed(rules: Sequence[Rule], draft: Draft, known: Knowledge) -> Iterator[Candidate]:
    """What rules propose over a draft, or a part of one."""
    for order, rule in enumerate(rules):
        for found in rule.propose(draft, known):
            if isinstance(found, Proposal):
                yield Candidate(rule, found, order)


def beginning(proposal: Proposal) -> int:
    return min(start for start, _ in proposal.ranges)


def shifted(candidate: Candidate, by: int) -> Candidate:
    """The same proposal where the text stands now."""
    if not by:
        return candidate
    proposal = candidate.proposal
    spans = tuple(replace(span, start=span.start + by, end=span.end + by) for span in proposal.spans)
    moves = tuple(
        replace(move, start=move.start + by, end=move.end + by, behind=None if move.behind is None else move.behind + by)
        for move in proposal.moves
    )
    return replace(candidate, proposal=replace(proposal, spans=spans, moves=moves))
