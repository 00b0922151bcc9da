# ruff: noqa: RUF005
"""What goes to a host, and how much at a time, under MicroPython."""

from heap_tests_bus import SilentBus
from repband_device.imu_invensense import driver
from repband_device.link import Link
from repband_device.link_ble import BleLink
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


def test_a_stream_that_begins_with_older_samples_tells_first_what_the_newest_is():
    for payload in (20, 244):
        sensor, link, streamer = parts(payload=payload)
        for _ in range(20):
            sensor.drain()
        streamer.start(sensor.session, 0)
        streamer.tick()
        decoder = Decoder()
        messages = link.take()
        told = [decoder.decode(data) for data in messages[:2]]
        assert [(message.KIND, message.index) for message in told] == [(3, 100), (3, 0)]
        assert told[0].time_us == sensor.clock.time_us(100)
        assert indexes(messages, decoder)[:5] == [0, 1, 2, 3, 4]


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


class Radio(Recording):
    """A link with a radio's limits; refuses while `full`."""

    near = False
    patience = BleLink.patience
    turn_ms = BleLink.turn_ms
    messages_a_turn = BleLink.messages_a_turn
    window = BleLink.window

    def __init__(self, payload):
        super().__init__(payload)
        self.full = False

    def send(self, message):
        return False if self.full else super().send(message)


def radio_parts(payload, a_drain=5, rate_chz=10400):
    sensor = Sensor(driver(SilentBus(0x72, a_drain * 8), 0x68, 0x19), Ring(6000), 1)
    sensor.configure(rate_chz, 1)
    link = Radio(payload)
    return sensor, link, Streamer(sensor, link)


def test_a_notification_at_most_every_50_and_at_least_every_150_ms():
    for payload, a_drain, rate_chz in ((182, 3, 5263), (244, 3, 5263), (244, 1, 2000), (244, 10, 20000)):
        sensor, link, streamer = radio_parts(payload, a_drain, rate_chz)
        streamer.start(sensor.session, 0)
        last = 0
        for turn in range(100):  # of 50 ms
            sensor.drain()
            streamer.tick()
            sent = link.take()
            assert len(sent) <= 1
            streamer.acknowledge(streamer.next_index)
            if sent:
                assert turn - last <= 3
                last = turn
        assert sensor.ring.head - streamer.next_index <= 2 * a_drain


def test_short_payloads_take_as_many_notifications_as_they_need():
    sensor, link, streamer = radio_parts(20, 3, 5263)
    streamer.start(sensor.session, 0)
    decoder = Decoder()
    got = []
    for _ in range(200):
        sensor.drain()
        streamer.tick()
        messages = link.take()
        assert len(messages) <= 4
        got += indexes(messages, decoder)
        streamer.acknowledge(streamer.next_index)
    assert got == list(range(len(got))) and len(got) >= 594


def test_what_the_radio_refuses_is_kept_and_comes_in_order():
    for payload in (20, 182, 244):
        sensor, link, streamer = radio_parts(payload)
        streamer.start(sensor.session, 0)
        decoder = Decoder()
        got = []
        for turn in range(300):
            if turn < 150:
                sensor.drain()
            link.full = turn % 3 == 1 or 20 < turn < 50
            streamer.tick()
            got += indexes(link.take(), decoder)
            streamer.acknowledge(streamer.next_index)
        assert got == list(range(sensor.ring.head)), payload


def test_resends_are_refused_and_come_too():
    sensor, link, streamer = radio_parts(244)
    for _ in range(60):
        sensor.drain()
    streamer.start(sensor.session, sensor.ring.head)
    assert streamer.resend(20, 200) == 200
    got = []
    for turn in range(60):
        link.full = turn % 2 == 0
        streamer.tick()
        got += indexes(link.take())
    assert got == list(range(20, 220))


def test_no_more_than_the_window_goes_out_unacknowledged():
    for payload, each in ((20, 2), (182, 27), (244, 38)):
        sensor, link, streamer = radio_parts(payload)
        streamer.start(sensor.session, 0)
        for _ in range(150):
            sensor.drain()
            streamer.tick()
        window = link.window(sensor.rate_chz, each)
        assert streamer.next_index == window, payload
        assert streamer.stalled_turns > 50
        streamer.acknowledge(100)
        for _ in range(150):
            streamer.tick()
        assert streamer.next_index == window + min(100, window)


def test_a_flush_over_the_radio_ends_when_all_is_out():
    sensor, _, streamer = radio_parts(244)
    streamer.start(sensor.session, 0)
    for _ in range(40):
        sensor.drain()
    done = []
    streamer.flush(lambda: done.append(streamer.next_index))
    head = sensor.ring.head
    for _ in range(20):
        assert not done or done == [head]
        sensor.drain()
        streamer.tick()
        streamer.acknowledge(streamer.next_index)
    assert done == [head]
