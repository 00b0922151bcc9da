"""The host's side of the sensor: finds it, proves itself, keeps the session alive while the link comes and goes.

`Link` is the whole conduct without any I/O; a `Transport` (serial port, Bluetooth) carries its bytes, and `LinkSource`
makes a source of the two.
"""

from repband.link.core import Link
from repband.link.states import Change, LinkState
from repband.link.stats import LinkStats, link_figures, link_line

__all__ = ["Change", "Link", "LinkState", "LinkStats", "link_figures", "link_line"]
