# ruff: noqa: PTH107, SIM105
"""Ownership, under MicroPython."""

import os

import machine
from repband_device.owner import Owner, Proof, hmac_sha256
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
    proof = Proof(Owner("test.key"))
    assert proof.proved
    assert proof.claim(bytes(16))
    assert proof.proved
    owner = Owner("test.key")
    again = Proof(owner)
    assert owner.claimed and not again.proved
    assert not again.claim(bytes(16))
    assert not again.allows(control.START)
    owner.reset()
    assert not owner.claimed and again.allows(control.START)
    assert not Owner("test.key").claimed


def test_a_new_challenge_or_the_end_of_the_link_withdraws_the_proof():
    remove("test.key")
    proof = Proof(Owner("test.key"))
    proof.claim(bytes(16))
    nonce = proof.challenge()
    assert not proof.proved
    assert proof.prove(hmac_sha256(bytes(16), nonce)[:16])
    proof.leave()
    assert not proof.proved
    assert proof.prove(hmac_sha256(bytes(16), nonce)[:16]) is None
    remove("test.key")


def test_nonces_differ_and_an_old_answer_is_worth_nothing():
    remove("test.key")
    proof = Proof(Owner("test.key"))
    proof.claim(bytes(16))
    nonces = [proof.challenge() for _ in range(50)]
    assert len(set(nonces)) == 50
    assert proof.prove(hmac_sha256(bytes(16), nonces[0])[:16]) is False
    assert not proof.proved
    remove("test.key")


def test_a_proof_for_one_key_is_none_for_the_next():
    remove("test.key")
    owner = Owner("test.key")
    first, second = Proof(owner), Proof(owner)
    first.claim(bytes(16))
    owner.reset()
    second.claim(bytes(range(16)))
    assert second.proved and not first.proved
    remove("test.key")


class Host:
    """A host on a link of its own."""

    def __init__(self, owner, near):
        self.proof = Proof(owner)
        self.link = self
        self.near = near


class Board:
    """What commands about ownership need of a device."""

    def __init__(self):
        remove("test.key")
        self.owner = Owner("test.key")
        self.pairing = False
        from repband_device import config

        self.signals = Signals(config.validate({"button": 37}))


def ask(board, host, code, *values):
    from repband_device.commands import answer

    return answer(board, host, control.make_control(1, code, *values), 0).reason


def test_a_reset_needs_the_button():
    board = Board()
    host = Host(board.owner, True)
    assert ask(board, host, control.CLAIM, bytes(16)) == control.OK
    host.proof.leave()
    assert ask(board, host, control.RESET) == control.NEEDS_BUTTON
    assert board.owner.claimed
    machine.pins[37].value(0)
    assert ask(board, host, control.RESET) == control.OK
    assert not board.owner.claimed


def test_a_claim_over_the_air_needs_the_pairing_window():
    board = Board()
    host = Host(board.owner, False)
    assert ask(board, host, control.CLAIM, bytes(16)) == control.NEEDS_BUTTON
    board.pairing = True
    assert ask(board, host, control.CLAIM, bytes(16)) == control.OK
    assert ask(board, Host(board.owner, True), control.CLAIM, bytes(16)) == control.NOT_ALLOWED
    remove("test.key")
