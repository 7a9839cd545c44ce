"""The index of a document's archival references: one row for each thing cited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.references.catalogue import catalogue_forms
from pipeline.references.citations import Citation, citations
from pipeline.references.kinds import Kind
from pipeline.references.plausibility import Doubt, check


@dataclass(frozen=True, slots=True)
class ReferenceIndex:
    """All citations of a finished document in its order, and the doubts about them."""

    cited: tuple[Citation, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One thing cited. `met`: its forms in the source, the most frequent first; `places`: (page from 1, note or None);
    `catalogue`: what today's catalogues call it, or the pieces in which it is said to lie; `spans`: where it stands in the clean
    text."""

    reference: str
    kind: Kind
    series: str
    piece: str
    met: tuple[str, ...]
    places: tuple[tuple[int, int | None], ...]
    count: int
    certain: bool
    doubts: tuple[Doubt, ...]
    catalogue: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def index_references(draft: Draft, known: Knowledge) -> ReferenceIndex:
    """Everything that the clean text cites. Raises InvalidConfig for a pack whose forms or pieces can't be read."""
    cited = citations(draft, known)
    return ReferenceIndex(cited, check(cited, known.lexicon))


def rows(index: ReferenceIndex) -> list[Row]:
    """The index in the order of a catalogue: by series, then by number."""
    doubts: dict[str, list[Doubt]] = {}
    for doubt in index.doubts:
        doubts.setdefault(doubt.citation.reference.normalised, []).append(doubt)
    citing: dict[tuple[Kind, str], list[Citation]] = {}
    for citation in index.cited:
        citing.setdefault((citation.reference.kind, citation.reference.normalised), []).append(citation)
    found = [row(members, doubts.get(name, ())) for (_, name), members in citing.items()]
    return sorted(found, key=lambda row: (natural(row.reference), row.kind))


def row(members: list[Citation], doubts: Iterable[Doubt]) -> Row:
    """The row of one thing from all its citations."""
    forms: dict[str, int] = {}
    for citation in members:
        forms[citation.met or citation.reference.raw] = forms.get(citation.met or citation.reference.raw, 0) + 1
    first = members[0].reference
    return Row(
        first.normalised,
        first.kind,
        first.series,
        first.piece,
        tuple(sorted(forms, key=lambda form: (-forms[form], form))),
        tuple(dict.fromkeys((citation.page, citation.note) for citation in members)),
        len(members),
        all(citation.reference.certain for citation in members),
        tuple(doubts),
        catalogue_forms(first.normalised, first.kind, (citation.piece for citation in members if citation.piece)),
        tuple((citation.reference.start, citation.reference.end) for citation in members),
    )


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts FO 371/9365 before FO 371/12579."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name) if part)
