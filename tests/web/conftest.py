"""A browser, and a session on a stage."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from repband.web.stage import Stage
from repband.workout import Routine
from web_watch import three_bridges

_PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    """Puts a session on a stage; ended after the test."""
    with ExitStack() as stack:

        def put(routine: Routine | None = None, **options: Any) -> Stage:
            return stack.enter_context(Stage(routine or three_bridges(), **({"speed": 10.0, "seed": 3} | options)))

        yield put


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Real Chromium with its own autoplay policy: no flag makes it play without a gesture."""
    path = os.environ.get("REPBAND_CHROMIUM") or next((p for p in _PLACES if Path(p).exists()), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: install it, or set REPBAND_CHROMIUM to where it is")
        pytest.skip("no Chromium here: set REPBAND_CHROMIUM to where it is")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a tab; tabs of one call share a browser profile. Errors in the page's console fail the test."""
    errors: list[str] = []
    contexts: list[Any] = []

    def opened(stage: Stage, *, alike: Any = None, url: str | None = None, script: str = "", **options: Any) -> Any:
        context = (
            alike.context if alike else chromium.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        )
        if not alike:
            contexts.append(context)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url or stage.url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
