"""The packaged English word lists.

They are the dictionary and the bigrams of symspellpy (MIT) and the frequencies of wordfreq (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from importlib import resources
from importlib.metadata import version

from pipeline.language.kept import kept, place_of

# wordfreq's list is of the web and of Google Books, and holds their misspellings and misreadings ("recieved", "tbe"):
# what the curated dictionary lacks is taken above these floors only, long words with less hesitation than short ones.
FLOOR_BY_LENGTH = {4: 3.2, 5: 2.9, 6: 2.4, 7: 2.3}
FLOOR_LONG = 2.2
UNREACHED_ZIPF = 1.0  # of a dictionary word that the frequency list does not hold
TOP_CENTIBEL = 9.0
VERSION = 1  # of what is kept


def known_words(exclusions: AbstractSet[str]) -> dict[str, float]:
    """Lower-cased words taken to be English, with their Zipf value, less the exclusions; gathered once on a machine.

    A word of the dictionary counts at any frequency, one that only the frequency list has above a floor.
    """
    how = f"{VERSION} {version('symspellpy')} {version('wordfreq')} {FLOOR_BY_LENGTH} {FLOOR_LONG} {UNREACHED_ZIPF}"
    place = place_of("words", how.encode(), "\n".join(sorted(exclusions)).encode("utf-8", "surrogatepass"))
    return kept(place, lambda: gathered_words(exclusions))


def gathered_words(exclusions: AbstractSet[str]) -> dict[str, float]:
    """The same, gathered."""
    zipf = frequencies()
    known = {word: zipf.get(word, UNREACHED_ZIPF) for word in dictionary_words()}
    for word, value in zipf.items():
        if value < FLOOR_LONG:
            break  # the list goes from the common to the rare
        if value >= FLOOR_BY_LENGTH.get(len(word), FLOOR_LONG if len(word) > 7 else TOP_CENTIBEL) and word.isalpha():
            known.setdefault(word, value)
    for word in exclusions:
        known.pop(word, None)
    known.update((letter, zipf[letter]) for letter in ("a", "i"))
    return known


def frequencies() -> dict[str, float]:
    """Every form of wordfreq's large English list with its Zipf value; the list has a bucket for every centibel."""
    from wordfreq import get_frequency_list

    zipf: dict[str, float] = {}
    for centibel, bucket in enumerate(get_frequency_list("en", "large")):
        value = round(TOP_CENTIBEL - centibel / 100, 2)
        for word in bucket:
            zipf[word] = value
    return zipf


def dictionary_words() -> list[str]:
    """The 82,765 words of symspellpy's dictionary (Google Books frequencies over the SCOWL lists of Kevin Atkinson)."""
    lines = read_lines("frequency_dictionary_en_82_765.txt")
    return [line.partition(" ")[0] for line in lines]


def read_bigrams() -> dict[str, int]:
    """`first second` -> count, from symspellpy's bigram list; taken apart once on a machine."""

    def make() -> dict[str, int]:
        rows = (line.rsplit(" ", 1) for line in read_lines("frequency_bigramdictionary_en_243_342.txt"))
        return {row[0]: int(row[1]) for row in rows if len(row) > 1}

    return kept(place_of("bigrams", f"{VERSION} {version('symspellpy')}".encode()), make)


def read_lines(name: str) -> list[str]:
    """The lines of a data file that symspellpy ships."""
    return resources.files("symspellpy").joinpath(name).read_text(encoding="utf-8-sig").splitlines()
