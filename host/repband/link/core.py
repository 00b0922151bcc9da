"""The link without any transport: bytes and the time go in, bytes to send and frames for the session come out."""

from __future__ import annotations

from collections.abc import Callable

import repband_wire as wire
from repband_wire import control
from repband_wire.info import BATTERY_UNKNOWN

from repband.errors import SourceError
from repband.link.clock import ClockExchange
from repband.link.handshake import Answer, Ask, Started, Steps, begin
from repband.link.refusals import NoAnswerError, RefusedError
from repband.link.requests import Requests, Settled
from repband.link.resend import Resends
from repband.link.states import Change, LinkState, StateKeeper
from repband.link.stats import LinkStats
from repband.source.base import Frame
from repband.stream import FrameStream

ANSWER_S = 0.8  # a reply takes two connection intervals, at most 0.2 s, and the device's next turn
HANDSHAKE_TRIES = 10  # 8 s: a board that restarts when its port is opened needs about three
SILENT_S = 1.5  # the device sends at least every 0.15 s while it streams
DEAD_S = 6.0
ACK_EVERY_S = 0.05
ACK_MESSAGES = 2  # a device keeps only a few packets in flight
ALIVE_EVERY_S = 1.0
INFO_EVERY_S = 30.0
CLOCK_EVERY_S = 2.0
CLOCK_FIRST_S = 1.0  # so often until there are five

_STREAM_KINDS = (wire.Stream, wire.Format, wire.Gap, wire.Rep, wire.Press)
_TRY_AGAIN = frozenset({control.BUSY, control.NOT_NOW})


class Link:
    """One sensor's side of a session. Times are host seconds on any steady clock; nothing here waits.

    Call `take_sends` and `take_frames` after each call of another method, and `tick` at least every 50 ms.

    Args:
        key: this host's key, for sensors it has claimed; None where it has none.
        on_change: told of every change of state.

    Attributes:
        dead: why the transport should be closed and opened again; None while there is no reason.
        stopped: the device has answered `stop`: all it had sampled until then has been sent.
    """

    def __init__(self, *, key: bytes | None = None, on_change: Callable[[Change], None] | None = None) -> None:
        self._key = key
        self._keeper = StateKeeper(on_change)
        self._requests = Requests(ANSWER_S)
        self._resends = Resends()
        self._clock = ClockExchange()
        self._decoder = wire.Decoder()
        self._follower = FrameStream()  # the session's stream sees the same frames and gives up the same holes
        self._steps: Steps | None = None
        self._step: Ask | None = None
        self._started: Started | None = None
        self._info: wire.Info | None = None
        self._sends: list[bytes] = []
        self._frames: list[Frame] = []
        self._heard_s = self._fed_s = self._greeted_s = self._acked_s = self._asked_clock_s = self._asked_info_s = 0.0
        self._lost_s: float | None = None
        self._acked: tuple[int, int] = (-1, 0)
        self._unacked = self._clocks = self._passed = 0
        self._drops = self._messages = self._bad = self._restarts = 0
        self._away_s = 0.0
        self._device_count: int | None = None
        self._stopping = False
        self.dead: str | None = None
        self.stopped = False

    @property
    def state(self) -> LinkState:
        """Where the link is."""
        return self._keeper.state

    @property
    def info(self) -> wire.Info | None:
        """What the device said of itself last."""
        return self._info

    @property
    def streamed(self) -> bool:
        """Whether the device has begun to stream, ever."""
        return self._started is not None

    @property
    def stats(self) -> LinkStats:
        """The accounts so far."""
        info = self._info
        battery = None if info is None or info.battery_percent == BATTERY_UNKNOWN else info.battery_percent
        return LinkStats(
            self.state,
            drops=self._drops,
            away_s=self._away_s,
            messages=self._messages,
            bad_messages=self._bad,
            missing=sum(count for _, count in self._follower.holes),
            resends=self._resends.asked,
            restarts=self._restarts,
            interval_ms=info.interval_units * 1.25 if info is not None and info.interval_units else None,
            payload=None if info is None else info.payload,
            battery_percent=battery,
            fault=0 if info is None else info.fault,
            device_count=self._device_count,
            clock=self._clock.estimate(),
        )

    def take_sends(self) -> list[bytes]:
        """Messages for the device, in order."""
        sends, self._sends = self._sends, []
        return sends

    def take_frames(self) -> list[Frame]:
        """Frames for the session, in order of arrival."""
        frames, self._frames = self._frames, []
        return frames

    def scan(self, now_s: float) -> None:
        """The sensor is being looked for."""
        self._keeper.move(LinkState.SCANNING, now_s)

    def connect(self, now_s: float) -> None:
        """It is found and being opened."""
        self._keeper.move(LinkState.CONNECTING, now_s)

    def opened(self, now_s: float) -> None:
        """The transport is open, for the first time or again."""
        self._keeper.move(LinkState.PROVING, now_s)
        self.dead = None
        self._heard_s = now_s
        self._decoder = wire.Decoder()
        self._greet(now_s)

    def lost(self, now_s: float, why: str) -> None:
        """The transport is gone."""
        if self.state is LinkState.STREAMING:
            self._drops += 1
            self._lost_s = self._lost_s if self._lost_s is not None else now_s
        self._keeper.move(LinkState.RECOVERING, now_s, why)
        self._steps = self._step = None
        self._requests.forget()
        self._resends.forget()
        self._sends.clear()

    def stop(self, now_s: float) -> None:
        """Asks the device to send what it has and to stop."""
        self._stopping = True
        self._steps = self._step = None
        self._ask(Ask(control.STOP), now_s, tries=3)

    def close(self, now_s: float) -> None:
        """The session is over."""
        self._keeper.move(LinkState.CLOSED, now_s)

    def damaged(self, count: int) -> None:
        """So many frames came damaged."""
        self._bad += count

    def received(self, data: bytes, now_s: float) -> None:
        """One message as it came.

        Raises:
            SourceError: the device can't be used: it refuses, has a fault, or speaks another version.
        """
        try:
            message = self._decoder.decode(data)
        except wire.WireError:
            self._bad += 1
            return
        self._messages += 1
        self._heard_s = now_s
        if isinstance(message, wire.Reply | wire.Info):
            settled = self._requests.take(message)
            if settled is not None:
                self._settle(settled, now_s)
        elif isinstance(message, _STREAM_KINDS) and self._started is not None:
            self._take_stream(Frame(data, now_s), message)
        self._tell_progress(now_s)

    def tick(self, now_s: float) -> None:
        """Time has passed.

        Raises:
            SourceError: whatever is there does not answer.
        """
        again, failed = self._requests.overdue(now_s)
        self._sends += again
        for settled in failed:
            self._settle(settled, now_s)
        if self.state is LinkState.STREAMING:
            self._tell_progress(now_s)
            self._ask_what_is_due(now_s)
            self._watch_silence(now_s)

    def _greet(self, now_s: float) -> None:
        """Begins the handshake: for a new session, or to go on with the one under way."""
        session = None if self._started is None else self._follower.session
        if session is None and self._started is not None:
            session = self._started.session
        index = self._follower.next_device_index
        if self._started is not None and self._follower.session is None:
            index = self._started.index
        self._requests.forget()
        self._greeted_s = now_s
        self._steps = begin(self._key, session, index)
        self._next_step(None, now_s)

    def _next_step(self, answer: Answer | None, now_s: float) -> None:
        assert self._steps is not None
        try:
            self._step = next(self._steps) if answer is None else self._steps.send(answer)
        except StopIteration as end:
            self._steps = self._step = None
            self._begun(end.value, now_s)
            return
        self._ask(self._step, now_s, tries=HANDSHAKE_TRIES)

    def _begun(self, started: Started, now_s: float) -> None:
        if self._started is not None and started.session != self._started.session:
            self._restarts += 1
        self._started, self._info = started, started.info
        self._passed = started.index
        if self._lost_s is not None:
            self._away_s += now_s - self._lost_s
            self._lost_s = None
        self._heard_s = self._fed_s = self._asked_info_s = now_s
        self._asked_clock_s = now_s - CLOCK_EVERY_S
        self._clocks = 0
        self._keeper.move(LinkState.STREAMING, now_s)

    def _ask(self, ask: Ask, now_s: float, *, tries: int = 1) -> None:
        self._sends.append(self._requests.ask(ask, now_s, tries=tries))

    def _settle(self, settled: Settled, now_s: float) -> None:
        if settled.ask is self._step:
            self._settle_step(settled, now_s)
        elif settled.answer is not None:
            self._learn(settled.ask, settled.answer, settled.sent_s, now_s)
        elif settled.refusal is not None and settled.refusal.reason == control.NOT_ALLOWED:
            self._greet(now_s)  # it has restarted and asks for proof again

    def _settle_step(self, settled: Settled, now_s: float) -> None:
        if settled.answer is not None:
            if settled.answer.info is not None:
                self._info = settled.answer.info
            self._next_step(settled.answer, now_s)
            return
        refusal = settled.refusal
        if self.streamed and (refusal is None or refusal.reason in _TRY_AGAIN):
            self.dead = "it does not answer" if refusal is None else "it is busy"
            self._steps = self._step = None
        elif refusal is not None:
            raise RefusedError(refusal)
        elif self._messages:
            raise SourceError("the sensor stopped answering", cure="unplug it or switch it off and on, and try again")
        else:
            raise NoAnswerError("nothing there answers as a RepBand does")

    def _learn(self, ask: Ask, answer: Answer, sent_s: float, now_s: float) -> None:
        if ask.code == control.CLOCK:
            received, turnaround = answer.values["received_us"], answer.values["turnaround_us"]
            assert isinstance(received, int)
            assert isinstance(turnaround, int)
            self._clock.add(sent_s, received, turnaround, now_s)
        elif ask.code == control.GET_INFO:
            self._info = answer.info
        elif ask.code == control.STOP:
            self.stopped = True

    def _take_stream(self, frame: Frame, message: wire.Message) -> None:
        self._frames.append(frame)
        self._fed_s = frame.arrival_s
        if isinstance(message, wire.Press):
            return
        if isinstance(message, wire.Rep):
            self._device_count = message.number
            return
        assert self._started is not None
        if isinstance(message, wire.Stream) and message.session == self._started.session:
            self._passed = max(self._passed, message.index + message.count)
        self._follower.feed(frame)
        self._unacked += 1

    def _tell_progress(self, now_s: float) -> None:
        """Acknowledges what has come, and asks for what has not."""
        session = self._follower.session
        if session is None or self.state is not LinkState.STREAMING:
            return
        # The device sends in order from where it was started: a hole it has not passed yet is still being filled.
        passed = [hole for hole in self._follower.holes if sum(hole) <= self._passed]
        for index, count in self._resends.due(passed, now_s):
            self._ask(Ask(control.RESEND, (session, index, count)), now_s)
        have = session, self._follower.next_device_index
        waited_s = now_s - self._acked_s
        is_news = have != self._acked and (waited_s >= ACK_EVERY_S or self._unacked >= ACK_MESSAGES)
        if is_news or waited_s >= ALIVE_EVERY_S:
            self._sends.append(wire.Ack(*have).encode())
            self._acked, self._acked_s, self._unacked = have, now_s, 0

    def _ask_what_is_due(self, now_s: float) -> None:
        every_s = CLOCK_FIRST_S if self._clocks < 5 else CLOCK_EVERY_S
        if now_s - self._asked_clock_s >= every_s and not self._requests.waits_for(control.CLOCK):
            self._asked_clock_s = now_s
            self._clocks += 1
            self._ask(Ask(control.CLOCK), now_s)
        if now_s - self._asked_info_s >= INFO_EVERY_S:
            self._asked_info_s = now_s
            self._ask(Ask(control.GET_INFO), now_s)

    def _watch_silence(self, now_s: float) -> None:
        silent_s = now_s - self._heard_s
        if silent_s >= DEAD_S:
            self.dead = f"nothing has come for {silent_s:.0f} s"
        elif now_s - max(self._fed_s, self._greeted_s) >= SILENT_S and self._steps is None and not self._stopping:
            self._greet(now_s)  # it may have restarted behind an open port, and streams no more
