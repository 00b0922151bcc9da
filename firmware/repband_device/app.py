"""Puts the parts together and runs them."""

import asyncio
import json
import os

from machine import I2C, Pin
from micropython import const
from repband_wire.events import Rep
from repband_wire.info import FAULT_BATTERY, FAULT_CONFIG, FAULT_IMU_BUS
from repband_wire.stream import pack_ranges

from . import VERSION, clock, imu
from .battery import Battery
from .button import LONG, SHORT, Button, Presses
from .counting import Counting
from .flashlog import FlashLog, Storage
from .link_serial import SerialLink
from .owner import Owner
from .peer import Peer
from .rest import Rest
from .ring import Ring
from .sensor import DRAIN_MS, Sensor
from .setlog import SetLog
from .signals import Signals
from .watchdog import Watchdog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .console import Console  # noqa: F401 - in a comment
    from .radio import Radio

KEY_PATH = "owner.key"
LOG_PATH = "sets"
_SLOW_MS = const(1000)  # battery, idling
_BATTERY_EVERY = const(30)  # of these
PAIRING_MS = 60000


class Device:
    """Everything on the board.

    Attributes:
        config: the checked config.
        signals, battery, watchdog, owner, sensor, counting, sets, rest: the parts.
        link, peer: the serial console, and the host there.
        presses: what the hosts are told of the button.
        radio: the Bluetooth side; None where there is none.
        in_maintenance: no watchdog, no sleep: the board is being flashed or mended.
        testing: the self-test's task; None before the first.
    """

    def __init__(self, config_path: str, config: dict, mistake: str, ring: Ring) -> None:
        self._config_path = config_path
        self._fault = FAULT_CONFIG if mistake else 0
        self._identifying = None
        self._console = None  # type: Console | None
        self._pairing_ms = 0
        self._tasks = []
        self.config = config
        self.in_maintenance = bool(config["maintenance"] or mistake)
        self.link = SerialLink(config["serial_payload"])
        self.signals = Signals(config)
        self.battery = Battery(config["battery"])
        self.owner = Owner(KEY_PATH)
        self.sensor = self._sensor(mistake, ring)
        self.sets = SetLog(_open_log())
        self.counting = Counting(self.sensor, self._counted, self._measured)
        self.peer = Peer(self, self.link)
        self.presses = Presses(self.sensor)
        self.rest = Rest(self)
        self.radio = None  # type: Radio | None
        self.testing = None  # type: asyncio.Task | None
        self.watchdog = Watchdog()

    def begin(self) -> None:
        """Starts what can't be stopped: the watchdog and the radio; then says what this is."""
        if not self.in_maintenance:
            self.watchdog.start()
        if self.config["bluetooth"]:
            self.radio = self._open_radio()
        self.counting.target = self.config["target"]
        exercise = self.config["exercise"]
        if exercise and not self.counting.choose(exercise):
            self.link.say(f'"exercise": no table for "{exercise}" on the board; it does not count')
        self.link.say(self.greeting())
        if self.watchdog.restarted:
            self.link.say("it was stuck, and its watchdog restarted it")
        if self.in_maintenance:
            self.link.say("maintenance: no watchdog, no sleep")

    @property
    def fault(self) -> int:
        """0, or what is wrong, as the wire format numbers it; what keeps it from sampling comes first."""
        faults = self.faults()
        return faults[0] if faults else 0

    def faults(self) -> "list[int]":
        """All that is wrong, the weightiest first."""
        low = FAULT_BATTERY if self.battery.low else 0
        known = (self._fault, self.sensor.fault, self.sets.fault, low, self.watchdog.restarted)
        return [fault for fault in known if fault]

    @property
    def pairing(self) -> bool:
        """Whether it can be claimed over the air now."""
        return self._pairing_ms > 0

    def greeting(self) -> str:
        """One line that says what this is and how it is."""
        part = self.sensor.imu.name or "no motion sensor"
        return f"RepBand {version()}, {part}, {self.sensor.rate_chz / 100} Hz, fault {self.fault}"

    async def run(self) -> None:
        """Samples and serves until the console's input ends."""
        jobs = [self._drain(), self._send(), self._slow(), self.signals.show_faults(lambda: self.fault)]
        if self.signals.has_button:
            jobs.append(Button(self.signals).watch(self.pressed))
        if self.radio is not None:
            jobs.append(self.radio.run())
        tasks = self._tasks = [asyncio.create_task(job) for job in jobs]
        await self.link.serve(self.on_message, self._on_line)
        for task in tasks:
            task.cancel()

    def on_message(self, data: bytes) -> None:
        """One message from the host on the serial line."""
        self.stirred()
        self.peer.on_message(data, clock.now_us())

    def _on_line(self, line: bytes) -> None:
        """A person has typed something."""
        if self._console is None:
            from .console import Console  # not in memory where nobody ever types

            self._console = Console(self)
        self._console.on_line(line)

    def stirred(self) -> None:
        """Somebody needs the board."""
        self.rest.stir()

    def pressed(self, press: int) -> None:
        """The wearer has pressed the button."""
        self.stirred()
        if press in (SHORT, LONG):
            self.presses.tell(press, self._hosts())
        if press == SHORT:
            self.counting.paused = not self.counting.paused
            self.signals.beep(1)
        elif press == LONG:
            self.counting.zero()
            self.sets.end()
            self.signals.beep(3)
        elif not self.owner.claimed:
            self._pairing_ms = PAIRING_MS
            self.signals.beep(5)

    def reconfigure(self, rate_chz: int, ranges: int) -> None:
        """Another rate or range begins a new session. Raises OSError."""
        if not self.sensor.present:
            raise OSError
        self.sensor.configure(rate_chz, ranges)

    def identify(self) -> None:
        """Ten short signals, so that the wearer sees which sensor this is."""
        self._identifying = asyncio.create_task(self.signals.blink(10))

    def remember(self, key: str, value: "str | int | bool") -> None:
        """Changes the config, in memory and in its file. Raises OSError, also rather than overwrite a mistake."""
        if self._fault == FAULT_CONFIG:
            raise OSError
        from .config import validate  # start.py let go of it

        config = dict(self.config)
        config[key] = value
        self.config = validate(config)
        with open(self._config_path + ".new", "w") as file:  # noqa: PTH123 - MicroPython has no pathlib
            json.dump(self.config, file)
        os.rename(self._config_path + ".new", self._config_path)  # noqa: PTH104

    def slow_turn(self, passed_ms: int) -> None:
        """What is due about once a second."""
        self._pairing_ms = max(0, self._pairing_ms - passed_ms)
        if self.peer.streamer.streaming:
            self.stirred()
        self.presses.repeat(self._hosts())
        if self.radio is not None:
            self.sets.arrived(self.radio.peer.streamer.acknowledged)
        self.rest.turn(passed_ms)

    def measure_battery(self) -> None:
        """Looks at the battery; warns when it gets low."""
        was_low = self.battery.low
        self.battery.measure()
        if self.battery.low and not was_low:
            self.link.say(f"battery low: {self.battery.percent} %")
            self.signals.beep(4)

    def _counted(self, number: int, is_target: bool) -> None:
        self.stirred()
        self.signals.beep(2 if is_target else 1)

    def _measured(self, rep: Rep) -> None:
        links = [peer.link for peer in self._hosts() if peer.link.send(rep.encode())]
        if links and not any(link.near for link in links):
            self.sets.told(self.counting.exercise, rep, self.sensor.ring.head)
        else:
            self.sets.rep(self.counting.exercise, rep, keep=not links)

    def _hosts(self) -> "list[Peer]":
        """Who is streaming, and may."""
        peers = [self.peer] if self.radio is None else [self.peer, self.radio.peer]
        return [peer for peer in peers if peer.streamer.streaming and peer.proof.proved]

    def _sensor(self, mistake: str, ring: Ring) -> Sensor:
        config = self.config
        driver = None
        if mistake:
            self.link.say(f"config.json: {mistake}")
        else:
            driver = self._find_imu(config)
        sensor = Sensor(driver, ring, int.from_bytes(os.urandom(2), "little"))
        if driver:
            ranges = pack_ranges(config["accel_range_g"], config["gyro_range_dps"])
            sensor.begin(int(config["rate_hz"] * 100), ranges)
        return sensor

    def _find_imu(self, config: dict) -> "imu.Imu | None":
        bus = config["i2c"]
        i2c = I2C(bus["id"], scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus["freq"])
        try:
            return imu.find(i2c, config["imu"])
        except imu.ImuError as error:
            self._fault = error.fault
            self.link.say(str(error))
        except OSError:
            self._fault = FAULT_IMU_BUS
            self.link.say("the motion sensor's bus fails; check wiring, and restart the board")
        return None

    def _open_radio(self) -> "Radio | None":
        try:
            from .radio import Radio

            return Radio(self, version())
        except (ImportError, OSError) as error:
            self.link.say(f"no Bluetooth here: {error}")
            return None

    async def _drain(self) -> None:
        while True:
            if self.sensor.present:
                self.sensor.drain()
                self.counting.feed()
            self._feed_watchdog()
            await clock.sleep_ms(DRAIN_MS)

    def _feed_watchdog(self) -> None:
        """As long as all tasks live: one that died of a mistake ends in a restart, not in a board that is half dead."""
        for task in self._tasks:
            if task.done():
                return
        self.watchdog.feed()

    async def _send(self) -> None:
        while True:
            self.peer.streamer.tick()
            await clock.sleep_ms(self.link.turn_ms)

    async def _slow(self) -> None:
        turns = 0
        last_us = clock.now_us()
        left_us = 0
        while True:
            await clock.sleep_ms(_SLOW_MS)
            passed_us = clock.since_us(last_us)
            last_us = clock.now_us()
            left_us += passed_us
            self.sets.uptime_s += left_us // 1000000
            left_us %= 1000000
            turns += 1
            if turns % _BATTERY_EVERY == 0:
                self.measure_battery()
            self.slow_turn(passed_us // 1000)


def version() -> str:
    """The firmware's version as people write it."""
    return ".".join([str(part) for part in VERSION])


def _open_log() -> "FlashLog | None":
    try:
        return FlashLog(Storage(LOG_PATH))
    except OSError:
        return None
