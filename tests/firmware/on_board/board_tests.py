# ruff: noqa: PTH123, PTH107, SIM105
"""Board files, power hold and signals, under MicroPython."""

import asyncio
import json
import os

import machine
from repband_device import clock, config, mistakes, signals, start
from repband_device.app import Device
from repband_device.power import hold
from repband_device.ring import Ring
from repband_device.signals import Signals

BOARDS = __file__.rsplit("/", 4)[0] + "/firmware/boards/"


def boards():
    return [entry[0] for entry in os.ilistdir(BOARDS) if entry[0].endswith(".json")]


def test_every_board_file_is_valid_and_uses_each_pin_once():
    assert len(boards()) >= 5
    for name in boards():
        checked = config.load(BOARDS + name)
        pins = [checked["i2c"]["scl"], checked["i2c"]["sda"]]
        pins += [
            checked[key] for key in ("power_hold", "button", "motion", "led", "buzzer") if checked[key] is not None
        ]
        assert len(set(pins)) == len(pins), name
        Signals(checked)


def test_power_is_held_from_the_first_line_on():
    pin = hold(BOARDS + "m5stickc_plus2.json")
    assert (pin.number, pin.value()) == (4, 1)
    assert hold(BOARDS + "pico_w.json") is None
    assert hold("no such file") is None


def test_power_is_held_though_the_config_is_broken():
    with open("broken.json", "w") as file:
        file.write('{"power_hold" : 4, "rate_hz": oops')
    try:
        assert hold("broken.json").number == 4
    finally:
        os.remove("broken.json")


def test_a_mistake_in_the_config_is_blinked():
    clock.sleep_ms = at_once
    for text in ('{"rate_hz": "fast", "led": 19, "buzzer": 2}', '{"led" : 19,, "buzzer":2'):
        with open("broken.json", "w") as file:
            file.write(text)
        try:
            given, mistake = start.read_config("broken.json")
            assert mistake and (given["led"], given["buzzer"], given["rate_hz"]) == (19, 2, 52)
            device = Device("broken.json", given, mistake, Ring(600))
        finally:
            os.remove("broken.json")

        async def show(device=device):
            task = asyncio.create_task(device.signals.show_faults(lambda: device.fault))
            for _ in range(20):
                await asyncio.sleep_ms(0)
            task.cancel()

        asyncio.run(show())
        assert device.fault == 1 and not device.sensor.present
        assert machine.pins[19].changes > 2 and machine.pins[2].changes > 2


def test_signals_that_are_the_mistake_are_left_out():
    with open("broken.json", "w") as file:
        file.write('{"led": 99, "buzzer": 2, "button": "front"}')
    try:
        given, mistake = start.read_config("broken.json")
    finally:
        os.remove("broken.json")
    assert mistake and (given["led"], given["buzzer"], given["button"]) == (None, 2, None)


class InputOnly(machine.Pin):
    """Pin 36 of an ESP32 can't drive anything."""

    def __init__(self, number, mode=machine.Pin.IN, pull=-1, value=None):
        if number == 36 and mode == machine.Pin.OUT:
            raise ValueError("pin can only be input")
        super().__init__(number, mode, pull, value)


def test_a_light_at_a_pin_that_can_not_drive_it_is_left_out():
    signals.Pin = InputOnly
    with open("broken.json", "w") as file:
        file.write('{"led": 36, "buzzer": 2}')
    try:
        given = mistakes.signals_of("broken.json")
    finally:
        os.remove("broken.json")
    assert (given["led"], given["buzzer"]) == (None, 2)


def test_without_a_config_the_defaults_may_be_the_mistake():
    assert mistakes.signals_of("no such file") == config.validate({})
    assert mistakes.misfit(config.validate({})) == ""


def at_once(ms):
    return asyncio.sleep_ms(0)


def test_blinks_as_often_as_told_and_ends_dark():
    clock.sleep_ms = at_once
    lit = Signals(config.validate({"led": 19, "buzzer": 2}))
    asyncio.run(lit.blink(3))
    for number in (19, 2):
        assert machine.pins[number].changes == 6
        assert machine.pins[number].value() == 0


def test_a_fault_is_blinked_again_and_again_and_none_is_dark():
    clock.sleep_ms = at_once
    lit = Signals(config.validate({"led": 19}))
    faults = [0, 0, 2, 2, 1]

    async def watch():
        task = asyncio.create_task(lit.show_faults(lambda: faults.pop(0)))
        while faults:
            await asyncio.sleep_ms(0)
        for _ in range(50):
            await asyncio.sleep_ms(0)
            if task.done():
                break

    try:
        asyncio.run(watch())
    except IndexError:
        pass
    assert machine.pins[19].changes == 2 * (2 + 2 + 1)


def test_a_board_without_a_button_never_has_it_held():
    assert not Signals(config.validate({})).button_held()
    assert not Signals(config.validate({})).visible
    lit = Signals(config.validate({"button": 37}))
    assert not lit.button_held()
    machine.pins[37].value(0)
    assert lit.button_held()


def test_boards_are_json_that_people_can_read():
    for name in boards():
        with open(BOARDS + name) as file:
            assert json.load(file)["board"]
