"""Words that neither the lexicon nor the document knows, and what surrounds them."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.draft import Draft
from pipeline.language.confusions import LONGEST_WORD, variants
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import HYPHENS, body_pairs

ROMAN = re.compile(r"[ivxlc]+")
PIECES = frozenset(
    """
    ment ments tion tions sion sions ing ings ness ance ances ence ences ity ities ally able ible ation ations ative atives
    ously ised ising ized izing ical ically ally ency ancy ously tially tional tive tives ture tures ward wards
    """.split()
)
"""Ends of words, which stand alone where a word was torn or broken in a way that nothing could join."""
BESIDE_JUNK = re.compile(r"[«»<>^~■•¦¬°©®{}¿¡=+*#_]")
TOKEN = re.compile(r"(?<![\w&%$./@#\ue000-\uf8ff-])[\]|!£]?[A-Za-z](?:[\w&%£$!|\]]|['’-](?=\w))*(?![\w@/&%£$\ue000-\uf8ff])")
"""A word, perhaps with misread letters in it; not beside characters of private use, which stand for letters of old print."""

WORD_BEFORE = re.compile(r"([^\W\d_]+)[^\w\n]?\s+$")
WORD_BEHIND = re.compile(r"[^\w\n]?\s+([^\W\d_]+)")
ELIDED = re.compile(r"'(?:d|st|n|er|en|ards?)$|'[rn](?=\w)")


@lru_cache(maxsize=4)
def edge_starts(draft: Draft) -> frozenset[int]:
    """Offsets of words beside a line's end, which may be halves of words."""
    starts = set()
    for first, second in body_pairs(draft):
        text = first.text.rstrip()
        starts.add(first.start + len(text) - len(re.split(r"[\s(\"]", text)[-1]))
        starts.add(second.start)
    return frozenset(starts)


@lru_cache(maxsize=2)
def unknown_tokens(draft: Draft, known: Knowledge) -> list[tuple[int, int, str]]:
    """(start, end, word) of tokens that neither lexicon nor document knows, and that are no abbreviations."""
    found = []
    for line in draft.lines:
        for start, end, word in known.recall(unknown_in, line.text):
            found.append((line.start + start, line.start + end, word))
    return found


def unknown_in(text: str, known: Knowledge) -> list[tuple[int, int, str]]:
    """The unknown tokens of a line that may be words."""
    found = []
    for match in TOKEN.finditer(text):
        word = match.group().replace("’", "'")
        if not 2 <= len(word) <= LONGEST_WORD or word.isupper() or known.lexicon.knows(word) or established(word, known):
            continue
        figures = sum(c.isdigit() for c in word)
        if word[-1].isdigit() or figures * 3 > len(word):
            continue
        if BESIDE_JUNK.search(text, max(0, match.start() - 1), match.end() + 1):
            continue
        if text[match.end() : match.end() + 1] in ("'", "’", "\N{SOFT HYPHEN}", "-") and len(word) < 6:
            continue
        if "-" in word and all(len(part) == 1 or known.lexicon.knows(part) for part in word.split("-")):
            continue
        if ROMAN.fullmatch(word) or word in PIECES or elided(word, known):
            continue
        if not (len(word) < 5 and text[match.end() : match.end() + 1] == "."):
            found.append((match.start(), match.end(), word))
    return found


def elided(word: str, known: Knowledge) -> bool:
    """A word as older print, verse and sailors shorten it (`arriv'd`, `ev'ry`, `ne'er`, `for'ard`), letters spoken of (`two
    m's`), or a first part of words."""
    if len(word) == 3 and word.endswith("'s"):
        return True
    if ELIDED.search(word):
        return any(known.lexicon.knows(word.replace("'", letter)) for letter in "evw")
    return known.lexicon.is_prefix(word)


def established(word: str, known: Knowledge) -> bool:
    """Does the document use this form as a word of its own? Errors repeat, so it must not be one misreading away from a form that
    is much more frequent, there or in the language."""
    count = known.evidence.words[word]
    if count <= 2:
        return False
    misread = known.evidence.misread
    common = 9.0 if misread < 0.01 else 3.0 if misread > 0.03 and word.islower() else 5.3
    return not any(
        known.evidence.lower[form] >= 5 * count or known.lexicon.frequency(form) >= common
        for form in variants(word.lower())
        if known.lexicon.knows(form)
    )


def half_of_word(draft: Draft, start: int, end: int, word: str, known: Knowledge) -> bool:
    """Is this rather a piece of a word that a line's end broke, or that the OCR tore (`mani fested`, `in dustry`)?"""
    before = WORD_BEFORE.search(draft.text[max(0, start - 30) : start])
    after = WORD_BEHIND.match(draft.text, end, end + 30)
    first, last = (before.group(1) if before else ""), (after.group(1) if after else "")
    if start in edge_starts(draft):
        apart = draft.text[max(0, start - 4) : start].rstrip()[-1:] in HYPHENS or (first and known.lexicon.is_prefix(first))
        return bool(apart) or any(known.lexicon.knows(form) for form in joined(first, word, last))
    return known.recall(torn_off, f"{first}\0{word}\0{last}")


def joined(first: str, word: str, last: str) -> list[str]:
    """What a piece may be of with the words before and behind it ('' for none)."""
    return [form for form in (first and first + word, last and word + last, first and last and first + word + last) if form]


def torn_off(pieces: str, known: Knowledge) -> bool:
    """Whether the second of three pieces belongs to one beside it."""
    first, word, last = pieces.split("\0")
    forms = joined(first, word, last)
    if any(len(form) > 3 and known.lexicon.frequency(form) > 2.0 for form in forms):
        return True
    strange = [piece for piece in (first, last) if piece and not known.lexicon.knows(piece)]
    return bool(strange) and any(nearly_a_word(form, known) for form in forms)


def nearly_a_word(whole: str, known: Knowledge) -> bool:
    """Do long pieces make a word, but for a letter that was misread as well?"""
    return len(whole) > 7 and any(near.frequency > 3.0 and len(near.word) > 7 for near in known.lexicon.candidates(whole, 1))


def foreign(text: str, start: int, end: int, known: Knowledge) -> bool:
    """Do most of the neighbouring words belong to no English text (a title in Russian, a line of noise)?"""
    near = (
        re.findall(r"[^\W\d_]{2,}", text[max(0, start - 40) : start])[-3:] + re.findall(r"[^\W\d_]{2,}", text[end : end + 40])[:3]
    )
    unknown = sum(not known.lexicon.knows(word) or known.lexicon.is_foreign(word) for word in near)
    share = 0.5 if known.evidence.noise < 0.03 else 0.67  # in a noisy text most unknown words are plain words misread
    return unknown >= share * max(1, len(near))


def neighbours(text: str, start: int, end: int) -> tuple[str, str]:
    before = re.search(r"([^\W\d_]+)\s+$", text[max(0, start - 30) : start])
    after = re.match(r"\s+([^\W\d_]+)", text[end : end + 30])
    return (before.group(1) if before else ""), (after.group(1) if after else "")
