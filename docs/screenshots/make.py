"""Takes the pictures of the live page: python docs/screenshots/make.py [NAME ...]

Needs Chromium (REPBAND_CHROMIUM, else /usr/bin/chromium) and playwright; a virtual wearer does the session.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from repband.exercise import load_exercise, load_safety
from repband.journal import Recorder, RecordingMeta
from repband.web.stage import Stage
from repband.workout import Routine, SetTask

HERE = Path(__file__).parent
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 640}
LARGE = {"width": 1920, "height": 1080}


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the window, light or dark, and what happens before it is taken."""

    name: str
    size: dict[str, int]
    scheme: str
    scene: str


SHOTS = (
    Shot("start", WIDE, "dark", "idle"),
    Shot("ready", WIDE, "dark", "ready"),
    Shot("set", WIDE, "dark", "set"),
    Shot("set-light", LARGE, "light", "set"),
    Shot("set-phone", PHONE, "dark", "set"),
    Shot("rest", WIDE, "light", "rest"),
    Shot("rest-phone", PHONE, "light", "rest"),
    Shot("side", WIDE, "dark", "side"),
    Shot("lost", WIDE, "dark", "lost"),
    Shot("pain-stop", WIDE, "light", "stopped"),
    Shot("summary", WIDE, "dark", "done"),
)


def routine() -> Routine:
    """Two sets of bridges, then a clamshell."""
    bridge, clam = load_exercise("bridge"), load_exercise("clamshell")
    tasks = (
        *(SetTask(bridge, "Bridge", 6, bridge.tempo_s, n, 2, rest_after_s=45.0) for n in (1, 2)),
        SetTask(clam, "Clamshell", 3, clam.tempo_s, 1, 1, "right", rest_after_s=30.0, item=1),
    )
    return Routine("Beginner", tasks, load_safety().pain, guided=True)


def until(page: Page, condition: str, timeout_s: float = 90.0) -> None:
    """Waits until the page says so (its own security policy forbids the browser driver to wait inside it)."""
    give_up_s = time.monotonic() + timeout_s
    while not page.evaluate(condition):
        if time.monotonic() > give_up_s:
            sys.exit(f"gave up waiting for: {condition}")
        page.wait_for_timeout(50)


def state(page: Page, name: str, more: str = "true") -> None:
    """Waits until the page is in a state."""
    until(page, f"repband.state?.state === '{name}' && ({more})")


def play(page: Page, stage: Stage, scene: str) -> None:
    """Brings the session to a scene."""
    state(page, "idle", "repband.state.sensor.state === 'ok'")
    if scene == "idle":
        return
    page.click("#start-button")
    state(page, "ready")
    if scene == "ready":
        return
    state(page, "set", "repband.state.said >= 4 && ['out', 'hold'].includes(repband.state.phase.name)")
    if scene == "lost":
        stage.wearer.lose_link(120.0)
        until(page, "repband.state.sensor.silent_s >= 4")
    if scene in ("set", "lost"):
        page.wait_for_timeout(350)
        return
    state(page, "rest")
    page.click("#effort button:nth-child(5)")
    page.click(f"#pain button:nth-child({7 if scene == 'stopped' else 2})")
    page.wait_for_timeout(400)
    if scene in ("rest", "stopped"):
        return
    page.click("#rest-skip")
    state(page, "set", "repband.state.said >= 6")
    state(page, "rest")
    page.click("#rest-skip")
    state(page, "side")
    if scene == "done":
        page.click("#side-button")
        state(page, "set", "repband.state.said >= 3")
        state(page, "closing")
        page.click("#rest-skip")
        state(page, "done")


def take(shot: Shot) -> None:
    """Takes one picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Recorder(Path(folder) / "shown.mcap", RecordingMeta(exercise="bridge")) as keeper,
        Stage(routine(), speed=4.0, seed=3, keeper=keeper) as stage,
        sync_playwright() as playwright,
    ):
        chromium = os.environ.get("REPBAND_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=shot.size, color_scheme=shot.scheme)
        page.goto(stage.url)
        play(page, stage, shot.scene)
        page.screenshot(path=HERE / f"{shot.name}.png")
        browser.close()


def main(names: list[str]) -> None:
    """Takes the pictures that are named, or all."""
    for shot in SHOTS:
        if not names or shot.name in names:
            take(shot)
            print(shot.name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
