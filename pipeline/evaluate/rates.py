"""Error rates of a text against its truth, of characters and of words: counts of one page, and rates of counts.

`Counts` come from one cheapest alignment (Levenshtein). CER and WER: edits / length of the truth, may exceed 1. MER: edits /
(hits + edits), at most 1 (Morris, Maier and Green, "From WER and RIL to MER and WIL", Interspeech 2004).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

LIGATURES = {"ß": "ss", "ꝛ": "r", "œ": "oe", "æ": "ae", "aͤ": "ä", "oͤ": "ö", "uͤ": "ü"}
"""What the scorer of HIPE-OCRepair-2026 writes out before it compares."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Characters or words of a truth that were found, replaced or are missing, and those that are too many."""

    hits: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def edits(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def length(self) -> int:
        """That of the truth."""
        return self.hits + self.substitutions + self.deletions

    @property
    def error_rate(self) -> float:
        """CER or WER; against an empty truth the number of edits, as if it were one long."""
        return self.edits / max(1, self.length)

    @property
    def match_error_rate(self) -> float:
        """MER, 0-1; two empty texts match."""
        return self.edits / max(1, self.hits + self.edits)


def compared(truth: Sequence[str], found: Sequence[str]) -> Counts:
    """Counts of two texts, or of two lists of words."""
    counts = Counter(step.tag for step in Levenshtein.editops(truth, found))
    replaced, deleted = counts["replace"], counts["delete"]
    return Counts(len(truth) - replaced - deleted, replaced, deleted, counts["insert"])


def hipe_normal(text: str) -> str:
    """A text as HIPE-OCRepair-2026 compares it: lower case, some ligatures written out, words broken by `¬` at a line end joined,
    all but letters and digits spaces, white space folded.

    Source: the competition's evaluation page (hipe-eval.github.io/HIPE-OCRepair-2026/evaluation) and its scorer
    (hipe-ocrepair-scorer 0.9, `norm`).
    """
    text = text.lower()
    for old, new in {**LIGATURES, "¬\n": ""}.items():
        text = text.replace(old, new)
    return re.sub(r"[\W_]+", " ", text).strip()


def cmer_counts(truth: str, found: str) -> Counts:
    """The counts whose match error rate is cMER, the first measure of HIPE-OCRepair-2026.

    There, words broken at a line end are joined only where a `¬` says so; give texts in which they have been.
    """
    return compared(hipe_normal(truth), hipe_normal(found))


def bag_of_words(truth: Sequence[str], found: Sequence[str]) -> tuple[int, int]:
    """(words that one has and the other lacks, words of both): their ratio is the error rate of the bag of words, 0-1, which
    does not see the order of words, nor that of columns (OCR-D, "Quality assurance in OCR-D", ocr-d.de/en/spec/ocrd_eval)."""
    one, other = Counter(truth), Counter(found)
    return ((one - other) + (other - one)).total(), len(truth) + len(found)
