"""reading.md: paragraphs, page boundaries, footnotes, headings, and nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.confidence.model import DocumentConfidence
from pipeline.language.evidence import Evidence
from pipeline.ledger import Edit, Ledger, Move
from pipeline.model import Page, Source
from pipeline.outputs.markdown import at_start, escaped, heading_level
from pipeline.outputs.reading import reading_markdown
from pipeline.result import Result


def reading(text: str, folios: dict[int, str] | None = None) -> str:
    """The reading text of pages parted by form feeds; `folios` stand at the head of their pages and are moved out."""
    pages = text.split("\f")
    edits, at, starts = [], 0, []
    for number, page in enumerate(pages, 1):
        starts.append(at)
        printed = (folios or {}).get(number)
        if printed:
            pages[number - 1] = f"{printed}\n{page}"
            move = Move(at, at + len(printed) + 1, f"{printed}\n")
            edits.append(Edit("furniture", "page-number", "move", 0.99, "A page number.", (move,), printed, "", number))
        at += len(pages[number - 1]) + 1
    whole = "\f".join(pages)
    places = tuple(Page(n, start, start + len(page)) for n, (start, page) in enumerate(zip(starts, pages, strict=True), 1))
    ledger = Ledger(len(whole), tuple(edits))
    return reading_markdown(Result(Source("a", whole, places), ledger, Evidence(), DocumentConfidence()))


TWO_PAGES = (
    "He spoke of the policy which the\nCabinet had followed (1), and of anti-\nBritish feeling\n\n1. Popov, p.8.\n\f"
    "in the East (1).\n\nA new paragraph.\n\n1. Ibid. p.9;\nalso p.12.\n"
)


def test_paragraphs_run_over_lines_and_pages() -> None:
    assert reading(TWO_PAGES) == (
        "‹scan 1› He spoke of the policy which the Cabinet had followed[^p1-1], and of anti-British feeling "
        "‹scan 2› in the East[^p2-1].\n\n"
        "[^p1-1]: Popov, p.8.\n\n"
        "A new paragraph.\n\n"
        "[^p2-1]: Ibid. p.9; also p.12.\n"
    )


def test_printed_numbers_name_pages() -> None:
    text = reading(TWO_PAGES, {1: "- 36 -", 2: "- 37 -"})
    assert "‹p. 36›" in text and "feeling ‹p. 37› in" in text and "[^p37-1]: Ibid" in text and "scan" not in text


def test_labels_keep_to_the_scans_where_printed_numbers_could_mislead() -> None:
    text = reading("One (1).\n\n1. Note.\n\fTwo (1).\n\n1. Note.\n", {1: "2"})
    assert "‹p. 2›" in text and "‹scan 2›" in text
    assert "[^p1-1]" in text and "[^p2-1]" in text


def test_a_word_with_its_own_hyphen_over_a_page_end() -> None:
    assert "the Anglo-‹scan 2›Soviet talks" in reading("About the Anglo-\n\fSoviet talks.\n")


def test_a_sentence_that_ends_with_the_page_ends_its_paragraph() -> None:
    assert reading("It ended.\n\fAnother began.\n") == "‹scan 1› It ended.\n\n‹scan 2› Another began.\n"


def test_a_call_without_a_note_and_a_note_without_a_call_stay_visible() -> None:
    text = reading("As was said (2) there.\n\n1. A note that nothing calls.\n")
    assert "said (2) there" in text
    assert "> *scan 1, note 1:* A note that nothing calls." in text


def test_a_sentence_that_ends_with_a_quotation_and_a_call() -> None:
    text = reading("'We signed nothing. ' (1)\n\n1. Note.\n\fThe Next\n")
    assert "[^p1-1]\n\n[^p1-1]: Note.\n\n‹scan 2› The Next" in text


def test_a_note_of_several_paragraphs() -> None:
    assert "[^p1-1]: First.\n\n    Second.\n" in reading("Said (1).\n\n1. First.\n\nSecond.\n")


def test_notes_in_brackets() -> None:
    text = reading("He came (1) and went.(2)\n\n(1) Minute by Curzon,\nFO 371/4035.\n(2) CAB 23/55.\n")
    assert text == "He came[^p1-1] and went.[^p1-2]\n\n[^p1-1]: Minute by Curzon, FO 371/4035.\n\n[^p1-2]: CAB 23/55.\n"


def test_one_page_needs_no_marker() -> None:
    assert reading("A letter.\n") == "A letter.\n"


def test_equal_paragraphs_are_all_kept() -> None:
    assert reading("Ibid.\n\nIbid.\n") == "Ibid.\n\nIbid.\n"


def test_an_address_keeps_its_lines() -> None:
    usual = "A line of the usual width, that is to say a long one,\nand more of it.\n\n"
    assert reading("Downing Street,\nLondon,\nEngland.\n\n" + usual * 6).startswith("Downing Street,\\\nLondon,\\\nEngland.\n")


def test_a_quotation_that_is_set_apart() -> None:
    usual = "A line of the usual width, that is to say a long one,\nand more of it.\n\n"
    quoted = "'We should remember that all the boats are\nold, that the ropes are rotten and that it\nrains'.\n"
    text = reading(usual * 6 + "Percival concluded:\n\n" + quoted + "\n" + usual)
    assert "Percival concluded:\n\n> 'We should remember that all the boats are old, that the ropes are rotten and" in text
    assert "> " not in reading(usual * 6 + "Percival concluded.\n\n" + quoted)


@pytest.mark.parametrize(
    ("lines", "level"),
    [
        (["CHAPTER FOUR: THE BREACH"], 1),
        (["CHAPTER FOUR", "THE BREACH"], 1),
        (["Chapter IV"], 1),
        (["INTRODUCTION"], 2),
        (["II. The Harbour Strike and its Aftermath"], 2),
        (["II. The raid was over; it ended."], 0),
        (["FO 371"], 0),
        (["U.S.S.R."], 0),
        (["Chapter and verse were given."], 0),
        (["An ordinary line"], 0),
    ],
)
def test_headings(lines: list[str], level: int) -> None:
    assert heading_level(lines) == level


def test_headings_are_written() -> None:
    text = reading("CHAPTER ONE: THE BREACH\n\nIt began.\n")
    assert text == "# CHAPTER ONE: THE BREACH\n\nIt began.\n"


@given(st.text(alphabet=st.sampled_from("ab1 *_`#[]()<>&;!|~^-+=.\\\"'$:{}@"), max_size=40))
@settings(max_examples=300)
def test_markdown_shows_the_text_literally(text: str) -> None:
    text = " ".join(text.split())
    shown = MarkdownIt("commonmark").parse(at_start(escaped(text)))
    kinds = {token.type for token in shown}
    assert kinds <= {"paragraph_open", "inline", "paragraph_close"}
    literal = "".join(c.content for token in shown for c in token.children or [])
    assert literal == text


PIECES = ["policy", "the", "Cabinet", "(1)", "anti-", "1927", "INTRODUCTION", "end.", "*mark*", "1. Note", "2. Other"]
WORDS = st.lists(st.sampled_from(PIECES), max_size=30)
GAPS = st.sampled_from([" ", "\n", "\n\n", "\n\f", "  "])


@given(st.data())
@settings(max_examples=200)
def test_nothing_is_lost(data: st.DataObject) -> None:
    text = "".join(word + data.draw(GAPS) for word in data.draw(WORDS))
    out = re.sub(r"‹scan \d+›|\*scan \d+, note (?=\d+:\*)", " ", reading(text))
    out = re.sub(r"\[\^p\d+-(\d+)\]", r" \1 ", out)
    assert sorted(re.findall(r"\w", out)) == sorted(re.findall(r"\w", text))


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    reading(text.replace("\r", "\n"))


def test_words_stand_in_order() -> None:
    text = "One two\nthree.\n\nFour\n\ffive six.\n\n\f\n\fSeven\n"
    assert re.findall(r"[A-Za-z]+", re.sub(r"‹scan \d+›", "", reading(text))) == re.findall(r"[A-Za-z]+", text)
