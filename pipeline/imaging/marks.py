"""Connected marks of ink. Their boxes come from runs of pixels along rows: most of a page is paper, and need not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Runs:
    """Pixels of ink side by side: the row of each run, its first column, and its length; row by row, from left to right."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    lengths: NDArray[np.int64]


@dataclass(frozen=True)
class Marks:
    """The 8-connected marks of an image. `labels`: the number of the mark at each pixel, from 1, or 0 for paper; `number`: how
    many marks, paper included."""

    labels: NDArray[np.int32]
    number: int

    @cached_property
    def runs(self) -> Runs:
        """Their runs; two marks never share one."""
        return runs(self.labels)

    @cached_property
    def owners(self) -> NDArray[np.int32]:
        """The number of the mark that each run belongs to."""
        return self.labels[self.runs.rows, self.runs.columns]

    @cached_property
    def stats(self) -> NDArray[np.int32]:
        """Left, top, width, height and area of each, in OpenCV's columns (CC_STAT_LEFT and so on); row 0, the paper, is zero."""
        found, owners = self.runs, self.owners
        left, top, right, bottom = (np.full(self.number, value, np.int64) for value in (*self.labels.shape[::-1], 0, 0))
        np.minimum.at(left, owners, found.columns)
        np.minimum.at(top, owners, found.rows)
        np.maximum.at(right, owners, found.columns + found.lengths)
        np.maximum.at(bottom, owners, found.rows + 1)
        area = np.bincount(owners, weights=found.lengths, minlength=self.number)
        stats = np.stack([left, top, right - left, bottom - top, area.astype(np.int64)], axis=1)
        stats[0] = 0
        return stats.astype(np.int32)

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """The centre of gravity of each (x, y)."""
        found, owners = self.runs, self.owners
        across = np.bincount(owners, (found.columns + (found.lengths - 1) / 2) * found.lengths, self.number)
        down = np.bincount(owners, found.rows * found.lengths, self.number)
        return np.stack([across, down], axis=1) / np.maximum(self.stats[:, cv2.CC_STAT_AREA, None], 1)

    def selected(self, chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """The chosen marks as an image, 0 or 255."""
        if not chosen.any():
            return np.zeros(self.labels.shape, np.uint8)
        return np.take(np.where(chosen, np.uint8(255), np.uint8(0)), self.labels)


def components(dark: NDArray[np.uint8]) -> Marks:
    """The marks of an image that is 0 where there is paper."""
    number, labels = cv2.connectedComponents(dark, connectivity=8, ltype=cv2.CV_32S)
    return Marks(np.asarray(labels, np.int32), number)


def runs(labels: NDArray[np.generic]) -> Runs:
    """The runs of what is not zero in an image."""
    height, width = labels.shape
    framed = np.zeros((height, width + 2), np.bool_)  # paper on both sides, so that no run goes on into the next row
    np.not_equal(labels, 0, out=framed[:, 1:-1])
    flat = framed.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    rows, columns = np.divmod(edges[::2], width + 2)
    return Runs(rows, columns, edges[1::2] - edges[::2])


def count_marks(dark: NDArray[np.uint8]) -> int:
    """How many marks there are in an image with few of them: their outlines are followed, and paper is passed over."""
    _, levels = cv2.findContours(dark, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return 0 if levels is None else int(np.count_nonzero(levels[0, :, 3] < 0))
