"""Languages by their codes, and the words of those for which there is a frequency list: wordfreq's (Apache-2.0).

Errata names languages as Tesseract does, by ISO 639-2 codes; dictionary packs may have two letters as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

ENGLISH = "eng"
LISTS: Mapping[str, str] = dict(
    pair.split(":")
    for pair in """
    ara:ar ben:bn bul:bg cat:ca ces:cs dan:da deu:de ell:el eng:en fas:fa fil:fil fin:fi fra:fr heb:he hin:hi hun:hu ind:id
    isl:is ita:it lav:lv lit:lt mkd:mk msa:ms nld:nl nor:nb pol:pl por:pt ron:ro rus:ru slk:sk slv:sl spa:es srp:sh hrv:sh
    bos:sh swe:sv tur:tr ukr:uk urd:ur vie:vi
    """.split()
)
"""Code -> wordfreq's; of languages that write without blanks between words there is none."""
SHORT: Mapping[str, str] = {short: code for code, short in LISTS.items() if code not in {"srp", "bos"}}
LEAST_ZIPF = 3.0
"""A list made of the web has misspellings among what is rarer than once in a million words."""
CODE = re.compile(r"[a-z]{2,3}(?:_\w+)?")


def codes(languages: str | Iterable[str]) -> tuple[str, ...]:
    """The languages in `eng+deu_latf` or in a list, each by its three letters and once; a script is none."""
    parts = languages.split("+") if isinstance(languages, str) else languages
    bare = (part.partition("_")[0] for part in parts if CODE.fullmatch(part))
    return tuple(dict.fromkeys("deu" if code == "frk" else SHORT.get(code, code) for code in bare))


def is_script(languages: str) -> bool:
    """Whether a script is among Tesseract's languages, in which any language may be written (`script/Latin`)."""
    return any(not CODE.fullmatch(part) for part in languages.split("+"))


@lru_cache(maxsize=8)
def words_of(language: str) -> Mapping[str, float]:
    """The common words of a language, case-folded, with their Zipf values; none where there is no list."""
    from wordfreq import get_frequency_list

    if language not in LISTS:
        return {}
    found: dict[str, float] = {}
    for centibel, bucket in enumerate(get_frequency_list(LISTS[language], "best")):
        value = round(9.0 - centibel / 100, 2)
        if value < LEAST_ZIPF:
            break  # the list goes from the common to the rare
        found.update((word, value) for word in bucket if word.isalpha())
    return found
