"""References as the catalogues of today have them, to be pasted into a catalogue search."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.references.kinds import Kind

INDIA = re.compile(r"([LR])(/.+)")
ADDITIONAL = re.compile(r"Add\. (?:Mss )?(.+)")
OWN_FORM = frozenset({Kind.SERIES, Kind.ARCHIVE, Kind.DECIMAL, Kind.MICROFILM})
"""Kinds whose form in the index is that of the catalogue, since it has no stops or blanks of house style."""


def catalogue_forms(reference: str, kind: Kind, lying_in: Iterable[str]) -> tuple[str, ...]:
    """What a catalogue of archives calls a `reference` of the index; `lying_in`: the pieces in which it is said to lie.

    A docket, a file or a Cabinet paper has no entry of its own: it is found by its piece, where the text names one. Books,
    debates and Command papers are in no such catalogue. India Office records have the prefix of the British Library
    (`IOR/L/PJ/6/1978`), its additional manuscripts the form `Add MS 51083`. No figure differs from the citation's.
    """
    if kind == Kind.INDIA and (records := INDIA.fullmatch(reference)):
        return (f"IOR/{records[1]}{records[2].replace('&', '')}",)
    if kind == Kind.MANUSCRIPT and (additional := ADDITIONAL.fullmatch(reference)):
        return (f"Add MS {additional[1]}",)
    if kind in OWN_FORM or kind == Kind.INDIA:
        return (reference,)
    return tuple(dict.fromkeys(lying_in))
