"""From a source to what its rules may know: the evidence of the whole document beside the lexicon."""

from __future__ import annotations

import re

from pipeline.draft import Draft
from pipeline.language.evidence import WORD, Evidence, Knowledge, gather
from pipeline.language.lexicon import Lexicon
from pipeline.model import Source
from pipeline.references import document_style
from pipeline.repair.channel import learn_confusions
from pipeline.repair.engine import page_breaks

LINE_END = re.compile(r"([^\W\d_]+)-[ ]?\n([^\W\d_]+)")


def learn(source: Source, lexicon: Lexicon, evidence: Evidence | None = None) -> Knowledge:
    """What is known before repair begins. With stored `evidence` (of an earlier run) nothing is counted anew."""
    if evidence is None:
        text = Draft(source.text, tuple(page_breaks(source))).text
        evidence = gather(text)
        evidence.styles.update(document_style(text, lexicon))
        count_hyphens(evidence, text, lexicon)
        count_unknown(evidence, lexicon)
        evidence.marks["scanned"] = int(source.has_images)
        learn_confusions(evidence, lexicon)
    return Knowledge(lexicon, evidence)


def count_hyphens(evidence: Evidence, text: str, lexicon: Lexicon) -> None:
    """Of the hyphens at line ends whose case is plain, how many are their word's own?"""
    for head, tail in LINE_END.findall(text):
        hyphened = evidence.hyphenated[f"{head}-{tail}".lower()] > 0 or tail[0].isupper()
        if hyphened:
            evidence.marks["hard hyphen"] += 1
        elif lexicon.knows(head + tail):
            evidence.marks["soft hyphen"] += 1


def count_unknown(evidence: Evidence, lexicon: Lexicon) -> None:
    """How noisy is the text: words in small letters, and those of them that no list knows."""
    for word, count in evidence.words.items():
        if len(word) > 3 and word.islower() and WORD.fullmatch(word):
            evidence.marks["small word"] += count
            evidence.marks["unknown word"] += 0 if lexicon.knows(word) else count
