"""What the board runs after boot."""

from repband_device.app import run

run()
