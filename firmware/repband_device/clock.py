"""The board's time: microseconds modulo 2**30, as in the wire format; and waiting."""

import asyncio
import time

from repband_wire.base import MAX_TIME_US, time_diff_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # noqa: F401 - in a comment


def now_us() -> int:
    """The device time."""
    ticks_us = time.ticks_us()  # type: Any  # the stubs hide that it is a number
    return ticks_us & MAX_TIME_US


async def sleep_ms(ms: int) -> None:
    """Lets the other tasks run for `ms`. The simulated board replaces both functions to run faster."""
    await asyncio.sleep_ms(ms)


def since_us(earlier_us: int) -> int:
    """Microseconds since `earlier_us`, less than 8.9 minutes ago."""
    return time_diff_us(now_us(), earlier_us)
