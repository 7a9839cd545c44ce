"""hOCR, ALTO and PAGE-XML as other programs write them: text, confidences, boxes, order, images."""

from __future__ import annotations

import contextlib
import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import UnreadableInput
from pipeline.model import Box, Source, Word
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources import markup
from pipeline.sources.files import InputFile, read_data, read_file, read_folder
from pipeline.sources.recognised import Piece, line_of, line_with_text, with_others
from pipeline.sources.splitting import selected_pages

FILES = Path(__file__).parent / "ocr_files"


def read(name: str, data: bytes | None = None) -> Source:
    return read_data((FILES / name).read_bytes() if data is None else data, "given", origin=Path(name))


def changed(name: str, *swaps: tuple[str, str]) -> Source:
    """A file with some of its text replaced."""
    text = (FILES / name).read_text(encoding="utf-8")
    for before, after in swaps:
        assert before in text
        text = text.replace(before, after)
    return read(name, text.encode())


def words(source: Source) -> dict[str, Word]:
    return {source.text[w.start : w.end]: w for page in source.pages for line in page.lines for w in line.words}


TEXTS = {
    "abbyy-alto-2.xml": "- 14 -\n\nThe consul wrote to the govern-\nment on Tuesday.\n\nPrinted in Geneva",
    "tesseract-alto-3.xml": "The envoy left\nGeneva;\n\nR&D",
    "escriptorium-alto-4.xml": "My dear friend, the roads are\nclosed, and no post has come.",
    "transkribus-page-2013.xml": "Friday, 4 May\n\nAll day\nrain; nobody came.",
    "ocrd-page-2019.xml": "REPORT ON\nTHE HARVEST\n\nHalf of it,\n\nof the harvest was lost\n\nWheat",
    "tesseract.hocr": "The envoy left\nGeneva;\n\nR&D\n\fLater.",
    "kraken.hocr": "Paid to\N{NO-BREAK SPACE}J.\nMüller, five francs",
    "abbyy-hocr.html": "The “café”, he said,\nclosed early.",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_is_read_as_printed_and_in_order(name: str) -> None:
    source = read(name)
    assert source.text == TEXTS[name]
    for page in source.pages:
        for line in page.lines:
            assert page.start <= line.start < line.end <= page.end
            assert "\n" not in source.text[line.start : line.end]
            assert all(line.start <= w.start < w.end <= line.end for w in line.words)


def test_what_else_was_read_stands_beside_a_word() -> None:
    swap = (
        'CONTENT="envoy"/>',
        'CONTENT="envoy"><ALTERNATIVE>envny</ALTERNATIVE><ALTERNATIVE PURPOSE="normalised">Envoy</ALTERNATIVE>',
    )
    source = changed("tesseract-alto-3.xml", (swap[0], swap[1] + "</String>"))
    assert words(source)["envoy"].alternatives == ("envny",), "what somebody made of it is no reading"
    glyphs = '<Glyph CONTENT="l"/><Glyph CONTENT="e"><Variant CONTENT="o"/></Glyph><Glyph CONTENT="f"/><Glyph CONTENT="t"/>'
    source = changed("tesseract-alto-3.xml", ('CONTENT="left"/>', f'CONTENT="left">{glyphs}</String>'))
    assert words(source)["left"].alternatives == ("loft",)
    equiv = '<pc:TextEquiv conf="0.93"><pc:Unicode>Half</pc:Unicode></pc:TextEquiv>'
    source = changed("ocrd-page-2019.xml", (equiv, equiv + equiv.replace("Half", "Hall").replace("conf", 'index="1" conf')))
    assert words(source)["Half"].alternatives == ("Hall",)
    assert words(read("ocrd-page-2019.xml"))["it"].alternatives == ()


def test_a_line_that_was_read_twice_gives_its_words_what_the_other_reading_has() -> None:
    line = line_with_text("of the harvest was lost", 0.8, (), None)
    assert line is not None
    found = {
        line.text[w.start : w.end]: w.alternatives for w in with_others(line, ["of tbe harvest was Iost", "ofthe harvest"]).words
    }
    assert found == {"of": (), "the": ("tbe",), "harvest": (), "was": (), "lost": ("Iost",)}


@pytest.mark.parametrize("name", TEXTS)
def test_every_kind_goes_through_everything(name: str) -> None:
    result = process(read(name), Settings())
    assert result.confidence.lines
    assert all(0 <= line.probability <= 1 for line in result.confidence.lines)


@pytest.mark.parametrize(
    ("name", "word", "confidence", "box"),
    [
        ("tesseract-alto-3.xml", "Geneva;", 0.41, Box(60, 95, 180, 125)),
        ("abbyy-alto-2.xml", "Geneva", 0.0, Box(591, 3189, 827, 3236)),
        ("ocrd-page-2019.xml", "Half", 0.93, Box(100, 400, 300, 450)),
        ("ocrd-page-2019.xml", "of", 0.81, None),
        ("ocrd-page-2019.xml", ",", 0.70, Box(440, 400, 450, 450)),
        ("escriptorium-alto-4.xml", "friend,", 0.92, None),
        ("escriptorium-alto-4.xml", "closed,", None, None),
        ("tesseract.hocr", "left", 0.93, Box(240, 50, 300, 80)),
        ("kraken.hocr", "Paid", 0.62, Box(90, 90, 200, 140)),
        ("abbyy-hocr.html", "The", 0.60, Box(50, 50, 150, 80)),
        ("abbyy-hocr.html", "said,", None, None),
    ],
)
def test_confidences_and_boxes(name: str, word: str, confidence: float | None, box: Box | None) -> None:
    found = words(read(name))[word]
    assert (found.confidence, found.box) == (pytest.approx(confidence), box)


def test_a_line_without_words_has_its_box() -> None:
    first, second = read("escriptorium-alto-4.xml").pages[0].lines
    assert (first.box, second.box) == (Box(110, 120, 900, 170), Box(110, 198, 880, 250))


def test_the_least_sure_glyph_counts() -> None:
    source = changed("ocrd-page-2019.xml", ("<pc:Unicode>Half of it,<", "<pc:Unicode>Half of It,<"))
    found = words(source)
    assert found["Half"].box == Box(100, 400, 300, 450)
    assert "Half of It," in source.text and found["It,"].box is None
    first = source.pages[0].lines[2].words[1]
    assert first.confidence == pytest.approx(0.64)


@pytest.mark.parametrize("value", ["0.0", "1.0"])
def test_confidences_that_are_all_the_same_say_nothing(value: str) -> None:
    text = (FILES / "tesseract-alto-3.xml").read_text(encoding="utf-8")
    source = read("x.xml", re.sub(r'WC="[\d.]+"', f'WC="{value}"', text).encode())
    assert not source.has_confidences


def spoken(system: str, power: float, dubious: str = "signed") -> Source:
    """A page of a hundred words, two of them dubious, on the scale of some program."""
    strings = []
    for at in range(100):
        sure = (0.3 if at % 50 == 3 else 0.9 + at % 7 / 100) ** power
        word = dubious if at % 50 == 3 else ["the", "treaty", "was", "signed"][at % 4]
        strings.append(f'<TextLine><String CONTENT="{word}" WC="{sure:.4f}"/></TextLine>')
    tool = f"<Description><Processing><softwareName>{system}</softwareName></Processing></Description>"
    layout = (
        f'<Layout><Page WIDTH="9" HEIGHT="9"><PrintSpace><TextBlock>{"".join(strings)}</TextBlock></PrintSpace></Page></Layout>'
    )
    return read("x.xml", f'<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#">{tool}{layout}</alto>'.encode())


def test_confidences_of_other_programs_count_by_their_order() -> None:
    ours, theirs = (process(source, Settings()).confidence for source in (spoken("tesseract 5", 1), spoken("FineReader", 5)))
    assert theirs.expected_wrong < 2 * ours.expected_wrong
    least = [line.line for line in sorted(theirs.lines, key=lambda line: line.probability)[:2]]
    assert sorted(least) == [4, 54]


def test_what_another_program_said_of_a_word_is_shown_as_it_said_it() -> None:
    lines = process(spoken("FineReader", 5, "zwqrbk"), Settings()).confidence.lines
    assert {reason for line in lines for reason in line.reasons} == {"OCR unsure of “zwqrbk” (0.00)"}


def test_strings_without_spaces_between_them_are_words() -> None:
    text = (FILES / "tesseract-alto-3.xml").read_text(encoding="utf-8")
    assert read("x.xml", re.sub(r"<SP[^>]*/>", "", text).encode()).text == TEXTS["tesseract-alto-3.xml"]


def test_blocks_may_name_the_next() -> None:
    order = ('ID="block_0" ', 'ID="block_0" IDNEXT="none" '), ('ID="block_1" ', 'ID="block_1" IDNEXT="block_0" ')
    assert changed("tesseract-alto-3.xml", *order).text == "R&D\n\nThe envoy left\nGeneva;"
    loop = ('ID="block_0" ', 'ID="block_0" IDNEXT="block_1" '), ('ID="block_1" ', 'ID="block_1" IDNEXT="block_0" ')
    assert changed("tesseract-alto-3.xml", *loop).text == TEXTS["tesseract-alto-3.xml"]


def test_a_stated_order_wins_and_what_it_forgets_comes_last() -> None:
    stated = '<ReadingOrder><OrderedGroup ID="o"><ElementRef ID="e" REF="block_1"/></OrderedGroup></ReadingOrder><Layout>'
    assert changed("tesseract-alto-3.xml", ("<Layout>", stated)).text == "R&D\n\nThe envoy left\nGeneva;"
    less = changed("ocrd-page-2019.xml", ('<pc:RegionRefIndexed index="0" regionRef="head"/>', ""))
    assert less.text.startswith("Half of it,") and less.text.endswith("THE HARVEST\n\nWheat")


def test_an_order_that_is_only_noted_on_the_regions() -> None:
    text = (FILES / "transkribus-page-2013.xml").read_text(encoding="utf-8")
    assert read("x.xml", re.sub(r"(?s)<ReadingOrder>.*</ReadingOrder>", "", text).encode()).text.startswith("Friday")


@pytest.mark.parametrize("space", ["http://schema.ccs-gmbh.com/ALTO", "http://bibnum.bnf.fr/ns/alto_prod", ""])
def test_namespaces_of_alto(space: str) -> None:
    assert (
        changed("tesseract-alto-3.xml", ("http://www.loc.gov/standards/alto/ns-v3#", space)).text == TEXTS["tesseract-alto-3.xml"]
    )


def test_pages_of_2009_have_points_of_their_own() -> None:
    text = (FILES / "transkribus-page-2013.xml").read_text(encoding="utf-8").replace("2013-07-15", "2010-03-19")

    def as_points(found: re.Match[str]) -> str:
        pairs = (pair.split(",") for pair in found[1].split())
        return "<Coords>" + "".join(f'<Point x="{x}" y="{y}"/>' for x, y in pairs) + "</Coords>"

    old = read("x.xml", re.sub(r'<Coords points="([^"]*)"/>', as_points, text).encode())
    new = read("transkribus-page-2013.xml")
    assert [line.box for line in old.pages[0].lines] == [line.box for line in new.pages[0].lines]


def test_text_of_a_region_whose_lines_have_none() -> None:
    text = (FILES / "transkribus-page-2013.xml").read_text(encoding="utf-8")
    bare = re.sub(r"<TextEquiv><Unicode>[^<]*</Unicode></TextEquiv>\s*(?=</TextLine>|</Word>)", "", text)
    source = read("x.xml", re.sub(r"(?s)<Word.*?</Word>", "", bare).encode())
    assert source.text == TEXTS["transkribus-page-2013.xml"]
    assert [line.box for line in source.pages[0].lines] == [line.box for line in read("transkribus-page-2013.xml").pages[0].lines]


def test_odd_ends_of_hocr() -> None:
    words = "<span class='ocrx_word'><span class='ocrx_cinfo' title='x_bboxes 1 1 2 2; x_conf 71'>a</span></span> b&nbsp;c"
    xhtml = f"<html xmlns='http://www.w3.org/1999/xhtml'><body><p class='ocr_line'>{words}</p></body></html>"
    for head in ("", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">'):
        source = read("x.hocr", f"{head}{xhtml}".encode())
        assert source.text == "a b\N{NO-BREAK SPACE}c"
        assert words_of(source) == [0.71, None]


def test_accents_that_stand_apart_are_joined_to_their_letters() -> None:
    apart = (FILES / "kraken.hocr").read_text(encoding="utf-8").replace("ü", "u\N{COMBINING DIAERESIS}")
    source = read("x.hocr", apart.encode())
    assert source.text == TEXTS["kraken.hocr"]
    last = source.pages[0].lines[1].words[0]
    assert source.text[last.start : last.end] == "Müller,"


def test_text_without_lines_is_not_lost() -> None:
    lines = "<p class='ocr_par'><span class='ocr_line'>One</span><span class='ocr_line'>two.</span></p>"
    body = f"<div class='ocr_page'><div class='ocr_carea'>{lines}<p class='ocr_par'>Three.</p><p class='ocr_par'>Four.</p></div>"
    source = read("x.hocr", f"<html><body>{body}<div class='ocr_carea'>Five.</div></div></body></html>".encode())
    assert source.text == "One\ntwo.\n\nThree.\n\nFour.\n\nFive."


def words_of(source: Source) -> list[float | None]:
    return [word.confidence for line in source.pages[0].lines for word in line.words]


def test_packed_and_utf16_files(tmp_path: Path) -> None:
    text = (FILES / "tesseract-alto-3.xml").read_text(encoding="utf-8")
    packed = tmp_path / "p1.xml.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_file(packed, "p1").text == TEXTS["tesseract-alto-3.xml"]
    wide = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    assert read("x.xml", wide).text == TEXTS["tesseract-alto-3.xml"]
    assert read("x.txt", b"\xef\xbb\xbf" + text.encode()).text == TEXTS["tesseract-alto-3.xml"]


def test_pages_may_be_selected_with_their_words() -> None:
    some = selected_pages(read("tesseract.hocr"), (2,))
    assert (some.text, [page.number for page in some.pages]) == ("Later.", [2])
    assert words(some)["Later."].confidence == pytest.approx(0.92)


@pytest.mark.parametrize("where", ["beside", "above", "named"])
def test_images_are_found_and_lead_to_pixels(tmp_path: Path, where: str) -> None:
    folder = {"beside": tmp_path / "page", "above": tmp_path, "named": tmp_path / "elsewhere"}[where]
    page = tmp_path / "page" / "letter_0001.xml"
    page.parent.mkdir()
    folder.mkdir(exist_ok=True)
    page.write_bytes((FILES / "abbyy-alto-2.xml").read_bytes())
    Image.new("L", (1050, 1485)).save(folder / "letter_0001.png")
    source = read_file(page, "x", tmp_path / "elsewhere" if where == "named" else None)
    scan = source.pages[0].scan
    assert scan is not None and Path(scan.path).samefile(folder / "letter_0001.png")
    assert (scan.width, scan.height) == (1050, 1485)
    assert words(source)["The"].box == Box(100, 150, 160, 170)


def test_an_image_of_another_shape_moves_no_box(tmp_path: Path) -> None:
    page = tmp_path / "f12.xml"
    page.write_bytes((FILES / "escriptorium-alto-4.xml").read_bytes())
    Image.new("L", (300, 300)).save(tmp_path / "f12.jpg")
    assert read_file(page, "x").pages[0].lines[0].box == Box(110, 120, 900, 170)


def test_no_size_is_no_scan() -> None:
    source = read("x.hocr", b"<html><body><div class='ocr_page'><span class='ocr_line'>One line</span></div></body></html>")
    assert (source.text, source.pages[0].scan) == ("One line", None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"just words", "no XML"),
        (b"<alto><Layout>", "broken XML in line 1"),
        (b'<alto xmlns="urn:another"/>', "namespace urn:another"),
        (b"<PcGts/>", "namespace missing"),
        (b'<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"/>', "no page"),
        (b'<mets:mets xmlns:mets="http://www.loc.gov/METS/"/>', "METS"),
        (b'<?xml version="1.0"?><!-- a --><TEI xmlns="http://www.tei-c.org/ns/1.0"/>', "TEI"),
        (b"<!DOCTYPE html><html><body><p>Words</p></body></html>", "without hOCR"),
        (b"<html><body><div class='ocr_page'><span class='ocrx_word'>on", "breaks off"),
        (b"<svg/>", "svg"),
        (b"\x1f\x8bnot gzip", "damaged"),
        (b"<html><body><div class='ocr_page'></div></body></html>", "empty"),
    ],
)
def test_what_cannot_be_read_is_named_in_a_line(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said) as caught:
        read("page.xml", data)
    assert "\n" not in str(caught.value) and caught.value.advice


def test_files_that_are_too_large_are_refused_unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "LARGEST", 10_000)
    with pytest.raises(UnreadableInput, match="too large"):
        read("x.xml.gz", gzip.compress(b"<alto>" + bytes(20_000)))


def test_nothing_is_fetched_and_nothing_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    entity = f'<!DOCTYPE PcGts [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "boom">]>\n<PcGts'
    source = changed("transkribus-page-2013.xml", ("<PcGts", entity), ("nobody came.", "nobody &x;&y; came."))
    assert "nobody" in source.text and "SECRET" not in source.text and "boom" not in source.text


def test_pages_that_fail_do_not_stop_the_others(tmp_path: Path) -> None:
    contents = {"p1.xml": (FILES / "tesseract-alto-3.xml").read_bytes(), "p2.xml": b"<alto", "p3.txt": b"Three.\n"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    source = read_folder([InputFile(tmp_path / name, tmp_path / name) for name in contents], "box")
    assert source.text == f"{TEXTS['tesseract-alto-3.xml']}\n\f\n\fThree."
    assert ["broken XML" in page.failed for page in source.pages] == [False, True, False]
    assert [page.label for page in source.pages] == list(contents)


TAGS = st.sampled_from("alto Layout Page PrintSpace TextBlock TextLine String SP HYP Glyph Shape Polygon ElementRef".split())
PAGE_TAGS = st.sampled_from(
    "Page ReadingOrder OrderedGroup RegionRef TextRegion TextLine Word Coords Point TextEquiv Unicode".split()
)
HTML_TAGS = st.sampled_from(["div", "span", "p", "em", "br"])
NAMES = st.sampled_from(
    "ID id IDNEXT REF regionRef index HPOS VPOS WIDTH HEIGHT WC CC CONTENT POINTS points x y conf class title custom".split()
)
ODD_VALUES = (
    "a|b|1|-5|1e400|nan|0.5|1,2 3,4|ocr_page|ocr_line|ocrx_word|ocr_par|two words|bbox 1 2 3 4|bbox 9 9 1 1; x_wconf 50|"
    "x_confs 1 2|x_wconf 1e9|readingOrder {index:1;}|\u2028|\x85"
).split("|")
VALUES = st.one_of(
    st.sampled_from(ODD_VALUES),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)


@st.composite
def elements(draw: st.DrawFn, tags: st.SearchStrategy[str], depth: int = 4) -> str:
    """An element with any attributes, and elements in it."""
    tag = draw(tags)
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    given = "".join(f' {name}="{escaped(draw(VALUES))}"' for name in names)
    inner = draw(st.lists(elements(tags, depth - 1), max_size=3)) if depth else []
    return f"<{tag}{given}>{escaped(draw(VALUES))}{''.join(inner)}</{tag}>{draw(st.sampled_from(['', ' ', 'x']))}"


def escaped(value: str) -> str:
    return "".join(f"&#{ord(char)};" if char in "<>&\"'" else char for char in value if char not in "\ufffe\uffff")


ALTO = elements(TAGS).map(lambda inner: f'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">{inner}</alto>')
PAGE = elements(PAGE_TAGS).map(
    lambda inner: f'<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">{inner}</PcGts>'
)
HOCR = elements(HTML_TAGS).map(lambda inner: f'<html><body class="ocr_page">{inner}</body></html>')


@given(st.one_of(ALTO, PAGE, HOCR, st.text()).map(lambda text: text.encode("utf-8", "ignore")))
def test_nothing_that_is_given_is_an_error_of_ours(data: bytes) -> None:
    try:
        source = read("given.xml", data)
    except UnreadableInput:
        return
    for page in source.pages:
        assert "\f" not in source.text[page.start : page.end]
        for line in page.lines:
            assert page.start <= line.start < line.end <= page.end
            for word in line.words:
                assert line.start <= word.start < word.end <= line.end
                assert word.confidence is None or 0 <= word.confidence <= 1


@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 4000), st.integers(0, 300), st.binary(max_size=4))
def test_damaged_files_are_read_or_refused(name: str, at: int, gone: int, instead: bytes) -> None:
    data = (FILES / name).read_bytes()
    with contextlib.suppress(UnreadableInput):
        assert read(name, data[:at] + instead + data[at + gone :]).text


CHUNKS = st.text(st.sampled_from("ab ,.-\n"), max_size=6)


@given(st.lists(st.tuples(CHUNKS, st.booleans())), CHUNKS)
def test_words_are_spans_of_their_line(chunks: list[tuple[str, bool]], text: str) -> None:
    pieces = [Piece(chunk, 0.5, Box(0, 0, 1, 1), glued) for chunk, glued in chunks]
    for line in (line_of(pieces), line_with_text(text, None, pieces, None)):
        if line is None:
            continue
        assert line.text == line.text.strip() and line.text
        ends = [0, *(word.end for word in line.words)]
        for word, before in zip(line.words, ends, strict=False):
            assert before <= word.start < word.end <= len(line.text)
