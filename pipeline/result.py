"""Everything known of a finished document: what the outputs, the report and the review are views of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.confidence.model import DocumentConfidence
from pipeline.confidence.residual import Residual, Verdict, residual
from pipeline.confidence.spread import spread_of
from pipeline.draft import Draft
from pipeline.folios import PageNames, page_names
from pipeline.language.evidence import Evidence
from pipeline.language.new_names import NewName
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.references.index import ReferenceIndex
from pipeline.repair.findings import Finding, find

UNKNOWN = re.compile(r"unknown word “(.*?)”")


@dataclass(frozen=True, slots=True)
class Decided:
    """A place that a person decided: source[start:end), how (accept, keep, write, right, or unclear: it cannot be told), and
    who."""

    start: int
    end: int
    choice: str
    reader: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A decision whose place is not found in the text as it was read now: what was read there, between `left` and `right`, how it
    was decided to read, on which page (from 1), how, by whom, and when (UTC)."""

    page: int
    choice: str
    left: str
    before: str
    right: str
    after: str
    reader: str
    made: str


@dataclass(frozen=True)
class Result:
    """A source, the ledger of its repair, the evidence used, and how far each line can be trusted, and what it cites.

    `verdicts`: what a person found on lines of the clean text; `new_names`: names that no dictionary knows. Where people decided
    anything, `decided` has their decisions, which are in the ledger, and `machine` what it was without them; `lost` those that
    have no place in the text, and `said` what else there is to say of them.
    """

    source: Source
    ledger: Ledger
    evidence: Evidence
    confidence: DocumentConfidence
    references: ReferenceIndex = field(default_factory=ReferenceIndex)
    verdicts: tuple[Verdict, ...] = ()
    new_names: tuple[NewName, ...] = ()
    machine: Ledger | None = None
    decided: tuple[Decided, ...] = ()
    lost: tuple[Lost, ...] = ()
    said: tuple[str, ...] = ()

    @cached_property
    def draft(self) -> Draft:
        """The clean text with the way back to the source."""
        return Draft(self.source.text, self.ledger.applied, self.source.marked)

    @cached_property
    def names(self) -> PageNames:
        """What its pages are called."""
        return page_names(self.source, self.ledger, len(self.draft.pages))

    @cached_property
    def residual(self) -> Residual:
        """How many words are wrong still, and which lines to read."""
        return residual(self.confidence, spread_of(image=self.source.has_confidences), (*self.read, *self.verdicts))

    @cached_property
    def read(self) -> tuple[Verdict, ...]:
        """The places that a person decided, as read, and right since."""
        spans = (self.draft.span_of(one.start, one.end) for one in self.decided if one.choice != "unclear")
        return tuple(Verdict(*span, 0, drawn=False) for span in spans if span is not None)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is missing in the document, as far as it shows."""
        unknown = {
            (line.page, line.line): frozenset(words)
            for line in self.confidence.lines
            if (words := [word for why in line.reasons for word in UNKNOWN.findall(why)])
        }
        return find(self.draft, self.ledger, unknown)
