"""Runs before main.py: some boards switch themselves off unless a pin is held from the start."""

from repband_device.power import hold

hold("config.json")
