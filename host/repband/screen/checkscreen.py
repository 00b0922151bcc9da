"""The first check of a new sensor on the screen: what to do, and the line that moves with the leg."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from repband.screen.firstcheck import legend, told
from repband.screen.view import View
from repband.workout import CheckAt, Step
from repband.workout.firstcheck import PRACTICE_REPS

_BLOCKS = " ▁▂▃▄▅▆▇█"
_LINE_ROWS, _LINE_CELLS = 6, 72
_LEAST_TOP_DEG = 20.0  # the line's height stands for at least so much: breathing stays at its foot
_ROWS_ROUND_LINE = 12


def render_check(view: View, at: CheckAt, width: int, height: int) -> RenderableType:
    """The whole screen for one moment of the check."""
    counted = f"  ·  practice rep {view.practised} of {PRACTICE_REPS}" if at.step is Step.REPS else ""
    first, *others = told(at)
    return Group(
        Text.assemble((at.task.title, "bold"), f"  ·  trying out the sensor{counted}"),
        Text(),
        Text(first, style="bold"),
        *(Padding(Text(other), (0, 0, 0, 2)) for other in others),
        Text(),
        *([] if at.step is Step.HELP else [_moving(view, width, height)]),
        Text(f"! {view.alert}" if view.alert else "", style="bold yellow"),
        Text(legend(at), style="bold"),
        Text(f"{view.source}  ·  Ctrl-C ends", style="dim", overflow="ellipsis", no_wrap=True),
    )


def _moving(view: View, width: int, height: int) -> RenderableType:
    rows = moving_line(view.line_deg, min(width - 8, _LINE_CELLS), max(2, min(_LINE_ROWS, height - _ROWS_ROUND_LINE)))
    rows[-1] += f"{view.excursion_deg:4.0f}°"
    return Text("\n".join([*rows, ""]), style="cyan")


def moving_line(angles_deg: Iterable[float], width: int, rows: int) -> list[str]:
    """The latest angles as columns, the newest at the right.

    Args:
        angles_deg: in order of time.
        width, rows: the room, in terminal cells.

    Returns:
        `rows` strings of `width` characters, the highest first.
    """
    latest = list(angles_deg)[-width:]
    top_deg = max([_LEAST_TOP_DEG, *latest])
    eighths = [0] * (width - len(latest)) + [round(8 * rows * max(0.0, a) / top_deg) for a in latest]
    return ["".join(_BLOCKS[min(8, max(0, n - 8 * row))] for n in eighths) for row in range(rows - 1, -1, -1)]
