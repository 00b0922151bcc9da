"""What each control code does."""

from repband_wire import control
from repband_wire.base import PROTOCOL_MAX, PROTOCOL_MIN
from repband_wire.control import Control, Reply, make_reply, refuse
from repband_wire.errors import WireError
from repband_wire.info import text_of
from repband_wire.stream import check_ranges, samples_per_packet

from . import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import Device


def answer(device: "Device", request: Control, received_us: int) -> Reply:
    """The reply to a control message, after doing what it asks."""
    if request.code not in control.CONTROLS:
        return refuse(request, control.UNKNOWN_CODE)
    if not device.owner.allows(request.code):
        return refuse(request, control.NOT_ALLOWED)
    if request.code not in _ACTIONS:
        return refuse(request, control.NOT_SUPPORTED)
    try:
        values = control.control_values(request)
        return _ACTIONS[request.code](device, request, values, received_us)
    except WireError as error:
        return refuse(request, control.BAD_PARAMETER, error.detail)
    except OSError:
        return refuse(request, control.HARDWARE)


def _start(device: "Device", request: Control, values: dict, _: int) -> Reply:
    if not PROTOCOL_MIN <= values["version"] <= PROTOCOL_MAX:
        return refuse(request, control.BAD_VERSION, f"{PROTOCOL_MIN}-{PROTOCOL_MAX}")
    sensor = device.sensor
    if not sensor.present:
        return refuse(request, control.HARDWARE, f"fault {device.fault}")
    if samples_per_packet(device.link.payload, sensor.ranges) < 1:
        return refuse(request, control.PAYLOAD_TOO_SMALL)
    index = device.streamer.start(values["session"], values["index"])
    return make_reply(request, sensor.session, index, sensor.clock.time_us(max(index, sensor.ring.first)))


def _stop(device: "Device", request: Control, values: dict, _: int) -> Reply:
    device.streamer.stop()
    return make_reply(request)


def _info(device: "Device", request: Control, values: dict, _: int) -> Reply:
    device.send_info_after_reply()
    return make_reply(request)


def _set_rate(device: "Device", request: Control, values: dict, _: int) -> Reply:
    device.reconfigure(values["rate_chz"], device.sensor.ranges)
    return make_reply(request, device.sensor.rate_chz)


def _set_range(device: "Device", request: Control, values: dict, _: int) -> Reply:
    check_ranges(values["ranges"])
    if samples_per_packet(device.link.payload, values["ranges"]) < 1:
        return refuse(request, control.PAYLOAD_TOO_SMALL)
    device.reconfigure(device.sensor.rate_chz, values["ranges"])
    return make_reply(request, device.sensor.ranges)


def _set_name(device: "Device", request: Control, values: dict, _: int) -> Reply:
    device.remember("name", text_of("name", values["name"]))
    return make_reply(request)


def _set_side(device: "Device", request: Control, values: dict, _: int) -> Reply:
    device.remember("side", ("unknown", "left", "right")[values["side"]])
    return make_reply(request)


def _clock(device: "Device", request: Control, values: dict, received_us: int) -> Reply:
    return make_reply(request, received_us, max(0, clock.since_us(received_us)))


def _resend(device: "Device", request: Control, values: dict, _: int) -> Reply:
    if values["session"] != device.sensor.session:
        return refuse(request, control.GONE, "session")
    count = device.streamer.resend(values["index"], values["count"])
    if count < 0:
        return refuse(request, control.BUSY)
    return make_reply(request, max(values["index"], device.sensor.ring.first), count)


def _identify(device: "Device", request: Control, values: dict, _: int) -> Reply:
    if not device.signals.visible:
        return refuse(request, control.NOT_SUPPORTED)
    device.identify()
    return make_reply(request)


def _claim(device: "Device", request: Control, values: dict, _: int) -> Reply:
    if not device.owner.claim(values["key"]):
        return refuse(request, control.NOT_ALLOWED)
    return make_reply(request)


def _challenge(device: "Device", request: Control, values: dict, _: int) -> Reply:
    return make_reply(request, device.owner.challenge())


def _prove(device: "Device", request: Control, values: dict, _: int) -> Reply:
    proved = device.owner.prove(values["mac"])
    if proved is None:
        return refuse(request, control.NOT_NOW)
    return make_reply(request) if proved else refuse(request, control.NOT_ALLOWED)


def _reset(device: "Device", request: Control, values: dict, _: int) -> Reply:
    if not device.signals.button_held():
        return refuse(request, control.NEEDS_BUTTON)
    device.owner.reset()
    return make_reply(request)


_ACTIONS = {
    control.START: _start,
    control.STOP: _stop,
    control.GET_INFO: _info,
    control.SET_RATE: _set_rate,
    control.SET_RANGE: _set_range,
    control.SET_NAME: _set_name,
    control.SET_SIDE: _set_side,
    control.CLOCK: _clock,
    control.RESEND: _resend,
    control.IDENTIFY: _identify,
    control.CLAIM: _claim,
    control.CHALLENGE: _challenge,
    control.PROVE: _prove,
    control.RESET: _reset,
}
