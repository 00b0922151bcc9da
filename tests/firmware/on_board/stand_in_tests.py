"""The stand-in radio behaves as the real stacks do; its module says where each behaviour stands in MicroPython."""

import errno
import struct

import bluetooth

UUID_A = bluetooth.UUID("3fd90001-1094-43ad-8fea-a6ffed0cbd5f")
UUID_B = bluetooth.UUID("3fd90002-1094-43ad-8fea-a6ffed0cbd5f")
FLAGS = bluetooth.FLAG_READ | bluetooth.FLAG_WRITE | bluetooth.FLAG_WRITE_NO_RESPONSE | bluetooth.FLAG_NOTIFY


class Air:
    """A host without a socket: calls what the stand-in calls when bytes come."""

    def __init__(self, btstack, preferred_mtu=256):
        bluetooth.BLE._only = None
        self.ble = ble = bluetooth.BLE()
        ble.btstack = btstack
        self.events = []
        self.told = []
        ble.active(True)
        ble._tell = lambda kind, body: self.told.append((kind, body))
        ble.config(mtu=preferred_mtu)
        ble.irq(self.happened)
        ((self.handle,),) = ble.gatts_register_services(((UUID_A, ((UUID_B, FLAGS),)),))
        ble.gap_advertise(100000, b"\x02\x01\x06")

    def happened(self, event, data):
        value = self.ble.gatts_read(data[1]) if event == 3 else None
        self.events.append((event, bytes(value) if value is not None else data))
        return 0

    def connect(self, mtu=0):
        self.ble._connected(struct.pack(">B6sH", 0, b"\x02host.", 24))
        if mtu:
            self.ble._take(b"M", struct.pack(">H", mtu))
        self.ble._tell_events()

    def write(self, data, response=0):
        self.ble._take(b"W", struct.pack(">HB", self.handle, response) + data)

    def got(self):
        """What a host was notified of."""
        while self.ble._outgoing:
            self.ble._connection_event()
        found = [body[2:] for kind, body in self.told if kind == b"N"]
        self.told = []
        return found


def refusal(air, data):
    try:
        air.ble.gatts_notify(0, air.handle, data)
    except OSError as error:
        return error.errno
    return 0


def test_nimble_refuses_when_its_buffers_are_full_and_takes_again_later():
    air = Air(False)
    air.connect(247)
    sent = 0
    while not refusal(air, bytes((sent,))):
        sent += 1
        assert sent < 100
    assert refusal(air, b"x") == errno.ENOMEM
    air.ble._connection_event()
    assert refusal(air, bytes((sent,))) == 0
    assert air.got() == [bytes((number,)) for number in range(sent + 1)]


def test_btstack_queues_without_limit():
    air = Air(True)
    air.connect(247)
    for number in range(200):
        assert refusal(air, bytes((number,))) == 0
    assert air.got() == [bytes((number,)) for number in range(200)]


def test_both_cut_a_notification_at_the_mtu_less_three():
    for btstack in (False, True):
        for mtu in (0, 23, 50, 185, 247):
            air = Air(btstack)
            air.connect(mtu)
            air.ble.gatts_notify(0, air.handle, bytes(range(250)))
            assert air.got() == [bytes(range((mtu or 23) - 3))], mtu


def test_the_mtu_is_the_smaller_of_both_and_told():
    for wanted, preferred, result in ((300, 256, 256), (300, 200, 200), (300, 400, 300), (300, 50, 50)):
        air = Air(False, preferred)
        air.connect(wanted)
        assert air.events[-1] == (21, (0, result))


def test_a_characteristic_holds_20_bytes_until_it_is_given_more():
    air = Air(False)
    air.connect(247)
    air.write(bytes(range(100)))
    assert air.events[-1] == (3, bytes(range(20)))
    air.ble.gatts_set_buffer(air.handle, 60)
    air.write(bytes(range(100)))
    assert air.events[-1] == (3, bytes(range(60)))


def test_the_last_write_wins_unless_writes_are_appended():
    for append, wanted in ((False, b"second"), (True, b"firstsecond")):
        air = Air(True)
        air.ble.gatts_set_buffer(air.handle, 40, append)
        air.connect()
        air.write(b"first")
        air.write(b"second")
        air.ble._tell_events()  # BTstack: later
        assert air.events[1] == (3, wanted)
        assert air.events[2] == (3, b"" if append else b"second")


def test_nimble_tells_each_write_within_the_event():
    air = Air(False)
    air.connect()
    air.write(b"first")
    air.write(b"second")
    assert [value for event, value in air.events if event == 3] == [b"first", b"second"]


def test_the_handler_hears_no_subscription_and_only_updates_need_one():
    air = Air(False)
    air.connect()
    before = len(air.events)
    air.ble.gatts_write(air.handle, b"quiet", True)
    air.ble.gatts_notify(0, air.handle, b"told anyway")
    air.ble._take(b"W", struct.pack(">HB", air.handle + 1, 1) + b"\x01\x00")
    air.ble.gatts_write(air.handle, b"update", True)
    assert air.got() == [b"told anyway", b"update"]
    assert len(air.events) == before


def test_reading_asks_the_handler_in_nimble_only():
    for btstack in (False, True):
        air = Air(btstack)
        air.connect()
        air.ble.gatts_write(air.handle, bytes(100))
        air.ble._take(b"R", struct.pack(">H", air.handle))
        air.ble._tell_events()
        assert air.told[-1] == (b"R", struct.pack(">HB", air.handle, 0) + bytes(100))
        assert (4 in [event for event, _ in air.events]) == (not btstack)


def test_advertising_ends_with_a_connection_and_a_gone_host_can_not_be_notified():
    air = Air(False)
    assert air.ble._advertising
    air.connect()
    assert not air.ble._advertising
    assert air.ble.gap_disconnect(0)
    assert not air.ble.gap_disconnect(0)
    assert refusal(air, b"x") == 107
    assert [event for event, _ in air.events] == [1, 2]


def test_advertising_data_has_31_bytes_and_nothing_works_while_it_is_off():
    air = Air(False)
    try:
        air.ble.gap_advertise(100000, bytes(32))
        raise AssertionError("too long")
    except OSError:
        pass
    air.ble.active(False)
    try:
        air.ble.gap_advertise(100000, b"")
        raise AssertionError("off")
    except OSError:
        pass
