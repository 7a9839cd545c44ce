"""Who reads: the name under which a browser's decisions are kept, and what each reader has done."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.review.desk import LONGEST_NAME, READER, desk_of, page

DONE = (
    "SELECT reader, count(*) AS steps, sum(undone IS NULL) AS holding, sum(seconds) / 60 AS minutes, max(made) AS last, "
    "(SELECT count(*) FROM decisions JOIN steps AS own ON own.number = decisions.step WHERE own.reader = steps.reader "
    "AND own.undone IS NULL) AS places FROM steps GROUP BY reader ORDER BY reader"
)


async def people(request: Request) -> Response:
    """The readers."""
    return page(request, "people.html", readers=desk_of(request).store.connection.execute(DONE).fetchall())


async def named(request: Request) -> Response:
    """Take the name of who reads in this browser."""
    name = " ".join(str((await request.form()).get("name", "")).split())[:LONGEST_NAME]
    if not name or not name.isprintable() or "|" in name:
        raise HTTPException(400, "That is not a name.")
    answer = RedirectResponse("/people", 303)
    secure = desk_of(request).door.https
    answer.set_cookie(READER, quote(name), max_age=400 * 86400, httponly=True, samesite="strict", secure=secure)
    return answer


ROUTES = [Route("/people", people), Route("/people", named, methods=["POST"])]
