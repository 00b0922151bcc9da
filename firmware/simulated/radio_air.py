"""The air of the stand-in radio: messages of u16 size, kind and body, to and from tests/doubles/ble_peer.py."""

import errno
import socket
import struct
import time


class Air:
    """An open connection to the peer at "HOST:PORT". Raises OSError when nobody is there."""

    def __init__(self, where: str) -> None:
        host, port = where.split(":")
        self._socket = socket.socket()
        self._socket.connect(socket.getaddrinfo(host, int(port))[0][-1])
        self._socket.setsockopt(6, 1, 1)  # TCP_NODELAY: a radio does not wait for more
        self._socket.setblocking(False)
        self._input = b""

    def close(self) -> None:
        """Ends it."""
        self._socket.close()

    def tell(self, kind: bytes, body: bytes) -> None:
        """Sends one message."""
        data = struct.pack(">H", len(body)) + kind + body
        while data:
            try:
                data = data[self._socket.send(data) :]
            except OSError as error:
                if error.errno not in (errno.EAGAIN,):
                    return
                time.sleep_ms(1)

    def receive(self, most: int) -> "list[tuple[bytes, bytes]] | None":
        """Messages that have come, as (kind, body), so many or a few more; None when the peer is gone."""
        messages = []
        while len(messages) < most:
            try:
                data = self._socket.recv(512)
            except OSError:
                break
            if not data:
                return None
            self._input += data
            messages += self._take_apart()
        return messages

    def _take_apart(self) -> "list[tuple[bytes, bytes]]":
        messages = []
        while len(self._input) >= 3:
            size = 3 + struct.unpack(">H", self._input)[0]
            if len(self._input) < size:
                break
            messages.append((self._input[2:3], self._input[3:size]))
            self._input = self._input[size:]
        return messages
