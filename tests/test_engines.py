"""Engines: each reads the same page, knows what it lacks, keeps to its time and leaves nothing behind for the next page."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.batch import read_page, run_pages
from pipeline.doctor import engine_check
from pipeline.errors import MissingDependency, ToolFailed
from pipeline.ocr import PageRecord, PageRequest, recognise, tesserocr_engine
from pipeline.ocr.lines import read_line
from pipeline.ocr.pages import stored_hocr
from pipeline.ocr.recognition import ENGINES, chosen, installed_languages, is_ready, tesseract_version
from pipeline.ocr.tokens import parsed, read_lines
from pipeline.sources.hocr import source_from_ocr

WORDS = "The envoy left\nGeneva on Tuesday"
INSTALLED = importlib.util.find_spec("tesserocr") is not None
needs_tesserocr = pytest.mark.skipif(not INSTALLED, reason="tesserocr is not installed")
every_engine = pytest.mark.parametrize("engine", ["pytesseract", pytest.param("tesserocr", marks=needs_tesserocr)])


def picture(text: str = WORDS) -> NDArray[np.uint8]:
    image = Image.new("L", (700, 260), 255)
    ImageDraw.Draw(image).multiline_text((60, 50), text, fill=0, font=ImageFont.load_default(44), spacing=20)
    return np.asarray(image)


@pytest.fixture
def request_for(tmp_path: Path) -> PageRequest:
    Image.fromarray(picture()).save(tmp_path / "scan.png")
    return PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No engine stays loaded, and no folder known, from one test to the next."""
    yield
    tesserocr_engine.loaded.cache_clear()
    tesserocr_engine.folder_for.cache_clear()


@every_engine
def test_an_engine_reads_words_with_boxes_and_confidences(engine: str) -> None:
    words = [word for line in read_lines(parsed(recognise(picture(), engine=engine)), np.eye(3)) for word in line]
    assert [word.text for word in words] == WORDS.split()
    assert all(word.confidence > 0.5 for word in words)
    left, top, _, _ = words[0].box
    assert abs(left - 61) < 12 and 40 < top < 80


@every_engine
def test_an_engine_reads_a_page_for_the_record(engine: str, request_for: PageRequest) -> None:
    record = read_page(replace(request_for, engine=engine))
    assert not record.failed
    assert (record.engine, record.tesseract) == (engine, tesseract_version(engine))
    assert source_from_ocr("letter", [record], request_for.out).text == WORDS


@every_engine
@pytest.mark.parametrize("x_height", [None, 0.0, 24.0])
def test_an_empty_image_has_no_words(engine: str, x_height: float | None) -> None:
    hocr = recognise(np.full((300, 200), 255, np.uint8), engine=engine, x_height=x_height)
    assert not read_lines(parsed(hocr), np.eye(3)) and b"ocr_page" in hocr


@every_engine
def test_one_line_of_figures(engine: str) -> None:
    assert read_line(picture("- 12 -")[:150], engine=engine).strip("-— ") == "12"
    assert set(read_line(picture("lOl5")[:150], "0123456789", engine=engine)) <= set("0123456789")


@every_engine
def test_several_languages(engine: str) -> None:
    others = [code for code in installed_languages(engine) if code not in {"eng", "osd", "equ"}]
    if not others:
        pytest.skip("English only is installed")
    assert b"Geneva" in recognise(picture(), languages=f"eng+{others[0]}", engine=engine)


@every_engine
def test_a_missing_language_is_named(engine: str) -> None:
    with pytest.raises(MissingDependency, match=r"no data for “xyz”.*apt-get install tesseract-ocr-xyz"):
        recognise(picture(), languages="eng+xyz", engine=engine)


@needs_tesserocr
def test_engines_have_the_same_languages() -> None:
    assert installed_languages("tesserocr") == installed_languages("pytesseract")


@needs_tesserocr
def test_a_page_reads_the_same_whatever_was_read_before() -> None:
    first = recognise(picture(), engine="tesserocr")
    for text in ("Another\npage altogether", "1,234 5,678\n9,012"):
        recognise(picture(text), engine="tesserocr", layout="block", allowed="0123456789", x_height=None)
    assert recognise(picture(), engine="tesserocr") == first


@needs_tesserocr
def test_standard_error_stays_ours(capfd: pytest.CaptureFixture[str]) -> None:
    for image in (picture(), np.zeros((1, 1), np.uint8), np.zeros((9, 2000), np.uint8)):
        recognise(image, engine="tesserocr", x_height=None)
    assert capfd.readouterr().err == ""


@needs_tesserocr
def test_the_time_limit_holds_in_process() -> None:
    crowded = np.tile(picture(), (10, 3))
    with pytest.raises(ToolFailed, match="Tesseract took more than 0 seconds"):
        recognise(crowded, engine="tesserocr", timeout=0.05)
    assert b"Geneva" in recognise(picture(), engine="tesserocr")


@needs_tesserocr
def test_another_engine_reads_a_page_again(request_for: PageRequest) -> None:
    read_page(request_for)
    (earlier,) = request_for.out.glob("*.gz")
    before = earlier.read_bytes()
    assert read_page(replace(request_for, engine="tesserocr")).engine == "tesserocr"
    assert b"tesseract " + tesseract_version("tesserocr").encode() in stored_hocr(request_for.out, 1)
    assert earlier.read_bytes() != before


@needs_tesserocr
@pytest.mark.parametrize(("effort", "looks"), [("fast", set()), ("thorough", {"treated", "as-scanned-by-another-Tesseract"})])
def test_both_engines_vote(effort: str, looks: set[str], request_for: PageRequest) -> None:
    record = read_page(replace(request_for, engine="both", effort=effort))
    assert record.engine == "both" and tesseract_version("tesserocr") in record.tesseract
    assert source_from_ocr("letter", [record], request_for.out).text == WORDS
    kept = {path.name.split(".")[1] for path in request_for.out.glob("0001.*.hocr.gz")} - {"hocr"}
    assert looks <= kept and bool(looks) == bool(kept)
    assert read_page(replace(request_for, engine="pytesseract", effort=effort)).engine == "pytesseract", "read again"
    assert not list(request_for.out.glob("*another*"))


def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)


def test_tesserocr_absent(monkeypatch: pytest.MonkeyPatch, request_for: PageRequest) -> None:
    absent(monkeypatch)
    assert chosen("auto") == "pytesseract" and not is_ready(ENGINES["tesserocr"])
    with pytest.raises(MissingDependency, match=r"tesserocr.*pip install tesserocr"):
        read_page(replace(request_for, engine="tesserocr"))
    with pytest.raises(MissingDependency, match=r"tesserocr.*pip install tesserocr"):
        read_page(replace(request_for, engine="both"))


class Api:
    """A Tesseract that does as it is told. `read` stands for Recognize."""

    def __init__(self, read: Any = lambda milliseconds: True, languages: str = "eng") -> None:
        self.Recognize, self.known = read, languages

    def GetInitLanguagesAsString(self) -> str:
        return self.known

    def GetHOCRText(self, page: int) -> str:
        return "<div class='ocr_page' title='bbox 0 0 1 1'></div>"

    def __getattr__(self, name: str) -> Any:
        return lambda *values: True


def fake(monkeypatch: pytest.MonkeyPatch, api: Any, version: str = "tesseract 5.9.1\n leptonica-1.99") -> None:
    """Put a tesserocr of our own, and data for English, in place of what is installed."""
    module = SimpleNamespace(
        __spec__=ModuleSpec("tesserocr", None),
        PyTessBaseAPI=api,
        tesseract_version=lambda: version,
        LeptLogLevel=SimpleNamespace(NONE=6),
        set_leptonica_log_level=lambda level: None,
    )
    monkeypatch.setitem(sys.modules, "tesserocr", module)
    tesserocr_engine.loaded.cache_clear()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tessdata"
    (folder / "script").mkdir(parents=True)
    for name in ("eng", "fra", "script/Latin"):
        (folder / f"{name}.traineddata").write_bytes(b"")
    monkeypatch.setenv("TESSDATA_PREFIX", str(folder))
    return folder


def test_auto_takes_what_is_ready(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    fake(monkeypatch, lambda **given: Api())
    assert chosen("auto") == "tesserocr" and tesseract_version("auto") == "5.9.1"
    assert installed_languages("auto") == ("eng", "fra", "script/Latin")
    assert b"5.9.1" in recognise(picture(), engine="auto")


def test_data_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(monkeypatch, lambda **given: Api())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tesserocr_engine, "PLACES", ())
    with pytest.raises(MissingDependency, match="TESSDATA_PREFIX"):
        recognise(picture(), engine="tesserocr")
    check = engine_check()
    assert not check.sound and "not to be found" in check.found and "TESSDATA_PREFIX" in check.advice
    assert chosen("auto") == "pytesseract"


def test_the_doctor_on_engines(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    fake(monkeypatch, lambda **given: Api())
    check = engine_check()
    assert check.sound and "5.9.1" in check.found and "3 languages" in check.found
    absent(monkeypatch)
    check = engine_check()
    assert check.sound and "optional" in check.found


@pytest.mark.parametrize("known", ["", "fra"])
def test_data_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, data: Path, known: str) -> None:
    def broken(**given: str) -> Api:
        if not known:
            raise RuntimeError("Failed to init API")
        return Api(languages=known)

    fake(monkeypatch, broken)
    with pytest.raises(MissingDependency, match="tesseract-ocr-eng"):
        recognise(picture(), languages="eng+fra", engine="tesserocr")


def test_a_failure_is_told_and_the_next_page_gets_another_tesseract(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    answers = iter([False, True])
    made: list[Api] = []

    def make(**given: str) -> Api:
        made.append(Api(lambda milliseconds: next(answers)))
        return made[-1]

    fake(monkeypatch, make)
    with pytest.raises(ToolFailed, match=r"no result.*--engine pytesseract"):
        recognise(picture(), engine="tesserocr")
    assert recognise(picture(), engine="tesserocr") and len(made) == 2


def crash_at_two(request: PageRequest) -> PageRecord:
    if request.number == 2:
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGSEGV)
    return PageRecord(request.number, str(request.path), request.frame)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crash_within_the_process_costs_its_page(tmp_path: Path, jobs: int) -> None:
    wanted = [PageRequest(tmp_path / "p.png", 1, k, tmp_path / "ocr", engine="tesserocr") for k in range(1, 5)]
    done: dict[int, str] = {}
    run_pages(wanted, jobs, lambda record: done.update({record.number: record.failed}), crash_at_two)
    assert sorted(done) == [1, 2, 3, 4] and [number for number, failed in done.items() if failed] == [2]
    assert "--engine pytesseract" in done[2]


def hang_at_two(request: PageRequest) -> PageRecord:
    """What a library that never looks at the clock does."""
    with tesserocr_engine.ended_at(0.2):
        time.sleep(60 if request.number == 2 else 0)
    return PageRecord(request.number, str(request.path), request.frame)


def test_a_library_that_does_not_return_is_ended(tmp_path: Path) -> None:
    wanted = [PageRequest(tmp_path / "p.png", 1, k, tmp_path / "ocr", engine="tesserocr") for k in range(1, 4)]
    done: dict[int, str] = {}
    begin = time.monotonic()
    run_pages(wanted, 1, lambda record: done.update({record.number: record.failed}), hang_at_two)
    assert [number for number, failed in sorted(done.items()) if failed] == [2] and time.monotonic() - begin < 30
