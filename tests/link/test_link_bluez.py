"""The commands as a person gives them, through bleak's own BlueZ backend, against a stand-in for BlueZ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire

if sys.platform != "linux":
    pytest.skip("BlueZ is Linux's", allow_module_level=True)
pytest.importorskip("dbus_fast", reason="needs bleak's D-Bus library (pip install 'repband[dev]')")

from bluez import Bluez, find_dbus_daemon, private_bus
from pty_board import counts_of
from repband.journal import read_recording
from repband.simulate import SetPlan, Tempo, simulate_set
from sensor_double import SensorDouble

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_dbus_daemon() is None and not os.environ.get("CI"),
        reason="needs dbus-daemon (Debian: apt install dbus-daemon)",
    ),
]
SPEED = 7.0
REPS = 3


def repband(home: Path, bus: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repband", *args],
        env={**os.environ, "REPBAND_HOME": str(home), "DBUS_SYSTEM_BUS_ADDRESS": bus},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    with private_bus(tmp_path) as address:
        yield address


def bridge() -> np.ndarray:
    plan = SetPlan("bridge", REPS, tempo_s=Tempo(1.5, 2.0, 1.5, 1.5), lead_s=30.0, tail_s=8.0, rate_hz=52.0, gyro=False)
    return counts_of(simulate_set(plan, 3).accel_g)


def test_a_set_is_counted_and_every_sample_kept(bus: str, tmp_path: Path) -> None:
    sensor = SensorDouble(feed=bridge(), window=150)
    with Bluez(bus, sensor, speed=SPEED):
        done = repband(tmp_path, bus, "live", "bridge", "--ble", "--reps", str(REPS), "--plain")
    assert done.returncode == 0, done.stderr
    assert f"set 1 over: {REPS} of {REPS} reps, target reached" in done.stdout
    assert "none missing" in done.stdout
    assert "link: never lost" in done.stdout
    (recording,) = (tmp_path / "recordings").glob("*.mcap")
    decoder, found = wire.Decoder(), {}
    for arrival in read_recording(recording).arrivals():
        message = decoder.decode(arrival.data)
        if isinstance(message, wire.Stream):
            found.update({message.index + k: one for k, one in enumerate(message.samples())})
    assert list(found) == list(range(min(found), max(found) + 1))
    assert all(found[index] == sensor.sample(index) for index in found)


def test_a_led_workout_takes_it_too(bus: str, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "repband", "workout", "--ble", "--no-open", "--port", "0", "--plain"]
    environment = {**os.environ, "REPBAND_HOME": str(tmp_path), "DBUS_SYSTEM_BUS_ADDRESS": bus}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    sensor = SensorDouble(window=150)
    with Bluez(bus, sensor), subprocess.Popen(call, env=environment, **pipes) as running:
        assert running.stderr is not None
        assert any("the link to the sensor is open" in line for line in running.stderr)
        until_s = time.monotonic() + 30
        while sensor.acknowledged < 52 and time.monotonic() < until_s:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "none missing" in out
    assert "link: never lost" in out


def test_scan_lists_it(bus: str, tmp_path: Path) -> None:
    with Bluez(bus, SensorDouble()):
        done = repband(tmp_path, bus, "scan", "--ble", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    assert "RepBand-1A2B" in done.stdout
    assert '--ble "RepBand-1A2B"' in done.stdout


def test_a_sensor_that_bluez_knows_already_is_asked_what_it_is(bus: str, tmp_path: Path) -> None:
    with Bluez(bus, SensorDouble()):
        repband(tmp_path, bus, "scan", "--ble", "--seconds", "0.5")
        done = repband(tmp_path, bus, "device", "info", "--ble", "RepBand-1A2B")
    assert done.returncode == 0, done.stderr
    assert "RepBand-1A2B: firmware 0.1.0" in done.stdout


@pytest.mark.parametrize(
    ("state", "said", "cure"),
    [
        ({"powered": False}, "Bluetooth is switched off", "bluetoothctl power on"),
        ({"adapter": False}, "this computer has no Bluetooth that can be used", "--serial"),
        ({}, "no sensor is near", "switch it on"),
    ],
    ids=["switched off", "no adapter", "no sensor"],
)
def test_what_is_wrong_is_said_and_how_to_mend_it(bus, tmp_path, state, said, cure) -> None:
    with Bluez(bus, None, **state):
        done = repband(tmp_path, bus, "live", "bridge", "--ble")
    assert_says(done, said, cure)


def test_a_sensor_that_lets_nobody_in_is_named(bus: str, tmp_path: Path) -> None:
    with Bluez(bus, SensorDouble(), refuses="org.bluez.Error.Failed"):
        done = repband(tmp_path, bus, "live", "bridge", "--ble")
    assert_says(done, "RepBand-1A2B: the sensor did not let itself be connected", "free it from other hosts")


def test_a_sensor_that_another_program_is_connecting_is_named(bus: str, tmp_path: Path) -> None:
    with Bluez(bus, SensorDouble(), refuses="org.bluez.Error.InProgress"):
        done = repband(tmp_path, bus, "live", "bridge", "--ble")
    assert_says(done, "RepBand-1A2B: another program is just using Bluetooth", "close it, or wait")


def test_without_bluez_on_the_bus_its_service_is_named(bus: str, tmp_path: Path) -> None:
    assert_says(repband(tmp_path, bus, "scan", "--ble"), "no Bluetooth that can be used", "systemctl start bluetooth")


def test_without_a_bus_the_same(tmp_path: Path) -> None:
    nowhere = f"unix:path={tmp_path / 'nowhere'}"
    done = repband(tmp_path, nowhere, "scan", "--ble")
    assert_says(done, "no Bluetooth that can be used", "systemctl start bluetooth")


def test_who_may_not_use_bluetooth_is_told_how_to_be_allowed(tmp_path: Path) -> None:
    with private_bus(tmp_path, forbids_bluetooth=True) as bus, Bluez(bus, SensorDouble()):
        done = repband(tmp_path, bus, "scan", "--ble")
    assert_says(done, "this program may not use Bluetooth", "usermod -aG bluetooth")


def assert_says(done: subprocess.CompletedProcess[str], what: str, cure: str) -> None:
    assert done.returncode not in (0, 1), done.stdout + done.stderr
    assert what in done.stderr
    assert cure in done.stderr
    assert "Traceback" not in done.stderr
