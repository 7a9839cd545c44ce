"""The desk for several people: the overview, lines drawn at random, packets, the second reading and the history, on a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from pipeline.cli import main
from pipeline.console import Console
from pipeline.decisions.store import NAME, Store
from pipeline.review.app import application
from pipeline.review.counting import counter_of
from pipeline.review.desk import Desk
from pipeline.review.looking import look
from pipeline.review.safety import Door
from pipeline.review.serving import Place, hosts, listening

SURE = (
    "The minister read the letter in the morning and sent a copy\nto the embassy, where nobody had expected it. The reply came\n"
    "within a week, and the council met on Friday to hear it.\n"
)
TORN = (
    "Tlie rninister rcad tbe lctter iu thc moruing aud scnt\na c0py t0 tlie ernbassy wbere uobody bad expectcd it\n"
    "Xvq ;; rnzk tbqe wfrx lllk zzpw qnrm xkcd vvbn\n"
)
PAGES = {"first": [SURE] * 4 + [TORN], "second": [SURE] * 3 + ["Zwqrbk said that tlie Goverment was tired of Zwqrbk.\n" + SURE]}


@dataclass(frozen=True)
class Project:
    """A project under review, and a way to ask its desk."""

    desk: Desk
    client: httpx.Client
    address: str

    def post(self, path: str, data: dict[str, object], reader: str = "Anna") -> httpx.Response:
        headers = {"origin": self.address, "cookie": f"errata={self.desk.door.secret}; reader={reader}"}
        return self.client.post(path, data=data, headers=headers)

    def get(self, path: str, reader: str = "Anna") -> str:
        found = self.client.get(path, headers={"cookie": f"errata={self.desk.door.secret}; reader={reader}"})
        assert found.status_code == 200, found.text
        return found.text

    def settle(self) -> None:
        """Wait for the count in the background."""
        assert counter_of(self.desk).standing(30)[1]

    def doubts(self, where: str = "state = 0") -> list[tuple[int, int, str, str]]:
        query = f"SELECT number, task, stands, kind FROM doubts WHERE {where} ORDER BY number"
        return [tuple(row) for row in self.desk.store.connection.execute(query)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents, cleaned once."""
    folder = tmp_path_factory.mktemp("people")
    for name, pages in PAGES.items():
        (folder / f"{name}.txt").write_text("\f".join(pages), encoding="utf-8")
    assert main(["clean", *(str(folder / f"{name}.txt") for name in PAGES), "--each", "-o", str(folder / "out"), "-q"]) == 0
    return folder / "out"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Iterator[Project]:
    """A desk of its own for each test, served as for readers."""
    store = Store(tmp_path / NAME)
    assert all(outcome.error is None for outcome in look(store, made, [made], 1, Console(quiet=True)))
    place = Place()
    listener = listening(place)
    port = listener.getsockname()[1]
    desk = Desk(made, store, Door(hosts(place, port)), "Anna")
    server = uvicorn.Server(uvicorn.Config(application(desk), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, timeout=30) as client:
        yield Project(desk, client, address)
    server.should_exit = True
    thread.join()
    store.connection.close()


def test_the_overview_says_how_far_it_is(project: Project) -> None:
    project.settle()
    shown = project.get("/")
    assert "to 99.9 % of words" in shown and "By a usual pace" in shown and "first" in shown
    assert 'role="img"' in shown and "/queue?document=" in shown


def test_minutes_go_by_the_readers_pace_and_a_goal_is_kept(project: Project) -> None:
    project.settle()
    counter = counter_of(project.desk)
    first = counter.standing()[0]
    assert first is not None and first.state == "on" and first.minutes.all > 0
    assert project.post("/goal", {"goal": "50"}).status_code == 303
    project.settle()
    easy = counter.standing()[0]
    assert easy is not None and easy.goal == 0.5 and easy.minutes.all == 0
    assert easy.state == "pages" and "looks bad" in project.get("/"), "the torn page is pointed at whatever the goal is"
    assert project.post("/goal", {"goal": "200"}).status_code == 400


def test_decided_words_are_out_of_what_is_left_and_come_back_when_undone(project: Project) -> None:
    project.settle()
    counter = counter_of(project.desk)
    first = counter.standing()[0]
    number, task, _, _ = project.doubts()[0]
    project.post("/decide", {"task": task, "doubt": number, "choice": "right", "milliseconds": 40_000, "pictured": 0})
    project.settle()
    after = counter.standing()[0]
    assert first is not None and after is not None and after.unread < first.unread
    assert after.left.expected < first.left.expected and after.minutes.measured == 1
    project.post("/history/1/undo", {})
    project.settle()
    again = counter.standing()[0]
    assert again is not None and again.unread == first.unread and again.left == first.left


def read_one(project: Project, **given: object) -> int:
    """Read the line that is shown; its number."""
    shown = project.get("/audit")
    line = int(shown.split('data-line="')[1].split('"')[0])
    assert project.post("/audit", {"line": line, "milliseconds": 3000, **given}).status_code == 200
    return line


def test_lines_drawn_at_random_move_the_estimate(project: Project) -> None:
    project.settle()
    counter = counter_of(project.desk)
    before = counter.standing()[0]
    lines = [read_one(project, wrong=0) for _ in range(12)]
    assert len(set(lines)) == 12
    project.settle()
    after = counter.standing()[0]
    assert before is not None and after is not None and after.drawn == 12 and after.left.high < before.left.high
    assert "12 lines read, 0 wrong words" in project.get("/audit")
    for number in range(1, 13):
        project.post(f"/history/{number}/undo", {})
    for _ in range(6):
        read_one(project, wrong=7)
    project.settle()
    worse = counter.standing()[0]
    assert worse is not None and worse.left.expected > after.left.expected
    assert "the estimate was too low" in project.get("/audit")


def test_a_drawn_line_cannot_be_chosen_nor_read_twice(project: Project) -> None:
    line = read_one(project, wrong=0)
    assert project.post("/audit", {"line": line, "wrong": 0}).status_code == 409
    drawn = {row[0] for row in project.desk.store.connection.execute("SELECT line FROM readings")}
    assert len(drawn) == 1 and project.post("/audit", {"line": 10**6, "wrong": 0}).status_code == 400
    assert "Undone" in project.post("/audit/undo", {}).text
    assert f'data-line="{line}"' in project.get("/audit"), "the line comes back"


def test_a_drawn_line_that_is_typed_anew_is_mended_and_counted(project: Project) -> None:
    shown = project.get("/audit")
    line = int(shown.split('data-line="')[1].split('"')[0])
    text = shown.split('maxlength="20000">')[1].split("</textarea>")[0]
    project.post("/audit", {"line": line, "choice": "type", "text": text.replace(" ", " Xyz ", 1)})
    row = project.desk.store.connection.execute("SELECT wrong, drawn, step FROM readings").fetchone()
    assert (row["wrong"], row["drawn"]) == (1, 1)
    decisions = project.desk.store.connection.execute("SELECT choice, step FROM decisions").fetchall()
    assert ("write", row["step"]) in [tuple(one) for one in decisions], "one step, undone together"
    project.settle()
    standing = counter_of(project.desk).standing()[0]
    assert standing is not None and standing.drawn == 1


def test_packets_filter_the_queue_and_belong_to_one_reader(project: Project) -> None:
    assert project.post("/packets", {"name": "The torn page", "document": "first", "first": 5, "last": 5}).status_code == 303
    assert project.post("/packets", {"name": "", "document": "first"}).status_code == 400
    assert project.post("/packets", {"name": "None", "document": "third"}).status_code == 400
    taken = project.post("/packets/1/take", {}, "Boris")
    assert taken.headers["location"] == "/queue?packet=1"
    assert project.post("/packets/1/take", {}).status_code == 409
    assert "Taken by Boris" in project.get("/people")
    where = "page = 5 AND document = (SELECT number FROM documents WHERE folder = 'first') AND state = 0"
    inside = {number for number, *_ in project.doubts(where)}
    for _ in range(len(inside)):
        shown = project.get("/queue?packet=1")
        if "Nothing is left" in shown:
            break
        number = int(shown.split('name="doubt" value="')[1].split('"')[0])
        task = int(shown.split('name="task" value="')[1].split('"')[0])
        assert number in inside and 'name="packet" value="1"' in shown
        project.post("/decide", {"task": task, "doubt": number, "choice": "right", "packet": 1}, "Boris")
    assert "Nothing is left" in project.get("/queue?packet=1") and not project.doubts(where)


def test_a_second_reader_is_blind_and_disagreements_are_settled(project: Project) -> None:
    project.post("/packets", {"name": "All", "second": 100})
    chosen = [row for row in project.doubts() if row[3] == "word"][:3]
    for number, task, _, _ in chosen:
        project.post("/decide", {"task": task, "doubt": number, "choice": "right"})
    assert "Nothing waits for your second reading" in project.get("/second/1"), "nobody reads twice what they decided"
    for text in (None, None, "something else"):
        shown = project.get("/second/1", "Boris")
        number = int(shown.split('name="doubt" value="')[1].split('"')[0])
        assert "decided: " not in shown
        stands = next(row[2] for row in chosen if row[0] == number)
        data = {"doubt": number, "which": "typed", "text": stands if text is None else text, "milliseconds": 100}
        assert project.post("/second/1", data, "Boris").status_code == 303
    shown = project.get("/people")
    assert "3 places read twice" in shown and "67 %" in shown and "Settle 1 disagreement" in shown
    assert project.post("/second/1", data, "Boris").status_code == 409
    third = project.get("/third", "Clara")
    assert "something else" in third
    data = {"doubt": number, "which": "typed", "text": "settled so"}
    assert project.post("/third", data, "Clara").status_code == 303
    assert "No disagreement is left" in project.get("/third", "Clara")
    last = project.desk.store.connection.execute("SELECT choice, after FROM decisions ORDER BY number DESC").fetchone()
    assert tuple(last) == ("write", "settled so")


def test_history_says_what_holds_after_an_older_step_is_undone(project: Project) -> None:
    number, task, stands, _ = next(row for row in project.doubts() if row[3] == "word")
    project.post("/decide", {"task": task, "doubt": number, "choice": "write", "text": "one"})
    project.post("/decide", {"task": task, "doubt": number, "choice": "write", "text": "two"}, "Boris")
    assert "decided again later, by Boris, and that holds: “two”" in project.post("/history/1/undo", {}).text
    assert "an earlier decision" not in project.post("/history/1/redo", {}).text
    assert "an earlier decision, by Anna, holds again: “one”" in project.post("/history/2/undo", {}).text
    assert "is open again" in project.post("/history/1/undo", {}).text
    only = project.get("/history?by=Boris")
    assert "→ “two”" in only and "→ “one”" not in only and stands in only
    assert "Nothing has been decided" in project.get(
        "/history?in=second" if "first" in folder(project, number) else "/history?in=first"
    )


def folder(project: Project, doubt: int) -> str:
    query = "SELECT folder FROM documents JOIN doubts ON doubts.document = documents.number WHERE doubts.number = ?"
    return str(project.desk.store.connection.execute(query, (doubt,)).fetchone()[0])


def test_decisions_without_a_place_are_listed(project: Project) -> None:
    number, task, stands, _ = next(row for row in project.doubts() if row[3] == "word")
    project.post("/decide", {"task": task, "doubt": number, "choice": "write", "text": "mended"})
    assert "without a place" not in project.get("/history")
    with project.desk.store.writing() as connection:
        connection.execute("UPDATE documents SET source = 'another'")
    shown = project.get("/history")
    assert "1 decision without a place" in shown and "mended" in shown and stands in shown
    assert '"after": "mended"' in project.get("/history.jsonl")


def test_names_are_kept_and_hostile_ones_are_shown_as_text(project: Project) -> None:
    assert project.post("/people", {"name": "<b>Anna</b>"}).status_code == 303
    assert project.post("/people", {"name": "a|b"}).status_code == 400
    shown = project.get("/people")
    assert "&lt;b&gt;Anna" in shown and "<b>Anna" not in shown


@pytest.fixture
def shown(project: Project, tab: Any) -> Any:
    """The desk in a small window, as a reader opens it."""
    return tab(f"{project.address}/?key={project.desk.door.secret}", viewport={"width": 360, "height": 800}, bypass_csp=True)


def test_drawn_lines_are_read_by_keyboard_alone(project: Project, shown: Any) -> None:
    def line() -> str:
        return str(shown.get_attribute("#reading", "data-line"))

    def moved(before: str) -> None:
        shown.wait_for_function("(old) => document.getElementById('reading')?.dataset.line !== old", arg=before)

    shown.goto(f"{project.address}/audit")
    first = line()
    shown.wait_for_function("() => document.activeElement?.matches('[data-all-right]')")
    shown.keyboard.press("Enter")
    moved(first)
    second = line()
    shown.locator(".word").first.press("Space")
    shown.wait_for_selector("[data-some]:not([hidden])")
    shown.locator("[data-some]").press("Enter")
    moved(second)
    third = line()
    shown.keyboard.press("e")
    shown.locator("textarea").fill("typed anew")
    shown.keyboard.press("Enter")
    moved(third)
    rows = project.desk.store.connection.execute("SELECT wrong FROM readings ORDER BY number").fetchall()
    assert [row[0] for row in rows][:2] == [0, 1] and rows[2][0] > 1
    shown.keyboard.press("u")
    shown.wait_for_function("(old) => document.getElementById('reading')?.dataset.line === old", arg=third)


def test_the_pages_keep_the_rules_of_accessibility_and_fit_a_small_screen(project: Project, shown: Any) -> None:
    rules = pytest.importorskip("axe_core_python.sync_playwright")
    project.post("/packets", {"name": "All", "second": 100})
    number, task, _, _ = project.doubts()[0]
    project.post("/decide", {"task": task, "doubt": number, "choice": "right"})
    read_one(project, wrong=1)
    project.settle()
    for path in ("/", "/audit", "/people", "/history", "/second/1", "/third"):
        shown.goto(f"{project.address}{path}")
        broken = rules.Axe().run(shown)["violations"]
        assert not [(one["id"], [node["html"] for node in one["nodes"]]) for one in broken], path
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
