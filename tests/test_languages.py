"""Languages: which words are known, which are put right, and what is said where Tesseract lacks data."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Errata

from pipeline.doctor import tesseract_checks, word_checks
from pipeline.errors import InvalidConfig, MissingDependency
from pipeline.language import build_lexicon, load_pack
from pipeline.language.languages import codes, is_script, words_of
from pipeline.model import Page, Source
from pipeline.ocr import tesseract
from pipeline.ocr.recognition import PROGRAM, check_languages
from pipeline.ocr.second_look import plausible_in
from pipeline.run import process
from pipeline.settings import Settings

GERMAN = """Der Gesandte kam am Abend in die Stadt, wo man ihn seit Tagen erwartet hatte, und ging zu den
Herren, die im Saal um den Tisch standen, um ihnen den Brief vorzulesen .
Die Nachtwache war schon auf dem Turm, als er tbe Brücke sah und wieder nach Hause ging.
"""
ENGLISH = """The envoy came to the town in the evening, where they had waited for him for days, and went to
the men who stood about the table, to read the letter to them.
The watch was on the tower by then, when he saw tbe bridge and went home again.
"""


def cleaned(text: str, languages: str) -> str:
    source = Source("case", text, (Page(1, 0, len(text)),))
    return process(source, Settings(lang=languages)).draft.text


def test_codes_are_understood_as_tesseract_and_packs_write_them() -> None:
    assert codes("eng+deu_latf+frk+script/Latin") == ("eng", "deu")
    assert codes(["en", "ru"]) == ("eng", "rus")
    assert is_script("eng+script/Cyrillic") and not is_script("eng+rus")


def test_words_of_other_languages_are_known_but_put_right_only_where_a_pack_covers_them() -> None:
    lexicon = build_lexicon(languages="eng+deu+rus")
    assert lexicon.covered == {"eng"} and lexicon.complete
    assert all(map(lexicon.knows, ("Regierung", "government", "правительство")))
    assert lexicon.is_foreign("Regierung") and not lexicon.is_foreign("government")
    assert not build_lexicon().knows("Regierung")
    assert {candidate.word for candidate in lexicon.candidates("regierunq", 1)} == set()


def test_without_english_its_words_are_none() -> None:
    lexicon = build_lexicon(languages="deu")
    assert lexicon.covered == set() and lexicon.complete
    assert lexicon.knows("Zeit") and not lexicon.knows("although") and lexicon.bigram("of", "the") == 0
    assert not build_lexicon(languages="lat").complete and words_of("lat") == {}


def test_a_text_in_a_language_without_a_pack_keeps_its_words() -> None:
    assert cleaned(GERMAN, "deu") == GERMAN.replace("vorzulesen .", "vorzulesen.")
    assert cleaned(ENGLISH, "eng") == ENGLISH.replace("tbe", "the")


def test_english_is_put_right_beside_another_language() -> None:
    both = f"{ENGLISH}\n{GERMAN}"
    assert cleaned(both, "eng+deu") == both.replace("saw tbe", "saw the").replace("vorzulesen .", "vorzulesen.")


def test_no_letter_of_another_language_comes_in() -> None:
    text = "It was said in the House that they knew, daß it was not so, and had no wish to know.\n"
    assert cleaned(text, "eng") == text


def test_a_pack_of_ones_own_covers_its_language(tmp_path: Path) -> None:
    folder = tmp_path / "deutsch"
    folder.mkdir()
    (folder / "pack.toml").write_text('title = "Deutsch"\nlicence = "CC0-1.0"\nlanguages = ["deu"]\n', encoding="utf-8")
    (folder / "words.txt").write_text("nachtwache\n", encoding="utf-8")
    assert load_pack(folder).languages == ("deu",)
    lexicon = build_lexicon(("english", str(folder)), "deu")
    assert lexicon.covered == {"deu"} and lexicon.knows("Nachtwache") and lexicon.frequency("Zeit") > 4
    assert not build_lexicon(("english", str(folder))).knows("nachtwache"), "English text has no German words"
    (folder / "pack.toml").write_text('title = "Deutsch"\nlicence = "CC0-1.0"\nlanguages = ["German"]\n', encoding="utf-8")
    with pytest.raises(InvalidConfig, match=r"pack\.toml:3.*languages"):
        load_pack(folder)


def test_the_vote_knows_the_languages() -> None:
    plausible = plausible_in(build_lexicon(languages="deu+rus"))
    assert plausible("Regierung,") > 1 and plausible("«правительство»") > -1 and plausible("Regicrung") == -1
    assert plausible_in(build_lexicon(languages="eng+lat"))("provinciae") == 0, "it may be Latin"


def test_all_that_tesseract_lacks_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "languages_of", lambda command: ("eng", "osd"))
    with pytest.raises(MissingDependency, match=r"“xyz” and “chi_sim”.*apt-get install tesseract-ocr-xyz tesseract-ocr-chi-sim"):
        check_languages("eng+xyz+chi_sim", PROGRAM)
    missing = [check for check in tesseract_checks("eng+xyz") if not check.sound]
    assert [check.name for check in missing] == ["Tesseract data “xyz”"]
    assert "apt-get install tesseract-ocr-xyz" in missing[0].advice


def test_the_doctor_says_whose_words_are_known() -> None:
    found = {check.name: check.found for check in word_checks("eng+rus+lat")}
    assert list(found) == ["words of “rus”", "words of “lat”"]
    assert "none is put right" in found["words of “rus”"] and found["words of “lat”"].startswith("none is known")


def test_repair_keeps_the_languages_of_a_document(tmp_path: Path, errata: Errata) -> None:
    (tmp_path / "brief.txt").write_text(GERMAN, encoding="utf-8")
    assert errata("clean", tmp_path / "brief.txt", "-o", tmp_path / "out", "--lang", "deu").code == 0
    before = (tmp_path / "out" / "brief" / "text.txt").read_text(encoding="utf-8")
    assert "tbe Brücke" in before
    assert errata("repair", tmp_path / "out" / "brief").code == 0
    assert (tmp_path / "out" / "brief" / "text.txt").read_text(encoding="utf-8") == before
