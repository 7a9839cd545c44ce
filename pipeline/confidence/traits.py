"""What a token has wherever it stands, which its neighbours go with or not: its case, its stops, its quotation marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from pipeline.confidence.forms import LONE_STOPS, core_of
from pipeline.language.lexicon import Lexicon

OPENER = 5.2
"""Zipf frequency of words that have a capital only where a sentence begins."""
STARTER = 6.0
"""Zipf frequency of words that are no names and no abbreviations: a capital means that a sentence begins."""
OPENING, CLOSING = re.compile(r"^\W*?(?:([\"“”])|(['‘]))(?=[\w‘'\"“(])"), re.compile(r"[\w.,;:!?)](?:([\"“”])|(['’]))\W*$")
CLOSES = frozenset(")]'’”\"")


class Flag(IntEnum):
    """Places among the flags of a token: all capitals; a capital that only a sentence gives (OPENER, STARTER); all small letters;
    a comma, or what seems a full stop, at its end; a small letter first; a mark alone; one that closes something; an end as words
    have it."""

    CAPITALS, OPENS, STARTS, PLAIN, COMMA, STOP, SMALL, LONE, CLOSING, ENDS = range(10)


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of a token: the `word` in it, in small letters; its quotation marks, as `quote_of` gives them; its `flags`."""

    word: str
    quotes: tuple[tuple[str, str], ...]
    flags: tuple[bool, ...]


@lru_cache(maxsize=1 << 15)
def traits_of(form: str, lexicon: Lexicon) -> Traits:
    """The traits of a token."""
    core = core_of(form)
    zipf = lexicon.zipf.get(core.lower(), 0.0) if core[:1].isupper() else 0.0
    flags = (
        core.isupper(),
        zipf >= OPENER,
        zipf >= STARTER,
        form.isalpha() and form.islower(),
        form[-1] == ",",
        is_full_stop(form, lexicon),
        form[0].islower(),
        form in LONE_STOPS,
        form in ".,;:!?)",
        ends_word(form),
    )
    return Traits(core.lower().replace("’", "'"), quote_of(form), flags)


def is_full_stop(form: str, lexicon: Lexicon) -> bool:
    """Whether a sentence seems to end with this token."""
    short = (len(form) <= 3 and lexicon.zipf.get(form[:-1], 0.0) < STARTER) or "." in form[:-1]
    return form[-1] == "." and not short and form not in abbreviated_words(lexicon) and form[-2].isalpha()


@lru_cache(maxsize=2)
def abbreviated_words(lexicon: Lexicon) -> frozenset[str]:
    """Words that have a stop in an abbreviation: also the `cit.` of op. cit."""
    return frozenset(word for entry in lexicon.abbreviations for word in entry.split())


def ends_word(form: str) -> bool:
    """Whether a token ends as words do, or with a mark that closes something: a stop that stands alone behind it is its own."""
    return form[-1].isalnum() or (len(form) > 1 and form[-1] in CLOSES)


def quote_of(form: str) -> tuple[tuple[str, str], ...]:
    """The quotation marks of a token: whether they `open` or `close`, and their kind."""
    found = []
    if (match := OPENING.match(form)) is not None:
        found.append(("open", "double" if match[1] else "single"))
    if (match := CLOSING.search(form)) is not None:
        found.append(("close", "double" if match[1] else "single"))
    return tuple(found)
