"""Reading page by page: the scan beside the text, every line to be typed anew, finished pages locked."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.review.deciding import Stale, redo, undo
from pipeline.review.desk import desk_of, page, reader_of
from pipeline.review.pages import PageText, lock, page_text, put_back, unlock
from pipeline.review.typing import type_line
from pipeline.review.views.queue import LONGEST, numeral, seconds


def first(request: Request) -> Response:
    """The first page of the document in which most is open."""
    row = desk_of(request).store.connection.execute("SELECT number FROM documents ORDER BY expected DESC LIMIT 1").fetchone()
    if row is None:
        raise HTTPException(404, "There are no documents.")
    return RedirectResponse(f"/read/{row['number']}/1", 303)


def reading(request: Request) -> Response:
    """A page."""
    return shown(request, request.path_params["document"], request.path_params["page"])


def shown(request: Request, document: int, number: int, said: str = "", status: int = 200) -> Response:
    found = page_text(desk_of(request), document, number)
    if found is None:
        raise HTTPException(404, "There is no such page.")
    store = desk_of(request).store
    pages = store.connection.execute("SELECT page, name FROM pages WHERE document = ? ORDER BY page", (document,)).fetchall()
    name = "reading_page.html" if "hx-request" in request.headers else "reading.html"
    return page(request, name, status, shown=found, pages=pages, said=said, made=desk_of(request).made)


async def typed(request: Request) -> Response:
    """Take what was typed for a line, and show the page again."""
    form = await request.form()
    document, number = request.path_params["document"], request.path_params["page"]
    text, status = str(form.get("text", ""))[:LONGEST], 200
    try:
        said = type_line(desk_of(request), reader_of(request), numeral(form, "line"), text, seconds(form))
    except Stale as fault:
        said, status = str(fault), 409
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    return shown(request, document, number, said, status)


async def done(request: Request) -> Response:
    """Undo or redo; put back what was moved out; lock the page or the document, or open it again."""
    form = await request.form()
    desk, reader = desk_of(request), reader_of(request)
    document, number = request.path_params["document"], request.path_params["page"]
    found = page_text(desk, document, number)
    if found is None:
        raise HTTPException(404)
    try:
        said = carry_out(request.path_params["what"], found, request, numeral(form, "start"), reader)
    except ValueError as fault:
        said = str(fault)
    return shown(request, document, number, said)


def carry_out(what: str, found: PageText, request: Request, start: int, reader: str) -> str:
    """Do what a button of the page asks for, and say so. Raises ValueError."""
    desk = desk_of(request)
    if what in ("undo", "redo"):
        step = (undo if what == "undo" else redo)(desk.store, reader)
        return f"{what.capitalize()}: {step.label}" if step else f"There is nothing to {what}."
    if what == "back":
        return put_back(desk, reader, found.document, start)
    if what in ("lock", "lock-all"):
        return lock(desk, reader, found.folder, found.page if what == "lock" else None)
    if what == "unlock":
        unlock(desk, found.folder, found.page)
        return "It can be changed again."
    raise HTTPException(404)


ROUTES = [
    Route("/read", first),
    Route("/read/{document:int}/{page:int}", reading),
    Route("/read/{document:int}/{page:int}", typed, methods=["POST"]),
    Route("/read/{document:int}/{page:int}/{what:str}", done, methods=["POST"]),
]
