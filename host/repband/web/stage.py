"""A session with a virtual wearer and its page, for tests, screenshots and measurements; nothing is kept."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from repband.driver.driver import Driver, Keeper, Listener
from repband.driver.session import Session
from repband.exercise import load_safety
from repband.simulate.wearer import VirtualWearer
from repband.web.app import Service
from repband.web.board import EVERY_S, Board
from repband.web.gate import Gate, Watchers
from repband.web.serve import PageServer, listen
from repband.web.state import PageState
from repband.workout import Routine
from repband.workout.following import Following


class Stage:
    """Runs engine, wearer and server while its context is open.

    Args:
        routine: what is done.
        speed: how fast the wearer lives.
        seed: which wearer.
        lan_hosts: addresses beyond loopback to listen on, as with --lan.
        first_run: as if nobody had read the safety texts here.
        listeners, keeper: further ones of the driver.
        every_s: how often pages hear of what can wait.

    Attributes:
        wearer, session, driver, gate, watchers: the parts, to be looked at and acted on.
        safety_read: set once a page says that the safety texts have been read.
    """

    def __init__(
        self,
        routine: Routine,
        *,
        speed: float = 1.0,
        seed: int = 1,
        lan_hosts: tuple[str, ...] = (),
        first_run: bool = False,
        listeners: tuple[Listener, ...] = (),
        keeper: Keeper | None = None,
        every_s: float = EVERY_S,
    ) -> None:
        self.wearer = VirtualWearer(seed, speed=speed)
        self.session = Session(routine)
        self.board = Board(PageState(routine, self.wearer.name, self.session), every_s)
        self.driver = Driver(self.session, keeper, [self.board, Following(self.wearer.ask), *listeners])
        self._socket = listen(0, lan=bool(lan_hosts))
        self.gate = Gate(int(self._socket.getsockname()[1]), lan_hosts)
        self.watchers = Watchers()
        self.safety_read = threading.Event()
        service = Service(
            board=self.board,
            ask=self.driver.ask,
            gate=self.gate,
            watchers=self.watchers,
            safety=load_safety(),
            first_run=first_run,
            on_safety_read=self.safety_read.set,
            demo=True,
            keeps=keeper is not None,
        )
        self._server = PageServer(service, self._socket)
        self._engine = threading.Thread(target=lambda: self.driver.run(self.wearer), name="engine", daemon=True)
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        """Where the page is."""
        return self._server.url

    @property
    def running(self) -> bool:
        """Whether the session still runs."""
        return self._engine.is_alive()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._server)
        self._engine.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.driver.ask("stop")
        self.wearer.close()
        self._engine.join(10.0)
        self._stack.close()
