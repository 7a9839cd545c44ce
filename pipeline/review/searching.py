"""Search and replace over the lines of all documents; patterns are given little time, and run beside other requests, so that
none can hang the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

import regex

from pipeline.decisions.store import Store

MOST_FOUND = 500
"""Places that are shown and can be replaced at once."""
SECONDS = 3.0
"""Given to one search."""
LONGEST = 300
CHANGED = "SELECT line FROM retyped UNION SELECT line FROM doubts WHERE changed = 1"
"""Lines that may read otherwise than the tables have them."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is sought: text, or a regular expression; as whole words; with the same capitals; `replacement` (None for none)."""

    text: str
    whole: bool = False
    exact: bool = False
    pattern: bool = False
    replacement: str | None = None

    def compiled(self) -> regex.Pattern[str]:
        """What finds it. Raises ValueError for an expression that is none."""
        body = self.text if self.pattern else regex.escape(self.text)
        body = rf"(?<!\w)(?:{body})(?!\w)" if self.whole else body
        try:
            return regex.compile(body, 0 if self.exact else regex.IGNORECASE)
        except regex.error as fault:
            raise ValueError(f"That is not a regular expression: {fault}.") from fault


@dataclass(frozen=True, slots=True)
class Found:
    """A line in which it was found: see `pipeline.review.schema`; its text in parts (text, whether sought), and as replaced."""

    number: int
    document: int
    folder: str
    page: int
    name: str
    parts: tuple[tuple[str, bool], ...]
    after: str


Texts = Callable[[int], str]
"""How a line reads by its number, with what was decided on it."""


def search(store: Store, sought: Sought, now: Texts) -> tuple[list[Found], bool]:
    """The first lines that have what is sought, and whether there are more, or time ran out; `now` is asked for lines on which
    something was decided. Raises ValueError."""
    if not sought.text or len(sought.text) > LONGEST:
        raise ValueError(f"Search for something of at most {LONGEST} characters.")
    found: list[Found] = []
    end = monotonic() + SECONDS
    pattern = sought.compiled()
    changed = {row[0] for row in store.connection.execute(CHANGED)}
    for row in candidates(store, sought):
        left = end - monotonic()
        if left <= 0 or len(found) >= MOST_FOUND:
            return found, True
        text = now(row["number"]) if row["number"] in changed else row["text"]
        try:
            matches = list(pattern.finditer(text, timeout=left, concurrent=sought.pattern))
            after = ""
            if sought.replacement is not None:
                after = pattern.sub(replacement(sought), text, timeout=left, concurrent=sought.pattern)
        except TimeoutError:
            return found, True
        except (regex.error, IndexError) as fault:
            raise ValueError(f"That cannot be put in its place: {fault}.") from fault
        if matches := [match for match in matches if match.group()]:
            parts = tuple(split(text, matches))
            found.append(Found(row["number"], row["document"], row["folder"], row["page"], row["name"], parts, after))
    return found, False


def replacement(sought: Sought) -> str:
    """What `regex` is given to put in; plain text stands for itself."""
    text = sought.replacement or ""
    return text if sought.pattern else text.replace("\\", "\\\\")


def candidates(store: Store, sought: Sought) -> Iterator:  # type: ignore[type-arg]
    """The lines that may have it, in the order of the documents."""
    query = (
        "SELECT lines.number, lines.document, folder, lines.page, pages.name, lines.text FROM lines "
        "JOIN documents ON documents.number = lines.document "
        "JOIN pages ON pages.document = lines.document AND pages.page = lines.page "
    )
    if sought.pattern:
        return store.connection.execute(query + "ORDER BY lines.number")
    or_changed = f"OR lines.number IN ({CHANGED}) ORDER BY lines.number"
    if sought.exact or not sought.text.isascii():
        part = sought.text if sought.exact else max(regex.split(r"[^\x00-\x7f]+", sought.text), key=len)
        column, part = ("lines.text", part) if sought.exact else ("lower(lines.text)", part.lower())
        return store.connection.execute(query + f"WHERE instr({column}, ?) > 0 {or_changed}", (part,))
    return store.connection.execute(query + f"WHERE instr(lower(lines.text), ?) > 0 {or_changed}", (sought.text.lower(),))


def split(text: str, matches: list[regex.Match[str]]) -> Iterator[tuple[str, bool]]:
    """A line in parts: (text, whether it is what was sought)."""
    at = 0
    for match in matches:
        yield text[at : match.start()], False
        yield match.group(), True
        at = match.end()
    yield text[at:], False
