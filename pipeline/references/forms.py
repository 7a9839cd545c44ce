"""Forms of references as the packs describe them: templates such as `C.P. {n}({16-45})`, read part by part.

A template is written as a good reference looks, with placeholders where figures and letters change:

- `{n}` a number of up to six figures, `{nnn}` one of three, `{nn-nnnn}` one of two to four, `{16-45}` one from 16 to 45;
- `{A-H}` a capital from A to H, `{CFNW}` one of these, `{Bd|vol}` one of these words;
- `{roman}` a Roman numeral, `{roman I IA II}` one of these;
- `[, f. {n}]` what may be missing.

A blank may be lost between a code or a stop and what follows, stops may be lost, and figures misread as letters: the template
need not say so. Capitals at the beginning are a code, with stops or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.errors import InvalidConfig
from pipeline.references.mending import close_up, mend_code, mend_figures, mend_roman
from pipeline.references.patterns import GAP, ROMAN, SPACE, STROKE, any_code, figures, letter

TOKEN = re.compile(
    r"(?P<code>^(?:[A-Z]\.?){2,}(?![a-z]))|\{(?P<slot>[^{}]+)\}|(?P<open>\[)|(?P<close>\])|(?P<blank>[ ])"
    r"|(?P<word>[^\W\d_]+\.?)|(?P<mark>[^{}\[\]\s])"
)
COUNT = re.compile(r"(n+)(?:-(n+))?")
BOUNDS = re.compile(r"(\d+)-(\d+)")
SPAN = re.compile(r"([A-Z])-([A-Z])")
MOST_FIGURES = 6


@dataclass(frozen=True)
class Part:
    """One part of a template: what it is, its text there, the expression that finds it, and what it may be."""

    what: str
    text: str
    pattern: str
    bounds: tuple[int, int] | None = None
    choices: frozenset[str] = frozenset()

    def mend(self, raw: str) -> str | None:
        """`raw` as it should stand; None where it can't be this part."""
        if self.what == "code":
            return mend_code(raw)
        if self.what == "number":
            number = mend_figures(raw)
            return number if self.bounds is None or self.bounds[0] <= int(number) <= self.bounds[1] else None
        if self.what == "roman":
            numeral = mend_roman(raw)
            return numeral if not self.choices or numeral in self.choices else None
        return raw.replace(" .", ".") if self.what in ("word", "point") else raw

    @property
    def first(self) -> str:
        """The expression of the one character that the part may begin with."""
        if self.what == "code":
            return letter(self.text[0])
        if self.what == "choice":
            return f"[{''.join(sorted({choice[0] for choice in self.text.split('|')}))}]"
        if self.what == "word":
            return f"[{self.text[0].upper()}{self.text[0].lower()}]"
        return {"number": r"[\dOoIl]", "roman": "[IVXl1]"}.get(self.what, self.pattern)

    def canonical(self, mended: str) -> str:
        """The part in an index: without stops of a code and blanks of house style."""
        if self.what == "code":
            return re.sub("[^A-Z ]", "", mended.upper())
        return mended if self.what in ("number", "roman", "letter", "choice") else self.text


@dataclass(frozen=True)
class Form:
    """A way to cite: its `kind`, what it is, and `before`, a template of what has to follow it (empty: anything)."""

    template: str
    kind: str
    description: str = ""
    before: str = ""

    @cached_property
    def parsed(self) -> tuple[tuple[Part, ...], str, str]:
        """The parts in order, the expression that finds the form, the one with a group for each part."""
        parts, frame = parse(self.template)
        if not any(part.what in ("number", "roman") for part in parts):
            raise ValueError("a form needs a number or a Roman numeral")
        finder = frame.format(*(f"(?:{part.pattern})" for part in parts))
        if self.before:
            following, frame_of_following = parse(self.before)
            finder += "(?=" + frame_of_following.format(*(part.pattern for part in following)) + ")"
        return parts, finder, frame.format(*(f"({part.pattern})" for part in parts))

    @cached_property
    def reader(self) -> re.Pattern[str]:
        return re.compile(self.parsed[2])

    @cached_property
    def paper(self) -> re.Pattern[str]:
        """What stands before the first stroke: the paper of a jacket, whose list may share the rest."""
        parts = self.parsed[0]
        strokes = [at for at, part in enumerate(parts) if part.what == "stroke"]
        return re.compile("".join(f"(?:{part.pattern})" for part in parts[: strokes[0] if strokes else len(parts)]))

    def read(self, raw: str) -> tuple[str, str, str] | None:
        """(repaired, normalised, series) of a text in this form; None where a part can't be what it should."""
        match = self.reader.fullmatch(raw)
        if match is None:
            return None
        repaired, normalised, series = "", "", ""
        for part, found in zip(self.parsed[0], match.groups(), strict=True):
            if found is None:
                continue
            mended = part.mend(found)
            if mended is None:
                return None
            if part.what in ("number", "roman", "mark") and not series:
                series = normalised or " "
            repaired += mended
            if not part.what.endswith("comma") or not normalised.isalpha():  # D.V.P., Vol X and D.V.P. Vol X are one
                normalised += part.canonical(mended)
        return close_up(repaired), " ".join(normalised.split()), series.strip()


def parse(template: str) -> tuple[tuple[Part, ...], str]:
    """The parts of a template, and the frame that holds their expressions. Raises ValueError saying what is wrong."""
    parts: list[Part] = []
    frame, depth = "", 0
    tokens = list(tokens_of(template))
    for at, (what, text) in enumerate(tokens):
        if what in ("open", "close"):
            depth += 1 if what == "open" else -1
            frame += "(?:" if what == "open" else ")?"
            if depth < 0:
                raise ValueError("] without [")
            continue
        around = [token for token in tokens[at + 1 :] if token[0] not in ("open", "close")]
        for part in parts_for(what, text, parts[-1] if parts else None, around[0] if around else ("", "")):
            parts.append(part)
            frame += "{}"
    if depth:
        raise ValueError("[ without ]")
    return tuple(parts), frame


def tokens_of(template: str) -> Iterator[tuple[str, str]]:
    """(kind of token, text) of a template. Raises ValueError for a brace that stands alone."""
    at = 0
    while at < len(template):
        token = TOKEN.match(template, at)
        if token is None:
            raise ValueError(f"{template[at:]!r} is no part of a template")
        at = token.end()
        yield token.lastgroup or "", token[token.lastgroup or ""]


def parts_for(what: str, text: str, last: Part | None, following: tuple[str, str]) -> Iterator[Part]:
    """The parts that a token stands for: itself, and the gap that OCR may leave before it."""
    if what == "slot":
        part = slot(text)
        after_letter = last is not None and (last.what == "letter" or (last.what == "word" and len(last.text) == 1))
        if part.what == "number" and last is not None and (after_letter or last.text == ")"):
            yield Part("gap", "", "[ ]?")
        yield part
    elif what == "code":
        yield Part("code", text, any_code([re.sub("[^A-Z]", "", text)]))
    elif what == "word":
        if len(text) == 1 and last is not None and last.what == "number":
            yield Part("gap", "", "[ ]?")
        yield Part("word", text, word(text, single=following[1] == "/" or len(text) == 1))
    elif what == "blank":
        firm = following[0] == "word" or (
            following[0] == "slot" and not COUNT.fullmatch(following[1]) and "-" not in following[1]
        )
        yield Part("blank", " ", SPACE if firm and last is not None and "code" not in last.what else GAP)
    else:
        yield from mark(text, last, following)


def mark(text: str, last: Part | None, following: tuple[str, str]) -> Iterator[Part]:
    """A stroke, bracket, comma, point or hyphen of a template."""
    if text == "/":
        yield Part("stroke", text, STROKE)
    elif text == "(":
        yield Part("gap", "", "[ ]?")
        yield Part("mark", text, r"\([ ]?")
    elif text == "," and following[0] == "blank":
        yield Part("code comma" if last is not None and last.what == "code" else "comma", text, "[ ]?,?")
    elif text == "." and last is not None and last.what in ("number", "letter") and following[0] == "slot":
        yield Part("point", text, r"[ ]?\.[ ]?(?=[\dOoIl])")
    elif text == "-" and last is not None and last.what == "number":
        yield Part("hyphen", text, r"[ ]?-(?:[ ]|[ \t]*\r?\n[ \t]*)?")
    else:
        yield Part("mark", text, {")": r"[ ]?\)", "&": "[ ]?&[ ]?"}.get(text, re.escape(text)))


def slot(text: str) -> Part:
    """A placeholder. Raises ValueError for one that is none."""
    if count := COUNT.fullmatch(text):
        least, most = len(count[1]), len(count[2] or count[1])
        return Part("number", text, figures(*((1, MOST_FIGURES) if text == "n" else (least, most))))
    if bounds := BOUNDS.fullmatch(text):
        first, last = int(bounds[1]), int(bounds[2])
        return Part("number", text, figures(len(bounds[1]), len(bounds[2])), (first, last))
    if span := SPAN.fullmatch(text):
        return Part("letter", text, f"[{span[1]}-{span[2]}]")
    if text == "roman" or text.startswith("roman "):
        suffix = "[ ]?A?" if "A" in text else ""
        return Part("roman", text, ROMAN + suffix, choices=frozenset(text.split()[1:]))
    if "|" in text and all(choices := text.split("|")):
        longest_first = sorted(choices, key=lambda choice: (-len(choice), choice))
        return Part("choice", text, "|".join(SPACE.join(map(re.escape, choice.split())) for choice in longest_first))
    if re.fullmatch("[A-Z]{2,}", text):
        return Part("letter", text, f"[{text}]")
    raise ValueError(f"{{{text}}} is no placeholder")


def word(text: str, *, single: bool) -> str:
    """A word of a template: its first letter small or large, its stop perhaps apart or lost; a single letter as it is."""
    bare = text.removesuffix(".")
    if single:
        return re.escape(bare) + (r"[ ]?\." if text != bare else "")
    return f"[{bare[0].upper()}{bare[0].lower()}]{re.escape(bare[1:])}" + r"(?:[ ]?\.)?"


def read_forms(rows: Iterable[tuple[str, ...]], where: str, kinds: Iterable[str]) -> Iterator[Form]:
    """The lines of a pack's `forms.txt` as forms. Raises InvalidConfig naming the template that can't be read."""
    known = frozenset(kinds)
    for row in rows:
        form = Form(*row)
        try:
            if form.kind not in known:
                raise ValueError(f"{form.kind!r} is none of the kinds {', '.join(sorted(known))}")
            re.compile(form.parsed[1])
        except (ValueError, OverflowError, RecursionError, re.error) as fault:
            advice = "Templates are explained at the top of the forms.txt of the interwar dictionary"
            raise InvalidConfig(f"{form.template!r}: {fault}", where=where, advice=advice) from fault
        yield form
