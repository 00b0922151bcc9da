"""What host and device say to each other before samples come, as steps that need no clock and no transport.

Each function is a generator: it yields an `Ask`, is sent the `Answer`, and returns its result. The live link feeds
it replies as they come; `repband device` feeds it replies it has waited for.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Generator
from dataclasses import dataclass, field

import repband_wire as wire
from repband_wire import control, info

from repband.errors import SourceError
from repband.link.refusals import check_fault, common_version

Values = dict[str, int | bytes]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: a control code and its parameters in the order of repband_wire.CONTROLS."""

    code: int
    values: tuple[int | bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the reply's values by name, and for `info` the message that followed."""

    values: Values = field(default_factory=dict[str, int | bytes])
    info: wire.Info | None = None


Steps = Generator[Ask, Answer, "Started"]
Introduction = Generator[Ask, Answer, wire.Info]


@dataclass(frozen=True, slots=True)
class Started:
    """The device streams.

    Attributes:
        info: what it says of itself.
        session: its number for the session.
        index: the first sample that will come.
    """

    info: wire.Info
    session: int
    index: int


def proof(key: bytes, nonce: bytes) -> bytes:
    """What shows that the host holds the key: the first 16 bytes of HMAC-SHA-256(key, nonce)."""
    return hmac.new(key, nonce, hashlib.sha256).digest()[:16]


def introduce(key: bytes | None) -> Introduction:
    """Asks what the device is, checks versions, and proves this host where the device is claimed.

    Args:
        key: this host's, or None.

    Raises:
        VersionError: no common version.
        SourceError: it is claimed and this host has no key, or the device refuses.
    """
    said = yield from _info()
    common_version(said)
    if said.flags & info.CLAIMED and not said.flags & info.PROVED:
        if key is None:
            raise SourceError(
                "the sensor belongs to another computer",
                cure="use that one, or hold the sensor's button and give: repband device reset",
            )
        answer = yield Ask(control.CHALLENGE)
        nonce = answer.values["nonce"]
        assert isinstance(nonce, bytes)
        yield Ask(control.PROVE, (proof(key, nonce),))
        said = yield from _info()
    return said


def begin(key: bytes | None, session: int | None, index: int) -> Steps:
    """Introduces the host and starts the stream.

    Args:
        key: this host's, or None.
        session: the session to go on with, or None to begin with what is felt from now on.
        index: the first sample wanted of that session. Of another one, which has begun meanwhile, all is wanted.
    """
    said = yield from introduce(key)
    check_fault(said)
    if said.flags & info.STREAMING:
        # It streams to a host that went away without a word: while it does, "start" would not go back to our index.
        yield Ask(control.STOP)
    version = common_version(said)
    first = control.FROM_NOW if session is None else index if session == said.session else 0
    started = (yield Ask(control.START, (version, said.session, first))).values
    return Started(said, _number(started, "session"), _number(started, "index"))


def _info() -> Introduction:
    answer = yield Ask(control.GET_INFO)
    assert answer.info is not None
    return answer.info


def _number(values: Values, name: str) -> int:
    value = values[name]
    assert isinstance(value, int)
    return value
