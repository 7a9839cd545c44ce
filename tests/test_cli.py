"""The command as a person uses it: what it writes where, what it says, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page
from PIL import Image

from pipeline import __version__
from pipeline.batch import order, scans
from pipeline.errors import ExitCode
from pipeline.outputs.edits import read_ledger

RESULTS = {
    "text.txt",
    "reading.md",
    "edits.jsonl",
    "confidence.csv",
    "report.html",
    "evidence.json",
    "errata.json",
    "findings.csv",
    "ocr",
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != ".errata"}


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files but those of the journal, which has times."""
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if name.parts[0] != ".errata"}


def test_clean_a_file(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    ran = errata("clean", text_file, "-o", "out")
    assert (ran.code, ran.out) == (0, "")
    folder = tmp_path / "out" / "letter"
    assert names(folder) >= RESULTS
    text = (folder / "text.txt").read_text()
    assert "Government" in text
    assert (folder / "ocr" / "source.txt").read_bytes() == text_file.read_bytes()
    assert read_ledger(folder / "edits.jsonl").undo(text) == PAGE


def test_what_is_done_is_not_done_again(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    errata("clean", text_file, "-o", "out")
    before = snapshot(tmp_path / "out")
    times = (tmp_path / "out" / "letter" / "text.txt").stat().st_mtime_ns
    ran = errata("clean", text_file, "-o", "out")
    assert (ran.code, "already done" in ran.err) == (0, True)
    assert (tmp_path / "out" / "letter" / "text.txt").stat().st_mtime_ns == times
    ran = errata("clean", text_file, "-o", "out", "--force")
    assert (ran.code, "already done" in ran.err) == (0, False)
    assert snapshot(tmp_path / "out") == before


@pytest.mark.parametrize("change", ["input", "dictionary", "settings", "version", "stamp"])
def test_what_has_changed_is_done_again(
    errata: Errata, text_file: Path, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "pack.toml").write_text('title = "x"\nlicence = "x"\n')
    (pack / "words.txt").write_text("abc\n")
    errata("clean", text_file, "-o", "out", "--period", pack)
    if change == "input":
        text_file.write_text(PAGE + "More.\n")
    elif change == "dictionary":
        (pack / "words.txt").write_text("abc\nxyz\n")
        order.packs_hash.cache_clear()
    elif change == "settings":
        (tmp_path / "errata.toml").write_text("suggest = 0.6\n")
    elif change == "version":
        monkeypatch.setattr(order, "__version__", "9")
    else:
        (tmp_path / "out" / "letter" / "errata.json").write_text("{}")
    ran = errata("clean", text_file, "-o", "out", "--period", pack)
    assert (ran.code, "already done" in ran.err) == (0, False)


def test_dry_run_shows_a_diff_and_writes_nothing(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    ran = errata("clean", text_file, "-o", "out", "--dry-run")
    assert ran.code == 0
    assert "-The Soviet Govern-" in ran.out
    assert snapshot(tmp_path) == before
    assert not (tmp_path / "out").exists()


def test_standard_input_and_output(errata: Errata, tmp_path: Path, text_file: Path) -> None:
    ran = errata("clean", "-", stdin=PAGE.encode())
    assert ran.code == 0
    assert "Government" in ran.out
    assert "1 page" in ran.err
    assert names(tmp_path) == {"letter.txt"}
    quiet = errata("clean", text_file, "-o", "-", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, ran.out, "")
    assert errata("clean", "-", "-n", stdin=PAGE.encode()).out.startswith("--- standard input")
    assert errata("clean", "-").code == ExitCode.INPUT_FILE
    assert errata("clean", "-", text_file).code == ExitCode.BAD_ARGS
    assert errata("clean", "-", "-o", "out").code == ExitCode.BAD_ARGS


def test_quiet_says_nothing(errata: Errata, text_file: Path) -> None:
    ran = errata("clean", text_file, "-o", "out", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_folder_of_pages(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    for number, text in ((2, "Two."), (10, "Ten."), (1, "One.\r\n")):
        (tmp_path / "box" / f"p{number}.txt").write_bytes(text.encode())
    assert errata("clean", "box", "--document", "-o", "out").code == 0
    folder = tmp_path / "out" / "box"
    assert [page.split() for page in (folder / "text.txt").read_text().split("\f")] == [["One."], ["Two."], ["Ten."]]
    assert names(folder / "ocr") == {"0001.txt", "0002.txt", "0003.txt"}
    assert (folder / "ocr" / "0001.txt").read_bytes() == b"One.\r\n"
    before = snapshot(folder)
    assert errata("repair", folder).code == 0
    assert snapshot(folder) == before


def test_places_in_the_scan_order(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\fTwo.\n\fThree.\n\fFour.")
    assert errata("clean", "a.txt", "-o", "out", "--pages", "1,3-9").code == 0
    assert (tmp_path / "out" / "a" / "text.txt").read_text().split() == ["One.", "Three.", "Four."]
    assert errata("clean", "a.txt", "-o", "out", "--pages", "7").code == ExitCode.BAD_ARGS
    for wrong in ("0", "3-1", "x", "1,,2", "-", "1-99999999999"):
        assert errata("clean", "a.txt", "--pages", wrong).code == ExitCode.BAD_ARGS


def test_one_bad_text_does_not_stop_the_others(errata: Errata, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for number in range(8):
        (tree / f"t{number}.txt").write_text(PAGE if number != 3 else "")
    ran = errata("clean", tree, "-o", "out", "--jobs", "2")
    assert ran.code == ExitCode.PARTIAL
    assert "t3.txt: the file is empty" in ran.err
    assert len(names(tmp_path / "out") - {"index.html", "batch.json", "manifest.json", "manifest.csv"}) == 7
    assert "7 already done, 1 failed" in errata("clean", tree, "-o", "out", "--jobs", "2").err


def test_repair_again_from_what_was_read(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    errata("clean", text_file, "-o", "out")
    before = snapshot(tmp_path / "out")
    text_file.unlink()
    assert errata("repair", "out").code == 0
    assert snapshot(tmp_path / "out") == before
    (tmp_path / "errata.toml").write_text("never = ['hyphen']\n")
    assert errata("repair", "out").code == 0
    assert (tmp_path / "out" / "letter" / "text.txt").read_text() == PAGE
    assert errata("repair", tmp_path / "nowhere").code == ExitCode.INPUT_FILE


def test_digitise_a_scan(errata: Errata, scan: Path, tmp_path: Path) -> None:
    ran = errata("digitise", scan, "-o", "out", "--jobs", "1", "--keep-images")
    assert (ran.code, ran.out) == (0, "")
    folder = tmp_path / "out" / "scan"
    assert names(folder) >= RESULTS | {"pages", "images"}
    looks = {"0001.treated.hocr.gz", "0001.as-scanned.hocr.gz", "0001.with-smaller-letters.hocr.gz"}
    assert names(folder / "ocr") == {"0001.hocr.gz", "0001.json"} | looks
    assert (folder / "pages" / "0001.hocr").is_file()
    assert "Soviet" in (folder / "text.txt").read_text()
    assert "already done" in errata("digitise", scan, "-o", "out", "--keep-images").err
    before = (folder / "text.txt").read_bytes()
    assert errata("repair", folder).code == 0
    assert (folder / "text.txt").read_bytes() == before


def test_digitise_dry_run_writes_nothing(errata: Errata, scan: Path, tmp_path: Path) -> None:
    assert errata("digitise", scan, "-o", "out", "-n", "-j", "1").code == 0
    assert names(tmp_path) == {"scan.png"}


def test_a_bad_page_costs_its_page(errata: Errata, scan: Path, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    draw_page("First page").save(box / "p1.png")
    (box / "p2.png").write_bytes(scan.read_bytes()[:2000])
    ran = errata("digitise", box, "-o", "out", "-j", "2")
    assert ran.code == ExitCode.PARTIAL
    assert "page 2" in ran.err
    assert "First" in (tmp_path / "out" / "box" / "text.txt").read_text()
    assert json.loads((tmp_path / "out" / "box" / "errata.json").read_text())["failed"] == [2]
    (box / "p2.png").write_bytes(scan.read_bytes())
    assert errata("digitise", box, "-o", "out", "-j", "1").code == 0


@pytest.mark.parametrize("level", [0, 255])
def test_a_page_of_one_colour_is_a_result(errata: Errata, tmp_path: Path, level: int) -> None:
    Image.new("L", (600, 800), level).save(tmp_path / "a.png")
    Image.new("L", (1, 1), level).save(tmp_path / "b.png")
    assert errata("digitise", "a.png", "b.png", "--each", "-o", "out", "-j", "1").code == 0
    assert not (tmp_path / "out" / "a" / "text.txt").read_text().strip()
    assert not (tmp_path / "out" / "b" / "text.txt").read_text().strip()


def test_help_and_version_need_no_heavy_module() -> None:
    for option, words in (("--help", "Exit codes"), ("--version", __version__)):
        done = subprocess.run([sys.executable, "-m", "pipeline", option], capture_output=True, text=True, check=True)
        assert words in done.stdout
    code = "import sys, pipeline.cli; sys.exit(bool({'numpy', 'cv2', 'pydantic', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_command_has_help(errata: Errata) -> None:
    for command in ("clean", "digitise", "repair", "undo", "audit", "evaluate", "doctor", "completion"):
        ran = errata(command, "--help")
        assert (ran.code, ran.err) == (0, "")
    assert errata().code == 0


def test_doctor(errata: Errata) -> None:
    ran = errata("doctor")
    assert ran.code == 0, ran.out
    assert "MISSING" not in ran.out
    assert errata("doctor", "--lang", "eng+xyz").code == ExitCode.MISSING_DEPENDENCY


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(errata: Errata, shell: str) -> None:
    ran = errata("completion", shell)
    assert ran.code == 0
    assert "_ERRATA_COMPLETE" in ran.out


def test_evaluate(errata: Errata, text_file: Path, tmp_path: Path) -> None:
    errata("clean", text_file, "-o", "out")
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "letter.gt.txt").write_text(PAGE.replace("Govern-\nment", "Government\n"))
    ran = errata("evaluate", "truth", "out")
    assert ran.code == 0
    assert "WER" in ran.out
    assert "wer" in json.loads(errata("evaluate", "truth", "out", "--json").out)["after"]
    assert errata("evaluate", "nowhere", "out").code == ExitCode.INPUT_FILE


def test_ctrl_c(errata: Errata, scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scans, "do", interrupted)
    ran = errata("digitise", scan, "-o", "out")
    assert ran.code == ExitCode.CTRL_C
    assert "goes on from there" in ran.err
    assert "Traceback" not in ran.err


def test_a_closed_pipe_is_no_error(text_file: Path) -> None:
    text_file.write_text("Plain words only.\n" * 9000)
    command = f"'{sys.executable}' -m pipeline clean '{text_file}' -o - -q | head -c 10"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("Plain word", "")
