"""Flashing, by the real mpremote, onto a real MicroPython whose flash is a folder."""

from __future__ import annotations

import json
import os
import pty
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from pty_flashed import PtyFlashed
from pty_prompt import PtyPrompt
from repband.cli.flash import command
from repband.errors import SourceError, UsageError
from repband.link import flash
from repband.link.boardfiles import board_config, board_names, firmware_files, table_files
from repband.link.flash import Flasher, opened
from repband.paths import shipped
from repband.source.firmware import find_interpreter

pytestmark = pytest.mark.skipif(
    os.name == "nt" or find_interpreter() is None,
    reason="needs a MicroPython interpreter (pip install 'repband[firmware]') and pseudo-terminals",
)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[PtyPrompt]:
    prompt = PtyPrompt(tmp_path)
    yield prompt
    prompt.close()


def never(_: str) -> bool:
    raise AssertionError("asked without need")


class TestFlashing:
    def test_every_file_arrives_and_a_second_time_nothing_is_written(self, board, tmp_path):
        lines: list[str] = []
        with opened(board.port) as prompt:
            copied = Flasher(prompt, never, lines.append).flash(board_config("pico_w"))
        files = {**firmware_files(), **table_files()[0], "config.json": board_config("pico_w")}
        assert {name: (tmp_path / name).read_bytes() for name in files} == files
        assert copied.written == len(files) == len(lines)
        assert lines[-1].endswith(f"main.py ({len(files['main.py'])} bytes)")
        with opened(board.port) as prompt:
            again = Flasher(prompt, never, lines.append).flash(None)
        assert (again.written, again.unchanged) == (0, len(files) - 1)

    def test_only_what_belongs_on_a_board_is_copied(self):
        names = set(firmware_files())
        assert {"boot.py", "main.py", "repband_device/app.py", "repband_wire/codec.py"} <= names
        assert not [name for name in names if "simulated" in name or "pycache" in name or "words" in name]

    def test_other_files_are_left_alone(self, board, tmp_path):
        (tmp_path / "diary.txt").write_text("mine")
        (tmp_path / "config.json").write_text('{"name": "Anna"}')
        with opened(board.port) as prompt:
            Flasher(prompt, never, lambda _: None).flash(None)
        assert (tmp_path / "diary.txt").read_text() == "mine"
        assert json.loads((tmp_path / "config.json").read_text()) == {"name": "Anna"}

    def test_another_main_is_replaced_only_when_allowed_and_kept(self, board, tmp_path):
        (tmp_path / "main.py").write_text("print('weather station')\n")
        (tmp_path / "boot.py").write_text("# This file is executed on every boot\n#import esp\n")
        with (
            opened(board.port) as prompt,
            pytest.raises(UsageError, match=r"main\.py on the board is not RepBand's"),
        ):
            Flasher(prompt, lambda _: False, lambda _: None).flash(board_config("pico_w"))
        assert (tmp_path / "main.py").read_text() == "print('weather station')\n"
        assert not (tmp_path / "repband_device").exists()
        asked: list[str] = []
        with opened(board.port) as prompt:
            Flasher(prompt, lambda question: not asked.append(question), lambda _: None).flash(board_config("pico_w"))
        assert (tmp_path / "main.py.before").read_text() == "print('weather station')\n"
        assert "repband_device" in (tmp_path / "main.py").read_text()
        assert len(asked) == 1

    def test_a_config_is_replaced_only_when_allowed(self, board, tmp_path):
        (tmp_path / "config.json").write_text('{"name": "Anna"}')
        for allowed in (False, True):
            with opened(board.port) as prompt:
                Flasher(prompt, lambda _, allowed=allowed: allowed, lambda _: None).flash(board_config("pico_w"))
            assert ("Anna" in (tmp_path / "config.json").read_text()) is not allowed

    def test_a_new_board_needs_to_be_named(self, board):
        with opened(board.port) as prompt, pytest.raises(UsageError, match=r"--board: .*m5stickc_plus2"):
            Flasher(prompt, never, lambda _: None).flash(None)

    def test_what_arrives_damaged_is_noticed(self, board):
        with opened(board.port) as prompt:
            write = prompt.fs_writefile
            prompt.fs_writefile = lambda dest, data: write(dest, data[:-1])
            with pytest.raises(SourceError, match="did not arrive as it was sent"):
                Flasher(prompt, never, lambda _: None).flash(board_config("pico_w"))

    def test_a_file_where_a_folder_should_be_is_an_error_in_a_line(self, board, tmp_path):
        (tmp_path / "repband_device").write_text("")
        with pytest.raises(SourceError, match="does not do as told"), opened(board.port) as prompt:
            Flasher(prompt, never, lambda _: None).flash(board_config("pico_w"))

    def test_an_old_micropython_is_refused(self, board, monkeypatch):
        monkeypatch.setattr(flash, "OLDEST_MICROPYTHON", (9, 0))
        with opened(board.port) as prompt, pytest.raises(SourceError, match=r"needs MicroPython 9\.0; put MicroPython"):
            Flasher(prompt, never, lambda _: None).flash(None)

    @pytest.mark.parametrize("name", board_names())
    def test_each_board_has_a_config_the_firmware_accepts(self, name):
        assert json.loads(board_config(name))["board"]

    def test_an_unknown_board_is_named(self):
        with pytest.raises(UsageError, match="choose one of esp32_c3"):
            board_config("toaster")


class TestRunningBoard:
    """A board that runs RepBand is brought into maintenance for the flash, and back."""

    @pytest.fixture
    def flashed(self, tmp_path) -> Iterator[PtyFlashed]:
        bare = PtyPrompt(tmp_path)
        with opened(bare.port) as prompt:
            Flasher(prompt, never, lambda _: None).flash(b'{"name": "Anna",  "exercise": "bridge"}')
        bare.close()
        running = PtyFlashed(tmp_path)
        yield running
        running.close()

    def test_its_watchdog_is_off_meanwhile_and_its_config_as_before(self, flashed, tmp_path):
        until(lambda: flashed.armed)
        (tmp_path / "repband_device" / "app.py").write_text("an older version")
        asked: list[bool] = []

        class Watching(Flasher):
            def _copy(self, name: str, data: bytes, how_far: str) -> bool:
                asked.append(flashed.armed)
                return super()._copy(name, data, how_far)

        with opened(flashed.port) as prompt:
            assert json.loads((tmp_path / "config.json").read_text())["maintenance"] is True
            flasher = Watching(prompt, never, lambda _: None)
            copied = flasher.flash(None)
            flasher.restart()
        assert copied.written == 1
        assert asked
        assert not any(asked)
        assert (tmp_path / "config.json").read_text() == '{"name": "Anna",  "exercise": "bridge"}'
        assert not (tmp_path / "config.json.flash").exists()
        until(lambda: flashed.armed)
        assert flashed.starts == 3

    def test_a_flash_that_was_cut_is_put_right_by_the_next(self, flashed, tmp_path):
        until(lambda: flashed.armed)
        with opened(flashed.port):
            pass  # the cable was pulled
        with opened(flashed.port) as prompt:
            Flasher(prompt, never, lambda _: None).flash(None)
        assert (tmp_path / "config.json").read_text() == '{"name": "Anna",  "exercise": "bridge"}'

    def test_a_new_config_is_compared_with_the_old_one_as_it_was_and_stays(self, flashed, tmp_path):
        until(lambda: flashed.armed)
        with opened(flashed.port) as prompt:
            Flasher(prompt, never, lambda _: None).flash(b'{"name": "Anna",  "exercise": "bridge"}')
        with opened(flashed.port) as prompt:
            Flasher(prompt, lambda _: True, lambda _: None).flash(b'{"name": "Bea"}')
        assert (tmp_path / "config.json").read_text() == '{"name": "Bea"}'
        assert not (tmp_path / "config.json.flash").exists()

    def test_who_flashed_it_by_the_command_hears_what_it_counts(self, flashed, tmp_path):
        until(lambda: flashed.armed)
        done = CliRunner().invoke(command, [flashed.port])
        assert done.exit_code == 0, done.exception or done.output
        assert "restarting it into maintenance" in done.output
        assert "0 files written" in done.output
        assert "Anna: firmware" in done.output
        assert "exercise: bridge" in done.output

    def test_the_wearers_own_exercises_go_along_and_a_broken_one_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
        (tmp_path / "exercises").mkdir()
        own = (shipped("exercises") / "bridge.toml").read_text(encoding="utf-8").replace('"bridge"', '"my-bridge"')
        (tmp_path / "exercises" / "my-bridge.toml").write_text(own, encoding="utf-8")
        (tmp_path / "exercises" / "broken.toml").write_text("title = 3", encoding="utf-8")
        files, problems = table_files()
        assert {"exercises/bridge.table", "exercises/my-bridge.table", "exercises/generic.table"} <= set(files)
        assert len(problems) == 1
        assert "will not count broken" in problems[0]


def until(done: Callable[[], bool], seconds: float = 30.0) -> None:
    end_s = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end_s
        time.sleep(0.02)


class TestCommand:
    def test_flashes_with_progress(self, board, tmp_path):
        done = CliRunner().invoke(command, [board.port, "--board", "pico_w", "--name", "Anna", "--no-start"])
        assert done.exit_code == 0, done.output
        assert f"{len(firmware_files()) + len(table_files()[0]) + 1} files written" in done.output
        assert "repband_device/app.py" in done.output
        assert json.loads((tmp_path / "config.json").read_text())["name"] == "Anna"

    def test_asks_before_it_replaces(self, board, tmp_path):
        (tmp_path / "main.py").write_text("print('weather station')\n")
        done = CliRunner().invoke(command, [board.port, "--board", "pico_w", "--no-start"], input="n\n")
        assert isinstance(done.exception, UsageError)
        assert (tmp_path / "main.py").read_text() == "print('weather station')\n"

    def test_a_board_without_micropython_is_told_how_to_get_it(self):
        with silent_port() as port:
            done = CliRunner().invoke(command, [port, "--board", "pico_w"])
        assert "no MicroPython answers" in str(done.exception)
        assert "micropython.org/download" in str(done.exception)

    def test_a_port_that_is_not_there(self, tmp_path):
        done = CliRunner().invoke(command, [str(tmp_path / "none"), "--board", "pico_w"])
        assert "there is no such port" in str(done.exception)


@contextmanager
def silent_port() -> Iterator[str]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)
