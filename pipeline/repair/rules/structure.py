"""Structure: false blank lines inside sentences and notes closed, letter-spaced lines and torn headings made whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.layout import LineShapes, line_shapes
from pipeline.repair.flow import ends_sentence, page_notes
from pipeline.repair.proposals import Proposal, Rule, Span, replace

LEADING_SPECK = re.compile(r"^\s*[%$£'\"‘’“”*•■~(\-]{0,2} ?")
OPEN_WORDS = frozenset("the of and to a in that by for with".split())
"""Words that end no sentence."""
QUOTES = frozenset("'\"‘’“”")
SAYING = frozenset(
    "that as said says wrote writes stated argued concluded observed declared added replied reads read ran runs".split()
)
"""Words that a quotation follows."""
SHORTENED = re.compile(
    r"(?:\b(?:[Oo]p|[Dd]oc|[Cc]it|[Nn]os?|[Vv]ols?|[Cc]ols?|pp?|[Ii]bid|ed|eds|Ser|Cmd)|\b[A-Z]\.? ?[A-Z])\.\s*$"
)
"""A stop that belongs to an abbreviation, as references have them."""
REFERS_ON = re.compile(r"^\s?(?:(?:Vol|Doc|Nos?|Cols?|Part|pp?)\b\.?\s?[\dIVX]|\d[\d,\-; ]*[.;,]|Doc\.\s?Nos?)")
"""What only a reference begun before goes on with: `Vol 3, pp. 698-737.`, `396, 398.`"""
NUMBERS = frozenset(
    "ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN SEVENTEEN EIGHTEEN "
    "NINETEEN TWENTY FIRST SECOND THIRD FOURTH FIFTH SIXTH SEVENTH EIGHTH NINTH TENTH".split()
)
HEADING = re.compile(r"^\s?(CHAPTER|PART|BOOK|SECTION)\s+([A-Z](?:[A-Z ]*[A-Z])?)(?=\s*(?:[:.\-–—]|$))")
SPACED_LINE = re.compile(r"\S{1,12}(?: {1,6}\S{1,12})+")


@lru_cache(maxsize=4)
def shapes_of(draft: Draft) -> LineShapes:
    return line_shapes(draft.lines)


def false_breaks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A blank line in the middle of a sentence, or of a note."""
    shapes = shapes_of(draft)
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        starts = {note.first for note in notes}
        begin = notes[0].first if notes else len(page)
        for at in range(1, len(page) - 1):
            if page[at].text.strip() or not page[at - 1].text.strip():
                continue
            after = at + 1
            while after < len(page) and not page[after].text.strip():
                after += 1
            if after == len(page) or after in starts or page[at - 1].region != page[after].region:
                continue
            last, first = page[at - 1].text, page[after].text
            sure = broken_sentence(last, first, in_note=at > begin)
            if at <= begin and (is_list(page, after) or announces(last, first)):
                sure = min(sure, 0.6)
            if at > begin:
                sure = max(sure, broken_note(last, first))
            else:
                alone = after + 1 == len(page) or not page[after + 1].text.strip()
                sure = max(sure, no_paragraph(last, first, alone, shapes))
            if sure:
                blanks = tuple(Span(line.start, line.end + 1, "") for line in page[at:after])
                yield Proposal(sure, "A false blank line: the sentence goes on.", blanks, kind="layout")


def is_list(page: list[DraftLine], at: int) -> bool:
    """Is the line by itself, without a stop, and another such line behind the next blank?"""
    filled = [(place, line.text.strip()) for place, line in enumerate(page[at : at + 6]) if line.text.strip()][:2]
    if len(filled) < 2 or filled[1][0] == 1:
        return False
    return all(len(text) < 45 and (not ends_sentence(text) or text[-1:] in ";:") for _, text in filled)


def announces(last: str, first: str) -> bool:
    """Does a line lead up to a quotation that is set apart?"""
    bare = first.strip()
    return bare[:1] in QUOTES and bare[1:2].isalpha() and last.rstrip().split(" ")[-1].rstrip(",").lower() in SAYING


def is_heading(text: str) -> bool:
    """A line in capitals; a reference (`FO 371/12589.`) is none."""
    return text.isupper() and not any(map(str.isdigit, text))


def broken_sentence(last: str, first: str, *, in_note: bool) -> float:
    """Probability that the line `first` goes on where `last` stops (0: no reason to think so)."""
    bare, lower = last.rstrip(), LEADING_SPECK.sub("", first)[:1].islower()
    if is_heading(last) or is_heading(first):
        return 0.0
    if not ends_sentence(last):
        if lower and (first.strip()[0] in QUOTES or (bare[-1:] == "," and bare[-2:-1] in QUOTES)):
            return 0.6  # a block quotation stands apart
        if lower:
            return 0.97 if len(last) > 25 else 0.85
        if len(bare) > 40 and bare.split(" ")[-1] in OPEN_WORDS:
            return 0.96
        return 0.93 if in_note and len(bare) > 30 else 0.0
    return 0.85 if in_note and lower else 0.0


def broken_note(last: str, first: str) -> float:
    """Probability that a blank line inside a note is false, by what references end and go on with."""
    bare = last.rstrip()
    if is_heading(first) and not REFERS_ON.match(first):
        return 0.0
    if len(bare) > 30 and (bare[-1:] in ",;" or (SHORTENED.search(bare) and REFERS_ON.match(first))):
        return 0.95
    return 0.93 if len(bare) > 30 and SHORTENED.search(bare) and last.endswith(" ") else 0.0


def no_paragraph(last: str, first: str, alone: bool, shapes: LineShapes) -> float:
    """Probability that no paragraph begins with `first`, by the shape of lines: `last` is full and its sentence open, `first`
    is longer than lines that open paragraphs, or, `alone` between blanks, shorter than any paragraph."""
    bare, begun = last.rstrip(), first.rstrip()
    if not shapes.opening or ends_sentence(last) or bare[-1:] in ",•" or is_heading(last) or is_heading(first):
        return 0.0
    if len(bare) + 6 < shapes.full or first.startswith(("  ", "\t")) or LEADING_SPECK.sub("", first) != first:
        return 0.0
    if alone:
        return 0.92 if len(begun) < shapes.opening - 4 and ends_sentence(first) and not begun.endswith(":") else 0.0
    return 0.93 if len(begun) > shapes.opening + 1 else 0.5


def torn_headings(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`CHAPTER F IV E:`, where only a number can stand."""
    for line in draft.lines:
        match = HEADING.match(line.text)
        if match and " " in match.group(2) and "".join(match.group(2).split()) in NUMBERS:
            whole = "".join(match.group(2).split())
            why = f"“{match.group(1)} {whole}”, with the number torn apart."
            yield replace(line.start + match.start(2), line.start + match.end(2), whole, 0.97, why)


def spaced_lines(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`P R E F A C E`: a line that is letter-spaced throughout and reads as known words when it is closed up."""
    for line in draft.lines:
        text = line.text.strip()
        if len(text) < 7 or not SPACED_LINE.fullmatch(text):
            continue
        closed = known.recall(closed_up, text)
        if closed is not None:
            at = line.start + line.text.index(text)
            yield replace(at, at + len(text), closed[0], closed[1], "Letter-spaced: closed up it reads as words.")


def closed_up(text: str, known: Knowledge) -> tuple[str, float] | None:
    """(a letter-spaced line as words, probability); None if it is none, or some of it makes no word.

    Wider gaps part words. Where there are none, the fewest known words that hold all letters are taken, and only suggested
    if they are several.
    """
    pieces = text.split()
    singles = sum(len(piece) == 1 for piece in pieces)
    if singles < 4 or sum(map(len, pieces)) > 2.6 * len(pieces) or any(map(str.isdigit, text)):
        return None
    parts = re.split(r" {2,}", text)
    words: list[str] = []
    for part in parts:
        found = fewest_words(part.split(), known)
        if found is None:
            return None
        words += found
    if not any(len(word) >= 5 for word in words) or (len(words) > 1 and sum(map(len, words)) < 3 * len(words)):
        return None
    sure = len(words) == len(parts) or len(parts) > 2
    return " ".join(words), 0.95 if sure else 0.6


def fewest_words(pieces: list[str], known: Knowledge) -> list[str] | None:
    """The pieces joined into the fewest known words."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(pieces) + 1):
        options = []
        for start in range(max(0, end - 20), end):
            before, word = best[start], "".join(pieces[start:end])
            if before is not None and is_word(word, known):
                options.append([*before, word])
        best.append(min(options, key=len) if options else None)
    return best[-1]


def is_word(word: str, known: Knowledge) -> bool:
    """A known word; of single letters, only those that are words."""
    bare = word.strip(".,:;'\"’“”()")
    if len(bare) < 2:
        return bare in ("a", "A", "I")
    return all(part and (known.lexicon.knows(part) or known.lexicon.is_prefix(part)) for part in bare.split("-"))


RULES = (
    Rule(
        "false-break",
        "layout",
        false_breaks,
        (
            (
                "1. Seen by Strang on his return from Moscow, op. cit.\n\nVol 3, p.8.\n",
                "1. Seen by Strang on his return from Moscow, op. cit.\nVol 3, p.8.\n",
            ),
        ),
        ("They wrote to the Minister\n\nThe answer came late.\n", "It ran as follows:\n\nthe end of all things\n"),
    ),
    Rule("torn-heading", "spacing", torn_headings, (("CHAPTER F IV E: GENEVA\n", "CHAPTER FIVE: GENEVA\n"),), ("PART A I\n",)),
    Rule(
        "letter-spaced",
        "spacing",
        spaced_lines,
        (
            ("P R E F A C E\n", "PREFACE\n"),
            ("V i l l a g e  b a n ds  in  th e  S o u th e r n  Counties\n", "Village bands in the Southern Counties\n"),
        ),
        ("A B C D E\n", "a b a b c c d d\n", "1 9 2 7 a n d\n", "x y z  p q r\n"),
    ),
)
