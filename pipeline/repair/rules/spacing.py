"""Spacing: space lost or brought in by the OCR, inside abbreviations, before stops, between words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.dates import dated
from pipeline.repair.proposals import Proposal, Rule, replace

NOISY = 0.015
"""Share of unknown words from which a stop that stands alone is as likely a speck, or a letter is lost before it, as not."""
BEFORE_STOP = re.compile(r"(?<=[\w)\]'’\"”*%]) +(?=[.,;:!?](?![.,;:\w])(?! ?\.))")
IN_BRACKETS = re.compile(r"(?<=\w[\w.'’\"”]) (?=\)[\s.,;:)])|(?<=\s\() (?=\w)")
IN_ABBREVIATION = re.compile(r"\b(?:[A-Za-z]{1,4}|[Ii]bid|[Ss]eries) \.(?=[\w ])(?! ?\.)")
BEFORE_NUMBER = re.compile(r"\b(pp?|P[Pp]|[Vv]ols?|[Nn]os?|[Dd]ocs?|[Cc]ols?|[Ff]f?|[Cc]md|[B-HJ-Zb-hj-z]) \.(?=\d)")
TORN_PP = re.compile(r"\bp p ?\.(?= ?\d)")
ELLIPSIS = re.compile(r"(?<![.\d])\.(?: ?\.){2,4}(?!\.)")
YEAR = re.compile(r"1(?<![\d/.,-]1)(?:[89]\d \d|[89] \d\d| 9\d\d)(?=[,.;:)\s-])(?! ?\d)")
CAMEL = re.compile(r"[A-Z](?<=[a-z]{2}[A-Z])[a-z]{2,}\b")
SMALL = re.compile(r"\b[a-z]{2,}$")
LONGEST = 60
"""Letters that a word may have, and more."""
ELISION = re.compile(r"\b([dlDL]) (['’])(?=[A-ZÀ-Ýaeiouh]\w)")


def before_stops(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A space before a stop that ends a word; not before the dots of an ellipsis, nor in a column of leaders."""
    scanned = known.evidence.marks["scanned"] > 0
    habits = {mark: known.evidence.habit("colon" if mark in ";:!?" else "stop") for mark in ".,;:!?"}
    if scanned:  # the thin space that printers set before these marks is none to a reader
        habits |= dict.fromkeys(";:!?", 0.0)
    for match in draft.matches(BEFORE_STOP, " .", " ,", " ;", " :", " !", " ?"):
        mark = draft.text[match.end()]
        if mark in "!?" and not scanned:
            continue
        following = draft.text[match.end() + 1 : match.end() + 4].lstrip(" ").removeprefix("\n")[:1]
        few = known.evidence.marks["spaced stop"] < 20
        lone = mark == "," and following.islower() and few
        if habits[mark] > (0.08 if mark in ".," else 0.04) or (mark == "." and following.islower()):
            sure = 0.5
        elif mark in ";:" and not scanned and known.evidence.marks["tight colon"] < 2 + known.evidence.marks["spaced colon"]:
            sure = 0.5  # older print sets a thin space before them, and this text does not show what its printer did
        elif lone:  # a speck as likely as a comma, where the document has no other
            sure = 0.8
        elif match.end() - match.start() > 2:
            sure = 0.6
        else:
            sure = 0.97 if max(known.evidence.misread, known.evidence.noise) < NOISY else 0.85
        yield replace(match.start(), match.end(), "", sure, "No space is typed before a stop.")


REACH = 400
"""Characters within which a bracket has its other half."""


def in_brackets(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A space before a closing bracket, or behind an opening one, where this document does not set one."""
    marks = known.evidence.marks
    if marks["spaced bracket"] * 4 > marks["tight bracket"] + 8:
        return
    for match in draft.matches(IN_BRACKETS, "( ", " )"):
        probability = 0.95 if is_paired(draft.text, match.start(), match.end()) else 0.6
        yield replace(match.start(), match.end(), "", probability, "No space is typed inside brackets.")


def is_paired(text: str, start: int, end: int) -> bool:
    """Whether the bracket beside a space has its other half in its paragraph; one without may be a speck."""
    if text[start - 1] == "(":
        return ")" in text[end : end + REACH].partition("\n\n")[0].partition("(")[0]
    return "(" in text[max(0, start - REACH) : start].rpartition("\n\n")[2].rpartition(")")[2]


def abbreviations(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A space inside an abbreviation: `op .cit.`, `Doc .No`, `H .O.`, `pp .56`, `p p .86`."""
    text = draft.text
    for match in draft.matches(TORN_PP, "p p"):
        yield replace(match.start(), match.end(), "pp.", 0.97, "“pp.” torn apart.")
    for match in draft.matches(BEFORE_NUMBER, " ."):
        yield replace(match.end() - 2, match.end() - 1, "", 0.97, "A space inside an abbreviation.")
    for match in draft.matches(IN_ABBREVIATION, " ."):
        word = match.group()[:-2]
        following = text[match.end() : match.end() + 1]
        ends = following == " " and not draft.text[match.end() : match.end() + 3].strip()[:1].islower()
        if ends or is_abbreviation(word, text, match.end(), known):
            yield replace(match.end() - 2, match.end() - 1, "", 0.96, "A space inside an abbreviation.")


def is_abbreviation(word: str, text: str, at: int, known: Knowledge) -> bool:
    """Does a stop belong to `word` when a word follows at text[at:]? Known abbreviations, initials, or no word otherwise."""
    if word in ("a", "A", "I"):
        return False
    if (len(word) == 1 and word.isupper()) or any(
        word + "." == a or a.startswith(word + ".") for a in known.lexicon.abbreviations
    ):
        return True
    following = re.match(r"\w+", text[at:])
    return len(word) <= 3 and not known.lexicon.knows(word) and following is not None and len(following.group()) <= 5


def ellipses(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Dots of an ellipsis that drifted apart. Dots that the author spaces evenly stay."""
    for match in draft.matches(ELLIPSIS, "..", ". ."):
        dots = match.group()
        if " " in dots and ".." in dots:
            yield replace(match.start(), match.end(), dots.replace(" ", ""), 0.96, "The dots of an ellipsis drifted apart.")


def years(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A year torn apart: `192 7`."""
    for match in draft.finditer(YEAR):
        sure = 0.96 if dated(draft.text[max(0, match.start() - 12) : match.start()]) else 0.8
        yield replace(match.start(), match.end(), match.group().replace(" ", ""), sure, "A year torn apart.")


def run_together(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Two words run together where a capital shows the seam: `theSoviet`."""
    words = known.evidence.lower
    for match in draft.finditer(CAMEL):
        before = SMALL.search(draft.text[max(0, match.start() - LONGEST) : match.start()])
        if before is None:
            continue
        first, second = before.group(), match.group()
        whole = first + second
        if known.lexicon.knows(whole) or known.evidence.words[whole] > 1 or not known.lexicon.knows(first):
            continue
        if words[second.lower()] or known.lexicon.knows(second):
            named = known.evidence.names[second] > 0 or known.lexicon.is_name(second)
            short = len(first) < 3 and first not in ("of", "to", "in", "by", "on", "at", "an", "or", "as", "is")
            sure = 0.97 if named and not short else 0.6
            yield replace(match.start(), match.start() + 1, " " + second[0], sure, "Two words run together.")


def elisions(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`d ’Affaires`: nothing stands between an elided article and its apostrophe."""
    for match in draft.matches(ELISION, " '", " ’"):
        yield replace(match.end(1), match.start(2), "", 0.96, "No space is typed inside an elision.", kind="spacing")


RULES = (
    Rule(
        "torn-abbreviation",
        "spacing",
        abbreviations,
        (("op .cit. pp .56-58", "op.cit. pp.56-58"), ("p p .86-115;", "pp.86-115;")),
        ("He went . . . away",),
    ),
    Rule(
        "space-before-stop",
        "spacing",
        before_stops,
        (("the West .\n", "the West.\n"), ("contact (2) .\n", "contact (2).\n")),
        ("so ... and", "he said . . . nothing", "a .303 rifle"),
    ),
    Rule(
        "bracket-space",
        "spacing",
        in_brackets,
        (("(Boston 1960 ) pp.226-228 and (London 1961)", "(Boston 1960) pp.226-228 and (London 1961)"),),
        ("( one ) and ( two ) and ( three )", "Palo Alto, ( 1. March 20, 1905 (in the evening)."),
    ),
    Rule(
        "torn-ellipsis",
        "spacing",
        ellipses,
        (("stairs.. .footsteps", "stairs...footsteps"),),
        ("he said . . . nothing", "its edge ... is"),
    ),
    Rule("torn-year", "spacing", years, (("in January 192 7,", "in January 1927,"),), ("pp. 19 20 21",)),
    Rule(
        "run-together",
        "spacing",
        run_together,
        (("The old Soviet ways: a parcel for theSoviet Union", "The old Soviet ways: a parcel for the Soviet Union"),),
        ("MacDonald and McKenna", "the iPhone"),
    ),
    Rule("torn-elision", "spacing", elisions, (("Chargé d ’Affaires", "Chargé d’Affaires"),), ("he said 'Affairs'",)),
)
