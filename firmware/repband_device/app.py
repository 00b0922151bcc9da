"""Puts the parts together and runs them."""

import asyncio
import json
import os

from machine import I2C, Pin
from repband_wire.base import PROTOCOL_MAX, PROTOCOL_MIN
from repband_wire.codec import decode
from repband_wire.control import Control
from repband_wire.errors import WireError
from repband_wire.events import Ack
from repband_wire.info import CLAIMED, FAULT_CONFIG, HAS_GYRO, PROVED, STREAMING, Info
from repband_wire.stream import pack_ranges

from . import VERSION, clock, commands, imu
from .config import side_number, validate
from .link_serial import SerialLink
from .owner import Owner
from .ring import Ring
from .sensor import DRAIN_MS, Sensor
from .signals import Signals
from .streamer import SEND_MS, Streamer

KEY_PATH = "owner.key"
_HELP = "commands: info, repl (leave this program), help"


class Device:
    """Everything on the board.

    Attributes:
        config: the checked config.
        signals: button, light and buzzer.
        owner: whose it is.
        sensor, link, streamer: the parts.
        bad_messages: messages from the host that could not be understood.
    """

    def __init__(self, config_path: str, config: dict, mistake: str, ring: Ring) -> None:
        self._config_path = config_path
        self._fault = FAULT_CONFIG if mistake else 0
        self._info_wanted = False
        self._identifying = None
        self.bad_messages = 0
        self.config = config
        self.signals = Signals(self.config)
        self.owner = Owner(KEY_PATH)
        self.link = SerialLink(self.config["serial_payload"])
        self.sensor = self._sensor(mistake, ring)
        self.streamer = Streamer(self.sensor, self.link)
        self.link.say(self.greeting())

    @property
    def fault(self) -> int:
        """0, or what is wrong, as the wire format numbers it."""
        return self._fault or self.sensor.fault

    def greeting(self) -> str:
        """One line that says what this is and how it is."""
        version = ".".join([str(part) for part in VERSION])
        part = self.sensor.imu.name or "no motion sensor"
        return f"RepBand {version}, {part}, {self.sensor.rate_chz / 100} Hz, fault {self.fault}"

    async def run(self) -> None:
        """Samples and serves until the console's input ends."""
        jobs = (self._drain(), self._send(), self.signals.show_faults(lambda: self.fault))
        tasks = [asyncio.create_task(job) for job in jobs]
        await self.link.serve(self.on_message, self.on_line)
        for task in tasks:
            task.cancel()

    def on_message(self, data: bytes) -> None:
        """One message from the host."""
        received_us = clock.now_us()
        try:
            message = decode(data)
        except WireError:
            self.bad_messages += 1
            return
        if isinstance(message, Control):
            self.link.send(commands.answer(self, message, received_us).encode())
            if self._info_wanted:
                self._info_wanted = False
                self.link.send(self.info().encode())
        elif isinstance(message, Ack) and message.session == self.sensor.session and self.owner.proved:
            self.streamer.acknowledged = max(self.streamer.acknowledged, message.next_index)

    def on_line(self, line: bytes) -> None:
        """One line that a person typed."""
        if line == b"info":
            self.link.say(self.greeting())
        elif line == b"repl":
            raise SystemExit
        else:
            self.link.say(_HELP)

    def send_info_after_reply(self) -> None:
        """An info message follows the reply under way."""
        self._info_wanted = True

    def reconfigure(self, rate_chz: int, ranges: int) -> None:
        """Another rate or range: what has been sampled is sent first, then a new session begins."""
        if not self.sensor.present:
            raise OSError
        self.streamer.flush()
        self.sensor.configure(rate_chz, ranges)

    def identify(self) -> None:
        """Ten short signals, so that the wearer sees which sensor this is."""
        self._identifying = asyncio.create_task(self.signals.blink(10))

    def remember(self, key: str, value: "str | int") -> None:
        """Changes the config, in memory and in its file. Raises OSError, also rather than overwrite a mistake."""
        if self._fault == FAULT_CONFIG:
            raise OSError
        config = dict(self.config)
        config[key] = value
        self.config = validate(config)
        with open(self._config_path + ".new", "w") as file:  # noqa: PTH123 - MicroPython has no pathlib
            json.dump(self.config, file)
        os.rename(self._config_path + ".new", self._config_path)  # noqa: PTH104

    def info(self) -> Info:
        """What the device says of itself."""
        info = Info(PROTOCOL_MIN, PROTOCOL_MAX, VERSION[0], VERSION[1], VERSION[2], self.fault)
        info.name = self.config["name"]
        info.flags = CLAIMED if self.owner.claimed else 0
        if self.owner.proved:
            self._tell_more(info)
        return info

    def _tell_more(self, info: Info) -> None:
        """What only a host that may control the device sees."""
        sensor = self.sensor
        info.side = side_number(self.config)
        info.session, info.ring_capacity = sensor.session, sensor.ring.capacity
        info.payload = self.link.payload
        info.board = self.config["board"]
        info.flags |= PROVED | (STREAMING if self.streamer.streaming else 0)
        if sensor.present:
            info.rate_chz, info.ranges = sensor.rate_chz, sensor.ranges
            info.who_am_i, info.imu, info.rates_chz = sensor.imu.who_am_i, sensor.imu.name, sensor.imu.rates_chz
            info.flags |= HAS_GYRO if sensor.imu.has_gyro else 0

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
            sensor.configure(int(config["rate_hz"] * 100), ranges)
        return sensor

    def _find_imu(self, config: dict) -> "imu.Imu | None":
        bus = config["i2c"]
        i2c = I2C(bus["id"], scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus["freq"])
        try:
            return imu.find(i2c, config["imu"])
        except imu.ImuError as error:
            self._fault = error.fault
            self.link.say(str(error))
            return None

    async def _drain(self) -> None:
        while True:
            if self.sensor.present:
                self.sensor.drain()
            await clock.sleep_ms(DRAIN_MS)

    async def _send(self) -> None:
        while True:
            self.streamer.tick()
            await clock.sleep_ms(SEND_MS)
