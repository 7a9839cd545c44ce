"""OCR: a page is read, its hOCR becomes text with boxes, and every failure of Tesseract says what to do."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.batch import read_page
from pipeline.errors import BadArguments, MissingDependency, ToolFailed, UnwritableOutput
from pipeline.model import Box
from pipeline.ocr import PageRecord, PageRequest, installed_languages, recognise, tesseract_version
from pipeline.ocr.pages import IDENTITY, stored, stored_hocr
from pipeline.sources.hocr import read_hocr_page, source_from_ocr

WORDS = "The Soviet Government\nhas sent a reply to\nthe British Embassy"


def picture(text: str = WORDS) -> Image.Image:
    image = Image.new("L", (900, 320), 255)
    ImageDraw.Draw(image).multiline_text((60, 50), text, fill=0, font=ImageFont.load_default(44), spacing=20)
    return image


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.png"
    picture().save(path)
    return path


def request_for(scan: Path, number: int = 1) -> PageRequest:
    return PageRequest(scan, 1, number, scan.parent / "out" / "ocr")


def test_a_page_is_read_and_stored(scan: Path) -> None:
    request = request_for(scan)
    record = read_page(request)
    assert not record.failed and not record.blank
    assert (record.width, record.height) == (900, 320)
    assert record.tesseract == tesseract_version()
    assert stored(request.out, 1) == record
    assert sorted(path.name for path in request.out.iterdir()) == ["0001.hocr.gz", "0001.json"]
    assert (request.out / "0001.hocr.gz").read_bytes()[4:8] == bytes(4)  # no time stamp
    source = source_from_ocr("letter", [record], request.out)
    assert source.text == WORDS
    page = source.pages[0]
    assert page.scan is not None and page.scan.path == str(scan)
    words = [word for line in page.lines for word in line.words]
    assert [source.text[word.start : word.end] for word in words] == WORDS.split()
    assert all(word.confidence is not None and 0.5 < word.confidence <= 1 for word in words)
    ink = np.asarray(picture()) < 128
    for word in words:
        assert word.box is not None
        box = word.box
        assert ink[box.top : box.bottom, box.left : box.right].any()
    first = words[0].box
    assert first is not None
    assert abs(first.left - np.nonzero(ink.any(axis=0))[0][0]) <= 4


def test_what_is_done_is_not_done_again(scan: Path) -> None:
    request = request_for(scan)
    read_page(request)
    marked = gzip.compress(b"<html/>")
    (request.out / "0001.hocr.gz").write_bytes(marked)
    read_page(request)
    assert (request.out / "0001.hocr.gz").read_bytes() == marked
    read_page(replace(request, force=True))
    assert (request.out / "0001.hocr.gz").read_bytes() != marked
    (request.out / "0001.hocr.gz").write_bytes(marked)
    picture("Another page altogether").save(scan)
    read_page(request)
    assert b"Another" in b"".join(stored_hocr(request.out, 1).split()) or (request.out / "0001.hocr.gz").read_bytes() != marked


@pytest.mark.parametrize("tone", [0, 255])
@pytest.mark.parametrize("size", [(1, 1), (400, 600)])
def test_blank_pages_are_a_result(tmp_path: Path, size: tuple[int, int], tone: int) -> None:
    path = tmp_path / "blank.png"
    Image.new("L", size, tone).save(path)
    request = request_for(path)
    record = read_page(request)
    assert record.blank and not record.failed
    assert source_from_ocr("blank", [record], request.out).text == ""


def test_a_bad_page_is_a_record_and_not_an_exception(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(b"not an image")
    request = request_for(path, 7)
    record = read_page(request)
    assert "not an image" in record.failed and "\n" not in record.failed
    assert json.loads((request.out / "0007.json").read_text())["failed"] == record.failed
    source = source_from_ocr("bad", [record], request.out)
    assert source.text == "" and source.pages[0].failed == record.failed


def test_pages_are_joined_by_form_feeds(scan: Path) -> None:
    records = [read_page(request_for(scan, 1)), PageRecord(2, "lost.png", 1, failed="lost"), read_page(request_for(scan, 3))]
    source = source_from_ocr("letter", records, scan.parent / "out" / "ocr")
    assert source.text == f"{WORDS}\n\f\n\f{WORDS}"
    assert [source.text[page.start : page.end] for page in source.pages] == [WORDS, "", WORDS]
    last = source.pages[2].lines[0].words[0]
    assert source.text[last.start : last.end] == "The"


def test_images_are_kept_on_request(scan: Path, tmp_path: Path) -> None:
    read_page(replace(request_for(scan), keep_images=tmp_path / "images"))
    assert (tmp_path / "images" / "0001_1_gray.png").exists()


def test_an_output_that_cannot_be_written(scan: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableOutput):
        read_page(replace(request_for(scan), out=tmp_path / "file" / "ocr"))


def test_records_survive_storing(scan: Path) -> None:
    record = read_page(request_for(scan))
    assert PageRecord.from_json(record.to_json()) == record


HOCR = """<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<html xmlns="http://www.w3.org/1999/xhtml"><body><div class='ocr_page' title='bbox 0 0 100 100'>
<div class='ocr_photo' title='bbox 0 0 9 9'></div><div class='ocr_separator' title='bbox 0 0 9 1'></div>
<p class='ocr_par'><span class='ocr_line' title='bbox 10 10 60 20'>
<span class='ocrx_word' title='bbox 10 10 30 20; x_wconf 91'><span class='ocrx_cinfo' title='x_bboxes 10 10 20 20; x_conf
99'>a</span> <span class='ocrx_cinfo' id='lstm_choices_1'><span class='ocrx_cinfo' title='x_confs 9'>o</span></span>
<span class='ocrx_cinfo' title='x_bboxes 20 10 30 20'>&amp;</span></span>
<span class='ocrx_word' title='bbox 40 10 45 20; x_wconf 3'> </span>
<span class='ocrx_word' title='bbox 50 10 60 20; x_wconf 50'><em>b\tc</em></span></span></p>
<p class='ocr_par'><span class='ocr_header' title='bbox 10 30 60 40'><span class='ocrx_word' title='bbox 10 30 60
40'>&x;d</span></span></p> </div></body></html>"""


def test_hocr_of_every_kind() -> None:
    text, lines = read_hocr_page(HOCR.encode(), ((2, 0, 5), (0, 2, 0), (0, 0, 1)), 100)
    assert text == "a& b c\n\nd"
    assert [(line.start, line.end) for line in lines] == [(100, 106), (108, 109)]
    assert [(word.start, word.end, word.confidence) for word in lines[0].words] == [(100, 102, 0.91), (103, 106, 0.5)]
    assert lines[0].words[0].box is not None and lines[0].words[0].box.right - lines[0].words[0].box.left == 40
    same, _ = read_hocr_page(HOCR.encode(), IDENTITY, 0)
    assert same == text
    assert read_hocr_page(HOCR.encode(), IDENTITY, 0)[1][0].words[0].box == Box(10, 10, 30, 20)


def fake(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `tesseract` of our own before all others."""
    folder.mkdir()
    program = folder / "tesseract"
    answers = 'case "$1" in --version) echo "tesseract 5.3.0"; exit;; --list-langs) echo List; echo eng; exit;; esac'
    program.write_text(f"#!/bin/sh\n{answers}\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_tesseract_missing(scan: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for call in (
        lambda: recognise(np.asarray(picture())),
        installed_languages,
        tesseract_version,
        lambda: read_page(request_for(scan)),
    ):
        with pytest.raises(MissingDependency, match="apt-get install tesseract-ocr"):
            call()


def test_language_missing(scan: Path) -> None:
    assert "eng" in installed_languages()
    with pytest.raises(MissingDependency, match="apt-get install tesseract-ocr-chi-sim"):
        recognise(np.asarray(picture()), languages="eng+chi_sim")
    with pytest.raises(BadArguments):
        recognise(np.asarray(picture()), languages="eng; rm")


def test_language_data_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(tmp_path / "bin", "echo \"Failed loading language 'eng'\" >&2; exit 1", monkeypatch)
    with pytest.raises(MissingDependency, match="tesseract-ocr-eng"):
        recognise(np.asarray(picture()))


def test_tesseract_crashes(scan: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(tmp_path / "bin", "kill -SEGV $$", monkeypatch)
    with pytest.raises(ToolFailed, match="signal 11"):
        recognise(np.asarray(picture()))
    record = read_page(request_for(scan))
    assert "signal 11" in record.failed and "\n" not in record.failed


def test_tesseract_hangs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(tmp_path / "bin", "exec sleep 30", monkeypatch)
    with pytest.raises(ToolFailed, match="more than 1 seconds"):
        recognise(np.asarray(picture()), timeout=1)


def test_tesseract_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(tmp_path / "bin", "exit 0", monkeypatch)
    with pytest.raises(ToolFailed, match="no result"):
        recognise(np.asarray(picture()))
