"""The engine: rules propose over a snapshot, the best proposals that do not meet are taken, the unsure ones are held."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Edit, Ledger, Replace, Settled
from pipeline.model import Source
from pipeline.repair.account import Account, translate
from pipeline.repair.policy import ALWAYS, Policy
from pipeline.repair.proposals import Rule, Settle
from pipeline.repair.rules import LAYOUT, PHASES, SETTLERS
from pipeline.repair.windows import Candidate, Windows, proposed

MAX_ROUNDS = 6
"""Rounds until a text comes to rest; what still moves after that is only suggested."""


def page_breaks(source: Source) -> Iterator[Edit]:
    """The edits that make one form feed of whatever stands between two pages, and nothing of a mark before the first."""
    if source.pages and (start := source.pages[0].start):
        change = Replace(0, start, source.text[:start], "")
        yield Edit("layout", "page-break", "replace", 1.0, "The first page begins here.", (change,), change.before, "", 1)
    for page, following in zip(source.pages, source.pages[1:], strict=False):
        start, end = page.end, following.start
        before = source.text[start:end]
        after = "\n\f" if "\n" in before else "\f"
        if before and before not in ("\f", "\n\f"):
            change = Replace(start, end, before, after)
            yield Edit("layout", "page-break", "replace", 1.0, "A page ends here.", (change,), before, after, page.number)


def repair(source: Source, knowledge: Knowledge, policy: Policy | None = None) -> Ledger:
    """All phases over the whole document, again and again until nothing sure is left to do.

    Proposals that can't be carried out because an earlier edit already wrote there are remembered in
    `knowledge.evidence.vetoes`, so that a second run over the result, with the same evidence, changes nothing.
    """
    policy = policy or Policy()
    account = Account(page_breaks(source))
    marked = source.marked
    draft = Draft(source.text, account.edits, marked)
    held: list[Edit] = []
    settled: list[Settled] = []
    rest: dict[int, tuple[Draft, list[Candidate]]] = {}  # phases that had nothing to do, and in which draft
    with Windows(PHASES, source, knowledge) as windows:
        for turn in range(MAX_ROUNDS):
            done, held, settled = len(account.edits), [], []
            vetoes = len(knowledge.evidence.vetoes)
            for phase, rules in enumerate(PHASES):
                protected = settle(draft, knowledge)
                chosen: list[Candidate] = []
                if (before := rest.get(phase)) and before[0] is draft:
                    unsure = before[1]
                else:
                    found = proposed(rules, draft, knowledge) if rules is LAYOUT else windows.candidates(phase, draft)
                    chosen, unsure = choose(found, protected, draft, knowledge, policy)
                if turn == MAX_ROUNDS - 1:
                    knowledge.evidence.vetoes.update(signature(draft, c) for c in chosen)
                    chosen = []
                carry_out(draft, chosen, account, knowledge)
                held += [edit for c in unsure if (edit := translate(draft, c.proposal, c.rule.name, c.rule.kind))]
                settled += settled_spans(draft, protected)
                if chosen:
                    draft = Draft(source.text, account.edits, marked)
                else:
                    rest[phase] = draft, unsure
            if len(account.edits) == done and len(knowledge.evidence.vetoes) == vetoes:
                break
    applied = tuple(sorted(account.edits, key=lambda e: e.place))
    return Ledger(
        len(source.text), applied, tuple(sorted(held, key=lambda e: e.place)), tuple(sorted(set(settled), key=lambda s: s.start))
    )


@lru_cache(maxsize=2)
def settle(draft: Draft, knowledge: Knowledge) -> list[tuple[Rule, Settle]]:
    """Spans that are understood, with the rules that understand them."""
    return [(rule, found) for rule in SETTLERS for found in rule.propose(draft, knowledge) if isinstance(found, Settle)]


def choose(
    found: Iterable[Candidate], protected: Sequence[tuple[Rule, Settle]], draft: Draft, knowledge: Knowledge, policy: Policy
) -> tuple[list[Candidate], list[Candidate]]:
    """(those to apply, those to hold): the surest first, and none that meets a surer one or a settled span."""
    taken, suggested = Ranges(), Ranges()
    guards = [(s.start, s.end, rule.name) for rule, s in protected]
    guards.sort()
    vetoes = knowledge.evidence.vetoes
    chosen, unsure = [], []
    wished = [c for rule, p in policy.wishes(draft) if signature(draft, c := Candidate(rule, p, -1)) not in vetoes]
    for candidate in sorted([*wished, *found], key=lambda c: (-c.proposal.probability, c.order)):
        ranges = candidate.proposal.ranges
        free = candidate.rule is ALWAYS or candidate.proposal.doubt
        if taken.meets(ranges) or (not free and guarded(guards, ranges, candidate.rule.name)):
            continue
        verdict = policy.verdict(draft, candidate.rule, candidate.proposal)
        if verdict == "free" and (not vetoes or signature(draft, candidate) not in vetoes):
            taken.add(ranges)
            chosen.append(candidate)
            continue
        if verdict != "drop" and candidate.proposal.probability >= policy.suggest and not suggested.meets(ranges):
            suggested.add(ranges)
            unsure.append(candidate)
    return chosen, [c for c in unsure if not taken.meets(c.proposal.ranges)]


def guarded(guards: Sequence[tuple[int, int, str]], ranges: Sequence[tuple[int, int]], rule: str) -> bool:
    """Does another rule's settled span meet one of `ranges`? (Settled spans are short: looking a few back is enough.)"""
    for start, end in ranges:
        at = bisect_left(guards, (max(end, start + 1), -1, ""))
        for low, high, owner in guards[max(0, at - 8) : at]:
            if owner != rule and low < max(end, start + 1) and start < high:
                return True
    return False


def carry_out(draft: Draft, chosen: Iterable[Candidate], account: Account, knowledge: Knowledge) -> None:
    for candidate in chosen:
        edit = translate(draft, candidate.proposal, candidate.rule.name, candidate.rule.kind)
        if edit is None or not account.add(edit):
            knowledge.evidence.vetoes.add(signature(draft, candidate))


def settled_spans(draft: Draft, protected: Iterable[tuple[Rule, Settle]]) -> Iterator[Settled]:
    for _, found in protected:
        for start, end in draft.source_spans(found.start, found.end) or []:
            yield Settled(start, end, found.reason)


def signature(draft: Draft, candidate: Candidate) -> str:
    """A proposal by its rule, its words and their surroundings, so that it is known again in another run."""
    ranges = candidate.proposal.ranges
    start, end = min(r[0] for r in ranges), max(r[1] for r in ranges)
    parts = [candidate.rule.name, draft.text[max(0, start - 24) : end + 24], *(s.after for s in candidate.proposal.spans)]
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Ranges:
    """A set of ranges that do not meet."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, ranges: Iterable[tuple[int, int]]) -> None:
        for span in ranges:
            insort(self._ranges, span)

    def meets(self, ranges: Iterable[tuple[int, int]]) -> bool:
        """Does one of `ranges` share a character, or an empty place, with a range of the set?"""
        for start, end in ranges:
            at = bisect_left(self._ranges, (start, end))
            if at < len(self._ranges) and (self._ranges[at][0] < end or self._ranges[at] == (start, end)):
                return True
            if at and self._ranges[at - 1][1] > start:
                return True
        return False
