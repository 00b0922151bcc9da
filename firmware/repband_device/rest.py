"""What the board does when nobody needs it: it advertises slowly, then sleeps until its button or motion wakes it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import Device

QUIET_MS = 600000  # ten minutes
SLEEP_MS = 1800000


class Rest:
    """Counts the time since anybody stirred.

    Attributes:
        idle_ms: that time.
    """

    def __init__(self, device: "Device") -> None:
        self._device = device
        self.idle_ms = 0

    def stir(self) -> None:
        """Somebody is there: a host that speaks and may, a rep, the button."""
        self.idle_ms = 0

    def turn(self, passed_ms: int) -> None:
        """What is due, `passed_ms` after the turn before."""
        self.idle_ms += passed_ms
        device = self._device
        if device.radio is not None:
            device.radio.quiet = self.idle_ms >= QUIET_MS
        if device.battery.empty:
            self._sleep("the battery is empty", by_motion=False)
        elif self.idle_ms >= SLEEP_MS and not device.in_maintenance:
            self._sleep("nobody is here", by_motion=True)

    def _sleep(self, why: str, by_motion: bool) -> None:
        from . import wake  # seldom needed: not in memory until then

        device = self._device
        lines = wake.lines(device.config, device.sensor.imu if by_motion else None)
        if not lines and by_motion:
            self.idle_ms = QUIET_MS  # nothing could wake it
            return
        device.counting.end()
        device.sets.end()
        names = " or ".join([name for name, _ in lines])
        device.link.say(f"sleeping: {why}; {names or 'nothing but power'} wakes it")
        if device.radio is not None:
            device.radio.switch_off()
        wake.sleep(device.config, [number for _, number in lines], device.watchdog.feed)
