"""Proposals of rules that look no further than the pages beside, gathered some pages at a time: what has not changed since the
last round is not looked at again, and in a long document several processes look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from pipeline.draft import Draft, DraftLine
from pipeline.forks import Team, processes_for
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Edit
from pipeline.model import Source
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
class Question:
    """What is proposed by the rules of a phase, once to the first `edits` of a document those are added that are `new`?"""

    phase: int
    edits: int
    new: tuple[Edit, ...]


Looked = dict[int, tuple[int, list[tuple[int, Proposal]]]]
"""By its first page (from 0): where a window begins in the draft, and what is proposed in it, with the places of the rules in
their phase."""


class Windows:
    """The windows of a document, and what the rules of each of some `phases` proposed in them when they were last looked at; used
    within `with`, since other processes may help."""

    def __init__(self, phases: Sequence[Sequence[Rule]], source: Source, known: Knowledge) -> None:
        self.phases, self.source, self.known = phases, source, known
        self.draft = Draft("")
        self.edits: list[Edit] = []
        self.texts: list[dict[int, str]] = [{} for _ in phases]
        self.found: list[dict[int, tuple[int, list[Candidate]]]] = [{} for _ in phases]
        self.team: Team[Question, Looked] | None = None
        self.stack = ExitStack()

    def __enter__(self) -> Windows:
        return self

    def __exit__(self, *fault: object) -> None:
        self.stack.close()

    def candidates(self, phase: int, draft: Draft) -> Iterator[Candidate]:
        """All proposals of a phase for a draft of the document, which has the edits of the last one, and perhaps more."""
        question = Question(phase, len(self.edits), draft.edits[len(self.edits) :])
        self.draft = draft
        self.edits += question.new
        rules, found = self.phases[phase], self.found[phase]
        for looked in self.ask(question):
            for at, (start, proposals) in looked.items():
                found[at] = start, [Candidate(rules[order], one, order) for order, one in proposals]
        for at in range(0, len(draft.pages), PAGES):
            start, candidates = found[at]
            yield from (shifted(one, draft.pages[at][0].start - start) for one in candidates)

    def ask(self, question: Question) -> Iterator[Looked]:
        """What each process finds in its share of the windows."""
        if self.team is None and (processes := processes_for(self.draft.text)) > 1:
            self.known.lexicon.load()
            self.team = self.stack.enter_context(Team(self.look, processes))
        return self.team.ask(question) if self.team else iter([self.look(question, slice(None))])

    def look(self, question: Question, share: slice) -> Looked:
        """What is proposed in those of a share of the windows in which something has changed."""
        if question.edits == len(self.edits) and question.new:  # another process has made them
            self.edits += question.new
            self.draft = Draft(self.source.text, self.edits, self.source.marked)
        rules, texts, looked = self.phases[question.phase], self.texts[question.phase], Looked()
        for at in range(0, len(self.draft.pages), PAGES)[share]:
            start, end, window = window_at(self.draft, at)
            text = window.text[max(0, window.start - MARGIN) : window.end + MARGIN]
            if texts.get(at) != text:
                texts[at] = text
                found = ((one.order, one.proposal) for one in proposed(rules, window, self.known))
                looked[at] = start, [(order, one) for order, one in found if start <= beginning(one) < end]
        return looked


def window_at(draft: Draft, first: int) -> tuple[int, int, Draft]:
    """Where the window that begins with a page (from 0) begins and ends, and what of the draft its rules see."""
    pages = draft.pages
    last = min(first + PAGES, len(pages))
    end = pages[last][0].start if last < len(pages) else len(draft.text) + 1
    seen = draft.part(first - reach(pages, range(first)[::-1]), last + reach(pages, range(last, len(pages))))
    return pages[first][0].start, end, seen


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
