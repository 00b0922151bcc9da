"""The pages around a session: exercises, trends, the form for a plan; over HTTP and in real Chromium."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from repband.exercise import exercise_names, load_exercise, load_safety
from repband.exercise.page import sections
from repband.journal.example import example_history
from repband.plan import load_plan
from repband.web.gate import Gate
from repband.web.pages.plans import own_plans, plans_dir
from repband.web.pages.routes import page_routes
from starlette.applications import Starlette
from web_watch import reaches, until

Put = Callable[..., Any]
SIZES = ((360, 640), (1280, 800), (1920, 1080))


@pytest.fixture(scope="session")
def twelve_weeks(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A history of twelve weeks, as the bytes of its file."""
    path = tmp_path_factory.mktemp("weeks") / "history.sqlite"
    example_history(path).close()
    return path.read_bytes()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, twelve_weeks: bytes) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    (tmp_path / "history.sqlite").write_bytes(twelve_weeks)
    return tmp_path


def ask(on: Any, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", on.gate.port, timeout=10)
    said = {"Origin": f"http://127.0.0.1:{on.gate.port}"} | {k.title(): v for k, v in headers.items() if v}
    if headers.get("origin") == "":
        del said["Origin"]
    connection.request("GET" if form is None else "POST", path, None if form is None else urlencode(form), said)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), dict(answer.getheaders())
    connection.close()
    return found


ONE_BRIDGE = {
    "name": "Maria, spring", "for_whom": "Maria <b>&", "sessions_per_week": "3", "exercises.0.exercise": "bridge",
    "exercises.0.sets": "2", "exercises.0.reps": "10", "exercises.0.rest_s": "60",
    "exercises.0.load.kind": "bodyweight",
    "exercises.0.tempo_s.out": "2", "exercises.0.tempo_s.hold": "2", "exercises.0.tempo_s.back": "2",
    "exercises.0.tempo_s.rest": "1",
}  # fmt: skip


def test_each_exercise_has_its_page_with_all_that_the_terminal_says(stage: Put) -> None:
    on = stage()
    _, listed, headers = ask(on, "/exercises")
    assert "default-src 'self'" in headers["content-security-policy"]
    for name in exercise_names():
        assert f'href="/exercises/{name}"' in listed
    status, text, _ = ask(on, "/exercises/bridge")
    assert status == 200
    for heading, entries in sections(load_exercise("bridge"), load_safety()):
        assert heading in text
        assert all(re.sub(r"^\d\. ", "", entry).replace("&", "&amp;") in text for entry in entries)
    assert ask(on, "/exercises/nonsense")[0] == 404
    assert ask(on, "/exercises/..%2Fsafety")[0] == 404


def test_trends_send_every_quantity_with_refits_and_adherence(stage: Put) -> None:
    status, text, _ = ask(stage(), "/trends/data?exercise=clamshell&all=1")
    plots = {plot["id"]: plot for plot in json.loads(text)["plots"]}
    assert status == 200
    assert {"reps", "excursion", "out", "hold", "back", "sides", "weeks"} <= {*plots}
    assert [one["name"] for one in plots["excursion"]["series"]] == ["left", "right"]
    assert plots["excursion"]["refits"]
    assert {*plots["excursion"]["refits"]} <= {*plots["excursion"]["x"]}
    assert "95 % interval" in plots["sides"]["note"]
    assert len(plots["weeks"]["x"]) == 12
    for plot in plots.values():
        assert plot["x"] == sorted({*plot["x"]})
        assert all(len(one["values"]) == len(plot["x"]) for one in plot["series"])


def test_trends_without_a_history_say_so_and_make_none(stage: Put, home: Path) -> None:
    (home / "history.sqlite").unlink()
    on = stage()
    assert "Nothing is kept yet" in ask(on, "/trends")[1]
    assert json.loads(ask(on, "/trends/data")[1]) == {"plots": []}
    assert not (home / "history.sqlite").exists()


def test_a_plan_is_written_only_from_a_page_of_this_machine(stage: Put) -> None:
    on = stage()
    form = ONE_BRIDGE | {"do": "write"}
    for origin in ("http://evil.example", "null", ""):
        assert ask(on, "/plan", form, origin=origin)[0] == 403
    assert ask(on, "/plan", {"name": "x" * 300_000})[0] == 413
    assert ask(on, "/plan", {f"a{n}": "" for n in range(3000)})[0] == 400
    assert own_plans() == ()
    status, _, headers = ask(on, "/plan", form)
    assert (status, headers["location"]) == (303, "/plan/written/maria-spring#content")
    assert load_plan(plans_dir() / "maria-spring.toml").for_whom == "Maria <b>&"
    shown = ask(on, "/plan/written/maria-spring")[1]
    assert "Maria &lt;b&gt;&amp;" in shown
    assert "<b>" not in shown
    assert ask(on, "/plan?from=..%2F..%2Fhistory")[0] == 404
    assert ask(on, "/plan/written/..%2Fhistory")[0] == 404


def from_afar(method: str, form: dict[str, str]) -> tuple[int, str]:
    """Asks for /plan as somebody at another address, whose key the gate has found good."""
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": urlencode(form).encode(), "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    headers = [(b"host", b"192.0.2.1:80"), (b"origin", b"http://192.0.2.1:80")]
    scope = {"type": "http", "method": method, "path": "/plan", "query_string": b"", "headers": headers}
    app = Starlette(routes=page_routes(Gate(80), in_session=True))
    # In a thread of its own: the browser of other tests keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(app({**scope, "client": ("192.0.2.7", 5)}, receive, send))).result()
    return told[0]["status"], b"".join(message.get("body", b"") for message in told).decode()


def test_somebody_on_the_network_reads_but_writes_no_plan() -> None:
    assert "open this page there" in from_afar("GET", {})[1]
    assert from_afar("POST", ONE_BRIDGE | {"do": "write"})[0] == 403
    assert own_plans() == ()


def test_a_plan_is_written_by_keyboard_and_every_mistake_stands_at_its_field(stage: Put, open_page: Put) -> None:
    on = stage()
    page = open_page(on)
    reaches(page, "idle")
    page.click("#idle .places a:has-text('Write a plan')")
    page.focus("#name")
    page.keyboard.type("Maria, spring")
    page.keyboard.press("Tab")
    page.keyboard.type("Maria; mind the left knee")
    page.select_option("#exercises", "clamshell")
    page.focus("button[value=add]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#exercise-1")
    assert page.input_value("#for_whom") == "Maria; mind the left knee"
    page.fill("[id='exercises.0.sets']", "99")
    page.fill("[id='exercises.0.reps']", "")
    page.focus("#name")
    page.keyboard.press("Enter")  # checks; it neither adds nor writes
    page.wait_for_selector(".mend")
    assert page.inner_text("[id='wrong-exercises.0.sets']").endswith("That is 99; choose a number from 1 to 20.")
    assert page.get_attribute("[id='exercises.0.sets']", "aria-describedby") == "wrong-exercises.0.sets"
    assert page.inner_text(".mend h2") == "2 things to mend"
    page.click(".mend a:has-text('Reps a set')")
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)").endswith("exercises.0.reps")
    assert page.input_value("[id='exercises.0.sets']") == "99"
    page.fill("[id='exercises.0.sets']", "2")
    page.fill("[id='exercises.0.reps']", "10")
    page.click("text=Write the plan")
    page.wait_for_url("**/plan/written/maria-spring#content")
    plan = load_plan(plans_dir() / "maria-spring.toml")
    assert (plan.exercises[0].exercise, plan.exercises[0].side, plan.exercises[0].reps) == ("clamshell", "both", 10)
    assert "maria-spring.toml" in page.inner_text("pre")
    page.click("text=Change it")
    assert page.input_value("[id='exercises.0.reps']") == "10"


def test_trends_are_drawn_and_the_table_says_the_same(stage: Put, open_page: Put) -> None:
    on = stage()
    page = open_page(on, url=f"{on.url}trends?exercise=clamshell")
    until(page, "document.querySelector('#plots').dataset.drawn > 6")
    seen = page.evaluate(
        "[...document.querySelectorAll('#plots canvas')].map((c) => "
        "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0))"
    )
    assert len(seen) > 6
    assert all(seen)
    label = page.get_attribute("[data-plot=excursion] .drawn", "aria-label")
    assert re.search(r"left: first \d+.*; right: first \d+.*Strap refitted \d+ times", label)
    page.hover("[data-plot=excursion] .u-over")
    assert re.fullmatch(r"[\d.]+°", page.inner_text("[data-plot=excursion] output >> nth=0"))
    page.click("summary")
    assert page.locator("tbody tr").count() > 20
    page.select_option("select[name=exercise]", "bridge")
    page.click("button:has-text('Show')")
    assert "Bridge: " in page.inner_text(".lead")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_is_accessible(stage: Put, open_page: Put, scheme: str) -> None:
    on = stage()
    page = open_page(on, url=f"{on.url}exercises", color_scheme=scheme)
    for path in ("exercises", "exercises/clamshell", "trends?exercise=clamshell", "plan", "plan?from=beginner"):
        page.goto(on.url + path)
        if path.startswith("trends"):
            until(page, "document.querySelector('#plots').dataset.drawn > 6")
        fits(page, path)
        accessible(page, path)
    assert not page.is_visible("[id='exercises.0.progress.most_reps']")
    page.click("#exercise-1 summary")
    page.fill("[id='exercises.0.progress.most_reps']", "3")
    page.click("text=Check it")
    page.wait_for_selector(".mend")
    assert page.is_visible("[id='wrong-exercises.0.progress.most_reps']")
    fits(page, "mistakes")
    accessible(page, "mistakes")


def fits(page: Any, what: str) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{what} at {width}: {wide} px too wide"


def accessible(page: Any, what: str) -> None:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert serious == [], f"{what}: " + "; ".join(
        f"{v['id']}: {v['nodes'][0]['html'][:120]} {v['nodes'][0].get('failureSummary', '')[:300]}" for v in serious
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a child's Ctrl-C can't be sent alone on Windows")
def test_repband_pages_serves_them_without_a_session(home: Path) -> None:
    words = [sys.executable, "-m", "repband", "pages", "--no-open", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        try:
            assert child.stdout is not None
            assert child.stderr is not None
            port = int(re.search(r":(\d+)/", child.stdout.readline())[1])  # type: ignore[index]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/exercises")
            text = connection.getresponse().read().decode()
            connection.close()
            assert "Clamshell" in text
            assert ">Session<" not in text
            child.send_signal(signal.SIGINT)
            assert child.wait(10) == 0
            assert child.stderr.read() == ""
        finally:
            child.kill()
