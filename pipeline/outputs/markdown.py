"""Text as Markdown that shows it literally (CommonMark, GitHub, Pandoc)."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"[\\`*_\[\]<>|~^$#]|&(?=#?\w+;)|(?<!\w)!(?=\[)")
BLOCK_MARK = re.compile(r"^([-+=:]|\d{1,9}(?=[.)]))")
CHAPTER = re.compile(r"^(?:CHAPTER|Chapter|PART|Part|APPENDIX|Appendix)\s+\w+\s*(?:[.:\-–—].*|[^a-z]+)?$")
SECTION = re.compile(r"^[IVXL]{1,5}\.\s+[A-Z][^.;!?]{2,}[^.,;:!?\s]$")
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def escaped(text: str) -> str:
    """`text` inside a paragraph."""
    return SPECIAL.sub(lambda match: "\\" + match.group(), INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text))


def at_start(markdown: str) -> str:
    """Escaped text so that it begins no list, rule, heading or definition when it begins a line."""
    match = BLOCK_MARK.match(markdown)
    if match is None:
        return markdown
    mark = match.group()
    return f"{mark}\\{markdown[match.end() :]}" if mark[0].isdigit() else f"\\{markdown}"


def heading_level(lines: list[str]) -> int:
    """1 for a chapter, 2 for a short block in capitals or a section with a Roman number, 0 for running text.

    `lines` is a block between blank lines.
    """
    text = " ".join(line.strip() for line in lines)
    if not 1 <= len(lines) <= 3 or len(text) > 90:
        return 0
    if CHAPTER.match(text) and not text.endswith((".", ",", ";")):
        return 1
    if SECTION.match(text) and len(lines) == 1 and len(text) <= 70:
        return 2
    letters = [char for char in text if char.isalpha()]
    words = re.findall(r"[^\W\d_]{3,}", text)
    capitals = bool(letters) and all(char.isupper() for char in letters)
    return 2 if capitals and words and len(text) <= 70 and not re.search(r"\d", text) and text[-1] not in ",;" else 0
