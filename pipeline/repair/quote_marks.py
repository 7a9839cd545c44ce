"""What may be a quotation mark or an apostrophe, and what it costs to take it for one: the OCR's side of the quote lattice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.repair.quote_context import DOUBLES, SINGLES, Around, around, owner_cost
from pipeline.repair.quote_lattice import Label, Mark, Move, moves
from pipeline.repair.quote_letters import capital_costs, inner_costs, letter_costs, odd_costs, one_costs, tail_costs

L = Label
CANDIDATE = re.compile(
    rf"[{SINGLES}{DOUBLES}*•°^1?!5fTticC](?:"
    rf"(?P<twice>(?<=[{SINGLES}])[{SINGLES}])|(?P<single>(?<=[{SINGLES}]))|(?P<double>(?<=[{DOUBLES}]))|(?P<star>(?<=[*•°^]))"
    r"|(?P<one>(?<=[a-z]{2}1)(?![\d/])|(?<=1)(?<![\d.,/(£$-]1)(?![\d.,/)]))|(?P<odd>(?<=[?!5])(?<![^\s(].)(?!th\b)(?=[a-z]{2}))"
    r"|(?P<letter>(?<=[fTtic])(?<![^\s(\-].)(?=[A-Za-z])(?=\w*(?:[\s.,;:)’'\-*]|$)))|(?P<inner>(?<=[a-z]{2}[fTit])(?=s\b))"
    r"|(?P<tail>(?<=[a-z]{3}[fT])(?=[\s.,;:)]|$))|(?P<capital>(?<=[a-z,;] C)(?=[a-z]{2,})))"
)
"""One of the characters that may be a mark, named by the empty group behind it that says what it is; what stands before is asked
last, so that the search runs from one such character to the next."""
FOLLOWING = re.compile(r"\s*(\S)")
STOPPED = re.compile(r" [A-Z]|\s*$")
"""What follows a stop."""
SHORTENED = frozenset("etc Ltd Co Inc Mr Mrs Dr Vol No cit Doc Deb Col Cmd".split())
"""Abbreviations, whose stop a star stands for sooner than for a quotation mark."""
UNFINISHED = frozenset("of the a an in to and or for with by from at on that which as is was were be".split())
CONTRACTIONS = frozenset(["s", "t", "d", "m", "ll", "re", "ve"])
ELIDED = frozenset(["o", "d", "l", "qu", "n"])


def marks_of(line: DraftLine, known: Knowledge) -> Iterator[Mark]:
    """Candidates of one line, in order, with their label costs (natural log units, lower is likelier)."""
    for start, end, ways in known.recall(marks_in, line.text):
        yield Mark(line.start + start, line.start + end, ways)


def marks_in(text: str, known: Knowledge) -> list[tuple[int, int, list[Move]]]:
    """(start, end, what can happen there) of the candidates in the text of a line."""
    found = []
    worn = min(1.2, known.evidence.worn_marks / 100.0)
    last = 0
    for match in CANDIDATE.finditer(text):
        costs = COSTS[match.lastgroup or ""](around(text, match.start(), match.end()), match.group(), text, match.start(), known)
        if costs:
            if match.lastgroup not in ("single", "double", "twice"):
                costs = soberly(costs, known.evidence.noise)
            words = text.count(" ", last, match.start())
            found.append((match.start(), match.end(), moves(costs, words, worn)))
            last = match.start()
    return found


def soberly(costs: dict[Label, float], noise: float) -> dict[Label, float]:
    """In a noisy text an odd mark is sooner noise, or an error that nobody understands, than in a clean one."""
    return {label: max(0.2, cost - 10.0 * noise) if label in (L.ITSELF, L.NOISE) else cost for label, cost in costs.items()}


def single_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """A mark that is a quotation mark or an apostrophe by its looks."""
    if near.infix:
        if near.after.lower() in CONTRACTIONS or near.before.lower() in ELIDED or near.before in ("O", "D", "L"):
            return {L.APOSTROPHE: 0.0}
        known_parts = len(near.after) > 1 and known.lexicon.knows(near.after) and known.lexicon.knows(near.before)
        return {
            L.APOSTROPHE: 2.5 if known_parts else 0.5,
            L.OPEN_SINGLE: 2.0 if known_parts else 5.0,
            L.CLOSE_SINGLE: 4.0 if known_parts else 6.0,
        }
    if near.prefix:
        return {L.OPEN_SINGLE: 0.1, L.APOSTROPHE: 1.0 if near.right.isdigit() else 4.0, L.CLOSE_SINGLE: 6.0, L.NOISE: 5.0}
    if near.suffix:
        apostrophe = owner_cost(text, at + 1) - 0.3 if near.left in "sxz" else 4.5
        return {L.CLOSE_SINGLE: 0.1, L.APOSTROPHE: apostrophe, L.OPEN_SINGLE: 6.0, L.NOISE: 5.0}
    rest = FOLLOWING.match(text, at + 1)
    closing = rest is not None and rest.group(1) in "(.,;:)"
    return {
        L.OPEN_SINGLE: 3.5 if closing else 1.2 if not rest else 2.0,
        L.CLOSE_SINGLE: 0.5 if closing else 1.5,
        L.NOISE: 3.0,
        L.ITSELF: 3.5,
    }


def double_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """A double mark, or two single ones that make one."""
    split = 0.4 if len(mark) == 2 else 0.0
    itself = {L.ITSELF: 2.5} if split else {L.ITSELF: 4.0}
    if near.prefix and not near.suffix:
        return {L.OPEN_DOUBLE: 0.1 + split, L.CLOSE_DOUBLE: 5.0, L.NOISE: 3.5} | itself
    if near.suffix and not near.prefix:
        return {L.CLOSE_DOUBLE: 0.1 + split, L.OPEN_DOUBLE: 5.0, L.NOISE: 3.5} | itself
    return {L.OPEN_DOUBLE: 1.0 + split, L.CLOSE_DOUBLE: 1.0 + split, L.NOISE: 3.5} | itself


def star_costs(near: Around, mark: str, text: str, at: int, known: Knowledge) -> dict[Label, float]:
    """A star or a dot in the air where a raised mark may have been."""
    odd = 0.7 if mark == "*" else 1.5
    itself = 4.0 - starred(known)
    if near.infix:
        letters = near.after.lower()
        owned = letters == "s" or (mark == "*" and letters in CONTRACTIONS and (letters not in "md" or near.before == "I"))
        return {L.APOSTROPHE: odd, L.ITSELF: 4.0} if owned and len(near.before) > 1 else {}
    if near.prefix and near.right.isalpha():
        return {L.OPEN_SINGLE: odd, L.NOISE: 3.0, L.ITSELF: itself}
    if mark == "*" and near.left in ("", " ") and near.right == " " and text[at + 2 : at + 3].isalpha():
        if near.left:
            return {L.OPEN_SINGLE: 2.0, L.NOISE: 3.0, L.ITSELF: max(1.5, itself - 1.0)}
        if known.evidence.marks["star list"]:
            return {}
        listed = text[at + 2 : at + 3].isupper() or starred(known) > 0.5
        return {L.OPEN_SINGLE: 1.4, L.NOISE: 0.7, L.ITSELF: 0.5 if listed else 3.5}
    if near.suffix and not (mark == "•" and STOPPED.match(text, at + 1)) and (near.left.isalpha() or near.left in ",;:!?)'"):
        costs = {L.CLOSE_SINGLE: odd + oddly_closed(near, mark, text, at), L.ITSELF: itself, L.NOISE: 4.5}
        return costs | {L.APOSTROPHE: owner_cost(text, at + 1)} if near.left == "s" else costs
    return {}


def oddly_closed(near: Around, mark: str, text: str, at: int) -> float:
    """Cost of a quotation that would end with `of`, behind a call-out or comma, or without a stop before a new sentence."""
    if near.before.lower() in UNFINISHED or near.before in SHORTENED or (near.left in "),;" and text[at - 2 : at - 1].isdigit()):
        return 3.0
    if mark == "^" and near.left == "e":  # an accent, as of Chargé
        return 2.5
    return 1.0 if STOPPED.match(text, at + 1) else 0.0


def starred(known: Knowledge) -> float:
    """How much a star is the author's in this document: up to 3 where lines begin with one, or words stand between two; down to
    -1.5 where many stars stand otherwise."""
    stars, notes = known.evidence.marks["star"], known.evidence.marks["star note"]
    paired = 2 * known.evidence.marks["star pair"] >= 0.7 * stars
    return 3.0 * min(1.0, 3.0 * notes / (stars + 1.0) + paired) - (0.0 if paired else min(1.5, stars / 20.0))


COSTS = {
    "twice": double_costs,
    "single": single_costs,
    "double": double_costs,
    "star": star_costs,
    "one": one_costs,
    "odd": odd_costs,
    "letter": letter_costs,
    "inner": inner_costs,
    "tail": tail_costs,
    "capital": capital_costs,
}
