"""What does not count as a difference when texts are compared; the same conventions as the scorers of our collections."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

CURLY = {"‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "—": "-", "–": "-", "−": "-", "¬": "-"}
PAGE_TABLE = str.maketrans({**CURLY, "\N{NO-BREAK SPACE}": " ", "ﬁ": "fi", "ﬂ": "fl"})
QUOTE_TABLE = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "\N{NO-BREAK SPACE}": " ", "\N{ZERO WIDTH NO-BREAK SPACE}": None}
)
BREAK = "\ue000"
"""Stands for a blank line while a text is normalised."""


Steps = tuple[tuple[str, str], ...]
"""Patterns and what takes their place, one after the other."""
PAGE_STEPS: Steps = (
    ("\N{SOFT HYPHEN}\n?", ""),
    ("-+", "-"),
    (r"(\w)- *\n\s*(?=[a-z])", r"\1"),
    (r"\s+", " "),
)
REPAIR_STEPS: Steps = (
    ("\N{SOFT HYPHEN}[ \t]*\\s*", ""),
    (r"-[ \t]*\n\s*", "-"),
    (r"\s+", " "),
    (r"\. (?=\S)", "."),
)


def page_normal(text: str) -> str:
    """For scans against their truth: NFC; plain quotes and dashes; words broken at a line end joined; white space folded."""
    return stepped(unicodedata.normalize("NFC", text).translate(PAGE_TABLE), PAGE_STEPS)


def repair_normal(text: str) -> str:
    """For repaired text against corrected pages: plain quotes, white space folded, none after a full stop. All else counts."""
    return stepped(text.translate(QUOTE_TABLE), REPAIR_STEPS)


def stepped(text: str, steps: Steps) -> str:
    for pattern, after in steps:
        text = re.sub(pattern, after, text)
    return text.strip()


def traced(text: str, *, scans: bool) -> tuple[str, list[int]]:
    """What `page_normal` (for `scans`) or else `repair_normal` makes of a text, and where each of its characters stood."""
    table = PAGE_TABLE if scans else QUOTE_TABLE
    found = [(char, at) for group, at in clusters(text, scans) for char in group.translate(table)]
    plain, offsets = "".join(char for char, _ in found), [at for _, at in found]
    for pattern, after in PAGE_STEPS if scans else REPAIR_STEPS:
        parts, kept, at = [], [], 0
        for match in re.finditer(pattern, plain):
            new = match.expand(after)
            parts += [plain[at : match.start()], new]
            kept += offsets[at : match.start()] + [offsets[match.start()]] * len(new)
            at = match.end()
        plain, offsets = "".join([*parts, plain[at:]]), kept + offsets[at:]
    begin = len(plain) - len(plain.lstrip())
    plain = plain.strip()
    return plain, offsets[begin : begin + len(plain)]


def clusters(text: str, composed: bool) -> Iterator[tuple[str, int]]:
    """Characters with the marks that combine with them, if they are to be `composed` (NFC), and their offsets."""
    if not composed or unicodedata.is_normalized("NFC", text):
        yield from zip(text, range(len(text)), strict=True)
        return
    for match in re.finditer(r"\s|\S[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*", text):
        yield unicodedata.normalize("NFC", match.group()), match.start()


def blank_lines(text: str) -> tuple[str, set[int]]:
    """The text without white space, and the offsets in it at which a blank line or a page break stood."""
    marked = repair_normal(re.sub(r"\n[ \t]*\n\s*|\f", f"\n{BREAK}\n", text))
    solid: list[str] = []
    at: set[int] = set()
    for char in marked:
        if char == BREAK:
            at.add(len(solid))
        elif char != " ":
            solid.append(char)
    return "".join(solid), at
