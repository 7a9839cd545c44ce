"""The words known before the document is read: two packaged word lists, and the dictionary packs over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.language import wordlists
from pipeline.language.candidates import Candidate, CandidateIndex
from pipeline.language.confusions import LONGEST_WORD
from pipeline.language.languages import ENGLISH, codes, is_script, words_of
from pipeline.language.packs import Pack, find_pack, load_pack, pack_of

PACK_ZIPF = 2.0  # of a pack's entry that no frequency list holds: about once in ten million words
LISTED_ZIPF = 1.0  # of a word of the dictionary that the frequency list does not reach
LEAST_BASE, LEAST_BASE_ZIPF = 6, 1.5  # of the adjective under an adverb that no list holds
MARKS = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{MODIFIER LETTER APOSTROPHE}": "'", "\N{HYPHEN}": "-"})
NAME_KINDS = {
    "people": "person",
    "places": "place",
    "organisations": "organisation",
    "publications": "publication",
    "names": "name",
}
TITLES = frozenset(
    ("Commander", "De", "Duke", "Earl", "King", "Lady", "Lord", "Marquess", "Queen", "Saint", "Sir", "The", "Viscount")
)
ROMAN = re.compile(r"(?=[IVXLCDM]{2,9}$)M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$")
# Spelling of one side of the Atlantic and its counterpart; either is known where the other is.
SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\w{3})is(?=(?:e|ed|es|er|ers|ing|ation|ations|able)$)", "iz"),
        (r"(?<=\w{3})iz(?=(?:e|ed|es|er|ers|ing|ation|ations|able)$)", "is"),
        (r"(?<=\w{2})our(?=\w*$)", "or"),
        (r"(?<=\w{2})or(?=(?:s|ed|ing|able|ite|ites|less|ful|er|ers|hood)?$)", "our"),
        (r"(?<=\w{3})ll(?=(?:ed|ing|er|ers|or|ors)$)", "l"),
        (r"(?<=\w{3}[aeiou])l(?=(?:ed|ing|er|ers|or|ors)$)", "ll"),
    )
)


@dataclass(frozen=True)
class Series:
    """An archival series of a pack: `FO` with its classes, or `FO 371` with its pieces.

    `ranges` are the numbers that may follow the code, first and last included (empty: any); `opened` is the year from
    which readers could see it, where known.
    """

    code: str
    description: str
    ranges: tuple[tuple[int, int], ...] = ()
    opened: int | None = None

    def holds(self, number: int) -> bool:
        """Whether a class or piece of this number existed, as far as is known."""
        return not self.ranges or any(first <= number <= last for first, last in self.ranges)


class Lexicon:
    """Words, names, prefixes, abbreviations and series, with frequencies; build one with `build_lexicon`.

    `covered`: those of the document's `languages` that a pack has words of; other languages are known by their frequency lists
    only. `complete`: something is known of every language, so that a word that is not known may be none.

    Every method takes a token in any case, with straight or curly apostrophes. After construction only caches change.
    """

    def __init__(self, packs: Sequence[Pack], languages: str = ENGLISH) -> None:
        self.packs = tuple(packs)
        wanted = codes(languages)
        self.covered = frozenset(code for code in wanted if any(code in pack.languages for pack in packs))
        exclusions = frozenset(entry for pack in packs for entry in pack.entries("exclusions"))
        self.zipf = wordlists.known_words(exclusions) if ENGLISH in self.covered else {}
        lists = {code: words_of(code) for code in wanted if code != ENGLISH}
        self.complete = not is_script(languages) and all(code in self.covered or lists.get(code) for code in wanted)
        self.others: dict[str, float] = {}
        for code, words in lists.items():
            merge(self.zipf if code in self.covered else self.others, words)
        self.names: dict[str, str] = {}
        self.phrases: dict[str, str] = {}
        for pack in packs:
            if not self.covered.isdisjoint(pack.languages):
                self.add_words(pack)
            for file, kind in NAME_KINDS.items():
                self.add_names(pack.entries(file), kind)
            self.add_names((term for term in pack.entries("terms") if term != term.casefold()), "term")
        self.prefixes = frozenset(entry.casefold() for pack in packs for entry in pack.entries("prefixes"))
        self.abbreviations = frozenset(entry for pack in packs for entry in pack.entries("abbreviations"))
        series = (row for pack in packs for row in pack.rows.get("series", ()))
        self.series: Mapping[str, Series] = {row[0]: read_series(row) for row in series}
        self.verdicts: dict[str, bool] = {}

    @cached_property
    def bigrams(self) -> Mapping[str, int]:
        """`first second` -> count, in English; read on first use."""
        return wordlists.read_bigrams() if ENGLISH in self.covered else {}

    @cached_property
    def index(self) -> CandidateIndex:
        """Near words; gathered on first use."""
        return CandidateIndex(self.zipf, {name: self.frequency(name) for name in self.names})

    def load(self) -> None:
        """Have at hand, for all copies of this process, what is read on first use otherwise."""
        _ = self.bigrams, self.index.index

    def add_words(self, pack: Pack) -> None:
        """Take in `words.txt`, names where they have a capital, and the words of terms in lower case."""
        for entry in (*pack.entries("words"), *pack.entries("terms")):
            if " " in entry:
                self.phrases.setdefault(entry, "term")
            for part in entry.translate(MARKS).split():
                if part == part.casefold():
                    self.zipf.setdefault(part, PACK_ZIPF)
        self.add_names((word for word in pack.entries("words") if word != word.casefold()), "name")

    def add_names(self, entries: Iterable[str], kind: str) -> None:
        """Take in names: the whole as a phrase, its capitalised words as tokens unless they are everyday words."""
        for entry in entries:
            entry = entry.translate(MARKS)
            tokens = entry.replace(",", " ").split()
            if len(tokens) > 1:
                self.phrases.setdefault(entry, kind)
            for token in tokens:
                if self.is_naming(token, sure=len(tokens) == 1 or (kind == "person" and token is tokens[-1])):
                    self.names.setdefault(token, kind)
                    for part in token.split("-") if "-" in token else ():
                        if len(part) > 2 and self.is_naming(part, sure=False):
                            self.names.setdefault(part, kind)

    def is_naming(self, token: str, *, sure: bool) -> bool:
        """Whether a word of a name can stand for it, as `Litvinov` can and the `Office` of Foreign Office cannot.

        `sure` are surnames and names of one word; of others only what is no everyday word.
        """
        if not token[0].isupper() or len(token) < 2 or token.endswith(".") or token in TITLES:
            return False
        return sure or token.casefold() not in self.zipf

    def knows(self, word: str) -> bool:
        """Whether this is a word or a name.

        Known are listed forms, their possessives, their other British or American spelling, and hyphened compounds of
        which every part is known. Names of packs need their capital; numbers are not words, nor letters but a and I.
        """
        if len(word) > LONGEST_WORD:
            return False
        verdict = self.verdicts.get(word)
        if verdict is None:
            verdict = self.verdicts[word] = self.judge(word.translate(MARKS))
        return verdict

    def judge(self, word: str) -> bool:
        """`knows` without its memory."""
        if self.holds(word) or word.casefold() in self.others:
            return True
        if word.endswith(("'s", "'S", "s'", "S'")):
            bare = word[:-1] if word[-1] == "'" else word[:-2]
            return bare[-1:].isalpha() and self.judge(bare)
        if "-" in word:
            first, *rest = word.split("-")
            return all(rest) and (self.is_prefix(first) or self.judge(first)) and all(map(self.judge, rest))
        lower = word.casefold()
        if self.is_derived(lower):
            return True
        return any(pattern.sub(other, lower) in self.zipf for pattern, other in SPELLINGS if pattern.search(lower))

    def is_foreign(self, word: str) -> bool:
        """Whether the word belongs to a language of the document that no pack covers, rather than to one that some pack does."""
        folded = word.casefold()
        return self.others.get(folded, 0.0) > self.zipf.get(folded, 0.0) + 1.0

    def commonness(self, word: str) -> float:
        """`frequency`, in whichever of the document's languages the word is the most common."""
        return max(self.frequency(word), self.others.get(word.casefold(), 0.0))

    def is_derived(self, word: str) -> bool:
        """Whether this is the adverb or the noun of a known adjective: `incautiously`, `outspokenness`."""
        for ending in ("ly", "ness"):
            base = word.removesuffix(ending)
            if base != word and len(base) >= LEAST_BASE and self.zipf.get(base, 0.0) >= LEAST_BASE_ZIPF:
                return True
        return False

    def holds(self, word: str) -> bool:
        """Whether this very form, case apart, is listed, or is a Roman numeral of two capitals or more."""
        return word.casefold() in self.zipf or self.is_name(word) or ROMAN.match(word) is not None

    def frequency(self, word: str) -> float:
        """How common the form is, on the Zipf scale (3: once in a million words; 0: unknown). Names count at least 2.

        Scale: van Heuven et al., "SUBTLEX-UK", QJEP 67 (2014), as wordfreq has it.
        """
        word = word.translate(MARKS)
        zipf = self.zipf.get(word.casefold())
        if zipf is not None:
            return zipf
        if self.is_name(word):
            return PACK_ZIPF
        if word.endswith(("'s", "s'")):
            return self.frequency(word[:-1] if word[-1] == "'" else word[:-2])
        return LISTED_ZIPF if self.knows(word) else 0.0

    def is_name(self, word: str) -> bool:
        """Whether a pack has this token as (part of) a name: with its capital, or wholly in capitals."""
        return word in self.names or (word.isupper() and len(word) > 2 and word.title() in self.names)

    def is_prefix(self, word: str) -> bool:
        """Whether compounds with this first part keep their hyphen: anti, non, Anglo, self."""
        return word.casefold() in self.prefixes

    def bigram(self, first: str, second: str) -> int:
        """How often the words follow each other in symspellpy's bigrams (from Google Books Ngrams); 0 for never."""
        return self.bigrams.get(f"{first.casefold()} {second.casefold()}", 0)

    def candidates(self, word: str, max_distance: int = 2) -> list[Candidate]:
        """Known words within `max_distance` (at most 2) edits of `word`, nearest first, then the most frequent."""
        return self.index.near(word.translate(MARKS), max_distance)


def merge(known: dict[str, float], words: Mapping[str, float]) -> None:
    """Add words, each with the greater of its frequencies."""
    for word, zipf in words.items():
        if zipf > known.get(word, 0.0):
            known[word] = zipf


def read_series(row: tuple[str, ...]) -> Series:
    """A line of `series.txt`: code, description, ranges (`1-1110` or `1-25,30`), year of opening."""
    spans = []
    for span in row[2].split(",") if len(row) > 2 and row[2] else ():
        first, _, last = span.partition("-")
        spans.append((int(first), int(last or first)))
    return Series(row[0], row[1], tuple(spans), int(row[3]) if len(row) > 3 and row[3] else None)


def build_lexicon(
    packs: Sequence[str | Path] = ("english", "interwar"), languages: str = ENGLISH, added: Sequence[tuple[str, str]] = ()
) -> Lexicon:
    """The lexicon of some packs, by name or folder, over the packaged lists of some languages (`eng+rus`), and with what people
    `added` (see `pack_of`).

    Raises InvalidConfig for a pack that is missing or broken.
    """
    found = [load_pack(find_pack(pack)) for pack in packs]
    return Lexicon([*found, pack_of(added, found)] if added else found, languages)
