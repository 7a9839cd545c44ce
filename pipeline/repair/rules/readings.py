"""What another reading of the image has, where the text speaks for it; figures on which the readings differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp, log

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.channel import chance_of, context
from pipeline.repair.flow import OPEN
from pipeline.repair.proposals import Proposal, Rule, Span, replace
from pipeline.repair.readings import LETTERS, Disputed, alike, core_of, disputed_words, other_forms
from pipeline.repair.unknown import half_of_word, neighbours

LIKE = 0.5
"""Share of letters that two readings of one word have in common at the least."""
HESITATION = 1.5
"""How much better than what won the vote (natural log) another reading must fit to be as likely."""
MOST, MOST_NAMED = 0.97, 0.6
"""No other reading is surer; nor in place of a word with a capital, which may be a name."""
FREQUENT = 3
"""A name that stands so often in a document is one, whatever the dictionaries know."""
SENTENCE_END = re.compile(r"[.!?][\"'’”)\]]*\s+[\"'‘“(\[]*$")
RUNS_ON = re.compile(r"(?<![\w'’-])[a-z]+(?:\s|[,;] )$")
"""A word in small letters, behind which no sentence, no name and no line of a letter's form begins."""
NAME_GOES_ON = re.compile(r"[ \n](?:of (?:the )?)?[A-Z]")
FIGURES = re.compile(r"[\d.,:/£$%()-]*\d[\d.,:/£$%()-]*")
INITIAL = re.compile(r"(?<=[A-Za-z.] )[A-Z], [A-Z][a-z]{2,}")
CLOSING = frozenset("yours truly sincerely faithfully respectfully obediently sir sirs madam gentlemen".split())
"""Words of a letter behind which a line ends with a comma."""
OPENERS = OPEN | frozenset(
    """
    you my up under among between through during before after since until though although while however moreover nevertheless
    therefore thus according here now then such some many most all both each one two yours
    """.split()
)
"""Words that are no names where they have a capital; `I` always has one."""
COMMON, LITTLE = 3.0, 6.0
"""Zipf frequencies of words that are rather words than names, and of those that are hardly ever nouns."""


def other_words(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`the hat ana the coat`, where another reading has “and”: words of the dictionary that their neighbours and their
    frequency speak for, against the confidence of what won the vote."""
    for found in disputed_words(draft, known):
        word = core_of(found.text)
        start = found.start + found.text.find(word)
        end = start + len(word)
        if not LETTERS.fullmatch(word) or half_of_word(draft, start, end, word, known):
            continue
        beside = neighbours(draft.text, start, end)
        forms = [f for f in other_forms(draft, known, start, word) if alike(word, f) >= LIKE and is_used(f, known)]
        ways = sorted(((fit(form, beside, known), form) for form in forms), reverse=True)
        if not ways or (len(word) == 1 and word.isupper()):
            continue
        gain = ways[0][0] - fit(word, beside, known, itself=1) - HESITATION - max(0.0, logit(found.confidence))
        form = ways[0][1]
        named = known.evidence.names[form]
        most = MOST if word[0].islower() or (named >= FREQUENT and known.evidence.names[word] < 2) else MOST_NAMED
        better = "which fits better here" if known.lexicon.knows(word) else f"and “{word}” is no word"
        better = f"which stands {named} times in this document" if named >= FREQUENT else better
        yield replace(
            start, end, form, min(1.0 / (1.0 + exp(-gain)), most), f"Another reading of the image has “{form}”, {better}."
        )


def is_used(form: str, known: Knowledge) -> bool:
    """A word or name of the dictionaries, or one that this document uses."""
    return known.lexicon.knows(form) or known.evidence.names[form] >= FREQUENT


def fit(form: str, beside: tuple[str, str], known: Knowledge, itself: int = 0) -> float:
    """How well a form fits between its neighbours (natural log); `itself`: how often it is counted only for standing here."""
    count = max(0, known.evidence.lower[form.lower()] - itself)
    return log(chance_of(form.lower(), count, known)) + context(form.lower(), beside, known)


def logit(confidence: float) -> float:
    return log(max(0.01, confidence) / max(0.01, 1.0 - confidence))


def other_capitals(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`for Which purpose`, where another reading has “which”; `it ends. for the`, where another has “For”; AT Law in heads."""
    for found in disputed_words(draft, known):
        word = core_of(found.text)
        start = found.start + found.text.find(word)
        form = next((f for other in found.others if (f := core_of(other)).lower() == word.lower() and f != word), None)
        if form is None or not LETTERS.fullmatch(word):
            continue
        before, after = draft.text[max(0, start - 12) : start], draft.text[start + len(word) : start + len(word) + 12]
        why = ""
        if form.islower() and word.istitle() and RUNS_ON.search(before) and not NAME_GOES_ON.match(after):
            why = "no sentence begins here" if is_written_small(word, form, known) else ""
        elif form.istitle() and word.islower() and SENTENCE_END.search(before):
            why = "a sentence begins here"
        elif form.istitle() and word.islower() and is_written_large(word, form, known):
            why = "the document writes it so"
        elif form.isupper() and re.search(r"[A-Z]{2}\W+$", before) and re.match(r"\W*(?:[A-Z\d]{2}|\n|$)", after):
            why = "the words around are in capitals"
        if why:
            yield replace(start, start + len(word), form, 0.93, f"Another reading of the image has “{form}”, and {why}.")


def is_written_large(word: str, form: str, known: Knowledge) -> bool:
    """Does the document write a word with a capital, within sentences, and nowhere else without?"""
    least = 1 if known.lexicon.is_name(form) else FREQUENT
    return known.evidence.names[form] >= least and known.evidence.words[word] < 2 and word not in OPENERS


def is_written_small(word: str, form: str, known: Knowledge) -> bool:
    """Is a word that has a capital here no name, nor one that the time gave a capital (the Council, the Power)? Little words are
    none, and what this document writes small elsewhere and nowhere else with a capital."""
    if form in OPENERS or known.lexicon.frequency(form) > LITTLE:
        return not known.lexicon.is_name(word)
    small = known.evidence.words[form]
    return known.lexicon.frequency(form) > COMMON and small > 1 and known.evidence.names[word] < 2


def other_stops(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`was provided, As we had`, where another reading has a stop; `the economic. and`, where another has none."""
    for found in disputed_words(draft, known):
        head, mark, at = found.text[:-1], found.text[-1], found.end - 1
        others = {other.replace(" ", "") for other in found.others}
        stopped = mark == "," and any(other.startswith(f"{head}.") for other in others)
        if stopped and ends_sentence(draft.text, found):
            yield replace(at, at + 1, ".", 0.93, "A sentence ends here, and another reading of the image has a stop.")
        elif stopped and INITIAL.match(draft.text, found.start):
            yield replace(at, at + 1, ".", 0.93, "An initial before a name, and another reading of the image has a stop.")
        elif mark in ".:" and head in others and goes_on(draft.text, found, known):
            reason = "The sentence goes on, and another reading of the image has no mark here."
            yield replace(at, at + 1, "", 0.92 if mark == "." else 0.88, reason, kind="stray")


def goes_on(text: str, found: Disputed, known: Knowledge) -> bool:
    """Does a word in small letters follow one that is no abbreviation?"""
    head = found.text[:-1]
    after = re.match(r"\s([a-z]+)", text[found.end : found.end + 20])
    return bool(after and known.lexicon.knows(after[1]) and head[-1:].islower() and f"{head}." not in known.lexicon.abbreviations)


def ends_sentence(text: str, found: Disputed) -> bool:
    """Does a word that only a new sentence explains stand behind, or a paragraph end that is no line of a letter's form?"""
    line = text[text.rfind("\n", 0, found.start) + 1 : found.end]
    behind = text[found.end : found.end + 20]
    if not behind.strip(" ") or behind.lstrip(" ").startswith(("\n\n", "\f")):
        words = re.findall(r"\w+", line)
        return len(words) > 3 and words[-1].lower() not in CLOSING and (words[-1].islower() or words[-1].isdigit())
    opener = re.match(r"\s[\"'‘“]*([A-Z][a-z]*)\s", behind)
    return opener is not None and opener[1].lower() in OPENERS and core_of(found.text).islower()


def disputed_figures(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`1933`, where another reading has 1953: only ever suggested, since no figure becomes another figure."""
    for found in disputed_words(draft, known):
        figures = digits(found.text)
        others = [other for other in found.others if digits(other) != figures and len(digits(other)) == len(figures)]
        if figures and others and FIGURES.fullmatch(found.text) and FIGURES.fullmatch(others[0]):
            reason = f"Readings of the image differ on this figure: “{found.text}” or “{others[0]}”; only the scan can tell."
            span = Span(found.start, found.end, others[0])
            sure = min(0.5, 1.0 - found.confidence)
            yield Proposal(sure, reason, (span,), alternatives=tuple(others[:3]), doubt=True)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


RULES = (
    Rule("other-reading", "word", other_words),
    Rule("other-capital", "word", other_capitals),
    Rule("other-stop", "punctuation", other_stops),
    Rule("disputed-figure", "word", disputed_figures),
)
