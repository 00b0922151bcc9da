# ruff: noqa: RUF005
"""What goes to a host, and how much at a time, under MicroPython."""

from heap_tests_bus import SilentBus
from repband_device.imu_invensense import driver
from repband_device.link import Link
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_device.streamer import Streamer
from repband_wire import Decoder, Gap, Stream
from repband_wire.events import GAP_GONE, GAP_OVERFLOW


class Recording(Link):
    """A link that keeps what it is given."""

    def __init__(self, payload=244):
        super().__init__(payload)
        self.messages = []

    def send(self, message):
        self.messages.append(bytes(message))
        return True

    def take(self):
        messages = self.messages
        self.messages = []
        return messages


def parts(ring_bytes=6000, payload=244):
    sensor = Sensor(driver(SilentBus(0x72, 5 * 8), 0x68, 0x19), Ring(ring_bytes), 1)
    sensor.configure(10400, 1)
    link = Recording(payload)
    return sensor, link, Streamer(sensor, link)


def indexes(messages, decoder=None):
    decoder = decoder or Decoder()
    found = []
    for data in messages:
        message = decoder.decode(data)
        if isinstance(message, Stream):
            found += range(message.index, message.index + message.count)
        elif isinstance(message, Gap):
            found += [(message.index, message.missing, message.cause)]
    return found


def test_nothing_is_sent_before_a_start():
    sensor, link, streamer = parts()
    sensor.drain()
    streamer.tick()
    assert not link.messages


def test_new_samples_come_at_every_tick():
    for payload in (20, 244):
        sensor, link, streamer = parts(payload=payload)
        streamer.start(sensor.session, 0)
        decoder = Decoder()
        for turn in range(20):
            sensor.drain()
            streamer.tick()
            assert indexes(link.take(), decoder) == list(range(turn * 5, turn * 5 + 5))


def test_a_long_backlog_goes_out_in_pieces_and_the_new_samples_are_not_forgotten():
    sensor, link, streamer = parts()
    for _ in range(190):
        sensor.drain()
    streamer.start(sensor.session, 0)
    got = []
    for _ in range(8):
        streamer.tick()
        messages = link.take()
        assert sum([len(message) for message in messages]) < 1024 + 244 + 14
        got += indexes(messages)
        sensor.drain()
    streamer.tick()
    assert got + indexes(link.take()) == list(range(sensor.ring.head))


def test_resends_wait_for_new_samples_and_all_come():
    sensor, link, streamer = parts()
    for _ in range(180):
        sensor.drain()
    streamer.start(sensor.session, sensor.ring.head)
    assert streamer.resend(100, 700) == 700
    got = []
    for _ in range(12):
        sensor.drain()
        streamer.tick()
        found = indexes(link.take())
        assert found[:5] == list(range(streamer.next_index - 5, streamer.next_index))
        got += found[5:]
    assert got == list(range(100, 800))


def test_too_many_resends_are_refused():
    sensor, _, streamer = parts()
    for _ in range(100):
        sensor.drain()
    for _ in range(4):
        assert streamer.resend(0, 400) == 400
    assert streamer.resend(0, 400) == -1


def test_gaps_and_what_is_gone_are_told_once_each():
    sensor, link, streamer = parts(600)
    sensor.drain()
    sensor.ring.skip(20, GAP_OVERFLOW)
    sensor.clock.advance(20)
    sensor.drain()
    streamer.start(sensor.session, 0)
    streamer.tick()
    assert indexes(link.take()) == list(range(5)) + [(5, 20, GAP_OVERFLOW)] + list(range(25, 30))
    for _ in range(40):
        sensor.drain()
    streamer.tick()
    assert indexes(link.take()) == [(30, 100, GAP_GONE)] + list(range(130, 230))


def test_flush_sends_everything_at_once():
    sensor, link, streamer = parts()
    for _ in range(150):
        sensor.drain()
    streamer.start(sensor.session, 0)
    streamer.flush(streamer.stop)
    assert indexes(link.take()) == list(range(755))
    sensor.drain()
    streamer.tick()
    assert not link.messages


def test_a_new_session_begins_at_0_with_its_format():
    sensor, link, streamer = parts()
    streamer.start(sensor.session, 0)
    sensor.drain()
    streamer.tick()
    link.take()
    sensor.configure(5200, 1)
    sensor.drain()
    streamer.tick()
    messages = link.take()
    assert messages[0][0] & 15 == 3
    assert indexes(messages) == list(range(5))
