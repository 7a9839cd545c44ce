"""Reading plain text: every byte can be had back, and pages are found where they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.errors import BadArguments, UnreadableInput
from pipeline.model import Source
from pipeline.sources.files import InputFile, read_folder
from pipeline.sources.splitting import selected_pages, split_pages
from pipeline.sources.text import decode, page_of_text, read_text

PIECES = st.sampled_from(
    ["a", " ", "\n", "\r", "\r\n", "\f", "é", "â€™", "Ã©", "“", "\xad", "¬", "\x00", "\x0b", "\u2028", "\x85", "ﬁ", "Ｆ", "й"]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)
BOMS = st.sampled_from([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0"])
ENCODED = st.one_of(
    st.binary(max_size=60),
    st.tuples(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be"])).map(lambda p: p[0].encode(p[1])),
    TEXTS.map(lambda t: t.encode("cp1252", "ignore")),
    st.tuples(st.sampled_from([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0"]), st.binary(max_size=24)).map(
        b"".join
    ),
)


@given(ENCODED)
@example(b"\xff\xfea")
@example(b"\xff\xfe\x00\xd8")
@example(b"\xef\xbb\xbf\xff")
@example(b"\x81\x8d")
@example("â€™ ï»¿ Ã".encode())
def test_every_byte_can_be_had_back(data: bytes) -> None:
    text, decoding = decode(data)
    assert decoding.encode(text) == data
    assert "\r" not in text
    assert text.encode("utf-8").decode("utf-8") == text


@given(st.one_of(ENCODED, TEXTS.map(str.encode)))
def test_reading_never_crashes_and_keeps_every_byte(data: bytes) -> None:
    try:
        source = read_text(data, "x")
    except UnreadableInput:
        return
    assert source.decoding.encode(source.text) == data
    check_pages(source)


def check_pages(source: Source) -> None:
    """Pages are in order and hold all but white space and marks between them; a form feed is never inside one."""
    ends = [0] + [page.end for page in source.pages]
    assert [page.number for page in source.pages] == list(range(1, len(source.pages) + 1))
    for page, before in zip(source.pages, ends, strict=False):
        assert before <= page.start <= page.end <= len(source.text)
        assert "\f" not in source.text[page.start : page.end]
        assert not source.text[before : page.start].strip()
    assert source.pages[-1].end == len(source.text)


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("naïve “q”".encode(), "naïve “q”", "utf-8"),
        (b"\xef\xbb\xbfabc", "abc", "utf-8"),
        ("née £5".encode("utf-16"), "née £5", "utf-16-le"),
        ("née £5".encode("cp1252"), "née £5", "cp1252"),
        (b"\x93No\x94 \x96 he said", "“No” – he said", "cp1252"),
        ("one – two – three – four".encode() + b" \x93", "one – two – three – four \ufffd", "utf-8"),
        (b"a\r\nb\rc\n", "a\nb\nc\n", "utf-8"),
        ("Litvinovâ€™s policy".encode(), "Litvinov’s policy", "utf-8"),
        ("cafÃ© and “quoted”".encode(), "café and “quoted”", "utf-8"),
        ("recon\xad\nciling recon¬\nciling".encode("cp1252"), "recon\xad\nciling recon¬\nciling", "cp1252"),
        ("ﬁnal Ｆull ‘curly’ …".encode(), "ﬁnal Ｆull ‘curly’ …", "utf-8"),
        (b"a\x00b\x1bc" + b" " * 3000, "a\ufffdb\ufffdc" + " " * 3000, "utf-8"),
    ],
)
def test_what_is_read(data: bytes, text: str, encoding: str) -> None:
    found, decoding = decode(data)
    assert (found, decoding.encoding) == (text, encoding)


def test_substitutions_are_small() -> None:
    _, decoding = decode("The cafÃ© of Litvinovâ€™s\r\n".encode())
    assert [(s.before, s.after) for s in decoding.substitutions] == [("Ã©", "é"), ("â€™", "’"), ("\r\n", "\n")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "errata digitise"),
        (b"%PDF-1.4 ...", "errata digitise"),
        (b"PK\x03\x04" + bytes(30), "archive"),
        (b"x\x00" + bytes(30), "binary"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words):
        read_text(data, "given")


def pages_of(text: str) -> list[str]:
    return [text[page.start : page.end] for page in split_pages(text)]


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("one", ["one"]),
        ("one\n\ftwo\f\fthree", ["one", "two", "", "three"]),
        ("one \n\n\n\ntwo\n  \n\t\n\n\nthree\n", ["one ", "two", "three\n"]),
        ("one\n\n\ntwo", ["one\n\n\ntwo"]),
        ("\n\n\n\none\n\n\n\n", ["\n\n\n\none\n\n\n\n"]),
        ("-----File: 001.png---\\x\\---\none\n-----File: 002.png-----\ntwo", ["one", "two"]),
        ("[Page 9]\none\n\n[Page 10]\ntwo\n", ["one\n", "two\n"]),
        ("one\n[Page 3]\ntwo", ["one\n[Page 3]\ntwo"]),
        ("one\n[Page 3]\ntwo\n[Page 3]\nthree", ["one\n[Page 3]\ntwo\n[Page 3]\nthree"]),
    ],
)
def test_page_breaks(text: str, pages: list[str]) -> None:
    assert pages_of(text) == pages


def test_labels_of_marked_pages_are_kept() -> None:
    assert [page.label for page in split_pages("[Page 9]\none\n[Page 10]\ntwo")] == ["9", "10"]


def lines(count: int) -> str:
    return "\n".join(f"line {number} of the body" for number in range(count))


def test_a_lost_separator_shows_as_an_indented_line() -> None:
    usual = [lines(30) for _ in range(20)]
    text = "\n\n\n\n".join([*usual, lines(28) + "\n begins here\n" + lines(27), *usual])
    pages = pages_of(text)
    assert len(pages) == 42
    assert pages[21].startswith("begins here\n")
    assert text[split_pages(text)[20].end :].startswith("\n begins here")


def test_an_indented_line_on_a_page_of_usual_length_begins_no_page() -> None:
    usual = [lines(30) for _ in range(20)]
    text = "\n\n\n\n".join([*usual, lines(15) + "\n 3. Degras, op. cit.\n" + lines(12), lines(44) + "\n 2. Ibid.", *usual])
    assert len(pages_of(text)) == 42


def test_frequent_indents_are_the_habit_of_the_text() -> None:
    page = lines(14) + "\n indented\n" + lines(15)
    text = "\n\n\n\n".join([page] * 10 + [page + "\n" + page])
    assert len(pages_of(text)) == 11


def test_chapters_are_no_pages() -> None:
    assert len(pages_of("\n\n\n\n".join([lines(400)] * 3))) == 1


def test_the_last_form_feed_begins_no_page() -> None:
    source = read_text(b"one\n\ftwo\n\f\n", "x")
    assert len(source.pages) == 2
    assert source.text == "one\n\ftwo\n"
    assert source.decoding.encode(source.text) == b"one\n\ftwo\n\f\n"


def test_a_folder_of_pages_keeps_the_bytes_of_each(tmp_path: Path) -> None:
    contents = [b"one\r\n", "zwei “q”".encode("cp1252"), b"", b"four\x0c\nmore\n\n"]
    paths = [tmp_path / f"p{number}.txt" for number in range(len(contents))]
    for path, data in zip(paths, contents, strict=True):
        path.write_bytes(data)
    source = read_folder([InputFile(path, path) for path in paths], "box")
    assert source.text == "one\n\fzwei “q”\n\f\n\ffour\n\nmore\n"
    assert [page.label for page in source.pages] == ["p0.txt", "p1.txt", "p2.txt", "p3.txt"]
    for page, data in zip(source.pages, contents, strict=True):
        assert page.decoding is not None
        assert page.decoding.encode(source.text[page.start : page.end]) == data


def test_a_folder_of_empty_pages_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\n")
    with pytest.raises(UnreadableInput, match="empty"):
        read_folder([InputFile(tmp_path / "a.txt", tmp_path / "a.txt")], "box")


def test_selected_pages_keep_their_numbers() -> None:
    source = read_text(b"one\n\ftwo\n\fthree", "x")
    some = selected_pages(source, (1, 3, 9))
    assert (some.text, [page.number for page in some.pages]) == ("one\n\fthree", [1, 3])
    assert selected_pages(source, ()) is source
    with pytest.raises(BadArguments, match="only 3 pages"):
        selected_pages(source, (4,))


def test_a_form_feed_in_a_line_too_long_to_compare_is_undone_as_well() -> None:
    data = b"The treasurer \x0f thought it was the vicar. " * 120 + b"\x0cIt was neither."
    text, decoding = page_of_text(data, "page.txt")
    assert "\f" not in text and text.count("\n") == 1
    assert decoding.encode(text) == data
