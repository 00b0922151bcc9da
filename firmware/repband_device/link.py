"""What every link to a host offers."""


class Link:
    """A way to one host.

    Attributes:
        payload: bytes a message may have.
    """

    def __init__(self, payload: int) -> None:
        self.payload = payload

    def send(self, message: "bytes | bytearray") -> None:
        """Hands one message to the link."""
        raise NotImplementedError
