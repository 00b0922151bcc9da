"""What a virtual wearer did is kept and shown, and is no part of what the wearer has done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from repband.cli.earlier import usual_deg
from repband.journal import History, RecordingMeta, overview, unfinished
from repband.journal.overview import exercises_done
from repband.report.done import last_session
from repband.report.span import span_of
from repband.reps import PhaseTimes, Rep

OWN = RecordingMeta(started="2025-03-01T18:30:00+01:00", exercise="bridge")
DEMO = RecordingMeta(started="2025-03-02T18:30:00+01:00", exercise="squat", demo=True)
REP = Rep(1, 5.0, 5.4, 1.0, 1.5, 3.0, 4.5, 5.0, 15.0, PhaseTimes(None, 1.0, 2.0, 1.0), PhaseTimes(None, 0.1, 0.1, 0.1))


def keep(history: History, meta: RecordingMeta, *, ends: bool = True) -> None:
    session = history.start_session(meta)
    one = history.start_set(session, 1)
    history.add_rep(one, replace(REP, excursion_deg=60.0 if meta.demo else 15.0))
    history.end_set(one, ended_s=9.0, why="target", counted=1, said=1, count_min=1, count_max=1)
    if ends:
        history.end_session(session, quality={})


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.sqlite", now=lambda: "2025-03-02T19:00:00+01:00")


def test_a_demo_is_kept_but_no_part_of_what_was_done(history: History) -> None:
    with history:
        keep(history, OWN)
        keep(history, DEMO)
        assert [session.demo for session in history.sessions()] == [True, False]
        assert history.session("last").demo
        assert [line.exercise for line in overview(history)] == ["bridge"]
        assert exercises_done(history) == ["bridge"]
        assert usual_deg(history) == {"bridge": [15.0]}
        last, span = last_session(history), span_of(history, None, None, True)
        assert last is not None
        assert last.id == OWN.session
        assert span is not None
        assert span.until == date(2025, 3, 1)


def test_with_demos_only_nothing_is_done_yet(history: History) -> None:
    with history:
        keep(history, DEMO)
        assert span_of(history, None, None, True) is None
        assert last_session(history) is None
        assert usual_deg(history) == {}


@pytest.mark.parametrize("demo", [True, False])
def test_a_broken_demo_stands_in_no_wearers_way_nor_the_other_way_round(history: History, demo: bool) -> None:
    with history:
        keep(history, msgspec.structs.replace(OWN, started="2025-03-02T18:40:00+01:00"), ends=demo)
        keep(history, DEMO, ends=not demo)
        broken = unfinished(history, demo=demo)
        assert broken is not None
        assert broken.session.demo == demo
        assert unfinished(history, demo=not demo) is None
