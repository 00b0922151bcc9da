"""A sensor in plain Python that speaks the wire format: messages and the time go in, messages come out.

It is written from protocols/wire alone, so that the host's link is tested against the spec, not against itself.
Sample i is (i mod 4096, -(i mod 4096), 8192): what arrives can be checked for order and truth.
"""

from __future__ import annotations

import hashlib
import hmac
import struct

import numpy as np
import repband_wire as wire
from repband_wire import control
from repband_wire.info import CLAIMED, HAS_GYRO, PROVED, STREAMING

RANGES = wire.pack_ranges(4)


def sample(index: int) -> tuple[int, int, int]:
    return index % 4096, -(index % 4096), 8192


class SensorDouble:
    """One sensor.

    Args:
        rate_hz: true rate on the host's clock at drift 0.
        payload: bytes a message.
        drift_ppm: how much slower the device's clock runs than the host's.
        boot_us: device time at host time 0.
        keep: samples the ring keeps.
        feed: what it feels, shape (n, 3), int16; a ramp by default.
        window: samples in flight beyond the acknowledged one; None for no flow control.
    """

    def __init__(
        self,
        *,
        rate_hz: float = 52.0,
        payload: int = 244,
        drift_ppm: float = 0.0,
        boot_us: int = 0,
        session: int = 7,
        keep: int = 6400,
        window: int | None = None,
        key: bytes | None = None,
        versions: tuple[int, int] = (1, 1),
        name: str = "RepBand-1A2B",
        fault: int = 0,
        starts_at: int = 0,
        feed: np.ndarray | None = None,
    ) -> None:
        self.rate_hz, self.payload, self.drift_ppm, self.boot_us = rate_hz, payload, drift_ppm, boot_us
        self.session, self.keep, self.window, self.key = session, keep, window, key
        self.versions, self.name, self.fault = versions, name, fault
        self.feed = feed
        self.streaming = False
        self.next_index = 0
        self.acknowledged = 0
        self.gaps: list[tuple[int, int, int]] = []  # index, missing, cause: samples the sensor itself lost
        self.asked: list[str] = []
        self.acks: list[int] = []
        self.battery = 81
        self.interval_units = 24
        self.deaf = False
        self._proved = key is None
        self._nonce = b""
        self._nonces = 0
        self._resends: list[tuple[int, int]] = []
        self._began_s = -starts_at / rate_hz
        self._formatted_s = float("-inf")

    def begin(self, now_s: float) -> None:
        """Sample 0 is taken now."""
        self._began_s = now_s

    def sample(self, index: int) -> tuple[int, ...]:
        """What it feels: the feed, whose last sample stays, or the ramp."""
        if self.feed is None:
            return sample(index)
        return tuple(int(value) for value in self.feed[min(index, len(self.feed) - 1)])

    def head(self, now_s: float) -> int:
        """The index after the newest sample."""
        return int((now_s - self._began_s) * self.rate_hz)

    def device_us(self, now_s: float) -> float:
        """Device time, unwrapped."""
        return self.boot_us + now_s * 1e6 * (1 - self.drift_ppm * 1e-6)

    def restart(self, now_s: float) -> None:
        """As after a brown-out."""
        self.session = (self.session + 1000) & 0xFFFF
        self.boot_us = -now_s * 1e6 * (1 - self.drift_ppm * 1e-6)
        self._began_s = now_s
        self.next_index = self.acknowledged = 0
        self.disconnected()

    def disconnected(self) -> None:
        """The link is gone: nobody to stream to, nobody proved."""
        self.streaming = False
        self._resends = []
        self._proved = self.key is None

    def receive(self, data: bytes, now_s: float) -> list[bytes]:
        """One message from the host; gives the answers."""
        if self.deaf:
            return []
        message = wire.decode(data)
        if isinstance(message, wire.Ack):
            if message.session == self.session:
                self.acknowledged = max(self.acknowledged, message.next_index)
                self.acks.append(message.next_index)
            return []
        assert isinstance(message, wire.Control)
        self.asked.append(wire.CONTROLS[message.code].name)
        return self._answer(message, now_s)

    def tick(self, now_s: float) -> list[bytes]:
        """What is due; call about every 0.1 s."""
        out: list[bytes] = []
        for begin, end in self._resends:
            self._send(begin, end, now_s, out)
        self._resends = []
        if self.streaming:
            if now_s - self._formatted_s >= 5:
                out.append(self._format(self.next_index, now_s))
                self._formatted_s = now_s
            end = self.head(now_s)
            if self.window is not None:
                end = min(end, max(self.acknowledged, self._floor) + self.window)
            if end > self.next_index:
                self._send(self.next_index, end, now_s, out)
                self.next_index = end
        return out

    def info(self) -> wire.Info:
        flags = (CLAIMED if self.key else 0) | (STREAMING if self.streaming else 0)
        info = wire.Info(*self.versions, 0, 1, 0, self.fault)
        info.battery_percent, info.name = self.battery, self.name
        info.flags = flags
        if self._proved:
            info.flags |= PROVED | HAS_GYRO
            info.session, info.rate_chz, info.ranges = self.session, round(self.rate_hz * 100), RANGES
            info.ring_capacity, info.payload, info.interval_units = self.keep, self.payload, self.interval_units
            info.board, info.imu = "double", "none"
        return info

    def _answer(self, message: wire.Control, now_s: float) -> list[bytes]:
        code = message.code
        free = {control.GET_INFO, control.CHALLENGE, control.PROVE, control.RESET}
        if not self._proved and code not in free:
            return [wire.refuse(message, control.NOT_ALLOWED).encode()]
        values = wire.control_values(message)
        if code == control.GET_INFO:
            return [wire.make_reply(message).encode(), self.info().encode()]
        if code == control.START:
            return self._start(message, values, now_s)
        if code == control.STOP:
            last = self.tick(now_s)
            self.streaming = False
            return [*last, wire.make_reply(message).encode()]
        if code == control.CLOCK:
            return [wire.make_reply(message, int(self.device_us(now_s)) % wire.TIME_WRAP_US, 0).encode()]
        if code == control.RESEND:
            return self._resend(message, values, now_s)
        if code == control.CHALLENGE:
            self._nonces += 1
            self._nonce = hashlib.sha256(bytes([self._nonces])).digest()[:16]
            self._proved = False
            return [wire.make_reply(message, self._nonce).encode()]
        if code == control.PROVE:
            return [self._prove(message, values).encode()]
        return [wire.refuse(message, control.NOT_SUPPORTED).encode()]

    def _start(self, message, values, now_s) -> list[bytes]:
        if self.fault:
            return [wire.refuse(message, control.HARDWARE, f"fault {self.fault}").encode()]
        if not self.streaming:
            head = self.head(now_s)
            self.next_index = min(values["index"], head) if values["session"] == self.session else head
            self._formatted_s = float("-inf")
        self.streaming = True
        self._floor = self.next_index
        return [wire.make_reply(message, self.session, self.next_index, self._time_us(self.next_index)).encode()]

    def _resend(self, message, values, now_s) -> list[bytes]:
        if values["session"] != self.session:
            return [wire.refuse(message, control.GONE, "session").encode()]
        end = min(values["index"] + values["count"], self.next_index)
        self._resends.append((values["index"], end))
        return [wire.make_reply(message, values["index"], max(0, end - values["index"])).encode()]

    def _prove(self, message, values) -> wire.Reply:
        nonce, self._nonce = self._nonce, b""
        if not nonce or self.key is None:
            return wire.refuse(message, control.NOT_NOW)
        if values["mac"] != hmac.new(self.key, nonce, hashlib.sha256).digest()[:16]:
            return wire.refuse(message, control.NOT_ALLOWED)
        self._proved = True
        return wire.make_reply(message)

    def _time_us(self, index: int) -> int:
        taken_s = self._began_s + (index + 1) / self.rate_hz
        return int(self.device_us(taken_s)) % wire.TIME_WRAP_US

    def _format(self, index: int, now_s: float) -> bytes:
        return wire.Format(self.session, index, self._time_us(index), round(self.rate_hz * 100), RANGES).encode()

    def _send(self, index: int, end: int, now_s: float, out: list[bytes]) -> None:
        first = max(0, self.head(now_s) - self.keep)
        if index < first:
            out.append(wire.Gap(self.session, index, min(first, end) - index, wire.GAP_GONE).encode())
            index = min(first, end)
        if self.payload <= 20 and index < end:
            out.append(self._format(index, now_s))
        while index < end:
            gap = next((gap for gap in self.gaps if gap[0] <= index < gap[0] + gap[1]), None)
            if gap:
                missing = min(gap[0] + gap[1], end) - index
                out.append(wire.Gap(self.session, index, missing, gap[2]).encode())
                index += missing
                continue
            stop = min(
                [end, index + wire.samples_per_packet(self.payload, RANGES)] + [g[0] for g in self.gaps if g[0] > index]
            )
            data = b"".join(struct.pack("<3h", *self.sample(i)) for i in range(index, stop))
            if self.payload <= 20:
                out.append(wire.Short(self.session & 0xFF, index & 0xFFFF, self._time_us(index), data).encode())
            else:
                rate_chz = round(self.rate_hz * 100)
                out.append(wire.Stream(self.session, index, self._time_us(index), rate_chz, RANGES, data).encode())
            index = stop
