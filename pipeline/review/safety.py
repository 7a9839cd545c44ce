"""Who may ask the desk for anything: the secret, Host and Origin, the size of what is sent, and what a page may load."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "errata"
MOST_SENT = 1 << 20
"""Bytes that a request may bring, at most."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""Sent with every answer that does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Door:
    """What opens the desk. `hosts`: values of Host that are answered, such as `127.0.0.1:8017`; `secret`: what the address that
    is printed ends in; `password`: what is asked for instead, '' for nothing; `https`: it is reached through a proxy that
    encrypts."""

    hosts: Sequence[str]
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    password: str = field(default="", repr=False)
    https: bool = False

    def opens(self, given: str) -> bool:
        """Whether `given` is the secret, told in a time that does not depend on it."""
        return secrets.compare_digest(given.encode(), self.secret.encode())


class Doorkeeper:
    """Lets through to the application only what comes from a page of the desk itself, opened with the secret."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self.refusal(scope)
        app = self.app if answer is None else answer
        await app(scope, bounded(receive), with_headers(send))

    def refusal(self, scope: Scope) -> Response | None:
        """The answer to what is not let through; None for what is."""
        connection, headers = HTTPConnection(scope), Headers(scope=scope)
        if headers.get("host", "") not in self.door.hosts:
            return PlainTextResponse("This address is not one of the review desk's.", 421)
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["method"] not in ("GET", "HEAD") and (not own(origin, headers) or site not in ("same-origin", "none")):
            return PlainTextResponse("Only the review desk's own pages may change anything.", 403)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_SENT:
            return PlainTextResponse("That is more than can be sent at once.", 413)
        if self.door.opens(connection.cookies.get(COOKIE, "")):
            return None
        return self.admission(scope, connection)

    def admission(self, scope: Scope, connection: HTTPConnection) -> Response | None:
        """What somebody without the cookie gets: in, with the secret; the page that asks for the password; or nothing."""
        if not self.door.password and self.door.opens(connection.query_params.get("key", "")):
            return admitted(self.door)
        if self.door.password and (scope["path"] == "/password" or scope["path"].startswith("/static/")):
            return None
        if self.door.password and scope["method"] == "GET":
            return RedirectResponse("/password", 303)
        return PlainTextResponse("Open the address that errata review printed; it holds a key.", 403)


def admitted(door: Door) -> Response:
    """The way in: the cookie, and an address without the secret."""
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, door.secret, httponly=True, samesite="strict", secure=door.https)
    return answer


def own(origin: str | None, headers: Headers) -> bool:
    """Whether a page of the desk sent this; what a browser sends to change something always names its origin."""
    return origin is not None and urlsplit(origin).netloc == headers.get("host", "")


def bounded(receive: Receive) -> Receive:
    """Ends a request that brings more than it may, whatever it said its length was."""
    total = 0

    async def receive_some() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        return {"type": "http.disconnect"} if total > MOST_SENT else message

    return receive_some


def with_headers(send: Send) -> Send:
    """Adds HEADERS to an answer."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            more = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in given]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return send_more
