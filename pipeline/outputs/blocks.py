"""The lines of a page as blocks: what stands together and is the same part of the page, a paragraph each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.model import Box
from pipeline.outputs.lines import PlacedLine


def areas(lines: Iterable[PlacedLine]) -> Iterator[list[PlacedLine]]:
    """Runs of lines that are the same part of the page."""
    run: list[PlacedLine] = []
    for line in lines:
        if run and line.role != run[-1].role:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def paragraphs(lines: Iterable[PlacedLine]) -> Iterator[list[PlacedLine]]:
    """Runs of lines up to the next with which a paragraph begins."""
    run: list[PlacedLine] = []
    for line in lines:
        if run and line.begins:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def blocks(lines: Iterable[PlacedLine]) -> Iterator[list[PlacedLine]]:
    """The paragraphs of the areas."""
    for area in areas(lines):
        yield from paragraphs(area)


def around(lines: Sequence[PlacedLine]) -> Box:
    """The rectangle around some lines."""
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    return box
