"""Words and names that the OCR misread: a noisy channel over near words, the document's own first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import exp, log

import jellyfish

from pipeline.draft import Draft
from pipeline.language.confusions import misreading_cost, slip_cost, variants
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import body_pairs
from pipeline.repair.proposals import Proposal, Rule, replace

TOKEN = re.compile(r"(?<![\w&%$./@#-])[\]|!£]?[A-Za-z](?:[\w&%£$!|\]]|['’-](?=\w))*(?![\w@/&%£$])")
FIGURE = re.compile(r"(?<![\w/.])(?:[lIi|](?=[89]\d\d\b)|[lI|](?=\d{1,3}(?:st|nd|rd|th)\b))")
LETTER_IN_YEAR = re.compile(r"\b(1[89])([OoIl])(\d)\b|\b(1[89]\d)([OoIl])(?=[\s.,;:)-])")
FUNCTION = frozenset(
    """
    the of and to in as that by for with was is his not be on at it from this which or an had were are their but has would
    its
    """.split()
)
UNSUPPORTED = 0.8
"""No word is surer than this that neither its neighbours nor the rest of the document speak for."""
UNKNOWN = log(2e-9)
"""Natural log of the chance that an unknown form is a word after all (a rare one, a foreign one)."""


@lru_cache(maxsize=4)
def edge_starts(draft: Draft) -> frozenset[int]:
    """Offsets of words beside a line's end, which may be halves of words."""
    starts = set()
    for first, second in body_pairs(draft):
        text = first.text.rstrip()
        starts.add(first.start + len(text) - len(re.split(r"[\s(\"]", text)[-1]))
        starts.add(second.start)
    return frozenset(starts)


def unknown_tokens(draft: Draft, known: Knowledge) -> Iterator[tuple[int, int, str]]:
    """(start, end, word) of tokens that neither lexicon nor document knows, and that are no abbreviations."""
    for line in draft.lines:
        for start, end, word in known.recall(unknown_in, line.text):
            yield line.start + start, line.start + end, word


def unknown_in(text: str, known: Knowledge) -> list[tuple[int, int, str]]:
    """The unknown tokens of a line."""
    found = []
    for match in TOKEN.finditer(text):
        word = match.group().replace("’", "'")
        if len(word) < 4 or word.isupper() or known.lexicon.knows(word) or known.evidence.words[word] > 2:
            continue
        figures = sum(c.isdigit() for c in word)
        if word[-1].isdigit() or figures * 3 > len(word):
            continue
        if not (len(word) < 5 and text[match.end() : match.end() + 1] == "."):
            found.append((match.start(), match.end(), word))
    return found


def half_of_word(draft: Draft, start: int, end: int, word: str, known: Knowledge) -> bool:
    """At a line's end: is this rather one half of a word that the line's end broke?"""
    if start not in edge_starts(draft):
        return False
    before = re.search(r"([^\W\d_]+)\W*\s+$", draft.text[max(0, start - 30) : start])
    after = re.match(r"\W*\s+([^\W\d_]+)", draft.text[end : end + 30])
    joined = ([before.group(1) + word] if before else []) + ([word + after.group(1)] if after else [])
    return any(known.lexicon.knows(form) for form in joined)


def misread_words(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`whidi` for which, `comphin` for complain; never `stategic`, which the author typed."""
    text = draft.text
    for start, end, word in unknown_tokens(draft, known):
        if word[0].isupper() or foreign(text, start, end, known) or half_of_word(draft, start, end, word, known):
            continue
        beside = neighbours(text, start, end)
        ranked = rank(word, beside, known)
        if not ranked:
            continue
        best, sure = ranked[0]
        if context(best, beside, known) < 0 and known.evidence.lower[best] < 2:
            sure = min(sure, UNSUPPORTED)
        if sure < 0.05:
            continue
        yield replace(start, end, best, sure, why(word, best, known), alternatives=tuple(w for w, _ in ranked[:3]))


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
    odds = log(max(count, 0.3)) + 2.2 - max(0.0, cost - 4.0) - exp(cost - slip)
    return min(0.97, 1 / (1 + exp(-odds)))


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
            yield candidate.word, 2 if candidate.distance == 1 else 0


def foreign(text: str, start: int, end: int, known: Knowledge) -> bool:
    """Do most of the neighbouring words belong to no English text (a title in Russian, a line of noise)?"""
    near = (
        re.findall(r"[^\W\d_]{2,}", text[max(0, start - 40) : start])[-3:] + re.findall(r"[^\W\d_]{2,}", text[end : end + 40])[:3]
    )
    unknown = sum(not known.lexicon.knows(word) for word in near)
    return unknown * 2 >= max(1, len(near))


def neighbours(text: str, start: int, end: int) -> tuple[str, str]:
    before = re.search(r"([^\W\d_]+)\s+$", text[max(0, start - 30) : start])
    after = re.match(r"\s+([^\W\d_]+)", text[end : end + 30])
    return (before.group(1) if before else ""), (after.group(1) if after else "")


def rank(word: str, beside: tuple[str, str], known: Knowledge) -> list[tuple[str, float]]:
    """`rank_afresh`, worked out once for a word between its neighbours."""
    return known.recall(rank_afresh, "\0".join((word, *beside)))


def rank_afresh(key: str, known: Knowledge) -> list[tuple[str, float]]:
    """Candidates with the probability that the OCR misread them as `word`, surest first. What is left of 1 are slips and rare
    words."""
    evidence, lexicon = known.evidence, known.lexicon
    word, before, after = key.split("\0")
    total = sum(evidence.lower.values()) + 1000
    forms = {c.word for c in lexicon.candidates(word, 2)} | {
        v for v in variants(word) if lexicon.knows(v) or evidence.lower[v] > 1
    }
    misread: dict[str, float] = {}
    others = exp(UNKNOWN + 2.0 * (evidence.words[word] - 1) + (7.0 if compound(word, known) else 0.0))
    for form in forms:
        if not form.islower() or len(form) < 3:
            continue
        chance = 10 ** (lexicon.frequency(form) - 9.0) + 0.5 * evidence.lower[form] / total
        chance *= exp(context(form, (before, after), known))
        misread[form] = chance * exp(-misreading_cost(form, word))
        others += chance * exp(-slip_cost(form, word))
    everything = sum(misread.values()) + others
    return sorted(((form, value / everything) for form, value in misread.items()), key=lambda pair: -pair[1])[:5]


def compound(word: str, known: Knowledge) -> bool:
    """Two common words written as one (`handicraftsman`), which dictionaries often lack."""
    parts = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    return any(known.lexicon.frequency(first) > 2.5 and known.lexicon.frequency(second) > 3.5 for first, second in parts)


def context(form: str, beside: tuple[str, str], known: Knowledge) -> float:
    """How much the neighbours speak for a form (natural log)."""
    before, after = (word.lower() for word in beside)
    score = 0.0
    for first, second in ((before, form), (form, after)):
        if first and second:
            seen = known.evidence.pairs[f"{first} {second}"] > 0 or known.lexicon.bigram(first, second) > 0
            score += 1.0 if seen else -1.0
    return score


def why(word: str, form: str, known: Knowledge) -> str:
    count = known.evidence.words[form]
    stands = f"“{form}” stands {count} times in this document" if count > 1 else f"“{form}” is a word"
    return f"“{word}” is none; {stands}, and the letters look alike."


def lost_spaces(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`theprogression`: two words run together, the first of them one of the commonest."""
    for start, _, word in unknown_tokens(draft, known):
        if not word.isalpha() or not word.islower() or known.evidence.words[word] > 1:
            continue
        ways = [(word[:at], word[at:]) for at in range(2, len(word) - 2) if word[:at] in FUNCTION and strong(word[at:], known)]
        if len(ways) == 1 and not known.lexicon.candidates(word, 1):
            first, second = ways[0]
            sure = 0.95 if len(first) > 2 and len(second) > 3 else 0.8
            at = start + len(first)
            yield replace(at, at + 1, " " + second[0], sure, f"“{first}” and “{second}” run together.", kind="spacing")


def strong(word: str, known: Knowledge) -> bool:
    """A word that the document uses, or that is common."""
    return known.evidence.lower[word] > 1 or known.lexicon.frequency(word) > 3.2


def figures(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`l927`, `i960`: a letter that stands for the figure 1 or 0 in a year. No figure ever becomes another figure."""
    for match in FIGURE.finditer(draft.text):
        yield replace(match.start(), match.end(), "1", 0.96, "A letter read for the figure 1 of a year or date.", kind="word")
    for match in LETTER_IN_YEAR.finditer(draft.text):
        group = 2 if match.group(2) else 5
        figure = "0" if match.group(group) in "Oo" else "1"
        yield replace(
            match.start(group), match.end(group), figure, 0.95, f"A letter read for the figure {figure} of a year.", kind="word"
        )


RULES = (
    Rule("misread-figure", "word", figures, (("in March l927 and", "in March 1927 and"),), ("Henry I 1927",)),
    Rule(
        "lost-space",
        "spacing",
        lost_spaces,
        (("but theprogression of events", "but the progression of events"),),
        ("notwithstanding the theorem", "the asexual toad"),
    ),
    Rule("misread-name", "name", misread_names),
    Rule(
        "misread-word",
        "word",
        misread_words,
        (("a belief whidi was held", "a belief which was held"),),
        ("a stategic interest", "the connexion of gaol and shew"),
    ),
)
