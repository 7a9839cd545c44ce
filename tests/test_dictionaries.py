"""The shipped dictionaries themselves: every line loads, and says what it should."""

from __future__ import annotations

import re

import pytest

from pipeline.language import Lexicon, Pack, build_lexicon, find_pack, load_pack
from pipeline.language.packs import FILES, shipped_packs
from pipeline.references.compiled import grammar_of
from pipeline.references.ranges import year_ranges

SHIPPED = sorted(path.parent.name for path in shipped_packs().glob("*/pack.toml"))
NAMED_THINGS = ("people", "places", "organisations", "publications", "terms", "series")


@pytest.fixture(scope="module", params=SHIPPED)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(find_pack(request.param))


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon()


def test_english_and_interwar_are_shipped() -> None:
    assert {"english", "interwar"} <= set(SHIPPED)


def test_other_archives_have_packs_of_their_own() -> None:
    assert {"europe", "usna"} <= set(SHIPPED)


def test_forms_and_pieces_can_be_read(pack: Pack) -> None:
    lexicon = Lexicon([pack])
    grammar = grammar_of(lexicon)
    templates = {form.template for form in grammar.forms.values()}
    assert templates == {row[0] for row in pack.rows.get("forms", ()) if row[1] != "misread"}
    assert all(len(row) > 2 and row[2] for row in pack.rows.get("forms", ()))
    assert len(year_ranges([pack])) == len(pack.rows.get("pieces", ()))
    assert all(span.first <= span.last for span in year_ranges([pack]))


def test_misread_codes_are_no_series_and_stand_for_one(pack: Pack) -> None:
    known = {row[0] for row in pack.rows.get("series", ())}
    misread = {row[0]: row[2] for row in pack.rows.get("forms", ()) if row[1] == "misread"}
    assert not known & set(misread)
    assert set(misread.values()) <= known


def test_pack_says_what_it_is_and_under_which_licence(pack: Pack) -> None:
    assert pack.info.title
    assert pack.info.description
    assert pack.info.licence == "Apache-2.0"
    assert pack.info.sources


def test_years_are_a_span(pack: Pack) -> None:
    assert pack.info.years == sorted(pack.info.years)
    assert len(pack.info.years) in (0, 2)


def test_lines_are_sorted_and_unique(pack: Pack) -> None:
    for kind in pack.rows:
        entries = list(pack.entries(kind))
        assert entries == sorted(set(entries)), kind
        assert entries, f"{kind}.txt has no entries"


def test_files_end_with_a_line_end_and_hold_no_double_blanks(pack: Pack) -> None:
    for name in FILES:
        path = pack.folder / name
        if path.exists():
            text = path.read_text(encoding="utf-8")
            assert text.endswith("\n")
            assert "  " not in text, name
            assert not re.search(r"[ \t]\n", text), name


def test_interwar_has_its_several_hundred_entries() -> None:
    pack = load_pack(find_pack("interwar"))
    counts = {kind: len(pack.rows[kind]) for kind in NAMED_THINGS}
    assert sum(counts.values()) >= 1000, counts
    assert min(counts.values()) >= 100, counts
    assert pack.info.years == [1917, 1939]


def test_words_and_prefixes_are_in_lower_case_but_for_names() -> None:
    pack = load_pack(find_pack("english"))
    capitalised = {entry for entry in pack.entries("words") if entry != entry.lower()}
    assert {"Roumania", "Esthonia", "Servia"} <= capitalised
    assert all(entry == entry.lower() for entry in pack.entries("prefixes"))
    assert all(entry == entry.lower() for entry in pack.entries("exclusions"))


def test_nothing_is_both_added_and_excluded(pack: Pack) -> None:
    excluded = set(load_pack(find_pack("english")).entries("exclusions"))
    assert not excluded & set(pack.entries("words"))


def test_every_word_of_a_pack_is_known(pack: Pack, lexicon: Lexicon) -> None:
    words = [word for entry in pack.entries("words") for word in entry.split()]
    assert [word for word in words if not lexicon.knows(word)] == []


def test_exclusions_are_unknown(lexicon: Lexicon) -> None:
    names = {name.lower() for name in lexicon.names}
    pack = load_pack(find_pack("english"))
    assert [entry for entry in pack.entries("exclusions") if entry not in names and lexicon.holds(entry)] == []


def test_classes_of_a_series_lie_in_the_range_of_their_department(pack: Pack) -> None:
    lexicon = Lexicon([pack])
    for code in lexicon.series:
        department, _, number = code.partition(" ")
        assert re.fullmatch(r"[A-Z]{1,4}", department), code
        assert department in lexicon.series, code
        if number:
            assert lexicon.series[department].holds(int(number)), code
