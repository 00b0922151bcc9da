"""Runs the server beside the engine, in a thread of its own, and ends it at once."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from repband.errors import UsageError
from repband.web.app import Service, make_app

DEFAULT_PORT = 8327
# Open event streams never end by themselves: the server waits this long for them, and no longer.
_GRACE_S = 1
_TRIES = 20


def listen(port: int | None, *, lan: bool) -> socket.socket:
    """A listening socket: on loopback, or with `lan` on every interface.

    Args:
        port: the port, 0 for any free one; None tries the usual one and those behind it.
        lan: listen beyond this machine.

    Raises:
        UsageError: the port is taken.
    """
    host = "0.0.0.0" if lan else "127.0.0.1"
    reason = "no free port"
    for wanted in [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + _TRIES), 0]:
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # on Windows it would let others take the port over
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, wanted))
            found.listen()  # from here on a page that comes early waits instead of being refused
        except OSError as error:
            found.close()
            reason = error.strerror or str(error)
            continue
        return found
    raise UsageError(f"port {port} can't be used ({reason})", where="--port", cure="leave it out or choose another")


def lan_address() -> str | None:
    """This machine's address on the network, or None where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: nothing is sent, the route is only looked up
        except OSError:
            return None
        return str(probe.getsockname()[0])


def serve_until_ended(app: ASGIApp, listening: socket.socket) -> None:
    """Serves an application here and now, until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        asyncio.run(uvicorn.Server(_config(app)).serve(sockets=[listening]))


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="critical",  # a page that does not let go is cut off after the grace; nobody needs to read of it
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )


class PageServer:
    """Serves the page while its context is open.

    Args:
        service: what is served.
        listening: a bound socket; closed at the end.
    """

    def __init__(self, service: Service, listening: socket.socket) -> None:
        self._service = service
        self._socket = listening
        self._server = uvicorn.Server(_config(make_app(service)))
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)
        self._up = threading.Event()

    @property
    def url(self) -> str:
        """Where the page is on this machine."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.wait(5.0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._service.board.close()
        self._server.should_exit = True
        self._thread.join(_GRACE_S + 2.0)
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._service.board.bind(asyncio.get_running_loop())
        self._up.set()
        await self._server.serve(sockets=[self._socket])
