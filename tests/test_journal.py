"""The journal: what became of each page and document, told while a run goes on and afterwards, and what failed done again."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from tempfile import gettempdir

import pytest
from conftest import PAGE, Errata, draw_page
from small_tesseract import apart, command, small_tesseract

from pipeline.batch.journal import Journal, Row
from pipeline.batch.journal_places import NAME, is_remote, journal_path
from pipeline.errors import ExitCode

FAST = ("--effort", "fast", "-j", "2")


def pages(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(1, count + 1):
        draw_page(f"{PAGE}{number}").save(folder / f"p{number:02d}.png")
    return folder


def rows(out: Path, what: str = "document, page, stage, state, attempts") -> list[tuple[object, ...]]:
    with sqlite3.connect(out / NAME) as journal:
        return journal.execute(f"SELECT {what} FROM work ORDER BY document, page").fetchall()


def results(out: Path) -> dict[str, bytes]:
    """All that was written but the journal."""
    found = {path.relative_to(out): path for path in sorted(out.rglob("*")) if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if name.parts[0] != ".errata"}


def test_a_run_that_is_killed_again_and_again_comes_to_the_same(tmp_path: Path) -> None:
    calls = small_tesseract(tmp_path / "bin", None, "sleep 0.2")
    pages(tmp_path / "in", 6)
    assert apart(tmp_path, tmp_path / "bin", "digitise", "in", "-o", "whole", *FAST).returncode == 0
    undisturbed = len(calls.read_text().split())
    calls.unlink()
    words, env = command(tmp_path / "bin", "digitise", "in", "-o", "out", *FAST)
    seed, kills = random.Random(3), 0
    while kills < 3:
        process = subprocess.Popen(words, cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
        begun = len(list((tmp_path / "out").glob("in/ocr/*.json")))
        while process.poll() is None and len(list((tmp_path / "out").glob("in/ocr/*.json"))) == begun:
            time.sleep(0.02)
        time.sleep(seed.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert apart(tmp_path, tmp_path / "bin", "digitise", "in", "-o", "out", *FAST).returncode == 0
    assert results(tmp_path / "out") == results(tmp_path / "whole")
    assert len(calls.read_text().split()) <= undisturbed + 2 * kills, "more than the pages in flight were read again"
    assert [row[:4] for row in rows(tmp_path / "out")] == [
        ("in", 0, "write", "done"),
        *(("in", number, "read", "done") for number in range(1, 7)),
    ]


def test_the_same_command_again_does_nothing_and_says_so(errata: Errata, tmp_path: Path) -> None:
    calls = small_tesseract(tmp_path / "bin", None)
    pages(tmp_path / "in", 2)
    given = ("digitise", "in", "-o", "out", *FAST)
    apart(tmp_path, tmp_path / "bin", *given)
    before, read = rows(tmp_path / "out"), len(calls.read_text().split())
    assert all(row[-1] == 1 for row in before)
    keys = rows(tmp_path / "out", "content, settings, version")
    assert all(all(row) for row in keys) and len({row[0] for row in keys}) == 3
    apart(tmp_path, tmp_path / "bin", *given)
    assert rows(tmp_path / "out") == before
    again = apart(tmp_path, tmp_path / "bin", *given, "--cautious", "--memory", "3000")
    assert again.returncode == 0 and "already done" not in again.stderr
    assert len(calls.read_text().split()) == read, "settings of repair have nothing read again"
    assert rows(tmp_path / "out")[1:] == before[1:]
    assert rows(tmp_path / "out", "settings")[0] != keys[0][1:2], "but the document was made by others"


def test_a_lost_or_damaged_journal_costs_history_only(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    errata("clean", text_file, "-o", "out")
    (tmp_path / "out" / NAME).unlink()
    assert errata("status", "out").out == "out: 1 of 1 documents done\n"
    (tmp_path / "out" / NAME).write_bytes(b"no database, though it is long enough to be taken for one" * 20)
    ran = errata("clean", text_file, "-o", "out")
    assert (ran.code, "already done" in ran.err) == (0, True)
    assert [row[:4] for row in rows(tmp_path / "out")] == [("letter", 0, "write", "done")]


def test_what_failed_is_done_again_by_the_same_settings(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "errata.toml").write_text('without = ["hyphen"]\n')
    for number in range(1, 4):
        (tmp_path / "in" / f"t{number}.txt").write_text(PAGE if number != 2 else "")
    assert errata("clean", "in", "-o", "out").code == ExitCode.PARTIAL
    (tmp_path / "errata.toml").unlink()
    said = errata("status", "out").out
    assert "2 of 3 documents done, 1 failed" in said and "failed: t2: in/t2.txt: the file is empty" in said
    assert errata("retry", "out").code == ExitCode.INPUT_FILE
    (tmp_path / "in" / "t2.txt").write_text(PAGE)
    times = (tmp_path / "out" / "t1" / "text.txt").stat().st_mtime_ns
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    ran = errata("retry", tmp_path / "out")
    assert ran.code == 0 and ran.err.count("t2") == 1 and "t1" not in ran.err
    assert (tmp_path / "out" / "t2" / "text.txt").read_text() == PAGE, "the setting of the first run held"
    assert (tmp_path / "out" / "t1" / "text.txt").stat().st_mtime_ns == times
    assert [row[-1] for row in rows(tmp_path / "out")] == [1, 3, 1]
    assert "nothing failed" in errata("retry", tmp_path / "out").err
    listed = json.loads((tmp_path / "out" / "batch.json").read_text())["documents"]
    assert sorted(row["folder"] for row in listed) == ["t1", "t2", "t3"] and not any(row.get("failed") for row in listed)


def test_pages_that_failed_are_read_again_and_no_others(errata: Errata, tmp_path: Path) -> None:
    calls = small_tesseract(tmp_path / "bin", None)
    pages(tmp_path / "in", 3)
    good = (tmp_path / "in" / "p02.png").read_bytes()
    (tmp_path / "in" / "p02.png").write_bytes(good[: len(good) // 3])
    assert apart(tmp_path, tmp_path / "bin", "digitise", "in", "-o", "out", *FAST).returncode == ExitCode.PARTIAL
    told = json.loads(errata("status", "out", "--json").out)
    assert [(one["document"], one["page"], one["attempts"]) for one in told["failures"]] == [("in", 2, 1)]
    assert told["pages"] == {"done": 2, "incomplete": 0, "failed": 1, "running": 0, "waiting": 0}
    assert (told["run"]["command"], told["run"]["state"], told["left"]) == ("digitise", "ended", None)
    assert told["documents"]["incomplete"] == 1
    assert "0 of 1 documents done, 1 without some of their pages" in errata("status", "out").out
    (tmp_path / "in" / "p02.png").write_bytes(good)
    read = len(calls.read_text().split())
    assert apart(tmp_path, tmp_path / "bin", "retry", "out").returncode == 0
    assert len(calls.read_text().split()) - read == read // 2
    assert json.loads(errata("status", "out", "--json").out)["failures"] == []


def test_the_status_while_a_run_goes_on(errata: Errata, tmp_path: Path) -> None:
    small_tesseract(
        tmp_path / "bin", None, f"[ -e {tmp_path}/go ] || [ $$ -lt 0 ] || while [ ! -e {tmp_path}/go ]; do sleep 0.1; done"
    )
    pages(tmp_path / "in", 5)
    words, env = command(tmp_path / "bin", "digitise", "in", "-o", "out", *FAST, "--progress", "json")
    process = subprocess.Popen(words, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    try:
        said = ""
        for _ in range(200):
            time.sleep(0.2)
            said = errata("status", "out").out if (tmp_path / "out" / NAME).exists() else ""
            if "2 in work" in said:
                break
        assert "0 of 5 pages read, 2 in work, 3 waiting" in said and "goes on since" in said
        assert "0 of 1 documents done, 1 in work" in said
    finally:
        (tmp_path / "go").touch()
        _, errors = process.communicate(timeout=60)
    events = [json.loads(line) for line in errors.splitlines()]
    assert process.returncode == 0
    assert [event["event"] for event in events] == ["begin", *["progress"] * 5, "document", "end"]
    assert [event["done"] for event in events if event["event"] == "progress"] == [1, 2, 3, 4, 5]
    assert {event["total"] for event in events if "total" in event} == {5}
    document = events[-2]
    assert (document["name"], document["state"], document["pages"], document["error"]) == ("in", "done", 5, None)
    assert re.search(r"5 of 5 pages read\n", errata("status", "out").out)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_keeps_what_is_finished(errata: Errata, tmp_path: Path) -> None:
    first_or_second = f"mkdir {tmp_path}/one 2>/dev/null || mkdir {tmp_path}/two 2>/dev/null"
    small_tesseract(tmp_path / "bin", None, f'case "$*" in *"--psm 3"*) {first_or_second} || sleep 60;; esac')
    pages(tmp_path / "in", 6)
    words, env = command(tmp_path / "bin", "digitise", "in", "-o", "out", *FAST)
    process = subprocess.Popen(words, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    kept = tmp_path / "out" / "in" / "ocr"
    for _ in range(300):
        time.sleep(0.1)
        if len(list(kept.glob("*.json"))) >= 2:
            break
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert process.returncode == ExitCode.CTRL_C and "goes on from there" in errors
    said = errata("status", "out").out
    assert "2 of 6 pages read, 4 waiting" in said and "stopped" in said


def test_the_journal_lies_where_it_is_told_to(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    errata("clean", text_file, "-o", "out", "--state", "here.sqlite")
    assert (tmp_path / "here.sqlite").is_file() and not (tmp_path / "out" / NAME).exists()
    assert "1 of 1 documents done" in errata("status", "out", "--state", "here.sqlite").out
    (tmp_path / "state").mkdir()
    (tmp_path / "errata.toml").write_text('state = "state"\n')
    errata("clean", text_file, "-o", "out")
    assert [path.suffix for path in (tmp_path / "state").iterdir()] == [".sqlite"]
    assert "errata clean of" in errata("status", "out").out
    ran = errata("clean", text_file, "-o", "out", "--state", text_file / "below" / "journal.sqlite")
    assert ran.code == ExitCode.FILE_ACCESS and "--state" in ran.err


def test_disks_of_other_machines_are_told(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/share {tmp_path}/share nfs4 rw 0 0\n")
    assert is_remote(tmp_path / "share" / "out", mounts) and not is_remote(tmp_path / "shared", mounts)
    assert journal_path(tmp_path / "out") == tmp_path / "out" / NAME


def test_who_has_no_home_has_a_journal_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pipeline.batch.journal_places.is_remote", lambda folder: True)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    assert journal_path(tmp_path / "out").parent == Path(gettempdir()) / "errata"


def test_rows_are_written_together_and_a_key_that_changes_begins_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path, tmp_path / NAME)
    journal.begin('{"command": "clean"}')
    journal.expect([("a", 0)])
    key = "a", 0, "write"
    for content in ("one", "one", "two"):
        journal.started("a")
        journal.ended(key, Row("done", content=content, settings="s"))
        journal.flush()
        if content == "one":
            journal.started("a")
            journal.ended(key, Row("done", content=content, settings="s"), fresh=False)
    journal.end("done")
    assert rows(tmp_path, "content, attempts, state") == [("two", 1, "done")]
