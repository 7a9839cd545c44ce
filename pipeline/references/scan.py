"""A text scanned for references paragraph by paragraph: what was scanned once is remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.language.evidence import Knowledge
from pipeline.references.grammar import Reference, styled, unstyled
from pipeline.references.mending import count_shapes

PARAGRAPH = re.compile(r"[^\n\f]+(?:\n[^\n\f]+)*")
"""No reference runs on over a blank line or a page's end."""


def by_paragraph(text: str, known: Knowledge) -> Iterator[tuple[int, str, tuple[Reference, ...]]]:
    """(offset, text, references with offsets in it) of every paragraph that has references."""
    for paragraph in PARAGRAPH.finditer(text):
        references = known.recall(in_paragraph, paragraph.group())
        if references:
            yield paragraph.start(), paragraph.group(), references


def in_paragraph(text: str, known: Knowledge) -> tuple[Reference, ...]:
    """The references of one paragraph, with offsets in it."""
    return tuple(styled(reference, known.evidence.styles) for reference in known.recall(unstyled_in, text))


def unstyled_in(text: str, known: Knowledge) -> tuple[Reference, ...]:
    """The same with doubtful blanks as they are: the dictionaries alone decide."""
    return tuple(unstyled(text, known.lexicon))


def document_style(text: str, known: Knowledge) -> dict[str, int]:
    """How the author spaces references: counts of their shapes (`N#/#/#`, `FO #/#`)."""
    found = (known.recall(unstyled_in, paragraph.group()) for paragraph in PARAGRAPH.finditer(text))
    return count_shapes(reference.repaired for references in found for reference in references)
