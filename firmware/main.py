"""What the board runs after boot."""

from repband_device.start import run

run()
