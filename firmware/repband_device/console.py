"""What a person can type at the console."""

from .watchdog import restart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import Device
    from .selftest import Report

_HELP = "commands: info, self-test, battery, sets, maintenance, repl (leave this program), help"


class Console:
    """Answers lines of text."""

    def __init__(self, device: "Device") -> None:
        self._device = device
        self._answers = {
            b"info": self._info,
            b"self-test": self._self_test,
            b"battery": self._battery,
            b"sets": self._sets,
            b"maintenance": self._maintenance,
            b"repl": self._leave,
        }

    def on_line(self, line: bytes) -> None:
        """One line that a person typed."""
        self._device.stirred()
        self._answers.get(bytes(line), self._help)()

    def _say(self, text: str) -> None:
        self._device.link.say(text)

    def _help(self) -> None:
        self._say(_HELP)

    def _info(self) -> None:
        device = self._device
        self._say(device.greeting())
        if device.radio is not None:
            state = "connected" if device.radio.connected else "advertising"
            self._say(f"Bluetooth: {device.radio.name}, {state}")

    def _self_test(self) -> None:
        try:
            from .selftest import begin  # seldom needed: not in memory until then

            begun = begin(self._device, self._tested)
        except MemoryError:
            self._tested(None)
            return
        self._say("let it lie still for some seconds" if begun else "it is at a self-test already")

    def _tested(self, report: "Report | None") -> None:
        if report is None:
            self._say("not enough memory for that now; restart the board and try again")
            return
        for line in report.lines():
            self._say(line)

    def _battery(self) -> None:
        battery = self._device.battery
        if not battery.present:
            self._say("this board can't measure its battery")
            return
        battery.measure()
        self._say(f"{battery.percent} %, {battery.millivolts} mV" + (", charging" if battery.charging else ""))

    def _sets(self) -> None:
        sets = self._device.sets
        for exercise, count in sets.recent:
            self._say(f"{exercise}: {count}")
        kept = sets.log.next - sets.log.first if sets.log else 0
        self._say(f"{kept} records in flash, {sets.lost} reps lost for want of room")

    def _maintenance(self) -> None:
        """A started watchdog can't be stopped: the mode begins with a restart."""
        try:
            self._device.remember("maintenance", not self._device.in_maintenance)
        except OSError:
            self._say("config.json can't be changed: mend it first; the board is in maintenance as long as it is wrong")
            return
        self._say("maintenance " + ("on" if self._device.config["maintenance"] else "off") + ", restarting")
        restart()

    def _leave(self) -> None:
        if not self._device.in_maintenance:
            self._say('the watchdog restarts the board in 8 s; type "maintenance" first to stay here')
        raise SystemExit
