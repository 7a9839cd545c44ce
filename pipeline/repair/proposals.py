"""What a rule says: proposals over a draft, in the draft's coordinates; and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Action, Kind


@dataclass(frozen=True, slots=True)
class Span:
    """draft[start:end] should read `after`."""

    start: int
    end: int
    after: str


@dataclass(frozen=True, slots=True)
class Relocation:
    """draft[start:end] should stand behind the character at draft offset `behind`; None: out of the running text."""

    start: int
    end: int
    behind: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair that a rule would make. `probability` (0-1): is it right? `before`/`after` are what a reader is shown. `doubt`: it
    is only suggested, whatever the thresholds are, also within what another rule has settled."""

    probability: float
    reason: str
    spans: tuple[Span, ...] = ()
    moves: tuple[Relocation, ...] = ()
    action: Action = "replace"
    alternatives: tuple[str, ...] = ()
    shown: tuple[str, str] | None = None
    kind: Kind | None = None
    doubt: bool = False

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Ranges of the draft that this proposal claims for itself."""
        return [(s.start, s.end) for s in self.spans] + [(m.start, m.end) for m in self.moves]


@dataclass(frozen=True, slots=True)
class Settle:
    """draft[start:end] is understood (`reason`): only the rule that says so may change it."""

    start: int
    end: int
    reason: str


def replace(
    start: int,
    end: int,
    after: str,
    probability: float,
    reason: str,
    *,
    alternatives: tuple[str, ...] = (),
    kind: Kind | None = None,
) -> Proposal:
    """draft[start:end] becomes `after`."""
    return Proposal(probability, reason, (Span(start, end, after),), alternatives=alternatives, kind=kind)


def move_out(start: int, end: int, probability: float, reason: str, *, kind: Kind | None = None) -> Proposal:
    """draft[start:end] leaves the running text and is kept in the ledger."""
    return Proposal(probability, reason, moves=(Relocation(start, end, None),), action="move", kind=kind)


Propose = Callable[[Draft, Knowledge], Iterable[Proposal | Settle]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named generator of proposals of one kind, with examples: what it fixes, and what it must leave alone.

    Examples are (before, after) pairs; `leaves` are texts in which it proposes nothing sure.
    """

    name: str
    kind: Kind
    propose: Propose
    fixes: tuple[tuple[str, str], ...] = field(default=())
    leaves: tuple[str, ...] = field(default=())
