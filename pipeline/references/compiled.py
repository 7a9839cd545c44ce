"""The whole grammar as one expression, made from the series and forms of a lexicon's packs."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language import Lexicon, Series
from pipeline.references.forms import Form, read_forms
from pipeline.references.kinds import Kind
from pipeline.references.patterns import LIST_GAP, letter, series

MISREAD = "misread"  # lines of forms.txt that say which code OCR makes of which: CA8, misread, CAB
WORN_COMMA = r"(?=[VvY]\s+F\.?O\.?\s)"
"""What a comma before the next reference may be read as: N3470/22/38V FO 371/14843."""
BEGINNINGS = string.digits + string.ascii_letters
ORDER = {kind.value: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Grammar:
    """`finder` names the form of each match by its last group; one without a name is a series, for `series_reader`.

    `misread` leads from wrong codes to right ones.
    """

    finder: re.Pattern[str]
    series_reader: re.Pattern[str]
    forms: Mapping[str, Form]
    series: Mapping[str, Series]
    misread: Mapping[str, str]

    def other_form(self, raw: str) -> Form | None:
        """The first form that a text has which looked like a series and is none."""
        others = (form for form in self.forms.values() if form.kind != Kind.MARK and not form.before)
        return next((form for form in others if form.reader.fullmatch(raw)), None)


@dataclass(frozen=True)
class Way:
    """One alternative of the grammar: its rank, its first character and the whole as expressions, its form (none: a series)."""

    order: int
    first: str
    expression: str
    form: Form | None = None


@lru_cache(maxsize=8)
def grammar_of(lexicon: Lexicon) -> Grammar:
    """The grammar of a lexicon, made once. Raises InvalidConfig for a form that can't be read."""
    misread: dict[str, str] = {}
    forms: dict[str, Form] = {}
    for pack in lexicon.packs:
        rows = pack.rows.get("forms", ())
        misread |= {row[0]: row[2] for row in rows if row[1] == MISREAD and len(row) > 2}
        described = (row for row in rows if row[1] != MISREAD)
        forms |= {form.template: form for form in read_forms(described, str(pack.folder / "forms.txt"), ORDER)}
    ordered = sorted(forms.values(), key=lambda form: (ORDER[form.kind], -len(form.template), form.template))
    ways = [Way(ORDER[form.kind], form.parsed[0][0].first, expression(form, lexicon.series), form) for form in ordered]
    codes = [*(code for code in lexicon.series if " " not in code), *misread]
    for capital in sorted({code[0] for code in codes}):
        sharing = [code for code in codes if code[0] == capital]
        ways.append(Way(ORDER[Kind.SERIES], letter(capital), "".join(series(sharing))))
    words = [*(f"{form.parsed[0][0].text[:2]}" for form in ordered), *(code[:2].title() for code in codes)]
    finder, named = combined(sorted(ways, key=lambda way: way.order), words)
    reader = re.compile("({})({})({})".format(*series(codes or ["(?!)"])))
    return Grammar(re.compile(finder), reader, named, lexicon.series, misread)


def expression(form: Form, known: Mapping[str, Series]) -> str:
    """The expression that finds a form.

    Jackets stand in lists, and are not the files of a department whose code is one letter: T 160/446/3.
    """
    finder = form.parsed[1]
    if form.kind == Kind.JACKET:
        files = "|".join(sorted(code.replace(" ", "[ ]?") for code in known if code[1:2] == " "))
        return rf"(?!(?:{files or '(?!)'})/)(?:{form.paper.pattern}{LIST_GAP}){{0,6}}{finder}"
    return finder if form.kind not in (Kind.MARK, Kind.MICROFILM) else finder + r"(?![ ]?/)"


def combined(ways: Sequence[Way], words: Iterable[str]) -> tuple[str, dict[str, Form]]:
    """One expression for all, with the forms by the name of the empty group at the end of each alternative.

    Alternatives are parted by the character that they may begin with, none begins inside a word, and words with a capital are
    passed over unless one of `words` begins so: few alternatives are tried at any place.
    """
    sharing: dict[tuple[int, ...], list[str]] = {}
    for character in BEGINNINGS:
        fitting = tuple(at for at, way in enumerate(ways) if re.fullmatch(way.first, character))
        sharing.setdefault(fitting, []).append(character)
    branches, named = [], {}
    for number, (fitting, characters) in enumerate(sharing.items()):
        alternatives = []
        for at in fitting:
            form, name = ways[at].form, f"way{number}_{at}"
            alternatives.append(ways[at].expression + (f"(?P<{name}>)" if form else ""))
            if form is not None:
                named[name] = form
        if alternatives:
            branches.append(f"(?=[{''.join(characters)}])(?:{'|'.join(alternatives)})")
    starts = "".join(character for way, characters in sharing.items() if way for character in characters)
    passed = "|".join(sorted({re.escape(word) for word in words if re.match("[A-Z][a-z]", word)})) or "(?!)"
    guard = rf"(?=[{starts or ' '}])(?<![a-z](?=[a-z]))(?<![A-Z0-9&/])(?<![0-9][.(-])(?:(?![A-Z][a-z])|(?={passed}))"
    return rf"{guard}(?:{'|'.join(branches) or '(?!)'})(?:(?![A-Za-z0-9])|{WORN_COMMA})", named
