"""The session that runs itself: whatever happens in whatever order, it ends consistently and its totals add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.cue import Cue
from repband.driver.base import Command, Plain, Tick
from repband.exercise import load_exercise, load_safety
from repband.motion import MotionFrame, MotionGap, MotionItem
from repband.reps import Phase, PhaseTimes, Rep, RepCounted, RepEvent, RepMeasured, RepProgress
from repband.workout import (
    Answered,
    Corrected,
    CountIn,
    EndReason,
    Event,
    PainStop,
    RestTick,
    Routine,
    SetArmed,
    SetEnded,
    SetReady,
    SetRunner,
    SetTask,
    SideChange,
    SideConfirmed,
    State,
    TargetChanged,
    WorkoutDone,
)

BRIDGE, CLAMSHELL = load_exercise("bridge"), load_exercise("clamshell")
FRAME_S = 0.04
REP = 9.0  # the double of the counter takes a frame this lively for a whole rep


class ScriptedCounter:
    """Stands in for the rep counter: a lively frame is a rep of 4 s, everything else is rest."""

    def __init__(self, exercise: object) -> None:
        self.count = self.count_min = self.count_max = 0
        self._rest_from_s: float | None = None

    def feed(self, items: Iterable[MotionItem]) -> list[RepEvent]:
        events: list[RepEvent] = []
        for item in items:
            if isinstance(item, MotionGap):
                self.count_max += 1
                continue
            if item.jerk_g == REP:
                self.count += 1
                self.count_min += 1
                self.count_max += 1
                self._rest_from_s = item.t_s
                events += [RepCounted(self.count, item.known_s), RepMeasured(a_rep(self.count, item.t_s))]
            since_s = item.t_s - (item.t_s if self._rest_from_s is None else self._rest_from_s)
            events.append(RepProgress(item.t_s, Phase.REST, since_s, 0.0))
        return events

    def finish(self) -> list[RepEvent]:
        return []


def a_rep(number: int, t_s: float) -> Rep:
    tempo = PhaseTimes(1.0, 1.5, 1.0, 1.5)
    sd = PhaseTimes(0.1, 0.1, 0.1, 0.1)
    return Rep(number, t_s, t_s, t_s - 4, t_s - 3, t_s - 2.5, t_s - 1, t_s, 20.0, tempo, sd)


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("repband.workout.oneset.RepCounter", ScriptedCounter)


def routine(*, guided: bool = True, count_in_s: float = 0.0, sides: bool = True) -> Routine:
    """Two sets of bridges, then a clamshell on each side."""
    bridge = [SetTask(BRIDGE, "Bridge", 3, BRIDGE.tempo_s, n, 2, rest_after_s=20.0) for n in (1, 2)]
    clam = [
        SetTask(CLAMSHELL, "Clamshell", 2, CLAMSHELL.tempo_s, 1, 1, side, rest_after_s=10.0, item=1)
        for side in ("left", "right")
    ]
    tasks = (*bridge, *clam) if sides else tuple(bridge)
    return Routine("test", tasks, load_safety().pain, guided, count_in_s)


@dataclass
class Player:
    """Moves a runner and keeps what it said."""

    runner: SetRunner
    now_s: float = 0.0
    frames: int = 0

    def __post_init__(self) -> None:
        self.events: list[Event] = []

    def still(self, seconds: float, jerk_g: float = 0.0) -> None:
        for _ in range(max(1, round(seconds / FRAME_S))):
            self.now_s += FRAME_S
            self.frames += 1
            self.events += self.runner.feed(frame(self.frames, self.now_s, jerk_g))

    def rep(self) -> None:
        self.still(FRAME_S, REP)

    def gap(self, seconds: float) -> None:
        start_s, self.now_s = self.now_s, self.now_s + seconds
        self.frames += round(seconds / FRAME_S)
        self.events += self.runner.feed(MotionGap(start_s, self.now_s, True))

    def tick(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.25)):
            self.now_s += 0.25
            self.events += self.runner.tick(Tick(self.now_s))

    def do(self, name: str, **args: Plain) -> list[Event]:
        events = self.runner.command(Command(name, 0, args))
        self.events += events
        return events


def frame(number: int, t_s: float, jerk_g: float) -> MotionFrame:
    return MotionFrame(number, t_s, t_s, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, jerk_g, False)


def of(player: Player, kind: type) -> list:
    return [event for event in player.events if isinstance(event, kind)]


def led(**options: bool | float) -> Player:
    player = Player(SetRunner(routine(**options)))  # type: ignore[arg-type]
    player.tick(0.25)
    return player


def do_set(player: Player, reps: int, *, settle_s: float = 5.0) -> None:
    player.still(2.0)
    for _ in range(reps):
        player.still(1.0)
        player.rep()
    player.still(settle_s)


def test_a_whole_session_runs_itself() -> None:
    player = led()
    player.do("start")
    do_set(player, 3)
    assert player.runner.state is State.REST
    player.do("effort", score=4)
    player.do("pain", score=0)
    player.tick(21)
    assert player.runner.state is State.READY
    do_set(player, 3)
    player.tick(21)
    assert player.runner.state is State.SIDE
    assert of(player, SideChange)[-1].side == "left"
    assert player.do("confirm", side="right") == []
    player.do("confirm", side="left")
    do_set(player, 2)
    player.tick(11)
    player.do("confirm", side="right")
    do_set(player, 2)
    assert player.runner.state is State.CLOSING
    player.do("pain", score=1)
    player.do("effort", score=5)
    assert player.runner.state is State.DONE
    (done,) = of(player, WorkoutDone)
    assert [s.said for s in done.sets] == [3, 3, 2, 2]
    assert [s.side for s in done.sets] == [None, None, "left", "right"]
    assert [(s.effort, s.pain) for s in done.sets] == [(4, 0), (None, None), (None, None), (5, 1)]
    assert [s.ended for s in done.sets] == [EndReason.TARGET] * 4


def test_the_first_side_of_a_session_is_confirmed_by_starting() -> None:
    only = routine().tasks[2:]
    player = Player(SetRunner(replace(routine(), tasks=only)))
    player.do("start")
    assert of(player, SideChange) == []
    assert player.runner.state is State.READY


def test_moving_into_position_is_no_rep() -> None:
    player = led()
    player.do("start")
    for n in range(100):  # turning all the time: never quiet
        player.now_s += FRAME_S
        tilt = 0.5 if n % 20 < 10 else -0.5
        moving = frame(n, player.now_s, REP)._replace(x=tilt)
        player.events += player.runner.feed(moving)
    assert of(player, RepCounted) == []
    player.still(1.2)
    assert len(of(player, SetReady)) == 1
    player.rep()
    assert [event.number for event in of(player, RepCounted)] == [1]


def test_somebody_who_never_keeps_still_is_counted_after_a_while() -> None:
    player = led()
    player.do("start")
    for n in range(round(21.0 / FRAME_S)):
        player.now_s += FRAME_S
        player.events += player.runner.feed(frame(n, player.now_s, 0.0)._replace(x=0.5 if n % 20 < 10 else -0.5))
    assert len(of(player, SetReady)) == 1


def test_a_count_in_counts_down_and_nothing_before_its_end_counts() -> None:
    player = led(count_in_s=3.0)
    player.do("start")
    player.rep()
    player.tick(3.25)
    left_s = [event.left_s for event in of(player, CountIn)]
    assert left_s[0] == 3.0
    assert left_s == sorted(left_s, reverse=True)
    assert left_s[-1] == 0.0
    assert player.runner.state is State.SET
    player.rep()
    assert len(of(player, RepCounted)) == 1


def test_one_more_after_the_target_is_still_counted() -> None:
    player = led()
    player.do("start")
    do_set(player, 3, settle_s=2.0)
    player.rep()
    player.still(5.0)
    assert of(player, SetEnded)[0].summary.counted == 4


def test_a_set_short_of_its_target_ends_after_a_long_rest() -> None:
    player = led()
    player.do("start")
    do_set(player, 2, settle_s=31.0)
    assert of(player, SetEnded)[0].summary.ended is EndReason.RESTED


def test_reps_in_a_pause_do_not_count_and_numbers_go_on_behind_it() -> None:
    player = led()
    player.do("start")
    do_set(player, 1, settle_s=1.0)
    player.do("toggle")
    player.rep()
    player.do("toggle")
    do_set(player, 2)
    assert [event.number for event in of(player, RepCounted)] == [1, 2, 3]
    assert [event.rep.number for event in of(player, RepMeasured)] == [1, 2, 3]
    assert of(player, SetEnded)[0].summary.counted == 3


def test_a_paused_rest_stands_still() -> None:
    player = led()
    player.do("start")
    do_set(player, 3)
    player.tick(5)
    player.do("pause")
    before = of(player, RestTick)[-1].left_s
    player.tick(60)
    player.do("resume")
    assert of(player, RestTick)[-1].left_s == before


def test_a_correction_keeps_both_numbers_also_in_the_rest() -> None:
    player = led()
    player.do("start")
    do_set(player, 2, settle_s=1.0)
    player.do("add")
    player.still(5.0)  # three with the added one: the target is reached
    assert player.runner.state is State.REST
    player.do("undo")
    player.do("stop")
    (done,) = of(player, WorkoutDone)
    assert (done.sets[0].counted, done.sets[0].said) == (2, 2)
    assert [(c.counted, c.said) for c in of(player, Corrected)] == [(2, 3), (2, 2)]


def test_the_target_may_change_and_the_plan_is_remembered() -> None:
    player = led()
    player.do("start")
    player.do("target", by=-1)
    assert of(player, TargetChanged) == [TargetChanged(1, 3, 2)]
    do_set(player, 2)
    summary = of(player, SetEnded)[0].summary
    assert (summary.target_reps, summary.planned_reps, summary.ended) == (2, 3, EndReason.TARGET)
    player.do("target", reps=5)
    player.tick(21)
    assert of(player, SetArmed)[-1].target_reps == 5


def test_skipping_leaves_out_what_is_under_way() -> None:
    player = led()
    player.do("start")
    player.do("skip")  # nothing was done: no rest is due
    assert player.runner.state is State.READY
    do_set(player, 3)
    player.do("skip")
    assert player.runner.state is State.SIDE
    player.do("skip")
    assert of(player, SideChange)[-1].side == "right"
    player.do("skip")
    assert player.runner.state is State.CLOSING
    player.do("skip")
    assert player.runner.state is State.DONE


def test_pain_of_six_stops_the_exercise_and_offers_the_next() -> None:
    player = led()
    player.do("start")
    do_set(player, 3)
    player.do("pain", score=6)
    assert player.runner.state is State.STOPPED
    assert of(player, PainStop) == [PainStop(6, 1, True)]
    player.tick(600)
    assert player.runner.state is State.STOPPED
    player.do("go-on")
    assert of(player, SideChange)[-1].side == "left"


def test_pain_in_a_set_ends_it_at_once() -> None:
    player = led()
    player.do("start")
    do_set(player, 1, settle_s=1.0)
    player.do("pain", score=8)
    assert of(player, SetEnded)[0].summary.ended is EndReason.PAIN
    assert player.runner.state is State.STOPPED
    player.do("stop")
    (done,) = of(player, WorkoutDone)
    assert done.sets[0].pain == 8


def test_pain_of_four_goes_on_but_nothing_gets_harder() -> None:
    player = led()
    player.do("start")
    do_set(player, 3)
    player.do("pain", score=4)
    assert of(player, Answered)[0].band.action == "watch"
    assert player.runner.state is State.REST
    assert player.do("target", by=+1) == []
    assert player.do("target", by=-1) != []


def test_the_last_questions_do_not_wait_for_ever_and_silence_is_not_zero() -> None:
    player = led(sides=False)
    player.do("start")
    do_set(player, 3)
    player.tick(21)
    do_set(player, 3)
    assert player.runner.state is State.CLOSING
    player.tick(121)
    (done,) = of(player, WorkoutDone)
    assert [(s.effort, s.pain) for s in done.sets] == [(None, None), (None, None)]


@pytest.mark.parametrize("score", [-1, 11, 5.0, "3", None, True])
def test_a_score_is_a_whole_number_from_0_to_10(score: Plain) -> None:
    player = led()
    player.do("start")
    do_set(player, 3)
    assert player.do("pain", score=score) == []


SCORES = st.integers(-1, 11)
COMMANDS = st.one_of(
    st.sampled_from(["start", "skip", "pause", "resume", "toggle", "undo", "add", "go-on", "nonsense"]).map(
        lambda name: (name, {})
    ),
    st.builds(lambda q, s: (q, {"score": s}), st.sampled_from(["effort", "pain"]), SCORES),
    st.builds(lambda q, s, n: (q, {"score": s, "set": n}), st.sampled_from(["effort", "pain"]), SCORES, SCORES),
    st.builds(lambda n: ("target", {"by": n}), st.integers(-3, 3)),
    st.builds(lambda n: ("target", {"reps": n}), st.integers(-1, 5)),
    st.builds(lambda side: ("confirm", {"side": side}), st.sampled_from(["left", "right", "both"])),
)
STEPS = st.lists(
    st.one_of(
        st.just(("rep", None)),
        st.just(("set", None)),
        st.tuples(st.just("still"), st.floats(0.1, 35.0)),
        st.tuples(st.just("gap"), st.floats(1.3, 40.0)),
        st.tuples(st.just("tick"), st.floats(0.25, 130.0)),
        st.tuples(st.just("do"), COMMANDS),
    ),
    max_size=40,
)


def played(steps: Sequence[tuple], *, guided: bool, count_in_s: float, stops: bool) -> Player:
    player = Player(SetRunner(routine(guided=guided, count_in_s=count_in_s)))
    player.do("start")
    for what, with_ in steps:
        match what:
            case "rep":
                player.rep()
            case "set":
                do_set(player, 3)
            case "do":
                player.do(with_[0], **with_[1])
            case _:
                getattr(player, what)(with_)
    if stops:
        player.do("stop")
    player.events += player.runner.finish()
    return player


@settings(max_examples=100, deadline=None)
@given(STEPS, st.booleans(), st.sampled_from([0.0, 3.0]), st.booleans())
def test_any_sequence_runs_to_a_consistent_end(
    steps: Sequence[tuple], guided: bool, count_in_s: float, stops: bool
) -> None:
    player = played(steps, guided=guided, count_in_s=count_in_s, stops=stops)
    again = played(steps, guided=guided, count_in_s=count_in_s, stops=stops)
    assert again.events == player.events

    assert player.runner.state is State.DONE
    (done,) = of(player, WorkoutDone)
    assert player.events[-1] is done
    armed, ended = of(player, SetArmed), of(player, SetEnded)
    assert len(armed) <= 4
    assert [a.number for a in armed] == [*range(1, len(armed) + 1)] == [e.summary.number for e in ended]
    assert [s.number for s in done.sets] == [e.summary.number for e in ended]
    check_totals(player, done)
    check_answers(player, done)
    check_pain(player)


def check_totals(player: Player, done: WorkoutDone) -> None:
    """Each set's number is what was announced in it; what was said is the last correction, or the count."""
    counted: dict[int, list[int]] = {}
    said: dict[int, Corrected] = {}
    number, is_open = 0, False
    for event in player.events:
        match event:
            case SetArmed():
                assert not is_open
                number, is_open = event.number, True
                counted[number] = []
            case RepCounted():
                assert is_open
                counted[number].append(event.number)
            case SetEnded():
                is_open = False
            case Corrected():
                said[event.set_number] = event
            case _:
                pass
    assert not is_open
    for summary in done.sets:
        announced = counted[summary.number]
        assert announced == [*range(1, len(announced) + 1)]
        assert summary.counted == len(announced) == len(summary.reps)
        corrected = said.get(summary.number)
        by = corrected.said - corrected.counted if corrected else 0
        assert summary.said == summary.counted + by >= 0
        assert summary.count_min <= summary.counted <= summary.count_max
    assert sum(s.counted for s in done.sets) == len(of(player, RepCounted))


def check_answers(player: Player, done: WorkoutDone) -> None:
    """What is kept of a question is its last answer to that set, and nothing where there was none."""
    kept = {(a.set_number, a.question): a.score for a in of(player, Answered)}
    for summary in done.sets:
        assert summary.effort == kept.get((summary.number, "effort"))
        assert summary.pain == kept.get((summary.number, "pain"))


def check_pain(player: Player) -> None:
    """After a pain stop no set of that exercise is armed any more."""
    stopped: set[int] = set()
    item = 0
    for event in player.events:
        match event:
            case SetArmed(task=SetTask() as task):
                item = task.item
                assert item not in stopped
            case PainStop():
                stopped.add(item)
            case Cue() | SideConfirmed():
                pass
            case _:
                pass
