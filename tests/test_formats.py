"""Formats that are asked for: what is made, made again, left out, and said of it."""

from __future__ import annotations

import csv
import json
import os
import stat
import zipfile
from pathlib import Path

import pikepdf
import pytest
from conftest import Errata, draw_page
from pikepdf.pdfa import validate_written
from test_exchange_formats import a_result
from test_hocr_output import an_edit, scanned

from pipeline.errors import ExitCode, ToolFailed
from pipeline.ledger import Replace
from pipeline.outputs.docx import reading_docx
from pipeline.outputs.edits_csv import edits_csv
from pipeline.outputs.formats import PLACES
from pipeline.outputs.hipe import pages_jsonl
from pipeline.outputs.pdfa import to_pdfa
from pipeline.settings import FORMATS

FILES = Path(__file__).parent / "ocr_files"
ALTO = FILES / "tesseract-alto-3.xml"


def a_program(folder: Path, name: str, script: str) -> Path:
    """A stand-in for an outside program, alone in a folder for the PATH."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return folder


def made(folder: Path) -> set[str]:
    return {name for name, place in PLACES.items() if any(folder.glob(place))}


def test_every_format_has_its_place() -> None:
    assert set(PLACES) == set(FORMATS)


def test_formats_are_made_when_asked_for_and_then_kept_up(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "1.xml").write_bytes(ALTO.read_bytes())
    folder = tmp_path / "out" / "box"
    assert errata("clean", "box", "-o", "out").code == 0
    assert made(folder) == set() and (folder / "edits.csv").is_file()
    assert errata("clean", "box", "-o", "out", "--format", "alto", "--format", "tei").code == 0
    assert made(folder) == {"alto", "tei"}
    assert "already done" in errata("clean", "box", "-o", "out").err
    assert errata("clean", "box", "-o", "out", "--format", "jsonl").code == 0
    assert made(folder) == {"alto", "tei", "jsonl"}
    (folder / "tei.xml").unlink()
    assert errata("repair", "out").code == 0
    assert made(folder) == {"alto", "tei", "jsonl"}
    assert errata("undo", "out", "--all").code == 0
    assert made(folder) == {"alto", "tei", "jsonl"}
    assert errata("clean", "box", "-o", "out", "--force", "--format", "page").code == 0
    assert made(folder) == {"page"}, "what was not asked for would tell of another text"


def test_formats_in_the_settings(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    (tmp_path / "errata.toml").write_text('formats = ["jsonl"]\n')
    assert errata("clean", text_file, "-o", "out").code == 0
    assert made(tmp_path / "out" / "letter") == {"jsonl"}
    (tmp_path / "errata.toml").write_text('formats = ["jsonl", "word"]\n')
    ran = errata("clean", text_file, "-o", "out")
    assert ran.code == ExitCode.INVALID_CONFIG and "errata.toml:1" in ran.err


def test_a_text_without_scans_has_what_it_can_have(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    ran = errata(
        "clean", text_file, "-o", "out", *(part for name in ("alto", "pdf", "tei", "jsonl") for part in ("--format", name))
    )
    assert ran.code == 0 and "alto, pdf: not made, since the text came without the places" in ran.err
    assert "Traceback" not in ran.err
    assert made(tmp_path / "out" / "letter") == {"tei", "jsonl"}


def test_scans_that_are_not_there(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(ALTO.read_bytes())
    ran = errata("clean", "1.xml", "-o", "out", "--format", "pdf", "--format", "page")
    assert ran.code == 0 and "pdf: not made, since scans are not there" in ran.err and "--images" in ran.err
    assert made(tmp_path / "out" / "1") == {"page"}


def test_a_scan_that_broke_since(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(ALTO.read_bytes())
    draw_page("x").save(tmp_path / "scan 7.png")
    (tmp_path / "scan 7.png").write_bytes((tmp_path / "scan 7.png").read_bytes()[:400])
    ran = errata("clean", "1.xml", "-o", "out", "--format", "pdf", "--format", "page")
    assert ran.code == 0 and "pdf: not made" in ran.err and "scan 7.png" in ran.err and "Traceback" not in ran.err
    assert made(tmp_path / "out" / "1") == {"page"}
    assert not list((tmp_path / "out" / "1").glob(".*"))


def test_only_text_goes_to_standard_output(errata: Errata) -> None:
    assert errata("clean", "-", "--format", "tei", stdin=b"text").code == ExitCode.BAD_ARGS


def test_what_is_not_installed_is_said_at_once(
    errata: Errata, text_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = errata("clean", text_file, "-o", "out", "--format", "docx")
    assert ran.code == ExitCode.MISSING_DEPENDENCY and "pandoc" in ran.err and "nstall" in ran.err
    assert not (tmp_path / "out" / "letter").exists()


def test_a_pandoc_that_fails_costs_the_docx_alone(
    errata: Errata, text_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin_folder = a_program(tmp_path / "bin", "pandoc", "echo 'out of memory' >&2; exit 251")
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    ran = errata("clean", text_file, "-o", "out", "--format", "docx")
    assert ran.code == 0 and "docx: not made: pandoc made no DOCX (exit code 251: out of memory)" in ran.err
    assert (tmp_path / "out" / "letter" / "text.txt").is_file() and made(tmp_path / "out" / "letter") == set()


def test_pandoc_is_given_the_reading_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f'cat > {tmp_path}/in.md; echo "$@" > {tmp_path}/arguments; echo $SOURCE_DATE_EPOCH > {tmp_path}/epoch; printf PK'
    monkeypatch.setenv("PATH", f"{a_program(tmp_path / 'bin', 'pandoc', script)}{os.pathsep}{os.environ['PATH']}")
    assert reading_docx("Said so[^p1-1].\n\n[^p1-1]: By Łódź.\n") == b"PK"
    assert (tmp_path / "in.md").read_text(encoding="utf-8") == "Said so[^p1-1].\n\n[^p1-1]: By Łódź.\n"
    assert "--to docx" in (tmp_path / "arguments").read_text()
    assert (tmp_path / "epoch").read_text().strip() == "315532800"


@pytest.mark.skipif(
    not any(os.access(Path(p) / "pandoc", os.X_OK) for p in os.environ["PATH"].split(os.pathsep)), reason="no pandoc"
)
def test_docx_has_real_footnotes(tmp_path: Path) -> None:
    text = "He said so[^p1-1] at \\$5 \\@home.\n\n[^p1-1]: 'By' Łódź.\n"
    assert reading_docx(text) == reading_docx(text), "the same input, the same bytes"
    (tmp_path / "a.docx").write_bytes(reading_docx(text))
    with zipfile.ZipFile(tmp_path / "a.docx") as packed:
        notes, body = (packed.read(f"word/{name}.xml").decode() for name in ("footnotes", "document"))
    assert "Łódź" in notes and "footnoteReference" in body and "$5 @home" in body and "&#39;By&#39;" in notes


def test_pdfa_is_valid_and_the_same_each_time(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(ALTO.read_bytes())
    draw_page("The envoy").save(tmp_path / "scan 7.png")
    assert errata("clean", "1.xml", "-o", "out", "--format", "pdfa").code == 0
    assert made(tmp_path / "out" / "1") == {"pdf", "pdfa"}
    archived = tmp_path / "out" / "1" / "searchable-pdfa.pdf"
    assert not validate_written(archived, "2b").violations
    to_pdfa(tmp_path / "out" / "1" / "searchable.pdf", tmp_path / "again.pdf")
    assert archived.read_bytes() == (tmp_path / "again.pdf").read_bytes()


def test_what_is_not_fit_for_an_archive_is_said(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 50 50 Td (The envoy) Tj ET")
        pdf.save(tmp_path / "typed.pdf")
    with pytest.raises(ToolFailed, match="not embedded"):
        to_pdfa(tmp_path / "typed.pdf", tmp_path / "archived.pdf")
    assert not (tmp_path / "archived.pdf").exists()


def test_jsonl_is_that_of_the_campaign() -> None:
    result = a_result(scanned("the Goverment", "met\u2028 \ud800"), an_edit("x", Replace(4, 13, "Goverment", "Government")))
    text = pages_jsonl(result)
    rows = [json.loads(line) for line in text.split("\n")[:-1]]
    assert len(text.splitlines()) == len(rows) == 2
    assert [row["document_metadata"]["document_id"] for row in rows] == ["box-0001", "box-0002"]
    assert rows[0]["ocr_hypothesis"] == {"transcription_unit": "the Goverment", "num_tokens": 2, "num_chars": 13}
    output = rows[0]["ocr_postcorrection_output"]
    assert output["transcription_unit"] == "the Government" and output["ocr_postcorrection_system"].startswith("Errata ")
    required = {"primary_dataset_name", "primary_dataset_version", "primary_dataset_license", "benchmark_dataset_name"}
    required |= {"benchmark_dataset_split", "document_type", "document_id", "date", "language", "transcription_unit_scope"}
    assert required <= set(rows[0]["document_metadata"])


def test_edits_as_a_table() -> None:
    applied = an_edit("x", Replace(4, 13, "=overment", "Government"))
    held = an_edit("y", Replace(0, 3, "the", "The"))
    rows = list(csv.DictReader(edits_csv(a_result(scanned("the =overment"), applied, held=(held,))).splitlines()))
    assert [(row["state"], row["page"], row["rule"], row["probability"]) for row in rows] == [
        ("held", "1", "y", "0.9500"),
        ("applied", "1", "x", "0.9500"),
    ]
