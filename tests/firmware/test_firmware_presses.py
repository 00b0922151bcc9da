"""The button, from the pin of a simulated board to the session on the host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire
from air import Air
from repband.driver.base import Command, Record
from repband.driver.driver import Driver, replay
from repband.driver.recorded import recorded_session
from repband.driver.session import Event, Session
from repband.exercise import load_exercise
from repband.journal import History, Recorder, RecordingMeta
from repband.journal.keeper import HistoryKeeper
from repband.simulate import SetPlan, simulate_set
from repband.source.firmware import FirmwareSource
from repband.workout import EndReason, Paused, Resumed, SetEnded, Target, WorkoutDone, routine_of

pytestmark = pytest.mark.usefixtures("micropython")

RATE_HZ, SPEED = 50.0, 5.0
# Presses are held well away from the limits of 0.04, 1 and 5 s: a busy machine makes simulated time uneven.
MOST_SENT = 1 + 5  # at once, and five repeats
PIN = 37


def pressed(accel_g: np.ndarray, presses: str, **config: object) -> FirmwareSource:
    """The firmware, its button pressed: "AT,FOR ..." in s."""
    return FirmwareSource(
        accel_g,
        RATE_HZ,
        speed=SPEED,
        config={"button": PIN, **config},
        environment={"REPBAND_SIM_PRESS": " ".join(f"{PIN},{one}" for one in presses.split())},
    )


def still(seconds: float) -> np.ndarray:
    return np.tile([0.0, 0.0, 1.0], (round(seconds * RATE_HZ), 1))


def messages(source: FirmwareSource) -> list[wire.Press]:
    decoded = [wire.decode(frame.data) for frame in source]
    return [message for message in decoded if isinstance(message, wire.Press)]


@pytest.mark.parametrize("payload", [20, 244])
def test_each_press_is_told_at_once_and_repeated_alike_for_five_seconds(payload: int) -> None:
    heard = messages(pressed(still(16), "2,0.4 9,1.6", serial_payload=payload))
    assert [press.number for press in heard] == [0] * MOST_SENT + [1] * MOST_SENT
    assert len(set(heard)) == 2
    short, long = heard[0], heard[-1]
    assert (short.kind, long.kind) == (wire.PRESS_SHORT, wire.PRESS_LONG)
    assert short.session == long.session
    # The board boots some tenths of a second before its first sample, and looks at the button every 20 ms.
    assert short.index == pytest.approx(2.4 * RATE_HZ, abs=1.0 * RATE_HZ)
    assert long.index - short.index == pytest.approx(8.2 * RATE_HZ, abs=0.3 * RATE_HZ)


def test_presses_soon_after_each_other_are_repeated_in_their_order() -> None:
    numbers = [press.number for press in messages(pressed(still(12), "2,0.4 3,0.4 4,0.4"))]
    assert numbers[0] == 0
    assert sorted(numbers) == [0] * MOST_SENT + [1] * MOST_SENT + [2] * MOST_SENT
    assert list(dict.fromkeys(numbers)) == [0, 1, 2]


def test_a_press_for_the_pairing_window_is_not_told() -> None:
    assert not messages(pressed(still(12), "4,6"))


@pytest.fixture(params=["nimble", "btstack"])
def air(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Air]:
    air = Air(tmp_path, request.param)
    yield air
    air.end()


def told(air: Air) -> list[wire.Press]:
    return [message for message in air.messages if isinstance(message, wire.Press)]


def test_over_the_air_too_and_a_drop_at_that_moment_loses_no_press(air: Air) -> None:
    air.connect(mtu=23)
    session, index = (int(air.start()[name]) for name in ("session", "index"))
    air.press(0.5)
    first, *_ = air.until(lambda: told(air))
    assert (first.session, first.number, first.kind) == (session, 0, wire.PRESS_SHORT)
    assert first.index >= index
    air.peer.disconnect()
    air.press(2.0)
    air.messages.clear()
    air.connect()
    air.start(session, air.next_index)
    air.until(lambda: [press for press in told(air) if (press.number, press.kind) == (1, wire.PRESS_LONG)])
    assert all(press == first for press in told(air) if press.number == 0)


def test_a_host_that_does_not_stream_is_told_of_no_press(air: Air) -> None:
    air.connect()
    air.press(0.5)
    air.info()
    assert not told(air)


class Live:
    """One set of bridges on the firmware in a pipe, its button pressed, recorded and kept."""

    def __init__(self, folder: Path, presses: str) -> None:
        self.path = folder / "pressed.mcap"
        self.events: list[Event] = []
        self.commands: list[Command] = []
        self.session = Session(routine_of(load_exercise("bridge"), Target(1, 8)))
        accel_g = simulate_set(SetPlan("bridge", 8, lead_s=4.0, tail_s=10.0, rate_hz=RATE_HZ, gyro=False), 3).accel_g
        meta = RecordingMeta(exercise="bridge", target_reps=8, detector="test")
        keeping = HistoryKeeper(meta, self.path, lambda: self.session.stats, target_sets=1)
        with Recorder(self.path, meta) as recorder, keeping as keeper:
            driver = Driver(self.session, recorder, [self.listen, keeper])
            driver.ask("start")
            driver.run(pressed(accel_g, presses))

    def listen(self, record: Record | None, events: Sequence[Event]) -> None:
        self.events.extend(events)
        if isinstance(record, Command):
            self.commands.append(record)

    def turns(self) -> list[type]:
        return [type(event) for event in self.events if isinstance(event, Paused | Resumed | SetEnded | WorkoutDone)]

    def replayed(self) -> list[Event]:
        recorded = recorded_session(self.path)
        events: list[Event] = []
        replay(recorded.records, Session(recorded.routine), [lambda _, said: events.extend(said)])
        return events


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    return tmp_path


def test_short_pauses_and_resumes_long_ends_and_a_replay_gives_the_same(home: Path) -> None:
    live = Live(home, "12,0.4 15,0.4 27,1.6")
    assert [command.name for command in live.commands] == ["start", "toggle", "toggle", "stop"]
    assert live.turns() == [Paused, Resumed, SetEnded, WorkoutDone]
    assert live.session.done
    assert live.replayed() == live.events


def test_a_set_ended_by_the_button_is_kept(home: Path) -> None:
    live = Live(home, "20,1.6")
    (ended,) = (event.summary for event in live.events if isinstance(event, SetEnded))
    assert ended.ended is EndReason.STOPPED
    assert ended.counted >= 2
    with History() as history:
        (session,) = history.sessions()
        (kept,) = history.session(session.id).sets
    assert (kept.counted, kept.ended_why) == (ended.counted, "stopped")
    assert live.replayed() == live.events
