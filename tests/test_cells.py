"""Cells of tables, which must not be formulas and must say what they said; and what is shown on a terminal."""

from __future__ import annotations

import csv
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.console import Console, write_out
from pipeline.errors import UnreadableInput
from pipeline.outputs.cells import harmless, plain, table
from pipeline.outputs.visible import visible, visible_line

FORMULAS = ["=SUM(A1)", "+1", "-5", "@A1", "\t=1", "\r=1", " =1", "＝1", "\n@x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"'{text}") == f"''{text}"


@pytest.mark.parametrize("text", ["", "'", "'quoted'", "a=b", "1927-8", "“-”", "''", "5"])
def test_other_text_stays(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@ \t\r\na1＝")) | st.text())
def test_the_way_back(text: str) -> None:
    cell = harmless(text)
    assert plain(cell) == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_numbers_stay_numbers() -> None:
    written = table(("a", "b", "c"), [(-5, -0.5, "-5"), (None, 1, "x")])
    assert list(csv.reader(io.StringIO(written))) == [["a", "b", "c"], ["-5", "-0.5", "'-5"], ["", "1", "x"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\udcffb", "a\\xffb"),
        ("\u202efdp", "\\u202efdp"),
        ("\x9b1m", "\\x9b1m"),
        ("é\t", "é\t"),
    ],
)
def test_nothing_acts_on_a_terminal(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_a_line_stays_a_line(text: str) -> None:
    assert visible_line(text).isprintable() or not any(c < " " or "\x7f" <= c <= "\x9f" for c in visible_line(text))


def test_messages_stay_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.say("box/new\nline\x1b]0;title\x07.png")
    console.warn("a\rb")
    console.error(UnreadableInput("what\x1b[2J", where="a\nb"))
    assert capsys.readouterr().err.splitlines() == [
        "box/new\\nline\\x1b]0;title\\x07.png",
        "errata: a\\x0db",
        "errata: a b: what\\x1b[2J",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_text_on_standard_output(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(out, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys, "stdout", out)
    write_out("a\x9b2Jb\n\f")
    assert out.buffer.getvalue().decode() == ("a\\x9b2Jb\n\\x0c" if terminal else "a\x9b2Jb\n\f")  # type: ignore[attr-defined]
