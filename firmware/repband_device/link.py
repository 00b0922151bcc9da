"""What every link to a host offers."""

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from repband_wire.control import Reply
    from repband_wire.info import Info

NO_LIMIT = 1 << 29
_TURN_BYTES = const(1024)  # a turn may take 0.1 s of a 115200 baud line: sampling must not wait longer


class Link:
    """A way to one host.

    Attributes:
        payload: bytes a message may have.
        interval_units: connection interval in 1.25 ms; 0 without radio, or while the radio has not told.
        near: whether whoever is at the other end holds a cable to the board.
        patience: turns that new samples may wait for a message to fill up.
        turn_ms: how often the streamer has its turn.
    """

    near = True
    patience = 1
    turn_ms = 100  # a message at least every 150 ms while streaming, at most every 50

    def __init__(self, payload: int) -> None:
        self.payload = payload
        self.interval_units = 0

    def send(self, message: "bytes | memoryview") -> bool:
        """Hands one message to the link; False when it has no room now: keep it and try again."""
        raise NotImplementedError

    def send_reply(self, reply: "Reply", info: "Info | None") -> None:
        """Sends a reply, and the info message that it announces; never refuses."""
        raise NotImplementedError

    def has_room(self, messages: int) -> bool:
        """Whether so many replies, reps and log entries would be taken now."""
        return True

    def messages_a_turn(self, rate_chz: int, samples_a_message: int) -> int:
        """How many messages it takes in one turn of the streamer."""
        return max(1, _TURN_BYTES // self.payload)

    def window(self, rate_chz: int, samples_a_message: int) -> int:
        """Samples that may be on their way, not yet acknowledged."""
        return NO_LIMIT
