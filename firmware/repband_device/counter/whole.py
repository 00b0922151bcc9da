"""Whole-number arithmetic within 31 bits, signed: a board's small integer, which costs no memory.

Units all over this folder: lengths in 2**-12 g ("units"), clamped to LIMIT on each axis, so that any two places are
less than 8 g apart and a scalar product of two such differences stays below 2**30 (Cauchy and Schwarz: 32632 squared);
angles in 2**-12 rad; times in frames of 40 ms, or in 64ths of a frame where a fraction matters.
"""

UNITS_PER_G = 4096
LIMIT = 9420  # 2.3 g; no thigh's low-passed acceleration comes near it. 2 * LIMIT * sqrt(3) = 32632


def limited(value: int) -> int:
    """The value within -LIMIT..LIMIT."""
    return LIMIT if value > LIMIT else -LIMIT if value < -LIMIT else value


def root(square: int) -> int:
    """The square root of 0 <= square < 2**30, rounded down."""
    guess = 32767  # its square is the largest below 2**30
    half = 16383
    while half * half > square:
        guess = half
        half >>= 1
    while guess:
        better = (guess + square // guess) >> 1
        if better >= guess:
            break
        guess = better
    return guess


def angle_of(chord: int) -> int:
    """The angle under a chord of the unit circle: the host's series, its factors in 2**-16."""
    c = chord if chord < 7373 else 7373  # 1.8
    c2 = c * c >> 12  # at most 13271, so c2 * 2784 stays below 2**26
    series = 46 + (c2 * 8 >> 12)
    series = 307 + (c2 * series >> 12)
    series = 2731 + (c2 * series >> 12)
    return chord * (4096 + (c2 * series >> 16)) >> 12  # 2**15 * 2**13


def chord_of(angle: int) -> int:
    """The chord over an angle of at most 3 rad: the host's series, its factors in 2**-18."""
    a = angle if angle < 12288 else 12288
    a2 = a * a >> 12  # at most 36864, so a2 * 10923 stays below 2**29
    series = 137 - (a2 >> 12)
    series = 10923 - (a2 * series >> 12)
    return a - (a * (a2 * series >> 18) >> 12)


def median(values: "list[int]", count: int) -> int:
    """The lower median of the first `count` values; sorted() would cost memory."""
    for i in range(count):
        value = values[i]
        below = same = 0
        for k in range(count):
            if values[k] < value:
                below += 1
            elif values[k] == value:
                same += 1
        if below <= (count - 1) >> 1 < below + same:
            return value
    return 0
