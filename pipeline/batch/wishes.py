"""What the user wants made, held or left alone, from the settings and from lists in dictionary packs, as one policy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pipeline.errors import InvalidConfig
from pipeline.language.languages import ENGLISH
from pipeline.language.packs import Pack
from pipeline.repair.policy import Policy, thresholds_for
from pipeline.repair.rules import WORDS
from pipeline.settings import Settings, check_lists, check_pairs

ENGLISH_ONLY = frozenset({"lost-apostrophe", "fixed-apostrophe", "lost-space", "small-i"})
"""Rules that know certain English words."""
WORDLESS = ENGLISH_ONLY | frozenset(rule.name for rule in WORDS)
"""Rules that know words."""


def policy_of(settings: Settings, packs: Sequence[Pack], covered: Collection[str] = (ENGLISH,)) -> Policy:
    """The policy of a run: the settings, and over them the lists keep.txt, never.txt and always.txt of the packs.

    Where packs have words of none of the text's languages (`covered`), its words stay as they are; where they have none of
    English, what knows certain English words does nothing.

    Raises InvalidConfig, with file and line, for lists that make no sense or contradict each other.
    """
    always, keep = dict(settings.always), list(settings.keep)
    refused = set(settings.never_pairs)
    unspoken = WORDLESS if not covered else ENGLISH_ONLY if ENGLISH not in covered else frozenset[str]()
    for pack in packs:
        always |= dict(pairs(pack, "always"))
        refused |= set(pairs(pack, "never"))
        keep += pack.entries("keep")
        try:
            check_lists(always, keep)
        except ValueError as fault:
            raise InvalidConfig(str(fault), where=pack.folder / "always.txt", advice="Correct the list") from fault
    return Policy(
        thresholds={**thresholds_for(settings.caution), **settings.thresholds},
        suggest=settings.suggest,
        never=frozenset(name for name in settings.never if "->" not in name),
        without=frozenset(settings.without) | unspoken,
        refused=frozenset(refused),
        keep=tuple(dict.fromkeys(keep)),
        always=always,
    )


def pairs(pack: Pack, name: str) -> Iterator[tuple[str, str]]:
    """The rows of always.txt or never.txt of a pack: a form, and what it is, or must not be, replaced by."""
    for row in pack.rows.get(name, ()):
        try:
            check_pairs([(row[0], row[1])])
        except ValueError as fault:
            path = pack.folder / f"{name}.txt"
            raise InvalidConfig(str(fault), where=f"{path}:{line_of(path, row)}", advice="Correct that line") from fault
        yield row[0], row[1]


def line_of(path: Path, row: tuple[str, ...]) -> int:
    """The line, from 1, on which a row of a pack's file stands."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    return next((n for n, line in enumerate(lines, 1) if line.removesuffix("\r") == "\t".join(row)), 1)
