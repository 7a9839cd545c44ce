"""From a source to what its rules may know: the evidence of the whole document beside the lexicon."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.draft import Draft
from pipeline.language.evidence import WORD, Evidence, Knowledge, gather
from pipeline.language.lexicon import Lexicon
from pipeline.model import Source, Word
from pipeline.references import document_style
from pipeline.repair.channel import explanations, learn_confusions, learn_decided
from pipeline.repair.engine import page_breaks

FEW = 0.01
"""Share of unknown words up to which it makes no difference what they are."""
SAMPLE = 150
"""So many unknown forms tell whether they were misread."""
SURE = 0.85
"""Confidence from which a word is not in dispute, whatever else was read."""
LINE_END = re.compile(r"(?<![^\W\d_])([^\W\d_]++)-[ ]?\n([^\W\d_]+)")


def learn(
    source: Source, lexicon: Lexicon, evidence: Evidence | None = None, decided: Sequence[tuple[str, str]] = ()
) -> Knowledge:
    """What is known before repair begins. With stored `evidence` (of an earlier run) nothing is counted anew. `decided`: what
    people put right in this document, as (what was read, what should stand)."""
    if evidence is not None:
        return Knowledge(lexicon, evidence, disputed(source))
    text = Draft(source.text, tuple(page_breaks(source))).text
    known = Knowledge(lexicon, evidence := gather(text), disputed(source))
    evidence.styles.update(document_style(text, known))
    count_hyphens(evidence, text, lexicon)
    count_unknown(evidence, lexicon)
    count_misread(evidence, lexicon)
    evidence.marks["scanned"] = int(source.has_images)
    learn_confusions(evidence, lexicon)
    learn_decided(evidence, decided)
    return known


def disputed(source: Source) -> tuple[Word, ...]:
    """The words that other readings of the image have otherwise, and of which the OCR is not sure: what a person has put right
    may stand beside the OCR's own reading."""
    words = (word for page in source.pages for line in page.lines for word in line.words)
    return tuple(w for w in words if w.alternatives and w.confidence is not None and w.confidence < SURE)


def count_hyphens(evidence: Evidence, text: str, lexicon: Lexicon) -> None:
    """Of the hyphens at line ends whose case is plain, how many are their word's own?"""
    for head, tail in LINE_END.findall(text):
        hyphened = evidence.hyphenated[f"{head}-{tail}".lower()] > 0 or tail[0].isupper()
        if hyphened:
            evidence.marks["hard hyphen"] += 1
        elif lexicon.knows(head + tail):
            evidence.marks["soft hyphen"] += 1


def count_unknown(evidence: Evidence, lexicon: Lexicon) -> None:
    """How noisy is the text: words in small letters, and those of them that no list knows, where there are lists."""
    if not lexicon.complete:
        return
    for word, count in evidence.words.items():
        if len(word) > 3 and word.islower() and WORD.fullmatch(word):
            evidence.marks["small word"] += count
            evidence.marks["unknown word"] += 0 if lexicon.knows(word) else count


def count_misread(evidence: Evidence, lexicon: Lexicon) -> None:
    """How many of the unknown forms were misread, each counted once: a jargon repeats, and is rarely one letter from a word.

    Of forms that were misread at least half are one misreading from a word, of all others about a quarter, by chance.
    """
    small, unknown = evidence.marks["small word"], evidence.marks["unknown word"]
    evidence.marks["misread word"] = unknown
    if unknown <= FEW * (small + 150):
        return
    forms = sorted(w for w in evidence.words if len(w) > 3 and w.islower() and WORD.fullmatch(w) and not lexicon.knows(w))
    sample = forms[:: 1 + len(forms) // SAMPLE]
    near = sum(next(explanations(form, lexicon, 1.0), None) is not None for form in sample) / max(1, len(sample))
    evidence.marks["misread word"] = round(len(forms) * min(1.0, max(0.0, 4.0 * near - 1.0)))
