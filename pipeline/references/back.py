"""Back references and what follows a reference, where it stands as it should: `Ibid`, `op. cit. p.231`, `Doc. No. 93`.

What is damaged (`op .cit.`, `op, cit.`) is not found here, so that rules may repair it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PAGES = r"(?:\bpp?\.[ ]?\d+(?:[-\N{EN DASH}]\d+)?(?![\dA-Za-z]))"
EITHER = re.compile(
    r"[IiolpD](?:"
    rf"(?<!\w.)(?P<back>(?<=[Ii])bid(?=[.,;]?[ \n])|(?:(?<=o)p|(?<=l)oc)\.[ ]?cit\.(?=[ ]?[pV\d\n]|[ ]?$)(?:[ ]?{PAGES})?)"
    r"|(?<=[,;.\d][ ].)(?:(?<=p)p?\.[ ]?\d+(?:[-\N{EN DASH}]\d+)?|(?<=D)ocs?\.[ ]?Nos?\.[ ]?\d+)(?![\dA-Za-z]))"
)
"""What stands before is asked behind the first letter, so that the search runs from one such letter to the next."""


def understood(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what it is) of every back reference, and of page and document numbers, that needs no repair."""
    for match in EITHER.finditer(text):
        yield *match.span(), "A reference to a work cited before" if match["back"] else "A page or document number"
