"""The shapes of archival references as one regular expression, made from the series of the packs.

Each alternative bears what OCR does to a reference: a blank before a stop, a blank beside a stroke, `O` for `0`, `I`
and `l` for `1`, and a line break at a stroke or after the code. What it finds is still to be checked by `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

GAP = r"[ \t]*(?:\r?\n[ \t]*)?"  # nothing, blanks, or the end of one line
SPACE = r"(?:[ \t]+(?:\r?\n[ \t]*)?|\r?\n[ \t]*)"
NUMBER = r"(?=[OoIl]{0,3}\d)[\dOoIl]{1,6}"
YEAR = r"\([ ]?[\dOIl]{2}[ ]?\)"
STROKE = rf"[ ]?/{GAP}"
ROMAN = r"[IVXl1](?:[ ]?[IVXl1]){0,5}"

# Registry letters of Foreign Office departments, 1920-1939.
JACKET_LETTERS = "ACEFJKLMNPRSTUWXYZ"
# Series of printed documents whose volumes are cited by Roman numeral.
PRINTED = ("DBFP", "DVP", "FRUS", "DGFP", "DDF", "DDI", "DDB", "ADAP", "DCER")
# Cabinet committees and their papers, as they are numbered: CP 181(25), EC(31)3.
PAPERS = (
    *("CP", "EC", "COS", "CID", "RI", "DC", "DM", "DPR", "CB", "BC", "NS", "AB", "RS", "EE", "PM"),
    *("SRC", "JP", "DRC", "ICS", "WP"),
)
# Codes as OCR misreads them; taken only where the class is one that a pack names.
MISREAD_CODES = {"PO": "FO", "EO": "FO", "CA8": "CAB", "GAB": "CAB", "OAB": "CAB", "CAH": "CAB", "CAR": "CAB"}


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


def series(departments: Iterable[str]) -> str:
    """FO 371/12579, F.O. 371/12579-80, CAB 23/90B, B.T. 60/15/3, HO 144."""
    tail = rf"{NUMBER}(?:{STROKE}{NUMBER}(?:[A-H](?![A-Za-z]))?){{0,3}}(?:-\d{{1,6}}(?!\d))?"
    return rf"(?P<series>(?P<series_code>{any_code([*departments, *MISREAD_CODES])}){GAP}(?P<series_rest>{tail}))"


def jacket(treasury: Iterable[int]) -> str:
    """N6029/1316/55, with the papers that share its file before it: N1908, N2129, N2161/209/38. Not T 160/446/3."""
    not_treasury = rf"(?!T[ ]?(?:{'|'.join(map(str, sorted(treasury))) or '(?!)'})/)"
    one = rf"[{JACKET_LETTERS}][ ]?{NUMBER}"
    several = rf"(?:{one}(?:,{SPACE}|{SPACE}and{SPACE})){{0,6}}"
    return rf"(?P<jacket>{not_treasury}{several}{one}{STROKE}{NUMBER}{STROKE}{NUMBER})"


OTHERS = (
    # Treasury files stand before their piece and look like jackets: F12930/1, T 160/446.
    rf"(?P<file>F[ ]?\d{{3,6}}{STROKE}\d{{1,3}}(?:/\d{{1,3}})?(?=,{SPACE}T[ ]?\.?[ ]?\d{{3}}/))",
    # C.P. 181(25), E.C.(31)3, C.O.S. 161, C.I.D. Paper 829-B
    rf"(?P<paper>(?P<paper_code>{any_code(PAPERS)}){GAP}(?P<paper_rest>{NUMBER}[ ]?{YEAR}|{YEAR}[ ]?{NUMBER}))",
    rf"(?P<numbered>(?P<numbered_code>{dotted('COS')}|{dotted('CID')}){GAP}"
    rf"(?P<numbered_rest>(?:Paper{SPACE})?{NUMBER}(?:[ ]?-[ ]?[A-D])?))",
    # Cabinet conclusions: meeting (year) item
    rf"(?P<conclusions>{NUMBER}[ ]?{YEAR}(?:[ ]?{NUMBER}[A-Z]?)?)",
    rf"(?P<hansard>(?P<hansard_code>H[ ]?\.?[ ]?[CL][ ]?\.?)[ ]?Deb(?:ates|s)?[ ]?\.?,?{SPACE}"
    rf"(?P<hansard_rest>(?:5th{SPACE}[Ss]er(?:ies|\.),?{SPACE})?[Vv]ol[ ]?\.?{GAP}{NUMBER},?{SPACE}"
    rf"[Cc]ols?[ ]?\.?{GAP}{NUMBER}(?:-{NUMBER})?))",
    rf"(?P<command>(?P<command_code>C(?:md|mnd|d))[ ]?\.?{GAP}(?P<command_rest>{NUMBER}))",
    rf"(?P<printed>(?P<printed_code>{any_code(PRINTED)}),?{GAP}"
    rf"(?P<printed_rest>(?P<printed_series>{ROMAN}[ ]?A?)/(?P<printed_volume>{ROMAN})"
    rf"|(?:\d{{4}},?{SPACE})?[Vv]ol[ ]?\.?{SPACE}{ROMAN}))",
    rf"(?P<india>(?:L{STROKE}[A-Z]{{1,3}}(?:[ ]?&[ ]?[A-Z])?{STROKE}{NUMBER}(?:{STROKE}{NUMBER}){{0,2}}"
    rf"|R{STROKE}\d{{1,2}}{STROKE}{NUMBER}(?:{STROKE}{NUMBER})?"
    rf"|M[Ss][Ss]\.?{SPACE}Eur\.?{SPACE}[A-G][ ]?\.?{NUMBER}(?:{STROKE}{NUMBER})?))",
    rf"(?P<manuscript>Add[ ]?\.?{SPACE}(?:M[Ss][Ss]?[ ]?\.?{SPACE})?(?=[\dOoIl]{{5}}){NUMBER})",
    r"(?P<microfilm>\d{4}/[A-Z]\d{5,6}(?:-\d{1,6})?)",
    r"(?P<decimal>\d{3}[A-Z]?\.\d{2,4}[A-Z]?/\d{1,5})",
    # Shelfmarks and files in two parts, which no pack can vouch for: C152/17, F118/107
    r"(?P<mark>[A-Z][ ]?\d{3,5}/\d{1,4})(?![ ]?/)",
)


@lru_cache(maxsize=8)
def compile_grammar(departments: frozenset[str], treasury: frozenset[int]) -> re.Pattern[str]:
    """The whole grammar. `departments` are the series codes of the packs (FO), `treasury` the known classes of T."""
    ways = (jacket(treasury), *OTHERS[:1], series(departments), *OTHERS[1:])
    return re.compile(rf"(?<![A-Z0-9&/])(?<![0-9][.(-])(?=[A-Z\dIl])(?:{'|'.join(ways)})(?![A-Za-z0-9])")
