"""How far figures would differ on other pages of the same kind: intervals by drawing the pages at hand again, with repetition.

Method: percentile intervals of the bootstrap (Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13), of
whole pages or documents, since errors of one page have causes in common; of two runs over the same pages the difference is taken
in every draw (paired: Koehn, "Statistical significance tests for machine translation evaluation", EMNLP 2004). Draws are seeded:
the same figures come out every time. Pages that no run reads wrongly give an interval without width; that is no certainty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Makes figures of a table with a row an item (or of a stack of tables: only the last two axes are looked at)."""

DRAWS, SEED, LEVEL = 2000, 1926, 0.95
CELLS = 4_000_000
"""Numbers that are held at a time."""
ROWS = 20_000_000
"""Rows drawn in all: of very many items fewer draws are made, but never fewer than FEWEST."""
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and where 95 % of the draws lie."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """For a difference: whether it is other than 0 in either direction."""
        return self.low > 0 or self.high < 0


def bootstrap(table: Floats, statistic: Statistic, *, clusters: Sequence[int] = (), draws: int = DRAWS) -> list[Interval]:
    """Each figure that `statistic` makes of a table (items, columns), with its interval.

    `clusters`: for each item what it belongs to (a page's document, a word's page), and what is drawn; unless given, items are.
    """
    table = np.asarray(table, dtype=np.float64)
    return intervals(np.atleast_1d(statistic(table)), drawn(table, statistic, clusters, draws))


def paired_bootstrap(
    first: Floats, second: Floats, statistic: Statistic, *, clusters: Sequence[int] = (), draws: int = DRAWS
) -> list[Interval]:
    """How much greater each figure is for `second` than for `first`: tables of the same items, drawn together."""
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    width = first.shape[1]

    def difference(both: Floats) -> Floats:
        return statistic(both[..., width:]) - statistic(both[..., :width])

    return bootstrap(np.concatenate([first, second], axis=1), difference, clusters=clusters, draws=draws)


def intervals(values: Floats, draws: Floats) -> list[Interval]:
    """Values with the middle LEVEL of their draws, (draws, figures); draws without a value (NaN) are left out."""
    tails = (1 - LEVEL) / 2
    found = []
    for value, column in zip(values, draws.T, strict=True):
        known = column[~np.isnan(column)]
        low, high = np.quantile(known, (tails, 1 - tails)) if len(known) else (np.nan, np.nan)
        found.append(Interval(float(value), float(low), float(high)))
    return found


def drawn(table: Floats, statistic: Statistic, clusters: Sequence[int], draws: int) -> Floats:
    """The figures of every draw, (draws, figures)."""
    draws = min(draws, max(FEWEST, ROWS // max(1, len(table))))
    generator = np.random.default_rng(SEED)
    found = by_cluster(table, clusters, generator, draws) if len(clusters) else by_item(table, generator, draws)
    return np.concatenate([np.atleast_2d(statistic(part)) for part in found])


def by_item(table: Floats, generator: np.random.Generator, draws: int) -> Iterator[Floats]:
    """Stacks of drawn tables."""
    items = len(table)
    at_once = max(1, CELLS // max(1, table.size))
    for done in range(0, draws, at_once):
        yield table[generator.integers(0, items, (min(at_once, draws - done), items))]


def by_cluster(table: Floats, clusters: Sequence[int], generator: np.random.Generator, draws: int) -> Iterator[Floats]:
    """Tables, one a draw, of the items of drawn clusters."""
    order = np.argsort(clusters, kind="stable")
    _, starts = np.unique(np.asarray(clusters)[order], return_index=True)
    members = np.split(order, starts[1:])
    for _ in range(draws):
        yield table[np.concatenate([members[at] for at in generator.integers(0, len(members), len(members))])]
