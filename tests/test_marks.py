"""Marks of ink: their boxes, areas and centres are those that OpenCV finds, whatever their shape."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.imaging.blemishes import specks
from pipeline.imaging.marks import components, count_marks
from pipeline.imaging.measure import Gray, measure
from pipeline.imaging.tones import is_blank


def scattered(seed: int, share: float) -> Gray:
    """An image in which about a share of the pixels is ink, also at its edges."""
    return (np.random.default_rng(seed).random((61, 83)) < share).astype(np.uint8) * 255


@pytest.mark.parametrize("share", [0.0, 0.02, 0.2, 0.5, 0.9, 1.0])
def test_marks_are_those_of_opencv(share: float) -> None:
    dark = scattered(1, share)
    number, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=8, ltype=cv2.CV_32S)
    marks = components(dark)
    assert marks.number == number
    assert (marks.labels == labels).all()
    assert (marks.stats[1:] == stats[1:]).all()
    assert np.allclose(marks.centres[1:], centres[1:])
    assert count_marks(dark) == number - 1


def test_a_mark_inside_another_counts() -> None:
    dark = np.zeros((20, 20), np.uint8)
    cv2.rectangle(dark, (2, 2), (17, 17), (255,))
    dark[9:11, 9:11] = 255
    assert count_marks(dark) == 2


@pytest.mark.parametrize("x_height", [12.0, 24.0, 130.0])
def test_specks_are_found_at_any_size_of_letters(x_height: float) -> None:
    page = np.full((900, 900), 255, np.uint8)
    page[100:300, 100:700] = 0
    page[600, 450] = 0
    where, number = specks(page, x_height)
    assert number == 1
    assert where[600, 450] == 255 and not where[100:300, 100:700].any()


def test_spots_on_the_reduced_copy_hold_all_that_was_touched() -> None:
    page = measure(np.full((3000, 2000), 255, np.uint8))
    touched = np.zeros((3000, 2000), np.uint8)
    touched[2999, 1999] = touched[0, 0] = touched[1500, 700] = 255
    small = cv2.resize(touched, page.small.shape[::-1], interpolation=cv2.INTER_AREA)
    spots = page.spots(touched)
    assert spots[small > 0].all() and spots.sum() < 40


def test_a_page_with_ink_in_a_few_rows_only_is_not_blank() -> None:
    page = np.full((2000, 1000), 255, np.uint8)
    assert is_blank(page)
    page[1001:1004] = 0
    assert not is_blank(page)
