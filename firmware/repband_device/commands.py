"""What each control code does."""

from repband_wire import control
from repband_wire.base import PROTOCOL_MAX, PROTOCOL_MIN
from repband_wire.control import Control, Reply, make_reply, refuse
from repband_wire.errors import WireError
from repband_wire.events import Entry
from repband_wire.info import text_of
from repband_wire.stream import check_ranges, samples_per_packet

from . import SIDES, clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .app import Device
    from .peer import Peer
    from .selftest import Report


class Request:
    """A control message under way: who asks whom for what, and when it came in device time."""

    def __init__(self, device: "Device", peer: "Peer", message: Control, received_us: int) -> None:
        self.device = device
        self.peer = peer
        self.message = message
        self.received_us = received_us
        self.values = {}  # type: dict

    def done(self, *values: "int | bytes") -> Reply:
        """The reply that grants it."""
        return make_reply(self.message, *values)

    def refused(self, reason: int, hint: str = "") -> Reply:
        """The reply that refuses it."""
        return refuse(self.message, reason, hint)

    def guarded(self, action: "Callable[[Request], Reply | None]") -> "Reply | None":
        """What the action replies; errors are refusals."""
        try:
            return action(self)
        except WireError as error:
            return self.refused(control.BAD_PARAMETER, error.detail)
        except OSError:
            return self.refused(control.HARDWARE)
        except MemoryError:
            return self.refused(control.BUSY, "memory")

    def after_flush(self, action: "Callable[[Request], Reply | None]") -> None:
        """Acts and replies when the stream has sent what was sampled until now."""

        def flushed() -> None:
            reply = self.guarded(action)
            if reply:
                self.peer.reply(reply)

        self.peer.streamer.flush(flushed)


def answer(device: "Device", peer: "Peer", message: Control, received_us: int) -> "Reply | None":
    """The reply to a control message, after doing what it asks; None when it will come later."""
    request = Request(device, peer, message, received_us)
    if message.code not in control.CONTROLS:
        return request.refused(control.UNKNOWN_CODE)
    if not peer.proof.allows(message.code):
        return request.refused(control.NOT_ALLOWED)
    if message.code not in _ACTIONS:
        return request.refused(control.NOT_SUPPORTED)
    return request.guarded(_act)


def _act(request: Request) -> "Reply | None":
    request.values = control.control_values(request.message)
    return _ACTIONS[request.message.code](request)


def _start(request: Request) -> Reply:
    values, sensor = request.values, request.device.sensor
    if not PROTOCOL_MIN <= values["version"] <= PROTOCOL_MAX:
        return request.refused(control.BAD_VERSION, f"{PROTOCOL_MIN}-{PROTOCOL_MAX}")
    if not sensor.present:
        return request.refused(control.HARDWARE, f"fault {request.device.fault}")
    if samples_per_packet(request.peer.link.payload, sensor.ranges) < 1:
        return request.refused(control.PAYLOAD_TOO_SMALL)
    index = request.peer.streamer.start(values["session"], values["index"])
    return request.done(sensor.session, index, sensor.clock.time_us(max(index, sensor.ring.first)))


def _stop(request: Request) -> None:
    request.after_flush(_stopped)


def _stopped(request: Request) -> Reply:
    request.peer.streamer.stop()
    return request.done()


def _info(request: Request) -> Reply:
    return request.done()


def _set_rate(request: Request) -> None:
    request.after_flush(_rate_set)


def _rate_set(request: Request) -> Reply:
    device = request.device
    device.reconfigure(request.values["rate_chz"], device.sensor.ranges)
    return request.done(device.sensor.rate_chz)


def _set_range(request: Request) -> "Reply | None":
    check_ranges(request.values["ranges"])
    if samples_per_packet(request.peer.link.payload, request.values["ranges"]) < 1:
        return request.refused(control.PAYLOAD_TOO_SMALL)
    request.after_flush(_range_set)
    return None


def _range_set(request: Request) -> Reply:
    device = request.device
    device.reconfigure(device.sensor.rate_chz, request.values["ranges"])
    return request.done(device.sensor.ranges)


def _set_exercise(request: Request) -> Reply:
    name = text_of("exercise", request.values["exercise"])
    if not request.device.counting.choose(name):
        return request.refused(control.NOT_SUPPORTED)
    return request.done()


def _zero_counter(request: Request) -> Reply:
    if not request.device.counting.zero():
        return request.refused(control.NOT_SUPPORTED)
    request.device.sets.end()
    return request.done()


def _set_name(request: Request) -> Reply:
    request.device.remember("name", text_of("name", request.values["name"]))
    return request.done()


def _set_side(request: Request) -> Reply:
    request.device.remember("side", SIDES[request.values["side"]])
    return request.done()


def _clock(request: Request) -> Reply:
    return request.done(request.received_us, max(0, clock.since_us(request.received_us)))


def _resend(request: Request) -> Reply:
    values, sensor = request.values, request.device.sensor
    if values["session"] != sensor.session:
        return request.refused(control.GONE, "session")
    count = request.peer.streamer.resend(values["index"], values["count"])
    if count < 0:
        return request.refused(control.BUSY)
    return request.done(max(values["index"], sensor.ring.first), count)


def _identify(request: Request) -> Reply:
    if not request.device.signals.visible:
        return request.refused(control.NOT_SUPPORTED)
    request.device.identify()
    return request.done()


def _self_test(request: Request) -> "Reply | None":
    from .selftest import begin  # seldom needed: not in memory until then

    visit = request.peer.visits

    def told(report: "Report | None") -> None:
        if request.peer.visits != visit:
            return  # the host that asked is gone; who is there now may not see it
        if report is None:
            request.peer.reply(request.refused(control.BUSY, "memory"))
        else:
            request.peer.reply(request.done(*report.numbers()))

    return None if begin(request.device, told) else request.refused(control.BUSY)


def _battery(request: Request) -> Reply:
    battery = request.device.battery
    if not battery.present:
        return request.refused(control.NOT_SUPPORTED)
    battery.measure()
    return request.done(battery.percent, battery.millivolts, int(battery.charging))


def _claim(request: Request) -> Reply:
    if not request.device.owner.claimed and not (request.peer.link.near or request.device.pairing):
        return request.refused(control.NEEDS_BUTTON)
    if not request.peer.proof.claim(request.values["key"]):
        return request.refused(control.NOT_ALLOWED)
    return request.done()


def _challenge(request: Request) -> Reply:
    return request.done(request.peer.proof.challenge())


def _prove(request: Request) -> Reply:
    proved = request.peer.proof.prove(request.values["mac"])
    if proved is None:
        return request.refused(control.NOT_NOW)
    return request.done() if proved else request.refused(control.NOT_ALLOWED)


def _reset(request: Request) -> Reply:
    if not request.device.signals.button_held():
        return request.refused(control.NEEDS_BUTTON)
    request.device.owner.reset()
    return request.done()


def _log_read(request: Request) -> "Reply | None":
    sets = request.device.sets
    log = sets.log
    if log is None:
        return request.refused(control.HARDWARE)
    if not request.peer.link.has_room(control.LOG_ENTRIES + 1):
        return request.refused(control.BUSY)
    request.peer.reply(request.done(log.first, log.next, sets.uptime_s, sets.boot, log.identity))
    start = max(log.first, request.values["number"])
    for number in range(start, min(log.next, start + control.LOG_ENTRIES)):
        found = log.read(number)
        if found:
            request.peer.link.send(Entry(number, *found).encode())
    return None


def _log_clear(request: Request) -> Reply:
    log = request.device.sets.log
    if log is None:
        return request.refused(control.HARDWARE)
    log.clear(request.values["below"])
    return request.done()


_ACTIONS = {
    control.START: _start,
    control.STOP: _stop,
    control.GET_INFO: _info,
    control.SET_RATE: _set_rate,
    control.SET_RANGE: _set_range,
    control.SET_EXERCISE: _set_exercise,
    control.SET_NAME: _set_name,
    control.SET_SIDE: _set_side,
    control.CLOCK: _clock,
    control.RESEND: _resend,
    control.ZERO_COUNTER: _zero_counter,
    control.IDENTIFY: _identify,
    control.SELF_TEST: _self_test,
    control.BATTERY: _battery,
    control.CLAIM: _claim,
    control.CHALLENGE: _challenge,
    control.PROVE: _prove,
    control.RESET: _reset,
    control.LOG_READ: _log_read,
    control.LOG_CLEAR: _log_clear,
}
