"""Imaging: sheets seen at an angle, lines that bend or are ruled, grain of paper: each is mended, and other pages are left
alone."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from pipeline.imaging import Prepared, prepare
from pipeline.imaging.curl import unevenness
from pipeline.imaging.measure import Gray, measure
from pipeline.imaging.steps import STEPS
from pipeline.imaging.surface_steps import remove_specks
from pipeline.ocr.bent_boxes import bent_boxes
from pipeline.sources.hocr import mapped

TEXT = """
The Consul reported that the river was open as far as the
second bend, and that four barges had gone down with flax.
He did not think it likely that more would follow before
the thaw; the masters were unwilling, and the pilots had
been drinking since the feast of the patron of the town.

    "It is a question", wrote the agent of the company, "not
of ice but of money." The Chamber answered that there was
neither. A loan had been promised in the summer by a bank
in Riga, which had since been closed; the director, whom
everybody had trusted, was said to be living quietly near
Geneva under another name. The timber lay where it was.

In these circumstances the Legation could do no more than
advise British subjects to sell what they had and to leave
by the next train. Of the eleven who were on the register
nine went; the tenth was a governess of eighty-one who did
not wish to be disturbed, and the last could not be found.
"""


@pytest.fixture(scope="module")
def samples() -> ModuleType:
    path = Path(__file__).parent.parent / "scans" / "make_samples.py"
    spec = importlib.util.spec_from_file_location("make_samples", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(samples: ModuleType) -> Gray:
    """A clean page of 1300 x 1000 pixels."""
    return samples.render(TEXT, 3, width=1300, height=1000, left=80)  # type: ignore[no-any-return]


def taken(prepared: Prepared) -> set[str]:
    return {treatment.step for treatment in prepared.treatments if treatment.taken}


def on_scan(prepared: Prepared, scan: Gray) -> float:
    """The share of the dark pixels of a treated page whose places on the scan are dark as well, or next to what is."""
    rows, columns = (places[::7] for places in np.nonzero(prepared.image < 90))
    dark = cv2.erode(scan, np.ones((5, 5), np.uint8))
    found = 0
    for row, column in zip(rows, columns, strict=True):
        x, y = float(column), float(row)
        if prepared.bend is not None:
            y = prepared.bend.row_at(x, y)
        x, y = mapped(x, y, tuple(map(tuple, prepared.to_scan)))
        inside = 0 <= round(y) < scan.shape[0] and 0 <= round(x) < scan.shape[1]
        found += inside and dark[round(y), round(x)] < 150
    return found / len(rows)


def photographed(page: Gray, by: float) -> Gray:
    """A sheet on a dark table; its left upper and right lower corners are seen `by` of its size out of place."""
    height, width = page.shape
    large = np.pad(page, 100, constant_values=25)
    places = np.array([[100, 100], [100 + width, 100], [100 + width, 100 + height], [100, 100 + height]], np.float32)
    seen = places + np.array([[by * width, by * height], [0, 0], [0, 0], [0, -by * height]], np.float32)
    matrix = cv2.getPerspectiveTransform(places, seen)
    size = (large.shape[1], large.shape[0])
    return np.asarray(cv2.warpPerspective(large, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(25,)), np.uint8)


def curled(page: Gray, drop: float) -> Gray:
    height, width = page.shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = (drop * np.exp(-across / (0.25 * width))).astype(np.float32)
    return np.asarray(cv2.remap(page, across, down - bend, cv2.INTER_CUBIC, borderValue=(255,)), np.uint8)


def test_a_sheet_seen_at_an_angle_becomes_a_rectangle(page: Gray) -> None:
    scan = photographed(page, 0.06)
    prepared = prepare(scan)
    assert "perspective" in taken(prepared)
    assert prepared.image.shape[0] / prepared.image.shape[1] == pytest.approx(page.shape[0] / page.shape[1], rel=0.06)
    assert (unevenness(measure(prepared.image)) or 1.0) < 0.09
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.05)
    assert on_scan(prepared, scan) > 0.95, "boxes find their way back through the change of perspective"


def test_a_rectangular_sheet_is_cut_out_and_not_bent(page: Gray) -> None:
    scan = np.pad(page, 200, constant_values=25)
    prepared = prepare(scan)
    assert "crop" in taken(prepared)
    assert not {"perspective", "curl"} & taken(prepared)
    assert prepared.image.shape[0] == pytest.approx(page.shape[0], abs=20)
    assert on_scan(prepared, scan) > 0.95


def test_a_narrow_border_is_painted_and_moves_nothing(page: Gray) -> None:
    prepared = prepare(np.pad(page, 25, constant_values=25))
    assert "borders" in taken(prepared)
    assert not {"perspective", "crop"} & taken(prepared)
    assert prepared.image.shape == (page.shape[0] + 50, page.shape[1] + 50)


@pytest.mark.parametrize("drop", [30.0, 45.0])
def test_lines_that_bend_are_made_level(page: Gray, drop: float) -> None:
    scan = curled(page, drop)
    prepared = prepare(scan)
    assert "curl" in taken(prepared)
    assert prepared.bend is not None
    assert (unevenness(measure(prepared.image)) or 1.0) < 0.6 * (unevenness(measure(scan)) or 0.0)
    assert on_scan(prepared, scan) > 0.95, "boxes find their way back to the bent page"


def test_lines_that_run_together_are_made_parallel(page: Gray) -> None:
    height, width = page.shape
    places = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[0, 0], [width, 0.05 * height], [width, 0.95 * height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(places, seen)
    scan = np.asarray(cv2.warpPerspective(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255,)), np.uint8)
    prepared = prepare(scan)
    assert "curl" in taken(prepared)
    assert (unevenness(measure(prepared.image)) or 1.0) < 0.09
    assert on_scan(prepared, scan) > 0.95


def test_boxes_of_the_hocr_go_back_to_the_bent_page(page: Gray) -> None:
    bend = prepare(curled(page, 45.0)).bend
    assert bend is not None
    title = b'<div class="ocr_page" title="bbox 0 0 1300 1000"></div><span title="bbox %d %d %d %d; x_wconf 90"></span>'
    left, right = (bent_boxes(title % (x, 400, x + 60, 430), bend) for x in (90, 1150))
    assert b"bbox 0 0 1300 1000" in left
    tops = [int(found.split(b"bbox ")[2].split()[1]) for found in (left, right)]
    assert tops[0] - tops[1] > 15, "lines fall towards the left"
    half = bend.scaled(0.5)
    assert half.row_at(50, 200) == pytest.approx(bend.row_at(100.5, 400.5) / 2, abs=1.0)


def test_lines_under_words_go_and_letters_stay(page: Gray) -> None:
    scan = page.copy()
    for row in range(3, 15, 4):
        foot = 110 + row * 40 + 34  # through what reaches down
        scan[foot : foot + 2, 80:1240] = 40
    prepared = prepare(scan)
    assert "ruled lines" in taken(prepared)
    assert (prepared.image[110 + 3 * 40 + 34, 80:1240] < 128).mean() < 0.15
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.03)


def test_a_line_that_parts_notes_and_dashes_stay(samples: ModuleType) -> None:
    lines = TEXT.strip().split("\n")
    scan = samples.render(
        "\n".join([*lines[:9], "A word --- and another -- is here.", "", ""]), 4, width=1300, height=800, left=80
    )
    scan[650:653, 80:500] = 30
    prepared = prepare(scan)
    assert "ruled lines" not in taken(prepared)
    assert (prepared.image[640:665, 90:480].min(axis=0) < 128).all()


def test_words_struck_out_stay_struck_out(page: Gray) -> None:
    scan = page.copy()
    middle = 110 + 3 * 40 + 18
    scan[middle : middle + 3, 80:420] = 20
    prepared = prepare(scan)
    assert (prepared.image[middle - 3 : middle + 6, 90:400].min(axis=0) < 160).mean() > 0.95


def test_level_pages_are_not_touched_by_any_of_it(page: Gray) -> None:
    prepared = prepare(page)
    assert not {"perspective", "crop", "grain", "contrast", "curl", "ruled lines"} & taken(prepared)
    assert prepared.bend is None


def brown(page: Gray) -> Gray:
    """Paper with grain and stains, and ink a third darker than it."""
    chance = np.random.default_rng(5)
    clouds = cv2.resize(chance.normal(0, 1, (12, 12)), (page.shape[1], page.shape[0]), interpolation=cv2.INTER_CUBIC)
    grain = cv2.GaussianBlur(chance.normal(0, 1, page.shape), (0, 0), 1.6)
    tones = (150 + 8 * clouds + 6 * grain / grain.std()) * (1 - 0.36 * (1 - page / 255))
    return (tones + chance.normal(0, 2, page.shape)).clip(0, 255).astype(np.uint8)


def test_grain_is_smoothed_where_it_hides_pale_ink(page: Gray) -> None:
    prepared = prepare(brown(page))
    assert "grain" in taken(prepared)
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.05)
    bare = cv2.erode(page, np.ones((15, 15), np.uint8)) > 250
    assert np.mean(prepared.image[bare] > 200) > 0.97 if prepared.image.shape == page.shape else True


def test_specks_on_dark_paper_become_paper(page: Gray) -> None:
    scan = (page * 0.55).astype(np.uint8)
    for row in range(40, 960, 80):
        scan[row : row + 2, 1270:1272] = 10
    outcome = remove_specks(scan, measure(scan))
    assert outcome.image is not None
    assert outcome.image.max() <= scan.max() + 2


def test_wolf_reads_what_no_other_step_could_mend(page: Gray) -> None:
    left = [step for step in STEPS if step.name not in {"grain", "background", "contrast", "specks"}]
    prepared = prepare(brown(page), left)
    assert "binarise" in taken(prepared)
    assert "Wolf" in next(treatment.reason for treatment in prepared.treatments if treatment.step == "binarise")
    assert set(np.unique(prepared.image)) <= {0, 255}
    bare = cv2.erode(page, np.ones((15, 15), np.uint8)) > 250
    assert np.mean(prepared.image[bare] == 255) > 0.97
    assert np.mean(prepared.image[page < 60] == 0) > 0.9


def test_staples_are_painted_out_and_strokes_of_letters_are_not(page: Gray) -> None:
    scan = page.copy()
    cv2.line(scan, (40, 30), (95, 62), (30,), 7)
    cv2.line(scan, (30, 300), (34, 370), (30,), 6)
    cv2.line(scan, (200, 975), (330, 975), (30,), 6)  # a line at the foot
    prepared = prepare(scan)
    assert next(treatment.reason for treatment in prepared.treatments if treatment.step == "holes") == "2 staples painted out"
    assert (prepared.image[25:380, 20:60] > 200).all()
    assert (prepared.image[970:980, 210:320] < 128).any()
    assert "holes" not in taken(prepare(page))


def test_the_record_tells_resolution_columns_and_area(samples: ModuleType, page: Gray) -> None:
    assert "one column" in prepare(page).treatments[-1].reason
    half = samples.render(TEXT, 3, width=1260, height=1000, left=40)
    both = prepare(np.hstack([half, half])).treatments[-1]
    assert both.step == "analysis"
    assert "2 columns" in both.reason
    assert "dpi" in both.reason
