"""Known words near an unknown one, by symspellpy; its index is built on first use and kept in the user's cache."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from pipeline.language.kept import kept, place_of

if TYPE_CHECKING:
    from symspellpy import SymSpell  # type: ignore[import-untyped]

MAX_DISTANCE = 2
PREFIX_LENGTH = 6  # 5 builds faster and looks up three times slower; 7 the other way round
LEAST_ZIPF = 1.5  # rarer words are known, but hardly ever what a misreading meant
LEAST_LENGTH = 2
CACHE_VERSION = 4


@dataclass(frozen=True, order=True)
class Candidate:
    """A known word near a given one: in lower case unless it is a name, its edit distance, its Zipf frequency."""

    word: str
    distance: int
    frequency: float


class CandidateIndex:
    """Nearest known words by symmetric deletes (W. Garbe's SymSpell), over the common words and all names."""

    def __init__(self, words: Mapping[str, float], names: Mapping[str, float]) -> None:
        self.forms = {word: zipf for word, zipf in words.items() if zipf >= LEAST_ZIPF and len(word) >= LEAST_LENGTH}
        self.cased: dict[str, list[str]] = {}
        for name, zipf in names.items():
            self.cased.setdefault(name.casefold(), []).append(name)
            self.forms.setdefault(name.casefold(), zipf)
        self.words = words

    @cached_property
    def index(self) -> SymSpell:
        """What looks up; read on first use."""
        return load_index(self.forms)

    def near(self, word: str, max_distance: int = MAX_DISTANCE) -> list[Candidate]:
        """Candidates, case apart: nearest first, then most frequent. Raises ValueError beyond MAX_DISTANCE."""
        from symspellpy import Verbosity

        found = []
        for item in self.index.lookup(word.casefold(), Verbosity.ALL, max_distance):
            zipf = self.forms[item.term]
            if item.term in self.words:
                found.append(Candidate(item.term, item.distance, zipf))
            found.extend(Candidate(name, item.distance, zipf) for name in self.cased.get(item.term, ()))
        return sorted(found, key=lambda candidate: (candidate.distance, -candidate.frequency, candidate.word))


class Comparer:
    """Compares for symspellpy as its own optimal string alignment does, by RapidFuzz's, which is many times as fast."""

    def compare(self, first: str, second: str, most: int) -> int:
        """The distance of two words, -1 for more than `most`."""
        distance: int = OSA.distance(first, second, score_cutoff=most)
        return distance if distance <= most else -1


def load_index(forms: Mapping[str, float]) -> SymSpell:
    """The index from the cache, or built and then kept there."""
    from symspellpy import SymSpell

    def build() -> SymSpell:
        index = SymSpell(MAX_DISTANCE, PREFIX_LENGTH, distance_comparer=Comparer())
        for form, zipf in forms.items():
            index.create_dictionary_entry(form, max(1, round(10**zipf)))
        return index

    return kept(cache_path(forms), build)


def cache_path(forms: Mapping[str, float]) -> Path:
    """Where the index of exactly these forms is kept: any change of the words or of symspellpy gives another name."""
    how = f"{CACHE_VERSION} {version('symspellpy')} {MAX_DISTANCE} {PREFIX_LENGTH}"
    words = "\n".join(forms).encode("utf-8", "surrogatepass")
    return place_of("candidates", how.encode(), words, array("d", forms.values()).tobytes())
