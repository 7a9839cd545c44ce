"""The tokens beside a place of a text, found without going over all of it."""

from __future__ import annotations

LONGEST = 64
"""Characters that are looked at of a token: a text may be a single line, or a single token."""


def last_token(text: str, at: int) -> str:
    """The end of the token that stands before text[at], white space between left out; '' for none."""
    end = at
    while end and text[end - 1].isspace():
        end -= 1
    start = end
    while start and end - start < LONGEST and not text[start - 1].isspace():
        start -= 1
    return text[start:end]
