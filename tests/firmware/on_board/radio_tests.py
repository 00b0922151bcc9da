# ruff: noqa: PTH107, SIM105
"""Who is connected and for how long, in turns of 50 ms, against the stand-in radio."""

import os

import bluetooth
from heap_tests_bus import SilentBus
from repband_device import config
from repband_device.battery import Battery
from repband_device.counting import Counting
from repband_device.imu_invensense import driver
from repband_device.link_ble import split
from repband_device.owner import Owner, hmac_sha256
from repband_device.radio import Radio
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_device.setlog import SetLog
from repband_wire import Ack, Decoder, control, decode, make_control, reply_values
from stand_in_tests import struct

KEY = bytes(range(16))


class Board:
    """What the radio needs of a device."""

    def __init__(self, claimed):
        try:
            os.remove("radio.key")
        except OSError:
            pass
        self.owner = Owner("radio.key")
        if claimed:
            self.owner.claim(KEY)
        self.fault = 0
        self.pairing = False
        self.config = config.validate({"name": "Anna"})
        self.battery = Battery(None)
        self.sensor = Sensor(driver(SilentBus(0x72, 3 * 8), 0x68, 0x19), Ring(12000), 1)
        self.sensor.configure(5263, 1)
        self.counting = Counting(self.sensor, lambda number, is_target: None, lambda rep: None)
        self.sets = SetLog(None)
        self.stirs = 0

    def stirred(self):
        self.stirs += 1


class Scene:
    """A board with its radio, and a host."""

    def __init__(self, claimed=False, btstack=False):
        bluetooth.BLE._only = None
        self.ble = bluetooth.BLE()
        self.ble.btstack = btstack
        self.told = []
        self.ble._tell = lambda kind, body: self.told.append((kind, body))
        self.board = Board(claimed)
        self.radio = Radio(self.board, "0.1.0")
        self.radio.turn(50)
        self.seq = 0

    def connect(self, mtu=247):
        self.ble._connected(struct.pack(">B6sH", 0, b"\x02host.", 24))
        self.ble._take(b"M", struct.pack(">H", mtu))
        self.turn()

    def turn(self):
        self.board.sensor.drain()
        self.ble._tell_events()
        self.radio.turn(50)
        if self.ble._conn >= 0:
            self.ble._connection_event()

    def write(self, data):
        self.ble._take(b"W", struct.pack(">HB", self.radio._link._control, 0) + data)

    def ask(self, code, *values):
        self.seq += 1
        self.write(make_control(self.seq, code, *values).encode())
        self.turn()
        self.turn()
        replies = [decode(data) for data in self.notified(self.radio._link._control)]
        return next(iter([reply for reply in replies if reply.seq == self.seq]))

    def notified(self, handle):
        found = [body[2:] for kind, body in self.told if kind == b"N" and struct.unpack(">H", body)[0] == handle]
        self.told = [entry for entry in self.told if entry[0] != b"N" or struct.unpack(">H", entry[1])[0] != handle]
        return found

    def prove(self):
        nonce = reply_values(self.ask(control.CHALLENGE))["nonce"]
        return self.ask(control.PROVE, hmac_sha256(KEY, nonce)[:16]).reason


def test_a_silent_stranger_is_dropped_after_5_s():
    for btstack in (False, True):
        scene = Scene(True, btstack)
        scene.connect()
        turns = 1
        while scene.ble._conn >= 0:
            scene.turn()
            turns += 1
            assert turns < 110
        assert 100 <= turns <= 102
        scene.turn()
        scene.turn()
        assert scene.ble._advertising


def test_asking_for_challenges_does_not_make_it_longer():
    scene = Scene(True)
    scene.connect()
    turns = 1
    while scene.ble._conn >= 0:
        scene.write(make_control(turns & 255, control.CHALLENGE).encode())
        scene.turn()
        turns += 1
        assert turns < 110
    assert 100 <= turns <= 102


def test_only_who_may_use_it_keeps_it_from_sleeping():
    scene = Scene(True)
    scene.connect()
    scene.ask(control.GET_INFO)
    scene.ask(control.CHALLENGE)
    assert scene.board.stirs == 0
    assert scene.prove() == control.OK
    assert scene.board.stirs == 1
    scene.ask(control.GET_INFO)
    assert scene.board.stirs == 2


def test_who_proves_itself_stays_who_then_withdraws_that_goes():
    scene = Scene(True)
    scene.connect()
    assert scene.prove() == control.OK
    for _ in range(300):
        scene.turn()
    assert scene.ble._conn >= 0
    scene.ask(control.CHALLENGE)
    for _ in range(105):
        scene.turn()
    assert scene.ble._conn < 0


def test_nobody_inherits_the_proof_of_the_host_before():
    scene = Scene(True)
    scene.connect()
    assert scene.prove() == control.OK
    scene.ble._disconnected()
    scene.turn()
    scene.connect()
    assert scene.ask(control.START, 1, 0, control.FROM_NOW).reason == control.NOT_ALLOWED


def test_an_unclaimed_device_keeps_its_host():
    scene = Scene(False)
    scene.connect()
    for _ in range(200):
        scene.turn()
    assert scene.ble._conn >= 0


def test_a_host_that_acknowledges_nothing_is_dropped_after_5_s_of_waiting_samples():
    scene = Scene(False)
    scene.connect()
    assert scene.ask(control.START, 1, 0, control.FROM_NOW).reason == control.OK
    turns = 0
    while scene.ble._conn >= 0:
        scene.turn()
        turns += 1
        assert turns < 400
    window = 8 * 38
    assert window // 3 + 95 < turns < window // 3 + 115


def test_acknowledged_it_goes_on_for_ever():
    scene = Scene(False)
    scene.connect()
    scene.ask(control.START, 1, 0, control.FROM_NOW)
    decoder = Decoder()
    got = 0
    for _ in range(600):
        scene.turn()
        for data in scene.notified(scene.radio._link._stream):
            message = decoder.decode(data)
            got = message.index + getattr(message, "count", 0)
            scene.write(Ack(message.session, got).encode())
    assert scene.ble._conn >= 0
    assert scene.board.sensor.ring.head - got < 12


def test_advertises_slowly_when_quiet_and_again_fast():
    scene = Scene()
    assert scene.ble._advertising[0] == 250000
    scene.radio.quiet = True
    for _ in range(25):
        scene.turn()
    assert scene.ble._advertising[0] == 2000000
    scene.radio.quiet = False
    for _ in range(25):
        scene.turn()
    assert scene.ble._advertising[0] == 250000


def test_advertises_again_though_the_stack_refused_at_first():
    scene = Scene()
    scene.connect()
    advertise = scene.ble.gap_advertise
    refusals = []

    def refuse(*arguments, **more):
        refusals.append(1)
        if len(refusals) < 3:
            raise OSError(16)
        advertise(*arguments, **more)

    scene.ble.gap_advertise = refuse
    scene.ble._disconnected()
    for _ in range(70):
        scene.turn()
    assert len(refusals) == 3 and scene.ble._advertising


def test_what_the_owner_read_is_not_left_for_the_next():
    scene = Scene(True)
    scene.connect()
    scene.prove()
    scene.ask(control.GET_INFO)
    assert decode(scene.ble.gatts_read(scene.radio._link._info)).imu == "mpu6886"
    scene.ble._disconnected()
    scene.turn()
    assert decode(scene.ble.gatts_read(scene.radio._link._info)).imu == ""


def test_writes_that_came_together_are_taken_apart():
    ack = Ack(7, 100).encode()
    clock = make_control(1, control.CLOCK).encode()
    resend = make_control(2, control.RESEND, 7, 1, 2).encode()
    name = make_control(3, control.SET_NAME, b"Anna").encode()
    assert split(ack + clock + ack + resend + ack + name) == [ack, clock, ack, resend, ack, name]
    assert split(b"") == []
    assert split(b"\x00\x01") == [b"\x00\x01"]
    assert split(ack[:3]) == [ack[:3]]
