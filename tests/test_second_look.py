"""The second look: readings of one page are put beside each other, and each word is voted on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import Errata
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from pipeline.batch import read_page, reading
from pipeline.errors import ToolFailed
from pipeline.imaging.lone_lines import lone_lines
from pipeline.language import build_lexicon
from pipeline.ocr import PageRecord, PageRequest, recognise
from pipeline.ocr.lines import read_line
from pipeline.ocr.page_numbers import with_page_numbers
from pipeline.ocr.pages import IDENTITY
from pipeline.ocr.second_look import Look, doubt, merged, plausible_in
from pipeline.ocr.tokens import parsed, read_lines
from pipeline.ocr.vote import places
from pipeline.sources.hocr import read_hocr_page, source_from_ocr

HEAD = '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><div class="ocr_page">'
PLAUSIBLE = plausible_in(build_lexicon(("english", "interwar")))
SHARE, STEP = 12, 40  # pixels a letter, and from line to line


def hocr(*lines: str, sure: float = 90, top: int = 100, left: int = 100) -> bytes:
    """A page of one paragraph; `word/40` is a word of that confidence, `~` an empty place of a letter's width."""
    spans = []
    for number, line in enumerate(lines):
        words, at, y = [], left, top + STEP * number
        for word in line.split():
            text, _, own = word.partition("/")
            width = SHARE * len(text)
            if text.strip("~"):
                title = f"bbox {at} {y} {at + width} {y + 20}; x_wconf {own or sure}"
                words.append(f'<span class="ocrx_word" title="{title}">{text}</span>')
            at += width + SHARE
        spans.append(f'<span class="ocr_line" title="bbox {left} {y} {at} {y + 20}">{" ".join(words)}</span>')
    return (HEAD + '<p class="ocr_par">' + "".join(spans) + "</p></div></body></html>").encode()


def voted(*pages: bytes) -> str:
    return read_hocr_page(merged([Look(page, np.eye(3)) for page in pages], PLAUSIBLE)[0], IDENTITY, 0)[0]


@pytest.mark.parametrize(
    ("readings", "result"),
    [
        (["the Government hes/60 replied", "the Government has replied"], "the Government has replied"),
        (["the Government has/50 replied", "the Governmert/80 hes/60 replied"], "the Government has replied"),
        (["the reply of the Embassy", "the replyofthe/70 Embassy"], "the reply of the Embassy"),
        (["the replyofthe/70 Embassy", "the reply of the Embassy"], "the reply of the Embassy"),
        # two agree against one that is surer
        (
            ["it was Lidfinov who/80 left", "it was Litvinov/70 who left", "it was Litvinov/70 who left"],
            "it was Litvinov who left",
        ),
        # neither is a word: the first stays unless the other is surer
        (["Mr. Zhkrv/80 and Mr. Grey", "Mr. Zhkrw/70 and Mr. Grey"], "Mr. Zhkrv and Mr. Grey"),
        # a stop behind an abbreviation or an initial is likelier than a comma
        (["with Mrs,/80 Grey and A,/80 Hill", "with Mrs./60 Grey and A./60 Hill"], "with Mrs. Grey and A. Hill"),
        # of two words the commoner
        (["the hat ana/85 the coat", "the hat and/80 the coat"], "the hat and the coat"),
        # plurals that no list has
        (["their marty/80 rdoms/80 told", "their martyrdoms told"], "their martyrdoms told"),
        # a hyphen behind half a word is likelier than a speck
        (["it was in all prob«", "it was in all prob-/80", "it was in all prob=/80"], "it was in all prob-"),
        # figures: nothing is known of them but how sure they are
        (["on 12th May 1927", "on 12th May 1921/60"], "on 12th May 1927"),
    ],
)
def test_words_are_voted_on(readings: list[str], result: str) -> None:
    assert voted(*(hocr(line) for line in readings)) == result


def test_what_lost_stands_beside_the_word() -> None:
    page, _, heard = merged([Look(hocr(line), np.eye(3)) for line in ("they hes/60 gone", "they has gone")], PLAUSIBLE)
    _, (line,) = read_hocr_page(page, IDENTITY, 0)
    assert heard == 2
    assert [word.alternatives for word in line.words] == [(), ("hes",), ()]
    assert line.words[1].confidence == pytest.approx(0.45), "one of two readings backs it"


def test_of_several_words_each_has_its_own_that_lost() -> None:
    readings = ("they hes/60 gone", "they has gone", "theyhas/50 gone")
    page, _, _ = merged([Look(hocr(line), np.eye(3)) for line in readings], PLAUSIBLE)
    text, (line,) = read_hocr_page(page, IDENTITY, 0)
    assert text == "they has gone"
    assert [word.alternatives for word in line.words] == [(), ("hes",), ()]


def test_a_bad_reading_has_no_vote() -> None:
    good, bad = hocr("The Soviet Government has replied"), hocr("Tke Sovlet Governrnent hns repiied", sure=95)
    for readings in ([good, bad, bad], [bad, good, bad]):
        assert voted(*readings) == "The Soviet Government has replied"


def test_a_line_that_was_dropped_is_put_where_it_lies() -> None:
    whole = ["The first line of the page", "The second line of the page", "The third line of the page"]
    torn = [whole[0], "", whole[2]]
    assert voted(hocr(*torn), hocr(*whole)) == "\n".join(whole)


def test_dirt_that_one_reading_takes_for_a_line_is_not_taken_over() -> None:
    page = ["The first line of the page", "", "The third line of the page"]
    assert voted(hocr(*page), hocr(page[0], "ze,/40 .-/20 i|/30", page[2])) == f"{page[0]}\n{page[2]}"


def test_parts_of_a_line_that_another_reading_has_whole_come_together() -> None:
    parts = hocr("Resp", "~~~~ ectfully yours,").replace(b" 140 ", b" 100 ").replace(b" 160", b" 120")
    assert voted(parts, hocr("Respectfully yours,")) == "Respectfully yours,"


def test_tiny_marks_side_by_side_do_not_swallow_each_other() -> None:
    first = hocr("The reply of the Embassy", "i", "a").replace(b" 180 112", b" 140 112").replace(b" 200;", b" 160;")
    second = hocr("The reply of the Embassy", "i a")
    third = hocr("The reply of the Embassy", "a i")
    assert sorted(voted(first, second, third).split()) == sorted(voted(first).split())


def test_columns_stay_apart() -> None:
    columns = ["one line of the left hand", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ one line of the right"]
    apart = hocr(*columns).replace(b" 140 ", b" 100 ").replace(b" 160", b" 120")
    across = hocr("one line of the left hand ~~~~~~~~~~ one line of the right")
    assert voted(apart, across) == "one line of the left hand\none line of the right"


def test_places_are_followed_through_the_treatment_of_the_image() -> None:
    halved, line = np.diag([2.0, 2.0, 1.0]), "They has gone to the Embassy"
    full = re.sub(rb"bbox ([ \d]+)", lambda box: b"bbox " + b" ".join(b"%d" % (2 * int(x)) for x in box[1].split()), hocr(line))
    looks = [Look(hocr("They hes/60 gone to the Embassy", sure=93), halved), Look(full, np.eye(3))]
    page, to_scan, _ = merged(looks, PLAUSIBLE)
    assert to_scan is halved
    assert read_hocr_page(page, IDENTITY, 0)[0] == line


LINES = st.lists(st.text("abcdefg.,-' ", min_size=1, max_size=40), min_size=1, max_size=6)


@given(LINES, LINES)
def test_no_reading_is_too_strange(one: Sequence[str], other: Sequence[str]) -> None:
    text = voted(hocr(*one), hocr(*other))
    assert voted(hocr(*one), hocr(*one)).split() == " ".join(one).split()
    known = set(" ".join((*one, *other)).split())
    assert set(text.split()) <= known, "a vote adds nothing of its own"


@given(st.lists(st.sampled_from(["a", "the", "reply", "of", "theEmbassy", "Embassy"]), min_size=1), st.data())
def test_a_line_is_cut_without_loss(words: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.permutations(words), max_size=3))
    lines = [read_lines(parsed(hocr(" ".join(line))), np.eye(3))[0] for line in (words, *others)]
    columns = list(zip(*places(lines), strict=True))
    for line, column in zip(lines, columns, strict=True):
        assert [word for place in column for word in place] == line


def test_doubt_counts_what_is_unsure_or_no_word() -> None:
    assert doubt(hocr("The Soviet Government has replied."), PLAUSIBLE) == 0
    assert doubt(hocr("The Soviet Governrnent has/30 replied."), PLAUSIBLE) == pytest.approx(0.4)
    assert doubt(hocr(""), PLAUSIBLE) == 1
    assert doubt(hocr("Правительство ответило"), plausible_in(None)) == 0, "of other languages only confidence tells"


def drawn(text: str, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).multiline_text((120, 60), text, fill=0, font=ImageFont.load_default(44), spacing=24)
    return image


LETTER = "\n".join(["The Soviet Government has sent", "a reply to the British Embassy,", "which was read in the House."] * 3)


@pytest.mark.parametrize(("effort", "looks"), [("fast", 1), ("balanced", 1), ("thorough", 5)])
def test_effort_decides_how_often_a_good_page_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, effort: str, looks: int
) -> None:
    seen: list[tuple[int, ...]] = []

    def counted(image: np.ndarray, **how: object) -> bytes:
        seen.append(image.shape)
        return recognise(image, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "recognise", counted)
    drawn(LETTER).save(tmp_path / "scan.png")
    request = PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr", effort=effort)
    record = read_page(request)
    assert len(seen) == looks
    assert source_from_ocr("letter", [record], tmp_path / "ocr").text.replace("\n\n", "\n") == LETTER


def test_a_look_that_fails_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def failing(image: np.ndarray, **how: object) -> bytes:
        calls.append(1)
        if len(calls) > 1:
            raise ToolFailed("Tesseract took more than 120 seconds")
        return recognise(image, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "recognise", failing)
    drawn(LETTER).save(tmp_path / "scan.png")
    record = read_page(PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr", effort="thorough"))
    assert not record.failed and len(calls) == 5
    assert source_from_ocr("letter", [record], tmp_path / "ocr").text.replace("\n\n", "\n") == LETTER


def test_another_effort_reads_again(tmp_path: Path) -> None:
    drawn(LETTER).save(tmp_path / "scan.png")

    def read(effort: str) -> PageRecord:
        return read_page(PageRequest(tmp_path / "scan.png", 1, 1, tmp_path / "ocr", effort=effort))

    assert not any(step.step == "second look" for step in read("fast").treatments)
    (said,) = (step for step in read("balanced").treatments if step.step == "second look")
    assert not said.taken and "doubtful" in said.reason
    (said,) = (step for step in read("thorough").treatments if step.step == "second look")
    assert said.taken and "voted" in said.reason
    kept = {path.name for path in (tmp_path / "ocr").glob("0001.*-*.hocr.gz")}
    assert kept == {"0001.as-scanned.hocr.gz", "0001.with-smaller-letters.hocr.gz"}
    assert (tmp_path / "ocr" / "0001.treated.hocr.gz").exists()
    read("fast")
    assert not list((tmp_path / "ocr").glob("0001.*.hocr.gz")), "they are those of the last reading"


def numbered(number: str, at: tuple[int, int] = (560, 40)) -> Image.Image:
    image = Image.new("L", (1200, 1600), 255)
    font = ImageFont.load_default(44)
    ImageDraw.Draw(image).text(at, number, fill=0, font=font)
    ImageDraw.Draw(image).multiline_text((120, 400), LETTER, fill=0, font=font, spacing=24)
    return image


@pytest.mark.parametrize(
    ("number", "text"), [("- 7 -", "- 7 -"), ("-12-", "-12-"), ("241", "241"), ("( 14 )", "( 14 )"), ("(8)", "(8)")]
)
@pytest.mark.parametrize("garbled", ["", "~De/20"])
def test_a_lost_page_number_is_read_by_itself(number: str, text: str, garbled: str) -> None:
    page = np.asarray(numbered(number))
    lines = list(lone_lines(page, 24.0))
    assert len(lines) == 1
    left, top, right, bottom = lines[0].box
    wrong = hocr(garbled, top=(top + bottom) // 2 - 10, left=(left + right) // 2 - 10) if garbled else b""
    rest = hocr(*LETTER.split("\n"), top=400, left=120)
    whole = rest.replace(b"<p ", wrong[len(HEAD) : wrong.index(b"</div>")] + b"<p ", 1) if garbled else rest
    result, found = with_page_numbers(whole, lines, 24.0, read_line)
    assert found == [number.strip("-() ")]
    assert read_hocr_page(result, IDENTITY, 0)[0] == f"{text}\n\n{LETTER}"


def test_a_dash_that_touches_its_number_is_a_dash() -> None:
    image = numbered("3")
    left, top, right, bottom = next(lone_lines(np.asarray(image), 24.0)).box
    middle = (top + bottom) // 2 + 2
    for first in (left - 28, right - 4):
        ImageDraw.Draw(image).rectangle((first, middle - 3, first + 21, middle + 2), fill=0)
    rest = hocr(*LETTER.split("\n"), top=400, left=120)
    result, found = with_page_numbers(rest, list(lone_lines(np.asarray(image), 24.0)), 24.0, read_line)
    assert found == ["3"]
    assert read_hocr_page(result, IDENTITY, 0)[0] == f"-3-\n\n{LETTER}"


@pytest.mark.parametrize("mark", ["I", "to", "CKH: ems", "21060"])
def test_what_is_no_page_number_is_left_alone(mark: str) -> None:
    page = np.asarray(numbered(mark))
    rest = hocr(*LETTER.split("\n"), top=400, left=120)
    assert with_page_numbers(rest, list(lone_lines(page, 24.0)), 24.0, read_line) == (rest, [])


def test_a_page_number_that_was_read_is_left_alone() -> None:
    page = np.asarray(numbered("- 7 -"))
    left, top, _, _ = next(lone_lines(page, 24.0)).box
    rest = hocr("- 7 -", *LETTER.split("\n"), top=top + 5, left=left)
    assert with_page_numbers(rest, list(lone_lines(page, 24.0)), 24.0, read_line) == (rest, [])


def test_lines_of_the_text_do_not_stand_alone() -> None:
    assert list(lone_lines(np.asarray(drawn(LETTER)), 24.0)) == []


def test_the_report_tells_which_pages_were_read_again(tmp_path: Path, errata: Errata) -> None:
    drawn(LETTER).save(tmp_path / "letter.png")
    ran = errata("digitise", tmp_path / "letter.png", "-o", tmp_path / "out", "--effort", "thorough")
    assert ran.code == 0
    report = (tmp_path / "out" / "letter" / "report.html").read_text(encoding="utf-8")
    assert "Scans that were treated specially" in report and "the readings voted on each word" in report
