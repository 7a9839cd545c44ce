"""Names that the OCR misread, against those that the document and the packs have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp, log

import jellyfish

from pipeline.draft import Draft
from pipeline.language.confusions import VOWELS, misreading_cost, slip_cost
from pipeline.language.evidence import Knowledge
from pipeline.repair.channel import why
from pipeline.repair.proposals import Proposal, Rule, replace
from pipeline.repair.unknown import foreign, half_of_word, unknown_tokens


def misread_names(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`Narkoraindel`: a capitalised form beside a name that the document or a pack has, by letters that look alike."""
    for start, end, word in unknown_tokens(draft, known):
        if not word[0].isupper() or known.evidence.words[word] > 1 or len(word) < 5:
            continue
        if foreign(draft.text, start, end, known) or half_of_word(draft, start, end, word, known):
            continue
        bare = re.sub(r"'s$", "", word)
        found = known.recall(rank_names, bare)
        if not found or found[0][0] >= 8.5:
            continue
        cost, minus_count, name = found[0]
        if name[:-1] == bare[:-1] and {name[-1], bare[-1]} <= VOWELS:
            continue  # Franca and France, Anna and Anne: another language, or another person
        rivals = sum(1 for other in found[1:] if other[0] < cost + 4.0)
        sure = name_probability(cost, -minus_count, slip_cost(name, bare)) / (1 + rivals)
        if sure > 0.3:
            yield replace(
                start, start + len(bare), name, sure, why(bare, name, known), alternatives=tuple(n for _, _, n in found[:3])
            )


def rank_names(word: str, known: Knowledge) -> list[tuple[float, int, str]]:
    """(cost, minus count, name) of the names that `word` may be a misreading of, cheapest first."""
    near = near_names(word, known.recall(names_by_shape, ""), known)
    return sorted((misreading_cost(name, word, 9.0), -count, name) for name, count in near)


def name_probability(cost: float, count: int, slip: float) -> float:
    """Chance that a form one misreading away from a name seen `count` times is that name; never sure for names seen once or
    twice."""
    odds = log(max(count, 0.3)) + 2.2 - max(0.0, cost - 4.0) - exp(min(5.0, cost - slip))
    return min(0.97, 1 / (1 + exp(min(50.0, -odds))))


def names_by_shape(_: str, known: Knowledge) -> dict[tuple[str, int], list[tuple[str, int]]]:
    """Forms that stand capitalised in mid-sentence more than twice and never small, by first letter and length."""
    table: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for name, count in sorted(known.evidence.names.items()):
        if count > 2 and len(name) > 3 and name.isalpha() and not known.evidence.words[name.lower()]:
            table.setdefault((name[0], len(name)), []).append((name, count))
    return table


def near_names(word: str, table: dict[tuple[str, int], list[tuple[str, int]]], known: Knowledge) -> Iterator[tuple[str, int]]:
    """Names of document and packs that sound or look like `word` (Jaro-Winkler, Damerau-Levenshtein)."""
    for size in range(len(word) - 2, len(word) + 3):
        for name, count in table.get((word[0], size), ()):
            if jellyfish.jaro_winkler_similarity(word, name) > 0.85 and jellyfish.damerau_levenshtein_distance(word, name) <= 2:
                yield name, count
    for candidate in known.lexicon.candidates(word, 2) if len(word) > 5 else ():
        if candidate.word[0].isupper() and candidate.word[0] == word[0] and not known.evidence.names[candidate.word] > 2:
            yield candidate.word, known.evidence.names[candidate.word]


RULES = (Rule("misread-name", "name", misread_names),)
