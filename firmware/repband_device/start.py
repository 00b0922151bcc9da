"""Starting up in the right order: the ring first, while the heap is still in one piece."""

import asyncio
import gc
import sys

import micropython

from .ring import Ring

CONFIG_PATH = "config.json"
_PARTS = ("streamer", "commands", "peer", "flashlog", "setlog", "counting", "radio", "app")
_COUNTER = ("motion", "judge", "track", "tracks", "waiting", "rep", "grid", "counter")


def read_config(path: str) -> "tuple[dict, str]":
    """The config and "", or the defaults with light, buzzer and button, and what is wrong with the file.

    The code that checks it does not stay.
    """
    from . import config

    try:
        return config.load(path), ""
    except config.ConfigError as error:
        from .mistakes import signals_of

        return signals_of(path), str(error)
    finally:
        _forget("config")


def _forget(name: str) -> None:
    """Lets go of a module that has done its work."""
    del sys.modules["repband_device." + name]
    delattr(sys.modules["repband_device"], name)


def load_parts(counter: bool) -> None:
    """Imports the larger modules one by one: what compiling one leaves behind must not lie between the others."""
    for name in _PARTS + (tuple(["counter." + part for part in _COUNTER]) if counter else ()):
        gc.collect()
        try:  # noqa: SIM105 - MicroPython has no contextlib built in
            __import__("repband_device." + name)
        except ImportError:
            pass  # no Bluetooth in this MicroPython
    gc.collect()


def run() -> None:
    """Runs the device; returns when a person types "repl", the input ends, or the button is held at the start."""
    config, mistake = read_config(CONFIG_PATH)
    ring = Ring(config["ring_kb"] * 1024)
    load_parts(config["exercise"] != "")
    from .app import Device

    micropython.kbd_intr(-1)  # byte 3 inside a frame is no Ctrl-C
    try:
        try:
            device = Device(CONFIG_PATH, config, mistake, ring)
        except ValueError as error:  # this chip has no such pin, or not for that
            from .mistakes import misfit, signals_of

            mistake = misfit(config) or f"a pin can't do what it is for: {error}"
            device = Device(CONFIG_PATH, signals_of(CONFIG_PATH), mistake, ring)
        if device.signals.button_held() and not device.watchdog.expected:  # else it is the press that woke it
            device.link.say("button held: no program started")
            return
        device.begin()
        asyncio.run(device.run())
    finally:
        micropython.kbd_intr(3)
