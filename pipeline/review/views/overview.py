"""The overview: what is done and what is left, the way to the goal, and the documents with most left to do."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.review.counting import counter_of
from pipeline.review.desk import desk_of, page
from pipeline.review.stopping import goal_of, set_goal
from pipeline.review.summary import bad_pages, documents_left, doubts_left

TOGETHER = 50
"""Documents on one page."""


def overview(request: Request) -> Response:
    """The project at a glance."""
    desk, asked = desk_of(request), request.query_params.get("skip", "0")
    skip = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
    standing, fresh = counter_of(desk).standing()
    connection = desk.store.connection
    doubts, left = doubts_left(connection)
    count = connection.execute("SELECT count(*), coalesce(sum(pages), 0) FROM documents").fetchone()
    return page(
        request,
        "standing.html" if request.url.path == "/standing" else "overview.html",
        standing=standing,
        fresh=fresh,
        goal=goal_of(connection),
        doubts=doubts,
        open=left,
        bad=bad_pages(connection) if standing else [],
        documents=documents_left(connection, TOGETHER, skip),
        count=count[0],
        pages=count[1],
        skip=skip,
        together=TOGETHER,
        share=share,
        minutes=minutes,
    )


def share(goal: float) -> str:
    """A goal as people say it: `99.9 %`."""
    return f"{100 * goal:.6g} %"


def minutes(number: float) -> str:
    """A time as people say it: `40 minutes`, `3 hours`; no more digits than it is worth."""
    if number < 1:
        return "a minute"
    if number < 20:
        return f"{number:.0f} minute{'' if round(number) == 1 else 's'}"
    if number < 90:
        return f"{5 * round(number / 5)} minutes"
    hours = number / 60
    return f"{hours:.1f} hours".replace(".0 ", " ") if hours < 10 else f"{hours:,.0f} hours"


async def goal(request: Request) -> Response:
    """Set another goal."""
    given = str((await request.form()).get("goal", "")).replace(",", ".").rstrip("% ")
    try:
        set_goal(desk_of(request).store, float(given) / 100)
    except ValueError as fault:
        raise HTTPException(400, "A goal is a share of the words such as 99.9 %, between 50 and 100.") from fault
    return RedirectResponse("/", 303)


ROUTES = [
    Route("/", overview),
    Route("/standing", overview),
    Route("/goal", goal, methods=["POST"]),
]
