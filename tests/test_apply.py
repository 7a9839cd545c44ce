"""errata apply: what people decided goes into text and formats, the same bytes each time, and nothing of it is lost."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Errata

from pipeline.batch.decisions import source_hash
from pipeline.batch.documents import stamp_of, stored_source
from pipeline.decisions.anchoring import Anchors
from pipeline.decisions.applying import reader_edit
from pipeline.decisions.finding import store_for
from pipeline.decisions.holding import holding
from pipeline.decisions.locking import lock, unlock
from pipeline.decisions.machine import NAME as MACHINE
from pipeline.decisions.machine import machine_ledger
from pipeline.decisions.model import Choice, Decision
from pipeline.decisions.recording import record, undo_last
from pipeline.decisions.store import Store
from pipeline.draft import Draft
from pipeline.errors import ExitCode
from pipeline.ledger import edit_record
from pipeline.outputs.edits import read_ledger

TEXT = """\
The Soviet Govern-
ment sent a note to the British Embassy . It said that Litvinov 's policy
was the policy of the Govern-
ment, and that the thlrd matter was near .
\fThe second page tells of Narkoraindel, and of the
answer that came from London in the
following week to the British Embassy , as the Govern-
ment had said it would .
"""


@pytest.fixture
def document(errata: Errata, tmp_path: Path) -> Path:
    (tmp_path / "letter.txt").write_bytes(TEXT.encode())
    assert errata("clean", "letter.txt", "-o", "out", "--format", "tei").code == 0
    return tmp_path / "out" / "letter"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def text_of(document: Path) -> str:
    return (document / "text.txt").read_text(encoding="utf-8")


def write(document: Path, old: str, new: str, choice: Choice = "write", number: str = "1") -> Store:
    """Record what a reader does with `old` of the clean text."""
    source, ledger = stored_source(document, stamp_of(document)), read_ledger(document / "edits.jsonl")
    draft = Draft(source.text, ledger.applied)
    at = draft.text.index(old)
    edit = reader_edit(draft, at, at + len(old), new, "Anna") if choice == "write" else None
    spans = [(c.start, c.end) for c in edit.changes] if edit else [draft.source_spans(at, at + len(old))[0]]  # type: ignore[index]
    anchor = Anchors(source).at(spans[0][0], spans[-1][1])
    store = Store(store_for([document]))
    name = document.name
    decision = Decision(
        f"d{number}", "", name, choice, anchor, edit.changes[0].after if edit else old, tuple(spans), (edit,) if edit else ()
    )  # type: ignore[union-attr]
    with store.writing() as connection:
        record(connection, store.begin_step(connection, "Anna", f"{choice} {old}"), [decision])
    return store


def test_decisions_are_applied_the_same_each_time_and_undone(errata: Errata, document: Path) -> None:
    before = snapshot(document)
    store = write(document, "Narkoraindel", "Narkomindel")
    assert store.path == document.parent / "review.sqlite"
    shown = errata("apply", "out", "--dry-run")
    assert "+The second page tells of Narkomindel" in shown.out and snapshot(document) == before
    ran = errata("apply", "out")
    assert ran.code == 0 and "1 place decided: 1 typed" in ran.err
    once = snapshot(document)
    assert "tells of Narkomindel, and" in text_of(document) and b"Narkomindel" in once["tei.xml"]
    assert once[MACHINE] == before["edits.jsonl"] and b"Anna" in once["decisions.csv"]
    assert "nothing was decided since" in errata("apply", "out").err and snapshot(document) == once
    assert read_ledger(document / "edits.jsonl").undo(text_of(document)) == TEXT
    with store.writing() as connection:
        undo_last(connection, "Anna")
    assert errata("apply", "out").code == 0
    assert snapshot(document) == before


def test_decisions_hold_over_repair_and_cleaning_again(errata: Errata, document: Path) -> None:
    write(document, "Narkoraindel", "Narkomindel")
    write(document, "the policy", "his policy", number="2")
    errata("apply", "out")
    once = text_of(document)
    for command in (
        ["repair", "out", "--without", "line-end-hyphen"],
        ["clean", "letter.txt", "-o", "out", "--force", "--format", "tei"],
    ):
        assert errata(*command).code == 0
        assert "tells of Narkomindel, and" in text_of(document) and "was his policy" in text_of(document)
    assert text_of(document) == once
    assert "nothing was decided since" in errata("apply", "out").err


def test_decisions_find_their_place_in_another_text_or_are_listed(errata: Errata, document: Path, tmp_path: Path) -> None:
    write(document, "Narkoraindel", "Narkomindel")
    write(document, "following", "next", number="2")
    changed = "A line before it all.\n\n" + TEXT.replace("following week", "month")
    (tmp_path / "letter.txt").write_bytes(changed.encode())
    ran = errata("clean", "letter.txt", "-o", "out")
    assert "tells of Narkomindel, and" in text_of(document)
    assert "1 decision finds its place no more" in ran.err
    assert "following" in (document / "decisions-lost.csv").read_text()
    (tmp_path / "letter.txt").write_bytes(TEXT.replace("Narkoraindel", "Narkomindel").encode())
    assert "no more" not in errata("clean", "letter.txt", "-o", "out").err
    assert "next week" in text_of(document) and text_of(document).count("Narkomindel") == 1
    assert not (document / "decisions-lost.csv").exists()


def test_unclear_is_marked_and_changes_nothing(errata: Errata, document: Path) -> None:
    before = text_of(document)
    write(document, "answer", "", "unclear")
    assert errata("apply", "out").code == 0
    assert text_of(document) == before
    assert '<unclear reason="illegible">answer</unclear>' in (document / "tei.xml").read_text()
    assert "cannot be told" in (document / "decisions.csv").read_text()


def test_words_decided_count_as_read(errata: Errata, document: Path) -> None:
    words = json.loads((document / "report.json").read_bytes())
    write(document, "Narkoraindel", "Narkoraindel", "keep")
    assert errata("apply", "out").code == 0
    after = json.loads((document / "report.json").read_bytes())
    assert words != after


def test_locked_documents_and_pages_stay(errata: Errata, document: Path) -> None:
    store = write(document, "Narkoraindel", "Narkomindel")
    lock(store, "Anna", "letter", 2)
    errata("apply", "out")
    pages = text_of(document).split("\f")
    assert errata("repair", "out", "--without", "line-end-hyphen").code == 0
    again = text_of(document).split("\f")
    assert again[1] == pages[1] and again[0] != pages[0]
    assert read_ledger(document / "edits.jsonl").undo(text_of(document)) == TEXT
    lock(store, "Anna", "letter")
    before = snapshot(document)
    for command in (["repair", "out"], ["undo", "out", "--all"], ["clean", "letter.txt", "-o", "out", "--force"]):
        ran = errata(*command)
        assert ran.code == 0 and "locked as finished" in ran.err, ran.err
        assert snapshot(document) == before
    unlock(store, "Anna", "letter")
    unlock(store, "Anna", "letter", 2)
    assert errata("repair", "out", "--without", "line-end-hyphen").code == 0
    assert text_of(document).split("\f")[1] != pages[1]


def test_words_added_by_readers_count(errata: Errata, document: Path) -> None:
    ledger = read_ledger(document / "edits.jsonl")
    assert any("thlrd" in e.before for e in ledger.applied)
    store = Store(store_for([document]))
    with store.writing() as connection:
        step = store.begin_step(connection, "Anna", "thlrd")
        connection.execute("INSERT INTO dictionary (step, form, kind) VALUES (?, 'thlrd', 'word')", (step,))
    assert errata("repair", "out").code == 0
    assert "thlrd" in text_of(document)
    assert json.loads((document / "errata.json").read_bytes())["added"] == [["word", "thlrd"]]


def test_words_that_were_typed_are_known(errata: Errata, document: Path) -> None:
    write(document, "answer", "Narkoraindel", number="2")
    assert errata("repair", "out").code == 0
    assert ["decided", "Narkoraindel"] in json.loads((document / "errata.json").read_bytes())["added"]
    evidence = rows_of(document)
    assert "unknown word “Narkoraindel”" not in evidence


def rows_of(document: Path) -> str:
    return (document / "confidence.csv").read_text()


def test_what_older_versions_kept_is_taken_in_once(errata: Errata, document: Path) -> None:
    ledger = machine_ledger(document)
    edit = next(e for e in ledger.applied if e.rule == "line-end-hyphen")
    end = max(c.end for c in edit.changes)
    row = {"decision": "undone", "edit": edit_record(edit, "undone"), "source": source_hash(TEXT), "when": "2026-01-01"}
    row |= {"left": TEXT[max(0, edit.place - 24) : edit.place], "right": TEXT[end : end + 24]}
    lines = [json.dumps({"format": "errata-decisions", "version": 1}), json.dumps(row)]
    (document / "decisions.jsonl").write_text("\n".join(lines) + "\n")
    for _ in range(2):
        assert errata("repair", "out").code == 0
        assert text_of(document).count("Govern-\nment") == 1
    assert not (document / "decisions.jsonl").exists()
    taken = holding(Store(document.parent / "review.sqlite"), "letter")
    changes = sorted(edit.changes, key=lambda change: change.start)
    assert {one.anchor.before for one in taken} == {changes[0].before, changes[-1].before}


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.decisions.store import Store
from pipeline.decisions.recording import record
sys.path.insert(0, sys.argv[2])
from test_decisions import decision
store = Store(Path(sys.argv[1]))
for number in range(1000):
    with store.writing() as connection:
        step = store.begin_step(connection, "Anna", str(number))
        for part in range(50):
            record(connection, step, [decision("keep", (part, part + 1), made=f"{number}-{part}")])
            if number == 7 and part == 25:
                os.kill(os.getpid(), signal.SIGKILL)
    print(number, flush=True)
"""


def test_a_process_that_is_killed_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "review.sqlite"
    ran = subprocess.run([sys.executable, "-c", KILLED, path, Path(__file__).parent], capture_output=True, env=dict(os.environ))
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    told = len(ran.stdout.split())
    assert told == 7
    assert len(holding(Store(path), "doc")) == 7 * 50


def test_bad_input(errata: Errata, document: Path, tmp_path: Path) -> None:
    assert errata("apply", tmp_path / "nowhere").code == ExitCode.INPUT_FILE
    (document.parent / "review.sqlite").write_bytes(b"not a database at all" * 50)
    ran = errata("apply", "out")
    assert (ran.code, ran.err.count("\n"), "review.sqlite" in ran.err) == (ExitCode.INVALID_OUTPUT, 1, True), ran.err


def test_decisions_on_a_scan_find_their_place_by_it(errata: Errata, scan: Path, tmp_path: Path) -> None:
    assert errata("digitise", scan, "-o", "out", "-j", "1", "--effort", "fast").code == 0
    document = tmp_path / "out" / "scan"
    store = write(document, "Moscow", "Leningrad")
    assert errata("apply", "out").code == 0 and "in Leningrad" in text_of(document)
    made = holding(store, "scan")[0]
    assert made.anchor.scan and made.anchor.box
    hocr = next((document / "ocr").glob("*.hocr.gz"))
    data = gzip.decompress(hocr.read_bytes())
    assert data.count(b">Moscow.<") == 1 and data.count(b">British<") == 1
    hocr.write_bytes(gzip.compress(data.replace(b">Moscow.<", b">Mosoow.<").replace(b">British<", b">Bntish<")))
    assert errata("repair", "out").code == 0
    assert text_of(document).rstrip().endswith("in Leningrad.")  # the same box, and the same full stop behind it
    assert len(holding(store, "scan")) == 2  # found again in that reading
    hocr.write_bytes(gzip.compress(data.replace(b">Moscow.<", b">Mosoow,<")))
    assert "1 decision finds its place no more" in errata("repair", "out").err
    assert "in Mosoow," in text_of(document) and "Leningrad" in (document / "decisions-lost.csv").read_text()
    assert "finds its place" in (document / "report.html").read_text()
    hocr.write_bytes(gzip.compress(data))
    assert errata("repair", "out").code == 0
    assert text_of(document).rstrip().endswith("in Leningrad.") and not (document / "decisions-lost.csv").exists()
    with store.writing() as connection:
        undo_last(connection, "Anna")
    assert errata("apply", "out").code == 0
    assert text_of(document).rstrip().endswith("in Moscow.")
    assert errata("digitise", scan, "-o", "out", "-j", "1", "--effort", "balanced", "--force").code == 0
    before = text_of(document)
    lock(store, "Anna", "scan", 1)
    assert errata("digitise", scan, "-o", "out", "-j", "1", "--effort", "fast", "--force").code == 0
    assert text_of(document) == before
    assert '"effort": "balanced"' in next((document / "ocr").glob("*.json")).read_text()


def test_what_readers_put_right_tells_what_the_ocr_confuses(errata: Errata, document: Path) -> None:
    evidence = document / "evidence.json"
    before = json.loads(evidence.read_bytes())["confusions"]
    write(document, "Narkoraindel", "Narkomindel")
    assert errata("repair", "out").code == 0
    after = json.loads(evidence.read_bytes())["confusions"]
    assert after == {**before, "m>ra": before.get("m>ra", 0) + 2000}
    assert errata("repair", "out").code == 0
    assert json.loads(evidence.read_bytes())["confusions"] == after
