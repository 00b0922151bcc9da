"""Small messages beside the stream: gap notices, acknowledgements, reps counted on the device."""

from .base import ACK, ENTRY, GAP, MAX_INDEX, MAX_U8, MAX_U16, REP, Message, need, unpack_numbers
from .errors import check

GAP_OVERFLOW = 1  # the sensor's own buffer overflowed: these samples were never read
GAP_GONE = 2  # asked for again, but the device no longer keeps them
GAP_FAULT = 3  # the sensor could not be read

REP_PARTIAL = 1  # much smaller than the wearer's own reps
REP_FAST = 2  # shorter than is plausible
REP_LATE = 4  # it had to be confirmed first
REP_GAP = 8  # samples are missing inside it

ENTRY_BODY = 14  # bytes
ENTRY_BOOT = 1  # u16 number of the boot: what follows was written since
ENTRY_SET = 2  # u16 boot, u32 seconds since then: a set begins
ENTRY_NAME = 3  # name of its exercise, UTF-8; a second one goes on where the first was full
ENTRY_REP = 4  # u16 number, u16 seconds since the set began, u16 out, hold, back, excursion, u8 flags, as in Rep
ENTRY_SET_END = 5  # u16 reps, u16 seconds since the set began


class Gap(Message):
    """Samples that will never come: `missing` from `index` on, and why (GAP_OVERFLOW, GAP_GONE, GAP_FAULT)."""

    KIND = GAP
    LAYOUT = "<BHIIB"
    FIELDS = (
        ("session", 0, MAX_U16),
        ("index", 0, MAX_INDEX),
        ("missing", 1, MAX_INDEX),
        ("cause", GAP_OVERFLOW, GAP_FAULT),
    )

    def __init__(self, session: int, index: int, missing: int, cause: int) -> None:
        self.session = session
        self.index = index
        self.missing = missing
        self.cause = cause

    def encode(self) -> bytes:
        """The notice as bytes. Raises WireError when a field is out of range."""
        check("missing", self.missing, 1, MAX_INDEX - self.index)
        return Message.encode(self)


class Ack(Message):
    """The host has every sample below `next_index` of `session`; 0 says that it has none yet."""

    KIND = ACK
    LAYOUT = "<BHI"
    FIELDS = (("session", 0, MAX_U16), ("next_index", 0, MAX_INDEX))

    def __init__(self, session: int, next_index: int) -> None:
        self.session = session
        self.next_index = next_index


def decode_ack(data: bytes) -> Ack:
    """An acknowledgement from its bytes."""
    need(data, 7, 7)
    session, next_index = unpack_numbers(Ack, data)
    return Ack(session, next_index)


class Rep(Message):
    """One rep counted on the device; `number` 1 begins a new count.

    Attributes:
        session: the session of the samples it was found in.
        number: 1 for the first since the counter was zeroed.
        end_index: sample at which the movement has returned.
        length: samples from its onset to there.
        out_cs, hold_cs, back_cs: its phases, in 0.01 s.
        excursion_ddeg: thigh excursion, in 0.1 degrees.
        flags: REP_PARTIAL and the like, added up.
    """

    KIND = REP
    LAYOUT = "<BHHIHHHHHB"
    FIELDS = (
        ("session", 0, MAX_U16),
        ("number", 1, MAX_U16),
        ("end_index", 1, MAX_INDEX),
        ("length", 1, MAX_U16),
        ("out_cs", 0, MAX_U16),
        ("hold_cs", 0, MAX_U16),
        ("back_cs", 0, MAX_U16),
        ("excursion_ddeg", 0, 1800),
        ("flags", 0, 0x0F),
    )

    def __init__(
        self,
        session: int,
        number: int,
        end_index: int,
        length: int,
        out_cs: int,
        hold_cs: int,
        back_cs: int,
        excursion_ddeg: int,
        flags: int = 0,
    ) -> None:
        self.session = session
        self.number = number
        self.end_index = end_index
        self.length = length
        self.out_cs = out_cs
        self.hold_cs = hold_cs
        self.back_cs = back_cs
        self.excursion_ddeg = excursion_ddeg
        self.flags = flags

    def encode(self) -> bytes:
        """The event as bytes. Raises WireError when a field is out of range."""
        check("length", self.length, 1, self.end_index)
        return Message.encode(self)


class Entry(Message):
    """One record of the device's own log.

    Attributes:
        number: of the record, counted from 0 since the log began.
        kind: ENTRY_BOOT and the like; kinds unknown to the host are to be skipped.
        body: 14 bytes, laid out as the kind says, the rest 0.
    """

    KIND = ENTRY
    LAYOUT = "<BIB"
    FIELDS = (("number", 0, MAX_INDEX), ("kind", 0, MAX_U8))
    TAIL = "body"

    def __init__(self, number: int, kind: int, body: bytes) -> None:
        self.number = number
        self.kind = kind
        self.body = body

    def encode(self) -> bytes:
        """The record as bytes. Raises WireError when a field is out of range."""
        check("body size", len(self.body), ENTRY_BODY, ENTRY_BODY)
        return Message.encode(self) + self.body
