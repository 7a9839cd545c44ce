"""Folders of good and bad files of every kind: every good one gives a result, every bad one a line; nothing hangs or harms."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from conftest import Errata
from PIL import Image, ImageOps

from benchmarks.hostile_files import LETTER, bad_scans, bad_texts, fill, good_scans, good_texts, page, png, saved
from pipeline.batch.order import Order
from pipeline.batch.steps import chosen
from pipeline.errors import ExitCode, UnreadableInput
from pipeline.settings import Settings
from pipeline.sources.discover import Document, documents_to_digitise
from pipeline.sources.images import frames, load
from pipeline.sources.markup import unpacked
from pipeline.sources.text import read_bytes
from pipeline.sources.to_clean import documents_to_clean

COUNT = 12
SAID = re.compile(r"errata: (?:a-million-pages: page 2: )?.*box/(?P<name>[^/]+?)(?: page \d+)?: .+")


def results(out: Path) -> list[str]:
    return [path.read_text() for path in out.rglob("text.txt")]


def check(errata: Errata, box: Path, out: Path, good: dict[str, bytes], bad: dict[str, object], command: list[str]) -> None:
    _, broken = fill(box, good, bad, COUNT)  # type: ignore[arg-type]
    ran = errata(*command, "--each", box, "-o", out)
    assert ran.code == ExitCode.PARTIAL, ran.err
    assert "Traceback" not in ran.err and "internal error" not in ran.err
    assert not any(mark in ran.err for mark in ("\x1b", "\x07", "\u202e"))
    named = [found["name"] for line in ran.err.splitlines() if (found := SAID.fullmatch(line))]
    passed_over = re.findall(r"box/(\S+) is passed over", ran.err)
    assert sorted([*named, *passed_over]) == sorted(path.name for path in broken), ran.err
    texts = results(out)
    assert len([text for text in texts if "Soviet" in text]) == COUNT
    assert not any("root:" in text for text in texts), "another file was read"
    assert sorted(path.name for path in box.parent.iterdir()) == sorted({box.name, out.name}), "something was written elsewhere"


def test_scans(errata: Errata, tmp_path: Path) -> None:
    check(
        errata, tmp_path / "box", tmp_path / "out", good_scans(), dict(bad_scans()), ["digitise", "-j", "2", "--effort", "fast"]
    )


def test_texts(errata: Errata, tmp_path: Path) -> None:
    check(errata, tmp_path / "box", tmp_path / "out", good_texts(), dict(bad_texts()), ["clean", "-j", "1"])


def test_what_is_passed_over_is_named_where_a_document_fails(errata: Errata, tmp_path: Path) -> None:
    box = tmp_path / "box"
    fill(box, {}, {"a.txt": b"", "mets.xml": b"<mets xmlns='http://www.loc.gov/METS/'/>"}, 0)
    ran = errata("clean", box, "-o", "out")
    assert ran.code == ExitCode.INPUT_FILE and "mets.xml is passed over" in ran.err


def test_one_bad_page_costs_no_other(errata: Errata, tmp_path: Path) -> None:
    box = tmp_path / "box"
    fill(box, {".png": saved("PNG")}, {"q.png": b"x", "p.png": lambda path: path.symlink_to("nowhere")}, 1)
    ran = errata("digitise", box, "-o", "out", "-j", "1", "--effort", "fast")
    assert (ran.code, ran.err.count("errata: ")) == (ExitCode.PARTIAL, 2)
    assert "Government" in (tmp_path / "out" / "box" / "text.txt").read_text()


@pytest.mark.parametrize("find", [documents_to_digitise, documents_to_clean])
def test_links_out_of_a_folder_are_not_followed(tmp_path: Path, find: Callable[..., list[Document]]) -> None:
    box, secret = tmp_path / "box", tmp_path / "secret"
    secret.mkdir()
    for folder in (secret, box / "in"):
        folder.mkdir(exist_ok=True, parents=True)
        for name in ("a.png", "a.txt"):
            (folder / name).write_bytes(b"x")
    suffix = ".png" if find is documents_to_digitise else ".txt"
    (box / f"link{suffix}").symlink_to(secret / f"a{suffix}")
    (box / "linked").symlink_to(secret)
    (box / "again").symlink_to(box / "in")
    (box / f"inner{suffix}").symlink_to(box / "in" / f"a{suffix}")
    found = find([box], tmp_path / "out")
    files = [path for document in found for path in document.inputs]
    assert sorted(path.name for path in files) == [f"a{suffix}", f"inner{suffix}"]
    said = " ".join(remark for document in found for remark in document.remarks)
    assert f"link{suffix} is passed over: a link that leads out of the folder" in said and "linked is passed over" in said
    # What is named is followed.
    assert [path.name for document in find([box / f"link{suffix}"], tmp_path / "out") for path in document.inputs] == [
        f"link{suffix}"
    ]


@pytest.mark.parametrize("name", ["scans.zip", "book.tar.gz", "box.7z"])
def test_archives_are_named(errata: Errata, tmp_path: Path, name: str) -> None:
    box = tmp_path / "box"
    box.mkdir()
    (box / name).write_bytes(b"PK\x03\x04")
    for command in ("digitise", "clean"):
        ran = errata(command, box / name, "-o", "out")
        assert (ran.code, ran.err.count("\n")) == (ExitCode.INPUT_FILE, 1) and "an archive; unpack it first" in ran.err
        ran = errata(command, box, "-o", "out")
        assert ran.code == ExitCode.INPUT_FILE and "an archive; unpack it first" in ran.err
        (box / "letter.txt").write_text(LETTER)
        page().save(box / "letter.png")
        ran = errata(command, box, "-o", "out", *(["-j", "1", "--effort", "fast"] if command == "digitise" else []))
        assert ran.code == 0 and f"{name} is passed over: an archive; unpack it first" in ran.err
        for left in box.glob("letter.*"):
            left.unlink()


def test_what_changes_while_it_is_read_is_not_taken(errata: Errata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growing = tmp_path / "growing.txt"
    growing.write_text(LETTER)
    from pipeline.batch import documents

    read = documents.read_file

    def grown(path: Path, *more: object) -> object:
        source = read(path, *more)  # type: ignore[arg-type]
        with path.open("a") as file:
            file.write("One more line.\n")
        return source

    monkeypatch.setattr(documents, "read_file", grown)
    ran = errata("clean", growing, "-o", "out")
    assert ran.code == ExitCode.INPUT_FILE and "changed while" in ran.err
    assert not (tmp_path / "out" / "growing").exists()


def test_a_scan_that_vanishes_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone.png"
    with pytest.raises(UnreadableInput, match="no such file"):
        load(gone)
    document = Document("x", (gone, tmp_path / "two.png"), PurePosixPath("x"))
    assert [number for number, _ in chosen(document, Order(tmp_path, Settings()))] == [1, 2]


def test_packed_files_are_unpacked_within_bounds() -> None:
    import gzip

    with pytest.raises(UnreadableInput, match="not what it seems"):
        unpacked(gzip.compress(bytes(30_000_000)), "bomb.gz")
    assert len(unpacked(gzip.compress(bytes(9_000_000)), "plain.gz")) == 9_000_000


def test_a_text_beyond_all_measure_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(300_000_000)
    with pytest.raises(UnreadableInput, match="over 200 MB"):
        read_bytes(huge)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "P", "1"])
def test_greys_are_those_of_pillow_strip_by_strip(
    tmp_path: Path, orientation: int, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sources.images.BAND", 700)
    image = page((90, 40)).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"scan.{'jpg' if mode == 'CMYK' else 'png'}"
    image.save(path, exif=exif)
    with Image.open(path) as read:
        wanted = np.asarray(ImageOps.exif_transpose(read).convert("RGB").convert("L"), int)
    assert np.abs(load(path).astype(int) - wanted).max() <= 1


def test_wide_greys_keep_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.images.BAND", 256)
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64)
    Image.fromarray(ramp.astype(np.uint16)).save(tmp_path / "wide.png")
    Image.fromarray((ramp - 1000).astype(np.float32)).save(tmp_path / "wide.tif")
    assert np.array_equal(load(tmp_path / "wide.png"), (ramp.astype(np.uint16) / 257).round().astype(np.uint8))
    assert (load(tmp_path / "wide.tif").ravel()[[0, -1]] == [0, 255]).all()


def test_a_pdf_that_claims_more_pages_than_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(bad_scans()["a-million-pages.pdf"])  # type: ignore[arg-type]
    assert len(frames(tmp_path / "a.pdf")) == 2


def test_sizes_are_told_from_headers(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(14_200, 14_200))
    with pytest.raises(UnreadableInput, match="too large: 14200 x 14200"):
        load(path)
