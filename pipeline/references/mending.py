"""Repairs inside one reference: blanks, stops, letters put for digits. No digit ever becomes another digit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

LETTERS_FOR_DIGITS = str.maketrans("OoIlSB", "001158")
RUN = re.compile(r"(?<![A-Za-z\d.])(?=[OoIl]*\d)(?:[\dOoIl]|(?<=\d)[SB](?=\d)|(?<=\d\d)S(?![A-Za-z\d]))+(?=[A-Z]?(?![A-Za-z\d]))")
STROKE_BLANK = re.compile(r"(?<=\S)[ ]+/(?=\S)|(?<=\S)/[ ]+(?=[^\s])")
BRACKET_BLANK = re.compile(r"(?<=\()[ ]+|[ ]+(?=\))")
SHAPE_NUMBER = re.compile(r"\d+")
LEAST_STYLE = 5  # uses of a spacing before it counts as the document's own
DOMINANCE = 10  # how many times more often it must stand there than the spacing in question


def mend_code(code: str) -> str:
    """`H .0.` as `H.O.`, `C .P` as `C.P.`, `F0` as `FO`.

    Blanks after stops go only where a blank before a stop shows that there was damage.
    """
    if code.count(".") == 1 and code.endswith(" ."):
        code = code[:-2]  # a speck between an unstopped code and its number
    mended = re.sub(r"(?<=[A-Z.])0|0(?=[A-Z])", "O", code.replace(" .", "."))
    mended = re.sub(r"(?<=\.)[a-z](?=\.)", lambda small: small.group().upper(), mended)
    mended = re.sub(r"(?<=[A-Z.])[l1](?=[A-Z.])", "I", mended)
    if " ." in code or ".0" in code:
        mended = re.sub(r"\.[ ](?=[A-Z])", ".", mended)
    inner = mended[:-1].count(".")
    if inner and inner == len(re.sub(r"[^A-Z]", "", mended)) - 1 and not mended.endswith("."):
        mended += "."
    return mended


def mend_numbers(rest: str) -> str:
    """Digits that OCR read as letters, and blanks on one side of a stroke or inside a bracket, outside line ends."""
    return close_up(RUN.sub(lambda run: mend_figures(run.group()), rest))


def close_up(rest: str) -> str:
    """A number of several parts without the blanks on one side of a stroke or inside a bracket, outside line ends."""
    return STROKE_BLANK.sub("/", BRACKET_BLANK.sub("", rest))


def mend_figures(number: str) -> str:
    """One number with the letters that OCR put for its figures made figures again."""
    return number.translate(LETTERS_FOR_DIGITS)


def mend_roman(numeral: str) -> str | None:
    """`VI I` as `VII`, `1I` as `II`; None where that gives no Roman numeral or the numeral holds no letter at all.

    A series letter `A` may follow: `1A` is `IA`.
    """
    joined = numeral.replace(" ", "")
    if not re.search("[IVXA]", joined):
        return None
    suffix = "A" if joined.endswith("A") else ""
    joined = joined.removesuffix("A")
    joined = re.sub("[l1]", "I", joined)
    return joined + suffix if re.fullmatch(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})", joined) else None


def shape(text: str) -> str:
    """The spacing and stops of a reference with its numbers left out: `N#/#/#`, `FO #/#`, `C.P. #(#)`."""
    return SHAPE_NUMBER.sub("#", text)


def count_shapes(texts: Iterable[str]) -> dict[str, int]:
    """How often each shape stands in a document, broken lines apart: the `style` that decides doubtful blanks."""
    counts: dict[str, int] = {}
    for text in texts:
        if "\n" not in text:
            counts[shape(text)] = counts.get(shape(text), 0) + 1
    return counts


def respace(text: str, style: Mapping[str, int]) -> str:
    """The text with the blanks that the document's own style gives its shape; itself where the style is not clear."""
    own = shape(text)
    if "\n" in text:
        return text
    compact = own.replace(" ", "")
    rivals = {other: count for other, count in style.items() if other != own and other.replace(" ", "") == compact}
    if not rivals:
        return text
    best = max(rivals, key=lambda other: (rivals[other], other))
    if rivals[best] < LEAST_STYLE or rivals[best] < DOMINANCE * max(1, style.get(own, 0)):
        return text
    numbers = iter(SHAPE_NUMBER.findall(text))
    return re.sub("#", lambda _: next(numbers), best)
