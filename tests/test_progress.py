"""What is said while a run goes on: lines with speed and time left, JSON Lines, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PAGE, Errata

from pipeline import console
from pipeline.console import Console, Pace, counted, lasting
from pipeline.errors import ExitCode


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until it is moved."""
    now = [100.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "1 h 0 min"), (12_000, "3 h 20 min")]
)
def test_how_long_is_said_in_words(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


def test_speed_is_that_of_late(clock: list[float]) -> None:
    pace = Pace(1000)
    assert pace.left is None and str(pace) == "0 an hour"
    for number in range(300):
        clock[0] += 10.0 if number < 50 else 0.5
        pace.advance()
    assert (round(pace.rate), round(pace.left or 0), str(pace)) == (120, 350, "120 a minute, 6 min left")


def test_lines_in_a_log(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    told = Console(progress="lines")
    told.begin(1000, "pages")
    for _ in range(30):
        clock[0] += 1.0
        told.advance("p")
    told.expect(500)
    clock[0] += 11.0
    told.advance("p")
    told.end()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "11 of 1,000 pages, 60 a minute, 16 min left"
    assert lines[-1].startswith("31 of 500 pages, ") and len(lines) == 3


def test_nothing_or_json(errata: Errata, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(PAGE)
    assert errata("clean", "a.txt", "b.txt", "-o", "out", "--progress", "none", "-v", "-q").err == ""
    ran = errata("clean", "a.txt", "b.txt", "missing.txt", "-o", "out", "--progress=json")
    assert ran.code == ExitCode.INPUT_FILE
    assert [json.loads(line)["level"] for line in ran.err.splitlines()] == ["error"]
    ran = errata("undo", "out", "--rule", "line-end-hyphen", "--progress", "json")
    events = [json.loads(line) for line in ran.err.splitlines()]
    assert [event["note"] for event in events if event["event"] == "document"] == ["1 repair undone: 1 line-end-hyphen"] * 2


def test_what_is_left_is_said_in_words_that_agree() -> None:
    counts = {"pages": 1, "applied": 1, "held": 2, "wrong": 1, "wrong_low": 0, "wrong_high": 3, "lines": 1, "lines_to_read": 1}
    assert counted(counts) == "1 page, 1 repair, 2 suggestions; about 1 (0-3) word is wrong still"
    counts |= {"wrong": 4, "lines": 7, "lines_to_read": 2}
    assert counted(counts).endswith("about 4 (0-3) words are wrong still, 90 % of them on 2 of 7 lines")
