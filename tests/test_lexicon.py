"""What the lexicon knows, how common it holds it to be, and what it offers instead."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language import Lexicon, build_lexicon
from pipeline.language.candidates import CandidateIndex, cache_path
from pipeline.language.wordlists import known_words, read_bigrams

KNOWN = """
a I the of purview vicissitudes intransigence corroborative connexion connexions despatch despatched gaol shew shewn
honour honor organise organize organisation organization programme colour defence centre neighbours neighbors travelled
traveled manoeuvre rapprochement démarche inter-war to-day co-operation anti-British Anglo-Soviet pre-war so-called
Chamberlain's Chamberlain’s workers' workers’ it's didn't don’t Litvinov LITVINOV Litvinov's Narkomindel NARKOMINDEL
Roumania Esthonia Servia Tchitcherin Litvinoff Joynson-Hicks Locker-Lampson Arcos Politburo outspokenly incautiously
XVI VII Moscow Britain strang modem arid
"""

UNKNOWN = """
cbsed siffect comphin tbe aud tlie thc lhe ofthe inthe whidi Narkoraindel Oliph&nt bcen wbich recieved goverment
com tion sion ment ing ments tions isation pounded1 recon- -ment narkomindel b x 1927 12579 theSoviet fto theBritish
Lenin1s latter*s ness ency ministrative IIII VX '' ' - --
"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon()


@pytest.mark.parametrize("word", KNOWN.split())
def test_knows(lexicon: Lexicon, word: str) -> None:
    assert lexicon.knows(word)


@pytest.mark.parametrize("word", [*UNKNOWN.split(), ""])
def test_does_not_know(lexicon: Lexicon, word: str) -> None:
    assert not lexicon.knows(word)


def test_frequency_is_a_zipf_value(lexicon: Lexicon) -> None:
    assert lexicon.frequency("the") > 7
    assert lexicon.frequency("The") == lexicon.frequency("the")
    assert 2 < lexicon.frequency("vicissitudes") < 3
    assert lexicon.frequency("Narkomindel") == 2
    assert lexicon.frequency("Litvinov’s") == lexicon.frequency("Litvinov")
    assert lexicon.frequency("tbe") == lexicon.frequency("cbsed") == lexicon.frequency("") == 0


def test_names_carry_their_kind_and_phrases_stay_whole(lexicon: Lexicon) -> None:
    assert lexicon.names["Chicherin"] == "person"
    assert lexicon.names["Narkomindel"] == "organisation"
    assert lexicon.names["Izvestiya"] == "publication"
    assert lexicon.names["Angora"] == "place"
    assert lexicon.phrases["Foreign Office"] == "organisation"
    assert lexicon.is_name("OVEY")
    assert not any(map(lexicon.is_name, ("Office", "Lord", "ovey", "The", "")))


def test_prefixes_abbreviations_and_series(lexicon: Lexicon) -> None:
    assert all(map(lexicon.is_prefix, ("anti", "Anglo", "non", "ANTI")))
    assert not lexicon.is_prefix("com")
    assert {"op. cit.", "op.cit.", "loc. cit.", "Doc.", "No.", "Vol.", "Ibid"} <= lexicon.abbreviations
    assert lexicon.series["FO"].holds(371)
    assert not lexicon.series["CAB 23"].holds(4000)
    assert lexicon.series["KV"].opened == 1997


def test_bigrams_count(lexicon: Lexicon) -> None:
    assert lexicon.bigram("of", "the") > lexicon.bigram("Foreign", "policy") > 0
    assert lexicon.bigram("office", "purview") == 0


@pytest.mark.parametrize(
    ("word", "right"),
    [("whidi", "which"), ("siffect", "affect"), ("intransigencc", "intransigence"), ("Narkoraindel", "Narkomindel")],
)
def test_candidates_hold_the_right_word(lexicon: Lexicon, word: str, right: str) -> None:
    found = lexicon.candidates(word)
    assert right in [candidate.word for candidate in found]
    assert [candidate.distance for candidate in found] == sorted(candidate.distance for candidate in found)
    assert all(lexicon.knows(candidate.word) for candidate in found)


def test_candidates_keep_to_the_distance(lexicon: Lexicon) -> None:
    assert all(candidate.distance <= 1 for candidate in lexicon.candidates("whith", 1))
    assert lexicon.candidates("qqqqqqqqqq") == []
    assert lexicon.candidates("the")[0].word == "the"


def test_the_index_is_cached_and_does_without_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    words = {"alpha": 3.0, "beta": 3.0}
    assert [found.word for found in CandidateIndex(words, {}).near("alpa")] == ["alpha"]
    kept = cache_path(words)
    assert kept.is_file()
    kept.write_bytes(b"damaged")
    assert [found.word for found in CandidateIndex(words, {}).near("bta")] == ["beta"]
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert [found.word for found in CandidateIndex(words, {"Gamma": 2.0}).near("gama")] == ["Gamma"]


def test_words_are_gathered_once_and_without_a_cache_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    words = known_words(frozenset(["whilst"]))
    assert "whilst" not in words and "while" in words
    (kept,) = (tmp_path / "errata").glob("words-*.pickle")
    assert known_words(frozenset(["whilst"])) == words and "whilst" in known_words(frozenset())
    kept.write_bytes(b"")  # as after a power cut
    assert known_words(frozenset(["whilst"])) == words and kept.stat().st_size
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(Path, "home", nowhere)
    assert known_words(frozenset(["whilst"])) == words and read_bigrams()["of the"] > 1000


def nowhere() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_the_lexicon_is_made_quickly(lexicon: Lexicon) -> None:
    begin = time.process_time()
    build_lexicon()
    assert time.process_time() - begin < 2.0  # 0.2 s on an idle machine


def test_many_look_ups_are_quick(lexicon: Lexicon) -> None:
    begin = time.process_time()
    for _ in range(100_000):
        lexicon.knows("vicissitudes")
    assert time.process_time() - begin < 1.0


@given(st.text(max_size=30))
def test_any_text_is_bearable(word: str) -> None:
    lexicon = shared()
    assert lexicon.frequency(word) >= 0
    if lexicon.knows(word):
        assert lexicon.frequency(word) > 0


CACHE: list[Lexicon] = []


def shared() -> Lexicon:
    if not CACHE:
        CACHE.append(build_lexicon())
    return CACHE[0]
