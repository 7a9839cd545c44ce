"""The neighbourhood of a mark that may be a quotation mark."""

from __future__ import annotations

import re
from dataclasses import dataclass

SINGLES = "'’‘´`‛ʼ"
DOUBLES = '"”“„‟'


@dataclass(frozen=True, slots=True)
class Around:
    """The neighbourhood of a candidate in its line: the characters beside it, and the letters that stand there without a
    space."""

    left: str
    right: str
    before: str
    after: str

    @property
    def prefix(self) -> bool:
        return (
            (not self.left or self.left in " ([-—–/" or self.left in DOUBLES + SINGLES) and bool(self.right) and self.right != " "
        )

    @property
    def suffix(self) -> bool:
        return bool(self.left) and self.left != " " and (not self.right or not self.right.isalnum())

    @property
    def infix(self) -> bool:
        return self.left.isalnum() and self.right.isalnum()


def around(text: str, start: int, end: int) -> Around:
    """What stands beside text[start:end]."""
    first, last = start, end
    while first > 0 and text[first - 1].isalpha():
        first -= 1
    while last < len(text) and text[last].isalpha():
        last += 1
    return Around(text[start - 1 : start], text[end : end + 1], text[first:start], text[end:last])


UNOWNED = re.compile(
    r"\s?(?:[.,;:?!)]|(?:and|or|of|in|to|was|were|had|has|have|is|are|that|which|who|with|by|on|at|for|from|but|as|than|when|while"
    r"|did|would|will|could|should|might|may|must|could|not|the|a|an)\b)"
)


def owner_cost(text: str, end: int) -> float:
    """Cost of an apostrophe behind a plural s that ends at text[end]: 1.6, more where nothing follows that could be owned."""
    return 4.5 if UNOWNED.match(text, end) else 1.6
