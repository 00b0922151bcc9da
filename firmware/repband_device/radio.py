"""Everything about the radio that takes time: who is connected, who is sent away, how often it advertises."""

from micropython import const

from . import clock
from .link_ble import FAST_US, SLOW_US, BleLink
from .peer import Peer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import Device

_POLL_MS = const(10)
_STRANGER_MS = const(5000)  # a host that has not proved itself by then is sent away
_STALLED_MS = const(5000)  # and one that acknowledges nothing while samples wait: it may be gone unnoticed
_ADVERTISE_AGAIN_MS = const(1000)


class Radio:
    """The Bluetooth side of the device. Raises OSError when there is no radio.

    Attributes:
        peer: the host that is connected, or the next one.
        quiet: whether it advertises slowly, because nobody has come for long.
    """

    def __init__(self, device: "Device", version: str) -> None:
        self._device = device
        self._link = BleLink(version)
        self.peer = Peer(device, self._link)
        self.quiet = False
        self._greeted = 0  # connections that have been seen
        self._unproved_ms = 0
        self._turn_ms = 0
        self._advertising_us = 0
        self._again_ms = 0
        self._battery = -1
        self.peer.leave()
        self._link.set_info(self.peer.info())

    @property
    def name(self) -> str:
        """As it advertises itself."""
        return self._link.name

    @property
    def connected(self) -> bool:
        """Whether a host is."""
        return self._link.connected

    async def run(self) -> None:
        """Serves hosts, one after the other, for ever."""
        last_us = clock.now_us()
        while True:
            await clock.sleep_ms(_POLL_MS)
            passed_ms = clock.since_us(last_us) // 1000
            if passed_ms > 0:
                last_us = clock.now_us()
                self.turn(passed_ms)

    def turn(self, passed_ms: int) -> None:
        """What is due, `passed_ms` after the turn before."""
        if self._link.connections != self._greeted:
            self._greet()
        if not self._link.connected:
            self._await_host(passed_ms)
            return
        self._listen()
        self._turn_ms += passed_ms
        if self._turn_ms >= self._link.turn_ms:
            self._turn_ms = 0
            self._link.send_waiting()
            self.peer.streamer.tick()
            self._tell_battery()
        self._send_away(passed_ms)

    def switch_off(self) -> None:
        """Ends it all."""
        self._link.disconnect()
        self._link.switch_off()

    def _greet(self) -> None:
        """Another host: what the one before might see and do is over."""
        self._greeted = self._link.connections
        self._advertising_us = self._again_ms = 0  # connecting ended it
        self._unproved_ms = 0
        self.peer.leave()
        self._link.set_info(self.peer.info())

    def _listen(self) -> None:
        while self._link.connected:
            message = self._link.take()
            if message is None:
                return
            self.peer.on_message(*message)
            if self.peer.proof.proved:  # a stranger must not keep it from sleeping
                self._device.stirred()

    def _send_away(self, passed_ms: int) -> None:
        self._unproved_ms = 0 if self.peer.proof.proved else self._unproved_ms + passed_ms
        streamer = self.peer.streamer
        stalled = streamer.streaming and streamer.stalled_turns * self._link.turn_ms > _STALLED_MS
        if self._unproved_ms > _STRANGER_MS or stalled:
            self._unproved_ms = 0
            self.peer.leave()
            self._link.disconnect()

    def _await_host(self, passed_ms: int) -> None:
        if self.peer.streamer.streaming or self.peer.proof.given:
            self.peer.leave()
            self._link.set_info(self.peer.info())
        wanted_us = SLOW_US if self.quiet else FAST_US
        self._again_ms -= passed_ms
        if wanted_us == self._advertising_us or self._again_ms > 0:
            return
        self._again_ms = _ADVERTISE_AGAIN_MS
        try:
            self._link.advertise(wanted_us)
            self._advertising_us = wanted_us
        except OSError:
            pass  # the stack is still at the last connection: again in a second

    def _tell_battery(self) -> None:
        percent = self._device.battery.percent
        if percent != self._battery and percent <= 100:
            self._battery = percent
            self._link.set_battery(percent)
