"""Every file that Errata writes and reads again has a version: older ones are read, later ones are named and left alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PAGE, Errata

from pipeline.batch.applying import read_evidence
from pipeline.batch.decisions import earlier_decisions
from pipeline.batch.stamp import read_stamp
from pipeline.batch.verdicts import read_readings
from pipeline.confidence.model import shipped_weights, weights_from
from pipeline.decisions.exchange import exported, take_in
from pipeline.decisions.store import VERSION, Store
from pipeline.errors import ExitCode, MadeLater
from pipeline.formats import Format
from pipeline.ocr.pages import PageRecord, hocr_path, record_path, stored
from pipeline.outputs.confidence import read_risks
from pipeline.outputs.edits import read_ledger
from pipeline.outputs.report.several import read_figures

LATER = "made by a later version of Errata"


@pytest.fixture
def document(errata: Errata, text_file: Path, tmp_path: Path) -> Path:
    assert errata("clean", text_file, "-o", "out").code == 0
    return tmp_path / "out" / "letter"


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the record of a file, or its first line."""
    text = path.read_text(encoding="utf-8")
    rest = ""
    if path.suffix == ".jsonl":
        text, _, rest = text.partition("\n")
    record = json.loads(text)
    change(record)
    path.write_text(json.dumps(record) + "\n" + rest, encoding="utf-8")


def later(record: dict[str, Any]) -> None:
    record["version"] = 99


def nameless(record: dict[str, Any]) -> None:
    del record["format"], record["version"]


def numbered(record: dict[str, Any]) -> None:
    nameless(record)
    record["format"] = 1


def test_steps_are_taken_one_after_the_other() -> None:
    fruit = Format("fruit", (lambda r: {"b": r["a"]}, lambda r: {"c": r["b"] + 1}))
    assert fruit.head == {"format": "fruit", "version": 3}
    assert fruit.read({"format": "fruit", "version": 1, "a": 1}) == fruit.read({**fruit.head, "c": 2}) == {"c": 2}
    for other in (
        {"format": "fish", "version": 1},
        {"format": 1},
        {},
        [],
        {"format": "fruit"},
        {"format": "fruit", "version": 0},
    ):
        with pytest.raises(ValueError, match="fruit"):
            fruit.read(other)


def test_errata_json(errata: Errata, document: Path, text_file: Path) -> None:
    stamp = read_stamp(document)

    def as_first(record: dict[str, Any]) -> None:
        numbered(record)
        record["version"] = record.pop("errata")

    changed(document / "errata.json", as_first)
    assert stamp is not None and read_stamp(document) == stamp
    assert "already done" in errata("clean", text_file, "-o", "out").err
    changed(document / "errata.json", lambda record: record.update(format="errata-document", version=3))
    kept = (document / "text.txt").read_bytes(), (document / "errata.json").read_bytes()
    for command in (("clean", text_file, "-o", "out"), ("repair", "out"), ("apply", "out")):
        ran = errata(*command)
        assert ran.code == ExitCode.INVALID_OUTPUT and LATER in ran.err and "errata.json" in ran.err, ran.err
    assert kept == ((document / "text.txt").read_bytes(), (document / "errata.json").read_bytes())


def test_records_of_pages(errata: Errata, scan: Path, tmp_path: Path) -> None:
    ocr = tmp_path / "ocr"
    ocr.mkdir()
    hocr_path(ocr, 1).write_bytes(b"x")
    record_path(ocr, 1).write_text(PageRecord(1, "a.png", 1, digest="abc").to_json())
    changed(record_path(ocr, 1), numbered)
    found = stored(ocr, 1)
    assert found is not None and found.digest == "abc"
    assert errata("digitise", scan, "-o", "out", "--effort", "fast").code == 0
    folder = tmp_path / "out" / "scan"
    (folder / "errata.json").unlink()
    changed(record_path(folder / "ocr", 1), later)
    before = record_path(folder / "ocr", 1).read_bytes()
    ran = errata("digitise", scan, "-o", "out", "--effort", "fast")
    assert ran.code != 0 and LATER in ran.err and record_path(folder / "ocr", 1).read_bytes() == before


def test_evidence(document: Path) -> None:
    evidence = read_evidence(document)
    changed(document / "evidence.json", nameless)
    assert read_evidence(document) == evidence
    changed(document / "evidence.json", lambda record: record.update(format="errata-evidence", version=3))
    with pytest.raises(MadeLater, match=r"evidence\.json: made by a later"):
        read_evidence(document)


def test_calibrations(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    record = json.loads((Path(__file__).parent.parent / "pipeline/confidence/coefficients.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(record))
    assert weights_from(str(path))["text"].tolist() == shipped_weights()["text"].tolist()
    later_one = tmp_path / "later.json"
    later_one.write_text(json.dumps({"format": "errata-calibration", "version": 3, **record}))
    with pytest.raises(MadeLater, match=r"later\.json: made by a later"):
        weights_from(str(later_one))


@pytest.mark.parametrize("name", ["edits.jsonl", "confidence.json", "report.json"])
def test_what_has_had_one_version_so_far(document: Path, name: str) -> None:
    text = (document / "text.txt").read_text(encoding="utf-8")
    readers: dict[str, Callable[[], object]] = {
        "edits.jsonl": lambda: read_ledger(document / name),
        "confidence.json": lambda: read_risks(document / name, text),
        "report.json": lambda: read_figures(document),
    }
    first = json.loads(
        (document / name).read_text(encoding="utf-8").split("\n", 1)[0]
        if name == "edits.jsonl"
        else (document / name).read_bytes()
    )
    assert first["version"] == 1 and readers[name]()
    changed(document / name, later)
    if name == "report.json":
        assert read_figures(document) == {}  # it is made anew with the report on several documents
        return
    with pytest.raises(MadeLater, match=LATER):
        readers[name]()


def test_readings_and_decisions_of_documents(tmp_path: Path) -> None:
    for name, of, read in (
        ("audit.jsonl", "errata-audit", read_readings),
        ("decisions.jsonl", "errata-decisions", earlier_decisions),
    ):
        path = tmp_path / name
        path.write_text(json.dumps({"format": of, "version": 1}) + "\n")
        assert read(tmp_path) == []
        changed(path, later)
        with pytest.raises(MadeLater, match=f"{name}: made by a later"):
            read(tmp_path)


def test_exported_decisions_and_the_log(tmp_path: Path) -> None:
    store = Store(tmp_path / "review.sqlite")
    rows = list(exported(store))
    assert json.loads(rows[0])["version"] == 1 and take_in(store, rows, "mine.jsonl").steps == 0
    with pytest.raises(MadeLater, match=r"mine\.jsonl: made by a later"):
        take_in(store, [rows[0].replace('"version": 1', '"version": 7')], "mine.jsonl")
    with sqlite3.connect(tmp_path / "empty.sqlite") as empty:  # version 0: a file before the first step
        assert empty.execute("PRAGMA user_version").fetchone() == (0,)
    assert Store(tmp_path / "empty.sqlite").connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    with sqlite3.connect(tmp_path / "later.sqlite") as made:
        made.execute("PRAGMA user_version = 99")
    with pytest.raises(MadeLater, match=r"later\.sqlite: made by a later"):
        Store(tmp_path / "later.sqlite")


def test_the_list_of_several_documents(errata: Errata, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(PAGE, encoding="utf-8")
    assert errata("clean", "a.txt", "b.txt", "-o", "out").code == 0
    path = tmp_path / "out" / "batch.json"
    assert json.loads(path.read_bytes())["version"] == 1
    changed(path, later)
    before = path.read_bytes()
    assert errata("repair", "out").code == 0
    assert path.read_bytes() == before


def test_a_manifest_of_a_later_version(errata: Errata, document: Path) -> None:
    changed(document.parent / "manifest.json", later)
    ran = errata("status", "out", "--verify")
    assert ran.code == ExitCode.INVALID_OUTPUT and LATER in ran.err


def test_a_journal_of_a_later_version_is_left_alone(errata: Errata, document: Path, text_file: Path) -> None:
    journal = document.parent / ".errata" / "journal.sqlite"
    with sqlite3.connect(journal) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for command in (("clean", text_file, "-o", "out"), ("status", "out"), ("retry", "out")):
        ran = errata(*command)
        assert ran.code == ExitCode.INVALID_OUTPUT and LATER in ran.err, ran.err
    assert errata("clean", text_file, "-o", "out", "--state", "here.sqlite").code == 0
