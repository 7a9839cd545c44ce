"""Pictures of lines and pages, by their numbers in the desk's tables; no path comes from outside."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.review.desk import desk_of
from pipeline.review.pictures import line_picture, page_picture

CACHED = {"cache-control": "private, max-age=3600"}


def line(request: Request) -> Response:
    """The picture of a line."""
    desk = desk_of(request)
    found = line_picture(desk.store, request.path_params["line"], desk.made)
    if found is None:
        raise HTTPException(404, "There is no picture of this line.")
    return Response(found.data, media_type="image/jpeg", headers=CACHED)


def whole(request: Request) -> Response:
    """The picture of a page."""
    desk, wanted = desk_of(request), request.query_params.get("width", "900")
    width = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 900
    data = page_picture(desk.store, request.path_params["document"], request.path_params["page"], width, desk.made)
    if data is None:
        raise HTTPException(404, "There is no picture of this page.")
    return Response(data, media_type="image/jpeg", headers=CACHED)


ROUTES = [
    Route("/picture/{made}/line/{line:int}", line),
    Route("/picture/{made}/page/{document:int}/{page:int}", whole),
]
