"""Everything known of a finished document: what the outputs, the report and the review are views of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.confidence.model import DocumentConfidence
from pipeline.confidence.residual import Residual, Verdict, residual
from pipeline.confidence.spread import spread_of
from pipeline.draft import Draft
from pipeline.language.evidence import Evidence
from pipeline.language.new_names import NewName
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.references.index import ReferenceIndex
from pipeline.repair.findings import Finding, find

UNKNOWN = re.compile(r"unknown word “(.*?)”")


@dataclass(frozen=True)
class Result:
    """A source, the ledger of its repair, the evidence used, and how far each line can be trusted, and what it cites.

    `verdicts`: what a person found on lines of the clean text; `new_names`: names that no dictionary knows.
    """

    source: Source
    ledger: Ledger
    evidence: Evidence
    confidence: DocumentConfidence
    references: ReferenceIndex = field(default_factory=ReferenceIndex)
    verdicts: tuple[Verdict, ...] = ()
    new_names: tuple[NewName, ...] = ()

    @cached_property
    def draft(self) -> Draft:
        """The clean text with the way back to the source."""
        return Draft(self.source.text, self.ledger.applied, self.source.marked)

    @cached_property
    def residual(self) -> Residual:
        """How many words are wrong still, and which lines to read."""
        return residual(self.confidence, spread_of(image=self.source.has_confidences), self.verdicts)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is missing in the document, as far as it shows."""
        unknown = {
            (line.page, line.line): frozenset(words)
            for line in self.confidence.lines
            if (words := [word for why in line.reasons for word in UNKNOWN.findall(why)])
        }
        return find(self.draft, self.ledger, unknown)
