"""Owns the link, the clock and the order of things: records every arrival, command and tick before it acts.

The records are here; `repband.driver.session` and `repband.driver.driver` import the whole engine on top of them.
"""

from repband.driver.base import Command, Plain, Record, Tick

__all__ = ["Command", "Plain", "Record", "Tick"]
