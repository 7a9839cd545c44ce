"""The reading view: a page of a document beside its image, every word tied to its place, to be read and put right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.decisions.holding import holding
from pipeline.review.deciding import Stale, redo, undo
from pipeline.review.desk import CLASSES, Desk, desk_of, page, reader_of
from pipeline.review.leaves import PARTS, Doubt, Word, changed_pages, leaf
from pipeline.review.standing import standing
from pipeline.review.writing import ANEW, lock, locks, place_row, put_back, write

LONGEST = 20_000
"""Characters that may be typed for a line."""
AROUND = 12
"""Pages before and behind that are listed."""
SHOWN = {
    "": "everything",
    "doubtful": "doubtful words",
    "very": "words that are likely wrong",
    "machine": "changed by the machine",
    "readers": "decided by readers",
}
LIKELY = 0.5
MOST_DOCUMENTS = 500


def documents(request: Request) -> Response:
    """The documents; where there is only one, its first page."""
    rows = (
        desk_of(request)
        .store.connection.execute(
            "SELECT number, name, folder, pages, words FROM documents ORDER BY folder LIMIT ?", (MOST_DOCUMENTS,)
        )
        .fetchall()
    )
    if len(rows) == 1:
        return RedirectResponse(f"/read/{rows[0]['number']}/1", 303)
    return page(request, "documents.html", documents=rows)


def jump(request: Request) -> Response:
    """To a page by its printed number, or its place in the scans."""
    store, document = desk_of(request).store, request.path_params["document"]
    asked = " ".join(request.query_params.get("to", "1").split())[:40]
    rows = store.connection.execute("SELECT page, name FROM pages WHERE document = ? ORDER BY page", (document,)).fetchall()
    names = {row["name"].casefold(): row["page"] for row in reversed(rows)}
    wanted = asked.casefold()
    numbers = {row["page"] for row in rows}
    found = next((names[name] for name in (wanted, f"p. {wanted}", f"scan {wanted}") if name in names), None)
    if found is None and wanted.isdecimal() and len(wanted) < 9 and int(wanted) in numbers:
        found = int(wanted)
    if found is None:
        raise HTTPException(400, f"This document has no page “{asked}”.")
    return RedirectResponse(f"/read/{document}/{found}" + query_of(filters(request)), 303)


def filters(request: Request) -> dict[str, str]:
    """What is to be shown, as the address says."""
    given = request.query_params
    show, of = given.get("show", ""), given.get("of", "")
    return {"show": show if show in SHOWN else "", "of": of if of in CLASSES else ""}


def query_of(wanted: dict[str, str]) -> str:
    named = urlencode({name: value for name, value in wanted.items() if value})
    return f"?{named}" if named else ""


def read(request: Request) -> Response:
    """A page."""
    return shown(request)


def shown(request: Request, status: int = 200, said: str = "") -> Response:
    """The page, or the part of it that htmx swaps in; `said`: what happened."""
    desk, document, number = desk_of(request), request.path_params["document"], request.path_params["page"]
    row = page_row(desk, document, number)
    if row is None:
        raise HTTPException(404)
    stands = standing(desk, row["folder"])
    if number > len(stands.draft.pages):
        raise HTTPException(409, ANEW)
    query = "SELECT number, start, end FROM lines WHERE document = ? AND page = ? ORDER BY line"
    rows = [(one[0], one[1], one[2]) for one in desk.store.connection.execute(query, (document, number))]
    made = leaf(stands, number, doubts_on(desk, document, number), rows)
    wanted = filters(request)
    pages = pages_of(desk, row, wanted)
    at = next((i for i, one in enumerate(pages) if one["page"] >= number), len(pages))
    held = locks(desk.store, row["folder"], number)
    return page(
        request,
        "leaf.html" if "hx-request" in request.headers else "read.html",
        status,
        **{"leaf": made, "row": row, "wanted": wanted, "query": query_of(wanted), "said": said, "parts": PARTS, "kinds": CLASSES},
        **{"pages": pages[max(0, at - AROUND) : at + AROUND + 1], "many": len(pages), "shows": SHOWN, "picked": picker(wanted)},
        **{"locked": bool(held), "whole": bool(locks(desk.store, row["folder"], None)), "made": desk.made},
        pictured=bool(row["path"]) and Path(row["path"]).is_file(),
    )


def page_row(desk: Desk, document: int, number: int) -> Any:
    return desk.store.connection.execute(
        "SELECT pages.*, documents.folder, documents.name AS title, documents.pages AS last FROM pages "
        "JOIN documents ON documents.number = pages.document WHERE document = ? AND page = ?",
        (document, number),
    ).fetchone()


def doubts_on(desk: Desk, document: int, number: int) -> list[Doubt]:
    """The open doubts on a page."""
    rows = desk.store.connection.execute(
        "SELECT doubts.start, doubts.end, chance, class, reason, task FROM lines JOIN doubts ON doubts.line = lines.number "
        "WHERE lines.document = ? AND lines.page = ? AND state = 0",
        (document, number),
    )
    return [Doubt(*row) for row in rows]


def picker(wanted: dict[str, str]) -> Callable[[Word], bool]:
    """Whether a word is one of those that are asked for."""
    tests: dict[str, Callable[[Word], bool]] = {
        "": lambda word: bool(wanted["of"]),
        "doubtful": lambda word: word.strength > 0,
        "very": lambda word: word.strength > 2,
        "machine": lambda word: word.machine,
        "readers": lambda word: word.reader,
    }
    return lambda word: tests[wanted["show"]](word) and (not wanted["of"] or wanted["of"] in word.of)


def pages_of(desk: Desk, row: Any, wanted: dict[str, str]) -> list[Any]:
    """The document's pages; with a filter only those that have what is asked for."""
    rows = desk.store.connection.execute(
        "SELECT page, name, risk, words FROM pages WHERE document = ? ORDER BY page", (row["document"],)
    ).fetchall()
    show, of = wanted["show"], wanted["of"]
    if not show and not of:
        return rows
    listed: set[int] = set()
    if show in ("", "doubtful", "very"):
        found = desk.store.connection.execute(
            "SELECT DISTINCT page FROM doubts WHERE document = ? AND state = 0 AND chance >= ? AND (? = '' OR class = ?)",
            (row["document"], LIKELY if show == "very" else 0, of, of),
        )
        listed |= {one[0] for one in found}
    if show in ("", "machine"):
        listed |= changed_pages(standing(desk, row["folder"]).ledger, of)
    if show == "readers":
        listed |= {one.anchor.page for one in holding(desk.store, row["folder"]) if one.choice != "unclear"}
    return [one for one in rows if one["page"] in listed]


async def change(request: Request) -> Response:
    """Write a word or a line anew, put something back, lock or unlock, undo or redo; the page as it stands then."""
    form = await request.form()
    given = {name: str(value)[:LONGEST] for name, value in form.items()}
    try:
        said = await run_in_threadpool(done, request, given)
    except Stale as fault:
        return await run_in_threadpool(shown, request, 409, str(fault))
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    return await run_in_threadpool(shown, request, 200, said)


def done(request: Request, given: dict[str, str]) -> str:
    """What a form asks for, done; a label of it. Raises Stale, ValueError, PipelineError."""
    desk, reader, what = desk_of(request), reader_of(request), request.path_params["what"]
    row = place_row(desk, request.path_params["document"], request.path_params["page"])
    digest = given.get("digest", "")
    if what == "write":
        span = int(given.get("start", "")), int(given.get("end", ""))
        return write(desk, reader, row, digest, span, given.get("text", ""))
    if what == "back":
        return put_back(desk, reader, row, digest, int(given.get("start", "")))
    if what == "lock":
        return lock(desk, reader, row, whole=given.get("whole") == "1")
    if what == "unlock":
        for number in locks(desk.store, row["folder"], row["page"]):
            undo(desk.store, reader, number)
        return "It can be changed again."
    if what in ("undo", "redo"):
        step = (undo if what == "undo" else redo)(desk.store, reader)
        return f"{what.capitalize()}: {step.label}" if step else f"There is nothing to {what}."
    raise HTTPException(404)


ROUTES = [
    Route("/read", documents),
    Route("/read/{document:int}", jump),
    Route("/read/{document:int}/{page:int}", read),
    Route("/read/{document:int}/{page:int}/{what:str}", change, methods=["POST"]),
]
