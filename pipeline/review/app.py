"""The review desk as a web application: its pages in one list, and what is said where something goes wrong."""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.errors import PipelineError
from pipeline.review.desk import Desk, page
from pipeline.review.safety import Doorkeeper
from pipeline.review.views import audit, history, overview, password, people, pictures, queue, reading, searching

ROUTES: list[Route] = [
    *overview.ROUTES,
    *queue.ROUTES,
    *reading.ROUTES,
    *searching.ROUTES,
    *audit.ROUTES,
    *history.ROUTES,
    *people.ROUTES,
    *password.ROUTES,
    *pictures.ROUTES,
]


def application(desk: Desk) -> Starlette:
    """The application that serves a desk."""
    static = Mount("/static", StaticFiles(packages=[("pipeline.review", "static")]))
    handlers = {HTTPException: refused, OverflowError: refused, PipelineError: failed, Exception: broken}
    app = Starlette(routes=[*ROUTES, static], middleware=[Middleware(Doorkeeper, door=desk.door)], exception_handlers=handlers)
    app.state.desk = desk
    return app


def refused(request: Request, fault: Exception) -> Response:
    """What cannot be had, such as a page that does not exist."""
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    said = fault.detail if isinstance(fault, HTTPException) and status not in (404, 405) else "There is nothing here."
    return page(request, "fault.html", status, said=said)


def failed(request: Request, fault: Exception) -> Response:
    """What the pipeline could not do."""
    return page(request, "fault.html", 500, said=str(fault))


def broken(request: Request, fault: Exception) -> Response:
    """What nobody foresaw."""
    logging.getLogger("errata").error("internal error at %s", request.url.path, exc_info=fault)
    said = f"Something went wrong inside ({type(fault).__name__}). Nothing that was decided is lost."
    return page(request, "fault.html", 500, said=said)
