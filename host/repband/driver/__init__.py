"""Owns the link, the clock and the order of things: records every arrival, command and tick before it acts."""

from repband.driver.base import Command, Plain, Record, Tick

__all__ = ["Command", "Plain", "Record", "Tick"]
