"""Decisions as JSON Lines: out and in again, twice without harm, and files that are not what they should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Errata
from test_decisions import COMMISSARIAT, decision

from pipeline.decisions.holding import holding
from pipeline.decisions.locking import lock, locks
from pipeline.decisions.recording import record, undo_step
from pipeline.decisions.rulings import added_forms
from pipeline.decisions.store import NAME, VERSION, Store
from pipeline.errors import ExitCode, InvalidRecord


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "one" / NAME)
    for number in range(3):
        with made.writing() as connection:
            step = made.begin_step(connection, "Anna", f"step {number}")
            record(connection, step, [decision("accept", (19, 31), edits=(COMMISSARIAT,), made=f"{number}-1")])
            connection.execute("INSERT INTO dictionary (step, form, kind) VALUES (?, 'Narkomindel', 'name')", (step,))
            row = (step, "doc", 1, 4, "A line.", 0, 1)
            connection.execute(
                "INSERT INTO readings (step, document, page, line, text, wrong, drawn) VALUES (?, ?, ?, ?, ?, ?, ?)", row
            )
    lock(made, "Boris", "doc", 3)
    with made.writing() as connection:
        undo_step(connection, 2, "Boris")
    return made


def test_out_and_in_again(errata: Errata, store: Store, tmp_path: Path) -> None:
    assert errata("decisions", "export", "one", "file.jsonl").code == 0
    assert errata("decisions", "export", "one").out == (tmp_path / "file.jsonl").read_text()
    (tmp_path / "two").mkdir()
    ran = errata("decisions", "import", "two", "file.jsonl")
    assert ran.code == 0 and "3 decisions taken in, of 4 steps" in ran.err
    other = Store(tmp_path / "two" / NAME)
    assert holding(other, "doc") == holding(store, "doc") and len(holding(other, "doc")) == 2
    assert locks(other, "doc").pages == {3} and ("name", "Narkomindel") in added_forms(other)
    assert errata("decisions", "export", "two").out == (tmp_path / "file.jsonl").read_text()
    assert "0 decisions taken in, of 0 steps, 4 known already" in errata("decisions", "import", "two", "file.jsonl").err
    assert errata("decisions", "export", "two").out == (tmp_path / "file.jsonl").read_text()


HARM: list[tuple[dict[str, Any], str]] = [
    ({"document": "../elsewhere"}, "leads out"),
    ({"document": "/etc"}, "leads out"),
    ({"choice": "delete"}, "choice"),
    ({"start": -1}, "start"),
    ({"end": "9"}, "end"),
    ({"end": 10**400}, "end"),
    ({"box": "1; DROP TABLE steps"}, "box"),
    ({"places": [[5, 2]]}, "before it begins"),
    ({"more": 1}, "more"),
    ({"step": "another"}, "does not stand before"),
    ({"edits": [{"op": "replace"}]}, "edits"),
    ({"type": "steps"}, "type"),
    ({"after": "\ud800"}, "unicode"),
]


@pytest.mark.parametrize(("harm", "said"), HARM, ids=lambda value: str(value)[:30])
def test_hostile_files_are_refused_by_line(errata: Errata, store: Store, tmp_path: Path, harm: dict[str, Any], said: str) -> None:
    errata("decisions", "export", "one", "file.jsonl")
    lines = (tmp_path / "file.jsonl").read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if '"decision"' in line)
    lines[at] = json.dumps({**json.loads(lines[at]), **harm})
    (tmp_path / "bad.jsonl").write_text("\n".join(lines))
    (tmp_path / "two").mkdir()
    ran = errata("decisions", "import", "two", "bad.jsonl")
    assert (ran.code, ran.err.count("\n")) == (ExitCode.INVALID_OUTPUT, 1), ran.err
    assert f"bad.jsonl:{at + 1}" in ran.err and said in ran.err, ran.err
    assert not Store(tmp_path / "two" / NAME).connection.execute("SELECT count(*) FROM steps").fetchone()[0]


@pytest.mark.parametrize(
    "data", [b"", b"[1]\n", b"{}\n", b'{"format": "errata-review", "version": 99}\n', b"\xff\xfe", b"[" * 90000]
)
def test_other_files_are_refused(errata: Errata, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.jsonl").write_bytes(data)
    (tmp_path / "two").mkdir()
    ran = errata("decisions", "import", "two", "bad.jsonl")
    assert ran.code in (ExitCode.INVALID_OUTPUT, ExitCode.INPUT_FILE), ran.err
    assert ran.err.count("\n") == 1 and "bad.jsonl" in ran.err
    assert errata("decisions", "export", tmp_path / "nowhere").code == ExitCode.INPUT_FILE
    assert errata("decisions", "import", "two", "nowhere").code == ExitCode.INPUT_FILE


def test_a_log_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / NAME)
    store.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(InvalidRecord, match="newer"):
        Store(tmp_path / NAME)
    store.connection.execute("PRAGMA user_version = 0")
    assert Store(tmp_path / NAME).connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
