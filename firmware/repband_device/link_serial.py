"""The serial console as a link: frames both ways, and lines of text for a person at a terminal."""

import asyncio
import sys

from repband_wire.framing import Deframer, encode_frame

from .link import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from repband_wire.control import Reply
    from repband_wire.info import Info


class SerialLink(Link):
    """Frames on standard input and output. On a board that is the USB console; there the input never ends."""

    def __init__(self, payload: int) -> None:
        super().__init__(payload)
        self.deframer = Deframer()
        self._out = sys.stdout.buffer  # not sys.stdout: that makes two bytes of every line feed

    def send(self, message: "bytes | memoryview") -> bool:
        """Writes one message as a frame."""
        self._out.write(encode_frame(bytes(message)))
        return True

    def send_reply(self, reply: "Reply", info: "Info | None") -> None:
        """Writes the reply, then the info message."""
        self.send(reply.encode())
        if info:
            self.send(info.encode())

    def say(self, text: str) -> None:
        """Writes a line for a person."""
        self._out.write((text + "\r\n").encode())

    async def serve(self, on_message: "Callable[[bytes], None]", on_line: "Callable[[bytes], None]") -> None:
        """Hands on what comes in; returns when the input ends."""
        reader = asyncio.StreamReader(sys.stdin.buffer)
        while True:
            data = await reader.read(1)  # more would wait for more to come (micropython issue 8772)
            if not data:
                return
            for message in self.deframer.feed(data):
                on_message(message)
            for line in self.deframer.take_lines():
                on_line(line)
