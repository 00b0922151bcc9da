"""Where a finished movement passes half its height, and how long it stays at the far end: the host's half_height."""

from .excursion import Excursion
from .motion import Motion
from .whole import angle_of, root


def fill(found: Excursion, m: Motion, left: int) -> None:
    """Fills in start, half-height crossings, stay, chord and angle.

    Args:
        found: an excursion with its end, rest and way out.
        m: frames up to its end.
        left: the frame at which it was noticed.
    """
    square = found.along(found)
    found.chord = max(root(square), 1)
    found.angle = angle_of(found.chord)
    oldest = max(m.oldest, left - 25)
    start = _start(found, m, max(left, oldest), oldest, square // 10)
    half, beyond, end = square >> 1, square // 20 * 17, found.end
    up = start
    while up < end and found.height(m, up) < half:
        up += 1
    if found.height(m, up) < half:
        up = start
    down = up
    stay = 0
    for number in range(up, end + 1):
        height = found.height(m, number)
        if height >= half and number < end:
            down = number
        if height > beyond:
            stay += 1
    found.start = end - start
    found.stay = stay
    found.up = crossing(found, m, up - 1, half) if up > oldest else (end - up) * 64
    found.down = crossing(found, m, down, half)


def crossing(found: Excursion, m: Motion, number: int, level: int) -> int:
    """64ths of a frame before its end at which height passes `level` between frames `number` and `number` + 1."""
    before = found.height(m, number)
    step = found.height(m, number + 1) - before  # a scalar product itself, so below 2**30
    rest = level - max(before, -500000000)
    while step > 8388607 or step < -8388608:
        step >>= 1
        rest >>= 1
    share = 0
    if step:
        share = max(-10 * 64, min(max(-8388608, min(rest, 8388607)) * 64 // step, 10 * 64))
    return (found.end - number) * 64 - share


def _start(found: Excursion, m: Motion, first: int, oldest: int, low: int) -> int:
    """The first frame of the movement, sought from where it was noticed."""
    number = first
    height = found.height(m, number)
    while number > oldest and height > low:
        before = found.height(m, number - 1)
        if before >= height:
            break
        number -= 1
        height = before
    return number
