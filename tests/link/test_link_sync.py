"""Reps that the sensor counted by itself come into the history: once, however often that is interrupted."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pty_board import RATE_HZ, PtyBoard, counts_of
from repband.cli.device import command
from repband.errors import SourceError
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.journal import History, RecordingMeta, overview
from repband.journal.synced import Sensor, keep_synced, kept_below
from repband.link.devicelog import parse, read_log
from repband.report.gather import gather
from repband.report.page import report_html
from repband.report.span import Span
from repband.report.terminal import session_cells
from repband.reps import Flag, PhaseTimes, Rep
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.source.firmware import find_interpreter
from repband_wire import control, events

SENSOR = Sensor("Anna", "sensor 0.1.0", "left")
NOW = "2025-03-02T12:00:00+01:00"


class Log:
    """A sensor's log as a dialogue reads it, which may break at any step."""

    def __init__(self, identity: int = 77) -> None:
        self.identity, self.first, self.boot, self.uptime_s = identity, 0, 0, 10000
        self.records: list[tuple[int, bytes]] = []
        self.breaks_after: int | None = None
        self.open_reps = 0

    def _step(self) -> None:
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                raise SourceError("the link broke", where="Anna", cure="try again")

    def add(self, kind: int, layout: str, *values: int | bytes) -> None:
        self.records.append((kind, struct.pack(layout, *values).ljust(events.ENTRY_BODY, b"\0")))

    def begin_boot(self, number: int) -> None:
        self.boot = number
        self.add(events.ENTRY_BOOT, "<H", number)

    def begin_set(self, began_s: int, exercise: str = "bridge") -> None:
        self.add(events.ENTRY_SET, "<HI", self.boot, began_s)
        self.add(events.ENTRY_NAME, f"{events.ENTRY_BODY}s", exercise.encode())

    def rep(self, number: int, since_s: int, flags: int = 0) -> None:
        self.add(events.ENTRY_REP, "<HHHHHHB", number, since_s, 150, 200, 120, 163, flags)

    def a_set(self, began_s: int, reps: int, *, first: int = 1, ends: bool = True, exercise: str = "bridge") -> None:
        self.begin_set(began_s, exercise)
        for number in range(first, reps + 1):
            self.rep(number, 5 * number)
        self.open_reps = reps
        if ends:
            self.add(events.ENTRY_SET_END, "<HH", reps, 5 * reps)

    def log_page(self, number: int) -> tuple[dict[str, int | bytes], list[wire.Entry]]:
        self._step()
        values = (self.first, len(self.records), self.uptime_s, self.boot, self.identity)
        names = ("first", "next", "uptime_s", "boot", "log")
        begin = max(self.first, number)
        entries = [wire.Entry(at, *self.records[at]) for at in range(begin, min(len(self.records), begin + 8))]
        return dict(zip(names, values, strict=True)), entries

    def ask(self, code: int, *values: int) -> dict[str, int]:
        self._step()
        if code == control.LOG_CLEAR:
            self.first = max(self.first, values[0])
        else:
            assert code == control.ZERO_COUNTER
            self.add(events.ENTRY_SET_END, "<HH", self.open_reps, 60)
        self._step()  # done, and nobody heard of it
        return {}


def sync(log: Log, history: History):
    found = read_log(log, lambda identity: kept_below(history, identity))
    done = keep_synced(history, found, SENSOR)
    log.ask(control.LOG_CLEAR, found.below)
    return found, done


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.sqlite", now=lambda: NOW) as history:
        yield history


def reps_of(history: History) -> list[list[int]]:
    return [[one.counted for one in line.sets] for line in overview(history)]


def test_sets_become_sessions_with_what_the_sensor_knows(history: History) -> None:
    log = Log()
    log.begin_boot(3)
    log.a_set(1000, 8)
    log.begin_set(1200)
    log.rep(1, 5, events.REP_PARTIAL | events.REP_GAP)
    log.add(events.ENTRY_SET_END, "<HH", 1, 9)
    log.a_set(9000, 4, exercise="squat")
    _, done = sync(log, history)
    assert reps_of(history) == [[8, 1], [4]]
    assert (len(done.sessions), done.reps) == (2, 13)
    first = history.session(done.sessions[0])
    assert first.started == "2025-03-02T09:30:00+01:00"  # 9000 s before now
    assert first.ended == "2025-03-02T09:33:29+01:00"
    assert (first.sensor, first.detector, first.side, first.exercise) == ("Anna", "sensor 0.1.0", "left", "bridge")
    assert first.quality["counted_by_sensor"] == 1
    assert first.quality["started_sd_s"] == pytest.approx(1 + 0.01 * 9000)
    one, other = first.sets
    assert (one.counted, one.device_counted) == (8, None)  # there is no second count to compare
    assert (one.ended_why, one.ended_s) == ("sensor", 40)
    rep = one.reps[1]
    assert (rep.tempo_s.out, rep.tempo_s.hold, rep.tempo_s.back, rep.excursion_deg) == (1.5, 2.0, 1.2, 16.3)
    assert rep.end_s == 10
    assert rep.start_s == pytest.approx(10 - 4.7)
    assert other.reps[0].flags == (Flag.PARTIAL, Flag.GAP)
    assert log.first == len(log.records)


def test_sets_of_an_earlier_boot_stand_at_the_latest_moment_they_can_have_been(history: History) -> None:
    log = Log()
    log.begin_boot(3)
    log.a_set(1000, 8, ends=False)  # its battery was empty
    log.boot = 0  # nothing was written since
    _, done = sync(log, history)
    session = history.session(done.sessions[0])
    assert session.started == "2025-03-02T09:12:40+01:00"  # ends when the sensor was switched on 10000 s ago
    assert session.quality == {"counted_by_sensor": 1.0, "started_at_latest": 1.0}
    assert session.sets[0].ended_why == "sensor-off"


def test_reports_say_that_the_sensor_counted_alone(history: History) -> None:
    log = Log()
    log.begin_boot(3)
    log.a_set(1000, 8)
    log.boot = 0
    sync(log, history)
    (line,) = overview(history)
    assert "counted by the sensor, then or before" in session_cells(line)
    page = report_html(gather(history, Span(line.day, line.day), line.day))
    assert "Counted by the sensor alone" in page
    assert "of 1 it is only known that they were not later" in page
    assert "Sensor and computer agree" not in page


def test_a_set_under_way_stays_until_it_is_over(history: History) -> None:
    log = Log()
    log.begin_boot(1)
    log.a_set(1000, 8)
    log.a_set(9960, 3, ends=False)
    found, _ = sync(log, history)
    assert found.under_way is not None
    assert reps_of(history) == [[8]]
    log.rep(4, 38)
    log.add(events.ENTRY_SET_END, "<HH", 4, 39)
    found, _ = sync(log, history)
    assert found.under_way is None
    assert reps_of(history) == [[8], [4]]


def test_a_set_that_its_wearer_left_is_ended(history: History) -> None:
    log = Log()
    log.begin_boot(1)
    log.a_set(9000, 8, ends=False)
    found, done = sync(log, history)
    assert (found.under_way, done.reps) == (None, 8)
    assert log.records[-1][0] == events.ENTRY_SET_END
    assert [len(one.reps) for session in history.sessions() for one in session.sets] == [8]


def keep_here(history: History, ends_s: list[float]) -> None:
    """A session on this computer from 11:00 on, with reps that end so many seconds after."""
    here = RecordingMeta(started="2025-03-02T11:00:00+01:00", exercise="bridge", detector="2")
    history.start_session(here, recording="set.mcap")
    one = history.start_set(here.session, 1)
    tempo, sd = PhaseTimes(None, 1.5, 2.0, 1.2), PhaseTimes(None, 0.1, 0.1, 0.1)
    for number, end_s in enumerate(ends_s, 1):
        begun = end_s - 4.7
        rep = Rep(number, end_s, end_s, begun, begun + 0.7, begun + 2.5, end_s - 0.6, end_s, 16.3, tempo, sd)
        history.add_rep(one, rep)
    history.end_session(here.session)


def test_reps_that_a_session_here_counted_are_left_out(history: History) -> None:
    """After a drop the session fetches the samples and counts them; the sensor had kept the reps meanwhile."""
    keep_here(history, [30 + 5 * number - 1.5 for number in range(1, 7)])
    log = Log()
    log.begin_boot(1)
    log.a_set(10000 - 3600 + 30, 12, first=3)  # reps 3 to 12 at 11:00:45, 50, ...; 3 to 6 were counted here, too
    _, done = sync(log, history)
    assert done.counted_here == 4
    assert [one.counted for one in history.session(done.sessions[0]).sets] == [6]
    assert done.reps == 6


@pytest.mark.parametrize("ends_s", [[], [5.0, 10.0, 15.0]], ids=["nothing counted", "counted before the loss"])
def test_reps_in_a_session_that_lost_its_sensor_are_kept(history: History, ends_s: list[float]) -> None:
    """The session went on without samples: what the sensor counted then is nowhere else."""
    keep_here(history, ends_s)  # it ends at noon
    log = Log()
    log.begin_boot(1)
    log.a_set(10000 - 3600 + 600, 12)
    _, done = sync(log, history)
    assert (done.counted_here, done.reps) == (0, 12)


def test_reps_for_which_the_sensor_had_no_room_are_counted_all_the_same(history: History) -> None:
    log = Log()
    log.begin_boot(1)
    log.begin_set(1000)
    log.rep(1, 5)
    log.rep(2, 10)
    log.add(events.ENTRY_SET_END, "<HH", 9, 50)
    _, done = sync(log, history)
    (one,) = history.session(done.sessions[0]).sets
    assert (one.counted, len(one.reps)) == (9, 2)


def full_log() -> Log:
    log = Log()
    log.begin_boot(1)
    log.a_set(500, 6, ends=False)
    log.begin_boot(2)
    log.a_set(1000, 8)
    log.a_set(1200, 7)
    log.a_set(9000, 5, exercise="clamshell")
    return log


@pytest.mark.parametrize("when", range(10))
def test_a_cut_at_any_step_loses_nothing_and_doubles_nothing(history: History, when: int) -> None:
    log = full_log()
    log.breaks_after = when
    try:
        sync(log, history)
    except SourceError:
        pass
    else:
        assert when >= 8, "the cuts reach every step"
    log.breaks_after = None
    log.a_set(9200, 4, exercise="clamshell")  # close to what may be kept already
    sync(log, history)
    sync(log, history)
    assert sorted(one for line in reps_of(history) for one in line) == [4, 5, 6, 7, 8]
    assert log.first == len(log.records)


def test_a_cut_while_it_is_kept_keeps_all_or_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    log, calls = full_log(), 0
    from repband.journal import synced

    insert = synced.insert

    def failing(*args, **options):
        nonlocal calls
        calls += 1
        if calls == at:
            raise KeyboardInterrupt
        return insert(*args, **options)

    monkeypatch.setattr(synced, "insert", failing)
    for at in range(1, 40, 4):  # noqa: B007 - read where it is called
        calls = 0
        with pytest.raises(KeyboardInterrupt):
            sync(log, history)
        assert history.sessions() == []
        assert log.first == 0
    monkeypatch.setattr(synced, "insert", insert)
    sync(log, history)
    assert sorted(one for line in reps_of(history) for one in line) == [5, 6, 7, 8]


def test_two_sensors_do_not_hide_each_other(history: History) -> None:
    first, second = full_log(), full_log()
    second.identity = 78
    sync(first, history)
    sync(second, history)
    assert len(history.sessions()) == 6
    reset = Log(identity=77)  # its flash was made anew, and by chance the identity is the same
    reset.begin_boot(1)
    reset.a_set(100, 3)
    sync(reset, history)
    assert len(history.sessions()) == 7


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(min_size=14, max_size=14)), max_size=40))
def test_any_records_are_read(records: list[tuple[int, bytes]]) -> None:
    sets = parse([wire.Entry(number, *record) for number, record in enumerate(records)])
    assert sum(len(one.reps) for one in sets) <= sum(kind == events.ENTRY_REP for kind, _ in records)


# With the firmware itself.


@pytest.mark.slow
@pytest.mark.skipif(
    os.name == "nt" or find_interpreter() is None,
    reason="needs a MicroPython interpreter (pip install 'repband[firmware]') and pseudo-terminals",
)
@pytest.mark.parametrize("restarted", [False, True], ids=["still on", "restarted"])
def test_what_the_firmware_counted_alone_is_in_the_history_once(tmp_path, monkeypatch, restarted) -> None:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "home"))
    plan = SetPlan("bridge", 4, tempo_s=Tempo(1.5, 2.0, 1.5, 1.5), lead_s=8.0, tail_s=75.0, rate_hz=RATE_HZ, gyro=False)
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "bridge.table").write_bytes(device_table(load_exercise("bridge")))
    config = {"exercise": "bridge", "name": "Anna", "side": "right"}
    board = PtyBoard(tmp_path, counts_of(simulate_set(plan, 3).accel_g), speed=20.0, config=config)

    def device_sync() -> str:
        done = CliRunner().invoke(command, ["sync", "--serial", str(board.port)])
        assert done.exit_code == 0, done.exception or done.output
        return done.output

    try:
        assert board.done.wait(60)
        if restarted:
            np.zeros((0, 3), "<i2").tofile(tmp_path / "rows.bin")
            board.kill()
        assert "kept: 1 session, 4 reps" in device_sync()
        assert "nothing new" in device_sync()
    finally:
        board.close()
    with History() as history:
        (session,) = history.sessions()
    assert (session.sensor, session.side, session.exercise) == ("Anna", "right", "bridge")
    assert [(one.counted, len(one.reps)) for one in session.sets] == [(4, 4)]
    assert all(rep.excursion_deg > 8 and rep.tempo_s.hold > 0.5 for rep in session.sets[0].reps)
    assert bool(session.quality.get("started_at_latest")) == restarted
