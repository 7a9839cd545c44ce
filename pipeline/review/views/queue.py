"""The queue: one doubtful line or series at a time, and what a reader says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.decisions.recording import Step
from pipeline.review.deciding import Decide, Stale, add_word, decide, redo, skip, undo, unskip
from pipeline.review.desk import desk_of, page, reader_of
from pipeline.review.keys import KEYS
from pipeline.review.queueing import Doubt, Filter, Task, doubts_in, doubts_of, lines_around, next_task, task_of
from pipeline.review.schema import OPEN
from pipeline.review.typing import type_line

TOGETHER = 50
"""Members of a series on one page."""
LONGEST = 20_000
"""Characters that may be typed for a line."""
SAID = {"undo": "Undone", "redo": "Done again"}


def wanted_of(given: Mapping[str, Any]) -> Filter:
    """The filter that an address or a form names."""

    def number(name: str) -> int | None:
        value = str(given.get(name, ""))
        return int(value) if value.isdecimal() and len(value) < 10 else None

    named = (str(given.get("of", ""))[:20], str(given.get("kind", ""))[:20])
    return Filter(number("document"), number("first"), number("last"), *named, number("packet"))


def query_of(wanted: Filter) -> str:
    """A filter as the end of an address."""
    named = {name: getattr(wanted, name) for name in ("document", "first", "last", "of", "kind", "packet")}
    return urlencode({name: value for name, value in named.items() if value})


async def queue(request: Request) -> Response:
    """The task that is worth most."""
    return shown(request, next_task(desk_of(request).store, wanted_of(request.query_params), reader_of(request)))


async def one(request: Request) -> Response:
    """A task by its number."""
    task = task_of(desk_of(request).store, request.path_params["task"])
    if task is None:
        raise HTTPException(404)
    return shown(request, task)


def shown(
    request: Request, task: Task | None, status: int = 200, said: str = "", doubt: int = 0, wanted: Filter | None = None
) -> Response:
    """The page of a task, or the part of it that htmx swaps in; `said`: what a screen reader hears first."""
    wanted = wanted or wanted_of(request.query_params)
    store, reader = desk_of(request).store, reader_of(request)
    context: dict[str, Any] = {"task": task, "said": said, "keys": KEYS, "query": query_of(wanted), "made": desk_of(request).made}
    if task is None:
        left = store.connection.execute("SELECT coalesce(sum(open), 0) FROM tasks").fetchone()[0]
        context |= {"left": left}
    elif task.kind == "series":
        asked = request.query_params.get("skip", "0")
        past = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
        context |= {"doubts": doubts_of(store, task.number, TOGETHER, past), "past": past, "together": TOGETHER}
    else:
        context |= line_context(request, task, doubt)
    following = next_task(store, wanted, reader, task.number) if task else None
    context |= {"following": following, "pictured": following is not None and is_pictured(request, following)}
    name = "task.html" if "hx-request" in request.headers else "queue.html"
    return page(request, name, status, **context)


def is_pictured(request: Request, task: Task) -> bool:
    """Whether there may be a picture of a task's line."""
    query = "SELECT images FROM documents WHERE number = ?"
    row = desk_of(request).store.connection.execute(query, (task.document,)).fetchone()
    return bool(row and row["images"])


def line_context(request: Request, task: Task, doubt: int) -> dict[str, Any]:
    """What is shown of a line: all its doubts, the one that is asked about, its text, and what stands around."""
    store = desk_of(request).store
    members = doubts_of(store, task.number)
    line = members[0].line
    doubts = doubts_in(store, line)
    open_ones = [one for one in members if one.state == OPEN]
    current = next((one for one in members if one.number == doubt), open_ones[0] if open_ones else members[0])
    before, behind = lines_around(store, line)
    place = store.connection.execute(
        "SELECT lines.box, pages.width, pages.height FROM lines JOIN pages ON pages.document = lines.document "
        "AND pages.page = lines.page WHERE lines.number = ?",
        (line,),
    ).fetchone()
    shown = {"current": current, "pieces": pieces(doubts, current), "before": before, "behind": behind}
    return {"doubts": doubts, "place": place, **shown}


def pieces(doubts: list[Doubt], current: Doubt) -> list[tuple[str, str]]:
    """The line's text as it stands with decisions, in parts: (text, class)."""
    found: list[tuple[str, str]] = []
    at, text = 0, current.text
    for doubt in doubts:
        found.append((text[at : doubt.first], ""))
        name = "current" if doubt.number == current.number else "doubt" if doubt.state == OPEN else "decided"
        found.append((doubt.decided if doubt.state != OPEN and doubt.decided else text[doubt.first : doubt.last], name))
        at = doubt.last
    return [*found, (text[at:], "")]


async def decided(request: Request) -> Response:
    """Record a decision, and show what comes next."""
    form = await request.form()
    store, reader, wanted = desk_of(request).store, reader_of(request), wanted_of(form)
    number = numeral(form, "task")
    task = task_of(store, number)
    if task is None:
        return shown(request, next_task(store, wanted, reader), 409, "The documents were made anew meanwhile.", wanted=wanted)
    try:
        if form.get("choice") == "type":
            typed = str(form.get("text", ""))[:LONGEST]
            label = type_line(desk_of(request), reader, numeral(form, "line"), typed, seconds(form))
        else:
            label = decide(store, reader, decision(form, task)).label
    except Stale as fault:
        return shown(request, task_of(store, number), 409, str(fault), wanted=wanted)
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    task = task_of(store, number)
    following = task if task and task.open and task.kind == "line" else next_task(store, wanted, reader)
    return shown(request, following, said=label, wanted=wanted)


def decision(form: FormData, task: Task) -> Decide:
    """The decision that a form holds. Raises ValueError."""
    seen = {int(key): int(value) for key, value in json.loads(str(form.get("seen", "{}"))).items()}
    listed = tuple(int(str(number)) for number in form.getlist("doubt"))
    series = task.number if task.kind == "series" and form.get("all") else None
    return Decide(
        choice=str(form.get("choice", "")),
        doubts=listed,
        series=series,
        option=min(9, numeral(form, "option")),
        text=str(form.get("text", ""))[:LONGEST],
        seen=seen,
        pictured=form.get("pictured") == "1",
        seconds=seconds(form),
    )


def numeral(form: FormData, name: str) -> int:
    value = str(form.get(name, "0"))
    return int(value) if value.isdecimal() and len(value) < 12 else 0


def seconds(form: FormData) -> float:
    """How long the reader looked, as the page says; no more than two minutes, since people go and come back."""
    return min(120.0, numeral(form, "milliseconds") / 1000)


async def skipped(request: Request) -> Response:
    """Pass a task over for now."""
    form = await request.form()
    store, reader, wanted = desk_of(request).store, reader_of(request), wanted_of(form)
    skip(store, reader, numeral(form, "task"))
    return shown(request, next_task(store, wanted, reader), said="Skipped", wanted=wanted)


async def unskipped(request: Request) -> Response:
    """Show again what was skipped."""
    form = await request.form()
    unskip(desk_of(request).store, reader_of(request))
    wanted = wanted_of(form)
    return shown(request, next_task(desk_of(request).store, wanted, reader_of(request)), wanted=wanted)


async def turned_back(request: Request) -> Response:
    """Undo, or do again, the reader's last step, and show what it was about."""
    form = await request.form()
    store, reader, which = desk_of(request).store, reader_of(request), request.path_params["which"]
    step = (undo if which == "undo" else redo)(store, reader)
    if step is None:
        said = "There is nothing to undo." if which == "undo" else "There is nothing to do again."
        return shown(request, task_of(store, numeral(form, "task")), said=said, wanted=wanted_of(form))
    return shown(request, task_about(request, step), said=f"{SAID[which]}: {step.label}", wanted=wanted_of(form))


def task_about(request: Request, step: Step) -> Task | None:
    """The task that a step was about; the next one if it was about none."""
    store = desk_of(request).store
    row = store.connection.execute(
        "SELECT doubts.task FROM decisions JOIN documents ON documents.folder = decisions.document "
        "JOIN doubts ON doubts.document = documents.number AND doubts.start >= decisions.start AND doubts.end <= decisions.end "
        "WHERE decisions.step = ? LIMIT 1",
        (step.number,),
    ).fetchone()
    return task_of(store, row[0]) if row else next_task(store, Filter(), reader_of(request))


async def word(request: Request) -> Response:
    """Add a form to the project's dictionary, and take it as right."""
    form = await request.form()
    store, reader, wanted = desk_of(request).store, reader_of(request), wanted_of(form)
    task = task_of(store, numeral(form, "task"))
    if task is None:
        raise HTTPException(404)
    try:
        done = add_word(store, reader, str(form.get("text", "")), str(form.get("sort", "")))
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    following = task_of(store, task.number)
    if following is None or not following.open:
        following = next_task(store, wanted, reader)
    return shown(request, following, said=f"Added: {done.label}", wanted=wanted)


async def help_page(request: Request) -> Response:
    """The keys."""
    return page(request, "help.html", keys=KEYS, query=query_of(wanted_of(request.query_params)))


ROUTES = [
    Route("/queue", queue),
    Route("/task/{task:int}", one),
    Route("/decide", decided, methods=["POST"]),
    Route("/skip", skipped, methods=["POST"]),
    Route("/unskip", unskipped, methods=["POST"]),
    Route("/step/{which:str}", turned_back, methods=["POST"]),
    Route("/word", word, methods=["POST"]),
    Route("/help", help_page),
]
