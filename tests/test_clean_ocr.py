"""`errata clean` over what other programs read: documents, results, repair, undo, and a second run."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from conftest import Errata
from lxml import etree
from PIL import Image

from pipeline.errors import BadArguments, ExitCode
from pipeline.sources.files import read_file
from pipeline.sources.to_clean import documents_to_clean

FILES = Path(__file__).parent / "ocr_files"
OUT = Path("nowhere")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An archive's export: a page a file, with the METS file that lists them."""
    folder = tmp_path / "box"
    folder.mkdir()
    for number, name in ((2, "tesseract-alto-3.xml"), (10, "escriptorium-alto-4.xml"), (1, "abbyy-alto-2.xml")):
        shutil.copy(FILES / name, folder / f"p{number}.xml")
    (folder / "mets.xml").write_bytes(b'<?xml version="1.0"?><mets xmlns="http://www.loc.gov/METS/"/>')
    return folder


def documents(*paths: Path, **options: bool) -> dict[str, list[str]]:
    found = documents_to_clean(list(paths), OUT, **options)
    return {str(document.relative_out): [path.name for path in document.inputs] for document in found}


def test_the_pages_of_a_folder_are_one_document(box: Path) -> None:
    assert documents(box) == {"box": ["p1.xml", "p2.xml", "p10.xml"]}
    assert documents(box.parent) == {"box": ["p1.xml", "p2.xml", "p10.xml"]}
    assert documents(box, whole=True) == documents(box)
    assert documents(box, each=True) == {"p1": ["p1.xml"], "p2": ["p2.xml"], "p10": ["p10.xml"]}
    assert documents(box / "p10.xml", box / "p2.xml") == {"box": ["p2.xml", "p10.xml"]}
    assert documents(box / "p10.xml") == {"p10": ["p10.xml"]}


def test_folders_that_are_called_by_their_format(box: Path) -> None:
    (box / "page").mkdir()
    shutil.copy(FILES / "transkribus-page-2013.xml", box / "page" / "0001.xml")
    shutil.copy(FILES / "transkribus-page-2013.xml", box / "page" / "0002.xml")
    pages = ["0001.xml", "0002.xml"]
    assert documents(box / "page") == documents(*sorted((box / "page").iterdir())) == {"box": pages}
    assert documents(box / "page", whole=True) == {"box": pages}
    assert documents(box)["page"] == pages


def test_formats_that_show_the_same_pages_are_kept_apart(box: Path) -> None:
    shutil.copy(FILES / "transkribus-page-2013.xml", box / "p3.page.xml")
    (box / "p4.xml").write_bytes(b"")
    (box / "notes.txt").write_bytes(b"Notes.")
    shutil.copy(FILES / "tesseract.hocr", box / "book.hocr")
    expected = {
        "notes": ["notes.txt"],
        "book": ["book.hocr"],
        "box-alto": ["p1.xml", "p2.xml", "p4.xml", "p10.xml"],
        "box-page": ["p3.page.xml"],
    }
    assert documents(box) == expected
    assert documents(box, whole=True)["box"] == ["book.hocr", "notes.txt", "p1.xml", "p2.xml", "p3.page.xml", "p4.xml", "p10.xml"]


def test_a_page_that_is_there_twice_is_not_guessed_about(box: Path) -> None:
    (box / "p2.txt").write_bytes(b"Two.")
    with pytest.raises(BadArguments, match=r"p2\.txt, p2\.xml"):
        documents(box, whole=True)
    with pytest.raises(BadArguments, match="--each"):
        documents(box, whole=True, each=True)


def test_results_are_no_input(errata: Errata, box: Path) -> None:
    assert errata("clean", box, "-o", box / "done").code == 0
    (box / "done" / "box" / "more.txt").write_bytes(b"More.")
    assert documents(box) == {"box": ["p1.xml", "p2.xml", "p10.xml"], "done/box/more": ["more.txt"]}


def test_an_export_goes_through_everything(errata: Errata, box: Path, tmp_path: Path) -> None:
    ran = errata("clean", box, "-o", "out")
    assert ran.code == 0, ran.err
    assert "mets.xml is passed over: a METS file" in ran.err
    folder = tmp_path / "out" / "box"
    first, second, third = (folder / "text.txt").read_text().split("\f")
    assert "the government\non Tuesday." in first and "- 14 -" not in first
    assert (second.split()[-1], third.split()[0]) == ("R&D", "My")
    assert "government" in (folder / "reading.md").read_text()
    pages = json.loads((folder / "confidence.json").read_text())["pages"]
    sure = {word: chance for line in pages[1]["lines"] for word, chance in line["words"]}
    assert sure["Geneva;"] < min(sure[word] for word in ("The", "envoy", "left"))
    assert "pages/" in (folder / "report.html").read_text()
    for number, name in ((1, "abbyy-alto-2.xml"), (2, "tesseract-alto-3.xml"), (3, "escriptorium-alto-4.xml")):
        assert (folder / "ocr" / f"{number:04d}.xml").read_bytes() == (FILES / name).read_bytes()
    assert "already done" in errata("clean", box, "-o", "out").err


def test_words_keep_their_boxes(errata: Errata, box: Path, tmp_path: Path) -> None:
    errata("clean", box, "-o", "out")
    pages = [etree.parse(path) for path in sorted((tmp_path / "out" / "box" / "pages").iterdir())]
    spans = {e.text: e.get("title") for e in pages[1].iter("{*}span") if e.get("class") == "ocrx_word"}
    assert spans["Geneva;"] == "bbox 60 95 180 125; x_wconf 41"
    number = next(e for e in pages[0].iter("{*}span") if e.get("class") == "ocr_pageno")
    assert "".join(number.itertext()) == "- 14 -"
    lines = [e for e in pages[2].iter("{*}span")]
    assert [(e.get("title"), e.text) for e in lines] == [
        ("bbox 110 120 900 170", "My dear friend, the roads are"),
        ("bbox 110 198 880 250", "closed, and no post has come."),
    ]


def test_our_own_hocr_is_read_back(errata: Errata, box: Path, tmp_path: Path) -> None:
    errata("clean", box, "-o", "out")
    folder = tmp_path / "out" / "box"
    ran = errata("clean", folder / "pages", "-o", "again")
    assert ran.code == 0
    again = tmp_path / "again" / "pages"
    texts = [(f / "text.txt").read_text().split("\f") for f in (folder, again)]
    assert [page.split() for page in texts[0]] == [page.split() for page in texts[1]]
    made = [json.loads(row) for row in (again / "edits.jsonl").read_text().splitlines()[1:]]
    assert {edit["rule"] for edit in made if edit["state"] == "applied"} <= {"page-break", "page-number", "line-end-hyphen"}


def test_repair_and_undo(errata: Errata, box: Path, tmp_path: Path) -> None:
    errata("clean", box, "-o", "out")
    folder = tmp_path / "out" / "box"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    shutil.rmtree(box)
    assert errata("repair", "out").code == 0
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before
    assert errata("undo", "out", "--all").code == 0
    pages = [read_file(folder / "ocr" / f"{number:04d}.xml", "x").text for number in (1, 2, 3)]
    assert (folder / "text.txt").read_text() == "\n\f".join(pages)


def test_a_broken_page_is_said_once_and_costs_itself_only(errata: Errata, box: Path, tmp_path: Path) -> None:
    (box / "p2.xml").write_bytes(b"<alto><Layout>")
    ran = errata("clean", box, "-o", "out", "-q")
    assert ran.code == ExitCode.PARTIAL
    assert ran.err.count("\n") == 1 and "p2.xml: broken XML in line 1" in ran.err
    assert len((tmp_path / "out" / "box" / "text.txt").read_text().split("\f")) == 3
    stamp = json.loads((tmp_path / "out" / "box" / "errata.json").read_text())
    assert stamp["failed"] == [2]
    assert errata("repair", "out").code == ExitCode.PARTIAL


def test_a_folder_of_something_else(errata: Errata, box: Path) -> None:
    for page in box.glob("p*.xml"):
        page.unlink()
    ran = errata("clean", box, "-o", "out")
    assert ran.code == ExitCode.INPUT_FILE and ran.err.count("\n") == 1
    assert "no texts in this folder" in ran.err and "a METS file" in ran.err


@pytest.mark.parametrize("name", ["mets.xml", "empty.xml", "page.html"])
def test_a_file_that_cannot_be_read(errata: Errata, box: Path, name: str) -> None:
    path = box / name
    if name != "mets.xml":
        path.write_bytes(b"<html><p>No OCR</p></html>" if name == "page.html" else b"")
    ran = errata("clean", path, "-o", "out")
    assert ran.code == ExitCode.INPUT_FILE
    assert ran.err.count("\n") == 1 and name in ran.err


def test_one_file_with_many_pages(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "book.hocr.gz").write_bytes(gzip.compress((FILES / "tesseract.hocr").read_bytes()))
    assert errata("clean", "book.hocr.gz", "-o", "out", "--pages", "2").code == 0
    assert (tmp_path / "out" / "book" / "text.txt").read_text() == "Later."
    assert (tmp_path / "out" / "book" / "ocr" / "source.gz").exists()
    assert errata("repair", "out").code == 0
    assert (tmp_path / "out" / "book" / "text.txt").read_text() == "Later."
    assert sorted(path.name for path in (tmp_path / "out" / "book" / "pages").iterdir()) == ["0002.hocr"]


def test_as_a_stream(errata: Errata) -> None:
    data = (FILES / "tesseract-alto-3.xml").read_bytes()
    assert errata("clean", "-", stdin=data).out.split() == ["The", "envoy", "left", "Geneva;", "R&D"]
    assert errata("clean", FILES / "kraken.hocr", "-o", "-").out.endswith("Müller, five francs")


def test_images_may_be_named(errata: Errata, box: Path, tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    Image.new("L", (450, 200)).save(images / "scan 7.tif")
    assert errata("clean", box / "p2.xml", "-o", "out", "--images", images).code == 0
    page = (tmp_path / "out" / "p2" / "pages" / "0001.hocr").read_text()
    assert "scan 7.tif" in page and "bbox 0 0 450 200" in page and "bbox 30 48 90 62" in page
    assert "already done" in errata("clean", box / "p2.xml", "-o", "out", "--images", images).err
    assert "already done" not in errata("clean", box / "p2.xml", "-o", "out").err
    ran = errata("clean", box, "--images", "missing")
    assert ran.code == ExitCode.BAD_ARGS and "missing" in ran.err
