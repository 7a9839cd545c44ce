"""In which order the pages of a run are read."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.batch.scans import LAST, ending_evenly
from pipeline.ocr.pages import PageRequest


def requests(folder: Path, widths: list[int]) -> list[PageRequest]:
    """Pages of these widths; 0 is a file that is no image."""
    made = []
    for number, width in enumerate(widths, 1):
        path = folder / f"{number}.png"
        if width:
            Image.new("1", (width, 10), 1).save(path)
        else:
            path.write_bytes(b"no image")
        made.append(PageRequest(path, 1, number, folder))
    return made


def test_the_last_pages_end_with_the_small_ones(tmp_path: Path) -> None:
    head, tail = [5, 1, 9], [3, 1, 0, 2, 7, 3, 1, 8]
    found = ending_evenly(requests(tmp_path, head + tail), len(tail) // LAST)
    assert [request.number for request in found] == [1, 2, 3, 11, 8, 4, 9, 7, 5, 10, 6]


def test_one_process_reads_in_order(tmp_path: Path) -> None:
    found = ending_evenly(requests(tmp_path, [1, 2, 3]), 1)
    assert [request.number for request in found] == [1, 2, 3]
