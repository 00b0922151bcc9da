"""What the server answers: the page, its state as a stream of events, and commands from the page that steers."""

from __future__ import annotations

import asyncio
import io
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from repband.driver.base import Plain
from repband.exercise import Safety
from repband.web.board import Board
from repband.web.gate import PAGES_PER_BROWSER, Gate, Watchers
from repband.web.guard import HEADERS, KEY_COOKIE, Guarded
from repband.web.pages import page_routes

STATIC = Path(__file__).parent / "static"
_BROWSER_COOKIE = "repband_browser"
# A dead connection is noticed when something is sent over it.
_STILL_THERE_EVERY_S = 2.0
# A page that was cut off asks again after this long.
_RETRY_MS = 1000
_MOST_COMMAND_BYTES = 2000

Ask = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Service:
    """What the server needs of the session.

    Attributes:
        board: the state.
        ask: asks the driver for a command, by name and arguments.
        gate: who may come in.
        watchers: who is there.
        safety: the safety texts.
        first_run: True while nobody has read the safety texts on this machine.
        on_safety_read: called once somebody has.
        demo: True when nobody real is measured.
        keeps: False when nothing of the session is kept.
    """

    board: Board
    ask: Ask
    gate: Gate
    watchers: Watchers
    safety: Safety
    first_run: bool = False
    on_safety_read: Callable[[], None] = lambda: None
    demo: bool = False
    keeps: bool = True


class _Command(msgspec.Struct, forbid_unknown_fields=True):
    """A command as a page sends it."""

    name: str
    args: dict[str, str | int | float | bool | None] = {}


_COMMANDS = {
    "start", "skip", "pause", "resume", "toggle", "undo", "add", "target", "effort", "pain", "confirm", "go-on", "stop",
    "check-on", "check-did", "check-no", "check-again", "check-skip",
}  # fmt: skip


def make_app(service: Service) -> ASGIApp:
    """The whole web application."""
    routes = _Routes(service)
    app = Starlette(
        routes=[
            Route("/", routes.page),
            Route("/join", routes.join),
            Route("/texts", routes.texts),
            Route("/events", routes.events),
            Route("/command", routes.command, methods=["POST"]),
            Route("/steer", routes.steer, methods=["POST"]),
            Route("/safety-read", routes.safety_read, methods=["POST"]),
            Route("/qr.svg", routes.qr),
            *page_routes(service.gate, in_session=True),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
    )
    return Guarded(app, service.gate)


class _Routes:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def page(self, request: Request) -> Response:
        """The page itself; names the browser, so that its tabs can be told apart from other devices."""
        response = FileResponse(STATIC / "index.html", headers=HEADERS)
        if _BROWSER_COOKIE not in request.cookies:
            response.set_cookie(_BROWSER_COOKIE, secrets.token_urlsafe(12), httponly=True, samesite="strict")
        return response

    async def join(self, request: Request) -> Response:
        """Exchanges the token of the QR code for a key that this device keeps."""
        key = self._service.gate.exchange(request.query_params.get("token", ""))
        if key is None:
            return Response("403: this code has been used or is wrong; scan the one shown now\n", 403, HEADERS)
        self._service.board.wake()
        response = RedirectResponse("/", 303, HEADERS)
        response.set_cookie(KEY_COOKIE, key, httponly=True, samesite="strict")
        return response

    async def texts(self, _request: Request) -> Response:
        """What never changes in a session."""
        service = self._service
        texts = {
            "safety": msgspec.to_builtins(service.safety),
            "first_run": service.first_run,
            "demo": service.demo,
            "keeps": service.keeps,
            "lan": service.gate.join_url() is not None,
            "pages_per_browser": PAGES_PER_BROWSER,
        }
        return JSONResponse(texts, headers=HEADERS)

    async def events(self, request: Request) -> Response:
        """The state, again and again, for as long as the page is open."""
        page = request.query_params.get("page", "")
        if not 8 <= len(page) <= 64:
            raise HTTPException(400, "a page needs a name")
        watchers = self._service.watchers
        browser = request.cookies.get(_BROWSER_COOKIE) or (request.client.host if request.client else "")
        opened = watchers.open(page, browser)
        if opened is None:
            return StreamingResponse(_full(), media_type="text/event-stream", headers=HEADERS)
        headers = HEADERS | {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(page, opened), media_type="text/event-stream", headers=headers)

    async def _stream(self, page: str, opened: int) -> AsyncIterator[str]:
        service, seen, points, last_extra = self._service, -1, 0, {}
        loop = asyncio.get_running_loop()
        said_s = loop.time()
        try:
            yield f"retry: {_RETRY_MS}\n\n"
            while True:
                ending = service.board.closed  # read first: what is sent below is then the last state
                extra = {"steers": service.watchers.steers == page, "pages": service.watchers.count}
                found = service.board.snapshot(-1 if extra != last_extra else seen, points, extra)
                if found:
                    seen, points, text = found
                    last_extra, said_s = extra, loop.time()
                    yield f"data: {text}\n\n"
                elif loop.time() - said_s > _STILL_THERE_EVERY_S:
                    said_s = loop.time()
                    yield ": still here\n\n"
                if ending:
                    return
                await service.board.changed()
        finally:
            service.watchers.close(page, opened)

    async def command(self, request: Request) -> Response:
        """A command of the page that steers."""
        refusal = self._steering_refusal(request)
        if refusal:
            return refusal
        body = await request.body()
        try:
            command = msgspec.json.decode(body[:_MOST_COMMAND_BYTES], type=_Command)
        except msgspec.MsgspecError as error:
            raise HTTPException(400, f"no command: {error}") from error
        if command.name not in _COMMANDS or {"name", "self"} & command.args.keys():
            raise HTTPException(400, f"no command '{command.name}'")
        args: Mapping[str, Plain] = command.args
        self._service.ask(command.name, **args)
        return Response(status_code=204)

    async def steer(self, request: Request) -> Response:
        """A page takes over the steering, because the person there said so."""
        if not self._service.watchers.take_over(request.headers.get("x-repband-page", "")):
            return _no("this page is not open any more; reload it")
        self._service.board.wake()
        return Response(status_code=204)

    async def safety_read(self, request: Request) -> Response:
        """Somebody has read the safety texts."""
        refusal = self._steering_refusal(request)
        if refusal:
            return refusal
        self._service.on_safety_read()
        return Response(status_code=204)

    async def qr(self, _request: Request) -> Response:
        """The code that opens the page on a phone beside the mat."""
        url = self._service.gate.join_url()
        if url is None:
            raise HTTPException(404, "the page is for this machine only; start with --lan")
        import segno

        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", scale=6, border=3, dark="#000", light="#fff")
        return Response(picture.getvalue(), headers=HEADERS | {"Cache-Control": "no-store"}, media_type="image/svg+xml")

    def _steering_refusal(self, request: Request) -> Response | None:
        page = request.headers.get("x-repband-page", "")
        if page and page == self._service.watchers.steers:
            return None
        return _no("another page steers this session")


def _no(why: str) -> Response:
    return JSONResponse({"error": why}, 403, HEADERS)


async def _full() -> AsyncIterator[str]:
    """Tells a tab too many why it stays empty, and lets go of the connection."""
    yield f"event: full\ndata: {json.dumps({'pages_per_browser': PAGES_PER_BROWSER})}\n\n"
