"""What the virtual sensor sends is what it read, and the link's faults are the ones asked for."""

from __future__ import annotations

import time

import numpy as np
import pytest
from repband.errors import UsageError
from repband.simulate import LinkModel, SensorModel, SetPlan, VirtualSensor, simulate_set
from repband.stream import Gap, SampleBlock, Stream
from repband_wire import Decoder, accel_g_per_lsb, gyro_dps_per_lsb, time_diff_us
from repband_wire import Stream as StreamPacket

PLAN = SetPlan("squat", reps=3)
LONG = simulate_set(SetPlan("bridge", reps=40, gyro=False, lead_s=200.0), 1)


def streams(sensor: VirtualSensor) -> list[StreamPacket]:
    decoder = Decoder()
    messages = [decoder.decode(frame.data) for frame in sensor.frames()]
    return [message for message in messages if isinstance(message, StreamPacket)]


@pytest.mark.parametrize("payload", [20, 27, 64, 182, 244])
@pytest.mark.parametrize("gyro", [True, False])
def test_packets_decode_to_the_very_samples(payload, gyro):
    made = simulate_set(SetPlan("lunge", reps=2, gyro=gyro), 1)
    sent = streams(VirtualSensor(made, link=LinkModel(payload=payload)))
    accel = [np.array(packet.samples())[:, :3] * accel_g_per_lsb(packet.ranges) for packet in sent]
    assert np.array_equal(np.concatenate(accel), made.accel_g)
    if gyro:
        rates = [np.array(packet.samples())[:, 3:] * gyro_dps_per_lsb(packet.ranges) for packet in sent]
        assert np.array_equal(np.concatenate(rates), made.gyro_dps)
    assert [packet.index for packet in sent] == list(np.cumsum([0] + [packet.count for packet in sent[:-1]]))


def test_device_time_follows_the_index_and_arrival_the_true_clock():
    made = simulate_set(SetPlan("squat", reps=6, sensor=SensorModel(clock_ppm=500.0)), 2)
    sensor = VirtualSensor(made, link=LinkModel(jitter_s=0.0))
    first, *_, last = streams(sensor)
    index_s = (last.index - first.index) / made.rate_hz
    assert time_diff_us(last.time_us, first.time_us) == pytest.approx(index_s * 1e6, abs=2)
    frames = sensor.frames()
    device_s = made.t_s[-1] + 1 / made.rate_hz
    assert frames[-1].arrival_s - 0.02 == pytest.approx(device_s / 1.0005, abs=1e-6)


@pytest.mark.parametrize("burst", [1.0, 4.0])
def test_as_many_packets_are_lost_as_asked_for(burst):
    sensor = VirtualSensor(LONG, 3, link=LinkModel(loss=0.2, loss_burst=burst))
    lost = sum(count for _, count in sensor.lost())
    came = sum(packet.count for packet in streams(sensor))
    assert lost + came == len(LONG.t_s)
    assert lost / len(LONG.t_s) == pytest.approx(0.2, abs=0.05)
    runs = np.split(sensor.lost(), np.flatnonzero(np.diff([first for first, _ in sensor.lost()]) > 5) + 1)
    assert np.mean([len(run) for run in runs]) == pytest.approx(burst / (1 - 0.2 / burst), rel=0.35)


def test_duplicates_and_overtaken_packets_come_as_often_as_asked_for():
    sent = streams(VirtualSensor(LONG, 3, link=LinkModel(duplicates=0.1, jitter_s=0.0)))
    indexes = [packet.index for packet in sent]
    assert len(indexes) / len(set(indexes)) == pytest.approx(1.1, abs=0.02)
    sent = streams(VirtualSensor(LONG, 3, link=LinkModel(reorders=0.1)))
    overtaken = np.diff([packet.index for packet in sent]) < 0
    assert overtaken.mean() == pytest.approx(0.1, abs=0.03)


def test_bunched_packets_arrive_together_and_never_early():
    sensor = VirtualSensor(LONG, 3, link=LinkModel(bunch_s=0.5))
    arrivals = np.array([frame.arrival_s for frame in sensor.frames()])
    assert np.all(np.diff(arrivals) >= 0)
    assert np.allclose(arrivals / 0.5, np.rint(arrivals / 0.5))
    assert len(set(arrivals)) < len(arrivals) / 3


def test_a_restart_begins_a_new_session_at_index_zero():
    sensor = VirtualSensor(PLAN, 5, link=LinkModel(restart_at_s=4.0, restart_takes_s=1.0))
    sent = streams(sensor)
    sessions = [packet.session for packet in sent]
    change = next(i for i, session in enumerate(sessions) if session != sessions[0])
    assert set(sessions[change:]) == {sessions[change]}
    assert sent[change].index == 0
    assert sum(packet.count for packet in sent) == len(sensor.recording.t_s) - 52


def test_the_same_seed_gives_the_same_frames_and_iterating_gives_them_in_order():
    link = LinkModel(loss=0.1, duplicates=0.1, reorders=0.1)
    frames = VirtualSensor(PLAN, 7, link=link).frames()
    assert list(VirtualSensor(PLAN, 7, link=link)) == frames
    assert [frame.data for frame in VirtualSensor(PLAN, 8, link=link).frames()] != [frame.data for frame in frames]
    assert [frame.arrival_s for frame in frames] == sorted(frame.arrival_s for frame in frames)


def test_it_keeps_the_pace_it_is_given():
    sensor = VirtualSensor(SetPlan("squat", reps=1, lead_s=1.0, tail_s=1.0), 1, speed=20.0)
    begun = time.monotonic()
    last = list(sensor)[-1]
    assert time.monotonic() - begun >= last.arrival_s / 20.0


def test_closing_ends_it():
    sensor = VirtualSensor(PLAN, 1, speed=1.0)
    came = []
    for frame in sensor:
        came.append(frame)
        sensor.close()
        sensor.close()
    assert len(came) == 1


@pytest.mark.parametrize(
    ("plan", "link", "speed"),
    [
        (SetPlan("squat", rate_hz=600.0), None, None),
        (SetPlan("squat", sensor=SensorModel(accel_range_g=3)), None, None),
        (SetPlan("squat"), LinkModel(payload=12), None),
        (SetPlan("squat"), None, 0.0),
    ],
)
def test_what_no_packet_can_carry_is_refused(plan, link, speed):
    with pytest.raises(UsageError):
        VirtualSensor(plan, link=link, speed=speed)


def read_back(sensor: VirtualSensor) -> tuple[list[SampleBlock], list[Gap]]:
    stream = Stream()
    items = [item for frame in sensor for item in stream.feed(frame)] + stream.finish()
    blocks = [item for item in items if isinstance(item, SampleBlock)]
    return blocks, [item for item in items if isinstance(item, Gap)]


@pytest.mark.parametrize(
    "link",
    [LinkModel(), LinkModel(payload=20), LinkModel(duplicates=0.3), LinkModel(reorders=0.3), LinkModel(bunch_s=0.4)],
    ids=["clean", "short", "duplicates", "reorders", "bunched"],
)
def test_the_stream_makes_the_very_samples_of_what_is_sent(link):
    made = simulate_set(SetPlan("squat", reps=4, sensor=SensorModel(clock_ppm=80.0)), 4)
    blocks, gaps = read_back(VirtualSensor(made, 2, link=link))
    assert gaps == []
    assert np.array_equal(np.concatenate([block.accel_g for block in blocks]), made.accel_g)
    t_s = np.concatenate([block.t_s for block in blocks])
    assert t_s == pytest.approx(made.t_s, abs=0.005)


def test_the_stream_names_every_lost_sample():
    sensor = VirtualSensor(LONG, 3, link=LinkModel(loss=0.05))
    blocks, gaps = read_back(sensor)
    lost = sum(count for _, count in sensor.lost())
    assert sum(len(block.t_s) for block in blocks) == len(LONG.t_s) - lost
    assert sum(gap.missing or 0 for gap in gaps) == lost  # this seed loses neither the first nor the last packet
