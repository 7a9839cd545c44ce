"""What Errata did not write, and what a person has locked, is neither written over nor removed, whatever is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page

from pipeline.batch.claiming import WRITTEN
from pipeline.decisions.finding import document_name, store_for
from pipeline.decisions.locking import lock
from pipeline.decisions.store import Store
from pipeline.errors import ExitCode

COMMANDS = (("clean", "letter.txt"), ("digitise", "letter.png"))


@pytest.fixture(autouse=True)
def inputs(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(PAGE)
    draw_page(PAGE).save(tmp_path / "letter.png")


def run(errata: Errata, command: str, path: str, *more: str) -> tuple[int, str]:
    fast = ("--effort", "fast") if command == "digitise" else ()
    ran = errata(command, path, "-o", "out", "-j", "1", *fast, *more)
    return ran.code, ran.err


def contents(folder: Path) -> dict[str, bytes]:
    inside = ((path.relative_to(folder), path) for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(place): path.read_bytes() for place, path in inside if ".errata" not in place.parts and place.stem != "manifest"}


@pytest.mark.parametrize("name", ["text.txt", "ocr/0001.txt", "ocr/source.txt", "pages/0001.hocr", "report.html", "alto/1.xml"])
@pytest.mark.parametrize(("command", "path"), COMMANDS)
def test_a_folder_of_somebody_else_is_left_alone(errata: Errata, tmp_path: Path, command: str, path: str, name: str) -> None:
    theirs = tmp_path / "out" / "letter" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"mine")
    for more in ((), ("--force",)):
        code, err = run(errata, command, path, *more)
        assert code == ExitCode.FILE_ACCESS and "which Errata did not write" in err and err.count("errata: ") == 1
    assert contents(tmp_path / "out") == {f"letter/{name}": b"mine"}


def test_only_that_document_fails(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text(PAGE)
    (tmp_path / "out" / "letter").mkdir(parents=True)
    (tmp_path / "out" / "letter" / "text.txt").write_bytes(b"mine")
    ran = errata("clean", "letter.txt", "other.txt", "-o", "out")
    assert ran.code == ExitCode.PARTIAL
    assert "Government" in (tmp_path / "out" / "other" / "text.txt").read_text()


@pytest.mark.parametrize(("command", "path"), COMMANDS)
def test_files_beside_the_results_stay(errata: Errata, tmp_path: Path, command: str, path: str) -> None:
    folder = tmp_path / "out" / "letter"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes.md").write_bytes(b"mine")
    (folder / "notes" / "0001.hocr").write_bytes(b"mine")
    (tmp_path / "out" / "batch.json").write_bytes(b"[]")
    (tmp_path / "out" / "index.html").write_bytes(b"mine")
    (tmp_path / "out" / "letter.txt").write_bytes(b"mine")
    assert run(errata, command, path)[0] == 0
    for name in ("pages/mine.hocr", "report/pages-mine.html", "alto/mine.xml", "ocr/notes.txt", "page/cover.xml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"mine")
    before = {name for name, data in contents(tmp_path / "out").items() if data in (b"mine", b"[]")}
    assert len(before) == 10
    assert run(errata, command, path, "--force", "--format", "jsonl")[0] == 0
    assert errata("repair", "out").code == 0
    assert errata("undo", "out", "--all").code == 0
    assert errata("apply", "out").code == 0
    (tmp_path / "more.txt").write_text(PAGE)
    assert errata("clean", "letter.txt", "more.txt", "-o", "out").code in (0, ExitCode.PARTIAL)
    after = {name for name, data in contents(tmp_path / "out").items() if data in (b"mine", b"[]")}
    assert after == before


@pytest.mark.parametrize(("command", "path"), COMMANDS)
def test_a_run_that_broke_off_goes_on(errata: Errata, tmp_path: Path, command: str, path: str) -> None:
    folder = tmp_path / "out" / "letter"
    assert run(errata, command, path)[0] == 0
    whole = contents(folder)
    # As this version leaves it, and as an earlier one did.
    (folder / "errata.json").write_bytes(b'{"format": 1, "unfinished": true}\n')
    (folder / "text.txt").unlink()
    assert "no finished documents" in errata("repair", "out").err
    assert run(errata, command, path)[0] == 0
    assert contents(folder) == whole
    (folder / "errata.json").unlink()
    assert run(errata, command, path)[0] == 0
    assert contents(folder) == whole


def test_every_output_is_known_as_one(errata: Errata, tmp_path: Path) -> None:
    formats = [word for name in ("alto", "page", "tei", "jsonl", "pdf", "pdfa") for word in ("--format", name)]
    assert run(errata, "digitise", "letter.png", "--keep-images", *formats)[0] == 0
    written = {path.name for path in (tmp_path / "out" / "letter").iterdir()}
    assert written - set(WRITTEN) == {"errata.json"}


@pytest.mark.parametrize(("command", "path"), COMMANDS)
def test_a_locked_document_stays_as_it_is(errata: Errata, tmp_path: Path, command: str, path: str) -> None:
    out = tmp_path / "out"
    assert run(errata, command, path)[0] == 0
    log = store_for([out / "letter"])
    lock(Store(log), "Anna", document_name(out / "letter", log), None)
    kept = contents(out / "letter")
    draw_page("Another page.\n").save(tmp_path / "letter.png")
    (tmp_path / "letter.txt").write_text(PAGE + "One line more.\n")
    for more in ((), ("--force",), ("--format", "jsonl", "--force")):
        assert "locked" in run(errata, command, path, *more)[1]
    assert errata("repair", "out", "--cautious").code == 0
    assert errata("undo", "out", "--all").code == 0
    assert errata("apply", "out").code == 0
    assert contents(out / "letter") == kept


@pytest.mark.parametrize(("command", "name"), [("clean", "letter.txt"), ("digitise", "letter.png")])
def test_hidden_files_of_somebody_else_stay(errata: Errata, tmp_path: Path, command: str, name: str) -> None:
    folder = tmp_path / "out" / "letter"
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("mine")
    (folder / ".notes.2026").write_text("mine")
    code, said = run(errata, command, name)
    assert code == ExitCode.FILE_ACCESS, said
    assert contents(folder) == {"text.txt": b"mine", ".notes.2026": b"mine"}


def test_a_link_in_place_of_the_stamp_leads_nowhere(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(PAGE)
    (tmp_path / "precious").write_text("of somebody else")
    (tmp_path / "out" / "letter").mkdir(parents=True)
    (tmp_path / "out" / "letter" / "errata.json").symlink_to(tmp_path / "precious")
    assert errata("clean", "letter.txt", "-o", "out").code == 0
    assert (tmp_path / "precious").read_text() == "of somebody else"
    assert not (tmp_path / "out" / "letter" / "errata.json").is_symlink()


def test_another_name_of_the_stamp_is_not_written_to(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(PAGE)
    stamp = tmp_path / "out" / "letter" / "errata.json"
    assert errata("clean", "letter.txt", "-o", "out").code == 0
    backup = tmp_path / "backup.json"
    backup.hardlink_to(stamp)
    kept = backup.read_bytes()
    assert errata("undo", "out", "--rule", "line-end-hyphen").code == 0
    assert errata("clean", "letter.txt", "-o", "out", "--cautious").code == 0
    assert backup.read_bytes() == kept != stamp.read_bytes()
