"""Contradictions among references: reported with their evidence, never repaired; and the index of what is cited."""

from __future__ import annotations

import csv

import pytest

from pipeline.draft import Draft
from pipeline.errors import InvalidConfig
from pipeline.language import Pack, build_lexicon
from pipeline.language.evidence import Evidence, Knowledge
from pipeline.language.packs import PackInfo
from pipeline.outputs.references import HEADER, references_csv
from pipeline.references.index import ReferenceIndex, index_references, rows
from pipeline.references.ranges import year_ranges
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.text import read_text

LEXICON = build_lexicon()


def index(text: str) -> ReferenceIndex:
    return index_references(Draft(text), Knowledge(LEXICON, Evidence()))


def doubts(text: str) -> list[tuple[str, str]]:
    return [(doubt.citation.reference.normalised, doubt.told()) for doubt in index(text).doubts]


def test_a_jacket_with_two_pieces() -> None:
    text = "N2062/1479/97, FO 371/12557.\fN2062/1479/97, FO 371/12557.\fN2062/1479/97, FO 371/12577."
    told = "N2062/1479/97 stands with FO 371/12577 here and with FO 371/12557 on page 1"
    assert doubts(text) == [("N2062/1479/97", told)]


def test_a_paper_under_two_countries() -> None:
    text = "N340/130/63, FO 371/17215.\fN340/130/38, FO 371/17215."
    assert doubts(text) == [("N340/130/38", "N340/130/38 here, N340/130/63 on page 1, both in FO 371/17215")]


def test_a_paper_on_two_files() -> None:
    text = "4 June 1930, N4711/23/38, FO 371/14843.\f4 June 1930, N4711/22/38V FO 371/14843."
    assert doubts(text) == [("N4711/22/38", "N4711/22/38 here, N4711/23/38 on page 1, both dated 1930")]
    assert doubts("4 June 1930, N4711/23/38, FO 371/14843.\f4 June 1931, N4711/22/38, FO 371/15593.") == []


def test_files_rise_with_their_pieces() -> None:
    text = (
        "N1390/23/38, FO 371/14842. N1649/23/38, FO 371/14843. N635/28/38, FO 371/14845. N1493/28/38, FO 371/14846. "
        "N630, N631/23/38, FO 371/14852. N110/33/38, FO 371/14852."
    )
    found = doubts(text)
    assert [name for name, _ in found] == ["N630/23/38", "N631/23/38"]
    assert "out of order beside N1390/23/38 with FO 371/14842 (page 1)" in found[0][1]


def test_cabinet_papers_rise_with_their_pieces() -> None:
    good = "C.P. 27(27), CAB 24/184; C.P. 289(27), CAB 24/189; C.P. 165(29), CAB 24/204; C.P. 55(30), CAB 24/210; "
    assert doubts(good) == []
    assert [name for name, _ in doubts(good + "C.P. 233(29), CAB 24/188")] == ["CP 233(29)"]


def test_papers_without_order_are_left_alone() -> None:
    mixed = "; ".join(f"C.P. {number}(27), CAB 24/{190 - number}" for number in range(1, 9))
    assert doubts(mixed) == []


def test_pieces_and_classes_that_never_were() -> None:
    assert doubts("C.P. 261(30), CAB 24/316") == [("CAB 24/316", "CAB 24 has pieces 1-288, so not 316")]
    assert doubts("FO 9999/1") == [("FO 9999/1", "FO has no class 9999")]


def test_a_class_beside_a_usual_one() -> None:
    usual = "; ".join(f"FO 371/{piece}" for piece in range(12581, 12591))
    told = "FO 731 is cited only here, FO 371 10 times"
    assert doubts(f"{usual}; FO 731/12600") == [("FO 731/12600", told)]
    assert doubts(f"{usual}; FO 900/12600") == []


def test_a_piece_of_another_year() -> None:
    found = doubts("21 May 1927, N2309/209/38, FO 371/14886.")
    assert [told for _, told in found] == ["N/38 of 1927 is in FO 371/12581-12608, as far as is known; FO 371/14886 is of 1930"]
    assert doubts("3 January 1928, N6164/1157/38, FO 371/12600.") == []  # a jacket's year may lag
    assert doubts("Report of June 1930, N3392/132/38, FO 371/16325; May 1932, N3392/132/38, FO 371/16325.") == []


def test_conclusions_are_of_the_year_of_their_date() -> None:
    told = "32(27)2 is of 1927; the date before it names 1929"
    assert doubts("Cabinet Conclusions, 19 May 1929, 32(27)2, CAB 23/55.") == [("32(27)2", told)]
    assert doubts("27 December 1931, C.P.1(32), CAB 24/227") == []


def test_a_jacket_of_another_department() -> None:
    text = "; ".join(f"N{paper}/28/38" for paper in range(100, 110)) + "; M105/28/38"
    assert [name for name, _ in doubts(text)] == ["M105/28/38"] or not doubts(text)
    text = text.replace("M105", "W105")
    told = "All 10 other papers of country 38 have the letter N, such as that on page 1"
    assert doubts(text) == [("W105/28/38", told)]


def test_a_jacket_that_lost_its_letter() -> None:
    assert doubts("10 March 1930, ^2036/28/38 \nFO 371/14847.") == [
        ("2036/28/38", "2036/28/38 has lost the letter of its department")
    ]
    assert doubts("on 10/3/38, FO 371") == []


@pytest.mark.parametrize(
    "text",
    [
        "N2309/209/38, FO 371/12590. N2309/209/38, FO 371/12590; N2404/209/38, FO 371/12591.",
        "17(27)4 and 18(27)1, both CAB 23/90B; 27(27)3, CAB 23/54; 59(27)2, CAB 23/55; 12(28)2, CAB 23/57",
        "N1167/209/38, FO 371/12590; 1930, W11561/11561/50, FO 371/14939",
        "FO 371/12585 and FO 371/12595",
    ],
)
def test_what_fits_is_not_doubted(text: str) -> None:
    assert doubts(text) == []


def test_both_and_all_reach_back() -> None:
    cited = index("5 March, 13(30)3, and 19 March 1930, 16(30)3, both CAB 23/63. See C.P. 55(30).").cited
    assert [citation.piece for citation in cited] == ["CAB 23/63", "CAB 23/63", "", ""]


def test_rows_have_pages_notes_and_every_form() -> None:
    page = "It was so (1).\n\n1. Minute, 21 May 1927, N2309/209/38,\nFO 371/12590.\n"
    found = rows(index(f"{page}\fSee FO 371/12590 and FO 371/ 12590, and FO 371/9365.\n"))
    assert [row.reference for row in found] == ["FO 371/9365", "FO 371/12590", "N2309/209/38"]
    assert found[1].met == ("FO 371/12590", "FO 371/ 12590")
    assert found[1].places == ((1, 1), (2, None))
    assert found[1].doubts == ()
    assert (found[1].count, found[1].certain, found[1].series, found[1].piece) == (3, True, "FO 371", "12590")


def test_the_index_as_a_table() -> None:
    text = "Minute, 21 May 1927, N2309/209/38, PO 371/l2590; CAB 24/316; FO 371/12590.\n"
    result = process(read_text(text.encode(), "a"), Settings())
    table = list(csv.DictReader(references_csv(result).splitlines()))
    assert tuple(table[0]) == HEADER
    assert [(row["reference"], row["certain"], row["count"]) for row in table] == [
        ("CAB 24/316", "no", "1"),
        ("FO 371/12590", "yes", "2"),
        ("N2309/209/38", "yes", "1"),
    ]
    assert table[1]["raw_forms"] == "FO 371/12590; PO 371/l2590"
    assert table[0]["doubts"] == "CAB 24 has pieces 1-288, so not 316"
    assert "CAB 24/316" in result.draft.text


def test_any_text_without_references_has_an_empty_index() -> None:
    for text in ("", "\f\f", "Nothing is cited.\n"):
        assert index(text) == ReferenceIndex()


def test_a_broken_table_of_pieces_is_named() -> None:
    pack = Pack(LEXICON.packs[0].folder, PackInfo(title="a", licence="CC0-1.0"), {"pieces": (("FO 371 N/38", "1-2"),)})
    with pytest.raises(InvalidConfig, match="FO 371 N/38"):
        year_ranges([pack])


def test_columns_of_pages_and_notes_stand_side_by_side() -> None:
    text = "See FO 371/12590 here (1).\n\n1. Minute, FO 371/12591.\n\fNothing.\n\fAnd FO 371/12591.\n"
    result = process(read_text(text.encode(), "a"), Settings())
    table = [(row["pages"], row["notes"]) for row in csv.DictReader(references_csv(result).splitlines())]
    assert table == [("1", ""), ("1; 3", "1; none")]
