"""The whole engine: live, recorded and replayed are one; commands count from their sample."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from repband.driver.base import Command, Record, Tick
from repband.driver.driver import TICK_S, Driver, replay
from repband.driver.recorded import recorded_session
from repband.driver.session import Event, Session
from repband.errors import JournalError, SourceError
from repband.exercise import load_exercise
from repband.journal import Recorder, RecordingMeta
from repband.reps import RepCounted, RepMeasured
from repband.simulate import LinkModel, SetPlan, VirtualSensor
from repband.source import Arrival, Frame
from repband.stream import Gap
from repband.workout import Corrected, EndReason, SetArmed, SetEnded, Target, WorkoutDone, routine_of

BRIDGE = load_exercise("bridge")
PLAN = SetPlan("bridge", 4, lead_s=3.0, tail_s=14.0)
LOSSY = LinkModel(loss=0.05, loss_burst=4.0, duplicates=0.02, reorders=0.02, jitter_s=0.05)


class Listening:
    """Collects everything a session tells."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.records: list[Record | None] = []

    def __call__(self, record: Record | None, events: Sequence[Event]) -> None:
        self.records.append(record)
        self.events.extend(events)

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


class Acting:
    """A source during which the wearer does something after some arrivals."""

    def __init__(self, arrivals: Sequence[Arrival], driver: Driver, deeds: dict[int, str]) -> None:
        self._arrivals, self._driver, self._deeds = arrivals, driver, deeds

    name = "acting"

    def __iter__(self) -> Iterator[Arrival]:
        for n, arrival in enumerate(self._arrivals):
            if n in self._deeds:
                self._driver.ask(self._deeds[n])
            yield arrival

    def close(self) -> None:
        pass


def frozen_clock() -> float:
    return 0.0


def live(
    link: LinkModel | None, path: Path | None = None, deeds: dict[int, str] | None = None
) -> tuple[Listening, Session]:
    sensor = VirtualSensor(PLAN, 7, link=link)
    session, listening = Session(routine_of(BRIDGE, Target(1, 4))), Listening()
    meta = RecordingMeta(exercise="bridge", target_reps=4, detector="test")
    recorder = Recorder(path, meta) if path else None
    driver = Driver(session, recorder, [listening], clock=frozen_clock)
    driver.ask("start")
    driver.run(Acting(sensor.frames(), driver, deeds or {}))
    if recorder:
        recorder.close()
    return listening, session


@pytest.mark.parametrize("link", [None, LOSSY], ids=["clean", "lossy"])
def test_a_replay_gives_the_very_events_of_its_session(link: LinkModel | None, tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    heard, _ = live(link, path, deeds={100: "undo", 150: "add"})
    recorded = recorded_session(path)
    again = Listening()
    replay(recorded.records, Session(recorded.routine), [again])
    assert len(heard.events) > 100
    assert again.events == heard.events
    assert heard.of(Corrected)


def test_a_session_counts_ends_at_its_target_and_sums_up() -> None:
    heard, session = live(None)
    assert [event.number for event in heard.of(RepCounted)] == [1, 2, 3, 4]
    assert [event.rep.number for event in heard.of(RepMeasured)] == [1, 2, 3, 4]
    (ended,) = heard.of(SetEnded)
    assert (ended.summary.counted, ended.summary.said, ended.summary.ended) == (4, 4, EndReason.TARGET)
    assert isinstance(heard.events[0], SetArmed)
    assert isinstance(heard.events[-1], WorkoutDone)
    assert session.done


def test_every_missing_sample_is_in_a_gap() -> None:
    heard, session = live(LOSSY)
    assert session.stats.missing > 0
    assert sum(gap.missing or 0 for gap in heard.of(Gap)) == session.stats.missing


def test_records_are_kept_before_they_act(tmp_path: Path) -> None:
    order: list[str] = []

    class Keeper:
        def write(self, record: Record) -> None:
            order.append(f"kept {type(record).__name__}")

        def write_items(self, items: object) -> None:
            pass

    session = Session(routine_of(BRIDGE, Target(1, 4)))
    driver = Driver(session, Keeper(), [lambda record, _: order.append(f"acted {type(record).__name__}")])
    driver.ask("start")
    driver.run(Acting(VirtualSensor(PLAN, 1).frames()[:20], driver, {}))
    kept, acted = order[:-1:2], order[1:-1:2]  # the last entry is the end of the session, which is no record
    assert len(kept) > 20
    assert [line.replace("kept", "acted") for line in kept] == acted
    assert all(line.startswith("kept") for line in kept)


def test_ticks_follow_the_clock_of_the_arrivals() -> None:
    heard, _ = live(None)
    ticks = [record.now_s for record in heard.records if isinstance(record, Tick)]
    assert all(round(b - a, 9) == TICK_S for a, b in itertools.pairwise(ticks))
    arrivals = [record.arrival_s for record in heard.records if isinstance(record, Frame)]
    assert len(ticks) == pytest.approx((arrivals[-1] - arrivals[0]) / TICK_S, abs=2)


def test_a_command_counts_from_its_sample_however_the_samples_come() -> None:
    frames = VirtualSensor(PLAN, 3).frames()

    def events_with_start(at_index: int, position: int) -> list[Event]:
        session, heard = Session(routine_of(BRIDGE, Target(1, 4))), Listening()
        records: list[Record] = [*frames[:position], Command("start", at_index), *frames[position:]]
        replay(records, session, [heard])
        return heard.events

    early = events_with_start(200, 0)
    assert early == events_with_start(200, 10)
    assert early != events_with_start(0, 0)


def test_a_source_that_fails_leaves_the_session_kept(tmp_path: Path) -> None:
    frames = VirtualSensor(PLAN, 7).frames()

    class Failing:
        name = "failing"

        def __iter__(self) -> Iterator[Arrival]:
            yield from frames[: len(frames) * 2 // 3]
            raise SourceError("the cable was pulled")

        def close(self) -> None:
            pass

    session, heard = Session(routine_of(BRIDGE, Target(1, 4))), Listening()
    path = tmp_path / "cut.mcap"
    with Recorder(path, RecordingMeta(exercise="bridge", target_reps=4, detector="test")) as recorder:
        driver = Driver(session, recorder, [heard])
        driver.ask("start")
        with pytest.raises(SourceError, match="cable"):
            driver.run(Failing())
    (ended,) = heard.of(SetEnded)
    assert ended.summary.ended is EndReason.SOURCE
    assert ended.summary.counted >= 1
    again = Listening()
    recorded = recorded_session(path)
    replay(recorded.records, Session(recorded.routine), [again])
    assert again.events == heard.events


def test_a_listener_or_keeper_that_fails_is_left_out_and_the_session_goes_on() -> None:
    troubles: list[Exception] = []

    class Full:
        def write(self, record: Record) -> None:
            raise JournalError("the disk is full")

        def write_items(self, items: object) -> None:
            raise AssertionError("it is left out after its first failure")

    def failing(record: Record | None, events: Sequence[Event]) -> None:
        raise OSError(28, "No space left on device")

    session, heard = Session(routine_of(BRIDGE, Target(1, 4))), Listening()
    driver = Driver(session, Full(), [failing, heard], troubles.append)
    driver.ask("start")
    driver.run(VirtualSensor(PLAN, 7))
    assert len(heard.of(RepCounted)) == 4
    assert len(troubles) == 2


def test_stopping_ends_the_set_at_once_and_keeps_it() -> None:
    heard, session = live(None, deeds={120: "stop"})
    (ended,) = heard.of(SetEnded)
    assert ended.summary.ended is EndReason.STOPPED
    assert session.done
    assert sum(isinstance(record, Frame) for record in heard.records) <= 125
