"""The review desk in a real browser: deciding by keyboard, series, two tabs, a killed server, hostile texts, accessibility."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conftest import draw_page
from desk_fixtures import Serve, Served, cleaned

from pipeline.cli import main

LETTER = (
    "The Minister received the envoy on Monday and told him that the\ngovernment had read his note with care. Nothing in it was\n"
    "new, he said, but xqzrtt the tone was better than before, and the\nCabinet would answer it within the week.\n"
)
OTHER = LETTER.replace("Monday", "Friday").replace("Nothing", "bvnmkl wrtplk").replace("better", "bcttcr-q")


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory, desk: Serve) -> Served:
    """A desk on two letters and a scan."""
    folder = tmp_path_factory.mktemp("letters")
    out = cleaned(folder, letter=LETTER + "It ended at gfhjkw.\n", other=OTHER)
    draw_page("The Minister met Zwqrbk\nat the Foreign Office and\nsaid nothing of xvbnmq.\n").save(folder / "scan.png")
    assert main(["digitise", str(folder / "scan.png"), "-o", str(out), "--effort", "fast", "-q"]) == 0
    return desk(out)


def said(page: Any) -> str:
    return str(page.locator("#said").inner_text())


def wait_for(page: Any, text: str) -> None:
    """Wait until the page says something."""
    page.wait_for_function("text => document.getElementById('said').textContent.includes(text)", arg=text)


def test_deciding_by_keyboard_alone(letters: Served, tab: Any) -> None:
    page = tab(letters.address)
    page.goto(f"{letters.base}/queue?kind=line")
    first = page.locator("#task mark.current").inner_text()
    page.keyboard.press("Enter")
    wait_for(page, "“")
    page.keyboard.press("u")
    wait_for(page, "Undone")
    assert page.locator("#task mark.current").inner_text() == first
    page.keyboard.press("r")
    wait_for(page, "Done again")
    page.keyboard.press("u")
    wait_for(page, "Undone")
    page.keyboard.press("e")
    page.keyboard.type("Xerxes")
    page.keyboard.press("Enter")
    wait_for(page, "typed")
    page.goto(f"{letters.base}/history")
    assert "Xerxes" in page.locator(".steps li").first.inner_text()


def test_a_word_for_the_dictionary_is_asked_about_no_more(tmp_path: Path, desk: Serve, tab: Any) -> None:
    served = desk(cleaned(tmp_path, one="The envoy met xqzrtt again.\n", two="Nobody else knew xqzrtt by sight.\n"))
    page = tab(served.address)
    page.goto(f"{served.base}/queue?kind=series")
    assert "The same in 2 places" in page.locator("#task").inner_text()
    page.keyboard.press("d")
    page.keyboard.press("n")
    wait_for(page, "Added")
    with sqlite3.connect(store(served)) as connection:
        assert connection.execute("SELECT count(*) FROM doubts WHERE stands = 'xqzrtt' AND state = 0").fetchone()[0] == 0
        assert connection.execute("SELECT form, kind FROM dictionary").fetchall() == [("xqzrtt", "name")]
    page.keyboard.press("u")
    wait_for(page, "Undone")


def test_help_skip_back_and_the_whole_page(letters: Served, tab: Any) -> None:
    page = tab(letters.address)
    page.goto(f"{letters.base}/queue?kind=line")
    first = page.locator("#answer input[name=task]").input_value()
    page.keyboard.press("s")
    wait_for(page, "Skipped")
    assert page.locator("#answer input[name=task]").input_value() != first
    page.keyboard.press("b")
    page.wait_for_function("number => document.querySelector('#answer input[name=task]')?.value === number", arg=first)
    page.keyboard.press("?")
    page.wait_for_url("**/help")
    assert "cannot be told without the paper" in page.locator("main").inner_text()
    number = sqlite3.connect(store(letters)).execute("SELECT number FROM documents WHERE images = 1").fetchone()[0]
    page.goto(f"{letters.base}/queue?document={number}")
    page.keyboard.press("m")
    page.wait_for_function("() => document.querySelector('dialog[open] img')?.naturalWidth > 0")
    assert page.locator("dialog rect").count() == 1
    assert page.locator(".strip image").count() == 1


def test_the_place_is_marked_in_the_picture_of_its_line(letters: Served, tab: Any) -> None:
    number = sqlite3.connect(store(letters)).execute("SELECT number FROM documents WHERE images = 1").fetchone()[0]
    for width in (360, 1280):
        page = tab(letters.address, viewport={"width": width, "height": 800})
        page.goto(f"{letters.base}/queue?kind=line&document={number}")
        page.wait_for_function("document.activeElement.matches('[data-enter]')")
        mark, strip = page.locator(".strip rect").bounding_box(), page.locator(".strip").bounding_box()
        picture = page.locator(".strip image").bounding_box()
        assert strip["x"] <= mark["x"] and mark["x"] + mark["width"] <= strip["x"] + strip["width"]
        assert mark["width"] < 0.6 * picture["width"] and mark["height"] > 12
        # The words of a line stand on its picture in the order of its text.
        text, at = page.locator(".desk .line").inner_text(), page.locator("mark.current").inner_text()
        middle = (text.index(at) + len(at) / 2) / len(text)
        assert abs((mark["x"] + mark["width"] / 2 - picture["x"]) / picture["width"] - middle) < 0.2


def test_nothing_jumps_when_the_picture_comes(letters: Served, tab: Any) -> None:
    number = sqlite3.connect(store(letters)).execute("SELECT number FROM documents WHERE images = 1").fetchone()[0]
    page = tab(letters.address)
    held: list[Any] = []
    page.route("**/picture/*/line/*", lambda route: held.append(route))
    page.goto(f"{letters.base}/queue?kind=line&document={number}", wait_until="domcontentloaded")
    page.wait_for_function("document.activeElement.matches('[data-enter]')")
    before = page.locator("[data-enter]").bounding_box()
    assert held
    with page.expect_response("**/picture/*/line/*") as came:
        held[0].continue_()
    came.value.finished()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.locator("[data-enter]").bounding_box() == before
    for other in held[1:]:
        other.continue_()


def test_a_packet_is_kept_to_while_it_is_worked_on(tmp_path: Path, desk: Serve, tab: Any) -> None:
    served = desk(cleaned(tmp_path, one=LETTER + "It ended at gfhjkw.\n", two=OTHER))
    page = tab(served.address)
    page.goto(f"{served.base}/people")
    make = page.locator("form.make")
    make.locator("input[name=name]").fill("The second letter")
    make.locator("select[name=document]").select_option("two")
    make.get_by_role("button").click()
    page.get_by_role("button", name="Take it").click()
    page.wait_for_url("**/queue?packet=1")
    while page.locator("#answer").count():
        assert page.locator("#answer input[name=packet]").input_value() == "1"
        before = said(page)
        page.keyboard.press("Enter")
        page.wait_for_function("old => document.getElementById('said').textContent !== old", arg=before)
    with sqlite3.connect(store(served)) as connection:
        assert connection.execute("SELECT count(*) FROM doubts WHERE state = 0").fetchone()[0] > 0


def store(served: Served) -> Path:
    arguments = served.process.args
    assert isinstance(arguments, list)
    return Path(str(arguments[4])) / "review.sqlite"


def test_a_stale_page_is_told(letters: Served, tab: Any) -> None:
    one = tab(letters.address)
    one.goto(f"{letters.base}/queue?kind=line")
    other = tab(one.url, context=one.context)
    assert one.locator("mark.current").inner_text() == other.locator("mark.current").inner_text()
    one.keyboard.press("0")
    wait_for(one, "“")
    other.keyboard.press("p")
    wait_for(other, "meanwhile")
    assert other.locator("#task").count() == 1


def test_checking_by_keyboard_alone(letters: Served, tab: Any) -> None:
    page = tab(letters.address)
    page.goto(f"{letters.base}/audit")
    page.wait_for_function("document.activeElement.matches('[data-all-right]')")
    words = page.locator(".asked .word").all_inner_texts()
    page.keyboard.press("ArrowRight")
    if len(words) > 1:
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == words[min(1, len(words) - 1)]
    page.keyboard.press("Space")
    assert "1 wrong" in page.locator("[data-some]").inner_text()
    page.keyboard.press("Enter")
    wait_for(page, "1 wrong")
    page.keyboard.press("u")
    wait_for(page, "Undone")


def test_what_is_not_a_decision_says_why(letters: Served, tab: Any) -> None:
    page = tab(letters.address)
    page.goto(f"{letters.base}/queue?kind=line")
    page.evaluate("document.querySelector('#answer [name=seen]').value = '{}'")
    page.keyboard.press("d")
    page.evaluate("document.querySelector('[data-sort=name]').dataset.form = ''")
    page.keyboard.press("n")
    wait_for(page, "cannot")
    assert "400" not in said(page)


def test_search_and_replace_keeps_what_was_typed(letters: Served, tab: Any) -> None:
    page = tab(letters.address)
    page.goto(f"{letters.base}/search?text=envoy&replace=1&replacement=ambassador&whole=1")
    assert page.locator(".found li").count() == 2
    page.locator(".found input").nth(1).uncheck()
    page.get_by_role("button", name="Replace in the lines that are ticked").click()
    assert "Replaced in 1 line." in page.locator("main").inner_text()
    page.goto(f"{letters.base}/search?text=ambassador")
    assert page.locator(".found li").count() == 1
    page.goto(f"{letters.base}/search?text=(x%2Bx%2B)%2By&pattern=1")
    assert page.locator(".found li").count() == 0


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory, desk: Serve) -> Served:
    """A desk on a text with one error in 500 places."""
    lines = [f"On day {number} of the year the Cabinet met and heard tlie report." for number in range(1, 501)]
    pages = "\f".join("\n".join(lines[at : at + 25]) + "\n" for at in range(0, 500, 25))
    folder = tmp_path_factory.mktemp("series")
    (folder / "errata.toml").write_text("[thresholds]\nword = 1.0\nspacing = 1.0\n")
    return desk(cleaned(folder, "--config", str(folder / "errata.toml"), year=pages))


def test_a_series_of_500_and_back(series: Served, tab: Any) -> None:
    page = tab(series.address)
    page.goto(f"{series.base}/queue?kind=series")
    assert "The same in 500 places" in page.locator("#task").inner_text()
    page.locator("[data-member]").nth(2).uncheck()
    page.locator("[data-enter]").focus()
    page.keyboard.press("Enter")
    wait_for(page, "499 places")
    assert open_doubts(series) == 1
    page.keyboard.press("u")
    wait_for(page, "Undone")
    assert open_doubts(series) == 500


def open_doubts(served: Served) -> int:
    with sqlite3.connect(store(served)) as connection:
        query = "SELECT count(*) FROM doubts WHERE state = 0 AND stands = 'tlie'"
        return int(connection.execute(query).fetchone()[0])


def test_a_killed_server_has_lost_nothing(tmp_path: Path, desk: Serve, tab: Any) -> None:
    out = cleaned(tmp_path, letter=LETTER)
    served = desk(out)
    page = tab(served.address)
    page.goto(f"{served.base}/queue")
    page.keyboard.press("Enter")
    wait_for(page, "“")
    done = said(page)
    served.kill()
    again = desk(out)
    page = tab(again.address)
    page.goto(f"{again.base}/history")
    assert done.split("“")[1].split("”")[0] in page.locator(".steps").inner_text()


HOSTILE = (
    "The <script>alert('in the text')</script> xqzrtt <img src=x onerror=alert(1)> said so.\n"
    "\u202eright to left\u202c and \u2066isolated\u2069 qqzzxx were in the line, “{{ 7 * 7 }}” & &amp;\n" + "qwrtz " * 1700 + "\n"
)


@pytest.mark.parametrize("width", [360, 1440])
def test_hostile_texts_are_shown_harmlessly(tmp_path: Path, desk: Serve, tab: Any, width: int) -> None:
    served = desk(cleaned(tmp_path, hostile=HOSTILE))
    page = tab(served.address, viewport={"width": width, "height": 800})
    for path in ("/queue", "/queue?kind=line", "/read/1/1", "/search?text=script&replace=1&replacement=%3Cb%3E", "/history", "/"):
        page.goto(served.base + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("main script, main img[src=x], main b").count() == 0
    assert (
        "<script>alert('in the text')</script>"
        in page.goto(f"{served.base}/read/1/1")
        .text()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace('</span> <span class="w">', " ")
        or page.locator("main").inner_text()
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_rules_of_accessibility(letters: Served, tab: Any, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_core_python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page = tab(letters.address, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    paths = ["/", "/queue?kind=line", "/queue?kind=series", "/read/1/1", "/search?text=the&replace=1", "/audit", "/history"]
    for path in [*paths, "/people", "/help", "/nothing"]:
        page.goto(letters.base + path)
        page.evaluate(script)
        found = page.evaluate("axe.run()")["violations"]
        assert [(path, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_from_the_scans_to_the_reviewed_texts(tmp_path: Path, desk: Serve, tab: Any) -> None:
    for number, text in enumerate(("The Minister met Zwqrbk\nat the Foreign Office and\nsaid nothing of xvbnmq.\n", LETTER), 1):
        draw_page(text, (1500, 400)).save(tmp_path / f"{number}.png")
    out = tmp_path / "out"
    scans = [str(tmp_path / f"{number}.png") for number in (1, 2)]
    assert main(["digitise", *scans, "-o", str(out), "--effort", "fast", "--format", "tei", "-q"]) == 0
    before = {path.name: (path / "text.txt").read_text() for path in out.iterdir() if (path / "text.txt").is_file()}
    served = desk(out)
    page = tab(served.address)
    page.goto(f"{served.base}/queue?kind=line")
    page.wait_for_function("() => document.activeElement.matches('[data-enter]')")
    decided = page.locator("#task mark.current").inner_text()
    page.keyboard.press("e")
    page.keyboard.type("Persia")
    page.keyboard.press("Enter")
    wait_for(page, "typed")
    while page.locator("#answer").count():
        before_this = page.locator("#said").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_function("old => document.getElementById('said').textContent !== old", arg=before_this)
    assert main(["apply", str(out), "-q"]) == 0
    after = {path.name: (path / "text.txt").read_text() for path in out.iterdir() if (path / "text.txt").is_file()}
    changed = [name for name in after if after[name] != before[name]]
    assert len(changed) == 1 and after[changed[0]] == before[changed[0]].replace(decided, "Persia", 1)
    assert (
        "Persia" in (out / changed[0] / "tei.xml").read_text()
        and "typed by Anna" in (out / changed[0] / "edits.jsonl").read_text()
    )
    made = {
        path: path.read_bytes() for path in out.rglob("*") if path.suffix in (".txt", ".jsonl", ".xml", ".html", ".md", ".csv")
    }
    assert main(["apply", str(out), "-q"]) == 0
    assert {path: path.read_bytes() for path in made} == made
