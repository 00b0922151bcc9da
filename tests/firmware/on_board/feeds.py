"""Samples and clocks for tests that run under MicroPython."""


class Counting:
    """Samples that count up: (n, -n, 8192), with a gyroscope (n, -n, 8192, n + 1, n + 2, n + 3); `total` of them."""

    def __init__(self, total, axes=3):
        self.total = total
        self.axes = axes
        self.number = 0

    def next(self):
        if self.number == self.total:
            return None
        n = self.number
        self.number += 1
        return (n, -n, 8192, n + 1, n + 2, n + 3)[: self.axes]


class Time:
    """A clock that tests move by hand."""

    def __init__(self, start_us=0):
        self.us = start_us

    def __call__(self):
        return self.us


def small_int(value):
    """A board's small int has 31 bits; beyond that every result is an object on the heap."""
    assert -(1 << 30) <= value < 1 << 30, value
    return value
