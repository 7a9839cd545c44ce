"""What was decided, by whom and when, newest first; any step can be undone and done again."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.decisions.exchange import exported
from pipeline.review.deciding import redo, undo
from pipeline.review.desk import desk_of, page, reader_of
from pipeline.review.past import lost, past, what_holds

TOGETHER = 100


def history(request: Request) -> Response:
    """The steps."""
    return listed(request)


def listed(request: Request, said: str = "") -> Response:
    connection, given = desk_of(request).store.connection, request.query_params
    asked, chosen, document = given.get("before", ""), given.get("by", "")[:60], given.get("in", "")[:500]
    before = int(asked) if asked.isdecimal() and len(asked) < 15 else None
    readers = connection.execute("SELECT reader, count(*) AS steps FROM steps GROUP BY reader ORDER BY reader").fetchall()
    documents = connection.execute("SELECT folder FROM documents ORDER BY folder LIMIT 500").fetchall()
    found = past(connection, TOGETHER, before, chosen, document)
    context: dict[str, Any] = {"readers": readers, "documents": [row[0] for row in documents], "said": said}
    missing = lost(connection) if before is None else []
    return page(
        request, "history.html", steps=found, together=TOGETHER, chosen=chosen, document=document, lost=missing, **context
    )


def turned(request: Request) -> Response:
    """Undo a step, or do it again, and say what then holds."""
    number, which = request.path_params["number"], request.path_params["which"]
    if which not in ("undo", "redo"):
        raise HTTPException(404)
    store = desk_of(request).store
    step = (undo if which == "undo" else redo)(store, reader_of(request), number)
    if step is None:
        return listed(request, "That was done meanwhile.")
    said = f"{'Undone' if which == 'undo' else 'Done again'}: {step.label}. {what_holds(store.connection, step.number)}"
    return listed(request, said)


def written(request: Request) -> Response:
    """The whole log as a file of JSON Lines."""
    headers = {"content-disposition": 'attachment; filename="decisions.jsonl"'}
    return Response("".join(exported(desk_of(request).store)), media_type="application/x-ndjson", headers=headers)


ROUTES = [
    Route("/history", history),
    Route("/history.jsonl", written),
    Route("/history/{number:int}/{which:str}", turned, methods=["POST"]),
]
