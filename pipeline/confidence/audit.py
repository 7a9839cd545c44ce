"""Lines drawn at random for a person to read, and what they tell of the rest of the text without trusting the model of words.

Method: a stratified sample (Cochran, "Sampling Techniques", 3rd ed. 1977, ch. 5). Strata are cut at equal sums of the roots of
the errors expected (Dalenius and Hodges, "Minimum variance stratification", JASA 54, 1959), whence each has as many lines drawn.
Each line read stands for the unread ones of its stratum (Horvitz and Thompson, JASA 47, 1952); the interval is that of a weighted
sum of Poisson counts (Fay and Feuer, "Confidence intervals for directly standardized rates", Statistics in Medicine 16, 1997).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.model import LineConfidence
from pipeline.confidence.residual import LEVEL, Estimate, Verdict

STRATA = 5
LEAST_RISK = 1e-6


def strata(lines: Sequence[LineConfidence]) -> NDArray[np.int64]:
    """The stratum of each line, 0 for the surest."""
    return strata_of(np.array([line.expected_wrong for line in lines], dtype=np.float64))


def strata_of(expected: NDArray[np.float64]) -> NDArray[np.int64]:
    """The stratum of each line of which so many words are expected to be wrong, 0 for the surest."""
    roots = np.sqrt(np.maximum(LEAST_RISK, expected))
    order = np.argsort(roots, kind="stable")
    sums = np.cumsum(roots[order])
    found = np.empty(len(expected), dtype=np.int64)
    found[order] = np.minimum(STRATA - 1, sums / max(LEAST_RISK, sums[-1] if len(sums) else 0) * STRATA).astype(np.int64)
    return found


def drawn_lines(
    lines: Sequence[LineConfidence], count: int, seed: int, verdicts: Sequence[Verdict] = ()
) -> tuple[LineConfidence, ...]:
    """`count` lines drawn at random, as many of each stratum as far as it has them, in the order of the text.

    `lines`: all that have words; those of `verdicts` are not drawn. The same `seed` gives the same draw.
    """
    unread = np.array([verdict is None for verdict in verdicts_on(lines, verdicts)], dtype=bool)
    return tuple(lines[at] for at in drawn_places(strata(lines), unread, count, seed))


def drawn_places(strata: NDArray[np.int64], unread: NDArray[np.bool_], count: int, seed: int) -> list[int]:
    """Which lines, in their order, are drawn: `count` of the `unread` ones, as many of each of their strata."""
    chance = np.random.default_rng(seed)
    members = [np.flatnonzero((strata == stratum) & unread) for stratum in range(STRATA)]
    members.sort(key=len)
    chosen: list[int] = []
    for at, stratum in enumerate(members):
        share = -(-(count - len(chosen)) // (STRATA - at))
        chosen += chance.permutation(stratum)[: max(0, share)].tolist()
    return sorted(chosen)


def verdicts_on(lines: Sequence[LineConfidence], verdicts: Sequence[Verdict]) -> list[Verdict | None]:
    """The verdict on each line as a whole, if there is one."""
    found = {(verdict.start, verdict.end): verdict for verdict in verdicts}
    return [found.get((line.start, line.end)) for line in lines]


def audited(lines: Sequence[LineConfidence], verdicts: Sequence[Verdict]) -> Estimate | None:
    """Wrong words in those of `lines` of which there is no verdict, by the verdicts on lines drawn at random alone.

    `lines`: all that have words. None where no line was drawn.
    """
    groups = np.zeros((STRATA, 4))  # of each stratum: lines, unread ones, drawn ones, wrong words in these
    for verdict, stratum in zip(verdicts_on(lines, verdicts), strata(lines), strict=True):
        drawn = verdict is not None and verdict.drawn
        groups[stratum] += (1, verdict is None, drawn, verdict.wrong if verdict is not None and drawn else 0)
    if not groups[:, 2].any():
        return None
    every, unread, drawn_count, wrong = np.array(with_draws(groups)).T
    weights = unread / drawn_count
    mean = float((weights * wrong).sum())
    variance = float((weights * every / drawn_count * wrong).sum())
    return Estimate(mean, *gamma_interval(mean, variance, float(weights.max()), int(unread.sum())))


def with_draws(groups: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Strata, the least sure first, of which each has a line drawn: one that has none is taken together with its neighbour."""
    found: list[NDArray[np.float64]] = []
    waiting = np.zeros(4)
    for group in groups[::-1]:
        waiting = waiting + group
        if waiting[2]:
            found.append(waiting)
            waiting = np.zeros(4)
    found[-1] = found[-1] + waiting
    return found


def gamma_interval(mean: float, variance: float, most: float, unread: int) -> tuple[int, int]:
    """Bounds of a weighted sum of Poisson counts with this mean and variance and the greatest weight `most`."""
    if not unread:
        return 0, 0
    tail = (1 - LEVEL) / 2
    low = gamma_quantile(mean**2 / variance, tail) * variance / mean if mean else 0.0
    upper, spread = mean + most, variance + most**2
    return int(low), int(np.ceil(gamma_quantile(upper**2 / spread, 1 - tail) * spread / upper))


def gamma_quantile(shape: float, level: float) -> float:
    """A quantile of the gamma distribution of scale 1, to a few hundredths (Wilson and Hilferty, PNAS 17, 1931)."""
    part = 1 / (9 * shape)
    return float(shape * max(0.0, 1 - part + NormalDist().inv_cdf(level) * np.sqrt(part)) ** 3)
