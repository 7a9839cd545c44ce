"""Where a password is asked for before the desk opens."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.review.desk import desk_of, page
from pipeline.review.safety import admitted


async def asked(request: Request) -> Response:
    """The page that asks."""
    return page(request, "password.html", wrong=False)


async def given(request: Request) -> Response:
    """Let in who knows the password."""
    door, password = desk_of(request).door, str((await request.form()).get("password", ""))
    if door.password and secrets.compare_digest(password.encode(), door.password.encode()):
        return admitted(door)
    return page(request, "password.html", 403, wrong=True)


ROUTES = [Route("/password", asked), Route("/password", given, methods=["POST"])]
