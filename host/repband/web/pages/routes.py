"""Where the pages around a session are found, and who may write a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from repband.errors import RepBandError
from repband.exercise import exercise_names, load_exercise
from repband.report.markup import tag
from repband.web.gate import Gate
from repband.web.guard import HEADERS, Guarded
from repband.web.pages.exercises import exercise_page, exercises_page
from repband.web.pages.layout import document
from repband.web.pages.plans import acted, begun_from, form_page, keep, written_page
from repband.web.pages.trends import trend_data, trends_page
from repband.web.pages.typed import Typed, plan_of, read_typed

_STATIC = Path(__file__).parent.parent / "static"
_MOST_FORM_BYTES = 200_000
_MOST_FIELDS = 2000
# With "no-referrer" a browser sends a form with "Origin: null", which the gate turns away.
_PAGE_HEADERS = HEADERS | {"Referrer-Policy": "same-origin"}


def page_routes(gate: Gate, *, in_session: bool) -> list[BaseRoute]:
    """The routes of all pages; `in_session` says whether "/" is the page of a session."""
    routes = _PageRoutes(gate, in_session)
    return [
        Route("/exercises", routes.exercises),
        Route("/exercises/{name}", routes.exercise),
        Route("/trends", routes.trends),
        Route("/trends/data", routes.trend_data),
        Route("/plan", routes.plan, methods=["GET"]),
        Route("/plan", routes.plan_sent, methods=["POST"]),
        Route("/plan/written/{name}", routes.written),
    ]


def make_pages_app(gate: Gate) -> ASGIApp:
    """The pages without a session."""
    start = Route("/", _start)
    static = Mount("/static", StaticFiles(directory=_STATIC))
    return Guarded(Starlette(routes=[start, *page_routes(gate, in_session=False), static]), gate)


def _start(_request: Request) -> Response:
    return RedirectResponse("/exercises", 303, HEADERS)


class _PageRoutes:
    """Plain functions, so that the server runs them beside its loop: the page of a set never waits for them."""

    def __init__(self, gate: Gate, in_session: bool) -> None:
        self._gate = gate
        self._in_session = in_session

    def exercises(self, _request: Request) -> Response:
        """All exercises."""
        return self._page(lambda: exercises_page(in_session=self._in_session))

    def exercise(self, request: Request) -> Response:
        """One exercise."""
        name = request.path_params["name"]
        if name not in exercise_names():
            return self._refused("There is no such exercise.", 404)
        return self._page(lambda: exercise_page(load_exercise(name), in_session=self._in_session))

    def trends(self, request: Request) -> Response:
        """Trends of one exercise."""
        asked = request.query_params
        return self._page(
            lambda: trends_page(
                asked.get("exercise", ""), everything="1" in asked.get("all", ""), in_session=self._in_session
            )
        )

    def trend_data(self, request: Request) -> Response:
        """What its script draws."""
        asked = request.query_params
        try:
            found = trend_data(asked.get("exercise", ""), everything="1" in asked.get("all", ""))
        except RepBandError as problem:
            return JSONResponse({"error": str(problem)}, 500, HEADERS)
        return JSONResponse(found, headers=HEADERS)

    def plan(self, request: Request) -> Response:
        """The form, empty or with a plan in it."""
        return self._page(lambda: self._form(request, begun_from(request.query_params.get("from", "")))[0])

    async def plan_sent(self, request: Request) -> Response:
        """The form as it was sent: changed, checked or written."""
        if not self._may_write(request):
            return self._refused("Plans are written on the computer that RepBand runs on.", 403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_FORM_BYTES:
                return self._refused("This form is too large.", 413)
        return await run_in_threadpool(self._sent, request, bytes(body))

    def written(self, request: Request) -> Response:
        """A plan that was written."""
        return self._page(lambda: written_page(request.path_params["name"], in_session=self._in_session))

    def _sent(self, request: Request, body: bytes) -> Response:
        try:
            sent = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return self._refused("This is no form of RepBand's.", 400)
        given = dict(sent)
        do, typed = given.get("do", ""), acted(read_typed(sent), given.get("do", ""), given.get("add", ""))
        if do == "write" and (plan := plan_of(typed)[0]) is not None:
            try:
                return RedirectResponse(f"/plan/written/{quote(keep(plan))}#content", 303, _PAGE_HEADERS)
            except (RepBandError, OSError) as problem:
                return self._refused(f"The plan could not be written: {problem}", 500)
        checks = do in ("check", "write")
        text, good = self._form(request, typed, checks=checks)
        return HTMLResponse(text, 422 if checks and not good else 200, _PAGE_HEADERS)

    def _form(self, request: Request, typed: Typed, *, checks: bool = False) -> tuple[str, bool]:
        return form_page(typed, in_session=self._in_session, may_write=self._on_this_machine(request), checks=checks)

    def _on_this_machine(self, request: Request) -> bool:
        return not self._gate.needs_key(request.client.host if request.client else "")

    def _may_write(self, request: Request) -> bool:
        """Only a page of this machine: every browser says in a form's Origin where it comes from."""
        return self._on_this_machine(request) and request.headers.get("origin") is not None

    def _page(self, make: Callable[[], str]) -> Response:
        try:
            return HTMLResponse(make(), headers=_PAGE_HEADERS)
        except RepBandError as problem:
            return self._refused(str(problem), 404)

    def _refused(self, why: str, status: int) -> Response:
        body = tag("h1", "That did not work"), tag("p", why, class_="lead")
        return HTMLResponse(
            document("That did not work", "", *body, in_session=self._in_session), status, _PAGE_HEADERS
        )
