"""Who reads: the name under which a browser's decisions are kept, what each reader has done, packets, and the second reading."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.review.deciding import Stale
from pipeline.review.desk import CLASSES, LONGEST_NAME, READER, desk_of, page, reader_of
from pipeline.review.packets import close_packet, free_packet, make_packet, packets, take_packet
from pipeline.review.queueing import Doubt, doubt_of
from pipeline.review.readers import add_reader, readers
from pipeline.review.second_reading import agreement, give_opinion, next_blind, next_disagreement, settle, waiting
from pipeline.review.views.queue import LONGEST, numeral, seconds

MOST_DOCUMENTS = 500
"""Documents that can be chosen from when a packet is made."""


def people(request: Request) -> Response:
    """The readers and their packets."""
    return listed(request)


def listed(request: Request, status: int = 200, said: str = "") -> Response:
    connection = desk_of(request).store.connection
    found = packets(connection)
    documents = connection.execute("SELECT folder, name FROM documents ORDER BY folder LIMIT ?", (MOST_DOCUMENTS,)).fetchall()
    classes = connection.execute("SELECT class, sum(open) AS open FROM tasks GROUP BY class ORDER BY sum(open) DESC").fetchall()
    seconds_wanted = {packet.number: waiting(connection, packet.number) for packet in found if packet.second}
    context: dict[str, Any] = {"readers": readers(connection), "packets": found, "documents": documents, "classes": classes}
    return page(
        request, "people.html", status, said=said, agreed=agreement(connection), waiting=seconds_wanted, names=CLASSES, **context
    )


async def named(request: Request) -> Response:
    """Take the name of who reads in this browser."""
    form = await request.form()
    name = " ".join(str(form.get("name", "")).split())[:LONGEST_NAME]
    if not name or not name.isprintable() or "|" in name:
        raise HTTPException(400, "That is not a name.")
    add_reader(desk_of(request).store, name)
    answer = RedirectResponse("/people", 303)
    secure = desk_of(request).door.https
    answer.set_cookie(READER, quote(name), max_age=400 * 86400, httponly=True, samesite="strict", secure=secure)
    return answer


async def packet_made(request: Request) -> Response:
    """Make a packet."""
    form = await request.form()
    folders = [str(folder) for folder in form.getlist("document") if folder]
    pages = (numeral(form, "first") or None, numeral(form, "last") or None)
    given = str(form.get("name", "")), folders, pages, str(form.get("of", ""))[:20], numeral(form, "second") / 100
    try:
        make_packet(desk_of(request).store, *given, " ".join(str(form.get("reader", "")).split())[:LONGEST_NAME])
    except ValueError as fault:
        return listed(request, 400, f"That did not work: {fault}.")
    return RedirectResponse("/people#packets", 303)


async def packet_changed(request: Request) -> Response:
    """Take a packet, free it, or give it up."""
    store, number, which = desk_of(request).store, request.path_params["number"], request.path_params["which"]
    if which == "take":
        if not take_packet(store, number, reader_of(request)):
            return listed(request, 409, "Somebody else has taken this packet meanwhile.")
        return RedirectResponse(f"/queue?packet={number}", 303)
    if which not in ("free", "close"):
        raise HTTPException(404)
    (free_packet if which == "free" else close_packet)(store, number)
    return RedirectResponse("/people#packets", 303)


def choices(doubt: Doubt) -> list[str]:
    """What a place could read, each once: what stands, what was read, and the suggestions."""
    return list(dict.fromkeys([doubt.stands, doubt.before, *(option.text for option in doubt.options)]))


def second(request: Request) -> Response:
    """A place for the second reading."""
    return asked(request)


def asked(request: Request, status: int = 200, said: str = "") -> Response:
    desk, number = desk_of(request), request.path_params["number"]
    doubt = next_blind(desk.store, number, reader_of(request))
    told = {"doubt": doubt, "choices": choices(doubt) if doubt else [], "made": desk.made, "said": said, "third": False}
    address = f"/second/{number}"
    return page(request, "second.html", status, address=address, left=waiting(desk.store.connection, number), **told)


async def opinion(request: Request) -> Response:
    """Take a second reader's opinion."""
    form = await request.form()
    desk, number, doubt = desk_of(request), request.path_params["number"], numeral(form, "doubt")
    try:
        text = chosen(form, choices_of(request, doubt))
        give_opinion(desk.store, reader_of(request), number, doubt, text, seconds(form))
    except Stale as fault:
        return asked(request, 409, str(fault))
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    return RedirectResponse(f"/second/{number}", 303)


def choices_of(request: Request, number: int) -> list[str]:
    doubt = doubt_of(desk_of(request).store, number)
    return choices(doubt) if doubt else []


def chosen(form: FormData, offered: list[str]) -> str:
    """The text that a form chooses among those offered, or brings. Raises ValueError."""
    which = str(form.get("which", ""))
    if which == "typed":
        return str(form.get("text", ""))[:LONGEST]
    if not which.isdecimal() or int(which) >= len(offered):
        raise ValueError("there is no such choice")
    return offered[int(which)]


def third(request: Request) -> Response:
    """A place on which two readers disagree."""
    return disputed(request)


def disputed(request: Request, status: int = 200, said: str = "") -> Response:
    desk = desk_of(request)
    found = next_disagreement(desk.store)
    told = {"doubt": found.doubt if found else None, "choices": list(found.texts) if found else [], "made": desk.made}
    left = agreement(desk.store.connection).unsettled
    return page(request, "second.html", status, address="/third", left=left, said=said, third=True, **told)


async def settled(request: Request) -> Response:
    """Settle a disagreement."""
    form = await request.form()
    desk = desk_of(request)
    try:
        found = next_disagreement(desk.store)
        if found is None or found.doubt.number != numeral(form, "doubt"):
            raise Stale("This has been settled meanwhile.")
        settle(desk.store, reader_of(request), found.number, chosen(form, list(found.texts)), seconds(form))
    except Stale as fault:
        return disputed(request, 409, str(fault))
    except ValueError as fault:
        raise HTTPException(400, str(fault)) from fault
    return RedirectResponse("/third", 303)


ROUTES = [
    Route("/people", people),
    Route("/people", named, methods=["POST"]),
    Route("/packets", packet_made, methods=["POST"]),
    Route("/packets/{number:int}/{which:str}", packet_changed, methods=["POST"]),
    Route("/second/{number:int}", second),
    Route("/second/{number:int}", opinion, methods=["POST"]),
    Route("/third", third),
    Route("/third", settled, methods=["POST"]),
]
