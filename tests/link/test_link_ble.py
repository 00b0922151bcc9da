"""Bluetooth end to end: virtual controllers, a sensor written from the spec, the commands as a person gives them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import repband_wire as wire
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError
from click.testing import CliRunner
from repband import cli
from repband.errors import RepBandError, SourceError, UsageError
from repband.link.airerrors import radio_error
from repband.link.bletransport import BleTransport
from repband.link.radio import Radio
from repband.link.refusals import VersionError
from repband.link.source import LinkSource
from sensor_double import SensorDouble

pytest.importorskip("bumble", reason="virtual Bluetooth needs bumble (pip install 'repband[dev]')")

from bumble_air import Air
from bumble_double import Board
from room import wait_for

Reach = Callable[..., tuple[Radio, Air]]


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reach]:
    """Puts boards on the air, in reach of every command."""
    radios: list[Radio] = []
    monkeypatch.setattr("repband.link.radio.OTHERS_S", 0.3)

    def place(*boards: Board, central_mtu: int = 247) -> tuple[Radio, Air]:
        air = Air(list(boards), central_mtu=central_mtu)
        radio = Radio(air.client, air.scanner)
        radios.append(radio)
        radio.run(air.start(), 5)
        monkeypatch.setattr("repband.link.radio.make_radio", lambda: radio)
        return radio, air

    yield place
    for radio in radios:
        radio.close()


def repband(*args: str):
    return CliRunner().invoke(cli.cli, list(args))


class Collected:
    """What a source gives, in a thread of its own."""

    def __init__(self, source: LinkSource) -> None:
        self.source, self.error = source, None
        self.found: dict[int, tuple[int, ...]] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        decoder = wire.Decoder()
        try:
            for frame in self.source:
                message = decoder.decode(frame.data)
                if isinstance(message, wire.Stream):
                    self.found.update({message.index + k: sample for k, sample in enumerate(message.samples())})
        except RepBandError as error:
            self.error = error

    def until(self, done: Callable[[], bool], seconds: float = 15.0) -> None:
        end_s = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end_s, self.source.stats
            assert self.error is None, self.error
            time.sleep(0.02)

    def end(self) -> None:
        self.source.close()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def check(self, sensor: SensorDouble) -> None:
        """Every sample from the first on, each the true one."""
        assert sorted(self.found) == list(range(min(self.found), max(self.found) + 1))
        assert all(self.found[index] == sensor.sample(index) for index in self.found)


def collect(radio: Radio, wanted: str = "") -> Collected:
    return Collected(LinkSource(BleTransport(wanted, radio)))


@pytest.mark.slow
class TestStreaming:
    @pytest.mark.parametrize(("mtu", "interval_s"), [(23, 0.1), (247, 0.0075)])
    def test_at_any_connection_interval(self, reach, mtu, interval_s):
        board = Board(SensorDouble(window=60), mtu=mtu, interval_s=interval_s)
        radio, _ = reach(board)
        collected = collect(radio)
        collected.until(lambda: len(collected.found) > 120)
        collected.end()
        collected.check(board.sensor)
        assert collected.source.stats.payload == mtu - 3
        assert collected.source.stats.drops == 0


class TestFinding:
    def boards(self) -> tuple[Board, Board]:
        first = Board(SensorDouble(name="RepBand-0001", window=200), address="F0:00:00:00:00:02")
        return first, Board(SensorDouble(name="RepBand-0002", window=200, session=9), address="F0:00:00:00:00:03")

    def test_scan_lists_them(self, reach):
        reach(*self.boards())
        done = repband("scan", "--ble", "--seconds", "1")
        assert done.exit_code == 0
        assert "RepBand-0001      F0:00:00:00:00:02  -50 dBm" in done.output
        assert "RepBand-0002" in done.output
        assert 'repband live bridge --ble "RepBand-000' in done.output

    def test_scan_that_hears_nothing_says_so(self, reach):
        reach()
        assert "no sensor heard in 0.5 s" in repband("scan", "--seconds", "0.5").output

    @pytest.mark.parametrize("wanted", ["RepBand-0002", "repband-0002", "f0:00:00:00:00:03"])
    def test_another_in_the_air_is_left_alone(self, reach, wanted):
        boards = self.boards()
        radio, _ = reach(*boards)
        collected = collect(radio, wanted)
        collected.until(lambda: len(collected.found) > 30)
        collected.end()
        assert boards[0].sensor.asked == []
        collected.check(boards[1].sensor)

    def test_several_and_none_named(self, reach):
        reach(*self.boards())
        error = repband("live", "bridge", "--ble", "--no-keep").exception
        assert isinstance(error, UsageError)
        assert "several sensors are near: RepBand-0001" in str(error)

    def test_none_of_that_name(self, reach):
        radio, _ = reach(*self.boards())
        with pytest.raises(SourceError, match=r"no sensor called 'Anna' is near \(there is RepBand-0001.*switch it on"):
            radio.find("Anna", 1.0)

    def test_the_name_of_an_exercise_is_no_sensor(self, reach):
        reach(*self.boards())
        error = repband("live", "--ble", "bridge").exception
        assert "put it first: repband live bridge --ble" in str(error)

    def test_what_is_no_repband_is_let_go(self, reach, monkeypatch):
        board = Board(SensorDouble())
        reach(board)
        monkeypatch.setattr("repband_wire.gatt.SERVICE", "3fd90001-1094-43ad-8fea-a6ffed0c0000")  # another's table
        error = repband("device", "info", "--ble").exception
        assert isinstance(error, SourceError)
        assert "this is no RepBand" in str(error)
        wait_for(lambda: not board.connected, 5)

    def test_device_info_over_the_air(self, reach):
        reach(Board(SensorDouble()))
        done = repband("device", "info", "--ble")
        assert done.exit_code == 0, done.exception
        assert "RepBand-1A2B: firmware 0.1.0" in done.output
        assert "battery: 81 %" in done.output

    def test_a_device_of_another_version_says_which_side_to_update(self, reach):
        radio, _ = reach(Board(SensorDouble(versions=(2, 2))))
        with pytest.raises(VersionError, match=r"RepBand-1A2B: .*pip install --upgrade repband"):
            list(LinkSource(BleTransport("", radio)))


def unavailable(reason: str) -> BleakBluetoothNotAvailableError:
    return BleakBluetoothNotAvailableError("no", BleakBluetoothNotAvailableReason[reason])


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "platform", "what", "cure"),
        [
            (unavailable("NO_BLUETOOTH"), "linux", "no Bluetooth", "--serial"),
            (unavailable("POWERED_OFF"), "linux", "switched off", "bluetoothctl power on"),
            (unavailable("POWERED_OFF"), "win32", "switched off", "Settings, Bluetooth & devices"),
            (unavailable("POWERED_OFF"), "darwin", "switched off", "System Settings, Bluetooth"),
            (unavailable("DENIED_BY_USER"), "darwin", "may not use", "Privacy & Security, Bluetooth"),
            (unavailable("DENIED_BY_SYSTEM"), "win32", "may not use", "Radios"),
            (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["no"]), "linux", "may not use", "usermod -aG"),
            (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["no"]), "linux", "no Bluetooth", "systemctl"),
            (FileNotFoundError(2, "No such file"), "linux", "no Bluetooth", "systemctl start bluetooth"),
            (TimeoutError(), "linux", "did not let itself be connected", "bring it nearer"),
            (ValueError("odd"), "linux", r"failed \(odd\)", "off and on"),
        ],
    )
    def test_each_says_what_to_do_on_its_system(self, error, platform, what, cure):
        with pytest.raises(SourceError, match=f"Bluetooth: .*{what}.*; .*{cure}"):
            raise radio_error(error, None, platform)

    def test_the_real_backend_without_bluetooth_says_so(self, monkeypatch):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
        radio = Radio()
        try:
            with pytest.raises(SourceError, match="Bluetooth: "):
                radio.scan(0.2)
        finally:
            radio.close()

    def test_scan_goes_on_to_the_ports_when_bluetooth_fails(self, monkeypatch):
        def fail(self, seconds: float):
            raise radio_error(unavailable("POWERED_OFF"), None, "linux")

        monkeypatch.setattr(Radio, "scan", fail)
        done = repband("scan")
        assert done.exit_code == 0
        assert "on the air: Bluetooth: Bluetooth is switched off; switch it on: bluetoothctl power on" in done.output
        assert "on USB" in done.output
        assert isinstance(repband("scan", "--ble").exception, SourceError)
