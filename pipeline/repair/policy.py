"""When a repair is sure enough to be made, when it is only suggested, and what the user has asked for or ruled out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pipeline.draft import Draft
from pipeline.ledger import KINDS, Kind
from pipeline.repair.proposals import Proposal, Rule, Span, replace
from pipeline.repair.rules import PHASES

THRESHOLDS: Mapping[Kind, float] = {kind: 0.9 for kind in KINDS} | {
    "quote": 0.84,
    "hyphen": 0.8,
    "apostrophe": 0.85,
    "word": 0.85,
}
ODDS = {"cautious": 4.0, "normal": 1.0, "eager": 0.25}
"""What the odds (p / (1 - p)) that a repair must have to be made are multiplied by: 0.9 becomes 0.973, or 0.692."""
APOSTROPHE = "['’]"
Verdict = Literal["free", "hold", "drop"]


@dataclass(frozen=True)
class Policy:
    """Thresholds on an edit's probability (0-1): at or above its kind's it is applied, at or above `suggest` it is held.

    `never`: kinds and rules that are only suggested; `without`: those that are switched off; `refused`: (form, form) pairs that
    are only suggested; `keep`: forms that stay as they are; `always`: forms that are always replaced.
    """

    thresholds: Mapping[Kind, float] = field(default_factory=lambda: dict(THRESHOLDS))
    suggest: float = 0.3
    never: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    refused: frozenset[tuple[str, str]] = frozenset()
    keep: tuple[str, ...] = ()
    always: Mapping[str, str] = field(default_factory=dict)

    def threshold(self, kind: Kind) -> float:
        """Threshold for edits of `kind`; above 1 when the kind is only to be suggested."""
        return 2.0 if kind in self.never else self.thresholds.get(kind, 0.9)

    @cached_property
    def restrains(self) -> bool:
        """Whether anything but thresholds counts."""
        return bool(self.never or self.without or self.refused or self.keep)

    @cached_property
    def kept(self) -> re.Pattern[str]:
        return forms_pattern(self.keep, r"\s+")

    @cached_property
    def reach(self) -> int:
        """Characters around a change in which a kept form that it touches must lie; blanks may be wider than one."""
        return max((len(form) for form in self.keep), default=0) + 12

    @cached_property
    def wanted(self) -> tuple[re.Pattern[str], Mapping[str, str]]:
        """What finds the forms to be replaced, and what becomes of each."""
        return forms_pattern(self.always, " "), {plain(form): after for form, after in self.always.items()}

    def wishes(self, draft: Draft) -> Iterator[tuple[Rule, Proposal]]:
        """The replacements that the user asked for."""
        if not self.always:
            return
        pattern, replacements = self.wanted
        for match in pattern.finditer(draft.text):
            form, after = match.group(), replacements[plain(match.group())]
            reason = f"You asked for it: “{form}” becomes “{after}”."
            yield ALWAYS, replace(match.start(), match.end(), after, 1.0, reason)

    def verdict(self, draft: Draft, rule: Rule, proposal: Proposal) -> Verdict:
        """Whether a proposal may be made (free), only be suggested (hold), or must be passed over (drop)."""
        kind = proposal.kind or rule.kind
        sure = rule is ALWAYS or (proposal.probability >= self.threshold(kind) and not proposal.doubt)
        if not self.restrains:
            return "free" if sure else "hold"
        names = {rule.name, kind}
        if not names.isdisjoint(self.without) or self.spoils(draft, proposal):
            return "drop"
        if not sure or not names.isdisjoint(self.never) or self.refuses(draft, proposal):
            return "hold"
        return "free"

    def spoils(self, draft: Draft, proposal: Proposal) -> bool:
        """Would a form that is to be kept no longer stand where it stood? Running heads may leave the text with it."""
        if not self.keep:
            return False
        for span in proposal.spans:
            head = draft.text[max(0, span.start - self.reach) : span.start]
            tail = draft.text[span.end : span.end + self.reach]
            before = Counter(map(plain, self.kept.findall(head + draft.text[span.start : span.end] + tail)))
            if before and not before <= Counter(map(plain, self.kept.findall(head + span.after + tail))):
                return True
        out = [move for move in proposal.moves if move.behind is None] if proposal.kind != "furniture" else []
        return any(self.kept.fullmatch(draft.text[move.start : move.end].strip()) for move in out)

    def refuses(self, draft: Draft, proposal: Proposal) -> bool:
        """Is it one of the replacements that the user does not want made?"""
        if not self.refused:
            return False
        for span in proposal.spans:
            before, after = whole_words(draft.text, span)
            if not self.refused.isdisjoint([(before, after), (bare(before), bare(after))]):
                return True
        return False


ALWAYS = Rule("always", "word", lambda draft, knowledge: ())
"""The rule by which replacements that the user asked for go into the account; the policy makes its proposals."""


def thresholds_for(caution: str) -> dict[Kind, float]:
    """The thresholds, moved for a cautious or an eager run (see ODDS); one of 0, 1 or more stays."""
    return {kind: moved(threshold, ODDS[caution]) for kind, threshold in THRESHOLDS.items()}


def moved(threshold: float, factor: float) -> float:
    """The probability whose odds are `factor` times those of `threshold`."""
    if not 0 < threshold < 1:
        return threshold
    odds = factor * threshold / (1 - threshold)
    return odds / (1 + odds)


def rule_names() -> tuple[str, ...]:
    """The names of all rules that can be switched off, in the order in which they run."""
    return tuple(dict.fromkeys(rule.name for phase in PHASES for rule in phase))


def forms_pattern(forms: Iterable[str], blank: str) -> re.Pattern[str]:
    """What finds words and phrases as a whole, the longest first, with straight or curly apostrophes."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    choices = "|".join(blank.join(re.escape(part) for part in plain(form).split()) for form in ordered)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)".replace("'", APOSTROPHE))


def plain(form: str) -> str:
    """A form as forms are compared: one blank between words, straight apostrophes."""
    return " ".join(form.split()).replace("’", "'")


def whole_words(text: str, span: Span) -> tuple[str, str]:
    """What stands between blanks around a replacement, before and after it."""
    start, end = span.start, span.end
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    before, after = text[start:end], text[start : span.start] + span.after + text[span.end : end]
    return plain(before), plain(after)


def bare(form: str) -> str:
    """A form without the marks at its edges."""
    return re.sub(r"^\W+|\W+$", "", form)
