"""The desk as a running server: where it listens, the address that is printed, and its end."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field

import uvicorn

from pipeline.errors import BadArguments, PipelineError
from pipeline.review.app import application
from pipeline.review.desk import Desk

LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the desk is reached: an address and a port (0 for any that is free); behind a proxy that encrypts, by `names`."""

    host: str = "127.0.0.1"
    port: int = 0
    password: str = field(default="", repr=False)
    behind_tls: bool = False
    names: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises BadArguments where others could reach the desk and nothing keeps them out."""
        if self.host not in LOCAL and not (self.password or self.behind_tls):
            what = f"others can reach {self.host}, and nothing would keep them out"
            raise BadArguments(what, advice="Give --password, or --behind-tls where a proxy asks for one; or leave --host out")


def listening(place: Place) -> socket.socket:
    """A socket that listens at a place. Raises PipelineError."""
    place.check()
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((place.host, place.port))
        made.listen(128)
    except OSError as fault:
        made.close()
        what = f"cannot listen at {place.host}, port {place.port} ({fault.strerror})"
        raise BadArguments(what, advice="Choose another --port, or leave it out") from fault
    return made


def hosts(place: Place, port: int) -> list[str]:
    """The values of Host under which the desk answers."""
    shown = f"[{place.host}]" if ":" in place.host else place.host
    names = [shown, *(("localhost", "127.0.0.1") if place.host in LOCAL else ()), *place.names]
    return [f"{name}:{port}" for name in names] + list(place.names)


def serve(desk: Desk, listener: socket.socket, *, browser: bool, say: Callable[[str], None]) -> None:
    """Serve a desk until Ctrl-C; its address is said, and opened in the browser. Raises PipelineError."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/" + ("" if desk.door.password else f"?key={desk.door.secret}")
    config = uvicorn.Config(application(desk), log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    say(f"The review desk is at {address}")
    say("What is decided is kept at once. Ctrl-C ends it.")
    if browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    except OSError as fault:
        raise PipelineError(f"the desk cannot be served ({fault})", advice="Try another --port") from fault
