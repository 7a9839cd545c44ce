"""Letters and figures that quotation marks and apostrophes are read as, and what it costs to take them for such."""

from __future__ import annotations

import re

from pipeline.language.evidence import Knowledge
from pipeline.repair.dates import MONTHS
from pipeline.repair.quote_context import Around, owner_cost
from pipeline.repair.quote_lattice import Label
from pipeline.repair.tokens import last_token

L = Label
NUMBERED = frozenset(
    """
    no nos vol vols article articles part chapter section series col cols p pp page pages number class paragraph line
    annex appendix table phase stage doc docs point item cmd from to and of at on in about or
    """.split()
)
ELISIONS = frozenset("twas tis twere twill twould".split())
UNITS = frozenset("st nd rd th er re e lb lbs oz cwt qr m km cm mm ft in yd d s p c l kg g hr hrs min am pm a".split())
SUMS = "=+×÷<>/*"
WORD, LETTERS = re.compile(r"\w+"), re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
DETERMINERS = frozenset("the a an this that these those his her its their our my no any some such".split())


def one_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """A figure 1 where no number can stand: fused to a word, or alone before one."""
    noted = note_like(known)
    if near.infix:
        return {L.APOSTROPHE: 0.5, L.ITSELF: 5.0} if near.after == "s" and len(near.before) > 1 else {}
    if near.suffix and len(near.before) > 1 and near.before[-1].islower():
        owner = {L.APOSTROPHE: owner_cost(text, at + 1)} if near.left == "s" else {}
        return {L.CLOSE_SINGLE: 0.7, L.ITSELF: 4.2 + min(1.8, known.evidence.marks["one"] / 15.0) - noted, L.NOISE: 5.5} | owner
    if near.prefix and near.right.islower() and len(near.after) > 1 and near.after not in UNITS:
        return {L.OPEN_SINGLE: 0.7, L.ITSELF: 5.0}
    token = last_token(text, at)
    if token[-1:] in SUMS and token:
        return {}
    if near.right == " " and near.left in ("", " ") and at + 2 < len(text) and text[at + 2].isalpha():
        return lone_one(token, WORD.match(text, at + 2))
    return {}


def lone_one(before: str, word: re.Match[str] | None) -> dict[Label, float]:
    """`of 1 studied`: a mark and a stray space, unless something is counted or dated, as the words beside it tell."""
    token = before.lower()
    counted = (
        token.strip(".,(") in NUMBERED - {"of", "in", "to", "at", "on", "and", "from", "or", "about"} or token[-1:].isdigit()
    )
    dated = word is not None and (word.group().lower() in MONTHS or word.group()[0].isupper())
    itself = 0.2 if counted or dated else 4.0 if token in DETERMINERS else 2.2
    return {L.OPEN_SINGLE: 2.0, L.ITSELF: itself, L.NOISE: 4.0}


def note_like(known: Knowledge) -> float:
    """0-4: how much a figure behind a word is a note's call-out in this document (other figures stand there as well)."""
    ones, others = known.evidence.marks["one"], known.evidence.marks["figure"]
    return 4.0 * min(1.0, 2.0 * others / (ones + 1.0))


def odd_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """`?the`, `5the`: a mark of the sentence's end, or a figure, in front of a word."""
    return {L.OPEN_SINGLE: 1.2, L.ITSELF: 3.0}


def letter_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """`fBolshevik`: a letter that makes no word, in front of one."""
    rest = LETTERS.match(text, at + 1)
    if rest is None:
        return {}
    whole, inner = mark + rest.group(), rest.group()
    lexicon, seen = known.lexicon, known.evidence.words
    if inner[-1] in "fT" and not lexicon.knows(inner) and lexicon.knows(inner[:-1]):
        inner = inner[:-1]
    if inner in ELISIONS:
        return {}
    if not (inner.islower() or inner.isupper() or inner.istitle() or "'" in inner or "’" in inner):
        return {}
    if (len(inner) == 1 and inner not in "aI") or not (lexicon.knows(inner) or seen[inner] > 1):
        return {}
    if (lexicon.knows(whole) and not (len(whole) == 2 and mark in "fT")) or seen[whole] > seen[inner] // 4 + 1:
        return {}
    if mark == "T" and len(inner) > 1 and lexicon.frequency(inner) < 4.0:
        return {}
    likely = 1.3 if mark in "fT" else 3.0
    if inner[0].isupper() and mark in "cit" and not lexicon.knows(inner):
        return {}
    return {L.OPEN_SINGLE: likely, L.ITSELF: 3.0 if len(whole) > 2 or not lexicon.knows(whole) else 1.5}


def inner_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """`MacDonaldfs`: a letter between a name and its s."""
    whole = near.before + mark + "s"
    if known.lexicon.knows(whole) or known.evidence.words[whole] > 2:
        return {}
    if not (known.lexicon.knows(near.before) or known.evidence.words[near.before] > 1):
        return {}
    likely = 0.3 if mark in "fT" else 1.5
    return {L.APOSTROPHE: likely, L.ITSELF: 3.0 if near.before[0].isupper() else 1.5}


def tail_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """`humiliatingT`: a letter that makes no word, behind one."""
    lexicon, seen = known.lexicon, known.evidence.words
    word = near.before[1:] if near.before[:1] in ("f", "T") and not lexicon.knows(near.before) else near.before
    if lexicon.knows(near.before + mark) or seen[near.before + mark] > 1 or not (lexicon.knows(word) or seen[word] > 1):
        return {}
    costs = {L.CLOSE_SINGLE: 1.0, L.ITSELF: 3.0, L.NOISE: 4.5}
    return costs | {L.APOSTROPHE: owner_cost(text, at + 1)} if near.before.endswith("s") else costs


AUXILIARY = re.compile(
    r"\b(?:had|has|have|was|were|is|are|be|been|being|not|would|could|should|may|might|can|must|will|did|does|do|to) $"
)
"""Words that a verb or adverb follows, which no capital begins."""
LONGEST_AUXILIARY = 8


def capital_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """`had Completely`: an opening mark and a c that became one capital."""
    word = mark + near.after
    lower = word.lower()
    if known.lexicon.is_name(word) or known.evidence.names[word] > 1 or known.lexicon.frequency(lower) < 3.0:
        return {}
    if known.evidence.lower[lower] <= known.evidence.names[word]:
        return {}
    return {L.OPEN_SINGLE: 3.2, L.ITSELF: 3.2 if AUXILIARY.search(text, max(0, at - LONGEST_AUXILIARY), at) else 0.6}
