"""Bad input: each kind is one line on standard error and an exit code, never a traceback."""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from importlib.util import find_spec
from pathlib import Path

import pikepdf
import pytest
from conftest import PAGE, Errata, Ran, draw_page

from pipeline.batch import run_pages
from pipeline.errors import ExitCode
from pipeline.ocr import PageRecord, PageRequest


def is_one_line(ran: Ran, code: ExitCode, *words: str) -> None:
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert ran.err.startswith("errata: ")
    assert ran.err.count("\n") == 1, ran.err
    assert "\x1b" not in ran.err
    for word in words:
        assert word in ran.err


def png_bomb() -> bytes:
    """A small file that claims 20,000 x 20,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(20_001))) + chunk(b"IEND", b"")


def broken(kind: str, folder: Path) -> Path:
    """A file that cannot be read."""
    path = folder / f"bad.{kind.split()[-1]}"
    if kind.startswith("truncated"):
        draw_page(PAGE).save(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    elif kind == "zip named pdf":
        path.write_bytes(b"PK\x03\x04" + bytes(200))
    elif kind == "bomb png":
        path.write_bytes(png_bomb())
    elif kind.startswith("empty"):
        path.write_bytes(b"")
    return path


KINDS = "truncated tif,truncated jpg,truncated png,zip named pdf,bomb png,empty png,empty pdf,missing png".split(",")


@pytest.mark.parametrize("kind", KINDS)
def test_scans(errata: Errata, tmp_path: Path, kind: str) -> None:
    path = broken(kind, tmp_path)
    is_one_line(errata("digitise", path, "-o", "out", "-j", "1"), ExitCode.INPUT_FILE, str(path))


def test_an_encrypted_pdf(errata: Errata, tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    is_one_line(errata("digitise", "locked.pdf", "-o", "out"), ExitCode.ENCRYPTED_PDF, "password")


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\x89PNG\r\n\x1a\n123", b"PK\x03\x04" + bytes(99)])
def test_texts(errata: Errata, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.txt").write_bytes(data)
    is_one_line(errata("clean", "bad.txt", "-o", "out"), ExitCode.INPUT_FILE, "bad.txt")


@pytest.mark.parametrize("command", ["clean", "digitise"])
@pytest.mark.parametrize("path", ["missing", "empty", "*.nothing"])
def test_missing_paths_and_empty_folders(errata: Errata, tmp_path: Path, command: str, path: str) -> None:
    (tmp_path / "empty").mkdir()
    is_one_line(errata(command, path), ExitCode.INPUT_FILE, path)


@pytest.mark.parametrize("command", ["clean", "digitise"])
def test_an_output_that_cannot_be_written(errata: Errata, text_file: Path, scan: Path, command: str) -> None:
    ran = errata(command, text_file if command == "clean" else scan, "-o", text_file / "below")
    is_one_line(ran, ExitCode.FILE_ACCESS, "-o")


def test_without_tesseract(errata: Errata, scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ran = errata("digitise", scan, "-o", "out", "-j", "1", "--engine", "pytesseract")
    is_one_line(ran, ExitCode.MISSING_DEPENDENCY, "apt-get install tesseract-ocr")
    doctor = errata("doctor")
    assert doctor.code == ExitCode.MISSING_DEPENDENCY
    assert "MISSING  Tesseract" in doctor.out


@pytest.mark.skipif(find_spec("tesserocr") is not None, reason="tesserocr is installed")
def test_without_the_engine(errata: Errata, scan: Path) -> None:
    ran = errata("digitise", scan, "-o", "out", "-j", "1", "--engine", "tesserocr")
    is_one_line(ran, ExitCode.MISSING_DEPENDENCY, "pip install tesserocr")


def test_without_the_language(errata: Errata, scan: Path) -> None:
    ran = errata("digitise", scan, "-o", "out", "-j", "1", "--lang", "eng+xyz")
    is_one_line(ran, ExitCode.MISSING_DEPENDENCY, "xyz")


def test_a_broken_dictionary(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "pack.toml").write_text('title = "x"\nlicence = "x"\n')
    (pack / "words.txt").write_text("b\na\n")
    is_one_line(errata("clean", text_file, "--period", "./pack"), ExitCode.INVALID_CONFIG, "words.txt:2")
    is_one_line(errata("clean", text_file, "--period", "nosuch"), ExitCode.INVALID_CONFIG, "nosuch")


def test_a_broken_errata_toml(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    (tmp_path / "errata.toml").write_text("suggest = \n")
    is_one_line(errata("clean", text_file), ExitCode.INVALID_CONFIG, "errata.toml:1")
    is_one_line(errata("clean", text_file, "--config", "missing.toml"), ExitCode.INVALID_CONFIG, "missing.toml")


@pytest.mark.parametrize("arguments", [["nosuch"], ["clean"], ["clean", "--nosuch", "a"], ["clean", "a", "--jobs", "0"]])
def test_arguments(errata: Errata, arguments: list[str]) -> None:
    is_one_line(errata(*arguments), ExitCode.BAD_ARGS, "--help")


def test_an_error_that_nobody_foresaw(errata: Errata, text_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("pipeline.run.repair", fail)
    is_one_line(errata("clean", text_file, "-o", "out"), ExitCode.OTHER, "internal error (ZeroDivisionError: oops)")
    assert "Traceback" in errata("clean", text_file, "-o", "out", "-v").err


def die_with_a_folder(request: PageRequest) -> PageRecord:
    folder = Path(tempfile.mkdtemp(prefix="errata-"))
    (folder / "page.tif").write_bytes(b"x")
    with request.path.open("a") as places:
        places.write(f"{folder}\n")
    os._exit(1)


def test_a_worker_that_dies_leaves_nothing_behind(tmp_path: Path) -> None:
    done: list[PageRecord] = []
    run_pages([PageRequest(tmp_path / "places", 1, 1, tmp_path / "ocr")] * 2, 2, done.append, die_with_a_folder)
    assert [bool(record.failed) for record in done] == [True, True]
    places = (tmp_path / "places").read_text().split()
    assert places
    assert [place for place in places if Path(place).exists()] == []


@pytest.mark.parametrize("option", ["--without", "--period"])
def test_unknown_names_are_named(errata: Errata, text_file: Path, option: str) -> None:
    code = ExitCode.BAD_ARGS if option == "--without" else ExitCode.INVALID_CONFIG
    is_one_line(errata("clean", text_file, "-o", "out", option, "nosuch"), code, "nosuch")


def test_options_that_do_not_go_together(errata: Errata, text_file: Path) -> None:
    is_one_line(errata("clean", text_file, "--cautious", "--eager"), ExitCode.BAD_ARGS, "--eager")
    is_one_line(errata("undo", "out"), ExitCode.BAD_ARGS, "--rule")
