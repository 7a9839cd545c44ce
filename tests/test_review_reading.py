"""The reading view in a real browser: words and their places, typing in place, what was taken out, filters, citations."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import draw_page
from desk_fixtures import Serve, Served, cleaned

from pipeline.cli import main

WEATHER = ("rain", "snow", "wind", "frost", "hail", "thaw", "fog", "heat", "dust", "sun")
FIRST = ("Nothing", "Little", "Much", "Enough", "Something", "More", "Less", "Plenty", "Too much", "Rather little")
PAGES = "\f".join(
    f"{number}\n\n{first} was said that week of {weather} by anybody in the\n"
    f"house. The envoy was at the Embassy with a {weather} chart, and told\n"
    "them that the Govcrnmcnt had read his note with care. He knew\n"
    f"nothing of the xqzrtt that was due before the {weather}.(1)\n\n"
    f"(1) Minute by Orde on {weather}, day {number}.\n"
    for number, weather, first in zip(range(21, 31), WEATHER, FIRST, strict=True)
)
SCAN = "The Minister met Zwqrbk\nat the Foreign Office and\nsaid nothing of xvbnmq.\n"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, desk: Serve) -> Served:
    """A desk on a text of ten pages with printed numbers and notes, and a scan."""
    folder = tmp_path_factory.mktemp("archive")
    out = cleaned(folder, minutes=PAGES)
    draw_page(SCAN).save(folder / "scan.png")
    assert main(["digitise", str(folder / "scan.png"), "-o", str(out), "--effort", "fast", "-q"]) == 0
    return desk(out)


def number_of(served: Served, name: str) -> int:
    """The number of a document, from the list of documents."""
    with closing(served.client()) as client:
        found = re.search(rf'href="/read/(\d+)/1"><bdi>{name}', client.get("/read").text)
    assert found
    return int(found[1])


def opened(served: Served, tab: Any, name: str, page: int = 1, **options: Any) -> Any:
    shown = tab(served.address, **options)
    shown.goto(f"{served.base}/read/{number_of(served, name)}/{page}")
    return shown


def wait_for(page: Any, text: str) -> None:
    page.wait_for_function("text => document.getElementById('said').textContent.includes(text)", arg=text)


def test_a_word_and_its_place_show_each_other(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "scan")
    page.locator(".line .w", has_text="Zwqrbk").click()
    number = page.locator(".w.at").get_attribute("data-n")
    assert page.locator("rect.at").get_attribute("data-n") == number
    page.locator("rect[data-n='1']").click()
    assert page.locator(".w.at").inner_text() == "The"
    page.wait_for_function("() => fetch(document.querySelector('.scan image').href.baseVal).then(got => got.ok)")
    page.locator("#text").focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator(".w.at").inner_text() == "at"


def test_words_are_typed_anew_by_keyboard_and_undone(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes", 2)
    page.locator(".line .w", has_text="Embassy").click()
    page.locator("#text").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Legation")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.matches('.line input') && document.activeElement.value === 'with'")
    page.keyboard.press("Escape")
    assert "at the Legation with a snow" in page.locator("#text").inner_text()
    page.keyboard.press("u")
    wait_for(page, "Undo")
    assert "at the Embassy with a snow" in page.locator("#text").inner_text()
    page.keyboard.press("r")
    wait_for(page, "Redo")
    assert page.locator(".typed").inner_text() == "Legation"
    page.keyboard.press("u")
    wait_for(page, "Undo")


def test_a_word_that_is_left_out_leaves_one_blank(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes", 3)
    page.locator(".line .w", has_text="care").click()
    page.locator("#text").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    wait_for(page, "left out: “with”")
    assert "his note care. He knew" in page.locator("#text").inner_text()


def test_what_was_changed_meanwhile_is_not_written_over(archive: Served, tab: Any) -> None:
    one = opened(archive, tab, "minutes", 4)
    other = tab(one.url, context=one.context)
    for page in (one, other):
        page.locator(".line .w", has_text="envoy").click()
        page.locator("#text").focus()
        page.keyboard.press("Enter")
    one.keyboard.type("consul")
    one.keyboard.press("Enter")
    wait_for(one, "consul")
    other.keyboard.type("general")
    other.keyboard.press("Enter")
    wait_for(other, "changed meanwhile")
    assert "The consul was at" in other.locator("#text").inner_text()


def test_page_numbers_are_shown_and_put_back(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes", 5)
    taken = page.locator(".taken li", has_text="Page number")
    assert taken.locator(".w").inner_text() == "25"
    taken.get_by_role("button").click()
    wait_for(page, "put back")
    assert page.locator(".line .w").first.inner_text() == "25"
    page.keyboard.press("u")
    wait_for(page, "Undo")
    assert page.locator(".taken li").count() == 1


def test_a_finished_page_takes_no_changes(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes", 6)
    digest = page.locator("#leaf").get_attribute("data-digest")
    word = page.locator(".line .w", has_text="Embassy")
    span = {"start": word.get_attribute("data-start"), "end": word.get_attribute("data-end"), "digest": digest, "text": "Club"}
    page.get_by_role("button", name="This page is finished").click()
    wait_for(page, "finished")
    page.locator(".line .w", has_text="Embassy").dblclick()
    assert page.locator(".line textarea").count() == 0
    with closing(archive.client()) as client:
        answer = client.post(f"{page.url}/write", data=span, headers={"origin": archive.base})
    assert answer.status_code == 409
    assert "finished" in answer.text
    shown = page.context.new_page()
    shown.goto(f"{archive.base}/search?text=thaw+chart&replace=1&replacement=frost+chart")
    shown.get_by_role("button", name="Replace in the lines that are ticked").click()
    shown.get_by_text("Finished pages were left as they are (1 line)").wait_for()
    page.get_by_role("button", name="Open again").click()
    wait_for(page, "changed again")
    assert "Club" not in page.locator("#text").inner_text()


def test_pages_are_found_by_their_printed_numbers(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes")
    page.locator("input[name=to]").fill("27")
    page.keyboard.press("Enter")
    page.wait_for_url("**/7")
    assert "p. 27" in page.locator("h1").inner_text()
    page.locator("#text").focus()
    page.keyboard.press("n")
    page.wait_for_url("**/8")
    page.goto(page.url.rpartition("/")[0] + "?to=nowhere")
    assert "no page “nowhere”" in page.locator("main").inner_text()


def test_filters_mark_words_and_list_their_pages(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes")
    page.locator("select[name=show]").select_option("doubtful")
    page.wait_for_url("**show=doubtful**")
    marked = page.locator(".picked").all_inner_texts()
    assert "xqzrtt" in marked
    assert "Minister" not in marked
    page.locator(".line .w", has_text="Orde").click()
    page.keyboard.press("e")
    page.keyboard.type("Nobody")
    page.keyboard.press("Enter")
    wait_for(page, "typed")
    page.locator("select[name=show]").select_option("readers")
    page.wait_for_url("**show=readers**")
    # What was left as it was in the line that was typed counts as decided too, and nothing beyond it.
    picked = set(page.locator(".picked").all_inner_texts())
    assert "Nobody" in picked and "xqzrtt" not in picked
    assert picked <= set(page.locator(".line", has_text="Nobody").inner_text().split())
    assert page.locator(".leaves li").count() < 10


def test_what_is_copied_brings_its_citation(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes", 2)
    copied = page.evaluate(
        """() => {
          getSelection().selectAllChildren(document.querySelector('.line[data-note="1"]'));
          const event = new ClipboardEvent('copy', {clipboardData: new DataTransfer(), bubbles: true, cancelable: true});
          document.getElementById('text').dispatchEvent(event);
          return event.clipboardData.getData('text/plain');
        }"""
    )
    assert copied == "(1) Minute by Orde on snow, day 22.\n\n[minutes, p. 22, note 1]"


def test_the_scan_follows_the_text(tmp_path: Path, desk: Serve, tab: Any) -> None:
    lines = [f"On day {number} the Minister met the envoy again." for number in range(1, 41)]
    draw_page("\n".join(lines) + "\n", (1400, 2400)).save(tmp_path / "long.png")
    assert main(["digitise", str(tmp_path / "long.png"), "-o", str(tmp_path / "out"), "--effort", "fast", "-q"]) == 0
    served = desk(tmp_path / "out")
    page = tab(served.address, viewport={"width": 1280, "height": 700})
    page.goto(f"{served.base}/read/1/1")
    page.wait_for_function("() => document.querySelector('.scan').scrollHeight > document.querySelector('.scan').clientHeight")
    page.evaluate("document.getElementById('text').scrollTop = 600")
    page.wait_for_function("() => document.querySelector('.scan').scrollTop > 100")


@pytest.mark.parametrize("place", ["start=0&end=99999999", "start=x&end=1", "start=5&end=2", "start=-4&end=3"])
def test_places_that_are_none_are_refused(archive: Served, place: str) -> None:
    number = number_of(archive, "minutes")
    with closing(archive.client()) as client:
        found = re.search(r'data-digest="(\w+)"', client.get(f"/read/{number}/9").text)
        assert found
        fields = dict(httpx.QueryParams(place)) | {"digest": found[1], "text": "no"}
        answer = client.post(f"/read/{number}/9/write", data=fields, headers={"origin": archive.base})
    assert answer.status_code == 400


RIGHT_TO_LEFT = (
    "הישיבה נפתחה בבוקר xqzrtt ונמשכה\n"
    + "The <b>Minister</b> said “{{ 7 * 7 }}” to \u202exqzrtt\u202c.\n"
    + "qwrtz " * 1700
    + "\n"
)


def test_odd_texts_are_read_and_typed_harmlessly(tmp_path: Path, desk: Serve, tab: Any) -> None:
    served = desk(cleaned(tmp_path, odd=RIGHT_TO_LEFT))
    page = tab(served.address, viewport={"width": 360, "height": 800})
    page.goto(f"{served.base}/read/1/1")
    assert page.locator("#text b").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.line')).direction") == "rtl"
    page.locator(".line .w").first.click()
    page.locator("#text").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".w.at").get_attribute("data-n") == "2"
    page.keyboard.press("Enter")
    page.keyboard.type("<img src=x onerror=alert(1)>")
    page.keyboard.press("Enter")
    wait_for(page, "typed")
    assert "<img src=x onerror=alert(1)>" in page.locator("#text").inner_text()
    assert page.locator("#text img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1440])
def test_rules_of_accessibility(archive: Served, tab: Any, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_core_python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page = opened(archive, tab, "minutes", 10, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    scan, text = page.url.replace(page.url.split("/read/")[1], f"{number_of(archive, 'scan')}/1"), page.url
    for address in (f"{archive.base}/read", scan, f"{text}?show=doubtful", f"{archive.base}/search?text=the&replace=1"):
        page.goto(address)
        page.keyboard.press("d")
        page.evaluate(script)
        found = page.evaluate("axe.run()")["violations"]
        assert [(address, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_on_a_telephone_the_chosen_word_is_in_view(archive: Served, tab: Any) -> None:
    page = opened(archive, tab, "minutes", viewport={"width": 360, "height": 640})
    assert page.locator("#text").bounding_box()["y"] < 500
    for _ in range(3):
        page.get_by_role("button", name="Next doubtful word").click()
        word = page.locator(".w.at")
        seen = "(word) => { const box = word.getBoundingClientRect(); return word.contains("
        seen += "document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)); }"
        assert word.evaluate(seen)
