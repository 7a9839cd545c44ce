"""Dictionary packs: a good one loads, and each fault is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ExitCode, InvalidConfig
from pipeline.language import build_lexicon, find_pack, load_pack

GOOD_TOML = 'title = "Mine"\nlicence = "CC0-1.0"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my-pack").mkdir()
    (tmp_path / "my-pack" / "pack.toml").write_text(GOOD_TOML, encoding="utf-8")
    return tmp_path / "my-pack"


def fault(folder: Path) -> InvalidConfig:
    with pytest.raises(InvalidConfig) as caught:
        load_pack(folder)
    assert caught.value.advice
    assert caught.value.exit_code == ExitCode.INVALID_CONFIG
    return caught.value


def test_a_pack_loads_with_comments_and_columns(folder: Path) -> None:
    (folder / "people.txt").write_text("# people\nAnna Example\tof nowhere\n\nBoris Example\n", encoding="utf-8")
    pack = load_pack(folder)
    assert pack.info.title == "Mine"
    assert pack.rows["people"] == (("Anna Example", "of nowhere"), ("Boris Example",))
    assert list(pack.entries("people")) == ["Anna Example", "Boris Example"]
    assert list(pack.entries("places")) == []


def test_windows_line_ends_and_byte_order_marks_are_read(folder: Path) -> None:
    (folder / "words.txt").write_bytes(b"\xef\xbb\xbfalpha\r\nbeta\r\n")
    assert list(load_pack(folder).entries("words")) == ["alpha", "beta"]


@pytest.mark.parametrize(
    ("name", "data", "line", "what"),
    [
        ("words.txt", b"beta\nalpha\n", 2, "'alpha' stands after 'beta'"),
        ("words.txt", b"# first\nalpha\nalpha\n", 3, "'alpha' stands twice"),
        ("people.txt", b"Anna\tone\nAnna\ttwo\n", 2, "'Anna' stands twice"),
        ("words.txt", b"alpha\tnote\n", 1, "2 columns"),
        ("series.txt", b"FO\n", 1, "1 columns"),
        ("series.txt", b"FO\tForeign Office\tall\n", 1, "not a range"),
        ("series.txt", b"FO\tForeign Office\t1-9\tlate\n", 1, "not a range or not a year"),
        ("words.txt", b"alpha\nbe\x07ta\n", 2, "control character"),
        ("words.txt", b"alpha\n beta\n", 2, "blank at the edge"),
        ("people.txt", b"Anna\n\tnote only\n", 2, "blank at the edge"),
        ("words.txt", b"alpha\nb\xe9ta\n", 2, "not UTF-8"),
    ],
)
def test_broken_lines_are_named(folder: Path, name: str, data: bytes, line: int, what: str) -> None:
    (folder / name).write_bytes(data)
    error = fault(folder)
    assert str(error.where) == f"{folder / name}:{line}"
    assert what in error.what


@pytest.mark.parametrize(
    ("toml", "line", "what"),
    [
        ("title = 'Mine'\nlicence = \n", 2, "broken TOML"),
        ("title = 'Mine'\n", 1, "licence"),
        ("licence = 'x'\ntitle = 7\n", 2, "title"),
        ("title = 'x'\nlicence = 'x'\ncolour = 'red'\n", 3, "colour"),
        ("title = 'x'\nlicence = 'x'\nyears = ['a']\n", 3, "years"),
        ("title = 'x\n", 1, "broken TOML"),
    ],
)
def test_a_broken_pack_toml_is_named(folder: Path, toml: str, line: int, what: str) -> None:
    (folder / "pack.toml").write_text(toml, encoding="utf-8")
    error = fault(folder)
    assert str(error.where) == f"{folder / 'pack.toml'}:{line}"
    assert what in error.what


def test_a_missing_pack_toml_is_named(folder: Path) -> None:
    (folder / "pack.toml").unlink()
    assert fault(folder).where == folder / "pack.toml"


def test_an_unknown_file_is_named(folder: Path) -> None:
    (folder / "wrods.txt").write_text("alpha\n", encoding="utf-8")
    error = fault(folder)
    assert error.where == folder / "wrods.txt"
    assert "words.txt" in error.advice


def test_hidden_files_are_passed_over(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"\x00")
    assert load_pack(folder).rows == {}


def test_shipped_packs_are_found_by_name_and_own_ones_by_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_pack("interwar").name == "interwar"
    assert find_pack(str(folder)) == folder
    monkeypatch.chdir(folder.parent)
    assert find_pack("./my-pack") == Path("my-pack")
    assert find_pack("my-pack") == Path("my-pack")


@pytest.mark.parametrize("name", ["interbellum", "./interwar", "", "../nowhere", "no/such/folder"])
def test_a_missing_pack_names_the_shipped_ones(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidConfig, match="no such dictionary") as caught:
        find_pack(name)
    assert "english, europe, interwar, usna" in caught.value.advice


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("alpha\n", encoding="utf-8")
    with pytest.raises(InvalidConfig):
        load_pack(tmp_path / "words.txt")


def test_words_and_names_of_an_own_pack_are_known(folder: Path) -> None:
    (folder / "words.txt").write_text("frobnicate\n", encoding="utf-8")
    (folder / "people.txt").write_text("Zbigniew Quxley\n", encoding="utf-8")
    lexicon = build_lexicon(("english", str(folder)))
    assert lexicon.knows("Frobnicate")
    assert lexicon.is_name("Quxley")
    assert lexicon.phrases["Zbigniew Quxley"] == "person"
    assert not lexicon.knows("quxley")
