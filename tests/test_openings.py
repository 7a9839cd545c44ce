"""Two pages on one scan become two pages; a single page is never cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.batch.leaves import together
from pipeline.batch.pages import read_page
from pipeline.imaging import leaves, prepare
from pipeline.imaging.geometry import straightened
from pipeline.imaging.measure import Gray
from pipeline.ocr.pages import PageRecord, PageRequest, stored
from pipeline.sources.hocr import source_from_ocr
from scans.make_samples import degrade, render

LEFT = """
The consul wrote on Tuesday that the harbour was closed, and
that no vessel could be expected before the ice had gone.
His letter took nineteen days; by then the ice had gone, and
three steamers had come and left again with their flax. Of
this the Department learnt from the newspapers, and it was
not amused. A minute of the same week asks whether a consul
is of use who cannot look out of his window.
"""
RIGHT = """
He answered in his own time. The window of the consulate, he
said, looked upon a wall; he had asked for another house in
1911, in 1912 and twice in 1913, and had been told on every
occasion that the matter was under consideration. If he were
allowed to move to the quay he would count the ships daily.
The correspondence closes with a bill for window glass, and
a note that it should be paid by the Office of Works.
"""


def page(text: str, seed: int) -> Gray:
    return degrade(render(text, seed, width=1400, height=1300), seed, noise=1)


@pytest.fixture(scope="module")
def opening() -> Gray:
    """1300 x 2800 pixels, with the shade of a fold."""
    both = np.hstack([page(LEFT, 1), page(RIGHT, 2)]).astype(np.float64)
    away = np.abs(np.arange(both.shape[1]) - 1400)
    return (both * (1 - 0.5 * np.exp(-((away / 25) ** 2)))).astype(np.uint8)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [0.0, 1.5])
def test_an_opening_is_cut_at_its_fold(opening: Gray, turns: int, degrees: float) -> None:
    scan = np.ascontiguousarray(np.rot90(straightened(opening, degrees)[0] if degrees else opening, turns))
    cut = leaves(scan)
    assert [leaf.side for leaf in cut] == ["left", "right"]
    for leaf in cut:
        assert leaf.image.shape[1] < leaf.image.shape[0] * 1.3
        rows, columns = np.nonzero(leaf.image < 90)
        x, y, _ = (leaf.to_scan @ np.array([columns, rows, np.ones(len(rows))], np.float64)).round().astype(int)
        inside = (x >= 0) & (y >= 0) & (x < scan.shape[1]) & (y < scan.shape[0])
        assert np.mean(scan[y[inside], x[inside]] < 140) > 0.97


def test_pages_without_a_fold_are_cut_where_their_margins_are_wide() -> None:
    assert len(leaves(np.hstack([page(LEFT, 3), page(RIGHT, 4)]))) == 2


def in_columns(*columns: str, gap: int) -> str:
    """Columns of text side by side, `gap` letters apart."""
    rows = [text.strip().split("\n") for text in columns]
    width = max(len(line) for text in rows for line in text) + gap
    return "\n".join("".join(line.ljust(width) for line in lines).rstrip() for lines in zip(*rows, strict=False))


TABLE = "\n".join(f"{place:<24}{n * 37:>8}{n * 91:>18}{n * 5:>18}" for n, place in enumerate(["Odessa", "Riga", "Libau"] * 9, 1))

LIST = "\n".join(f"{name:<40}{post}" for name, post in [("Ivan Petrov", "clerk at Odessa"), ("Karl Berg", "pilot, Riga")] * 12)
"""Two columns far apart, as of names and posts."""


@pytest.mark.parametrize(
    "text",
    [
        LEFT * 3,
        in_columns(LEFT, RIGHT, gap=4),
        TABLE,
        LIST,
        " " * 40 + "A heading that stands over both of the columns\n\n" + in_columns(LEFT, RIGHT, gap=8),
    ],
    ids=["one column", "two columns", "table", "list", "heading across"],
)
def test_a_single_page_is_never_cut(text: str) -> None:
    width = 260 + 20 * max(len(line) for line in text.split("\n"))
    scan = degrade(render(text, 5, width=width, height=min(1600, round(width / 1.3))), 5, noise=1)
    assert leaves(scan) == ()
    assert leaves(np.ascontiguousarray(np.rot90(scan))) == ()


def test_a_rule_across_the_middle_forbids_a_cut(opening: Gray) -> None:
    ruled = opening.copy()
    ruled[600:604, 200:2600] = 0
    assert leaves(ruled) == ()


def test_a_blank_page_beside_a_full_one_is_no_opening(opening: Gray) -> None:
    half = opening.copy()
    half[:, 1450:] = 235
    assert leaves(half) == ()


def request(path: Path, out: Path) -> PageRequest:
    return PageRequest(path, 1, 2, out / "ocr", keep_images=out / "images")


def test_both_pages_are_read_and_lead_back_to_the_scan(opening: Gray, tmp_path: Path) -> None:
    path = tmp_path / "opening.png"
    Image.fromarray(opening).save(path)
    record = read_page(request(path, tmp_path))
    assert [leaf.side for leaf in record.leaves] == ["left", "right"]
    assert stored(tmp_path / "ocr", 2) == record
    single = PageRecord(3, "later.png", 1, failed="it is gone")
    source = source_from_ocr("opening", [record, single], tmp_path / "ocr")
    assert [(p.number, p.label) for p in source.pages] == [(2, "scan 2, left"), (3, "scan 2, right"), (4, "scan 3")]
    left, right, _ = (source.text[p.start : p.end].lower() for p in source.pages)
    assert "harbour was closed" in left and "window glass" in right and "harbour" not in right
    for at, (low, high) in enumerate(((0, 1400), (1400, 2800))):
        boxes = [word.box for line in source.pages[at].lines for word in line.words if word.box]
        assert len(boxes) > 50
        assert all(
            low <= box.left < box.right <= high and opening[box.top : box.bottom, box.left : box.right].min() < 120
            for box in boxes
        )
        assert source.pages[at].scan is not None and "split" in {t.step for t in source.pages[at].scan.treatments}
    assert {folder.name for folder in (tmp_path / "images").iterdir()} == {"left", "right"}


def test_cutting_can_be_switched_off(opening: Gray, tmp_path: Path) -> None:
    path = tmp_path / "opening.png"
    Image.fromarray(opening).save(path)
    whole = replace(request(path, tmp_path), split=False, keep_images=None)
    assert read_page(whole).leaves == ()
    assert len(read_page(replace(whole, split=True)).leaves) == 2, "what was read whole before is read again"


def test_hocr_of_two_pages_keeps_ids_apart() -> None:
    one = b'<html><body><div class="ocr_page" id="page_1" title="ppageno 0"><span id="word_1_12">a</span></div></body></html>'
    both = together([one, one]).decode()
    assert both.count("ocr_page") == 2
    assert 'id="page_2"' in both and 'id="word_2_12"' in both and "ppageno 1" in both


def test_prepare_still_treats_an_opening_as_one_image(opening: Gray) -> None:
    assert prepare(opening).image.shape[1] > prepare(opening).image.shape[0]
