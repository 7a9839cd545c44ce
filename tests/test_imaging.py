"""Imaging: steps do what they say, and do no harm."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from pipeline.imaging import Prepared, prepare
from pipeline.imaging.geometry import quarter_turns, scaled, skew, straightened
from pipeline.imaging.measure import Gray, measure
from pipeline.imaging.show_through import MIRRORED
from pipeline.imaging.step import Outcome, Step
from pipeline.imaging.steps import STEPS
from pipeline.ocr.orientation import quarter_turns as quarter_turns_by_reading

TEXT = """
The Department was not disposed to hurry in the matter, and
Hodgson's despatch lay for eleven days unread. It had been
written in the belief that the Soviet Government would be
brought to terms by the refusal of credits; by the time
that anybody looked at it, the credits had been found.

    "I cannot think", minuted Gregory, "that we shall gain
anything by waiting." The Secretary of State thought other-
wise. He had been told by Briand, and he believed, that
Chicherin's health was failing; Litvinov, whom he disliked,
was the less formidable of the two. Nothing was done until
the Cabinet met again in October, when Lord Birkenhead put
the question in another form.(2) Could a British subject be
held in Odessa for a debt which his grandfather contracted
in the reign of Nicholas I? The Law Officers replied that
he could, and that it would be best not to go there.

(1) FO 371/11787, N5670/387/38.
(2) CAB 23/53, 52 (26), 13 October 1926.
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
    """A clean page of 1300 x 1300 pixels."""
    return samples.render(TEXT, 1, width=1300, height=1300)  # type: ignore[no-any-return]


def reason(prepared: Prepared, step: str) -> str:
    return next(treatment.reason for treatment in prepared.treatments if treatment.step == step)


def taken(prepared: Prepared) -> set[str]:
    return {treatment.step for treatment in prepared.treatments if treatment.taken}


@pytest.mark.parametrize("tone", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (600, 400)])
def test_blank_pages_are_left_alone(shape: tuple[int, int], tone: int) -> None:
    prepared = prepare(np.full(shape, tone, np.uint8))
    assert prepared.blank
    assert prepared.image.shape == shape
    assert not taken(prepared)


def test_the_scan_is_not_changed_in_place(samples: ModuleType, page: Gray) -> None:
    scan = samples.degrade(page, 1, rotation=1, specks=50, dark_edge=30, punch_holes=2, uneven=0.3)
    before = scan.copy()
    prepare(scan)
    assert np.array_equal(scan, before)


def test_every_step_says_what_it_did(samples: ModuleType, page: Gray) -> None:
    prepared = prepare(samples.degrade(page, 1, rotation=1, specks=50, dark_edge=30, punch_holes=2, uneven=0.3))
    assert [treatment.step for treatment in prepared.treatments] == ["noise", *(step.name for step in STEPS), "analysis"]
    assert all(treatment.reason for treatment in prepared.treatments)
    assert {"borders", "holes", "background", "deskew"} <= taken(prepared)
    assert prepared.stages[0][0] == "gray"


@pytest.mark.parametrize("degrees", [-8.0, -5.0, -0.6, 0.0, 0.6, 5.0, 8.0])
def test_deskew_levels_lines(samples: ModuleType, page: Gray, degrees: float) -> None:
    scan = samples.degrade(page, 2, rotation=degrees, noise=1)
    assert skew(measure(scan)) == pytest.approx(-degrees, abs=0.15)
    assert abs(skew(measure(prepare(scan).image))) < 0.2


def test_boxes_find_their_way_back(samples: ModuleType, page: Gray) -> None:
    """A mark on the treated image lies where it lay on the scan, whatever was turned and scaled."""
    large, _ = scaled(page, 2.0)
    scan = np.ascontiguousarray(np.rot90(samples.degrade(large, 3, rotation=2, noise=1), 2))
    prepared = prepare(scan)
    assert {"orientation", "scale", "deskew"} <= taken(prepared)
    dark = prepared.image < 100
    rows, columns = np.nonzero(dark)
    points = prepared.to_scan @ np.array([columns, rows, np.ones(len(rows))], np.float64)
    x, y = (points[k].round().astype(int).clip(0, scan.shape[1 - k] - 1) for k in (0, 1))
    assert np.mean(scan[y, x] < 190) > 0.9


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_pages_come_upright(page: Gray, turns: int) -> None:
    prepared = prepare(np.ascontiguousarray(np.rot90(page, turns)))
    assert "orientation" in taken(prepared)
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.1)
    upright = prepare(page).image
    assert prepared.image.shape == upright.shape
    assert np.abs(prepared.image.astype(int) - upright.astype(int)).mean() < 6


def test_a_second_opinion_is_heard_before_a_page_is_turned(page: Gray) -> None:
    asked: list[tuple[int, ...]] = []

    def ask(passage: Gray, ways: Sequence[int]) -> int:
        asked.append(tuple(ways))
        assert measure(passage).x_height == pytest.approx(24, abs=3)
        return 3

    prepare(page, ask=ask)
    assert not asked
    prepared = prepare(np.ascontiguousarray(np.rot90(page)), ask=ask)
    assert asked == [(1, 3)]
    assert reason(prepared, "orientation") == "turned clockwise"


def test_dark_edges_and_holes_become_paper(samples: ModuleType, page: Gray) -> None:
    scan = samples.degrade(page, 4, dark_edge=40, punch_holes=2, noise=1)
    image = prepare(scan).image
    assert (scan[:, :10] < 60).all()
    assert (image[:, :10] > 150).mean() > 0.98


def test_full_stops_and_accents_are_no_specks(samples: ModuleType) -> None:
    page = samples.render("\n".join(["i j . : ; é ä . . . ' , it is so. i.e. é"] * 12), 5, width=1100, height=700)
    image = prepare(page).image
    assert measure(image).letters >= 0.97 * measure(page).letters
    dark = (page < 128).sum()
    assert (image < 160).sum() > 0.9 * dark * image.size / page.size


def test_letters_are_brought_to_a_readable_height(page: Gray) -> None:
    large, _ = scaled(page, 2.5)
    prepared = prepare(large)
    assert "scale" in taken(prepared)
    assert 20 <= prepared.x_height <= 28


def test_faint_letters_ask_for_black_and_white(page: Gray) -> None:
    faint = page.copy()
    faint[500:] = 255 - (255 - faint[500:].astype(int)) // 5
    prepared = prepare(faint)
    assert "binarise" in taken(prepared)
    assert set(np.unique(prepared.image)) <= {0, 255}
    assert "binarise" not in taken(prepare(page))


def erase(gray: Gray, page: object) -> Outcome:
    image = gray.copy()
    image[: gray.shape[0] // 2] = 255
    return Outcome("half of the page removed", image)


def shrink(gray: Gray, page: object) -> Outcome:
    """Crops the lower half, which loses ink by moving it off the sheet."""
    return Outcome("cropped", np.ascontiguousarray(gray[: gray.shape[0] // 2]), np.eye(3))


@pytest.mark.parametrize("harm", [erase, shrink])
def test_a_step_that_loses_ink_is_not_taken(page: Gray, harm: object) -> None:
    prepared = prepare(page, [Step("harm", harm)])  # type: ignore[arg-type]
    assert np.array_equal(prepared.image, page)
    assert not prepared.treatments[1].taken
    assert "would be lost" in prepared.treatments[1].reason


def test_turning_there_and_back_is_the_identity(page: Gray) -> None:
    for turns in range(4):
        image, back = quarter_turns(page[:700], turns)
        corner = back @ np.array([0, 0, 1.0])
        assert page[:700][int(corner[1]), int(corner[0])] == image[0, 0]
    image, back = straightened(page, 2.0)
    middle = back @ np.array([(image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2, 1.0])
    assert middle[:2] == pytest.approx([(page.shape[1] - 1) / 2, (page.shape[0] - 1) / 2], abs=1.0)


def salted(gray: Gray, share: float) -> Gray:
    drawn = np.random.default_rng(7).random(gray.shape)
    return np.where(drawn < share / 2, 0, np.where(drawn > 1 - share / 2, 255, gray)).astype(np.uint8)


@pytest.mark.parametrize("share", [0.04, 0.10])
def test_salt_and_pepper_is_removed_before_anything_is_measured(page: Gray, share: float) -> None:
    prepared = prepare(salted(page, share))
    assert "noise" in taken(prepared)
    assert prepared.x_height == pytest.approx(prepare(page).x_height, rel=0.1)
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.05)


def test_fine_print_is_no_noise(page: Gray) -> None:
    fine = scaled(page, 0.5)[0]
    for scan in (fine, np.where(fine < 150, 0, 255).astype(np.uint8)):
        assert "noise" not in taken(prepare(scan))


def test_letters_out_of_focus_are_sharpened(page: Gray) -> None:
    x_height = measure(page).x_height
    soft = np.asarray(cv2.GaussianBlur(page, (0, 0), x_height / 6), np.uint8)
    assert measure(soft).x_height == pytest.approx(x_height, rel=0.2), "letters that touch are told apart"
    prepared = prepare(soft)
    assert "sharpened" in reason(prepared, "blur")
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.1)
    assert "smoothed" in reason(prepare(page), "blur")


def seen_from_behind(page: Gray, behind: Gray) -> Gray:
    """A page through which another is seen, mirrored, softened by the paper and at a third of its strength."""
    back = np.roll(cv2.GaussianBlur(behind[:, ::-1], (0, 0), 1.6).astype(np.float64), 17, axis=0)
    return (page * (1 - 0.35 * (1 - back / 255))).astype(np.uint8)


def test_writing_that_shows_through_is_lifted(samples: ModuleType, page: Gray) -> None:
    behind = samples.render(TEXT[400:] + TEXT[:400], 2, width=1300, height=1300)
    prepared = prepare(seen_from_behind(page, behind))
    assert "lifted" in reason(prepared, "show-through")
    bare = (page == 255) & (np.roll(behind[:, ::-1], 17, axis=0) < 100)
    assert prepared.image.shape == page.shape
    assert np.mean(prepared.image[bare] > 235) > 0.95
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.05)


def test_pale_writing_of_the_front_stays(samples: ModuleType, page: Gray) -> None:
    """Whatever the measures say, what can be read from the front is not lifted; and sharp pale letters are not even doubted."""
    behind = samples.render(TEXT[400:] + TEXT[:400], 2, width=1300, height=1300)
    prepared = prepare(seen_from_behind(page, behind), ask=lambda passage, ways: 0)
    assert "show-through" not in taken(prepared)
    faint = page.copy()
    faint[500:] = 255 - (255 - faint[500:].astype(int)) // 3
    assert "show-through" not in taken(prepare(faint))


def test_a_shadow_is_no_dark_edge(page: Gray) -> None:
    """Words in a dark corner are not painted over with the scanner's bed, which ends abruptly."""
    down, across = np.mgrid[0 : 1 : page.shape[0] * 1j, 0 : 1 : page.shape[1] * 1j]
    scan = (page * (1 - 0.85 * ((down + across) / 2) ** 2)).astype(np.uint8)
    prepared = prepare(scan)
    assert "borders" not in taken(prepared)
    assert "background" in taken(prepared)
    assert measure(prepared.image).letters == pytest.approx(measure(page).letters, rel=0.05)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_tesseract_tells_which_way_a_passage_reads(samples: ModuleType, turns: int) -> None:
    passage = np.ascontiguousarray(np.rot90(samples.render(TEXT, 1, width=1300, height=700), -turns))
    assert quarter_turns_by_reading(passage) == turns
    assert quarter_turns_by_reading(passage, (turns, (turns + 2) % 4)) == turns


def test_tesseract_tells_a_page_seen_from_behind(samples: ModuleType) -> None:
    passage = samples.render(TEXT, 1, width=1300, height=700)
    assert quarter_turns_by_reading(passage[:, ::-1], (0, MIRRORED)) == MIRRORED
    assert quarter_turns_by_reading(np.full((300, 300), 255, np.uint8)) is None
