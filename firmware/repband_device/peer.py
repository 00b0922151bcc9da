"""The host at the other end of one link: its messages, its stream, and what it may see."""

from repband_wire.base import ACK, CONTROL, PROTOCOL_MAX, PROTOCOL_MIN, kind_of
from repband_wire.control import GET_INFO, OK, Control, Reply, decode_control
from repband_wire.errors import WireError
from repband_wire.events import Ack, decode_ack
from repband_wire.info import CHARGING, CLAIMED, HAS_GYRO, PROVED, STREAMING, Info

from . import SIDES, VERSION, commands
from .owner import Proof
from .streamer import Streamer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import Device
    from .link import Link


class Peer:
    """One link's host.

    Attributes:
        link: the way to it.
        proof: whether it may stream and control.
        streamer: its stream.
        bad_messages: what it sent that could not be understood.
        visits: how many hosts have left.
    """

    def __init__(self, device: "Device", link: "Link") -> None:
        self._device = device
        self.link = link
        self.proof = Proof(device.owner)
        self.streamer = Streamer(device.sensor, link)
        self.bad_messages = 0
        self.visits = 0

    def on_message(self, data: bytes, received_us: int) -> None:
        """One message from it, and the device time at which it came."""
        try:
            message = _decode(data)
        except WireError:
            self.bad_messages += 1
            return
        if isinstance(message, Control):
            reply = commands.answer(self._device, self, message, received_us)
            if reply:
                self.reply(reply)
        elif isinstance(message, Ack) and message.session == self._device.sensor.session and self.proof.proved:
            self.streamer.acknowledge(message.next_index)

    def reply(self, reply: Reply) -> None:
        """Sends a reply, and what it announces."""
        self.link.send_reply(reply, self.info() if (reply.code, reply.reason) == (GET_INFO, OK) else None)

    def leave(self) -> None:
        """It is gone: its stream ends, the session does not."""
        self.visits += 1
        self.proof.leave()
        self.streamer.stop()
        self._device.sets.host_gone()

    def info(self) -> Info:
        """What the device says of itself to this host."""
        device = self._device
        info = Info(PROTOCOL_MIN, PROTOCOL_MAX, VERSION[0], VERSION[1], VERSION[2], device.fault)
        info.name = device.config["name"]
        info.battery_percent = device.battery.percent
        info.flags = CLAIMED if device.owner.claimed else 0
        if self.proof.proved:
            self._tell_more(info)
        return info

    def _tell_more(self, info: Info) -> None:
        """What only a host that may control the device sees."""
        device = self._device
        sensor = device.sensor
        info.side = SIDES.index(device.config["side"])
        info.session, info.ring_capacity = sensor.session, sensor.ring.capacity
        info.payload, info.interval_units = self.link.payload, self.link.interval_units
        info.board, info.exercise = device.config["board"], device.counting.exercise
        info.flags |= PROVED | (STREAMING if self.streamer.streaming else 0) | (CHARGING * device.battery.charging)
        if sensor.present:
            info.rate_chz, info.ranges = sensor.rate_chz, sensor.ranges
            info.who_am_i, info.imu, info.rates_chz = sensor.imu.who_am_i, sensor.imu.name, sensor.imu.rates_chz
            info.flags |= HAS_GYRO if sensor.imu.has_gyro else 0


def _decode(data: bytes) -> "Control | Ack":
    """What a host may say; the rest of the codec is not loaded on a board. Raises WireError."""
    kind = kind_of(data)
    if kind == CONTROL:
        return decode_control(data)
    if kind == ACK:
        return decode_ack(data)
    raise WireError("kind", str(kind))
