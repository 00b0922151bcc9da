"""Which recordings stand in which row of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from repband.bench.outcome import Subject

Test = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its title, and which recordings it takes.

    Attributes:
        by_count: judged by the number of reps, wherever they were seen.
        note: what a reader of the table should know.
        other: not one of the rows a counter is judged by: an unusual place or movement, or a folder of one's own.
    """

    title: str
    takes: Test
    by_count: bool = False
    note: str = ""
    other: bool = False


def is_in(folders: Sequence[str], *exercises: str, kind: str | None = None, placement: str = "") -> Test:
    """Takes recordings of these folders and exercises (none: all), of one kind, worn at a place that begins so."""

    def takes(s: Subject) -> bool:
        return (
            s.folder in folders
            and (not exercises or s.exercise in exercises)
            and (kind is None or s.kind == kind)
            and s.placement.startswith(placement)
        )

    return takes


def _uci_thigh(s: Subject) -> bool:
    return is_in(["uci_pt"], "e3", "e4", "e5", placement="u3")(s) and not s.name.startswith("uci_pt/s1_e5")


ROWS: tuple[Row, ...] = (
    Row("bridge, begun at rest", is_in(["mex_rest"], "bridge")),
    Row("clamshell, moving", is_in(["mex_rest", "mex"], "clamshell", kind="moving")),
    Row("clamshell, sensor on the resting leg", is_in(["mex"], "clamshell", kind="still")),
    Row("clamshell, sensor hardly moved", is_in(["mex"], "clamshell", kind="passive")),
    Row("bridge, as recorded", is_in(["mex"], "bridge"), by_count=True),
    Row("thigh sensor, UCI e3-e5", _uci_thigh, note="without s1_e5, whose bounds look shifted"),
    Row("sit-to-stand", is_in(["hugadb"], "sit_to_stand")),
    *(
        Row(name.replace("_", " ") + ", no reps", is_in(["hugadb"], name))
        for name in ("walking", "running", "bicycling", "sitting", "sitting_in_car", "standing")
    ),
    *(
        Row(f"{title}, thigh, CMU", is_in(["cmu_sub22"], name, placement="thigh"))
        for title, name in (
            ("deep squat", "SqDL"),
            ("decline squat", "DeclineSq"),
            ("half squat on one leg", "SqHalfSL"),
            ("lunge", "Lunge"),
        )
    ),
    *(
        Row(f"{title}, wrist, {folder}", is_in([folder], name))
        for folder, title, name in (
            ("cara", "squat", "squat"),
            ("cara", "lunge", "lunge"),
            ("cara", "picking up", "pickingup"),
            ("barbell", "squat", "squat"),
            ("barbell", "deadlift", "deadlift"),
        )
    ),
    Row("spliced bridge", is_in(["splices"], "bridge")),
    Row("spliced clamshell", is_in(["splices"], "clamshell")),
    Row("spliced sit-to-stand", is_in(["splices"], "sit_to_stand")),
    Row("spliced, all", is_in(["splices"])),
    Row("simulated, plain", is_in(["simulated_plain"])),
    Row("simulated, hard", is_in(["simulated_hard"])),
)


def rows_of(subjects: Sequence[Subject]) -> list[tuple[Row, list[int]]]:
    """The rows that have recordings, each with their places in `subjects`; what no row names is grouped behind.

    The rest is grouped by folder, exercise, placement and kind, in order of first appearance.
    """
    named = [(row, [i for i, s in enumerate(subjects) if row.takes(s)]) for row in ROWS]
    taken = {i for _, places in named for i in places}
    rest: dict[str, list[int]] = {}
    for i, subject in enumerate(subjects):
        if i not in taken:
            rest.setdefault(_title(subject), []).append(i)
    others = [(Row(title, lambda _: False, other=True), places) for title, places in rest.items()]
    return [(row, places) for row, places in named + others if places]


def _title(s: Subject) -> str:
    # "thigh_l" and "thigh_r" are one place on the body.
    place = s.placement.removesuffix("_l").removesuffix("_r").split(" (")[0]
    parts = [s.exercise.replace("_", " "), place, s.kind, s.folder]
    return ", ".join(part for part in parts if part)


def short(subjects: Sequence[Subject], most: int = 4) -> list[int]:
    """A few recordings of each row, spread evenly over it; their places in `subjects`, in order."""
    chosen: set[int] = set()
    for _, places in rows_of(subjects):
        n = min(most, len(places))
        chosen.update(places[i * len(places) // n] for i in range(n))
    return sorted(chosen)
