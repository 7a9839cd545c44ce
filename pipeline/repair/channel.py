"""The noisy channel: which word an unknown form was meant to be, given its neighbours and what this document's OCR confuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import exp, log

from pipeline.language.confusions import Costs, different, learned_costs, misreading_cost, slip_cost, variants
from pipeline.language.evidence import Evidence, Knowledge
from pipeline.language.lexicon import Lexicon

UNKNOWN = log(5e-9)
"""Natural log of the chance that an unknown form is a word after all (a rare one, a foreign one)."""
RARE = 0.1
"""How much less likely that is of a form that differs from a word in its middle only."""
BIGRAM_TOTAL = 1e12
"""Size of the text from which the lexicon's bigram counts come (Google Books Ngrams)."""
USUAL = 0.01
"""Share of misread words up to which an odd form is as likely a person's slip, or a rare word, as the tables' costs say."""
ODD_SHAPE, ODD = re.compile(r"^\][a-z]{2}|\w[^\w'’-]\w|\w[$£%&]$|[a-z]\d[a-z]|[a-z]{2}[A-Z]"), 4.0
"""Shapes that nobody writes (`furthe]r`, `hourB`), and how much less likely they are to be words or slips (natural log)."""
DISPUTED, LOST_VOTE = 1.3, 3.0
"""How much likelier an unknown form is misread whose letters other readings of the image have otherwise (natural log: of the
misread forms in typescript 36 in 100 are such, of the others 10); what it costs to rely on a reading that lost."""
PROFILE = 400
"""So many of the most frequent unknown forms of a document tell what its OCR confuses."""
DECIDED = 2000
"""Thousandths of a form that a misreading counts which a person put right."""
SHORTLIST = 16
"""So many of the likeliest candidates are compared letter by letter."""


def rank(word: str, beside: tuple[str, str], known: Knowledge, others: Sequence[str] = ()) -> list[tuple[str, float]]:
    """`rank_afresh`, worked out once for a word between its neighbours; `others`: what other readings of the image have."""
    return known.recall(rank_afresh, "\0".join((word, *beside, *others)))


def rank_afresh(key: str, known: Knowledge) -> list[tuple[str, float]]:
    """Candidates with the probability that the OCR misread them as the word, surest first.

    What is left of 1 are slips of the author's, and words that are rare but right. After Kernighan, Church & Gale (COLING 1990)
    and Church & Gale, "Probability scoring for spelling correction", Statistics and Computing 1 (1991).
    """
    evidence = known.evidence
    word, before, after, *others = key.split("\0")
    costs = known.recall(document_costs, "")
    odd = (ODD if ODD_SHAPE.search(word) else 0.0) + (DISPUTED if others else 0.0)
    rare = exp(UNKNOWN + 2.0 * min(evidence.words[word] - 1, 3) + (7.0 if compound(word, known) else 0.0) - odd)
    chances = {}
    for form, steps in near_forms((word, *others), known).items():
        chances[form] = log(chance_of(form, evidence.lower[form], known)) + context(form, (before, after), known), steps
    misread: dict[str, float] = {}
    lift = max(1.0, evidence.misread / USUAL)
    slips = 0.0
    for form, (chance, _) in sorted(chances.items(), key=lambda item: 4.0 * item[1][1] - item[1][0])[:SHORTLIST]:
        cost = min([shape_cost(form, word, costs), *(LOST_VOTE + shape_cost(form, other, costs) for other in others)])
        misread[form] = lift * exp(chance - cost)
        slips += exp(chance - slip_cost(form, word) - odd)
    best = max(misread, key=misread.__getitem__, default="")
    everything = sum(misread.values()) + slips + rare * (RARE if inside(best, word) else 1.0)
    return sorted(((form, value / everything) for form, value in misread.items()), key=lambda pair: -pair[1])[:5]


def chance_of(form: str, count: int, known: Knowledge) -> float:
    """How likely a form is anywhere in a document that has it `count` times."""
    return float(10 ** (known.lexicon.frequency(form) - 9.0) + 0.5 * count / known.recall(size_of, ""))


def size_of(_: str, known: Knowledge) -> int:
    """Words of the document, and those that a short one lacks to tell how often it uses a word."""
    return sum(known.evidence.lower.values()) + 1000


def inside(form: str, word: str) -> bool:
    """Do two long words differ only in the middle? Words that no list has are mostly new at their ends (`wheats`)."""
    return len(word) > 6 and len(form) > 6 and form[:1] == word[:1] and form[-2:] == word[-2:]


def shape_cost(form: str, word: str, costs: Costs) -> float:
    """Cost of reading a form in small letters, or with a capital where `word` has one, as `word`."""
    small = word[0].lower() + word[1:]
    cost = misreading_cost(form, small, costs=costs)
    return cost if small == word else min(cost, misreading_cost(form.capitalize(), word, costs=costs))


def near_forms(readings: Sequence[str], known: Knowledge) -> dict[str, int]:
    """`candidate_forms` of all readings of one word."""
    found: dict[str, int] = {}
    for reading in readings:
        for form, steps in candidate_forms(reading, known).items():
            found[form] = min(steps, found.get(form, steps))
    return found


def candidate_forms(word: str, known: Knowledge) -> dict[str, int]:
    """Small-letter forms that `word` may have been, with a rough number of letters misread."""
    reach = 2 if len(word) > 3 else 1
    forms = {c.word: c.distance for c in known.lexicon.candidates(word, reach) if c.word.islower()}
    for form in variants(word):
        form = form[0].lower() + form[1:] if word[0].isupper() else form
        if form.islower() and (known.lexicon.knows(form) or (len(form) > 4 and known.evidence.lower[form] > 3)):
            forms[form] = 1
    # “claß” is no English word, though it is “class” to one who compares without regard to capitals.
    return {form: steps for form, steps in forms.items() if (len(form) > 1 or form == "a") and form == form.casefold()}


def document_costs(_: str, known: Knowledge) -> Costs:
    """The confusion costs of this document."""
    return learned_costs(known.evidence.confusions)


def context(form: str, beside: tuple[str, str], known: Knowledge) -> float:
    """How much the neighbours speak for a form: pointwise mutual information (natural log), between -1.5 and 4 a neighbour."""
    before, after = (word.lower() for word in beside)
    return min(4.0, sum(tie(first, second, known) for first, second in ((before, form), (form, after)) if first and second))


def tie(first: str, second: str, known: Knowledge) -> float:
    """Mutual information of two neighbours; pairs that the document has elsewhere count for at least 1.

    Most pairs of common words that stand in a text are listed, so that one that is not speaks against it; of rare words few are,
    and a neighbour that is no word says nothing.
    """
    lexicon = known.lexicon
    count = lexicon.bigram(first, second)
    if known.evidence.pairs[f"{first} {second}"] > 0:
        least = 1.0
    elif count or (lexicon.knows(first) and lexicon.knows(second)):
        least = -0.6 * max(0.0, min(2.5, lexicon.frequency(first) - 3.0, lexicon.frequency(second) - 3.0))
    else:
        return 0.0
    if not count:
        return least
    expected = BIGRAM_TOTAL * 10 ** (lexicon.frequency(first) + lexicon.frequency(second) - 18.0)
    return max(least, min(4.0, log(count / expected)))


def compound(word: str, known: Knowledge) -> bool:
    """Two common words written as one (`handicraftsman`), which dictionaries often lack."""
    parts = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    return any(known.lexicon.frequency(first) > 2.5 and known.lexicon.frequency(second) > 3.5 for first, second in parts)


def learn_confusions(evidence: Evidence, lexicon: Lexicon) -> None:
    """Count what this document's OCR confuses: unknown forms beside words that one near misreading explains.

    One step of expectation-maximisation from the prior table (Reffle & Ringlstetter, "Unsupervised profiling of OCRed historical
    documents", Pattern Recognition 46, 2013, do it with more): each unknown form shares its weight among its explanations by
    their frequency; a confusion that explains many different forms is a habit of this OCR.
    """
    total = sum(evidence.lower.values()) + 1000
    unknown = [
        (count, word)
        for word, count in evidence.lower.items()
        if len(word) > 2 and word.isalpha() and evidence.words[word] and not lexicon.knows(word)
    ]
    for count, word in sorted(unknown, reverse=True)[:PROFILE]:
        weights: dict[tuple[str, str], float] = {}
        for form, confusion in explanations(word, lexicon, evidence.noise):
            weight = 10 ** (lexicon.frequency(form) - 9) + evidence.lower[form] / total
            weights[confusion] = weights.get(confusion, 0.0) + weight
        whole = sum(weights.values()) + 1e-6
        for (meant, read), weight in weights.items():
            evidence.confusions[f"{meant}>{read}"] += round(1000 * weight / whole * (1.0 + log(count)))


def learn_decided(evidence: Evidence, pairs: Iterable[tuple[str, str]]) -> None:
    """Count what people put right, as (what was read, what should stand): a person tells more than many forms that only look
    misread. One letter for one or two, or two for one, are what an OCR confuses."""
    for read, meant in pairs:
        seen, stood = different(read.lower(), meant.lower())
        if seen.isalpha() and stood.isalpha() and len(seen) + len(stood) <= 3:
            evidence.confusions[f"{stood}>{seen}"] += DECIDED


def explanations(word: str, lexicon: Lexicon, noise: float) -> Iterator[tuple[str, tuple[str, str]]]:
    """Words that one misreading turns into `word`, with that misreading: shapes that are near, and in a noisy text any letter."""
    found = {form: confusion for form, confusion in variants(word).items() if form.islower() and lexicon.knows(form)}
    if noise > 0.01 and len(word) > 3:
        for candidate in lexicon.candidates(word, 1):
            form = candidate.word
            if form.islower() and len(form) == len(word):
                found.setdefault(form, next((a, b) for a, b in zip(form, word, strict=True) if a != b))
    yield from found.items()


def why(word: str, form: str, known: Knowledge, others: Sequence[str] = ()) -> str:
    """A misreading, as a historian reads the reason for it; `others`: what other readings of the image have."""
    count = known.evidence.words[form]
    stands = f"“{form}” stands {count} times in this document" if count > 1 else f"“{form}” is a word"
    also = f" Other readings of the image have {' or '.join(f'“{other}”' for other in others[:3])}." if others else ""
    return f"“{word}” is none; {stands}, and the letters look alike.{also}"
