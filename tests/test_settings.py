"""Settings: the file, the options over it, and what is said when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import BadArguments, InvalidConfig
from pipeline.settings import Settings, load_settings, read_settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "errata.toml"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("period = [\n", 2, "broken TOML"),
        ("\n\nlang = \n", 3, "broken TOML"),
        ("lang = 3\n", 1, "lang"),
        ('lang = "no such"\n', 1, "eng+fra"),
        ("\nperiods = ['interwar']\n", 2, "no such setting"),
        ("jobs = 0\n", 1, "jobs"),
        ("lang = 'eng'\n[thresholds]\nquote = 2.0\n", 2, "thresholds.quote"),
        ("[thresholds]\nqoute = 0.5\n", 1, "no such kind"),
        ("suggest = true\n", 1, "suggest"),
        ("never = ['qoute']\n", 1, "kinds are"),
        ("never = ['a -> a']\n", 1, "by itself"),
        ("\nwithout = ['qoute']\n", 2, "kinds are"),
        ("\n\ncaution = 'bold'\n", 3, "cautious"),
        ("keep = ['']\n", 1, "word or phrase"),
        ("\n[always]\nGorki = 'Gorki'\n", 2, "Gorki"),
        ("\n[always]\nAa = 'Bb'\nBb = 'Cc'\n", 2, "in turn"),
        ("keep = ['Gorki']\n[always]\nGorki = 'Gorky'\n", 2, "kept"),
        ("\n[always]\nGorki = 3\n", 2, "always.Gorki"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(config: Path, text: str, line: int, words: str) -> None:
    config.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidConfig) as caught:
        read_settings(config)
    assert str(caught.value).startswith(f"{config}:{line}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_or_undecodable_file_is_named(config: Path) -> None:
    with pytest.raises(InvalidConfig, match="cannot be read"):
        load_settings(config)
    config.write_bytes(b"lang = '\xff'")
    with pytest.raises(InvalidConfig, match="UTF-8"):
        load_settings(config)


def test_options_win_over_the_file(config: Path) -> None:
    config.write_text("period = ['one', 'two']\nlang = 'fra'\njobs = 3\n[thresholds]\nquote = 0.99\n", encoding="utf-8")
    found = load_settings(config, {"lang": "eng", "jobs": None, "period": None})
    assert (found.period, found.lang, found.jobs, found.thresholds) == (("one", "two"), "eng", 3, {"quote": 0.99})
    assert load_settings(config, {"period": ("three",)}).packs == ("english", "three")


def test_a_wrong_option_is_an_argument_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadArguments, match="--lang"):
        load_settings(None, {"lang": "eng;rm"})


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()
    (tmp_path / "errata.toml").write_text("suggest = 0.5", encoding="utf-8")
    assert load_settings().suggest == 0.5


def test_the_fingerprint_changes_with_what_changes_results() -> None:
    plain = Settings()
    assert plain.fingerprint(with_scans=True) == Settings(jobs=1).fingerprint(with_scans=True)
    assert plain.fingerprint(with_scans=True) != Settings(lang="fra").fingerprint(with_scans=True)
    assert plain.fingerprint(with_scans=False) != Settings(lang="fra").fingerprint(with_scans=False)
    assert plain.fingerprint(with_scans=False) == Settings(effort="fast").fingerprint(with_scans=False)
    assert plain.fingerprint(with_scans=False) != Settings(never=("quote",)).fingerprint(with_scans=False)


def test_rules_are_known_where_their_names_are_given(config: Path) -> None:
    config.write_text("without = ['quotes', 'hyphen']\nnever = ['misread-word', 'Gorki -> Gorky']\n", encoding="utf-8")
    found = read_settings(config, ("quotes", "misread-word"))
    assert (found.without, found.never_pairs) == (("quotes", "hyphen"), {("Gorki", "Gorky")})
    with pytest.raises(InvalidConfig, match="rules are one"):
        read_settings(config, ("one",))
    with pytest.raises(BadArguments, match="--without: no such kind of repair or rule: 'nosuch'"):
        load_settings(None, {"without": ("nosuch",)})


def test_lists_change_the_fingerprint() -> None:
    prints = {
        chosen.fingerprint(with_scans=False)
        for chosen in (
            Settings(),
            Settings(keep=("a",)),
            Settings(always={"a": "b"}),
            Settings(caution="eager"),
            Settings(without=("quote",)),
        )
    }
    assert len(prints) == 5
