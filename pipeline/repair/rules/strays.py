"""Strays: specks read as characters, and the false blank lines that they bring."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft, DraftLine
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import ends_sentence, page_notes
from pipeline.repair.proposals import Proposal, Rule, move_out, replace

JUNK = r"■◆♦▌▐█|~^_\\¦✓✔¤`´¨¯¸\u0300-\u036f"
"""Marks that no typewriter or printer of prose sets between words. Signs of money, sections and sums are not among them."""
BLOT = re.compile(rf"[{JUNK}]")
ALONE = re.compile(rf"(?<!\S)[{JUNK}]{{1,3}}(?!\S)")
LEADING = re.compile(
    rf"^(?:[{JUNK}<>.,;:•*]{{1,2}}[ ](?=[A-Za-z('\"‘’“”])|[{JUNK}<>•]{{1,2}}(?=[A-Za-z][A-Za-z.])|[.,;:](?=[A-Za-z]{{2}}))"
)
TRAILING = re.compile(rf"(?<=\S)[ ]+[{JUNK}<>*•]{{1,2}}[ ]*$")
AFTER_HYPHEN = re.compile(r"(?<=[a-z]-) [\w'*.,]$|(?<=[a-z]-) [\w'*.,](?= $)")
INSIDE = re.compile(r"(?<=[A-Za-z,]) \.(?=[a-z]{2,}\b)")


def stray_lines(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A line that holds one letter, or nothing but one to three marks, between lines of running text."""
    for page in draft.pages:
        for at, line in enumerate(page):
            held = line.text.strip()
            if not held or not is_stray(held) or in_column(page, at):
                continue
            end = min(len(draft.text), line.end + 1)
            if draft.text[line.end : end] == "\f":
                end = line.end
            yield move_out(line.start, end, 0.95, "A speck or scratch read as a line of its own.")


def is_stray(held: str) -> bool:
    """No word, no number, no row of stops: nothing that anyone would have typed on a line of its own."""
    if re.fullmatch(r"[.…* ]{3,}|[-—–=_¬»«.*]+|\d+[.)]?|\(\w\)|[IVX]+|[*†‡§]", held):
        return False
    letters = sum(c.isalnum() for c in held)
    if len(held) > 4:
        return letters == 0 and BLOT.search(held) is not None
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
            if start == 0 and is_bullet(
                line.text, [other.text for other in filled[max(0, at - 1) : at + 2] if other is not line]
            ):
                sure = 0.6
            yield move_out(line.start + start, line.start + end, sure, why)


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
    if match := TRAILING.search(text):
        found.append(
            (match.start(), len(text.rstrip()), 0.6 if "*" in match.group() else 0.95, "A speck at the edge of the line.")
        )
    if match := AFTER_HYPHEN.search(text):
        found.append((match.start(), match.end(), 0.94, "A speck behind the hyphen of a word that goes on in the next line."))
    for match in ALONE.finditer(text):
        if match.start() > 0 and match.end() < len(text.rstrip()):
            found.append((match.start(), match.end() + 1, 0.93, "A speck between two words."))
    for match in INSIDE.finditer(text):
        before = text[: match.start()].split()[-1:]
        if before and not abbreviated(before[0]):
            found.append((match.start() + 1, match.start() + 2, 0.93, "A speck in front of the word: no sentence ends there."))
    return found


def abbreviated(word: str) -> bool:
    """Could the stop belong to the word before it (`op .cit`, `Doc .No`, `p .32`)?"""
    return len(word) <= 3 or word.lower() in ("ibid", "series", "dept", "govt")


def false_breaks(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """A blank line in the middle of a sentence."""
    for page, notes in zip(draft.pages, page_notes(draft), strict=True):
        starts = {note.first for note in notes}
        begin = notes[0].first if notes else len(page)
        for at in range(1, len(page) - 1):
            if page[at].text.strip() or not page[at - 1].text.strip():
                continue
            after = at + 1
            while after < len(page) and not page[after].text.strip():
                after += 1
            if after == len(page) or after in starts:
                continue
            sure = broken_sentence(page[at - 1].text, page[after].text, in_note=at > begin)
            if sure:
                yield replace(
                    page[at].start, page[after].start, "", sure, "A false blank line: the sentence goes on.", kind="layout"
                )


def is_heading(text: str) -> bool:
    """A line in capitals; a reference (`FO 371/12589.`) is none."""
    return text.isupper() and not any(map(str.isdigit, text))


def broken_sentence(last: str, first: str, *, in_note: bool) -> float:
    """Probability that the line `first` goes on where `last` stops (0: no reason to think so)."""
    lower = first.strip().lstrip("'\"‘’“”(*")[:1].islower()
    if is_heading(last) or is_heading(first):
        return 0.0
    if not ends_sentence(last):
        if lower:
            return 0.97 if len(last) > 25 else 0.85
        if len(last.rstrip()) > 40 and last.rstrip().split(" ")[-1] in (
            "the",
            "of",
            "and",
            "to",
            "a",
            "in",
            "that",
            "by",
            "for",
            "with",
        ):
            return 0.96
        return 0.93 if in_note and len(last.rstrip()) > 30 else 0.0
    return 0.9 if in_note and lower else 0.0


RULES = (
    Rule("stray-line", "stray", stray_lines),
    Rule("stray-speck", "stray", specks),
    Rule("false-break", "layout", false_breaks),
)
