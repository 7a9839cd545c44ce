"""What was decided, by whom and when, newest first; any step can be undone and done again."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.decisions.recording import steps
from pipeline.review.deciding import redo, undo
from pipeline.review.desk import desk_of, page, reader_of

TOGETHER = 100


async def history(request: Request) -> Response:
    """The steps."""
    store, asked = desk_of(request).store, request.query_params.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 15 else None
    chosen = request.query_params.get("by", "")[:60]
    found = steps(store, TOGETHER, before, chosen)
    readers = store.connection.execute(
        "SELECT reader, count(*) AS steps, sum(undone IS NULL) AS holding FROM steps GROUP BY reader ORDER BY reader"
    ).fetchall()
    return page(request, "history.html", steps=found, together=TOGETHER, readers=readers, chosen=chosen)


async def turned(request: Request) -> Response:
    """Undo a step, or do it again."""
    number, which = request.path_params["number"], request.path_params["which"]
    if which not in ("undo", "redo"):
        raise HTTPException(404)
    (undo if which == "undo" else redo)(desk_of(request).store, reader_of(request), number)
    return RedirectResponse("/history", 303)


ROUTES = [Route("/history", history), Route("/history/{number:int}/{which:str}", turned, methods=["POST"])]
