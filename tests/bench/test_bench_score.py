"""The scoring rules, each with a case made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.bench.score import Bounds, Found, SetScore, Span, Truth, complement, match, overlap, score_set


def found(*spans: tuple[float, float], announced: float | None = None) -> list[Found]:
    """Reps whose half-height span lies 0.5 s inside onset and return."""
    return [Found(a, a + 0.5, b - 0.5, b, None if announced is None else b + announced) for a, b in spans]


def truth(*spans: tuple[float, float], **more: object) -> Truth:
    return Truth(len(spans), tuple(Span(*s) for s in spans), **more)  # type: ignore[arg-type]


def scored(reps: list[Found], known: Truth) -> SetScore:
    score = score_set(reps, known)
    assert score is not None
    return score


THREE = ((0.0, 3.0), (5.0, 8.0), (10.0, 13.0))


def test_all_found_is_exact() -> None:
    score = scored(found(*THREE, announced=0.4), truth(*THREE))
    assert (score.matched, score.missed, score.false, score.exact, score.within_one) == (3, 0, 0, True, True)
    assert score.latencies_s == pytest.approx((0.4, 0.4, 0.4))
    assert score.start_errors_s == (0, 0, 0)


def test_one_missed_is_within_one() -> None:
    score = scored(found(*THREE[:2]), truth(*THREE))
    assert (score.missed, score.false, score.exact, score.within_one, score.count_error) == (1, 0, False, True, -1)


def test_right_count_with_one_rep_elsewhere_is_not_exact_but_within_one() -> None:
    score = scored(found(THREE[0], THREE[1], (20, 23)), truth(*THREE))
    assert (score.missed, score.false, score.exact, score.within_one) == (1, 1, False, True)
    assert score.exact_by_count


def test_right_count_with_two_reps_elsewhere_is_not_within_one() -> None:
    score = scored(found(THREE[0], (16, 19), (20, 23)), truth(*THREE))
    assert (score.missed, score.false, score.within_one) == (2, 2, False)


def test_two_missed_is_not_within_one() -> None:
    assert not scored(found(THREE[0]), truth(*THREE)).within_one


def test_a_third_of_the_union_matches_and_less_does_not() -> None:
    known = truth((0, 3))
    assert scored(found((2, 5)), known).matched == 0  # 1 of 5
    assert scored(found((0, 9)), known).matched == 1  # 3 of 9, exactly a third
    assert scored(found((0, 9.1)), known).matched == 0


def test_one_counted_rep_serves_one_true_rep() -> None:
    score = scored(found((0, 6)), truth((0, 3), (3, 6)))
    assert (score.matched, score.missed, score.false) == (1, 1, 0)


def test_two_counted_reps_in_one_true_rep_are_one_right_one_false() -> None:
    score = scored(found((0, 3.1), (3.1, 6)), truth((0, 6)))
    assert (score.matched, score.missed, score.false) == (1, 0, 1)
    assert score.end_errors_s == pytest.approx((-2.9,))  # the one that overlaps most


def test_the_assignment_is_the_best_in_all_not_the_first_come() -> None:
    # The second counted rep overlaps both; taking it for the first true rep would lose the second.
    pairs = match([Span(0, 4), Span(4, 8)], [Span(0, 2), Span(2, 7)])
    assert pairs == [(0, 0), (1, 1)]


@pytest.mark.parametrize("counted", [found(*THREE), found(*THREE, (15.0, 16.5))])
def test_an_edge_is_free_found_or_not(counted: list[Found]) -> None:
    score = scored(counted, truth(*THREE, edges=(Span(15, 16.4),)))
    assert (score.exact, score.false, score.missed, score.found, score.exact_by_count) == (True, 0, 0, 3, True)
    assert score.free == len(counted) - 3


def test_an_edge_frees_one_counted_rep_only() -> None:
    score = scored(found((15, 15.9), (15.9, 17)), truth(edges=(Span(15, 17),)))
    assert (score.free, score.false) == (1, 1)


def test_a_certain_rep_chooses_before_an_edge() -> None:
    # The counted rep overlaps the edge more, but the true rep enough: it is right.
    score = scored(found((0, 6)), truth((0, 3), edges=(Span(2, 6.5),)))
    assert (score.matched, score.missed, score.false, score.free) == (1, 0, 0, 0)


def test_edges_give_the_count_that_much_room() -> None:
    known = truth(*THREE, edges=(Span(20, 21), Span(30, 31)))
    errors = [scored(found(*[(40 + 2 * i, 41 + 2 * i) for i in range(n)]), known).count_error for n in range(8)]
    assert errors == [-3, -2, -1, 0, 0, 0, 1, 2]


def test_half_height_truth_is_compared_with_half_height_crossings() -> None:
    score = scored(found((0, 4)), truth((0.6, 3.3), bounds=Bounds.HALF))
    assert score.start_errors_s == pytest.approx((-0.1,))
    assert score.end_errors_s == pytest.approx((0.2,))


def test_complement_is_what_lies_between_reps() -> None:
    assert complement(found((0, 3), (5, 8))) == ([Found(3, 2.5, 5.5, 5)], [])
    assert complement(found((0, 3))) == ([], [])
    assert complement([], Span(0, 9)) == ([], [])


def test_the_swapped_reading_moves_when_the_reps_do() -> None:
    counted = [replace(rep, hold=Span(rep.start_s + 1, rep.end_s - 1)) for rep in found((0, 3), (5, 8))]
    inner, outer = complement(counted, Span(-1, 10))
    assert [rep.span(Bounds.ONSET) for rep in inner] == [Span(2, 6)]
    assert [rep.span(Bounds.HALF) for rep in inner] == [Span(2.5, 5.5)]
    assert [rep.span(Bounds.ONSET) for rep in outer] == [Span(-1, 1), Span(7, 10)]


def test_complement_ends_where_the_recording_does() -> None:
    _, outer = complement(found((2, 5)), Span(1, 9))
    assert outer == [Found(1, 1, 2.5, 2), Found(5, 4.5, 9, 9)]


def test_the_complementary_reading_is_kept_where_it_is_better() -> None:
    rests = ((3.0, 5.0), (8.0, 10.0))
    counted = found(*THREE, announced=0.4)
    assert scored(counted, truth(*rests)).matched == 0
    score = scored(counted, truth(*rests, either=True))
    assert (score.exact, score.swapped, score.matched, score.latencies_s) == (True, True, 2, ())
    assert score.start_errors_s == (0, 0)
    assert scored(counted, truth(*THREE, either=True)).swapped is False


def test_a_swapped_reading_may_match_at_the_ends_and_is_not_blamed_for_them() -> None:
    counted, known = found(*THREE), truth((3, 5), (8, 10), (13, 15), either=True)
    short = score_set(counted, known, Span(-1, 15.5))
    assert short is not None and (short.exact, short.false, short.count_error) == (True, 0, 0)
    # Long after the set nothing says where the last one ends.
    long = score_set(counted, known, Span(-1, 60))
    assert long is not None and (long.missed, long.false, long.within_one) == (1, 0, True)


def test_no_complement_excuses_a_false_rep_where_there_is_none() -> None:
    score = scored(found((0, 3)), Truth(0, (), either=True))
    assert (score.false, score.exact) == (1, False)
    assert scored(found((0, 3)), Truth(0, None, either=True)).count_error == 1


def test_files_with_a_count_only_are_judged_by_count() -> None:
    scores = [scored(found(*[(3 * i, 3 * i + 2) for i in range(n)]), Truth(10)) for n in (8, 9, 10, 11, 12)]
    assert [s.exact for s in scores] == [False, False, True, False, False]
    assert [s.within_one for s in scores] == [False, True, True, True, False]
    assert {s.matched for s in scores} == {None}


def test_an_unknown_truth_is_not_scored() -> None:
    assert score_set(found((0, 3)), Truth(None)) is None


def test_nothing_true_and_nothing_found_is_exact() -> None:
    assert scored([], truth()).exact


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Disjoint spans of 1-6 s, up to 3 s apart, on a grid of 1/16 s."""
    steps = draw(st.lists(st.tuples(st.integers(0, 48), st.integers(16, 96)), max_size=12))
    out: list[tuple[float, float]] = []
    now = 0.0
    for gap, width in steps:
        out.append((now + gap / 16, now + (gap + width) / 16))
        now = out[-1][1]
    return out


@given(spans(), st.sampled_from(Bounds), st.booleans())
def test_perfect_input_is_exact(reps: list[tuple[float, float]], bounds: Bounds, either: bool) -> None:
    counted = found(*reps)
    known = Truth(len(reps), tuple(f.span(bounds) for f in counted), bounds=bounds, either=either)
    # A rep of 1 s has an empty half-height span here, which nothing can match.
    if all(s.end_s > s.start_s for s in known.reps or ()):
        score = scored(counted, known)
        assert score.exact and score.within_one and score.exact_by_count and not score.swapped


@given(spans(), spans(), st.randoms(use_true_random=False))
def test_order_of_reps_does_not_matter(a: list[tuple[float, float]], b: list[tuple[float, float]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled_a, shuffled_b = random.sample(a, len(a)), random.sample(b, len(b))
    assert scored(found(*a), truth(*b)) == scored(found(*shuffled_a), truth(*shuffled_b))


@given(spans(), spans())
def test_every_rep_is_accounted_for(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> None:
    score = scored(found(*a), truth(*b))
    assert score.matched is not None and score.missed is not None and score.false is not None
    assert score.matched + score.missed == len(b)
    assert score.matched + score.false == len(a)
    assert score.exact <= score.within_one


@given(spans(), spans())
def test_the_assignment_beats_every_greedy_one(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> None:
    true, counted = [Span(*s) for s in a], [Span(*s) for s in b]
    pairs = match(true, counted)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(overlap(true[i], counted[j]) >= 1 / 3 - 1e-9 for i, j in pairs)
    assert sum(overlap(true[i], counted[j]) for i, j in pairs) >= _greedy(true, counted) - 1e-9


def _greedy(true: list[Span], counted: list[Span]) -> float:
    """Best pair first, then the next among what is left."""
    ranked = sorted(((overlap(t, c), i, j) for i, t in enumerate(true) for j, c in enumerate(counted)), reverse=True)
    total, used_i, used_j = 0.0, set[int](), set[int]()
    for share, i, j in ranked:
        if share >= 1 / 3 and i not in used_i and j not in used_j:
            total, used_i, used_j = total + share, used_i | {i}, used_j | {j}
    return total
