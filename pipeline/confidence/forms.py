"""What the form of a word tells by itself, and how often it stands in the document, as numbers for the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, log1p, sqrt
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.forks import side_by_side, slices
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
LETTER_COUNT, OTHER = 28, 27
"""Of the model of letters: 0 the edge of a word, 1-26 the alphabet, 27 any other character."""
COMMON_MEANT = 5.3
"""Zipf frequency of words of which a form that repeats may be a misreading that repeats."""
LONGEST_CONFUSED = 6
"""Letters of words that may be the misreading of a commoner one: long ones are hardly words by chance."""

MANY = 1000
"""Forms that are worth another process."""


def form_features(tokens: Sequence[str], counts: NDArray[np.int64], knowledge: Knowledge) -> Floats:
    """FORM_FEATURES of each token; `counts`: how often each stands in the text."""

    def rows(some: slice) -> Floats:
        return np.array([form_row(token, knowledge) for token in tokens[some]], dtype=np.float32).reshape(-1, len(FORM_FEATURES))

    found = np.concatenate(side_by_side(rows, slices(len(tokens), MANY)))
    tally = Counter[str]()
    cores = [core_of(token).lower() for token in tokens]
    for core, count in zip(cores, counts.tolist(), strict=True):
        tally[core] += count if core else 0
    unknown, seen, *marks = (found[:, FORM_FEATURES.index(name)] for name in ("unknown", "seen", *MARKED))
    here = np.where(unknown + sum(marks) == 0, np.log1p([tally[core] for core in cores]), 0.0)
    found[:, FORM_FEATURES.index("seen")] = np.maximum(seen, np.minimum(4.0, here))
    return found


@dataclass(frozen=True, slots=True)
class Form:
    """What a token and the words in it tell, whatever document they stand in. `unknown`: a word that no list has; `longest` of
    its words; `letters`, `rarer`: "odd letters" and "rarer than a misreading"; `compound`: a new one, unless the document has it;
    `joined`: to a common word; `marks`: the other FORM_FEATURES from "odd character" on; `marked`: MARKED are among them."""

    core: str
    unknown: str
    longest: str
    letters: float
    rarer: float
    compound: bool
    joined: bool
    marks: tuple[float, ...]
    marked: bool


def form_row(token: str, knowledge: Knowledge) -> tuple[float, ...]:
    """FORM_FEATURES of one token, without its place."""
    form, evidence = form_of(token, knowledge.lexicon), knowledge.evidence
    hyphen = form.compound and evidence.hyphenated.get(form.core.lower(), 0) <= 1
    marks = (*form.marks[:-1], hyphen and not form.joined, hyphen and form.joined, form.marks[-1])
    if form.unknown:
        seen = 0.0 if is_explained(form.unknown, knowledge) else min(4.0, log(max(1, evidence.words.get(form.unknown, 0))))
        name = form.unknown[0].isupper() and not form.unknown.isupper()
        return 1.0, seen, float(name), form.letters, 0.0, 0.0, *marks
    # that the word within is common says nothing of odd marks about it
    seen = min(4.0, log1p(evidence.lower.get(form.longest, 0))) if form.longest and not form.marked else 0.0
    return 0.0, 0.0, 0.0, 0.0, seen, form.rarer, *marks


@lru_cache(maxsize=1 << 15)
def form_of(token: str, lexicon: Lexicon) -> Form:
    """What a token tells by itself and by a lexicon."""
    core = core_of(token)
    quote = token[0] in QUOTES or token[-1] in QUOTES
    odd, together = ODD.search(token) is not None, TOGETHER.search(token) is not None
    if not core:
        lone = token not in LONE_STOPS and token not in LONE_WORDS
        marks = (odd, 0.0, 0.0, 0.0, 0.0, lone, 0.0, 0.0, 0.0, quote, together, 0.0, 0.0)
        return Form("", "", "", 0.0, 0.0, compound=False, joined=False, marks=marks, marked=odd or together)
    mixed = MIXED_CASE.search(core) is not None and not USUAL_CASE.match(core)
    digits = DIGITS_IN_WORD.search(core) is not None and not ORDINAL.match(core)
    number = not digits and is_odd_number(core)
    single = len(core) == 1 and core.isalpha() and not ENUMERATED.fullmatch(token)
    lone = single and token not in LONE_WORDS and not core.isupper()
    capital = single and core not in "AIO" and core.isupper() and token[-1] != "."
    stop = has_misplaced_stop(token, lexicon)
    two = len(core) == 2 and core.isalpha() and not core.isupper() and is_new(core, lexicon)
    pure = NUMBER.fullmatch(token) is not None
    article = token[-1] in ".,;:" and core.lower() in ARTICLES
    comma = token[-1] == "," and is_abbreviated(core, lexicon)
    compound = "-" in core and COMPOUND.fullmatch(core) is not None and is_new_compound(core, lexicon)
    words = [word.replace("’", "'") for word in LETTERS.findall(core)]
    unknown = next((word for word in words if len(word) > 2 and not is_known(word, lexicon)), "")
    return Form(
        core,
        unknown,
        max(words, key=len, default="").lower(),
        oddest_letters(unknown, letter_model(lexicon)) if unknown else 0.0,
        rarer_than_misread(core, lexicon) if core.isalpha() and not unknown else 0.0,
        compound,
        compound and joins_a_common_word(core, lexicon),
        (odd, mixed, digits, pure, number, lone, capital, stop, two, quote, together, article, comma),
        odd or together or digits or number or stop,
    )


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


def is_new(word: str, lexicon: Lexicon) -> bool:
    """Whether a short word is in no list, and is no abbreviation either."""
    return not is_known(word, lexicon) and f"{word.lower()}." not in lexicon.abbreviations


@lru_cache(maxsize=1 << 16)
def core_of(token: str) -> str:
    """A token without the marks around it; '' if it holds no letter and no figure."""
    match = CORE.search(token)
    return match.group() if match else ""


def is_known(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is in some list, also as an abbreviation or as the code of an archival series."""
    return lexicon.knows(word) or f"{word}." in lexicon.abbreviations or word in lexicon.series


def is_explained(word: str, knowledge: Knowledge) -> bool:
    """Whether an unknown form in small letters is one near misreading of a common word: errors repeat, so that it tells nothing
    how often the document has it."""
    if not word.islower():
        return False
    count, zipf = knowledge.evidence.words.get(word, 0), knowledge.lexicon.zipf
    common = misread_from(word, knowledge.lexicon)
    return any(zipf[form] >= COMMON_MEANT or knowledge.evidence.lower.get(form, 0) >= 5 * count for form in common)


@lru_cache(maxsize=1 << 15)
def misread_from(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of which a form is one near misreading."""
    return tuple(form for form in variants(word) if form in lexicon.zipf)


def is_new_compound(core: str, lexicon: Lexicon) -> bool:
    """Whether words are joined by a hyphen that no list has: a dash, or a speck between words, unless the document repeats it."""
    lower = core.lower()
    return lower.replace("-", "") not in lexicon.zipf and lower not in lexicon.zipf


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
