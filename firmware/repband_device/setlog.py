"""Sets and reps in the flash log, while no host is there to take them; the layouts are those of the wire format."""

import struct

from micropython import const
from repband_wire.base import MAX_U16
from repband_wire.events import ENTRY_BODY, ENTRY_BOOT, ENTRY_NAME, ENTRY_REP, ENTRY_SET, ENTRY_SET_END, Rep
from repband_wire.info import FAULT_FLASH

from .flashlog import FlashLog

_RECENT = const(8)


class SetLog:
    """Writes what the counter finds.

    Args:
        log: None where the flash can't be read.

    Attributes:
        boot: number of this boot, once something was written since; else 0.
        uptime_s: seconds since boot; whoever owns this keeps it.
        recent: the last sets, (exercise, reps), also those a host has seen.
        lost: reps for which there was no room.
        fault: FAULT_FLASH while the flash can't be written.
    """

    def __init__(self, log: "FlashLog | None") -> None:
        self.log = log
        self.boot = 0
        self.uptime_s = 0
        self.recent = []  # type: list[tuple[str, int]]
        self.lost = 0
        self.fault = 0 if log else FAULT_FLASH
        self._exercise = ""
        self._count = 0
        self._began_s = 0
        self._open = False  # a set record was written and not its end
        self._told = []  # type: list[tuple[int, str, Rep]]  # over the air, and not known to have arrived

    def told(self, exercise: str, rep: Rep, head: int) -> None:
        """A rep that the radio took when the next sample was `head`: it is lost if the link drops before it is sent."""
        self._told.append((head, exercise, rep))

    def arrived(self, acknowledged: int) -> None:
        """The host has all samples below `acknowledged`, and so the reps that were told before them."""
        while self._told and self._told[0][0] < acknowledged:
            _, exercise, rep = self._told.pop(0)
            self.rep(exercise, rep, keep=False)

    def host_gone(self) -> None:
        """What it may not have got is kept; it may come twice then, with the same number."""
        told, self._told = self._told, []
        for _, exercise, rep in told:
            self.rep(exercise, rep, keep=True)

    def rep(self, exercise: str, rep: Rep, keep: bool) -> None:
        """A rep; `keep` where no host takes it."""
        if keep and self._told:
            self.host_gone()  # they came first
        if rep.number == 1 or exercise != self._exercise:
            self._close()
            self._exercise, self._began_s = exercise, self.uptime_s
        self._count = rep.number
        if not keep:
            return
        if not self._open:
            self._open = self._begin()
        since_s = min(MAX_U16, self.uptime_s - self._began_s)
        body = struct.pack(
            "<HHHHHHB", rep.number, since_s, rep.out_cs, rep.hold_cs, rep.back_cs, rep.excursion_ddeg, rep.flags
        )
        if not self._open or not self._append(ENTRY_REP, body):
            self.lost += 1

    def end(self) -> None:
        """The set is over."""
        self.host_gone()
        self._close()

    def _close(self) -> None:
        if self._count:
            self.recent = self.recent[1 - _RECENT :]
            self.recent.append((self._exercise, self._count))
        if self._open:
            self._append(ENTRY_SET_END, struct.pack("<HH", self._count, min(MAX_U16, self.uptime_s - self._began_s)))
        self._open = False
        self._count = 0

    def _begin(self) -> bool:
        if not self.boot:
            boot = self._last_boot() + 1
            if not self._append(ENTRY_BOOT, struct.pack("<H", boot)):
                return False
            self.boot = boot
        name = self._exercise.encode()
        written = self._append(ENTRY_SET, struct.pack("<HI", self.boot, self._began_s))
        for at in range(0, len(name), ENTRY_BODY):
            written = written and self._append(ENTRY_NAME, name[at : at + ENTRY_BODY])
        return written

    def _append(self, kind: int, body: bytes) -> bool:
        if self.log is None:
            return False
        try:
            written = self.log.append(kind, body + bytes(ENTRY_BODY - len(body)))
            self.fault = 0
        except OSError:
            written = False
            self.fault = FAULT_FLASH
        return written

    def _last_boot(self) -> int:
        log = self.log
        number = 0 if log is None else log.next
        while log is not None and number > log.first:
            number -= 1
            found = log.read(number)
            if found and found[0] == ENTRY_BOOT:
                return struct.unpack("<H", found[1][:2])[0] % MAX_U16
        return 0
