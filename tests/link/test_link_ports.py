"""Finding a port, and saying on each system why one can't be opened."""

from __future__ import annotations

import os
import pty
import threading
import tty

import pytest
from repband.errors import RepBandError, SourceError, UsageError
from repband.link.ports import Port, choose_port, describe, find_again
from repband.link.refusals import NoAnswerError
from repband.link.serialport import SerialTransport
from repband.link.source import LinkSource
from repband.link.systems import VID_SILICON_LABS, close_quietly, open_quietly, port_error

BOARD = Port("/dev/ttyUSB0", "CP2102", 0x10C4, 0xEA60, "0001")
PICO = Port("/dev/ttyACM0", "Board in FS mode", 0x2E8A, 0x5, "e6")
MODEM = Port("/dev/ttyS0", "ttyS0")


class TestChoosing:
    def test_takes_the_only_likely_one(self):
        assert choose_port(lambda: [MODEM, BOARD]) is BOARD

    def test_asks_which_of_several(self):
        with pytest.raises(UsageError, match=r"several ports may be the sensor: /dev/ttyUSB0 \(CP2102\), /dev/ttyACM0"):
            choose_port(lambda: [BOARD, PICO])

    @pytest.mark.parametrize(("ports", "word"), [([], "a cable that carries data"), ([MODEM], "there are /dev/ttyS0")])
    def test_says_what_to_do_when_there_is_none(self, ports, word):
        with pytest.raises(SourceError, match=word):
            choose_port(lambda: ports)

    def test_names_the_command_that_was_given(self):
        with pytest.raises(UsageError, match="name one: repband flash PORT"):
            choose_port(lambda: [BOARD, PICO], named_by="repband flash PORT")

    def test_finds_a_board_that_came_back_under_another_name(self):
        moved = Port("/dev/ttyUSB1", "CP2102", 0x10C4, 0xEA60, "0001")
        assert find_again(BOARD, lambda: [MODEM, moved, PICO]) == "/dev/ttyUSB1"
        assert find_again(BOARD, lambda: [BOARD, moved]) == "/dev/ttyUSB0"
        assert find_again(BOARD, lambda: [PICO]) == "/dev/ttyUSB0"
        assert find_again(MODEM, lambda: [PICO]) == "/dev/ttyS0"

    def test_knows_only_the_name_of_an_unlisted_port(self):
        assert describe("/dev/pts/7", lambda: [BOARD]) == Port("/dev/pts/7")


def serial_error(code: int, text: str = "") -> OSError:
    import serial

    return serial.SerialException(code, f"could not open port: {text}")


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "platform", "what", "cure"),
        [
            (serial_error(13), "linux", "no permission", r"usermod -aG dialout"),
            (serial_error(13), "darwin", "no permission", "Privacy & Security"),
            (serial_error(11), "linux", "another program uses", "ModemManager"),
            (OSError("Could not exclusively lock port /dev/ttyUSB0"), "linux", "another program", "Thonny"),
            (serial_error(16), "darwin", "another program uses", "Thonny"),
            (serial_error(2), "linux", "no such port", "name one of COM1, COM2"),
            (OSError("could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)"), "win32",
             "another program uses", "Thonny"),
            (OSError("could not open port 'COM3': FileNotFoundError(2, 'not found', None, 2)"), "win32",
             "no such port", "COM1"),
            (serial_error(25), "linux", "no serial port", "COM1"),
            (OSError("strange"), "linux", r"can't be opened \(strange\)", "plug it in again"),
        ],
    )  # fmt: skip
    def test_each_says_what_to_do(self, error, platform, what, cure):
        with pytest.raises(SourceError, match=f"P: .*{what}.*; .*{cure}"):
            raise port_error(error, "P", ["COM1", "COM2"], platform)


class Lines:
    """Records in which order a port's lines are set."""

    def __init__(self) -> None:
        object.__setattr__(self, "done", [])

    def __setattr__(self, name: str, value: object) -> None:
        self.done.append((name, value))

    def open(self) -> None:
        self.done.append("open")

    def close(self) -> None:
        self.done.append("close")


class TestLines:
    def test_on_windows_a_cp210x_is_opened_with_both_lines_down(self):
        port = Lines()
        open_quietly(port, VID_SILICON_LABS, "win32")
        assert port.done == [("dtr", False), ("rts", False), "open", ("dtr", True), ("rts", True)]

    @pytest.mark.parametrize(("vendor", "platform"), [(VID_SILICON_LABS, "linux"), (0x303A, "win32"), (None, "darwin")])
    def test_elsewhere_they_are_left_alone(self, vendor, platform):
        port = Lines()
        open_quietly(port, vendor, platform)
        assert port.done == ["open"]

    def test_rts_falls_before_dtr(self):
        port = Lines()
        close_quietly(port)
        assert port.done == [("rts", False), ("dtr", False), "close"]


@pytest.fixture
def terminal():
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


def first_error(path: str) -> RepBandError:
    with pytest.raises(SourceError) as caught:
        list(LinkSource(SerialTransport(path, lambda: [MODEM])))
    return caught.value


class TestNotOurs:
    def test_no_such_port(self, tmp_path):
        assert "there is no such port; name one of /dev/ttyS0" in str(first_error(str(tmp_path / "none")))

    def test_a_file_is_no_port(self, tmp_path):
        (tmp_path / "file").write_text("")
        assert "this is no serial port" in str(first_error(str(tmp_path / "file")))

    def test_in_use(self, terminal):
        first = SerialTransport(terminal[1], list)
        first.open()
        try:
            assert "another program uses this port" in str(first_error(terminal[1]))
        finally:
            first.close()
            first.close()

    @pytest.mark.parametrize(
        ("says", "what", "cure"),
        [
            (b"", "nothing there answers", "repband flash"),
            (b"MicroPython v1.25 on 2025-04-15; ESP32\r\n>>> ", "MicroPython runs there", "repband flash"),
            (b"ESP-ROM:esp32s3\r\nrst:0x1 (POWERON)\r\ninvalid header\r\n", "an ESP32 board starts", "repband flash"),
            (b"$GPGGA,123519,4807.038,N*47\r\n", "something else talks", "name another port"),
        ],
    )
    def test_says_what_is_there_instead(self, terminal, monkeypatch, says, what, cure):
        monkeypatch.setattr("repband.link.core.HANDSHAKE_TRIES", 1)
        talk = threading.Timer(0.3, os.write, (terminal[0], says))
        talk.start()
        error = first_error(terminal[1])
        talk.join()
        assert isinstance(error, NoAnswerError)
        assert what in str(error)
        assert cure in str(error)
        assert str(error).startswith(terminal[1])

    def test_without_pyserial_it_says_how_to_get_it(self, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "serial", None)
        with pytest.raises(UsageError, match=r"pip install \"repband\[link\]\""):
            SerialTransport("COM1")
