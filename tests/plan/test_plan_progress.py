"""Progression: never above the plan's limits, monotone in what was done, pain and silence always win."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import plan_strategies as plans
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from repband.exercise import load_safety
from repband.plan import (
    Answers,
    PlanItem,
    PlanLoad,
    PlanTempo,
    Progress,
    Proposal,
    SessionDone,
    SetDone,
    Targets,
    Verdict,
    propose,
)
from repband.plan.progress import DAYS_OFF_ANEW, DAYS_OFF_LESS

PAIN = load_safety().pain
FAST = settings(max_examples=60, deadline=None)
TODAY = date(2026, 5, 4)
NO_WORSE = Answers(worse_next_day=False)
ITEM = PlanItem(
    exercise="squat",
    variant="Goblet squat",
    sets=2,
    reps=8,
    rest_s=60.0,
    load=PlanLoad("kg", 5.0),
    tempo_s=PlanTempo(2.0, 0.0, 2.0, 1.0),
    progress=Progress(by=("reps", "load"), most_reps=10, most_kg=6.0, step_kg=0.5),
)


def session(
    item: PlanItem = ITEM, days_ago: int = 2, targets: Targets | None = None, worse: bool | None = False, **change
) -> SessionDone:
    """A session that went well, changed as said."""
    targets = targets or item.targets
    sides = ("left", "right") if item.side == "both" else (item.side,)
    good = SetDone(targets.reps, tempo_ok=True, effort=3, pain=1)
    sets = [replace(good, side=side) for side in sides for _ in range(targets.sets)]
    sets[-1] = replace(sets[-1], **change)
    return SessionDone(TODAY - timedelta(days_ago), item.work_revision, targets, tuple(sets), worse)


def proposed(*history: SessionDone, item: PlanItem = ITEM, answers: Answers = NO_WORSE) -> Proposal:
    return propose(item, history, answers, today=TODAY, pain=PAIN)


def test_the_first_time_is_as_the_plan_says():
    first = proposed()
    assert (first.verdict, first.next, first.changes) == (Verdict.HOLD, ITEM.targets, False)


def test_two_good_sessions_give_one_rep_more():
    more = proposed(session(days_ago=5), session())
    assert (more.verdict, more.next) == (Verdict.MORE, replace(ITEM.targets, reps=9))
    assert more.reasons == (
        "2 sessions went well: all sets at tempo, effort and pain low.",
        "A little more: 1 rep.",
    )
    assert more.now == ITEM.targets, "nothing is changed before it is accepted"


def test_one_good_session_or_two_on_a_day_are_not_enough():
    assert proposed(session()).reasons == ("Good sessions with these targets still to come: 1.",)
    assert proposed(session(days_ago=2), session(days_ago=2)).verdict is Verdict.HOLD


def test_sessions_with_other_targets_do_not_count():
    nine = replace(ITEM.targets, reps=9)
    assert proposed(session(days_ago=7), session(days_ago=5), session(targets=nine)).verdict is Verdict.HOLD


def test_after_the_last_rep_the_load_grows_and_the_reps_begin_again():
    ten = replace(ITEM.targets, reps=10)
    more = proposed(session(days_ago=5, targets=ten), session(targets=ten))
    assert more.next == Targets(2, 8, 0.0, PlanLoad("kg", 5.5))
    assert more.reasons[1] == "A little more: 0.5 kg; reps back to what the plan began with."


def test_at_the_limits_nothing_grows():
    top = Targets(2, 10, 0.0, PlanLoad("kg", 6.0))
    held = proposed(session(days_ago=5, targets=top), session(targets=top))
    assert (held.verdict, held.next) == (Verdict.HOLD, top)
    assert "limits are reached" in held.reasons[0]


def test_a_plan_that_does_not_grow():
    item = msgspec.structs.replace(ITEM, progress=Progress())
    held = proposed(session(item, 5), session(item), item=item)
    assert held.reasons == ("All is done; the plan keeps these targets.",)


def test_after_a_setback_the_way_leads_back_to_the_plan_first():
    back = Targets(1, 6, 0.0, PlanLoad("kg", 4.5))
    steps = []
    for _ in range(5):
        more = proposed(session(days_ago=5, targets=back), session(targets=back))
        steps.append(more.next)
        back = more.next
    assert [(one.sets, one.reps, one.load.value) for one in steps] == [
        (1, 7, 4.5), (1, 8, 4.5), (2, 8, 4.5), (2, 8, 5.0), (2, 9, 5.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "verdict", "why"),
    [
        ({"pain": None}, Verdict.HOLD, "no answer is not zero"),
        ({"pain": 4}, Verdict.HOLD, "Pain 4 of 10"),
        ({"pain": 6}, Verdict.MUCH_LESS, "Pain 6 of 10 in the last session was too much"),
        ({"effort": None}, Verdict.HOLD, "Effort was not answered"),
        ({"effort": 5}, Verdict.HOLD, "The effort was 5 of 10"),
        ({"tempo_ok": False}, Verdict.HOLD, "tempo was not kept"),
        ({"tempo_ok": None}, Verdict.HOLD, "tempo was not measured"),
        ({"reps": 7}, Verdict.HOLD, "Not all reps"),
        ({"reps": 0}, Verdict.HOLD, "Not all reps"),
        ({"worse": True}, Verdict.MORE, "A little more"),  # not this session's answer: that one comes in `answers`
    ],
)
def test_what_the_last_session_leads_to(change, verdict, why):
    got = proposed(session(days_ago=5), session(**change))
    assert got.verdict is verdict
    assert any(why in reason for reason in got.reasons)


def test_the_first_of_two_sessions_counts_too():
    for change in (
        {"pain": None},
        {"pain": 4},
        {"effort": 5},
        {"tempo_ok": None},
        {"reps": 7},
        {"worse": True},
        {"worse": None},
    ):
        assert proposed(session(days_ago=5, **change), session()).verdict is Verdict.HOLD


def test_worse_the_next_day_gives_less_and_silence_holds():
    history = session(days_ago=5), session()
    less = proposed(*history, answers=Answers(worse_next_day=True))
    assert (less.verdict, less.next.reps, less.next.sets) == (Verdict.LESS, 6, 2)
    silent = proposed(*history, answers=Answers())
    assert (silent.verdict, silent.next) == (Verdict.HOLD, ITEM.targets)
    assert silent.reasons == ("No answer on whether the last session left your pain worse the next day.",)


def test_too_much_pain_takes_back_a_set_reps_and_a_step_of_load():
    assert proposed(session(pain=8)).next == Targets(1, 6, 0.0, PlanLoad("kg", 4.5))


def test_reps_missing_twice_or_by_half_give_less():
    assert proposed(session(days_ago=5, reps=7), session(reps=7)).verdict is Verdict.LESS
    half = session()
    assert proposed(replace(half, sets=half.sets[:1])).verdict is Verdict.HOLD
    assert proposed(replace(half, sets=(replace(half.sets[0], reps=7),))).verdict is Verdict.LESS
    assert proposed(replace(half, sets=())).verdict is Verdict.LESS


def test_extra_reps_of_one_set_do_not_make_up_for_another():
    done = session(reps=4)
    done = replace(done, sets=(replace(done.sets[0], reps=30), done.sets[1]))
    assert proposed(session(days_ago=5), done).reasons == ("Not all reps of all sets were done last time.",)


def test_one_side_does_not_make_up_for_the_other():
    item = PlanItem(
        exercise="lunge",
        side="both",
        sets=1,
        reps=8,
        rest_s=60.0,
        tempo_s=ITEM.tempo_s,
        progress=Progress(by=("reps",), most_reps=9),
    )
    assert proposed(session(item, 5), session(item), item=item).verdict is Verdict.MORE
    left_twice = session(item, side="left")
    assert proposed(session(item, 5), left_twice, item=item).verdict is Verdict.HOLD


@pytest.mark.parametrize(
    ("days", "verdict", "reps"),
    [(13, Verdict.MORE, 10), (14, Verdict.LESS, 7), (27, Verdict.LESS, 7), (28, Verdict.LESS, 6)],
)
def test_days_off(days, verdict, reps):
    nine = replace(ITEM.targets, reps=9)
    got = proposed(session(days_ago=days + 3, targets=nine), session(days_ago=days, targets=nine))
    assert (got.verdict, got.next.reps) == (verdict, reps)


def test_less_than_least_says_so():
    item = msgspec.structs.replace(ITEM, sets=1, reps=1, load=PlanLoad(), progress=Progress())
    got = proposed(session(item, pain=9), item=item)
    assert "can't be less" in got.reasons[-1]
    assert (got.next.sets, got.next.reps) == (1, 1)


def test_a_changed_plan_begins_with_its_own_numbers():
    lower = msgspec.structs.replace(ITEM, reps=6)
    held = proposed(session(days_ago=5), session(), item=lower)
    assert (held.verdict, held.next) == (Verdict.HOLD, lower.targets)
    assert held.reasons == ("The plan has changed: its own numbers hold now.",)


def test_lowered_limits_hold_at_once():
    nine = replace(ITEM.targets, reps=9)
    tighter = msgspec.structs.replace(ITEM, progress=msgspec.structs.replace(ITEM.progress, most_reps=8))
    assert proposed(session(targets=nine), item=tighter).next.reps == 8


# Properties over any valid plan and any history.

answers = st.builds(Answers, st.sampled_from([None, True, False]))
scores = st.none() | st.integers(0, 10)


@st.composite
def cases(draw):
    """An item, a history that is mostly good, the answer and the day."""
    item = draw(plans.items())
    now = draw(targets_of(item))
    history = []
    for days_ago in sorted(draw(st.lists(st.integers(0, 40), max_size=5)), reverse=True):
        good = session(
            item,
            days_ago,
            now if draw(st.booleans()) else draw(targets_of(item)),
            draw(st.sampled_from([False, False, True, None])),
        )
        history.append(
            good if draw(st.booleans()) else replace(good, sets=tuple(draw(changed(one)) for one in good.sets))
        )
    return item, history, draw(answers)


@st.composite
def targets_of(draw, item: PlanItem):
    most = item.progress
    load = item.load
    if load.kind == "kg":
        load = msgspec.structs.replace(load, value=draw(st.integers(1, int(most.most_kg * 10))) / 10)
    return Targets(
        draw(st.integers(1, most.most_sets)),
        draw(st.integers(1, most.most_reps)),
        draw(st.integers(0, int(most.most_hold_s * 2))) / 2,
        load,
    )


@st.composite
def changed(draw, one: SetDone):
    if not draw(st.booleans()):
        return one
    return SetDone(
        draw(st.integers(0, one.reps)), draw(st.sampled_from([True, False, None])), draw(scores), draw(scores), one.side
    )


def proposal(item, history, answer) -> Proposal:
    return propose(item, history, answer, today=TODAY, pain=PAIN)


def kg(targets: Targets) -> float:
    return targets.load.value or 0.0


@FAST
@given(cases())
def test_never_beyond_the_limits(case):
    item, *_ = case
    got = proposal(*case)
    progress = item.progress
    for targets in (got.now, got.next):
        assert 1 <= targets.sets <= progress.most_sets
        assert 1 <= targets.reps <= progress.most_reps
        assert 0 <= targets.hold_s <= progress.most_hold_s
        assert targets.load.kind == item.load.kind
        if item.load.kind == "kg":
            assert 0 < kg(targets) <= progress.most_kg
    assert got.reasons
    assert item.with_targets(got.next).targets == got.next


@FAST
@given(cases())
def test_what_may_not_grow_never_passes_the_plan(case):
    item, history, answer = case
    got = proposal(item, history, answer)
    start = item.targets
    for quantity, now, following, begin in (
        ("reps", got.now.reps, got.next.reps, start.reps),
        ("sets", got.now.sets, got.next.sets, start.sets),
        ("hold", got.now.hold_s, got.next.hold_s, start.hold_s),
        ("load", kg(got.now), kg(got.next), kg(start)),
    ):
        if quantity not in item.progress.by:
            assert following <= max(now, begin)


@FAST
@given(cases())
def test_the_verdict_is_what_the_targets_do(case):
    got = proposal(*case)
    grown = [
        got.next.reps > got.now.reps,
        got.next.sets > got.now.sets,
        got.next.hold_s > got.now.hold_s,
        kg(got.next) > kg(got.now),
    ]
    assert sum(grown) == (1 if got.verdict is Verdict.MORE else 0), "one thing at a time, and only when it goes up"
    if got.verdict is Verdict.HOLD:
        assert got.next == got.now
    if got.verdict < Verdict.HOLD:
        assert got.next.reps < got.now.reps or got.now.reps == 1


def worse_sets(draw, one: SetDone) -> SetDone:
    """The same set with more pain, more effort, less done or less said."""
    kind = draw(st.sampled_from(["pain", "effort", "reps", "tempo", "silence"]))
    match kind:
        case "pain":
            return replace(one, pain=draw(st.integers(one.pain or 0, 10)))
        case "effort":
            return replace(one, effort=draw(st.integers(one.effort or 0, 10)))
        case "reps":
            return replace(one, reps=draw(st.integers(0, one.reps)))
        case "tempo":
            return replace(one, tempo_ok=False if one.tempo_ok else one.tempo_ok)
        case _:
            return replace(one, **{draw(st.sampled_from(["effort", "pain", "tempo_ok"])): None})


@FAST
@given(cases(), st.data())
def test_more_pain_or_less_done_never_gives_more(case, data):
    item, history, answer = case
    assume(history)
    at = data.draw(st.integers(0, len(history) - 1))
    done = history[at]
    kind = data.draw(st.sampled_from(["set", "no set", "next day", "answer", "pause"]))
    worse, later = list(history), answer
    if kind == "set":
        number = data.draw(st.integers(0, len(done.sets) - 1))
        assume(
            done.sets[number].pain is not None and done.sets[number].effort is not None
        )  # a guess for silence may help
        sets = list(done.sets)
        new = worse_sets(data.draw, sets[number])
        assume(not (new.pain is None and PAIN.band(sets[number].pain).action == "stop"))
        worse[at] = replace(done, sets=(*sets[:number], new, *sets[number + 1 :]))
    elif kind == "no set":
        assume((done.sets[-1].pain or 0) < 6)  # a set that hurt too much says more than none
        worse[at] = replace(done, sets=done.sets[:-1])
    elif kind == "next day":
        worse[at] = replace(done, worse_next_day=data.draw(st.sampled_from([True, None])))
    elif kind == "answer":
        later = {False: Answers(), None: Answers(worse_next_day=True), True: answer}[answer.worse_next_day]
    else:
        days = data.draw(st.integers(1, 40))
        worse = [replace(one, day=one.day - timedelta(days)) for one in history]
    before, after = proposal(item, history, answer), proposal(item, worse, later)
    assert after.verdict <= before.verdict
    if before.now == after.now and before.verdict < Verdict.MORE:
        assert after.next.reps <= before.next.reps
        assert after.next.sets <= before.next.sets
        assert after.next.hold_s <= before.next.hold_s
        assert kg(after.next) <= kg(before.next)


@FAST
@given(cases(), st.integers(0, 10))
def test_pain_and_silence_always_win(case, worst):
    item, history, answer = case
    assume(history)
    last = history[-1]
    hurt = replace(last, sets=(*last.sets[:-1], replace(last.sets[-1], pain=worst)))
    silent = replace(last, sets=(*last.sets[:-1], replace(last.sets[-1], pain=None)))
    action = PAIN.band(worst).action
    got = proposal(item, [*history[:-1], hurt], answer)
    assert got.verdict <= {"go-on": Verdict.MORE, "watch": Verdict.HOLD, "stop": Verdict.MUCH_LESS}[action]
    assert proposal(item, [*history[:-1], silent], answer).verdict <= Verdict.HOLD
    assert proposal(item, history, Answers()).verdict <= Verdict.HOLD
    assert proposal(item, history, Answers(worse_next_day=True)).verdict <= Verdict.LESS


@FAST
@given(plans.items())
def test_good_sessions_climb_to_the_limits_and_stop_there(item):
    """Limits are drawn near, so that the way is short: at most 3 reps x 2 sets x 5 holds x 3 loads."""
    begin = kg(item.targets)
    near = msgspec.structs.replace(
        item.progress,
        after_sessions=2,
        effort_most=4,
        most_reps=min(item.reps + 2, 100),
        most_sets=min(item.sets + 1, 20),
        most_kg=min(begin + 1, 300),
        step_kg=0.5,
    )
    item = msgspec.structs.replace(item, progress=near)
    now, steps = item.targets, 0
    while (got := proposal(item, [session(item, 5, now), session(item, 2, now)], NO_WORSE)).verdict is Verdict.MORE:
        assert rank(item, got.next) > rank(item, now)
        now, steps = got.next, steps + 1
        assert steps < 3 * 2 * 5 * 3
    assert got.verdict is Verdict.HOLD
    top = {"reps": near.most_reps, "sets": near.most_sets, "hold": near.most_hold_s, "load": near.most_kg}
    reached = {"reps": now.reps, "sets": now.sets, "hold": now.hold_s, "load": kg(now)}
    assert all(reached[quantity] == pytest.approx(top[quantity]) for quantity in item.progress.by)


def rank(item: PlanItem, targets: Targets) -> list[float]:
    """Where targets stand on the way up: what grows last counts most."""
    amounts = {"reps": targets.reps, "sets": targets.sets, "hold": targets.hold_s, "load": kg(targets)}
    return [amounts[quantity] for quantity in reversed(item.progress.by)]


def test_the_numbers_of_the_guide_are_those_of_the_rule():
    from repband.paths import shipped
    from repband.plan.steps import LESS_REPS_SHARE, MORE_HOLD_S, MORE_REPS

    guide = (shipped("plans") / "README.md").read_text(encoding="utf-8")
    assert f"| {DAYS_OFF_ANEW} days off |" in guide
    assert f"{DAYS_OFF_LESS} days off |" in guide
    assert f"{MORE_REPS} rep a set, 1 set, {MORE_HOLD_S:g} s of hold" in guide
    assert (LESS_REPS_SHARE, "a fifth fewer reps" in guide) == (0.2, True)


def test_the_last_step_ends_at_the_limit():
    top = Targets(2, 10, 0.0, PlanLoad("kg", 5.8))
    assert proposed(session(days_ago=5, targets=top), session(targets=top)).next.load.value == 6.0


def test_a_load_never_goes_down_to_nothing():
    light = msgspec.structs.replace(ITEM, load=PlanLoad("kg", 0.5))
    assert proposed(session(light, pain=9), item=light).next.load.value == 0.5
