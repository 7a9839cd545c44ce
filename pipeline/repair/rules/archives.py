"""Archival references: parsed, repaired only into valid ones, and closed to every other rule."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.references import Reference, find_references
from pipeline.repair.proposals import Proposal, Rule, Settle, replace


@lru_cache(maxsize=4)
def found_in(draft: Draft, lexicon: object, styles: tuple[tuple[str, int], ...]) -> list[Reference]:
    """The references of a draft; asked for by two rules in a row, found once."""
    return list(find_references(draft.text, lexicon, dict(styles)))  # type: ignore[arg-type]


def of(draft: Draft, known: Knowledge) -> list[Reference]:
    return found_in(draft, known.lexicon, tuple(sorted(known.evidence.styles.items())))


def references(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """References whose letters, stops or spaces the OCR disturbed. No figure is ever changed into another."""
    for reference in of(draft, known):
        if reference.certain and reference.repaired != reference.raw:
            why = f"An archival reference, {reference.normalised}: its letters and spaces put right, no figure changed."
            yield replace(reference.start, reference.end, reference.repaired, 0.97, why)


def settled(draft: Draft, known: Knowledge) -> Iterator[Settle]:
    """The spans of references that are certain."""
    for reference in of(draft, known):
        if reference.certain:
            yield Settle(reference.start, reference.end, f"An archival reference: {reference.normalised}.")


REFERENCES = Rule(
    "reference",
    "reference",
    references,
    (
        ("February 1925, C .P. 181(25), CAB 24/172;", "February 1925, C.P. 181(25), CAB 24/172;"),
        ("in class H .0. 144 and", "in class H.O. 144 and"),
    ),
    ("FO 371/12579 and CAB 23/90B", "see 12 (30)3 and so on"),
)
RULES = (REFERENCES,)
SETTLERS = (Rule("reference", "reference", settled),)
