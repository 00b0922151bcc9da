"""Numbers large enough to read from the mat."""

from __future__ import annotations

_WIDTH, _HEIGHT = 3, 5
# Each digit as five rows of three dots.
_FONT = {
    "0": "###|#.#|#.#|#.#|###",
    "1": ".#.|##.|.#.|.#.|###",
    "2": "###|..#|###|#..|###",
    "3": "###|..#|.##|..#|###",
    "4": "#.#|#.#|###|..#|..#",
    "5": "###|#..|###|..#|###",
    "6": "###|#..|###|#.#|###",
    "7": "###|..#|.#.|.#.|.#.",
    "8": "###|#.#|###|#.#|###",
    "9": "###|#.#|###|..#|###",
}


def big(number: int, width: int, height: int) -> list[str]:
    """Draws a number as large as fits, at least at scale 1.

    Args:
        number: 0 or more.
        width, height: the room, in terminal cells (a cell is about twice as high as wide).

    Returns:
        Rows of equal length.
    """
    text = str(number)
    cells = len(text) * (_WIDTH + 1) - 1
    scale = max(1, min(height // _HEIGHT, width // (2 * cells)))
    rows: list[str] = []
    for row in range(_HEIGHT):
        dots = ".".join(_FONT[digit].split("|")[row] for digit in text)
        line = "".join(("█" if dot == "#" else " ") * (2 * scale) for dot in dots)
        rows += [line] * scale
    return rows
