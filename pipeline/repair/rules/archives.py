"""Archival references: parsed, repaired only into valid ones, and closed to every other rule."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.references import Reference
from pipeline.references.back import understood
from pipeline.references.scan import PARAGRAPH, by_paragraph
from pipeline.repair.proposals import Proposal, Rule, Settle, replace


def understood_in(text: str, _: Knowledge) -> tuple[tuple[int, int, str], ...]:
    """The back references and further parts of one paragraph."""
    return tuple(understood(text))


def of(draft: Draft, known: Knowledge) -> Iterator[tuple[int, Reference]]:
    """The references that are certain, each with the offset of its paragraph."""
    for at, _, references in by_paragraph(draft.text[draft.start : draft.end], known):
        yield from ((draft.start + at, reference) for reference in references if reference.certain)


def references(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """References whose letters, stops or spaces the OCR disturbed. No figure is ever changed into another."""
    for at, reference in of(draft, known):
        if reference.repaired != reference.raw:
            why = f"An archival reference, {reference.normalised}: its letters and spaces put right, no figure changed."
            yield replace(at + reference.start, at + reference.end, reference.repaired, 0.97, why)


def settled(draft: Draft, known: Knowledge) -> Iterator[Settle]:
    """The spans of references that are certain, and of back references that need nothing."""
    for at, reference in of(draft, known):
        why = f"An archival reference: {reference.normalised}."
        yield Settle(at + reference.start, at + reference.end, why)
    for paragraph in draft.finditer(PARAGRAPH):
        for start, end, what in known.recall(understood_in, paragraph.group()):
            yield Settle(paragraph.start() + start, paragraph.start() + end, f"{what}.")


REFERENCES = Rule(
    "reference",
    "reference",
    references,
    (
        ("February 1925, C .P. 181(25), CAB 24/172;", "February 1925, C.P. 181(25), CAB 24/172;"),
        ("the class H .0. 144 is", "the class H.O. 144 is"),
        ("Minute, N2312/9/38, FO 371/1258l.", "Minute, N2312/9/38, FO 371/12581."),
        ("of 1931, FO 371/1S587.", "of 1931, FO 371/15587."),
    ),
    ("FO 371/12579 and CAB 23/90B", "see 12 (30)3 and so on", "Ibid, p.8; Smith, op. cit. p.231."),
)
RULES = (REFERENCES,)
SETTLERS = (Rule("reference", "reference", settled),)
