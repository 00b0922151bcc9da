"""Stands before everything that the server answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from repband.web.gate import Gate

KEY_COOKIE = "repband_key"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""What every answer carries."""


class Guarded:
    """Turns away foreign hosts, foreign origins and strangers, whatever they ask for."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 403, or passes on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._refusal(request)
        if refusal:
            response = Response(f"403: {refusal}\n", 403, HEADERS, "text/plain")
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> str | None:
        gate = self._gate
        if not gate.known_host(request.headers.get("host", "")):
            return "this is not a name of this server; open the address that RepBand printed"
        if not gate.known_origin(request.headers.get("origin")):
            return "another website may not speak to RepBand"
        client = request.client.host if request.client else ""
        joins = request.url.path == "/join"
        if gate.needs_key(client) and not joins and not gate.known_key(request.cookies.get(KEY_COOKIE)):
            return "scan the code that RepBand shows; each code opens one device"
        return None
