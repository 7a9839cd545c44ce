"""The grammar of archival references: what is found, what is repaired, what is left alone."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InvalidConfig
from pipeline.language import build_lexicon
from pipeline.language.evidence import Evidence, Knowledge
from pipeline.references import Kind, document_style, find_references, repair
from pipeline.references.back import understood
from pipeline.references.scan import by_paragraph
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.text import read_text

LEXICON = build_lexicon()
AMERICAN = build_lexicon(("english", "usna"))
EUROPEAN = build_lexicon(("english", "interwar", "europe"))

WELL = [
    ("FO 371/12579", Kind.SERIES, "FO 371/12579"),
    ("F.O. 371/12579", Kind.SERIES, "FO 371/12579"),
    ("FO371/12579", Kind.SERIES, "FO 371/12579"),
    ("FO 371/\n12579", Kind.SERIES, "FO 371/12579"),
    ("FO 371/14018-14019", Kind.SERIES, "FO 371/14018-14019"),
    ("CAB 23/90B", Kind.SERIES, "CAB 23/90B"),
    ("CAB \n24/228", Kind.SERIES, "CAB 24/228"),
    ("Cab. 23/54", Kind.SERIES, "CAB 23/54"),
    ("PREM 1/124", Kind.SERIES, "PREM 1/124"),
    ("T 160/446", Kind.SERIES, "T 160/446"),
    ("B.T. 60/15/3", Kind.SERIES, "BT 60/15/3"),
    ("ADM 1/8747", Kind.SERIES, "ADM 1/8747"),
    ("AIR 8/122", Kind.SERIES, "AIR 8/122"),
    ("MAF 40/25", Kind.SERIES, "MAF 40/25"),
    ("PRO 30/69", Kind.SERIES, "PRO 30/69"),
    ("PRO 30/69/1/267", Kind.SERIES, "PRO 30/69/1/267"),
    ("E.C.G. 1/14", Kind.SERIES, "ECG 1/14"),
    ("H.O. 144", Kind.SERIES, "HO 144"),
    ("NC 18/1/532", Kind.SERIES, "NC 18/1/532"),
    ("AC 54/25", Kind.SERIES, "AC 54/25"),
    ("N6029/1316/55", Kind.JACKET, "N6029/1316/55"),
    ("N2129/\n209/38", Kind.JACKET, "N2129/209/38"),
    ("T6374/600/373", Kind.JACKET, "T6374/600/373"),
    ("C.P. 181(25)", Kind.PAPER, "CP 181(25)"),
    ("C.P.66(27)", Kind.PAPER, "CP 66(27)"),
    ("C.P. 95 (31)", Kind.PAPER, "CP 95(31)"),
    ("E.C.(31)3", Kind.PAPER, "EC (31)3"),
    ("C.O.S. 161", Kind.NUMBERED, "COS 161"),
    ("C.I.D. 829-B", Kind.NUMBERED, "CID 829-B"),
    ("27(27)3", Kind.CONCLUSIONS, "27(27)3"),
    ("14(27)1A", Kind.CONCLUSIONS, "14(27)1A"),
    ("H.C. Deb. Vol 238, Col 939", Kind.HANSARD, "HC Deb Vol 238, Col 939"),
    ("H.L.Deb. Vol 76, Cols 639-678", Kind.HANSARD, "HL Deb Vol 76, Cols 639-678"),
    ("Cmd. 2895", Kind.COMMAND, "Cmd. 2895"),
    ("D.B.F.P. IA/IV", Kind.PRINTED, "DBFP IA/IV"),
    ("D.B.F.P. II/VII", Kind.PRINTED, "DBFP II/VII"),
    ("D.V.P. Vol X", Kind.PRINTED, "DVP Vol X"),
    ("F.R.U.S. 1934, Vol III", Kind.PRINTED, "FRUS 1934, Vol III"),
    ("L/P&J/6/1978", Kind.INDIA, "L/P&J/6/1978"),
    ("L/P&S/12/4018", Kind.INDIA, "L/P&S/12/4018"),
    ("R/12/1/89", Kind.INDIA, "R/12/1/89"),
    ("Add. 51083", Kind.MANUSCRIPT, "Add. 51083"),
    ("6698/H106612-18", Kind.MICROFILM, "6698/H106612-18"),
    ("C152/17", Kind.MARK, "C152/17"),
    ("N3334/\n3198/38", Kind.JACKET, "N3334/3198/38"),
    ("N3334\n/3198/38", Kind.JACKET, "N3334/3198/38"),
    ("FO\n371/12557", Kind.SERIES, "FO 371/12557"),
    ("CAB\n24/185", Kind.SERIES, "CAB 24/185"),
    ("C.I.D. \nPaper 782-B", Kind.NUMBERED, "CID Paper 782-B"),
    ("FO 371/14018-\n14019", Kind.SERIES, "FO 371/14018-14019"),
]

AMERICAN_FORMS = [
    ("RG 59", "RG 59", "RG 59"),
    ("861.00/11285", "861.00/11285", "861.00/11285"),
    ("861.OO/ll285", "861.00/11285", "861.00/11285"),
    ("861 .00/ 11285", "861.00/11285", "861.00/11285"),
    ("711.61/2O1", "711.61/201", "711.61/201"),
    ("760C.61/33", "760C.61/33", "760C.61/33"),
    ("500.12A15/3", "500.12A15/3", "500.12A15/3"),
    ("M3l6, roll 12", "M316, roll 12", "M316, roll 12"),
    ("T1249", "T1249", "T1249"),
    ("F.R.U.S. 1934, Vol I II", "F.R.U.S. 1934, Vol III", "FRUS 1934, Vol III"),
    ("FRUS, 1933, II, 790", "FRUS, 1933, II, 790", "FRUS 1933, II, 790"),
]
EUROPEAN_FORMS = [
    ("MAE, URSS 1918-1940, vol. 357, f. 12", "MAE, URSS 1918-1940, vol. 357, f. 12", "MAE URSS 1918-1940, vol. 357, f. 12"),
    ("MAE, URSS 1918-194O, vol . 357, f. l2", "MAE, URSS 1918-1940, vol. 357, f. 12", "MAE URSS 1918-1940, vol. 357, f. 12"),
    ("PA AA, R 283O1", "PA AA, R 28301", "PA AA, R 28301"),
    ("K281/K096123", "K281/K096123", "K281/K096123"),
    ("6698/H1O6612-18", "6698/H106612-18", "6698/H106612-18"),
    ("AVP RF, f. 069, op. 11, p. 35, d. 4", "AVP RF, f. 069, op. 11, p. 35, d. 4", "AVP RF, f. 069, op. 11, p. 35, d. 4"),
    ("SHAT, 7 N 3l21", "SHAT, 7 N 3121", "SHAT 7N 3121"),
]

DAMAGED = [
    ("H .0. 144", "H.O. 144"),
    ("C .P. 181(25)", "C.P. 181(25)"),
    ("C .P . 314(28)", "C.P. 314(28)"),
    ("C .P.\n118(33)", "C.P.\n118(33)"),
    ("B .T. 60/41/2", "B.T. 60/41/2"),
    ("E .C .G. 1/21", "E.C.G. 1/21"),
    ("C .R .T .5200/32", "C.R.T.5200/32"),
    ("CAB .4/9", "CAB 4/9"),
    ("Cmd . 2895", "Cmd. 2895"),
    ("D.B.F.P. I I/VI I", "D.B.F.P. II/VII"),
    ("D.B.F.P. II/VI I", "D.B.F.P. II/VII"),
    ("D.B.F.P. 1A/VI", "D.B.F.P. IA/VI"),
    ("D.B.F.p. II/VII", "D.B.F.P. II/VII"),
    ("D.V.P . Vol XI", "D.V.P. Vol XI"),
    ("H.C.Deb . Vol 251, Col 714", "H.C.Deb. Vol 251, Col 714"),
    ("FO 371/l2579", "FO 371/12579"),
    ("FO 37l/I2579", "FO 371/12579"),
    ("FO 371/1259O", "FO 371/12590"),
    ("FO 371/ 12590", "FO 371/12590"),
    ("F0 371/12590", "FO 371/12590"),
    ("PO 371/18305", "FO 371/18305"),
    ("F.O 371/12590", "F.O. 371/12590"),
    ("CAB 23/5O", "CAB 23/50"),
    ("N6O29/1316/55", "N6029/1316/55"),
    ("N6029 /1316/55", "N6029/1316/55"),
    ("27(27 )3", "27(27)3"),
    ("FO 371/1S587", "FO 371/15587"),
    ("FO 371/1258S", "FO 371/12585"),
    ("N6B4/209/38", "N684/209/38"),
    ("N3334\n/3198/38", "N3334\n/3198/38"),
    ("CAB 24/ 1B5", "CAB 24/185"),
    ("3l(27)3", "31(27)3"),
]

NOT_REFERENCES = (
    """
S IX|F IV E|1927-1929|August 1926|p. 212|pp.101-102|Article 21(1)|the I.L.P. (3)|U.S.S.R.1 (1)|1/2/27|and/or|either/or
CO 9999|T 1|T 160|T 999/3|D.B.F.P. IV/VII|D.B.F.P. II/VV|27(95)3|C.P. 181(99)|(31)|£1(10)|A.D. 1927
No. 93|Vol. 238|Doc. No. 283|3 per cent|Ibid, pp. 3-4|op. cit. p.8|1931|Add. 12|861.5|N6029|COL 12|Deb. 12
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize(("raw", "kind", "normalised"), WELL)
def test_found_whole_and_left_alone(raw: str, kind: Kind, normalised: str) -> None:
    text = f"Minute by the Secretary, 3 March 1934, {raw}; and Smith, op. cit. p.8."
    found = list(find_references(text, LEXICON))
    assert [(reference.raw, reference.kind, reference.normalised) for reference in found] == [(raw, kind, normalised)]
    assert text[found[0].start : found[0].end] == raw
    assert found[0].repaired == raw
    assert repair(raw, LEXICON) == raw


@pytest.mark.parametrize(("raw", "repaired"), DAMAGED)
def test_repaired(raw: str, repaired: str) -> None:
    assert repair(raw, LEXICON) == repaired
    assert repair(repaired, LEXICON) == repaired
    assert [reference.repaired for reference in find_references(f"(see {raw}).", LEXICON)] == [repaired]


@pytest.mark.parametrize("raw", NOT_REFERENCES)
def test_no_reference(raw: str) -> None:
    assert list(find_references(raw, LEXICON)) == []
    assert repair(raw, LEXICON) is None


def test_elliptical_lists_share_file_and_country() -> None:
    found = list(find_references("and June 1934, N2507, N2533, N2611/74/38, FO 371/\n18305.", LEXICON))
    assert [reference.raw for reference in found] == ["N2507", "N2533", "N2611/74/38", "FO 371/\n18305"]
    assert [reference.normalised for reference in found[:3]] == ["N2507/74/38", "N2533/74/38", "N2611/74/38"]


@pytest.mark.parametrize(("raw", "repaired", "normalised"), AMERICAN_FORMS)
def test_a_pack_brings_the_forms_of_its_archives(raw: str, repaired: str, normalised: str) -> None:
    text = f"Kelley to Hull, 3 March 1934, {raw}; and Smith."
    found = list(find_references(text, AMERICAN))
    assert [(reference.raw, reference.repaired, reference.normalised) for reference in found] == [(raw, repaired, normalised)]
    assert repair(repaired, AMERICAN) == repaired


@pytest.mark.parametrize(("raw", "repaired", "normalised"), EUROPEAN_FORMS)
def test_another_pack_stands_beside_the_first(raw: str, repaired: str, normalised: str) -> None:
    text = f"Herbette to Briand, 3 March 1927, {raw}; N6029/1316/55."
    found = [(reference.raw, reference.repaired, reference.normalised) for reference in find_references(text, EUROPEAN)]
    assert found == [(raw, repaired, normalised), ("N6029/1316/55",) * 3]


@pytest.mark.parametrize(
    "raw", [form[0] for form in AMERICAN_FORMS if "Vol" not in form[0]] + [EUROPEAN_FORMS[0][0], EUROPEAN_FORMS[2][0]]
)
def test_without_their_pack_forms_are_left_alone(raw: str) -> None:
    assert list(find_references(f"Hull, 3 March 1934, {raw}; and Smith.", LEXICON)) == []


def test_a_period_repairs_the_references_of_its_archives() -> None:
    text = "Kelley to Hull, 3 March 1934, RG 59, 861.OO/ll285; M3l6, roll 4.\n"
    source = read_text(text.encode(), "a")
    assert process(source, Settings(period=("usna",))).draft.text == text.replace("OO/ll", "00/11").replace("3l6", "316")
    assert process(source, Settings()).draft.text == text


def test_treasury_classes_are_no_microfilms() -> None:
    both = build_lexicon(("english", "interwar", "usna"))
    assert [reference.kind for reference in find_references("T 160/446; T1249/7", both)] == [Kind.SERIES, Kind.MICROFILM]


def test_further_pieces_belong_to_the_class_before_them() -> None:
    found = list(find_references("in files FO 371/14867-14869, 15605-15606. For 1927", LEXICON))
    assert [reference.normalised for reference in found] == ["FO 371/14867-14869", "FO 371/15605-15606"]
    found = list(find_references("FO 371/14867, 1927; CAB 23/54, 55 and 56", LEXICON))
    assert [reference.normalised for reference in found] == ["FO 371/14867", "CAB 23/54"]


def test_a_class_that_never_was_is_found_but_not_certain() -> None:
    found = list(find_references("FO 9999/1 and CAB 900/3", LEXICON))
    assert [(reference.normalised, reference.certain) for reference in found] == [("FO 9999/1", False), ("CAB 900/3", False)]


def test_a_list_may_run_over_lines() -> None:
    found = list(find_references("N1908,\nN2129 and\nN2161/\n209/38, FO\n371/12590", LEXICON))
    names = ["N1908/209/38", "N2129/209/38", "N2161/209/38", "FO 371/12590"]
    assert [reference.normalised for reference in found] == names


def test_paragraph_by_paragraph_finds_the_same() -> None:
    text = "; N1908,\nN2161/209/38, FO\n371/12590.\n\nCAB\n24/185.\n\f27(27)3, CAB 23/55\f N12/\n\n3/38"
    parts = [
        (at + reference.start, reference.normalised)
        for at, _, references in by_paragraph(text, Knowledge(LEXICON, Evidence()))
        for reference in references
    ]
    assert parts == [(reference.start, reference.normalised) for reference in find_references(text, LEXICON)]
    assert len(parts) == 6


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Ibid, p.8.", ["Ibid", "p.8"]),
        ("Smith, op. cit. p.231.", ["op. cit. p.231"]),
        ("Smith, op.cit. pp.12-14; loc. cit. p. 3", ["op.cit. pp.12-14", "loc. cit. p. 3"]),
        ("D.V.P. Vol X, Doc. No. 283.", ["Doc. No. 283"]),
        ("Smith, op .cit. p.8", ["p.8"]),
        ("Smith, op, cit. p.8", ["p.8"]),
        ("forbidden", []),
    ],
)
def test_back_references_are_understood_where_they_need_nothing(text: str, spans: list[str]) -> None:
    assert [text[start:end] for start, end, _ in understood(text)] == spans


@pytest.mark.parametrize(
    ("template", "kind", "fault"),
    [
        ("X {n", "archive", "is no part"),
        ("X {q}", "archive", "no placeholder"),
        ("X [{n}", "archive", "without"),
        ("X {n}]", "archive", "without"),
        ("X {n}", "novel", "none of the kinds"),
        ("Just words", "archive", "needs a number"),
    ],
)
def test_a_form_that_cannot_be_read_is_named(tmp_path: Path, template: str, kind: str, fault: str) -> None:
    (tmp_path / "pack.toml").write_text('title = "Mine"\nlicence = "CC0-1.0"\n')
    (tmp_path / "forms.txt").write_text(f"{template}\t{kind}\n")
    with pytest.raises(InvalidConfig, match=re.escape(fault)) as caught:
        list(find_references("X 12", build_lexicon((tmp_path,))))
    assert str(caught.value.where) == str(tmp_path / "forms.txt")


def test_treasury_files_are_not_jackets() -> None:
    found = list(find_references("F11864/2, T 160/512.", LEXICON))
    assert [(reference.kind, reference.normalised) for reference in found] == [
        (Kind.FILE, "F11864/2"),
        (Kind.SERIES, "T 160/512"),
    ]


def test_conclusions_stand_before_their_piece() -> None:
    found = list(find_references("Cabinet Conclusions, 6 May 1935, 28(35)2, CAB 23/81.", LEXICON))
    assert [reference.normalised for reference in found] == ["28(35)2", "CAB 23/81"]
    assert (found[1].series, found[1].piece) == ("CAB 23", "81")


def test_a_piece_that_cannot_be_is_found_but_never_changed() -> None:
    found = list(find_references("CAB 24/4l7", LEXICON))
    assert [(reference.certain, reference.repaired) for reference in found] == [(False, "CAB 24/4l7")]


def test_a_doubtful_blank_goes_by_the_document() -> None:
    assert repair("N 105/1/38", LEXICON) == "N 105/1/38"
    text = "; ".join(f"N{number}/1/38" for number in range(100, 120)) + "; N 105/1/38"
    style = document_style(text, Knowledge(LEXICON, Evidence()))
    assert repair("N 105/1/38", LEXICON, style) == "N105/1/38"
    mixed = text + "; ".join(f"N {number}/1/38" for number in range(100, 110))
    assert repair("N 105/1/38", LEXICON, document_style(mixed, Knowledge(LEXICON, Evidence()))) == "N 105/1/38"


def test_spacing_of_papers_is_the_authors_own() -> None:
    text = "; ".join(f"C.P. {number}(27)" for number in range(100, 140))
    assert repair("C.P.74 (30)", LEXICON, document_style(text, Knowledge(LEXICON, Evidence()))) == "C.P.74 (30)"


def digits(text: str) -> list[str]:
    return re.findall(r"[2-9]", text)


PIECES = st.sampled_from(
    [*"0123456789OIlSB /().ABFCNPTHDV-\n", "FO ", "CAB ", "C.P. ", "D.B.F.P. ", "Vol ", "371/", "(27)"],
)
DAMAGE = st.lists(PIECES, max_size=14).map("".join)
MUTATED = st.builds(
    lambda raw, at, mark: raw[: at % (len(raw) + 1)] + mark + raw[at % (len(raw) + 1) :],
    st.sampled_from([well[0] for well in WELL] + [damaged[0] for damaged in DAMAGED]),
    st.integers(0, 40),
    PIECES,
)


@settings(max_examples=300)
@given(DAMAGE | MUTATED)
def test_no_digit_becomes_another_and_repair_is_idempotent(text: str) -> None:
    for reference in find_references(text, LEXICON):
        assert text[reference.start : reference.end] == reference.raw
        # Digits stay in their order; 0, 1, 5 and 8 may be added for O, I, l, S and B, or become the letters O and I of a code.
        assert is_within(digits(reference.raw), digits(reference.repaired))
        unfold = str.maketrans("OoIlSB", "001158")
        bare = [re.sub(r"[\s.]", "", part.translate(unfold)) for part in (reference.raw, reference.repaired)]
        assert bare[0].upper() == bare[1].upper() or has_misread_code(reference.raw)
        assert reference.repaired.count("\n") == reference.raw.count("\n")
    mended = repair(text, LEXICON)
    if mended is not None:
        assert repair(mended, LEXICON) == mended


def is_within(some: list[str], more: list[str]) -> bool:
    """Whether `more` is `some` with nothing but 5 and 8 put in."""
    left = iter(some)
    expected = next(left, None)
    for digit in more:
        if digit == expected:
            expected = next(left, None)
        elif digit not in "58":
            return False
    return expected is None


def has_misread_code(raw: str) -> bool:
    return re.match(r"P[O0]|E[O0]|CA8|GAB|[O0]AB|CAH|CAR", raw, re.IGNORECASE) is not None


@given(st.text(max_size=200))
def test_any_text_is_bearable(text: str) -> None:
    found = list(find_references(text, LEXICON))
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_a_whole_thesis_is_read_in_no_time() -> None:
    sentence = "The Cabinet, on 8 July 1925, agreed, 36(25)3, CAB 23/50, that Litvinov's Note (N6029/1316/55) be left. "
    text = sentence * 6000
    begin = time.process_time()
    count = sum(1 for _ in find_references(text, LEXICON))
    assert count == 18000
    assert time.process_time() - begin < 3.0
