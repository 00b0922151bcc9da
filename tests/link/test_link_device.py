"""`repband device` with the real firmware behind a pseudo-terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from pty_board import PtyBoard
from repband.cli.device import command, selftest_lines
from repband.errors import RepBandError, UsageError
from repband.link.key import load_key
from repband.link.refusals import RefusedError
from repband.source.firmware import find_interpreter

pytestmark = pytest.mark.skipif(
    os.name == "nt" or find_interpreter() is None,
    reason="needs a MicroPython interpreter (pip install 'repband[firmware]') and pseudo-terminals",
)


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PtyBoard]:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "home"))
    still = np.tile(np.array([[0, 0, 8192]], dtype="<i2"), (20000, 1))
    board = PtyBoard(tmp_path, still, speed=4.0, config={"name": "Anna", "led": 19})
    yield board
    board.close()


def device(board: PtyBoard, *args: str) -> Result:
    return CliRunner().invoke(command, [args[0], "--serial", str(board.port), *args[1:]])


def test_info_for_people_and_for_programs(board):
    done = device(board, "info")
    assert done.exit_code == 0, done.exception
    assert "Anna: firmware" in done.output
    assert "mpu6886 on generic, 50 Hz, 4 g, no gyroscope" in done.output
    assert "belongs to nobody" in done.output
    told = json.loads(device(board, "info", "--json").output)
    assert (told["name"], told["rate_chz"], told["fault"]) == ("Anna", 5000, 0)


def test_configure_changes_what_is_asked_for(board):
    done = device(
        board, "configure", "--name", "Bea", "--side", "left", "--rate", "104", "--accel", "8", "--gyro", "500"
    )
    assert done.exit_code == 0, done.exception
    assert "Bea: firmware" in done.output
    assert "100 Hz, 8 g, 500 deg/s" in done.output
    assert "side: left" in done.output


@pytest.mark.parametrize("args", [(), ("--name", "x" * 17), ("--name", "a\nb"), ("--name", "")])
def test_configure_refuses_what_makes_no_sense(board, args):
    assert isinstance(device(board, "configure", *args).exception, UsageError)


def test_identify(board):
    assert "blinks or beeps" in device(board, "identify").output


def test_claim_makes_a_key_and_other_hosts_are_refused(board, tmp_path, monkeypatch):
    done = device(board, "claim")
    assert done.exit_code == 0, done.exception
    assert load_key() is not None
    assert oct((tmp_path / "home" / "sensor.key").stat().st_mode & 0o777) == "0o600"
    assert "belongs to a computer" in device(board, "info").output
    board.kill()  # a cable has no end of a connection: what was proved over it lasts until the board restarts
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "stranger"))
    refused = device(board, "info").exception
    assert isinstance(refused, RepBandError)
    assert "belongs to another computer" in str(refused)


def test_selftest_is_a_report_to_share(board, tmp_path):
    done = device(board, "selftest", "--out", str(tmp_path / "report.txt"))
    assert done.exit_code == 0, done.exception or done.output
    assert "self-test: all is well" in done.output
    assert "mV" in done.output or "battery not measured" in done.output
    assert "Anna: firmware" in done.output
    report = (tmp_path / "report.txt").read_text()
    for shared in ("repband ", "Python ", "over USB", "firmware ", "mpu6886 on ", "who_am_i 0x19", "self-test: all is"):
        assert shared in report
    for private in ("Anna", str(board.port), str(tmp_path)):
        assert private not in report


def test_a_failed_selftest_names_each_fault():
    values = {"faults": 1 << 2 | 1 << 8, "gravity_mg": 998, "noise_ug": 1200, "rate_chz": 5263}
    lines = selftest_lines({**values, "heap_free": 35 * 1024, "battery_mv": 3900, "flash_free_kb": 900})
    assert lines[0] == "self-test: no motion sensor answers; its flash can't be written"
    assert lines[1:] == [
        "  gravity 0.998 g, noise 1.2 mg",
        "  rate 52.63 Hz by its own clock",
        "  free memory 35 KB, free flash 900 KB",
        "  battery 3900 mV",
    ]


def test_reset_needs_the_button(board):
    device(board, "claim")
    refused = device(board, "reset").exception
    assert isinstance(refused, RefusedError)
    assert "hold the sensor's button" in str(refused)


def test_a_damaged_key_is_named(board, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "sensor.key").write_text("not hexadecimal")
    assert "this is no key" in str(device(board, "info").exception)
