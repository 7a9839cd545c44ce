"""Where results go: safe relative paths, no two documents in one folder and none inside another's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
LONGEST_NAME = 100
"""Characters of one part of an output path; file systems allow 255 bytes."""

Key = tuple[str, ...]


def safe(path: PurePosixPath) -> PurePosixPath:
    """A relative path of plain names: nothing that leads elsewhere, hides, or that a file system refuses."""
    parts = [UNSAFE.sub("_", part).strip(". ")[:LONGEST_NAME] or "_" for part in path.parts if part not in ("/", ".", "..")]
    return PurePosixPath(*(f"_{part}" if RESERVED.fullmatch(part) else part for part in parts or ["document"]))


def distinct(options: Sequence[Sequence[PurePosixPath]]) -> list[PurePosixPath]:
    """One place for each document from its `options` (as many for each, the best first), in any case of letters distinct.

    Documents that meet take their next option together, so that the outcome does not depend on their order; what still meets
    after the last is numbered.
    """
    places = [safe(choices[0]) for choices in options]
    for level in range(1, len(options[0]) if options else 0):
        for at in clashing(places):
            places[at] = safe(options[at][level])
    left = clashing(places)
    taken = {key_of(place) for at, place in enumerate(places) if at not in left}
    above = {key[:depth] for key in taken for depth in range(1, len(key))}
    for at in sorted(left):
        place, number = places[at], 1
        while (depth := meeting(key_of(place), taken, above)) is not None:
            number += 1
            parts = list(places[at].parts)
            parts[depth] = f"{parts[depth]}-{number}"
            place = PurePosixPath(*parts)
        key = key_of(place)
        taken.add(key)
        above.update(key[:depth] for depth in range(1, len(key)))
        places[at] = place
    return places


def key_of(place: PurePosixPath) -> Key:
    """What file systems that do not tell cases of letters apart compare."""
    return tuple(part.casefold() for part in place.parts)


def clashing(places: Sequence[PurePosixPath]) -> set[int]:
    """Positions of the places that another shares, or that hold another."""
    keys = [key_of(place) for place in places]
    count = Counter(keys)
    above = {key[:depth] for key in count for depth in range(1, len(key))}
    return {at for at, key in enumerate(keys) if count[key] > 1 or key in above}


def meeting(key: Key, taken: set[Key], above: set[Key]) -> int | None:
    """Which part of a place must change because it is taken, lies inside a taken one or holds one; None where it is free."""
    inside = next((depth for depth in range(1, len(key)) if key[:depth] in taken), None)
    if inside is not None:
        return inside - 1
    return len(key) - 1 if key in taken or key in above else None
