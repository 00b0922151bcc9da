"""What leaving people and movements out has shown, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from repband.bench.intervals import proportion
from repband.recognise.leave_out import Judged
from repband.recognise.sets import OURS, UNCERTAIN_KINDS

_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def report(judged: Mapping[int | None, Sequence[Judged]], known: Sequence[Judged]) -> str:
    """Tables in Markdown: what is right, people halved, each movement, reliability.

    Args:
        judged: person and movement left out, by the number of reps after which it was judged; None at the end.
        known: the same at the end, only the person left out.
    """
    at_end = judged[None]
    return "\n\n".join(
        (
            _by_reps(judged),
            _by_half(at_end),
            f"Each movement, person and movement left out:\n\n{_by_movement(at_end)}",
            f"Each movement, person left out:\n\n{_by_movement(known)}",
            f"Reliability, person and movement left out:\n\n{_reliability(at_end)}",
            f"Reliability, person left out:\n\n{_reliability(known)}",
            _wrong(at_end),
        )
    )


def _is_ours(j: Judged) -> bool:
    return j.truth in OURS


def _is_other(j: Judged) -> bool:
    return j.truth not in OURS and j.recorded.label.kind not in UNCERTAIN_KINDS


def share(judged: Sequence[Judged]) -> str:
    """How many are right, with the exact 95 % interval and the number of people."""
    right = sum(j.right for j in judged)
    interval = proportion(right, len(judged))
    if interval is None:
        return "none"
    people = len({j.recorded.label.person for j in judged})
    low, high = interval
    return f"{right} of {len(judged)} ({100 * low:.0f}-{100 * high:.0f} %), {people} people"


def movements_unknown(judged: Sequence[Judged]) -> float:
    """Mean over movements that are not ours of the share of their recordings called unknown."""
    groups: dict[str, list[bool]] = {}
    for j in judged:
        if _is_other(j):
            groups.setdefault(j.recorded.movement, []).append(j.right)
    return sum(sum(g) / len(g) for g in groups.values()) / len(groups) if groups else 0.0


def _by_reps(judged: Mapping[int | None, Sequence[Judged]]) -> str:
    lines = [
        "| judged | ours, person left out | other recordings, movement and person left out | mean over movements |",
        "|---|---|---|---|",
    ]
    for reps, group in judged.items():
        when = "at the end" if reps is None else f"after {reps} reps"
        ours = share([j for j in group if _is_ours(j)])
        other = share([j for j in group if _is_other(j)])
        lines.append(f"| {when} | {ours} | {other} | {100 * movements_unknown(group):.0f} % |")
    return "\n".join(lines)


def _by_half(judged: Sequence[Judged]) -> str:
    lines = ["| half of the people | " + " | ".join(OURS) + " | other recordings |", "|---" * (len(OURS) + 2) + "|"]
    for odd in (True, False):
        half = [j for j in judged if j.recorded.label.odd is odd]
        cells = [share([j for j in half if j.truth == name]) for name in OURS]
        cells.append(share([j for j in half if _is_other(j)]))
        lines.append(f"| {'odd' if odd else 'even'} numbers | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _by_movement(judged: Sequence[Judged]) -> str:
    groups: dict[str, list[Judged]] = {}
    for j in judged:
        kind = j.recorded.label.kind if j.recorded.label.kind in UNCERTAIN_KINDS else ""
        groups.setdefault(" ".join((j.recorded.movement.replace("_", " "), kind)).strip(), []).append(j)
    lines = [
        "| movement | " + " | ".join(OURS) + " | unknown | people |",
        "|---" * (len(OURS) + 3) + "|",
    ]
    for name, group in sorted(groups.items()):
        calls = [str(sum(j.called == call for j in group)) for call in (*OURS, "unknown")]
        people = len({j.recorded.label.person for j in group})
        lines.append(f"| {name} | " + " | ".join(calls) + f" | {people} |")
    return "\n".join(lines)


def _reliability(judged: Sequence[Judged]) -> str:
    """Each movement weighs alike within ours and within the others: recordings are not as common as their exercises."""
    counted = [j for j in judged if j.shares and (_is_ours(j) or _is_other(j))]
    sizes: dict[str, int] = {}
    for j in counted:
        sizes[j.recorded.movement] = sizes.get(j.recorded.movement, 0) + 1
    lines = ["| confidence | recordings | mean confidence | right |", "|---|---|---|---|"]
    for low, high in pairwise(_BINS):
        inside = [j for j in counted if low < j.shares[j.called] <= high or (low == 0.0 and j.shares[j.called] == 0.0)]
        if inside:
            weights = [1.0 / sizes[j.recorded.movement] for j in inside]
            said = sum(w * j.shares[j.called] for w, j in zip(weights, inside, strict=True)) / sum(weights)
            right = sum(w * j.right for w, j in zip(weights, inside, strict=True)) / sum(weights)
            lines.append(f"| {low:.2f}-{high:.2f} | {len(inside)} | {said:.2f} | {right:.2f} |")
    return "\n".join(lines)


def _wrong(judged: Sequence[Judged]) -> str:
    lines = ["Ours that were missed:"]
    for j in judged:
        if _is_ours(j) and not j.right:
            shares = (
                ", ".join(f"{name} {value:.2f}" for name, value in j.shares.items()) or "fewer than two reps counted"
            )
            lines.append(f"- {j.recorded.label.folder}/{j.recorded.label.path.name}: {shares}")
    return "\n".join(lines)
