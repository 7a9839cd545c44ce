"""Checking: lines drawn at random, read by a person, that tell whether the estimate of what is left holds."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.decisions.store import Store
from pipeline.review.counting import counter_of
from pipeline.review.deciding import Stale, undo
from pipeline.review.desk import desk_of, page, reader_of
from pipeline.review.drawing import batch_of, found_so_far, next_line, waiting
from pipeline.review.drawing import take_reading as take
from pipeline.review.queueing import lines_around
from pipeline.review.typing import type_drawn
from pipeline.review.views.queue import LONGEST, numeral, seconds


def audit(request: Request) -> Response:
    """A line to be read."""
    return shown(request)


def shown(request: Request, said: str = "", status: int = 200) -> Response:
    desk = desk_of(request)
    counter, store = counter_of(desk), desk.store
    standing, fresh = counter.standing()
    line = next_line(store, counter.words())
    before, behind = lines_around(store, line.number, 1) if line else ([], [])
    name = "audit_line.html" if "hx-request" in request.headers else "audit.html"
    return page(
        request,
        name,
        status,
        line=line,
        before=before,
        behind=behind,
        left=left_in_batch(store),
        standing=standing,
        fresh=fresh,
        found=found_so_far(store.connection),
        first=batch_of(store.connection),
        said=said,
        made=desk.made,
    )


def left_in_batch(store: Store) -> int:
    """How many drawn lines wait to be read."""
    batch = batch_of(store.connection)
    return len(waiting(store.connection, batch)) if batch else 0


async def read(request: Request) -> Response:
    """Take what a reader found on a line, or what was typed for it."""
    form = await request.form()
    desk, reader, line = desk_of(request), reader_of(request), numeral(form, "line")
    try:
        if form.get("choice") == "type":
            said = type_drawn(desk, reader, line, str(form.get("text", ""))[:LONGEST], seconds(form))
        else:
            said = take(desk.store, reader, line, numeral(form, "wrong"), seconds(form))
    except Stale as fault:
        return shown(request, str(fault), 409)
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    return shown(request, said)


async def undone(request: Request) -> Response:
    """Undo the reader's last step."""
    step = undo(desk_of(request).store, reader_of(request))
    return shown(request, f"Undone: {step.label}" if step else "There is nothing to undo.")


ROUTES = [
    Route("/audit", audit),
    Route("/audit", read, methods=["POST"]),
    Route("/audit/undo", undone, methods=["POST"]),
]
