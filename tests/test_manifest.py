"""The manifest reconciles what came in with what went out, and what was changed by hand stays as it is."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import PAGE, Errata, draw_page

from pipeline.batch.manifest import COUNTS, Item
from pipeline.errors import ExitCode


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return found


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Three texts: one of two pages, one of one page, and one that cannot be read."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{PAGE}\f{PAGE}")
    (folder / "b.txt").write_text(PAGE)
    (folder / "c.txt").write_text("")
    return folder


def test_every_input_and_every_page_is_accounted_for(errata: Errata, texts: Path, tmp_path: Path) -> None:
    assert errata("clean", "in", "-o", "out").code == ExitCode.PARTIAL
    out = tmp_path / "out"
    found = manifest(out)
    documents = {one["document"]: one for one in found["documents"]}
    assert {name: one["state"] for name, one in documents.items()} == {"a": "done", "b": "done", "c": "failed"}
    assert [one["inputs"] for one in documents.values()] == [[[f"in/{n}.txt", digest(texts / f"{n}.txt")]] for n in "abc"]
    assert [one["text"] for one in documents.values()] == [digest(out / "a" / "text.txt"), digest(out / "b" / "text.txt"), ""]
    assert [one["pages_out"] for one in documents.values()] == [2, 1, 0]
    totals = found["totals"]
    assert (totals["documents"], totals["failed"], totals["inputs"], totals["adds_up"]) == (3, 1, 3, True)
    with (out / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {name: sum(int(row[name] or 0) for row in rows) for name in COUNTS} == totals["pages"]
    assert totals["pages"]["pages_in"] == totals["pages"]["pages_read"] + totals["pages"]["pages_failed"] == 4
    assert "c.txt: the file is empty" in rows[-1]["reason"]


def test_hashes_are_checked(errata: Errata, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errata("clean", "in", "-o", "out")
    ran = errata("status", "out", "--verify")
    assert (ran.code, ran.out) == (0, "5 files are as the manifest says, 0 are not\n")
    monkeypatch.chdir("/")  # relative paths hold where the run was called from
    assert errata("status", tmp_path / "out", "--verify").code == 0
    monkeypatch.chdir(tmp_path)
    (texts / "b.txt").write_text("another text")
    ran = errata("status", "out", "--verify")
    assert (ran.code, "input: in/b.txt: changed" in ran.out) == (ExitCode.INPUT_FILE, True)
    (tmp_path / "out" / "a" / "text.txt").unlink()
    ran = errata("status", "out", "--verify", "--json")
    assert ran.code == ExitCode.INVALID_OUTPUT and json.loads(ran.out)["texts"] == ["out/a/text.txt: missing"]
    assert errata("status", tmp_path, "--verify").code == ExitCode.INPUT_FILE


def test_it_goes_with_every_later_run(errata: Errata, texts: Path, tmp_path: Path) -> None:
    errata("clean", "in", "-o", "out")
    errata("undo", "out", "--rule", "line-end-hyphen", "-q")
    assert errata("status", "out", "--verify").code == 0
    assert [one["state"] for one in manifest(tmp_path / "out")["documents"]] == ["done", "done", "failed"]
    (texts / "c.txt").write_text(PAGE)
    errata("retry", "out", "-q")
    found = manifest(tmp_path / "out")
    assert (found["totals"]["failed"], found["totals"]["pages"]["pages_out"]) == (0, 4)


def test_scans_have_a_row_each(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    draw_page(PAGE).save(tmp_path / "in" / "p1.png")
    (tmp_path / "in" / "p2.png").write_bytes(b"no image")
    errata("digitise", "in", "-o", "out", "--effort", "fast")
    with (tmp_path / "out" / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["sha256"] for row in rows] == [digest(tmp_path / "in" / f"p{n}.png") for n in (1, 2)]
    assert [rows[0][name] for name in COUNTS] == ["2", "1", "1", "0", "2"] and rows[1]["pages_in"] == ""
    assert errata("status", "out", "--verify").code == 0


@pytest.mark.parametrize(
    ("item", "adds_up"),
    [
        (Item("a", "done", pages_in=3, pages_read=2, pages_failed=1, openings=1, pages_out=4, text="x"), True),
        (Item("a", "done", pages_in=3, pages_read=2, pages_out=3, text="x"), False),
        (Item("a", "done", pages_in=3, pages_read=3, pages_out=2, text="x"), False),
        (Item("a", "failed", pages_in=1, pages_failed=1), True),
    ],
)
def test_sums_that_do_not_add_up_are_told(item: Item, adds_up: bool) -> None:
    assert item.adds_up is adds_up


def test_a_text_that_was_changed_by_hand_is_never_touched(errata: Errata, texts: Path, tmp_path: Path) -> None:
    errata("clean", "in", "-o", "out")
    mine = tmp_path / "out" / "b" / "text.txt"
    mine.write_text("mine\n")
    for command in (
        ("clean", "in", "-o", "out", "--cautious"),
        ("clean", "in", "-o", "out", "--force"),
        ("repair", "out"),
        ("undo", "out", "--rule", "line-end-hyphen"),
    ):
        ran = errata(*command)
        assert mine.read_text() == "mine\n", command
        assert "text.txt was changed by hand" in ran.err, command
    assert errata("status", "out", "--verify").code == ExitCode.INVALID_OUTPUT
    mine.unlink()
    errata("clean", "in", "-o", "out")
    assert mine.read_text().startswith("The Soviet Government")


def test_names_that_are_no_utf8(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    try:
        (tmp_path / "in" / "lettre-\udce9.txt").write_text(PAGE)
    except OSError:
        pytest.skip("the file system takes no such names")
    (tmp_path / "in" / "b.txt").write_text(PAGE)
    for _ in range(2):
        assert errata("clean", "in", "-o", "out").code == 0
    assert [one["inputs"][0][0] for one in manifest(tmp_path / "out")["documents"]] == ["in/b.txt", "in/lettre-\udce9.txt"]
    assert errata("status", "out", "--verify").out == "4 files are as the manifest says, 0 are not\n"
