"""What people see in a session, as snapshots: REPBAND_UPDATE_SNAPSHOTS=1 writes them anew; look at the difference."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from repband.driver.session import Event
from repband.driver.watch import LooksLike
from repband.exercise import load_exercise
from repband.mount import MountKind, MountWarning
from repband.recognise import Recognition
from repband.reps import Flag, Phase, PhaseTimes, Rep, RepCounted, RepMeasured, RepProgress, RepRejected
from repband.screen.digits import big
from repband.screen.plain import PlainScreen, stats_line
from repband.screen.terminal import TerminalScreen, render
from repband.screen.view import View
from repband.stream import Gap, GapCause, StreamStats
from repband.workout import (
    CheckAt,
    Corrected,
    EndReason,
    Practice,
    RestTick,
    SetArmed,
    SetEnded,
    SetSummary,
    SetTask,
    Step,
    Target,
    WorkoutDone,
)
from rich.console import Console

SNAPSHOTS = Path(__file__).parent.parent / "snapshots" / "screens"
BRIDGE = load_exercise("bridge")


def rep(number: int, out: float = 2.0, hold: float = 2.0, back: float = 2.0, flags: tuple[Flag, ...] = ()) -> Rep:
    start_s = 8.0 * number
    end_s = start_s + out + hold + back
    return Rep(
        number=number,
        announced_s=end_s - 0.2,
        measured_s=end_s + 0.3,
        start_s=start_s,
        half_up_s=start_s + out / 2,
        turn_s=start_s + out,
        half_down_s=end_s - back / 2,
        end_s=end_s,
        excursion_deg=17.0 + number,
        tempo_s=PhaseTimes(None if number == 1 else 1.0, out, hold, back),
        tempo_sd_s=PhaseTimes(None, 0.1, 0.1, 0.1),
        flags=flags,
    )


REPS = (rep(1), rep(2, out=1.2), rep(3, hold=0.6), rep(4, back=3.1, flags=(Flag.GAP,)))
SUMMARY = SetSummary(1, "bridge", 4, 4, 5, 4, 5, 0.0, 50.0, EndReason.TARGET, REPS, ())
ARMED = SetArmed(1, 4, 0.0)
SESSION: tuple[Event, ...] = (
    ARMED,
    RepRejected(1.0, 1.6, "too-small", 1.8),
    RepProgress(9.0, Phase.OUT, 1.2, 11.0),
    *(event for one in REPS for event in (RepCounted(one.number, one.announced_s), RepMeasured(one))),
    Gap(33.0, 34.2, 62, GapCause.LOST),
    MountWarning(MountKind.SLIPPED, 40.0, "The sensor lies 20 degrees otherwise", "Tighten the strap"),
    LooksLike(41.0, Recognition("clamshell", 0.97, "why")),
    Corrected(1, 4, 5),
    SetEnded(SUMMARY),
)

TASK = SetTask(BRIDGE, BRIDGE.title, 4, BRIDGE.tempo_s)
MOVES = tuple(RepProgress(0.2 * n, Phase.REST, 0.0, 30.0 * math.sin(n / 8) ** 2) for n in range(60))
CHECK: dict[Step, tuple[Event, ...]] = {
    Step.MOVE: (CheckAt(Step.MOVE, 0.0, TASK, True), *MOVES),
    Step.GET_READY: (CheckAt(Step.GET_READY, 12.0, TASK, True, 30.0),),
    Step.REPS: (
        CheckAt(Step.REPS, 14.0, TASK, True, 30.0),
        *(Practice(event) for one in REPS[:2] for event in (RepCounted(one.number, 20.0), RepMeasured(one))),
        Practice(RepRejected(31.0, 31.6, "too-small", 31.8)),
        *(RepProgress(32.0 + 0.2 * n, Phase.REST, 0.0, abs(19.0 * math.sin(n / 16))) for n in range(40)),
    ),
    Step.ASK: (CheckAt(Step.ASK, 40.0, TASK, True, 30.0, 2),),
    Step.HOW_MANY: (CheckAt(Step.HOW_MANY, 41.0, TASK, True, 30.0, 2),),
    Step.HELP: (CheckAt(Step.HELP, 42.0, TASK, True, 30.0, 2, 3),),
}


def matches(name: str, text: str) -> None:
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("REPBAND_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def seen(events: Sequence[Event], width: int = 100, height: int = 30) -> str:
    view = View(BRIDGE, Target(2, 4), "virtual sensor (bridge)")
    view.apply(None, events)
    console = Console(width=width, height=height, color_system=None, force_terminal=True, legacy_windows=False)
    with console.capture() as captured:
        console.print(render(view, width, height))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("ready", (ARMED,)),
        ("lifting", (*SESSION[:9], RepProgress(40.0, Phase.OUT, 1.2, 14.0))),
        ("warned", SESSION[:-2]),
        ("corrected", SESSION[:-1]),
        ("resting", (*SESSION, RestTick(42.0))),
        ("done", (*SESSION, WorkoutDone((SUMMARY,)))),
    ],
)
def test_terminal(name: str, events: Sequence[Event]) -> None:
    matches(f"terminal-{name}", seen(events))


@pytest.mark.parametrize("step", [Step.MOVE, Step.REPS, Step.ASK, Step.HELP])
def test_the_check_of_a_new_sensor(step: Step) -> None:
    until = list(CHECK).index(step) + 1
    matches(f"terminal-check-{step}", seen([event for part in list(CHECK.values())[:until] for event in part]))


def test_the_check_in_a_small_terminal() -> None:
    text = seen(CHECK[Step.MOVE], width=50, height=16)
    assert max(map(len, text.splitlines())) <= 50
    assert len(text.splitlines()) <= 16
    assert "█" in text


def test_before_the_sensor_is_there_nobody_is_asked_to_begin() -> None:
    assert "WAITING  for the sensor" in seen([])
    assert "WAITING" not in seen([ARMED])


def test_that_nothing_moves_is_shown_until_it_does() -> None:
    still = MountWarning(MountKind.STILL, 10.0, "The sensor has not moved", "Check the strap")
    begun = CHECK[Step.MOVE][0]
    assert "not moved" in seen([begun, still, RepProgress(11.0, Phase.REST, 0.0, 1.0)])
    assert "not moved" not in seen([begun, still, RepProgress(11.0, Phase.REST, 0.0, 8.0)])


def test_after_the_check_the_set_is_shown() -> None:
    events = [*CHECK[Step.MOVE], CheckAt(Step.OVER, 50.0, TASK, True, 30.0, 3, 3), ARMED]
    assert seen(events) == seen([ARMED])


ENDS = [
    CheckAt(Step.HELP, 42.0, TASK, True, 30.0, 0, 3),
    CheckAt(Step.HELP, 42.0, TASK, True, 30.0, 5, 3),
    CheckAt(Step.OVER, 42.0, TASK, True, 30.0, 3, 3),
    CheckAt(Step.OVER, 42.0, TASK, True, 30.0, 0, None),
    CheckAt(Step.OVER, 42.0, TASK, False, 30.0, 3, None),
    CheckAt(Step.OVER, 42.0, TASK, False, 0.0, 0, None),
]


def test_the_check_in_plain_lines() -> None:
    lines: list[str] = []
    screen = PlainScreen(View(BRIDGE, Target(2, 4), "virtual sensor (bridge)"), lines.append)
    for part in CHECK.values():
        screen(None, part)
    for end in ENDS:
        lines.append("")
        screen(None, (end,))
    matches("plain-check", "\n".join(lines) + "\n")


def test_a_small_terminal_still_shows_the_number_and_the_phase() -> None:
    text = seen(SESSION[:9], width=60, height=18)
    matches("terminal-small", text)
    assert max(map(len, text.splitlines())) <= 60


def test_plain_lines() -> None:
    lines: list[str] = []
    view = View(BRIDGE, Target(2, 4), "virtual sensor (bridge)")
    PlainScreen(view, lines.append)(None, SESSION)
    lines.append(stats_line(StreamStats(samples=3000, missing=62, gaps=1, late=10, rate_hz=52.03)))
    matches("plain", "\n".join(lines) + "\n")


@pytest.mark.parametrize("number", [0, 7, 10, 128])
@pytest.mark.parametrize(("width", "height"), [(20, 5), (80, 14), (200, 40)])
def test_numbers_are_as_large_as_the_room_allows(number: int, width: int, height: int) -> None:
    rows = big(number, width, height)
    assert len({len(row) for row in rows}) == 1
    scale = len(rows) // 5
    assert scale == 1 or (len(rows) <= height and len(rows[0]) <= width)
    bigger = 2 * (scale + 1) * (4 * len(str(number)) - 1), 5 * (scale + 1)
    assert bigger[0] > width or bigger[1] > height


def test_the_bell_rings_once_for_each_announced_rep() -> None:
    console = Console(force_terminal=True, width=80, height=24)
    view = View(BRIDGE, Target(), "virtual sensor")
    screen = TerminalScreen(view, console)
    with console.capture() as captured:
        screen(None, SESSION)
        screen(None, (Practice(RepProgress(1.0, Phase.OUT, 1.0, 9.0)),))
    assert captured.get().count("\a") == 1
