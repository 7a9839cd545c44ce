"""Checking: lines drawn at random, read by a person, that tell whether the estimate of what is left holds."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.review.desk import desk_of, page, reader_of
from pipeline.review.drawing import drawn_line, take_reading
from pipeline.review.stopping import progress
from pipeline.review.views.queue import numeral, seconds


async def audit(request: Request) -> Response:
    """A line to be read."""
    return shown(request)


def shown(request: Request, said: str = "") -> Response:
    store = desk_of(request).store
    name = "audit_line.html" if "hx-request" in request.headers else "audit.html"
    return page(request, name, line=drawn_line(store), progress=progress(store), said=said, made=desk_of(request).made)


async def read(request: Request) -> Response:
    """Take what a reader found on a line."""
    form = await request.form()
    try:
        said = take_reading(
            desk_of(request).store, reader_of(request), numeral(form, "line"), numeral(form, "wrong"), seconds(form)
        )
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    return shown(request, said)


ROUTES = [Route("/audit", audit), Route("/audit", read, methods=["POST"])]
