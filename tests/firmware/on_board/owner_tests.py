# ruff: noqa: PTH107, SIM105
"""Ownership, under MicroPython."""

import os

import machine
from repband_device.owner import Owner, hmac_sha256
from repband_device.signals import Signals
from repband_wire import control


def remove(path):
    try:
        os.remove(path)
    except OSError:
        pass


def test_hmac_is_that_of_rfc_4231():
    assert hmac_sha256(b"\x0b" * 20, b"Hi There").hex() == (
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )
    assert hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex() == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_the_key_outlives_a_restart_and_a_reset_forgets_it():
    remove("test.key")
    owner = Owner("test.key")
    assert owner.proved and not owner.claimed
    assert owner.claim(bytes(16))
    assert owner.proved
    again = Owner("test.key")
    assert again.claimed and not again.proved
    assert not again.claim(bytes(16))
    assert not again.allows(control.START)
    again.reset()
    assert not again.claimed and again.allows(control.START)
    assert not Owner("test.key").claimed


def test_a_new_challenge_or_the_end_of_the_link_withdraws_the_proof():
    remove("test.key")
    owner = Owner("test.key")
    owner.claim(bytes(16))
    nonce = owner.challenge()
    assert not owner.proved
    assert owner.prove(hmac_sha256(bytes(16), nonce)[:16])
    owner.leave()
    assert not owner.proved
    assert owner.prove(hmac_sha256(bytes(16), nonce)[:16]) is None
    remove("test.key")


class Device:
    def __init__(self):
        remove("test.key")
        self.owner = Owner("test.key")
        self.owner.claim(bytes(16))
        self.owner.leave()
        from repband_device import config

        self.signals = Signals(config.validate({"button": 37}))


def test_a_reset_needs_the_button():
    from repband_device.commands import answer

    device = Device()
    request = control.make_control(1, control.RESET)
    assert answer(device, request, 0).reason == control.NEEDS_BUTTON
    assert device.owner.claimed
    machine.pins[37].value(0)
    assert answer(device, request, 0).reason == control.OK
    assert not device.owner.claimed
