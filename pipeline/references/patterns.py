"""Building blocks of the expressions that find references, with what OCR does to each part of one.

Blanks before stops and beside strokes, `O` for `0`, `I` and `l` for `1`, `S` for `5` and `B` for `8` inside a number, and a
line that ends at a stroke or after the code. What they find is still to be checked by `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GAP = r"[ \t]*(?:\r?\n[ \t]*)?"  # nothing, blanks, or the end of one line
SPACE = r"(?:[ \t]+(?:\r?\n[ \t]*)?|\r?\n[ \t]*)"
STROKE = rf"(?:[ ]?/{GAP}|[ ]?\r?\n[ \t]*/)"
ROMAN = r"[IVXl1](?:[ ]?[IVXl1]){0,5}"
LIST_GAP = rf"(?:,?{SPACE}and{SPACE}|,{SPACE})"  # between the members of a list
# S and B are figures only inside a number: the B of CAB 23/90B is its own, and so may an S at the end be.
FIGURE = r"(?:[\dOoIl]|(?<=\d)[SB](?=\d))"
NUMBER = rf"(?=[OoIl]{{0,3}}\d){FIGURE}{{1,6}}"


def figures(least: int, most: int) -> str:
    """A number of `least` to `most` figures, some of which may have been read as letters; `OO` only where `00` may stand."""
    noughts = "|[O0]{2}(?![A-Za-z0-9])" if least == 2 < most else ""
    return rf"(?=[OoIl]{{0,3}}\d{noughts}){FIGURE}{{{least},{most}}}(?![\d])"


def dotted(code: str) -> str:
    """A code with stops, with blanks where OCR puts them and the last stop perhaps lost: `F.O.`, `H .0.`, `C.P`."""
    letters = (f"[{capital}{capital.lower()}]" if capital in "CPSVW" else letter(capital) for capital in code)
    return r"[ ]?\.[ ]?".join(letters) + r"(?:[ ]?\.)?"


def letter(capital: str) -> str:
    """A capital of a code, or the digit that OCR makes of it."""
    return {"O": "[O0]", "I": "[Il1]"}.get(capital, capital)


def plain(code: str) -> str:
    """A code without stops between its letters: `FO`, `CAB`, `Cab.`, and `CAB .2/5` with a speck before the class."""
    shape = "".join(map(letter, code))
    return (f"(?:{shape}|{code.title()})" if len(code) > 2 else shape) + r"(?:\.|[ ]\.(?=\d))?"


def any_code(codes: Iterable[str]) -> str:
    """Any of these codes, the longest first, with stops or without."""
    longest_first = sorted(set(codes), key=lambda code: (-len(code), code))
    dots = [dotted(code) for code in longest_first if 1 < len(code) < 5]
    return "(?:" + "|".join(dots + [plain(code) for code in longest_first]) + ")"


def series(codes: Iterable[str]) -> tuple[str, str, str]:
    """FO 371/12579, F.O. 371/12579-80, CAB 23/90B, B.T. 60/15/3, HO 144: code, gap and numbers.

    `codes` are departments and their misreadings.
    """
    piece = rf"{NUMBER}(?:S(?![A-Za-z\d])|[A-H](?![A-Za-z]))?"
    tail = rf"{NUMBER}(?:{STROKE}{piece}){{0,3}}(?:-(?:\r?\n[ \t]*)?\d{{1,6}}(?!\d))?"
    return any_code(codes), GAP, tail


MORE_PIECES = re.compile(rf"{LIST_GAP}(?P<more>\d{{5}}(?:-\d{{1,5}})?)(?![\d(A-Za-z]|[.,/]\d)")
"""FO 371/14867-14869, 15605-15606: further pieces of the class just named, which have five figures or might be years."""
