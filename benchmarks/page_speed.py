"""How quick the live page is: from a rep's announcement to its number on the page, frames a second, memory in an hour.

    python benchmarks/page_speed.py [--reps 60] [--watch 20] [--hour-speed 20] [--only latency|frames|memory]

Real headless Chromium (REPBAND_CHROMIUM, else /usr/bin/chromium) against the real server and a virtual wearer on the
same machine. The latency runs from the listener's call in the engine's thread to the first task behind the frame in
which the number was painted. For the hour the wearer lives faster, and the page is told as often as in a real hour.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from playwright.sync_api import Page, sync_playwright
from repband.exercise import load_exercise, load_safety
from repband.web.board import EVERY_S
from repband.web.stage import Stage
from repband.workout import Routine, SetTask

HOUR_S = 3600.0


def routine(reps: int, sets: int = 3, rest_s: float = 5.0) -> Routine:
    """Sets of bridges."""
    bridge = load_exercise("bridge")
    task = SetTask(bridge, "Bridge", reps, bridge.tempo_s, 1, sets, rest_after_s=rest_s)
    tasks = tuple(replace(task, number=number) for number in range(1, sets + 1))
    return Routine("Benchmark", tasks, load_safety().pain, guided=True)


@contextmanager
def opened(stage: Stage) -> Iterator[Page]:
    """The page in a browser, started."""
    with sync_playwright() as playwright:
        path = os.environ.get("REPBAND_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(stage.url)
        until(page, "repband.state?.state === 'idle' && repband.state.sensor.state === 'ok'")
        page.click("#start-button")
        yield page
        browser.close()


def until(page: Page, condition: str, timeout_s: float = 600.0) -> None:
    """Waits until the page says so."""
    give_up_s = time.monotonic() + timeout_s
    while not page.evaluate(condition):
        if time.monotonic() > give_up_s:
            raise TimeoutError(condition)
        page.wait_for_timeout(200)


def latency(reps: int) -> str:
    """Median and 95th percentile over so many reps, the wearer living four times as fast."""
    with Stage(routine(reps), speed=4.0) as stage, opened(stage) as page:
        until(page, f"repband.latencies_ms.length >= {reps} || repband.state.state === 'closing'")
        found = sorted(page.evaluate("repband.latencies_ms"))
    high = statistics.quantiles(found, n=20)[-1]
    return f"announcement to page: median {statistics.median(found):.0f} ms, 95 % {high:.0f} ms ({len(found)} reps)"


def frames(watch_s: float) -> str:
    """Frames a second during a set at real pace."""
    with Stage(routine(20)) as stage, opened(stage) as page:
        until(page, "repband.state.state === 'set' && repband.state.said >= 1")
        first, begun_s = page.evaluate("repband.frames"), time.monotonic()
        page.wait_for_timeout(watch_s * 1000)
        drawn, lasted_s = page.evaluate("repband.frames") - first, time.monotonic() - begun_s
    return f"frames during a set: {drawn / lasted_s:.0f} a second over {lasted_s:.0f} s"


def memory(speed: float) -> str:
    """What the page holds after each quarter of a simulated hour, garbage collected."""
    long = routine(60, sets=12, rest_s=30.0)
    with Stage(long, speed=speed, every_s=EVERY_S / speed) as stage, opened(stage) as page:
        tools = page.context.new_cdp_session(page)
        held: list[str] = []
        for quarter in range(5):
            _live(stage, page, quarter * HOUR_S / 4.0)
            tools.send("HeapProfiler.collectGarbage")
            used = tools.send("Runtime.getHeapUsage")["usedSize"]
            nodes = tools.send("Memory.getDOMCounters")["nodes"]
            held.append(f"{used / 1e6:.2f} MB and {nodes} nodes at {quarter * 15} min")
        messages = page.evaluate("repband.messages")
    return f"memory: {'; '.join(held)} ({messages} messages)"


def _live(stage: Stage, page: Page, until_s: float) -> None:
    while stage.wearer.now_s < until_s:
        page.wait_for_timeout(500)


def main() -> None:
    """Measures all three."""
    parser = argparse.ArgumentParser(description="Measures the live page.")
    parser.add_argument("--reps", type=int, default=60)
    parser.add_argument("--watch", type=float, default=20.0)
    parser.add_argument("--hour-speed", type=float, default=20.0)
    parser.add_argument("--only", choices=["latency", "frames", "memory"])
    wanted = parser.parse_args()
    measures = {
        "latency": lambda: latency(wanted.reps),
        "frames": lambda: frames(wanted.watch),
        "memory": lambda: memory(wanted.hour_speed),
    }
    for name, measure in measures.items():
        if wanted.only in (None, name):
            print(measure(), flush=True)


if __name__ == "__main__":
    main()
