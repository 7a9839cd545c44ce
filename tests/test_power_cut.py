"""A power cut may leave the newest files empty, and beside them what was being written: the same command mends both."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page

from pipeline.whole import LEFT, beside, write

TEXT = b"The Soviet Govern-\nment sent a note to the British Embassy .\n\fThe second page tells of N6029/1316/55.\n"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_an_emptied_file_of_a_cleaned_text_is_made_again(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes(TEXT)
    command = ("clean", "letter.txt", "-o", "out", "--format", "tei")
    assert errata(*command).code == 0
    document = tmp_path / "out" / "letter"
    before = snapshot(document)
    assert len(before) > 12
    for name in before:
        (document / name).write_bytes(b"")
        again = errata(*command)
        assert again.code == 0 and "by hand" not in again.err, name
        assert snapshot(document) == before, name
    for name in before:
        (document / name).write_bytes(b"")
    assert errata(*command).code == 0
    assert snapshot(document) == before


@pytest.mark.parametrize("name", ["0001.json", "0001.hocr.gz"])
def test_an_emptied_reading_is_read_again(errata: Errata, tmp_path: Path, name: str) -> None:
    draw_page(PAGE).save(tmp_path / "page.png")
    command = ("digitise", "page.png", "-o", "out", "--effort", "fast")
    assert errata(*command).code == 0
    document = tmp_path / "out" / "page"
    before = snapshot(document)
    (document / "ocr" / name).write_bytes(b"")
    assert errata(*command).code == 0
    assert snapshot(document) == before


def test_a_text_that_was_empty_is_not_made_again_and_again(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "1.txt").write_bytes(TEXT)
    (tmp_path / "letters" / "2.txt").write_bytes(b"* * *\n7\n")
    for expected in (0, 2):
        ran = errata("clean", "letters", "-o", "out")
        assert ran.code == 0 and ran.err.count(": already done") == expected


def test_what_was_being_written_is_removed(errata: Errata, tmp_path: Path) -> None:
    draw_page(PAGE).save(tmp_path / "page.png")
    ocr = tmp_path / "out" / "page" / "ocr"
    ocr.mkdir(parents=True)
    left = [beside(ocr / "0001.json"), beside(ocr / "0001.hocr.gz")]
    for path in left:
        path.write_bytes(b"{")
    other = ocr / ".0001.json.somebody"
    other.write_bytes(b"of somebody else")
    (ocr.parent / "errata.json").write_bytes(b"")
    assert errata("digitise", "page.png", "-o", "out", "--effort", "fast").code == 0
    assert not any(path.exists() for path in left) and other.exists()


def test_what_could_not_be_written_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    write(path, b"old")
    with pytest.raises(TypeError):
        write(path, "new")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
    assert LEFT.fullmatch(beside(path).name) and not LEFT.fullmatch(".text.txt.123")
