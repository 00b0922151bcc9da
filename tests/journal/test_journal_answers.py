"""What schema 2 added: answers, plans, cues, refits, taking up what broke off, keeping and reminding, years of it."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean, variance

import pytest
from repband.cue import Cue
from repband.errors import JournalError
from repband.exercise import load_exercise
from repband.journal import (
    History,
    HistoryKeeper,
    KeptCue,
    Load,
    Recorder,
    RecordingMeta,
    Refit,
    TargetTempo,
    backup_reminder,
    decline,
    keep_recordings,
    keeping,
    kept_plans,
    overview,
    unfinished,
    what_is_left,
)
from repband.journal.example import example_history
from repband.journal.keeping import delete_old_recordings, delete_recording, note_backup
from repband.mount import MountKind, MountWarning
from repband.plan import load_plan, plan_path
from repband.reps import Flag, PhaseTimes, Rep, RepMeasured
from repband.stream import StreamStats
from repband.workout import (
    Answered,
    EndReason,
    SetArmed,
    SetEnded,
    SetSummary,
    SetTask,
    SideConfirmed,
    Target,
    TargetChanged,
    routine_of,
)

META = RecordingMeta(
    session="6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10", started="2025-03-01T18:30:00+01:00", exercise="bridge", detector="1"
)


def a_rep(number: int, **changes: object) -> Rep:
    t_s = 5.0 * number
    tempo = PhaseTimes(None if number == 1 else 1.0, 1.3, 1.7, 1.0)
    rep = Rep(number, t_s + 4, t_s + 4.4, t_s, t_s + 0.6, t_s + 2, t_s + 3.4, t_s + 4, 15.0 + number, tempo, tempo)
    return replace(rep, **changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


class Clock:
    """Wall time that stands where it is put."""

    def __init__(self, iso: str) -> None:
        self.time = datetime.fromisoformat(iso)

    def __call__(self) -> str:
        return self.time.isoformat()

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)


def a_task(**changes: object) -> SetTask:
    exercise = load_exercise("squat")
    task = SetTask(exercise, "Goblet squat", 8, exercise.tempo_s, 1, 3, load="5 kg in front of the chest")
    return replace(task, **changes)


# Loads as people read them.


@pytest.mark.parametrize(
    "load",
    [
        Load(),
        Load("kg", 12.5),
        Load("kg", None),
        Load("kg", 5.0, "in front of the chest"),
        Load("band"),
        Load("band", None, "red"),
        Load("band", 2.0),
        Load("band", 2.0, "light green"),
    ],
)
def test_a_load_reads_back_from_its_text(load: Load) -> None:
    assert Load.read(str(load)) == load


# A session as the workout tells it.


def test_a_keeper_keeps_what_a_led_session_tells(path: Path) -> None:
    plan = load_plan(plan_path("intermediate"))
    squat = next(n for n, item in enumerate(plan.exercises) if item.exercise == "squat")
    summary = SetSummary(1, "squat", 6, 2, 2, 2, 2, 1.0, 20.0, EndReason.TARGET, (a_rep(1), a_rep(2)), ())
    with HistoryKeeper(META, None, StreamStats, history=path, plan=plan, link=lambda: {"rssi_dbm": -60.0}) as keeper:
        keeper(None, [SetArmed(1, 8, 1.0, a_task(item=squat)), TargetChanged(1, 8, 6)])
        keeper(None, [RepMeasured(a_rep(1)), Cue("too-fast", "Slow down.", "took 1 s", 9.5)])
        keeper(
            None,
            [MountWarning(MountKind.SLIPPED, 12.0, "The sensor has turned", "Fix the strap"), RepMeasured(a_rep(2))],
        )
        keeper(None, [SetEnded(summary), Answered(1, "effort", 5), Answered(1, "pain", 3), Answered(1, "pain", 2)])
        keeper(None, [SideConfirmed("right"), SetArmed(2, 8, 60.0, a_task(side="right", load="bodyweight"))])
        keeper.keep_device_count(1, 3)
    with History(path) as history:
        session = history.session("last")
        assert kept_plans(history)[plan.revision].sessions_per_week == plan.sessions_per_week
        (line,) = overview(history)
    assert (session.plan_name, session.plan_revision) == (plan.name, plan.revision)
    assert session.quality["rssi_dbm"] == -60.0
    assert session.refits == (Refit(1, 12.0, "slipped"), Refit(2, None, "side"))
    one, two = session.sets
    assert (one.exercise, one.title, one.load) == ("squat", "Goblet squat", Load("kg", 5.0, "in front of the chest"))
    assert (one.target_reps, one.planned_reps, one.of_sets, one.effort, one.pain) == (6, 8, 3, 5, 2)
    tempo = load_exercise("squat").tempo_s
    assert one.tempo_s == TargetTempo(tempo.out, tempo.hold, tempo.back, tempo.rest)
    assert one.device_counted == 3
    assert [cue.name for cue in one.cues] == ["too-fast"]
    assert one.cues[0] == KeptCue("too-fast", "Slow down.", "took 1 s", 9.5)
    assert (two.side, two.load, two.effort, two.pain) == ("right", Load(), None, None)
    assert line.sets[0].work_revision == plan.exercises[squat].work_revision
    assert [one.refit for one in line.sets] == [1, 1]


def test_without_a_plan_a_set_keeps_the_session_s_load(path: Path) -> None:
    meta = RecordingMeta(session="a", started=META.started, exercise="bridge", side="left", load=Load("kg", 10.0))
    routine = routine_of(load_exercise("bridge"), Target(sets=1, reps=10))
    with HistoryKeeper(meta, None, StreamStats, history=path) as keeper:
        keeper(None, [SetArmed(1, 10, 0.0, routine.tasks[0])])
    with History(path) as history:
        (one,) = history.session("last").sets
    assert (one.load, one.side, one.title) == (Load("kg", 10.0), "left", None)


def test_the_routine_in_a_recording_names_the_plan(path: Path) -> None:
    routine = '{"title": "Spring", "revision": "0123456789", "tasks": [{"reps": 10}, {"reps": 8}]}'
    meta = RecordingMeta(session="a", started=META.started, extra={"routine": routine})
    with HistoryKeeper(meta, None, StreamStats, history=path):
        pass
    broken = RecordingMeta(session="b", started="2025-03-02T18:30:00+01:00", extra={"routine": "{"})
    with HistoryKeeper(broken, None, StreamStats, history=path):
        pass
    with History(path) as history:
        assert history.session("b").plan_revision is None
        session = history.session("a")
    assert (session.plan_name, session.plan_revision) == ("Spring", "0123456789")
    assert (session.target_sets, session.planned_reps) == (2, 18)


def test_scores_beyond_the_scale_are_refused(path: Path) -> None:
    with History(path) as history:
        one = history.start_set(history.start_session(META), 1)
        with pytest.raises(JournalError, match="CHECK"):
            history.answer(one, "pain", 11)
        history.answer_next_day(META.session, True)
        assert history.session("last").worse_next_day is True
        with pytest.raises(JournalError, match="no such session"):
            history.answer_next_day("nobody", True)


# Sessions in figures.


def test_figures_of_a_set_are_those_of_its_reps(path: Path) -> None:
    reps = [
        a_rep(1),
        a_rep(2, flags=(Flag.GAP, Flag.FAST)),
        a_rep(3, excursion_deg=math.nan),
        a_rep(4, flags=(Flag.LATE,)),
    ]
    with History(path) as history:
        session = history.start_session(META)
        one = history.start_set(session, 1, load=Load("kg", 6.0))
        history.end_set(one, ended_s=40.0, why="target", counted=4, said=5, reps=reps)
        history.add_rep(one, a_rep(1, excursion_deg=99.0), detector="0")
        history.end_session(session, quality={"samples": 99, "missing": 1})
        (line,) = overview(history)
        kept = history.session("last").sets[0]
    (figures,) = line.sets
    assert (figures.counted, figures.said, figures.corrected, figures.measured, figures.odd) == (4, 5, 1, 4, 1)
    assert figures.excursion_deg == pytest.approx(fmean([16.0, 17.0, 19.0]))
    assert figures.excursion_var == pytest.approx(variance([16.0, 17.0, 19.0]))
    tempo = kept.mean_tempo_s
    assert tempo is not None
    assert (figures.out_s, figures.hold_s, figures.back_s) == pytest.approx((tempo.out, tempo.hold, tempo.back))
    assert figures.rest_s == tempo.rest_before
    assert figures.volume_kg == 30.0
    assert line.missing_share == 0.01


def test_the_example_in_figures_agrees_with_its_sessions_in_full(path: Path) -> None:
    with example_history(path) as history:
        lines, kept = overview(history), history.sessions()[::-1]
        assert [line.id for line in lines] == [session.id for session in kept]
        for line, session in zip(lines, kept, strict=True):
            assert [one.said for one in line.sets] == [one.said for one in session.sets]
            assert [one.excursion_deg for one in line.sets] == [
                pytest.approx(one.mean_excursion_deg) for one in session.sets
            ]
            assert (line.plan_revision, line.worse_next_day) == (session.plan_revision, session.worse_next_day)
        bare = overview(history, measures=False)
        assert [[(one.said, one.pain) for one in line.sets] for line in bare] == [
            [(one.said, one.pain) for one in line.sets] for line in lines
        ]
        assert {one.measured for line in bare for one in line.sets} == {0}
        squats = overview(history, exercise="squat", since=date(2025, 2, 1), until=date(2025, 2, 28))
        assert {one.exercise for line in squats for one in line.sets} == {"squat"}
        assert {line.day.month for line in squats} == {2}
        continued = [line for line in lines if line.continues]
        assert len(continued) == 1
        assert continued[0].continues in {session.id for session in kept if session.ended is None}


@pytest.mark.parametrize("started", ["2025-03-01T00:10:00+14:00", "2025-03-01T23:50:00-12:00"])
def test_dates_are_those_of_the_place_where_the_wearer_was(path: Path, started: str) -> None:
    with History(path) as history:
        history.start_session(RecordingMeta(session="a", started=started))
        day = date(2025, 3, 1)
        assert len(overview(history, since=day, until=day)) == 1
        assert overview(history, until=day - timedelta(days=1)) == []
        assert overview(history, since=day + timedelta(days=1)) == []


# What broke off.


def test_a_session_that_broke_off_is_offered_once(path: Path) -> None:
    clock = Clock("2025-03-01T19:00:00+01:00")
    with History(path, now=clock) as history:
        assert unfinished(history) is None
        session = history.start_session(META)
        first = history.start_set(session, 1, target_reps=10)
        history.end_set(first, ended_s=60.0, why="target", counted=10)
        second = history.start_set(session, 2, target_reps=10)
        for number in range(1, 5):
            history.add_rep(second, a_rep(number))
        history.correct(second, 3)
        broken = unfinished(history)
        assert broken is not None
        assert (broken.session.id, broken.sets_done, broken.reps_done) == (session, 1, 3)
        assert str(broken) == "the last session (bridge) broke off in set 2, after 3 of 10 reps"
        left = what_is_left(routine_of(load_exercise("bridge"), Target(sets=3, reps=10)), broken)
        assert left is not None
        assert [task.reps for task in left.tasks] == [7, 10]
        decline(history, session)
        assert unfinished(history) is None


def test_what_pain_stopped_or_the_wearer_left_out_does_not_come_back(path: Path) -> None:
    """Squats stopped for pain after one of three sets, the left lunge skipped, broken off in the right one."""
    squat, lunge = load_exercise("squat"), load_exercise("lunge")
    tasks = (
        *(SetTask(squat, "Squat", 8, squat.tempo_s, n, 3, item=0) for n in (1, 2, 3)),
        *(SetTask(lunge, "Lunge", 6, lunge.tempo_s, 1, 1, side=side, item=1) for side in ("left", "right")),
        *(SetTask(squat, "Goblet squat", 5, squat.tempo_s, n, 2, item=2) for n in (1, 2)),
    )
    routine = replace(routine_of(squat, Target()), tasks=tasks, revision="0123456789")
    with History(path, now=Clock("2025-03-01T19:00:00+01:00")) as history:
        session = history.start_session(META)
        one = history.start_set(session, 1, exercise="squat", target_reps=8)
        history.end_set(one, ended_s=9.0, why="pain", counted=3)
        two = history.start_set(session, 2, exercise="lunge", side="right", target_reps=6)
        history.add_rep(two, a_rep(1))
        broken = unfinished(history)
    assert broken is not None
    left = what_is_left(routine, broken)
    assert left is not None
    assert [(task.title, task.side, task.reps) for task in left.tasks] == [
        ("Lunge", "right", 5),
        ("Goblet squat", None, 5),
        ("Goblet squat", None, 5),
    ]


def test_what_is_over_old_or_under_way_is_not_offered(path: Path) -> None:
    clock = Clock("2025-03-01T19:00:00+01:00")
    raw = path.parent / "raw.mcap"
    with History(path, now=clock) as history:
        history.start_session(META, recording=raw)
        with Recorder(raw, META):
            assert unfinished(history) is None
        broken = unfinished(history)
        assert broken is not None
        assert broken.under_way is None
        assert str(broken).endswith("between two sets")
        clock.pass_by(hours=13)
        assert unfinished(history) is None
        clock.pass_by(hours=-13)
        history.end_session(META.session)
        assert unfinished(history) is None


def test_a_session_that_goes_on_is_named_by_the_one_before(path: Path) -> None:
    with History(path, now=Clock("2025-03-01T19:00:00+01:00")) as history:
        history.start_session(META)
        again = RecordingMeta(session="again", started="2025-03-01T18:50:00+01:00")
        with HistoryKeeper(again, None, StreamStats, history=path, resumes=META.session):
            pass
        assert history.session(META.session).taken_up_by == "again"
        assert [line.continues for line in overview(history)] == [None, META.session]


def test_nothing_is_left_where_every_rep_was_done(path: Path) -> None:
    with History(path, now=Clock("2025-03-01T19:00:00+01:00")) as history:
        one = history.start_set(history.start_session(META), 1, target_reps=2)
        history.add_rep(one, a_rep(1))
        history.add_rep(one, a_rep(2))
        broken = unfinished(history)
    assert broken is not None
    assert what_is_left(routine_of(load_exercise("bridge"), Target(sets=1, reps=2)), broken) is None


# Keeping.


def recorded(history: History, folder: Path, days: int) -> list[Path]:
    paths: list[Path] = []
    for day in range(1, days + 1):
        meta = RecordingMeta(session=f"s{day:02}", started=f"2025-03-{day:02}T18:00:00+01:00")
        paths.append(folder / f"{day}.mcap")
        with Recorder(paths[-1], meta):
            pass
        history.start_session(meta, recording=paths[-1])
        history.end_session(meta.session)
    return paths


def test_recordings_are_kept_for_ever_unless_the_wearer_says_otherwise(path: Path) -> None:
    clock = Clock("2025-04-01T12:00:00+02:00")
    with History(path, now=clock) as history:
        raw = recorded(history, path.parent, 20)
        assert keeping(history).recordings_days is None
        assert delete_old_recordings(history) == []
        keep_recordings(history, 21)
        backup = raw[0].with_name("1.mcap.bak")
        backup.write_bytes(b"as it was")
        assert delete_old_recordings(history) == [raw[0], backup, *raw[1:10]]
        assert [one.exists() for one in raw] == [False] * 10 + [True] * 10
        assert history.session("s01").recording_deleted == clock()
        assert history.session("s11").recording_deleted is None
        assert delete_old_recordings(history) == []
        keep_recordings(history, None)
        clock.pass_by(days=900)
        assert delete_old_recordings(history) == []


def test_a_recording_under_way_is_never_deleted(tmp_path: Path) -> None:
    raw = tmp_path / "raw.mcap"
    with Recorder(raw, META), pytest.raises(JournalError, match="being recorded right now"):
        delete_recording(raw)
    assert delete_recording(raw) == [raw]


def test_the_end_of_a_session_deletes_what_is_old(path: Path) -> None:
    with History(path) as history:
        (raw,) = recorded(history, path.parent, 1)
        keep_recordings(history, 30)
    with HistoryKeeper(RecordingMeta(), None, StreamStats, history=path):
        assert raw.exists()
    assert not raw.exists()


def test_a_backup_is_due_after_a_month_of_sessions(path: Path) -> None:
    clock = Clock("2025-03-04T12:00:00+01:00")
    with History(path, now=clock) as history:
        assert backup_reminder(history) is None
        for day in range(1, 6):
            history.start_session(RecordingMeta(session=f"s{day}", started=f"2025-03-0{day}T18:00:00+01:00"))
        assert backup_reminder(history) is None
        clock.pass_by(days=30)
        said = backup_reminder(history)
        assert said is not None
        assert said.startswith("no backup yet, 5 sessions would be lost")
        assert "repband export all" in said
        note_backup(history)
        assert backup_reminder(history) is None
        for day in range(10, 15):
            history.start_session(RecordingMeta(session=f"t{day}", started=f"2025-04-{day}T18:00:00+02:00"))
        assert backup_reminder(history) is None
        clock.pass_by(days=31)
        said = backup_reminder(history)
        assert said is not None
        assert "no backup since 2025-04-03" in said


# The example.


def test_the_example_is_the_same_every_time(tmp_path: Path) -> None:
    def written(name: str) -> list[str]:
        example_history(tmp_path / name).close()
        with closing(sqlite3.connect(tmp_path / name)) as raw:
            return list(raw.iterdump())

    assert written("a.sqlite") == written("b.sqlite")


def test_the_example_holds_what_a_history_can_hold(path: Path) -> None:
    with example_history(path) as history:
        lines = overview(history)
        sets = [one for line in lines for one in line.sets]
        reasons = {row["why"] for row in history.rows("SELECT why FROM refits")}
    assert reasons == {"side", "slipped"}
    assert any(one.corrected for one in sets)
    assert any(one.ended_why == "pain" for one in sets)
    assert any(one.effort is None for one in sets)
    assert any(one.cues for one in sets)
    assert any(one.odd for one in sets)
    assert any(line.worse_next_day for line in lines)
    assert any(line.worse_next_day is None for line in lines)
    assert len(lines) > 25
