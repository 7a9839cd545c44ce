"""What an OCR takes for what: a channel model of misread shapes, against the slips of a typist or author.

The table is a prior for typescript and print, in natural logarithms (lower: likelier), of letters whose shapes are near. A noisy
channel after Kernighan, Church & Gale, "A spelling correction program based on a noisy channel model", COLING 1990.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from math import log

NEAR, FAR, LOST = 4.0, 7.0, 8.5
"""Costs: shapes that are near; any other letter for one; a letter lost or brought in by the OCR."""
SLIP, USUAL_SLIP, ODD_SLIP = 7.5, 4.5, 9.0
"""Costs of a typist's or author's slip, of one of those that people make most, and of a letter that lies elsewhere."""
LONGEST_WORD = 100
"""Letters; what is longer is a rule, a row of strokes, or no text at all."""
Costs = Mapping[str, Mapping[str, float]]
"""What was meant (a letter or two), and the cost of each thing that may be read for it."""
NONE: Mapping[str, float] = {}
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
VOWELS = frozenset("aeiouy")

ALIKE = """
    c e o | a e s | a o | b h 6 | h n | n u | u v y | i l j I 1 t ! ] | f t | r t i | O 0 o Q D | S 5 s $ | B 8 | g q 9 | G C
    E F £ | f £ | P F | K X | m n | v w | & a | % a | x z | k h | M N H | R K | U V | I J L T l
"""
"""Groups of letters that are read for one another."""
PAIRS = """
    Th Hi | th lh | m rn | m ra | m in | m ni | m nr | m ri | w vv | w iv | d cl | d ci | h li | h ii
    h la | n ri | n ii | u ii | u li | b lo | b li | k lc | k ic | ch di | cl d | rn m | in m | ni m | ra m | li h | ri n | lo b
    m tn | m iu | w tv | w yv | h lt | h ll | d tl | d il | u it | la h | di ch | ll U | ll H | il U | fi h | tt H | tl d | ti h
"""
"""What was meant, and what is read for it, where one side has two letters."""


@lru_cache(maxsize=1)
def table() -> dict[tuple[str, str], float]:
    """(meant, read) -> cost, for one or two letters on either side."""
    costs: dict[tuple[str, str], float] = {}
    for group in ALIKE.replace("\n", " | ").split(" | "):
        letters = group.split()
        costs.update({(a, b): NEAR for a in letters for b in letters if a != b})
    for pair in PAIRS.replace("\n", " | ").split(" | "):
        if pair.strip():
            meant, read = pair.split()
            costs[meant, read] = NEAR
    for (meant, read), cost in list(costs.items()):
        costs.setdefault((meant.upper(), read), cost + 2.0)
    return costs


@lru_cache(maxsize=1)
def usual_costs() -> Costs:
    """The table for any document."""
    return by_meant(table())


def learned_costs(counts: Mapping[str, int]) -> Costs:
    """The table for one document: what was found in it (`meant>read` -> thousandths of a count) costs less there, down to 1.5."""
    costs = dict(table())
    for key, count in counts.items():
        meant, _, read = key.partition(">")
        if count >= 2000:
            costs[meant, read] = max(1.5, costs.get((meant, read), FAR) - log((count / 1000 + 2.0) / 2.0))
    return by_meant(costs)


def by_meant(costs: Mapping[tuple[str, str], float]) -> Costs:
    """A table with a table for each thing that may have been meant: most pairs of letters have none."""
    found: dict[str, dict[str, float]] = {}
    for (meant, read), cost in costs.items():
        found.setdefault(meant, {})[read] = cost
    return found


def misreading_cost(meant: str, read: str, limit: float = 20.0, costs: Costs | None = None) -> float:
    """Cost of the OCR reading `meant` as `read` (0 for no difference), by weighted edit distance with pairs of letters."""
    costs = costs or usual_costs()
    last = len(read)
    pairs = [read[j : j + 2] for j in range(last - 1)]
    here, below, under = [limit] * (last + 1), [0.0] + [limit] * last, [limit] * (last + 1)
    for i in range(len(meant) + 1):  # behind the last letter there is none, and what is left of `read` was brought in
        here, below, under = below, under, [limit] * (last + 1)
        letter, two = meant[i : i + 1], meant[i : i + 2]
        single, double = costs.get(letter, NONE), costs.get(two, NONE) if len(two) == 2 else NONE
        for j, char in enumerate(read):
            if (cost := here[j]) >= limit:
                continue
            step = cost if letter == char else cost + min(FAR, single.get(char, FAR))
            if step < below[j + 1]:
                below[j + 1] = step
            if (lost := cost + LOST) < limit:
                below[j] = min(below[j], lost)
                here[j + 1] = min(here[j + 1], lost)
            if j + 1 < last and (pair := single.get(pairs[j])) is not None:
                below[j + 2] = min(below[j + 2], cost + pair)
            if double:
                if (pair := double.get(char)) is not None:
                    under[j + 1] = min(under[j + 1], cost + pair)
                if j + 1 < last and (pair := double.get(pairs[j])) is not None:
                    under[j + 2] = min(under[j + 2], cost + pair)
        if here[last] < limit:
            below[last] = min(below[last], here[last] + LOST)
    return here[last]


def slip_cost(meant: str, read: str) -> float:
    """Cost of a person having written `read` for `meant`: letters left out, doubled, swapped or taken for a neighbour's.

    What people get wrong most often, one vowel for another inside a word, double letters and letters in the wrong order, costs
    less than the rest, and a letter far off on the keyboard more (Pollock & Zamora, "Automatic spelling correction in scientific
    and scholarly text", CACM 27, 1984; Kernighan, Church & Gale, 1990).
    """
    from rapidfuzz.distance import OSA

    meant, read = meant.casefold(), read.casefold()
    distance: int = OSA.distance(meant, read)
    return one_slip(meant, read) if distance == 1 else SLIP * distance


def one_slip(meant: str, read: str) -> float:
    """Cost of a single slip: a usual one (`seperate`, `recieve`, `solemm`), a neighbouring key, any other letter."""
    at = next((i for i, (a, b) in enumerate(zip(meant, read, strict=False)) if a != b), min(len(meant), len(read)))
    usual, odd = (USUAL_SLIP, ODD_SLIP) if len(meant) > 5 else (SLIP, SLIP)
    if len(meant) != len(read):
        longer = max(meant, read, key=len)
        return usual if at > 0 and longer[at] == longer[at - 1] else SLIP
    if meant[at + 1 :] != read[at + 1 :]:
        return usual  # in the wrong order
    if at > 0 and ({meant[at], read[at]} <= VOWELS or read[at] == read[at - 1]):
        return usual
    ends = at in (0, len(meant) - 1)  # where words differ that are no misreadings of each other
    return SLIP if ends or beside(meant[at], read[at]) else odd


def beside(first: str, second: str) -> bool:
    """Do two letters lie side by side on a keyboard?"""
    for high, low in pairwise(KEYBOARD):
        for row in (high, low):
            if abs(row.find(first) - row.find(second)) == 1 and first in row and second in row:
                return True
        for a, b in ((first, second), (second, first)):
            if a in high and b in low and high.index(a) - low.index(b) in (0, 1):
                return True
    return False


def variants(read: str) -> dict[str, tuple[str, str]]:
    """Everything that one near misreading could have turned into `read`, with that misreading (meant, read); nothing for a run of
    letters that is longer than any word."""
    made: dict[str, tuple[str, str]] = {}
    if len(read) > LONGEST_WORD:
        return made
    for meant, seen in table():
        at = read.find(seen) if seen in read else -1  # looking is much cheaper than finding, and most are not there
        while at >= 0:
            made.setdefault(read[:at] + meant + read[at + len(seen) :], (meant, seen))
            at = read.find(seen, at + 1)
    return made


def different(before: str, after: str) -> tuple[str, str]:
    """Two forms without what they share at both ends."""
    most = min(len(before), len(after))
    ahead = next((at for at in range(most) if before[at] != after[at]), most)
    behind = next((at for at in range(most - ahead) if before[-1 - at] != after[-1 - at]), most - ahead)
    return before[ahead : len(before) - behind], after[ahead : len(after) - behind]
