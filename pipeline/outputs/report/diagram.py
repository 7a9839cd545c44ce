"""The reliability diagram: how often words were wrong that were said to be wrong with some probability.

Nearly all words are nearly sure, so the scales are logarithmic; on even ones all points would lie in a corner.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log10
from typing import Any

from markupsafe import Markup

from pipeline.outputs.report.wording import environment

SIDE, LEFT, TOP = 320, 56, 12
"""Pixels of the square in which the points stand, and of the margins with the labels."""
LEAST = 0.0005
"""Share of wrong words at which the scales begin; what is less is shown there."""
STEPS = (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Words that were said to be right with about the probability `said` (0-1): `right` (0-1) of all `count` were."""

    said: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Point:
    """A bin in the diagram: centre and radius in pixels."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Diagram:
    """What the model was fitted on, how well it did on pages that it had not seen, and the bins with their points, if known."""

    fitted_on: str
    validation: str
    words: int
    error: float | None
    bins: tuple[Bin, ...]

    @property
    def points(self) -> list[Point]:
        most = max((found.count for found in self.bins), default=1)
        return [
            Point(
                round(LEFT + SIDE * along(1 - b.said), 1),
                round(TOP + SIDE * (1 - along(1 - b.right)), 1),
                round(3 + 4 * (b.count / most) ** 0.5, 1),
            )
            for b in self.bins
        ]

    @property
    def ticks(self) -> list[tuple[str, float, float]]:
        """(label, x, y) of the steps on both axes."""
        places = ((f"{100 * step:g} %", round(SIDE * along(step), 1)) for step in STEPS)
        return [(label, LEFT + place, TOP + SIDE - place) for label, place in places]


def along(share: float) -> float:
    """Where a share stands on the scale: 0 at LEAST or below, 1 for all."""
    return 1 - log10(max(LEAST, share)) / log10(LEAST)


@cache
def reliability_html(*, image: bool) -> Markup:
    """The section of the report on the shipped calibration, for text with or without an image: the same in all reports."""
    return Markup(environment().get_template("reliability.html").render(diagram=reliability(image=image)))  # noqa: S704 (escaped there)


def reliability(*, image: bool) -> Diagram:
    """The diagram of that calibration."""
    data = json.loads(files("pipeline.confidence").joinpath("coefficients.json").read_text(encoding="utf-8"))
    return diagram_of(data["image" if image else "text"])


def diagram_of(data: dict[str, Any]) -> Diagram:
    """The diagram of one calibration as it is stored; its `reliability` has rows of said, right and count."""
    bins = tuple(Bin(float(said), float(right), int(count)) for said, right, count in data.get("reliability", ()))
    return Diagram(
        str(data.get("fitted_on", "")),
        str(data.get("validation", "")),
        int(data.get("words", 0)),
        data.get("calibration_error"),
        bins,
    )
