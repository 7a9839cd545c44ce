"""The review desk on a large project: 10,000 pages with 200,000 doubts; how long a reader waits, and how much memory it takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.figures import Bars, Measure
from pipeline.decisions.store import NAME, Store
from pipeline.review.looking import insert, look_tables
from pipeline.review.series import assemble

PAGES, LINES, DOUBTS = 10_000, 40, 200_000
SERIES = 8_000
"""Members of the largest series."""
DOCUMENTS = 20


def fill(store: Store) -> None:
    """A made-up project: lines of eight words, every second of them with a doubt, one error in 8,000 places."""
    look_tables(store)
    each = PAGES // DOCUMENTS
    with store.writing() as connection:
        names = "folder name made source pages words images expected low high"
        documents = [(f"d{n}", f"d{n}", "made", f"hash{n}", each, each * LINES * 8, 0, 500.0, 300, 800) for n in range(DOCUMENTS)]
        insert(connection, "documents", names, documents)
        insert(connection, "pages", "document page name path frame width height words risk", [
            (d, p, f"scan {p}", "", 1, 0, 0, LINES * 8, 1.0) for d in range(1, DOCUMENTS + 1) for p in range(1, each + 1)
        ])  # fmt: skip
        text = "The Cabinet met on Monday and heard word{} of it."
        lines, doubts = [], []
        for number in range(PAGES * LINES):
            document, page, line = number // (each * LINES) + 1, number // LINES % each + 1, number % LINES + 1
            start = (number % (each * LINES)) * 60
            lines.append((number + 1, document, page, line, start, start + 50, text.format(number % 97), 10, 0.2))
            if number * DOUBTS % (PAGES * LINES) < DOUBTS:
                doubts.append(doubt(number, document, page, start))
        insert(connection, "lines", "number document page line start end text words risk", lines)
        names = "task document page line first last kind class rule start end before left right stands options standing places"
        insert(connection, "doubts", f"{names} reason prior chance key", doubts)
        assemble(connection)


def doubt(number: int, document: int, page: int, start: int) -> tuple[object, ...]:
    """A suggestion; the first 8,000 for the same error."""
    key = "same" if number < 2 * SERIES else f"own {number}"
    change = {"op": "replace", "start": start + 4, "end": start + 11, "before": "Cabinet", "after": "Cabinets"}
    edit = {"state": "applied", "place": start + 4, "kind": "word", "rule": "letters", "action": "replace", "probability": 0.6}
    edit |= {
        "reason": "A reason.",
        "changes": [change],
        "before": "Cabinet",
        "after": "Cabinets",
        "page": page,
        "alternatives": [],
    }
    span = [[start + 4, start + 11]]
    options = json.dumps([{"text": "Cabinets", "chance": 0.6, "reason": "A reason.", "edits": [edit], "places": span}])
    place = (0, document, page, number + 1, 4, 11, "held", "word", "letters", start + 4, start + 11)
    chance = 0.3 + number % 50 / 100
    around = ("Cabinet", "The ", " met", "Cabinet", options, "[]", json.dumps(span), "A reason.")
    return (*place, *around, chance, chance, key)


def measure_review_scale(out: Path, bars: Bars) -> Iterator[Measure]:
    """Seconds of the desk's answers, and its memory in MB."""
    shutil.rmtree(out, ignore_errors=True)
    fill(Store(out / NAME))
    script = "from benchmarks.review_scale import serve; import sys; serve(sys.argv[1])"
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", script, out], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = next(line for line in process.stderr if "http" in line).split()[-1]
        with httpx.Client(base_url=address.partition("/?")[0], follow_redirects=True, timeout=60) as client:
            client.headers["origin"] = address.partition("/?")[0]
            client.get(address)
            yield Measure("desk: first view, seconds from the start", time.perf_counter() - began, bars["start"])
            yield Measure("desk: first view again, seconds", timed_get(client, "/"), bars["first"])
            waits = sorted(next_items(client))
            yield Measure("desk: next item, seconds", waits[len(waits) // 2], bars["next"], shown="{:.3f}")
            yield Measure("desk: next item while it counts, longest", waits[-1], bars["next_longest"], shown="{:.3f}")
            series = biggest(out)
            values = {"task": series, "choice": "accept", "all": "1", "seen": "{}"}
            yield Measure(
                f"desk: a series of {SERIES:,} accepted, seconds", timed_post(client, "/decide", values), bars["series"]
            )
            yield Measure("desk: the series undone, seconds", timed_post(client, "/step/undo", {"task": "0"}), bars["series"])
        peak = memory(process.pid)
        process.terminate()
        process.stderr.read()
    yield Measure("desk: memory in MB", peak, bars["memory"], shown="{:.0f}")


def serve(folder: str) -> None:
    """Serve the made-up project, whose documents do not exist."""
    from pipeline.review.desk import Desk
    from pipeline.review.safety import Door
    from pipeline.review.serving import Place, hosts, listening
    from pipeline.review.serving import serve as run

    place = Place()
    listener = listening(place)
    door = Door(hosts(place, listener.getsockname()[1]))
    desk = Desk(Path(folder), Store(Path(folder) / NAME), door, "Anna")
    run(desk, listener, browser=False, say=lambda text: print(text, file=sys.stderr, flush=True))


def timed_get(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - began


def timed_post(client: httpx.Client, path: str, values: dict[str, str]) -> float:
    began = time.perf_counter()
    client.post(path, data=values, headers={"hx-request": "true"}).raise_for_status()
    return time.perf_counter() - began


def next_items(client: httpx.Client) -> Iterator[float]:
    """The waits for the item after each of twenty decisions; the first of them while what is left is counted."""
    for _ in range(20):
        shown = client.get("/queue?kind=line").text
        task, number, seen = (between(shown, f'name="{name}" value="') for name in ("task", "doubt", "seen"))
        values = {"task": task, "doubt": number, "choice": "keep", "kind": "line", "seen": seen or "{}"}
        yield timed_post(client, "/decide", values)


def between(text: str, start: str) -> str:
    return text.partition(start)[2].partition('"')[0]


def biggest(out: Path) -> str:
    row = Store(out / NAME).connection.execute("SELECT number FROM tasks WHERE kind = 'series' ORDER BY doubts DESC").fetchone()
    return str(row[0])


def memory(process: int) -> float:
    """The most memory that a process had, in MB."""
    rows = Path(f"/proc/{process}/status").read_text(encoding="ascii").split("\n")
    return next((int(row.split()[1]) / 1024 for row in rows if row.startswith("VmHWM")), 0.0)
