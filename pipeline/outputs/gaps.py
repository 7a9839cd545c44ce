"""Whether a document's scans and printed page numbers follow one another, or leave something out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import PurePath

from pipeline.folios import PageNames
from pipeline.model import Page
from pipeline.outputs.remarks import Remark
from pipeline.repair.findings import Finding

NUMBERED = re.compile(r"(.*?)(\d+)(\D*)")
MOST_STEPS_OF_ONE = 0.8
"""Share of the steps between files that must be of one for a longer step to mean anything."""
LEAST_FILES = 4


def gaps(pages: Sequence[Page], names: PageNames, findings: Sequence[Finding]) -> Iterator[tuple[int, Remark]]:
    """(page from 1, remark) where something is left out or out of order."""
    told = set()
    for found in findings:
        if found.kind == "missing pages":
            told.add(found.page)
            yield found.page, Remark("missing pages", found.message)
    for at, message in missing_files(pages):
        yield at, Remark("missing pages", message)
    yield from ((at, Remark("folio", message)) for at, message in odd_folios(names) if at not in told)


def missing_files(pages: Sequence[Page]) -> Iterator[tuple[int, str]]:
    """Where the numbers in the names of the scans' files leap: page-006.jpg, page-008.jpg."""
    rows: list[tuple[int, str, int, int]] = []
    for at, page in enumerate(pages, 1):
        name = PurePath(page.scan.path.replace("\\", "/")).name if page.scan else ""
        match = NUMBERED.fullmatch(PurePath(name).stem)
        if match is None:
            return
        if not rows or name != rows[-1][1]:
            rows.append((at, name, int(match[2]), page.number))
    stems = {(m[1], m[3]) for _, name, _, _ in rows if (m := NUMBERED.fullmatch(PurePath(name).stem))}
    steps = [(b[2] - a[2], a, b) for a, b in pairwise(rows)]
    ones = sum(step == 1 for step, _, _ in steps)
    if len(stems) != 1 or len(rows) < LEAST_FILES or ones < MOST_STEPS_OF_ONE * len(steps):
        return
    for step, before, after in steps:
        if step > 1 and after[3] - before[3] < step:
            lost = step - 1
            yield after[0], f"{before[1]} is followed by {after[1]}: {lost} {'scan is' if lost == 1 else 'scans are'} not there."


def odd_folios(names: PageNames) -> Iterator[tuple[int, str]]:
    """Printed numbers that stand on two pages in a row, or between two that agree without them.

    That they begin anew is no fault: letters and chapters have pages of their own.
    """
    read = [(at, int(folio)) for at, folio in sorted(names.folios.items()) if folio.isdigit()]
    twice = {b for (a, one), (b, other) in pairwise(read) if one == other}
    for (a, _), (b, other) in pairwise(read):
        if b in twice:
            yield b, f"The number {other} is also printed on {names.scan(a)}."
    for (a, one), (b, odd), (c, other) in zip(read, read[1:], read[2:], strict=False):
        agree = other - one == names.number(c) - names.number(a)
        expected = one + names.number(b) - names.number(a)
        if agree and odd != expected and b not in twice:
            yield b, f"{odd} is printed here where {expected} is expected: misread, or bound in the wrong place?"
