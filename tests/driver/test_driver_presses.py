"""The sensor's button: a press acts once, however often it is repeated, and a replay takes it from the command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import repband_wire as wire
from hypothesis import given
from hypothesis import strategies as st
from repband.driver.base import Command, Record
from repband.driver.driver import Driver, replay
from repband.driver.presses import Presses
from repband.driver.recorded import recorded_session
from repband.driver.session import Event, Session
from repband.exercise import load_exercise
from repband.journal import Recorder, RecordingMeta
from repband.reps import RepCounted
from repband.simulate import SetPlan, VirtualSensor
from repband.source import Frame
from repband.workout import EndReason, Paused, Resumed, SetEnded, Target, WorkoutDone, routine_of

BRIDGE = load_exercise("bridge")
SESSION, FIRST = 7, 100


def press(number: int, kind: int = wire.PRESS_SHORT, *, index: int = 500, session: int = SESSION) -> Frame:
    return Frame(wire.Press(session, index, number, kind).encode(), 1.0)


def begun() -> Presses:
    """With the first sample heard."""
    presses = Presses()
    presses.command(Frame(wire.Format(SESSION, FIRST, 0, 5200, 1).encode(), 0.0))
    return presses


def test_short_is_toggle_and_long_is_stop() -> None:
    presses = begun()
    frames = [press(0), press(1, wire.PRESS_LONG), press(2, index=FIRST)]
    assert [presses.command(frame) for frame in frames] == ["toggle", "stop", "toggle"]


@given(st.lists(st.integers(0, 3), min_size=1))
def test_each_press_acts_once_in_whatever_order_its_repeats_come(numbers: list[int]) -> None:
    presses = begun()
    acted = [number for number in numbers if presses.command(press(number))]
    assert acted == list(dict.fromkeys(numbers))


def test_the_count_may_go_round_and_begins_anew_with_another_session() -> None:
    presses = begun()
    frames = [press(65535), press(0), press(65535), press(0, session=8, index=3), press(0, session=8, index=3)]
    assert [presses.command(frame) for frame in frames] == ["toggle", "toggle", None, "toggle", None]


def test_a_press_from_before_the_first_sample_is_none() -> None:
    assert Presses().command(press(0)) is None
    presses = begun()
    assert presses.command(press(0, index=FIRST - 1)) is None
    assert presses.command(press(1, index=FIRST)) == "toggle"


@pytest.mark.parametrize("data", [b"", b"\x9b", press(0, 3).data, press(0).data[:-1], b"\xab" + press(0).data[1:]])
def test_what_this_host_does_not_know_is_none(data: bytes) -> None:
    presses = begun()
    assert presses.command(Frame(data, 1.0)) is None
    assert presses.command(press(9)) == "toggle"


class Pressed:
    """A virtual sensor whose button is pressed before some of its packets; each press comes three times."""

    name = "pressed"

    def __init__(self, presses: dict[int, int]) -> None:
        self._presses = presses

    def __iter__(self) -> Iterator[Frame]:
        plan = SetPlan("bridge", 8, lead_s=3.0, tail_s=14.0)
        newest: wire.Stream | None = None
        for n, frame in enumerate(VirtualSensor(plan, 7).frames()):
            message = wire.decode(frame.data)
            newest = message if isinstance(message, wire.Stream) else newest
            due = [(at, kind) for at, kind in self._presses.items() if at in (n, n - 4, n - 8)]
            for at, kind in due:
                assert newest is not None
                yield Frame(wire.Press(newest.session, newest.index, at, kind).encode(), frame.arrival_s)
            yield frame

    def close(self) -> None:
        pass


def live(path: Path, presses: dict[int, int]) -> tuple[list[Event], list[Record | None]]:
    events: list[Event] = []
    records: list[Record | None] = []

    def listen(record: Record | None, said: Sequence[Event]) -> None:
        records.append(record)
        events.extend(said)

    session = Session(routine_of(BRIDGE, Target(1, 8)))
    with Recorder(path, RecordingMeta(exercise="bridge", target_reps=8, detector="test")) as recorder:
        driver = Driver(session, recorder, [listen], clock=lambda: 0.0)
        driver.ask("start")
        driver.run(Pressed(presses))
    return events, records


def test_presses_pause_and_end_the_set_and_a_replay_gives_the_same(tmp_path: Path) -> None:
    presses = {100: wire.PRESS_SHORT, 160: wire.PRESS_SHORT, 250: wire.PRESS_LONG}
    path = tmp_path / "pressed.mcap"
    events, records = live(path, presses)
    commands = [record.name for record in records if isinstance(record, Command)]
    assert commands == ["start", "toggle", "toggle", "stop"]
    kinds = [type(event) for event in events if isinstance(event, Paused | Resumed | SetEnded | WorkoutDone)]
    assert kinds == [Paused, Resumed, SetEnded, WorkoutDone]
    (ended,) = (event for event in events if isinstance(event, SetEnded))
    assert ended.summary.ended is EndReason.STOPPED
    pause = [type(event) for event in events].index(Paused)
    resume = [type(event) for event in events].index(Resumed)
    assert not [event for event in events[pause:resume] if isinstance(event, RepCounted)]

    recorded = recorded_session(path)
    kept = list(recorded.records)
    first_press = next(n for n, record in enumerate(kept) if isinstance(record, Frame) and record.data[0] == 0x9B)
    assert kept[first_press + 1] == Command("toggle", kept[first_press + 1].at_index)  # type: ignore[union-attr]
    again: list[Event] = []
    replay(kept, Session(recorded.routine), [lambda _, said: again.extend(said)])
    assert again == events
