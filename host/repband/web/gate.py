"""Who may see the page, and who may steer: hosts, origins, tokens, watchers."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field

# A browser opens six connections to one server. Four watching tabs leave it two for everything else, so that a
# further tab can be told why it has to wait instead of hanging.
PAGES_PER_BROWSER = 4
PAGES = 12
_TOKEN_BYTES = 24


@dataclass
class Gate:
    """Lets in whom it should.

    Args:
        port: where the server listens.
        lan_hosts: the machine's own addresses or names on the network; empty for loopback only.
    """

    port: int
    lan_hosts: tuple[str, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_urlsafe(_TOKEN_BYTES))
    _keys: set[str] = field(default_factory=set[str])

    def known_host(self, host: str) -> bool:
        """Whether a Host header names this server; a foreign name that points here (DNS rebinding) does not."""
        return host.lower() in self._hosts()

    def known_origin(self, origin: str | None) -> bool:
        """Whether a page of this server asks; a request without Origin is no page's."""
        return origin is None or origin.lower() in {f"http://{host}" for host in self._hosts()}

    def needs_key(self, client: str) -> bool:
        """Whether somebody at this address has to show a key: everybody who is not on this machine."""
        try:
            return not ipaddress.ip_address(client).is_loopback
        except ValueError:
            return True

    def exchange(self, token: str) -> str | None:
        """A key for a token; each token opens once, and then there is a new one. None for a wrong one."""
        if not self.lan_hosts or not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        key = secrets.token_urlsafe(_TOKEN_BYTES)
        self._keys.add(key)
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        return key

    def known_key(self, key: str | None) -> bool:
        """Whether this key was given for a token."""
        return key is not None and key in self._keys

    def join_url(self) -> str | None:
        """What the QR code says: opens the page once on a phone beside the mat; None without --lan."""
        return f"http://{self._lan()}/join?token={self.token}" if self.lan_hosts else None

    def _lan(self) -> str:
        return f"{_bracketed(self.lan_hosts[0])}:{self.port}"

    def _hosts(self) -> set[str]:
        names = ("127.0.0.1", "localhost", "[::1]", *map(_bracketed, self.lan_hosts))
        return {f"{name}:{self.port}".lower() for name in names}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Watchers:
    """Which pages are open, and which of them steers.

    Attributes:
        steers: the page whose commands are taken, or None.
    """

    def __init__(self) -> None:
        self.steers: str | None = None
        self._pages: dict[str, tuple[str, int]] = {}
        self._opened = 0

    @property
    def count(self) -> int:
        """Open pages."""
        return len(self._pages)

    def open(self, page: str, browser: str) -> int | None:
        """A page wants to watch: gives a number for `close`, or None where there are too many. The first one steers."""
        others = [other for name, (other, _) in self._pages.items() if name != page]
        if others.count(browser) >= PAGES_PER_BROWSER or len(others) >= PAGES:
            return None
        self._opened += 1
        self._pages[page] = (browser, self._opened)
        self.steers = self.steers or page
        return self._opened

    def close(self, page: str, opened: int) -> None:
        """A connection has ended; a page that has opened another one since stays.

        When the page that steered is gone, the one that has been open longest steers.
        """
        if page not in self._pages or self._pages[page][1] != opened:
            return
        del self._pages[page]
        if self.steers == page:
            self.steers = next(iter(self._pages), None)

    def take_over(self, page: str) -> bool:
        """An open page wants to steer, and says so on purpose."""
        if page not in self._pages:
            return False
        self.steers = page
        return True
