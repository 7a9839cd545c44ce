"""Everything known of a finished document: what the outputs, the report and the review are views of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.confidence.model import DocumentConfidence
from pipeline.draft import Draft
from pipeline.language.evidence import Evidence
from pipeline.ledger import Ledger
from pipeline.model import Source


@dataclass(frozen=True)
class Result:
    """A source, the ledger of its repair, the evidence used, and how far each line can be trusted."""

    source: Source
    ledger: Ledger
    evidence: Evidence
    confidence: DocumentConfidence

    @cached_property
    def draft(self) -> Draft:
        """The clean text with the way back to the source."""
        return Draft(self.source.text, self.ledger.applied)
