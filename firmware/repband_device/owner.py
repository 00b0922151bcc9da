"""Whose sensor this is: claimed once with a key, then proved by a challenge.

The proof is HMAC-SHA-256 over a nonce that is fresh each time and good for one try. It says who may stream and control;
it hides nothing: samples are not encrypted.
"""

import hashlib
import os

from micropython import const
from repband_wire.control import CHALLENGE, GET_INFO, KEY_SIZE, PROVE, RESET

_BLOCK = const(64)  # of SHA-256
_SPOILT = b"?"  # still a key: nobody's, until the button resets it
_FOR_STRANGERS = (GET_INFO, CHALLENGE, PROVE, RESET)  # a reset needs the button anyway


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104, for keys of at most 64 bytes."""
    padded = key + bytes(_BLOCK - len(key))
    inner = hashlib.sha256(bytes([byte ^ 0x36 for byte in padded]) + message).digest()
    return hashlib.sha256(bytes([byte ^ 0x5C for byte in padded]) + inner).digest()


class Owner:
    """The key.

    Attributes:
        claimed: whether there is one.
        changes: how often it was claimed or reset since boot; a proof is good for one key only.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._key = self._read()
        self.changes = 0

    @property
    def claimed(self) -> bool:
        """Whether there is a key."""
        return len(self._key) > 0

    def claim(self, key: bytes) -> bool:
        """Takes the key of the first host that asks; False when there is one already. Raises OSError."""
        if self.claimed:
            return False
        with open(self._path + ".new", "wb") as file:  # noqa: PTH123 - MicroPython has no pathlib
            file.write(key)
        os.rename(self._path + ".new", self._path)  # noqa: PTH104
        self._key = key
        self.changes += 1
        return True

    def is_proof(self, nonce: bytes, mac: bytes) -> bool:
        """Whether `mac` shows that its sender holds the key."""
        wanted = hmac_sha256(self._key, nonce)[:KEY_SIZE]
        difference = 0
        for at in range(KEY_SIZE):  # all bytes, so that the time tells nothing
            difference |= wanted[at] ^ mac[at]
        return len(self._key) == KEY_SIZE and difference == 0

    def reset(self) -> None:
        """Forgets the key. Raises OSError."""
        if self.claimed:
            os.remove(self._path)  # noqa: PTH107
        self._key = b""
        self.changes += 1

    def _read(self) -> bytes:
        try:
            with open(self._path, "rb") as file:  # noqa: PTH123
                key = file.read(KEY_SIZE + 1)
        except OSError:
            return b""
        return key if len(key) == KEY_SIZE else _SPOILT


class Proof:
    """Whether the host on one link has proved that it holds the key.

    Attributes:
        given: whether it has, on this link, whatever the key is now.
        proved: whether the host may do everything; true for anyone while there is no key.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._nonce = b""
        self._proved_at = -1  # the owner's changes then

    @property
    def given(self) -> bool:
        """Whether there was a right proof."""
        return self._proved_at >= 0

    @property
    def proved(self) -> bool:
        """Whether the host may do everything; true for anyone while there is no key."""
        return self._proved_at == self._owner.changes or not self._owner.claimed

    def allows(self, code: int) -> bool:
        """Whether the host may ask this."""
        return self.proved or code in _FOR_STRANGERS

    def claim(self, key: bytes) -> bool:
        """As Owner.claim; who claims need not prove it."""
        claimed = self._owner.claim(key)
        if claimed:
            self._proved_at = self._owner.changes
        return claimed

    def challenge(self) -> bytes:
        """A fresh nonce, which takes the place of the last; proving begins anew."""
        self._proved_at = -1
        self._nonce = os.urandom(KEY_SIZE)
        return self._nonce

    def prove(self, mac: bytes) -> "bool | None":
        """Whether the proof is right; None when there was no challenge. Each challenge is good for one try."""
        if not self._nonce:
            return None
        right = self._owner.is_proof(self._nonce, mac)
        self._nonce = b""
        self._proved_at = self._owner.changes if right else -1
        return right

    def leave(self) -> None:
        """The host is gone: the next one proves itself again."""
        self._proved_at = -1
        self._nonce = b""
