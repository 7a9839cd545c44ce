"""Strays: specks read as characters, on lines of their own, at the edges of lines and between words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import ends_sentence
from pipeline.repair.proposals import Proposal, Rule, move_out
from pipeline.repair.tokens import last_token

JUNK = r"■◆♦▌▐█|~^_\\¦✓✔¤`´¨¯¸\u0300-\u036f"
"""Marks that no typewriter or printer of prose sets between words. Signs of money, sections and sums are not among them."""
BLOT = re.compile(rf"[{JUNK}]")
ALONE = re.compile(rf"(?<!\S)[{JUNK}]{{1,3}}(?!\S)")
LEADING = re.compile(
    rf"^(?:[{JUNK}<>.,;:•]{{1,2}}[ ](?=[A-Za-z('\"‘’“”])|[{JUNK}<>•]{{1,2}}(?=[A-Za-z][A-Za-z.])|[.,;:](?=[A-Za-z]{{2}}))"
)
TRAILING = re.compile(rf"(?<=\S)[ ]+[{JUNK}<>*]{{1,2}}[ ]*$")
WORN_END = re.compile(r"(?<=[a-z][,.;])-?[/\\|~^_]{1,2}(?= *$)")
FUSED_END = re.compile(r"(?<=[a-z]{3}-)[a-z](?= ?$)")
AFTER_HYPHEN = re.compile(r"(?<=[a-z]-) [\w'*.,]$|(?<=[a-z]-) [\w'*.,](?= $)")
BEFORE_SMALL = re.compile(r"^[%$£](?: (?=[a-z]{2})|(?=[a-z]{4}))")
INTERRUPTING = re.compile(r"[*†‡§IVX]")
SCATTERED = re.compile(r"[A-Za-z](?: [A-Za-z]){1,3}|[bcdfghjklmnpqrstvwxz]{2,3}")
ROW = re.compile(r"[.…* ]{3,}|[-—–=_¬»«.*]+|\d+[.)]?|\(\w\)|[IVX]+|[*†‡§]")
FUSED = re.compile(r"[A-Z](?<=[abdeghjkm-su-z][A-Z])(?<![\w'’.-]..)[a-z]{3,}\b")
INSIDE = re.compile(r"(?<=[A-Za-z,]) \.(?=[a-z]{2,}\b)")


def stray_lines(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A line that holds one letter, or nothing but one to three marks, between lines of running text."""
    for page in draft.pages:
        for at, line in enumerate(page):
            held = line.text.strip()
            if not held:
                continue
            end = min(len(draft.text), line.end + 1)
            if draft.text[line.end : end] == "\f":
                end = line.end
            if is_stray(held) and not in_column(page, at) and not completes(page, at):
                capital = held.isupper() and not interrupts(page, at)
                sure = 0.6 if capital or typed(held, known) else 0.95
                yield move_out(line.start, end, sure, "A speck or scratch read as a line of its own.")
            elif (INTERRUPTING.fullmatch(held) or SCATTERED.fullmatch(held)) and interrupts(page, at):
                yield move_out(line.start, end, 0.93, "Marks or loose letters between two lines of one sentence.")


def completes(page: list[DraftLine], at: int) -> bool:
    """Could the line be the number that a reference above waits for: `App.` and `I`, read as a small letter?"""
    return (
        page[at].text.strip() in "iIlvVxX"
        and at > 0
        and re.search(r"\b(?:App|Vol|Part|Doc|No|Series)\.?\s*$", page[at - 1].text) is not None
    )


def interrupts(page: list[DraftLine], at: int) -> bool:
    """Does a sentence run on past this line: is the line above it full and open, and the line below it no beginning?"""
    above = next((line.text for line in reversed(page[:at]) if line.text.strip()), "")
    below = next((line.text for line in page[at + 1 :] if line.text.strip()), "")
    if len(above.rstrip()) < 35 or ends_sentence(above):
        return False
    if below.strip()[:1].islower():
        return True
    return above.rstrip()[-1:] != "," and len(below.rstrip()) > 40 and len(below.rstrip()) + 4 > len(above.rstrip())


def is_stray(held: str) -> bool:
    """No word, no number, no row of stops: nothing that anyone would have typed on a line of its own."""
    if len(held) > 4 and any(map(str.isalnum, held)):
        return False
    if ROW.fullmatch(held):
        return False
    if len(held) > 4:
        return BLOT.search(held) is not None
    letters = sum(map(str.isalnum, held))
    return len(held) == 1 or letters == 0 or (letters == 1 and len(held) <= 3 and not re.fullmatch(r"\w[.)]|\(\w", held))


def in_column(page: list[DraftLine], at: int) -> bool:
    """Is a neighbouring line as short? Then this may be a column of figures or a list."""
    near = [line.text.strip() for line in page[max(0, at - 2) : at + 3] if line is not page[at] and line.text.strip()]
    return any(len(text) <= 4 for text in near) or not near


def specks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Marks that no typewriter has, or stops in front of a line or a word, where no sentence can have them."""
    filled = [line for line in draft.lines if line.text.strip()]
    for at, line in enumerate(filled):
        for start, end, sure, why in known.recall(specks_in, line.text):
            beside = [other.text for other in filled[max(0, at - 1) : at + 2] if other is not line]
            if start == 0 and (at == 0 or is_bullet(line.text, beside)):
                sure = 0.6
            if line.text[start] in "%$£" and at and filled[at - 1].text.rstrip()[-1:].isdigit():
                sure = 0.5
            if typed(line.text[start:end].strip(), known):
                sure = min(sure, 0.5)
            yield move_out(line.start + start, line.start + end, sure, why)


def typed(mark: str, known: Knowledge) -> bool:
    """Does this document have the mark again and again on its pages, as in tables and formulas? Then somebody set it."""
    return any(known.evidence.marks[f"mark {char}"] > 2 * known.evidence.pages + 1 for char in mark if not char.isalnum())


def is_bullet(text: str, beside: list[str]) -> bool:
    """Does the mark at the line's start head an item: is there another beside it, or no sentence for the line to go on with?"""
    if text[0] not in "•*.<>":
        return False
    listed = any(other.startswith(text[0] + " ") for other in beside)
    return listed or (text[0] in "•*" and text[1:3].strip()[:1].isupper()) or ends_sentence(beside[0] if beside else "")


def specks_in(text: str, known: Knowledge) -> list[tuple[int, int, float, str]]:
    """(start, end, probability, reason) of the specks in the text of a line."""
    if len(text) < 12 or sum(map(str.isalpha, text)) * 3 < len(text):
        return []
    found = []
    if match := LEADING.match(text):
        found.append((0, match.end(), 0.95, "A speck at the edge of the line."))
    if match := BEFORE_SMALL.match(text):
        found.append((0, match.end(), 0.93, "A speck in front of a small letter, where no such sign is typed."))
    if match := TRAILING.search(text):
        found.append(
            (match.start(), len(text.rstrip()), 0.6 if "*" in match.group() else 0.95, "A speck at the edge of the line.")
        )
    if match := WORN_END.search(text):
        found.append((match.start(), match.end(), 0.93, "A scratch behind the line's last stop."))
    if match := AFTER_HYPHEN.search(text):
        found.append((match.start(), match.end(), 0.94, "A speck behind the hyphen of a word that goes on in the next line."))
    if match := FUSED_END.search(text):
        found.append(
            (match.start(), match.end(), 0.7, "Perhaps a speck behind the hyphen of a word that goes on in the next line.")
        )
    length = len(text.rstrip())
    for match in ALONE.finditer(text):
        if match.start() > 0 and match.end() < length:
            found.append((match.start(), match.end() + 1, 0.93, "A speck between two words."))
    for match in INSIDE.finditer(text):
        before = last_token(text, match.start())
        if before and not abbreviated(before):
            found.append((match.start() + 1, match.start() + 2, 0.93, "A speck in front of the word: no sentence ends there."))
    return found


def fused(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`eCabinet`: a speck read as a small letter in front of a capital, where the document has the word without it."""
    for match in draft.finditer(FUSED):
        word, start = match.group(), match.start() - 1
        whole = draft.text[start] + word
        if known.evidence.words[whole] > 1 or known.lexicon.knows(whole):
            continue
        count = known.evidence.words[word]
        if count > 1 and (known.evidence.names[word] > 1 or known.lexicon.knows(word)):
            why = f"A speck: “{word}” stands {count} times in this document."
            yield move_out(start, start + 1, 0.93, why)


def abbreviated(word: str) -> bool:
    """Could the stop belong to the word before it (`op .cit`, `Doc .No`, `p .32`)?"""
    word = word.strip(".,(").rsplit(".")[-1]
    return len(word) <= 3 or word.lower() in ("ibid", "series", "dept", "govt")


RULES = (
    Rule("stray-line", "stray", stray_lines),
    Rule("stray-speck", "stray", specks),
    Rule(
        "stray-letter",
        "stray",
        fused,
        (
            (
                "The Council met. At noon the eCouncil dined; the Council rose.",
                "The Council met. At noon the Council dined; the Council rose.",
            ),
        ),
        ("the iPhone and the iPhone, the McCarthy Phone",),
    ),
)
