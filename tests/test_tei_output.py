"""tei.xml: every word, page and change of the clean text, in elements where TEI P5 allows them."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from lxml import etree
from test_engine_properties import OCR_TEXT
from test_exchange_formats import a_result
from test_hocr_output import an_edit, scanned

from pipeline.ledger import Edit, Move, Replace
from pipeline.model import Source
from pipeline.outputs.tei import tei_document
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.text import read_text

TEI = "{http://www.tei-c.org/ns/1.0}"
ID = "{http://www.w3.org/XML/1998/namespace}id"
SCHEMA = etree.RelaxNG(etree.fromstring(gzip.decompress((Path(__file__).parent / "schemas" / "tei_all.rng.gz").read_bytes())))
CERTAINTY = re.compile(r"[01](?:\.\d+)?")


def document(source: Source, *edits: Edit, held: tuple[Edit, ...] = (), wrong: float | None = None) -> etree._Element:
    text = tei_document(a_result(source, *edits, held=held, wrong=wrong), {})
    return checked(etree.fromstring(text.encode()))


def checked(root: etree._Element) -> etree._Element:
    """The document, if it is valid by the schema of TEI P5, and sound besides."""
    assert SCHEMA.validate(root), SCHEMA.error_log
    names = [str(e.get(ID)) for e in root.iter(etree.Element) if e.get(ID)]
    assert len(names) == len(set(names))
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        children = [etree.QName(child).localname for child in element.iterchildren(etree.Element)]
        for key in ("target", "facs", "resp"):
            for pointer in (element.get(key) or "").split():
                assert pointer.removeprefix("#") in names, pointer
        assert CERTAINTY.fullmatch(element.get("cert") or "1")
        if name == "choice":
            assert children == ["sic", "corr"] or (set(children) == {"unclear"} and len(children) > 1)
        if name == "div":
            body = [child for child in children if child in ("head", "p")]
            assert "head" not in body[body.index("p") :] if "p" in body else True
            assert not (element.text or "").strip()
    return root


def clean(root: etree._Element) -> str:
    """The text that the edition gives when all corrections are taken: pages parted by form feeds, words by a space."""
    out: list[str] = []

    def walk(element: etree._Element) -> None:
        name = etree.QName(element).localname
        if name == "choice":
            kept = next((c for c in element if etree.QName(c).localname == "corr"), element[0])
            walk(kept)
        elif name in ("lb", "pb") and element.get("break") == "no":
            out.append("\f" if name == "pb" else "")
        elif name == "pb":
            out.append(" \f ")
        elif name != "fw":
            out.append(element.text or "")
            for child in element:
                walk(child)
                out.append("" if broken(child) else child.tail or "")

    def broken(child: etree._Element) -> bool:
        return etree.QName(child).localname == "lb" and child.get("break") == "no" and not (child.tail or "").strip("\n")

    walk(next(root.iter(f"{TEI}body")))
    text = "".join(out)
    return " ".join(re.sub(r"(\S*)\f(\S+)", r"\1\2 \f", text).replace("\f", " \f ").split(" ")).strip()


def words(text: str) -> list[str]:
    return text.replace("\f", " ").split()


def test_words_edits_lines_and_notes() -> None:
    text = "- 37 -\nLitvinov*s answer (1) was com-\nmunicated to pol icy\n\n1. F.O. 371."
    page = an_edit("page-number", Move(0, 7, "- 37 -\n"))
    quote = an_edit("apostrophe", Replace(15, 16, "*", "'"))
    join = an_edit("join", Replace(36, 37, "-", ""), Move(38, 47, "municated", 36))
    held = an_edit("torn-word", Replace(54, 55, " ", ""))
    source = scanned(text)
    root = document(source, page, quote, join, held=(held,))
    (fw,) = root.iter(f"{TEI}fw")
    assert (fw.get("type"), fw.text) == ("pageNum", "- 37 -")
    (pb,) = root.iter(f"{TEI}pb")
    assert pb.get("n") == "37" and pb.get("facs") == "#surface_0001"
    (sic,), (corr,) = root.iter(f"{TEI}sic"), root.iter(f"{TEI}corr")
    assert (sic.text, corr.text, corr.get("cert"), corr.get("resp")) == ("Litvinov*s", "Litvinov's", "0.950", "#errata")
    assert [u.text for u in root.iter(f"{TEI}unclear")] == ["pol icy", "policy"]
    (inner,) = [lb for lb in root.iter(f"{TEI}lb") if lb.get("break") == "no"]
    assert inner.get("rend") == "hyphen" and (inner.tail or "").startswith("municated to")
    (note,), (ref,) = root.iter(f"{TEI}note"), root.iter(f"{TEI}ref")
    assert (note.get("place"), note.get("n")) == ("foot", "1")
    assert (ref.text, ref.get("target"), note.get("target")) == ("(1)", f"#{note.get(ID)}", f"#{ref.get(ID)}")
    assert next(note.iter(f"{TEI}label")).text == "1." and "F.O. 371." in "".join(note.itertext())


def test_a_word_that_a_page_breaks_is_whole_and_the_notes_come_before_it() -> None:
    source = scanned("The (1) Govern\n\n1. A note.", "ment met.")
    join = an_edit("join", Move(28, 32, "ment", 13))
    root = document(source, join)
    first, second = root.iter(f"{TEI}pb")
    assert (first.get("break"), second.get("break")) == (None, "no")
    (paragraph,) = [p for p in root.iter(f"{TEI}p") if any(True for _ in p.iter(f"{TEI}pb")) and p.getparent().tag == f"{TEI}div"]  # type: ignore[union-attr]
    order = [etree.QName(e).localname for e in paragraph.iter(etree.Element)][1:]
    assert order == ["lb", "ref", "note", "lb", "label", "lb", "pb", "lb"] or order.index("note") < order.index("pb")
    assert "Govern" in "".join(paragraph.itertext())


def test_what_is_in_doubt_is_unclear() -> None:
    root = document(scanned("the house"), wrong=0.7)
    assert [(u.text, u.get("cert")) for u in root.iter(f"{TEI}unclear")] == [("the", "0.300"), ("house", "0.300")]


def test_a_stray_mark_leaves_by_a_choice() -> None:
    root = document(scanned("met the\n•\nagain"), an_edit("stray-lone", Move(8, 10, "•\n")))
    (choice,) = root.iter(f"{TEI}choice")
    assert [(etree.QName(c).localname, c.text) for c in choice] == [("sic", "•"), ("corr", None)]


def test_what_was_moved_out_between_paragraphs_stands_in_a_note() -> None:
    root = document(scanned("He met them.\n\n•"), an_edit("stray-lone", Move(12, 15, "\n\n•")))
    (note,) = root.iter(f"{TEI}note")
    assert note.get("type") == "stray" and [etree.QName(c).localname for c in note.iter(etree.Element)][1:] == [
        "choice",
        "sic",
        "corr",
    ]


def test_lines_have_their_zones() -> None:
    result = a_result(scanned("one\ntwo", "three", names=("scan 1.jpg", "b.pdf")))
    from pipeline.outputs.placed import Placer

    zones = {page.number: [(line.name, line.box) for line in lines] for _, page, lines in Placer(result).pages()}
    root = checked(etree.fromstring(tei_document(result, zones).encode()))
    assert [lb.get("facs") for lb in root.iter(f"{TEI}lb")] == ["#line_0001_001", "#line_0001_002", "#line_0002_001"]
    assert [z.get("lry") for z in root.iter(f"{TEI}zone")] == ["20", "50", "20"]
    assert [graphic.get("url") for graphic in root.iter(f"{TEI}graphic")] == ["scan%201.jpg", "b.pdf#page=1"]


@given(OCR_TEXT)
def test_nothing_is_lost_and_nothing_moved(text: str) -> None:
    """With all corrections taken, the edition is the clean text, word for word, its notes behind the body of their page."""
    if not text.strip():
        return
    source = read_text(text.encode("utf-8", "surrogatepass"), "a", "")
    result = process(source, Settings())
    root = checked(etree.fromstring(tei_document(result, {}).encode()))
    found = words(clean(root))
    assert sorted("".join(found)) == sorted(re.sub(r"\s|[\x00-\x08\x0b-\x1f]", "", replaced(result.draft.text)))


def replaced(text: str) -> str:
    """What XML cannot hold as the edition shows it."""
    return re.sub("[\ud800-\udfff\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)


def test_the_whole_is_in_order(tmp_path: Path) -> None:
    """Words in order, over pages, with notes."""
    pages = [f"Body of page {n} goes (1) on and\non until the page is done\n\n1. Note {n} here." for n in range(1, 4)]
    source = read_text("\f".join(pages).encode(), "a", "")
    result = process(source, Settings())
    root = checked(etree.fromstring(tei_document(result, {}).encode()))
    assert words(clean(root)) == words(result.draft.text)
    numbers = [str(pb.get(ID)) for pb in root.iter(f"{TEI}pb")]
    assert numbers == ["page_0001", "page_0002", "page_0003"] and all(a < b for a, b in pairwise(numbers))
