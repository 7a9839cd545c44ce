"""The overview: where the project stands, how far it is to the goal, and its documents."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.outputs.report.wording import band
from pipeline.review.desk import desk_of, page
from pipeline.review.stopping import progress, set_goal

MOST_DOCUMENTS, MOST_PAGES = 100, 600
CLASSES = "SELECT class, count(*) AS tasks, sum(open) AS doubts FROM tasks WHERE open > 0 GROUP BY class ORDER BY sum(open) DESC"


async def overview(request: Request) -> Response:
    """The page that the desk opens with."""
    store = desk_of(request).store
    documents = store.connection.execute(
        "SELECT documents.*, (SELECT count(*) FROM doubts WHERE document = documents.number AND state = 0) AS open "
        "FROM documents ORDER BY expected DESC LIMIT ?",
        (MOST_DOCUMENTS,),
    ).fetchall()
    strips = {row["number"]: strip(request, row["number"]) for row in documents[:5]}
    classes = store.connection.execute(CLASSES).fetchall()
    return page(request, "overview.html", progress=progress(store), documents=documents, strips=strips, classes=classes)


def strip(request: Request, document: int) -> list[tuple[int, str, str]]:
    """(page, name, band) of a document's pages."""
    rows = desk_of(request).store.connection.execute(
        "SELECT page, name, risk, words FROM pages WHERE document = ? ORDER BY page LIMIT ?", (document, MOST_PAGES)
    )
    return [(row["page"], row["name"], band(1 - row["risk"] / max(1, row["words"]))) for row in rows]


async def goal(request: Request) -> Response:
    """Set the goal."""
    given = str((await request.form()).get("goal", "")).replace(",", ".").rstrip("% ")
    try:
        set_goal(desk_of(request).store, float(given) / 100)
    except ValueError as fault:
        raise HTTPException(400, "A goal is a share of the words such as 99.9 %, between 50 and 100.") from fault
    return RedirectResponse("/", 303)


ROUTES = [Route("/", overview), Route("/goal", goal, methods=["POST"])]
