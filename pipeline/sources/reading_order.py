"""The order in which the blocks of a page are read, where a file states it apart from the blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, its identifier and those of the blocks that it lies in, from the inside."""

    block: etree._Element
    chain: tuple[str, ...]


def in_reading_order(blocks: Sequence[Placed], order: Sequence[str]) -> list[etree._Element]:
    """The blocks as `order` names them, or what they lie in; what it leaves out comes last, as it stands in the file.

    Of two mentions the first counts. Nothing is lost, whatever the order says.
    """
    ranks: dict[str, int] = {}
    for name in order:
        ranks.setdefault(name, len(ranks))
    places = [next((ranks[name] for name in placed.chain if name in ranks), len(ranks)) for placed in blocks]
    return [blocks[at].block for at in sorted(range(len(blocks)), key=places.__getitem__)]
