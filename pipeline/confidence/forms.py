"""What the form of a word tells by itself, and how often it stands in the document, as numbers for the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log, log1p, sqrt
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.language.confusions import variants
from pipeline.language.evidence import Knowledge
from pipeline.language.lexicon import Lexicon

Floats = NDArray[np.float32]
Table = NDArray[np.float64]

FORM_FEATURES = (
    "unknown", "unknown seen", "unknown name", "odd letters", "seen", "rarer than a misreading", "odd character", "mixed case",
    "letters and digits", "number", "odd number", "lone mark", "lone capital", "misplaced stop", "two letters", "quote mark",
    "marks together", "stop behind article", "hyphen", "hyphen to common word", "comma after abbreviation",
)  # fmt: skip

CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
LETTERS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
ODD = re.compile(r"[^\w\s.,;:!?'’‘“”\"()\[\]/&£$%\-–—…§°½¼¾+=]|[^\W\d_][*&£$%+=§°!?][^\W\d_]|_")
MIXED_CASE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
USUAL_CASE = re.compile(r"^(?:Mc|Mac|O['’]|D['’]|L['’]|De|Di|La|Le|Fitz)[A-Z][a-z]+$")
DIGITS_IN_WORD = re.compile(r"[a-z]\d|\d[a-z]{3}")
ODD_NUMBER = re.compile(r"\d(?!(?:s|d|st|nd|rd|th)\b)[^\W\d]|[a-z]\d|\d,\d{1,2}(?!\d)|\d,\d{4}|\d[.,]{2,}\d")
NUMBER = re.compile(r"[^\w]*\d[\d.,:;/\-–]*[^\w]*")
PIECE = re.compile(r"[A-Z]{0,3}\d+[A-Z]?(?:[/.\-][A-Z]{0,3}\d+[A-Z]?)*|(?:pp?|nn?|vols?|nos?|ch|f)\.[\d.,\-–f]+", re.IGNORECASE)
MISPLACED_STOP = re.compile(r"[^\W\d_]{2}[.,;:!?][^\W\d_]{2}|[^\W\d_][,;!?][^\W\d_]|^[\-,;:!?][^\W\d_]")
ENUMERATED = re.compile(r"\W*\(?[^\W\d_]\)\W*")
ORDINAL = re.compile(r"^\d+(?:st|nd|rd|th|s|d|[a-d])$", re.IGNORECASE)
TOGETHER = re.compile(r"[\"'‘’“”]{2,}|^[*~]+|[\"“”‘’][.,;:!?]*[*?]$|^\W*\*")
COMPOUND = re.compile(r"[^\W\d_][^\d]*")
QUOTES = frozenset("'\"‘’“”")
ARTICLES = frozenset(("the", "an", "my", "our", "your", "their", "every"))
"""Words behind which no stop can stand."""
STANDS_ALONE = 6.3
"""Zipf frequency of words that are hardly ever part of a compound."""
LONGEST_SHORT = 3
"""Letters that a word before a stop has, at most, if it may be an abbreviation: `Doc.No.`."""
LONE_WORDS = frozenset("aAIO&–—-…/")
LONE_STOPS = frozenset(".,;:!?()'\"‘’“”")

MARKED = ("odd character", "letters and digits", "odd number", "misplaced stop", "marks together")
"""Features of tokens of which it tells nothing how known the word within is, since it is not the letters that are odd."""
NO_WORD = (0.0,) * 6
"""The first FORM_FEATURES of what holds no letter and no figure."""
LETTER_COUNT, OTHER = 28, 27
"""Of the model of letters: 0 the edge of a word, 1-26 the alphabet, 27 any other character."""
COMMON_MEANT = 5.3
"""Zipf frequency of words of which a form that repeats may be a misreading that repeats."""
LONGEST_CONFUSED = 6
"""Letters of words that may be the misreading of a commoner one: long ones are hardly words by chance."""


def form_features(tokens: Sequence[str], counts: NDArray[np.int64], knowledge: Knowledge) -> Floats:
    """FORM_FEATURES of each token; `counts`: how often each stands in the text."""
    found = np.array([form_row(token, knowledge) for token in tokens], dtype=np.float32).reshape(-1, len(FORM_FEATURES))
    tally = Counter[str]()
    cores = [core_of(token).lower() for token in tokens]
    for core, count in zip(cores, counts.tolist(), strict=True):
        tally[core] += count if core else 0
    unknown, seen, *marks = (found[:, FORM_FEATURES.index(name)] for name in ("unknown", "seen", *MARKED))
    here = np.where(unknown + sum(marks) == 0, np.log1p([tally[core] for core in cores]), 0.0)
    found[:, FORM_FEATURES.index("seen")] = np.maximum(seen, np.minimum(4.0, here))
    return found


def form_row(token: str, knowledge: Knowledge) -> tuple[float, ...]:
    """FORM_FEATURES of one token, without its place."""
    core = core_of(token)
    quote = token[0] in QUOTES or token[-1] in QUOTES
    odd, together = ODD.search(token) is not None, TOGETHER.search(token) is not None
    if not core:
        lone = token not in LONE_STOPS and token not in LONE_WORDS
        return *NO_WORD, odd, 0.0, 0.0, 0.0, 0.0, lone, 0.0, 0.0, 0.0, quote, together, 0.0, 0.0, 0.0, 0.0
    mixed = MIXED_CASE.search(core) is not None and not USUAL_CASE.match(core)
    digits = DIGITS_IN_WORD.search(core) is not None and not ORDINAL.match(core)
    number = not digits and is_odd_number(core)
    single = len(core) == 1 and core.isalpha() and not ENUMERATED.fullmatch(token)
    lone = single and token not in LONE_WORDS and not core.isupper()
    capital = single and core not in "AIO" and core.isupper() and token[-1] != "."
    stop = has_misplaced_stop(token, knowledge.lexicon)
    two = len(core) == 2 and core.isalpha() and not core.isupper() and is_new(core, knowledge)
    hyphen = "-" in core and COMPOUND.fullmatch(core) is not None and is_new_compound(core, knowledge)
    comma = token[-1] == "," and is_abbreviated(core, knowledge.lexicon)
    word = word_features(core, knowledge)
    if odd or together or digits or number or stop:  # that the word within is common says nothing of what is about it
        word = (*word[:4], 0.0, *word[5:])
    pure = NUMBER.fullmatch(token) is not None
    article = token[-1] in ".,;:" and core.lower() in ARTICLES
    joined = hyphen and joins_a_common_word(core, knowledge.lexicon)
    marks = (
        odd,
        mixed,
        digits,
        pure,
        number,
        lone,
        capital,
        stop,
        two,
        quote,
        together,
        article,
        hyphen and not joined,
        joined,
        comma,
    )
    return *word, *marks


def is_odd_number(core: str) -> bool:
    """Whether letters or stops stand in a number where none do in sums, ordinals, prices and archival references."""
    return ODD_NUMBER.search(core) is not None and not ORDINAL.match(core) and not PIECE.fullmatch(core)


def has_misplaced_stop(token: str, lexicon: Lexicon) -> bool:
    """Whether a mark of punctuation stands where a space is missing, or before a word; addresses and abbreviations aside."""
    match = MISPLACED_STOP.search(token)
    if match is None or "://" in token or "www" in token:
        return False
    short = (core_of(part) for part in token.strip(".").split(".")[:-1])
    return not any(len(part) <= LONGEST_SHORT or is_abbreviated(part, lexicon) for part in short)


def is_new(word: str, knowledge: Knowledge) -> bool:
    """Whether a short word is in no list, and is no abbreviation either."""
    return not is_known(word, knowledge.lexicon) and f"{word.lower()}." not in knowledge.lexicon.abbreviations


@lru_cache(maxsize=1 << 16)
def core_of(token: str) -> str:
    """A token without the marks around it; '' if it holds no letter and no figure."""
    match = CORE.search(token)
    return match.group() if match else ""


def word_features(core: str, knowledge: Knowledge) -> tuple[float, ...]:
    """How known, how frequent and how word-like the words of a token are: the first six of FORM_FEATURES."""
    lexicon, evidence = knowledge.lexicon, knowledge.evidence
    words = [word.replace("’", "'") for word in LETTERS.findall(core)]
    unknown = next((word for word in words if len(word) > 2 and not is_known(word, lexicon)), "")
    if unknown:
        seen = 0.0 if is_explained(unknown, knowledge) else min(4.0, log(max(1, evidence.words.get(unknown, 0))))
        name = unknown[0].isupper() and not unknown.isupper()
        return 1.0, seen, float(name), oddest_letters(unknown, letter_model(lexicon)), 0.0, 0.0
    longest = max(words, key=len, default="")
    seen = min(4.0, log1p(evidence.lower.get(longest.lower(), 0))) if longest else 0.0
    rarer = rarer_than_misread(core, lexicon) if core.isalpha() else 0.0
    return 0.0, 0.0, 0.0, 0.0, seen, rarer


def is_known(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is in some list, also as an abbreviation or as the code of an archival series."""
    return lexicon.knows(word) or f"{word}." in lexicon.abbreviations or word in lexicon.series


def is_explained(word: str, knowledge: Knowledge) -> bool:
    """Whether an unknown form in small letters is one near misreading of a common word: errors repeat, so that it tells nothing
    how often the document has it."""
    if not word.islower():
        return False
    count, zipf = knowledge.evidence.words.get(word, 0), knowledge.lexicon.zipf
    common = (form for form in variants(word) if form in zipf)
    return any(zipf[form] >= COMMON_MEANT or knowledge.evidence.lower.get(form, 0) >= 5 * count for form in common)


def is_new_compound(core: str, knowledge: Knowledge) -> bool:
    """Whether words are joined by a hyphen that no list has, and the document not twice: a dash, or a speck between words."""
    lower, zipf = core.lower(), knowledge.lexicon.zipf
    if knowledge.evidence.hyphenated.get(lower, 0) > 1:
        return False
    return lower.replace("-", "") not in zipf and lower not in zipf


def joins_a_common_word(core: str, lexicon: Lexicon) -> bool:
    """Whether one of two words that a hyphen joins is of those that stand by themselves: `are-gradually`."""
    parts = core.lower().split("-")
    return len(parts) == 2 and max(lexicon.zipf.get(part, 0.0) for part in parts) >= STANDS_ALONE


def is_abbreviated(core: str, lexicon: Lexicon) -> bool:
    """Whether a full stop would be usual behind this: a comma there is a worn stop."""
    if len(core) == 1 and core.isupper():
        return True
    return f"{core}." in lexicon.abbreviations or f"{core.lower()}." in lexicon.abbreviations


@lru_cache(maxsize=1 << 16)
def rarer_than_misread(word: str, lexicon: Lexicon) -> float:
    """How much rarer a known word is than the commonest word of which it is one near misreading: the root of the difference on
    the Zipf scale, up to 3, since any difference tells more than how great it is."""
    if not 2 <= len(word) <= LONGEST_CONFUSED:
        return 0.0
    best = max((lexicon.zipf.get(form.lower(), 0.0) for form in variants(word) if form.isalpha()), default=0.0)
    return sqrt(min(3.0, max(0.0, best - lexicon.zipf.get(word.lower(), 0.0))))


@lru_cache(maxsize=2)
def letter_model(lexicon: Lexicon) -> Table:
    """How surprising each letter is behind the two before it, in the words of the lexicon (natural logarithms).

    Trigrams weighed by the words' Zipf frequency, smoothed by those of lower order (Witten & Bell, IEEE Trans. Inf. Theory 37,
    1991, with fixed counts for what is new).
    """
    text = f" {' '.join(lexicon.zipf)} "
    weights = np.fromiter(lexicon.zipf.values(), dtype=np.float64)
    codes = letter_codes(text)
    word = np.minimum(np.cumsum(codes == 0)[1:-1] - 1, len(weights) - 1)
    index = (codes[:-2] * LETTER_COUNT + codes[1:-1]) * LETTER_COUNT + codes[2:]
    three = np.bincount(index, weights[word], minlength=LETTER_COUNT**3).reshape((LETTER_COUNT,) * 3)
    two, one = three.sum(axis=0), three.sum(axis=(0, 1)) + 1
    backed = (two + 5 * one / one.sum()) / (two.sum(axis=1, keepdims=True) + 5)
    return cast(Table, -np.log((three + 8 * backed) / (three.sum(axis=2, keepdims=True) + 8)))


def letter_codes(text: str) -> NDArray[np.int64]:
    """The characters of a text, in small letters, as LETTER_COUNT numbers."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    return np.where(codes == ord(" "), 0, np.where((codes >= ord("a")) & (codes <= ord("z")), codes - ord("a") + 1, OTHER))


def oddest_letters(word: str, model: Table) -> float:
    """How surprising the oddest letter of a word is, above what is usual."""
    codes = letter_codes(f" {word.lower()} ")
    return max(0.0, float(model[codes[:-2], codes[1:-1], codes[2:]].max()) - 5.0)
