"""Puts the firmware on a board by mpremote: copies, checks what it copied, leaves the board's other files alone."""

from __future__ import annotations

import errno
import io
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import cast

from repband.errors import RepBandError, SourceError, UsageError
from repband.link import maintenance
from repband.link.board import Board, holds, put, read, restart
from repband.link.boardfiles import PROGRAM, board_names, firmware_files, table_files
from repband.link.systems import port_error

OLDEST_MICROPYTHON = (1, 25)
_INTERRUPT_S = 2.0
_BACK_S = 20.0  # a board with a USB port of its own vanishes and comes back when it restarts


@dataclass(frozen=True, slots=True)
class Copied:
    """What a flash did: files written, files that were already right, and what the board runs."""

    written: int
    unchanged: int
    micropython: str


@contextmanager
def opened(
    port: str, connect: Callable[[str], Board] | None = None, say: Callable[[str], None] = print
) -> Generator[Board]:
    """A board at its prompt, without a watchdog that would restart it.

    Args:
        port: serial port.
        connect: opens it; mpremote by default.
        say: told what is being done.

    Raises:
        SourceError: the port can't be opened, or no MicroPython answers there; says how to put it on the board.
        UsageError: mpremote is not installed.
    """
    board = (connect or _mpremote)(port)
    try:
        _get_attention(board, port)
        if maintenance.watchdog_runs(board, PROGRAM):
            say("the board's watchdog is on: restarting it into maintenance")
            maintenance.enter(board)
            restart(board)
            board.close()
            board = _again(port, connect or _mpremote)
        yield board
    except RepBandError:
        raise
    except Exception as error:  # mpremote's errors have no common base that can be named without importing it
        raise SourceError(_failure(error), where=port, cure="plug it in again and flash again") from None
    finally:
        with suppress(OSError):
            board.close()


class Flasher:
    """Copies the firmware to one board.

    Args:
        board: at its prompt (see `opened`).
        allows: asked before a file that is not ours is replaced; gives True to go on.
        say: told what is being done, a line at a time.
    """

    def __init__(self, board: Board, allows: Callable[[str], bool], say: Callable[[str], None]) -> None:
        self._board = board
        self._allows = allows
        self._say = say

    def flash(self, config: bytes | None) -> Copied:
        """Copies what is not there yet, and checks every file by its digest.

        Args:
            config: the board's config file; None keeps the one it has.

        Raises:
            SourceError: MicroPython is too old, the board is full, or a file did not arrive as it was sent.
            UsageError: the board has no config and none is given, or a file of its owner's may not be replaced.
        """
        try:
            version = self._check_version()
            files = self._choose_files(config)
        except BaseException:  # also Ctrl-C at a question
            self._give_back()
            raise
        try:
            written = self._copy_all(files)
            maintenance.leave(self._board, config_is_new=maintenance.CONFIG in files)
        except BaseException:
            self._say("stopped half-way: flash the board again, it waits for that; its config is kept")
            raise
        return Copied(written, len(files) - written, version)

    def restart(self) -> None:
        """Lets the board start its program."""
        restart(self._board)

    def _give_back(self) -> None:
        """Nothing was copied: what was brought into maintenance for that goes on as before."""
        with suppress(Exception):  # what is on its way says more than a second failure
            if self._board.fs_exists(maintenance.KEPT):
                maintenance.leave(self._board, config_is_new=False)
                restart(self._board)

    def _choose_files(self, config: bytes | None) -> dict[str, bytes]:
        files = firmware_files()
        tables, problems = table_files()
        files |= tables
        for problem in problems:
            self._say(problem)
        self._choose_config(files, config)
        self._guard(files)
        return files

    def _copy_all(self, files: dict[str, bytes]) -> int:
        folders = {str(parent) for name in files for parent in PurePosixPath(name).parents} - {"."}
        for folder in sorted(folders):
            if not self._board.fs_exists(folder):
                self._board.fs_mkdir(folder)
        # main.py last: should the cable be pulled, the board does not start half a program.
        order = sorted(files, key=lambda name: (name in ("main.py", "boot.py"), name))
        return sum(self._copy(name, files[name], f"{at}/{len(order)}") for at, name in enumerate(order, 1))

    def _check_version(self) -> str:
        name, version = cast(
            tuple[str, tuple[int, ...]],
            self._board.eval("(__import__('sys').implementation[0], tuple(__import__('sys').implementation[1][:3]))"),
        )
        text = ".".join(str(part) for part in version)
        if name != "micropython" or version[:2] < OLDEST_MICROPYTHON:
            needed = ".".join(str(part) for part in OLDEST_MICROPYTHON)
            raise SourceError(
                f"the board runs {name} {text}, RepBand needs MicroPython {needed}", cure=how_to_install("the board")
            )
        return text

    def _choose_config(self, files: dict[str, bytes], config: bytes | None) -> None:
        there = maintenance.config_as_it_was(self._board)
        has = there not in (None, maintenance.NONE)
        if config is None:
            if not has:
                raise UsageError(
                    "the board has no config yet", where="--board", cure=f"say which it is: {', '.join(board_names())}"
                )
            return
        if there is not None and has and there != config:
            if not self._allows(
                f"the board has a {maintenance.CONFIG} of its own (name, side, pins): replace it (kept as "
                f"{maintenance.CONFIG}.before)?"
            ):
                return
            put(self._board, f"{maintenance.CONFIG}.before", there)
        files[maintenance.CONFIG] = config

    def _guard(self, files: dict[str, bytes]) -> None:
        for name in ("boot.py", "main.py"):
            there = read(self._board, name)
            if there is None:
                continue
            if there == files[name] or PROGRAM.encode() in there or not _does_anything(there):
                continue
            if not self._allows(f"the board has a {name} that is not RepBand's: replace it (kept as {name}.before)?"):
                raise UsageError(
                    f"{name} on the board is not RepBand's", cure="save it elsewhere, or allow replacing it"
                )
            put(self._board, f"{name}.before", there)

    def _copy(self, name: str, data: bytes, how_far: str) -> bool:
        if holds(self._board, name, data):
            return False
        self._say(f"{how_far}  {name} ({len(data)} bytes)")
        put(self._board, name, data)
        return True


def how_to_install(port: str) -> str:
    """How MicroPython gets on a board, in a line."""
    return (
        "put MicroPython on it first: for an ESP32 board  pip install esptool,  esptool --port "
        f"{port} erase-flash,  esptool --port {port} write-flash 0x1000 FILE.bin (0x0 on S3 and C3);  for a Pico hold "
        "BOOTSEL while you plug it in and copy FILE.uf2 to it;  FILE from https://micropython.org/download"
    )


def _does_anything(source: bytes) -> bool:
    """Whether a file holds more than comments: MicroPython itself puts such a boot.py on an ESP32."""
    return any(line.strip() and not line.strip().startswith(b"#") for line in source.splitlines())


def _failure(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "the board's flash is full"
    last = str(error).strip().splitlines()
    return f"the board does not do as told ({last[-1] if last else type(error).__name__})"


def _again(port: str, connect: Callable[[str], Board]) -> Board:
    """The same board after its restart."""
    until_s = time.monotonic() + _BACK_S
    while True:
        time.sleep(0.5)
        board: Board | None = None
        try:
            board = connect(port)
            _get_attention(board, port)
            return board
        except SourceError:
            if board is not None:
                board.close()
            if time.monotonic() > until_s:
                raise SourceError(
                    "the board does not come back from its restart into maintenance",
                    where=port,
                    cure="unplug it, plug it in and flash again; its config is kept",
                ) from None


def _get_attention(board: Board, port: str) -> None:
    try:
        with redirect_stdout(io.StringIO()):  # mpremote prints what it did not understand
            _leave_program(board)
            board.enter_raw_repl(soft_reset=not board.is_pty)
    except Exception:
        raise SourceError("no MicroPython answers", where=port, cure=how_to_install(port)) from None


def _leave_program(board: Board) -> None:
    """Ends a running RepBand ("repl" on its console), and whatever else by Ctrl-C, also while it starts anew."""
    serial = board.serial
    serial.write(b"\r\nrepl\r\n")
    until_s = time.monotonic() + (0.2 if board.is_pty else _INTERRUPT_S)
    while time.monotonic() < until_s:
        serial.write(b"\x03")
        time.sleep(0.05)
    serial.read(serial.in_waiting)


def _mpremote(port: str) -> Board:
    try:
        from mpremote import transport_serial  # pyright: ignore[reportMissingTypeStubs]
    except ModuleNotFoundError:
        raise UsageError("flashing needs mpremote", cure='pip install "repband[link]"') from None
    real = str(Path(port).resolve()) if Path(port).exists() else port
    _check_port(real, port)
    connect = cast(Callable[..., Board], transport_serial.SerialTransport)
    try:
        return connect(real, timeout=2.0)
    except Exception as error:
        raise SourceError(
            f"the port can't be opened ({error})", where=port, cure="close other programs that use it"
        ) from None


def _check_port(real: str, port: str) -> None:
    """mpremote says only that it failed; opening it once ourselves says why."""
    import serial

    try:
        serial.Serial(real, exclusive=True).close()
    except (OSError, ValueError) as error:
        from repband.link.ports import list_ports

        raise port_error(error, port, [other.device for other in list_ports()]) from None
