"""What does not count as a difference when texts are compared; the same conventions as the scorers of our collections."""

from __future__ import annotations

import re
import unicodedata

CURLY = {"‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "—": "-", "–": "-", "−": "-", "¬": "-"}
PAGE_TABLE = str.maketrans({**CURLY, "\N{NO-BREAK SPACE}": " ", "ﬁ": "fi", "ﬂ": "fl"})
QUOTE_TABLE = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "\N{NO-BREAK SPACE}": " ", "\N{ZERO WIDTH NO-BREAK SPACE}": None}
)
BREAK = "\ue000"
"""Stands for a blank line while a text is normalised."""


def page_normal(text: str) -> str:
    """For scans against their truth: NFC; plain quotes and dashes; words broken at a line end joined; white space folded."""
    text = unicodedata.normalize("NFC", text).translate(PAGE_TABLE)
    text = text.replace("\N{SOFT HYPHEN}\n", "").replace("\N{SOFT HYPHEN}", "")
    text = re.sub(r"-+", "-", text)
    text = re.sub(r"(\w)- *\n\s*(?=[a-z])", r"\1", text)
    return re.sub(r"\s+", " ", text).strip()


def repair_normal(text: str) -> str:
    """For repaired text against corrected pages: plain quotes, white space folded, none after a full stop. All else counts."""
    text = text.translate(QUOTE_TABLE)
    text = re.sub("\N{SOFT HYPHEN}[ \t]*\\s*", "", text)
    text = re.sub(r"-[ \t]*\n\s*", "-", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\. (?=\S)", ".", text)
    return text.strip()


def solid_offsets(text: str) -> list[int]:
    """Where in `text` the characters stand that `repair_normal` keeps of it, white space aside, in their order."""
    return [
        at for at, char in enumerate(text) if not char.isspace() and char not in "\N{SOFT HYPHEN}\N{ZERO WIDTH NO-BREAK SPACE}"
    ]


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
