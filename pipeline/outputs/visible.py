"""Text that is shown to people, in which nothing acts on a terminal or hides: controls stand as what they are written as."""

from __future__ import annotations

import re

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls of terminals but tabs and line feeds, marks that turn the direction of text, and bytes of names that are no UTF-8."""


def visible(text: str) -> str:
    """A text of several lines with `\\x1b` for an escape, `\\xff` for a byte of a name that is no UTF-8."""
    return ACTING.sub(escaped, text)


def visible_line(text: str) -> str:
    """A text that stays on one line: tabs and line feeds are written as `\\t` and `\\n`."""
    return visible(text).replace("\t", "\\t").replace("\n", "\\n")


def escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code & 0xFF:02x}" if code < 0x100 or 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
