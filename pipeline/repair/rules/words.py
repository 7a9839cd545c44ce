"""Words that the OCR misread, or ran together: a noisy channel over near words, the document's own first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.confusions import misreading_cost
from pipeline.language.evidence import Knowledge
from pipeline.repair.channel import context, document_costs, rank, why
from pipeline.repair.proposals import Proposal, Rule, replace
from pipeline.repair.readings import doubted, other_forms, unreadable
from pipeline.repair.unknown import foreign, half_of_word, neighbours, unknown_tokens

FUNCTION = frozenset(
    """
    the of and to in as that by for with was is his not be on at it from this which or an had were are their but has would
    its
    """.split()
)
UNSUPPORTED = 0.8
"""No word is surer than this that neither its neighbours nor the rest of the document speak for, unless the text is noisy."""
NOISY = 0.02
"""Share of misread words from which an odd form is far likelier a misreading than anything else."""
SHORTENED = re.compile(r"\b[A-Z][a-z]{0,2}\.$")
"""A title or initial, whose stop ends no sentence (`Gnr.`, `J.`)."""
FAR_OFF = 9.0
"""A misreading that costs more is a guess in a text that holds few others."""
HABITUAL = 3.2
"""Cost below which a misreading was learned from the document; those of the prior table cost more."""
SHORT, EVERYDAY = 4, 5.3
"""Words shorter than this must be everyday words (Zipf frequency), and are less sure unless their neighbours speak for them."""


def misread_words(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`whidi` for which, `comphin` for complain, `tbe` for the; never `stategic`, which the author typed."""
    text = draft.text
    for start, end, word in unknown_tokens(draft, known):
        capital = word[0].isupper()
        if capital and ((len(word) > SHORT and known.evidence.misread < 0.03) or known.evidence.names[word] > 1):
            continue
        if foreign(text, start, end, known) or half_of_word(draft, start, end, word, known):
            continue
        beside, others = neighbours(text, start, end), other_forms(draft, known, start, word)
        ranked = rank(word, beside, known, others)
        if not ranked or ranked[0][1] < 0.05:
            continue
        best, support = ranked[0][0], context(ranked[0][0], beside, known)
        if len(word) <= SHORT and (capital or len(word) < SHORT) and known.lexicon.frequency(best) < EVERYDAY:
            continue
        odds = doubt(word, best, support, begins_sentence(text, start), known)
        sure = ranked[0][1] / (ranked[0][1] + odds * (1.0 - ranked[0][1]))
        if len(word) == 2 and (
            cut_short(word, support, beside, known) or not all(map(known.lexicon.knows, filter(None, beside)))
        ):
            sure = min(sure, 0.6)
        sure = max(0.01, 1.0 - (1.0 - sure) * (1.0 + 4.0 * known.evidence.noise))
        most = 0.97 if len(word) < SHORT or capital else 0.995
        small = word[0].lower() + word[1:]
        if far_fetched(small, best, support, known) and not capital and not (others and doubted(small, best, others)):
            most = UNSUPPORTED
        if unreadable(word, others):
            most = 0.6
        if capital and len(word) == 2 and known.evidence.misread < NOISY:
            most = UNSUPPORTED
        after = best.capitalize() if capital else best
        options = tuple(form for form, _ in ranked[:3])
        yield replace(start, end, after, min(sure, most), why(word, after, known, others), alternatives=options)


def doubt(word: str, best: str, support: float, begins: bool, known: Knowledge) -> float:
    """What the odds of a misreading are divided by: short words for which no neighbour speaks, and words that may be names."""
    if len(word) < SHORT and support <= 0:
        return 12.0 if len(word) == 2 else 4.0
    if not word[0].isupper():
        return 1.0
    if len(word) <= SHORT:
        return 1.0 if support > 0 and (begins or len(word) < SHORT) else 4.0 if begins else 8.0
    return 4.0 if begins or known.evidence.names[best.capitalize()] else 20.0


def cut_short(word: str, support: float, beside: tuple[str, str], known: Knowledge) -> bool:
    """Do the neighbours speak as much for an everyday word whose last letter is lost (`ha` for has, rather than he)?"""
    longer = (word.lower() + letter for letter in "abcdefghijklmnopqrstuvwxyz")
    return any(known.lexicon.frequency(form) > 5.8 and context(form, beside, known) >= support for form in longer)


def far_fetched(word: str, best: str, support: float, known: Knowledge) -> bool:
    """Is it a guess: letters that look nothing like it in a text that has few errors, or nothing that speaks for it?"""
    cost = misreading_cost(best, word)
    if cost > FAR_OFF and known.evidence.noise < 0.06:
        return True
    alone = support < 0 and known.evidence.lower[best] < 2 and len(word) >= SHORT
    return alone and known.evidence.misread < NOISY and not habitual(best, word, known)


def lost_spaces(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`theexhibition`: two words run together, the first of them one of the commonest."""
    for start, end, word in unknown_tokens(draft, known):
        if not word.isalpha() or not word.islower() or known.evidence.words[word] > 1:
            continue
        ways = [(word[:at], word[at:]) for at in range(2, len(word) - 2) if word[:at] in FUNCTION and strong(word[at:], known)]
        if len(ways) != 1 or known.lexicon.candidates(word, 1):
            continue
        beside = neighbours(draft.text, start, end)
        if any(not known.lexicon.knows(other) for other in beside if other) or likely(word, beside, known):
            continue
        first, second = ways[0]
        sure = 0.95 if second in FUNCTION or (len(first) > 2 and len(second) > 3) else 0.8
        at = start + len(first)
        yield replace(at, at + 1, " " + second[0], sure, f"“{first}” and “{second}” run together.", kind="spacing")


def likely(word: str, beside: tuple[str, str], known: Knowledge) -> bool:
    """Is this rather one misread word (`inarch`: march)?"""
    ranked = rank(word, beside, known)
    return bool(ranked) and ranked[0][1] > 0.3


def habitual(form: str, word: str, known: Knowledge) -> bool:
    """Is `word` for `form` a misreading that this document's OCR makes again and again?"""
    return misreading_cost(form, word, costs=known.recall(document_costs, "")) < HABITUAL


def begins_sentence(text: str, start: int) -> bool:
    """Does a sentence begin at text[start:]? Then a capital makes no name."""
    before = text[max(0, start - 9) : start].rstrip(" \n\"'‘“")
    return before[-1:] in (".", "!", "?") and SHORTENED.search(before) is None


def strong(word: str, known: Knowledge) -> bool:
    """A word that the document uses, or that is common."""
    return known.evidence.lower[word] > 1 or known.lexicon.frequency(word) > 3.2


RULES = (
    Rule(
        "lost-space",
        "spacing",
        lost_spaces,
        (("but theexhibition of kites", "but the exhibition of kites"),),
        ("notwithstanding the theorem", "the asexual toad"),
    ),
    Rule(
        "misread-word",
        "word",
        misread_words,
        (("a ladder whidi was lent", "a ladder which was lent"), ("it was tbe end of it", "it was the end of it")),
        ("a stategic interest", "the connexion of gaol and shew", "op cit and von Laue, in re Smith"),
    ),
)
