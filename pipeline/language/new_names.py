"""Names that a document has and no dictionary knows: what a reader may check once, and put into a list of their own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.language.evidence import WORD, Knowledge

LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class NewName:
    """A name as it is written, possessives counted in: how often, and on which pages (from 1, in order)."""

    form: str
    count: int
    pages: tuple[int, ...]


def new_names(text: str, known: Knowledge) -> tuple[NewName, ...]:
    """The names of a clean text (pages between form feeds) that no dictionary has, the most frequent first.

    A name is what stands at least once with a capital where no sentence begins; a form that also stands without one is none.
    """
    asked = {bare(form) for form in known.evidence.names}
    unknown = {form for form in asked if len(form) >= LEAST_LETTERS and is_new(form, known)}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(text.split("\f"), 1):
        for match in WORD.finditer(page):
            if (form := bare(match.group())) in unknown:
                found[form].append(number)
    names = [NewName(form, len(pages), tuple(dict.fromkeys(pages))) for form, pages in found.items()]
    return tuple(sorted(names, key=lambda name: (-name.count, name.form)))


def bare(form: str) -> str:
    """A form without the ending of a possessive."""
    form = form.replace("’", "'")
    return form[:-2] if form.endswith("'s") else form.removesuffix("'")


def is_new(form: str, known: Knowledge) -> bool:
    """Whether no list has a form, and the text does not write it small as well."""
    lexicon = known.lexicon
    return (
        not lexicon.knows(form)
        and f"{form}." not in lexicon.abbreviations
        and not known.evidence.words.get(form[0].lower() + form[1:])
    )
