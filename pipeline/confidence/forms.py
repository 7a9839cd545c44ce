"""What the form of a word tells by itself, and how often it stands in the document, as numbers for the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
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
    "letters and digits", "lone mark", "lone stop", "quote mark", "marks together", "hyphen", "comma after abbreviation",
)  # fmt: skip

CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
LETTERS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
ODD = re.compile(r"[^\w\s.,;:!?'’‘“”\"()\[\]/&£$%\-–—…§°½¼¾+=]|[^\W\d_][*&£$%+=§°!?][^\W\d_]|_")
MIXED_CASE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
USUAL_CASE = re.compile(r"^(?:Mc|Mac|O['’]|D['’]|L['’]|De|Di|La|Le|Fitz)[A-Z][a-z]+$")
DIGITS_IN_WORD = re.compile(r"[a-z]\d|\d[a-z]{3}")
ORDINAL = re.compile(r"^\d+(?:st|nd|rd|th|s|d|[a-d])$", re.IGNORECASE)
TOGETHER = re.compile(r"[\"'‘’“”]{2,}|^[*~]+|[\"“”‘’][.,;:!?]*[*?]$|^\W*\*")
COMPOUND = re.compile(r"[^\W\d_][^\d]*")
QUOTES = frozenset("'\"‘’“”")
LONE_WORDS = frozenset("aAIO&–—-…/")
LONE_STOPS = frozenset(".,;:!?()'\"‘’“”")

LETTER_COUNT, OTHER = 28, 27
"""Of the model of letters: 0 the edge of a word, 1-26 the alphabet, 27 any other character."""
LONGEST_CONFUSED = 6
"""Letters of words that may be the misreading of a commoner one: long ones are hardly words by chance."""


def form_features(tokens: Sequence[str], knowledge: Knowledge) -> Floats:
    """FORM_FEATURES of each token."""
    return np.array([form_row(token, knowledge) for token in tokens], dtype=np.float32).reshape(-1, len(FORM_FEATURES))


def form_row(token: str, knowledge: Knowledge) -> tuple[float, ...]:
    """FORM_FEATURES of one token, without its place."""
    core = core_of(token)
    quote = token[0] in QUOTES or token[-1] in QUOTES
    odd, together = ODD.search(token) is not None, TOGETHER.search(token) is not None
    if not core:
        stop = token in LONE_STOPS
        lone = not stop and token not in LONE_WORDS
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, odd, 0.0, 0.0, lone, stop, quote, together, 0.0, 0.0
    mixed = MIXED_CASE.search(core) is not None and not USUAL_CASE.match(core)
    digits = DIGITS_IN_WORD.search(core) is not None and not ORDINAL.match(core)
    lone = len(core) == 1 and core.isalpha() and token not in LONE_WORDS and not core.isupper()
    hyphen = "-" in core and COMPOUND.fullmatch(core) is not None and is_new_compound(core, knowledge)
    comma = token[-1] == "," and is_abbreviated(core, knowledge.lexicon)
    return (*word_features(core, knowledge), odd, mixed, digits, lone, 0.0, quote, together, hyphen, comma)


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
        seen = min(4.0, float(np.log(max(1, evidence.words.get(unknown, 0)))))
        name = unknown[0].isupper() and not unknown.isupper()
        return 1.0, seen, float(name), oddest_letters(unknown, letter_model(lexicon)), 0.0, 0.0
    longest = max(words, key=len, default="")
    seen = min(4.0, float(np.log1p(evidence.lower.get(longest.lower(), 0)))) if longest else 0.0
    rarer = rarer_than_misread(core, lexicon) if core.isalpha() else 0.0
    return 0.0, 0.0, 0.0, 0.0, seen, rarer


def is_known(word: str, lexicon: Lexicon) -> bool:
    return lexicon.knows(word) or f"{word}." in lexicon.abbreviations


def unknown_part(core: str, knowledge: Knowledge) -> str:
    """The first word in `core` that the lexicon does not know; '' if it knows them all. One or two letters are not looked at."""
    for word in LETTERS.findall(core):
        plain = str(word).replace("’", "'")
        if len(plain) > 2 and not is_known(plain, knowledge.lexicon):
            return plain
    return ""


def is_new_compound(core: str, knowledge: Knowledge) -> bool:
    """Whether words are joined by a hyphen that no list has, and the document not twice: a dash, or a speck between words."""
    lower, zipf = core.lower(), knowledge.lexicon.zipf
    if knowledge.evidence.hyphenated.get(lower, 0) > 1:
        return False
    return lower.replace("-", "") not in zipf and lower not in zipf


def is_abbreviated(core: str, lexicon: Lexicon) -> bool:
    """Whether a full stop would be usual behind this: a comma there is a worn stop."""
    if len(core) == 1 and core.isupper():
        return True
    return f"{core}." in lexicon.abbreviations or f"{core.lower()}." in lexicon.abbreviations


def rarer_than_misread(word: str, lexicon: Lexicon) -> float:
    """How much rarer a known word is than the commonest word of which it is one near misreading (on the Zipf scale, 0-3)."""
    if not 2 <= len(word) <= LONGEST_CONFUSED:
        return 0.0
    best = max((lexicon.zipf.get(form.lower(), 0.0) for form in variants(word) if form.isalpha()), default=0.0)
    return min(3.0, max(0.0, best - lexicon.zipf.get(word.lower(), 0.0)))


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
