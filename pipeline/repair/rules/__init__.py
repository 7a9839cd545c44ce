"""The rules in their order. Order has meaning: each line says why it stands where it does."""

from __future__ import annotations

from pipeline.repair.proposals import Rule
from pipeline.repair.rules import (
    apostrophes,
    archives,
    broken_words,
    capitals,
    figures,
    floats,
    furniture,
    marks,
    names,
    notes,
    punctuation,
    quotes,
    readings,
    spacing,
    strays,
    structure,
    torn_words,
    words,
)

LAYOUT: tuple[Rule, ...] = (
    *floats.RULES,  # first, so that nothing looks for the text where a margin or a picture stands
    *furniture.RULES,  # before the rest, so that words and sentences can run over page breaks
    *strays.RULES,  # then specks, which bring false blank lines
    *notes.RULES,  # notes are known by what is left: numbers in sequence at the foot
    *structure.RULES,  # blank lines are false where neither a note nor a paragraph begins
)
MARKS: tuple[Rule, ...] = (
    *archives.RULES,  # parsed before anything else can mistake a figure or a stop in them
    *quotes.RULES,  # before any word rule can consume the evidence of a misread mark
    *marks.RULES,  # before a space is closed in front of a speck
    *spacing.RULES,
    *broken_words.RULES,
    *punctuation.RULES,
    *apostrophes.RULES,
)
WORDS: tuple[Rule, ...] = (  # last: what is still unknown when marks and line ends are right
    *readings.RULES,  # what the image itself supports
    *figures.RULES,
    *capitals.RULES,
    *names.RULES,  # before words, which would take a name for a near word
    *torn_words.RULES,  # before words, which would read a piece as another word
    *words.RULES,
)
PHASES: tuple[tuple[Rule, ...], ...] = (LAYOUT, MARKS, WORDS)
SETTLERS: tuple[Rule, ...] = archives.SETTLERS
"""Rules that mark spans as understood; they are asked anew before every phase."""
