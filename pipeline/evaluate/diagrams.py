"""Small diagrams as SVG that a page carries in itself: reliability, ROC, risk and coverage. Units are those of the view box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from pipeline.evaluate.calibration import Bin, Curve

SIDE, LEFT, TOP = 200.0, 44.0, 10.0
"""Length of the axes, and room for their figures."""
MOST_POINTS = 150
ROOT_TICKS = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0)
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
"""Distances of ticks."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `most`; a `root` axis gives small shares more room."""

    label: str
    most: float = 1.0
    root: bool = False

    def at(self, value: float) -> float:
        share = min(1.0, max(0.0, value / self.most))
        return SIDE * (sqrt(share) if self.root else share)

    @property
    def ticks(self) -> list[float]:
        if self.root:
            return list(ROOT_TICKS)
        step = next((step for step in STEPS if self.most / step <= 5), STEPS[-1])
        return [step * at for at in range(int(self.most / step + 1e-9) + 1)]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Axes, a line of reference, and what was measured as a `path`, with dots (x, y, radius); `title` and `about` stand for it
    where it cannot be seen."""

    name: str
    title: str
    about: str
    x: Axis
    y: Axis
    path: str = ""
    reference: str = ""
    dots: tuple[tuple[float, float, float], ...] = ()

    @property
    def x_ticks(self) -> list[tuple[float, str]]:
        return [(LEFT + self.x.at(tick), percent(tick)) for tick in self.x.ticks]

    @property
    def y_ticks(self) -> list[tuple[float, str]]:
        return [(TOP + SIDE - self.y.at(tick), percent(tick)) for tick in self.y.ticks]


def percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def point(x: Axis, y: Axis, across: float, up: float) -> tuple[float, float]:
    return round(LEFT + x.at(across), 1), round(TOP + SIDE - y.at(up), 1)


def line(x: Axis, y: Axis, places: Sequence[tuple[float, float]]) -> str:
    """The `d` of an SVG path."""
    return "M" + " L".join(f"{a} {b}" for a, b in (point(x, y, *place) for place in places))


def curve_line(x: Axis, y: Axis, curve: Curve) -> str:
    """A curve, of which no more points are drawn than can be told apart."""
    step = max(1, len(curve.x) // MOST_POINTS)
    at = sorted({*range(0, len(curve.x), step), len(curve.x) - 1})
    return line(x, y, [(float(curve.x[i]), float(curve.y[i])) for i in at])


def reliability_diagram(bins: Sequence[Bin]) -> Diagram:
    """What was expected across, what was found up: on the line, probabilities keep their word."""
    x, y = Axis("expected to be wrong", root=True), Axis("found wrong", root=True)
    dots = tuple((*point(x, y, b.expected, b.found), 4.0) for b in bins)
    about = f"{len(bins)} groups of words; each dot's expected and found share of wrong words stands in the table below."
    places = [(b.expected, b.found) for b in bins]
    return Diagram("reliability", "Reliability", about, x, y, line(x, y, places), line(x, y, [(0, 0), (1, 1)]), dots)


def roc_diagram(curve: Curve, area: float) -> Diagram:
    x, y = Axis("right words doubted"), Axis("wrong words caught")
    about = f"The area under the curve is {area:.3f}; 0.5 would be guessing, 1 would miss nothing and doubt nothing needlessly."
    return Diagram("roc", "ROC curve", about, x, y, curve_line(x, y, curve), line(x, y, [(0, 0), (1, 1)]))


def risk_diagram(curve: Curve, area: float) -> Diagram:
    base, half = float(curve.y[-1]), float(curve.y[len(curve.y) // 2])
    most = float(curve.y[len(curve.y) // 4 :].max())  # the few surest words may err by chance, and would flatten all else
    x, y = Axis("surest words kept"), Axis("wrong among them", max(0.001, 1.1 * max(most, base)))
    about = f"Of all words {percent(base)} are wrong; of the surest half {percent(half)}; area {area:.4f}."
    return Diagram("risk", "Risk and coverage", about, x, y, curve_line(x, y, curve), line(x, y, [(0, base), (1, base)]))
