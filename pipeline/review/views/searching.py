"""Search and replace: every place with what it would become, ticked ones replaced as one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.outputs.report.wording import counted
from pipeline.review.deciding import Stale, short
from pipeline.review.desk import desk_of, page, reader_of
from pipeline.review.searching import MOST_FOUND, Found, Sought, search
from pipeline.review.typing import texts_now, type_lines
from pipeline.review.writing import locks


def sought_of(given: Mapping[str, Any]) -> Sought:
    """What an address or a form asks for."""
    ticked = {name: bool(given.get(name)) for name in ("whole", "exact", "pattern")}
    wanted = given.get("replacement")
    return Sought(str(given.get("text", "")), **ticked, replacement=str(wanted) if given.get("replace") else None)


def searched(request: Request) -> Response:
    """The page, with what was found."""
    sought = sought_of(request.query_params)
    return shown(request, sought)


def shown(request: Request, sought: Sought, said: str = "") -> Response:
    found: list[Found] = []
    more, fault = False, ""
    if sought.text:
        try:
            found, more = search(desk_of(request).store, sought, texts_now(desk_of(request)))
        except ValueError as problem:
            fault = str(problem)
    return page(request, "search.html", sought=sought, found=found, more=more, fault=fault, said=said, most=MOST_FOUND)


async def replaced(request: Request) -> Response:
    """Replace what is ticked."""
    form = await request.form(max_fields=2 * MOST_FOUND + 20)
    sought = sought_of(form)
    ticked = {int(str(number)) for number in form.getlist("line") if str(number).isdecimal()}
    if sought.replacement is None:
        raise HTTPException(400, "Nothing was given to put in its place.")
    return await run_in_threadpool(replace, request, sought, ticked)


def replace(request: Request, sought: Sought, ticked: set[int]) -> Response:
    """Replace in the lines that are ticked, but for those on pages that somebody called finished."""
    desk = desk_of(request)
    try:
        found, _ = search(desk.store, sought, texts_now(desk))
        chosen = [line for line in found if line.number in ticked]
        texts = {line.number: line.after for line in chosen if not locks(desk.store, line.folder, line.page)}
        label = f"replaced: “{short(sought.text)}” → “{short(sought.replacement or '')}”, {counted(len(texts), 'line')}"
        count = type_lines(desk, reader_of(request), texts, label) if texts else 0
    except (ValueError, Stale) as fault:
        raise HTTPException(400, str(fault)) from fault
    left = len(chosen) - len(texts)
    finished = f" Finished pages were left as they are ({counted(left, 'line')})." if left else ""
    return shown(request, sought, f"Replaced in {counted(count, 'line')}. It can be undone in the history.{finished}")


ROUTES = [Route("/search", searched), Route("/search", replaced, methods=["POST"])]
