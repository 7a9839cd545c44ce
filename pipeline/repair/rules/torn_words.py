"""Words that the OCR tore apart: two pieces that are no words, or hardly stand together, and make a common one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.proposals import Proposal, Rule, replace

PIECES = re.compile(r"(?<![\w'’-])([A-Z]?[a-z]{1,12}|[A-Z]{1,12})(?= ([a-z]{1,12}|[A-Z]{1,12})(?![\w'’-]))")
TORN = 0.01
"""Share of misread words from which a piece that is a word by itself (`in dustry`) is rather a piece."""
APART = frozenset(
    """
    to any some every no can may for mean good well ill self half over under out up in with all where there here how what when
    who which my your his her our them it day an semi anti non
    """.split()
)
"""First words that older spelling leaves apart from a second (`to morrow`, `any one`, `mean while`)."""


def torn_words(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`follow ing`, `in dustry`, `Com mander`, `w hich`: two pieces that make a common word."""
    for line in draft.lines:
        for first, gap, second, sure in known.recall(torn_in, line.text):
            why = f"“{first}{second}” torn apart: “{first}” and “{second}” hardly stand side by side."
            yield replace(line.start + gap, line.start + gap + 1, "", sure, why, kind="spacing")


def torn_in(text: str, known: Knowledge) -> list[tuple[str, int, str, float]]:
    """(piece, offset of the space behind it, piece, probability) of the torn words of a line."""
    found: list[tuple[str, int, str, float]] = []
    knows, clean = known.lexicon.knows, known.evidence.misread < TORN
    for match in PIECES.finditer(text):
        first, second = match.group(1), match.group(2)
        if clean and knows(first) and knows(second):
            continue
        sure = known.recall(torn, f"{first} {second}")
        if not sure:
            continue
        if found and found[-1][1] == match.start() - 1 and found[-1][2] == first:  # the middle one of three pieces
            if knows(second) or not knows(found[-1][0]):
                continue
            found.pop()
        found.append((first, match.end(1), second, sure))
    return found


def torn(pair: str, known: Knowledge) -> float:
    """Probability that two pieces are one word; 0 where nothing says so."""
    first, second = pair.split(" ")
    lexicon, whole = known.lexicon, first + second
    frequency = lexicon.frequency(whole)
    if frequency < 2.0 or len(whole) < 3 or second.islower() < whole.isupper():
        return 0.0
    unknown = [piece for piece in (first, second) if not lexicon.knows(piece)]
    if any(known.evidence.words[piece] > 2 for piece in unknown):
        return 0.0
    if not unknown:
        return strangers(first, second, frequency, known)
    if min(len(first), len(second)) == 1:
        return lone_letter(first, second, frequency, known)
    if len(whole) < 5 or frequency < (2.0 if len(whole) > 7 else 3.0):
        return 0.0
    if len(unknown) == 1 and known.evidence.misread < TORN and max(known.evidence.words[first], known.evidence.words[second]) > 2:
        return 0.0
    return 0.93 if len(whole) > 5 else 0.8


def strangers(first: str, second: str, frequency: float, known: Knowledge) -> float:
    """Two words that never stand together, one of them far rarer than what they make: `ex tent`, `con tact`."""
    lexicon = known.lexicon
    if known.evidence.misread < TORN or frequency < 3.5 or min(len(first), len(second)) < 2 or first.lower() in APART:
        return 0.0
    rarer = min(lexicon.frequency(first), lexicon.frequency(second))
    apart = lexicon.bigram(first, second) or known.evidence.pairs[f"{first} {second}".lower()] > 1
    return 0.92 if frequency > rarer + 1.0 and not apart else 0.0


def lone_letter(first: str, second: str, frequency: float, known: Knowledge) -> float:
    """A small letter that is no word, before or behind a piece that is none: `w hich`, `fo r`."""
    letter, piece = (first, second) if len(first) == 1 else (second, first)
    if frequency < 4.0 or not letter.islower() or letter in "ai" or known.lexicon.knows(piece):
        return 0.0
    if len(first) == 1 and letter in "eosu":
        return 0.0
    return 0.93 if len(piece) > 3 or frequency > 6.0 or (len(first) == 1 and len(piece) > 2) else 0.8


RULES = (
    Rule(
        "torn-word",
        "spacing",
        torn_words,
        (
            ("in the follow ing year", "in the following year"),
            ("the re giment w hich Com mander Orme led", "the regiment which Commander Orme led"),
        ),
        ("an other man may be here, to morrow or any day, and the ladies of the house in town", "the W and the s of it"),
    ),
)
