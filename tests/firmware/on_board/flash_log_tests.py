# ruff: noqa: PTH107, PTH106, SIM105
"""The flash log: bounded, in order, and whole after a power cut at any byte."""

import os

from repband_device.flashlog import FlashLog, Storage
from repband_device.setlog import SetLog
from repband_wire import Rep
from repband_wire.events import ENTRY_BOOT, ENTRY_NAME, ENTRY_REP, ENTRY_SET, ENTRY_SET_END

FOLDER = "log_under_test"


class PowerCutError(Exception):
    """The board is dead."""


class Flash:
    """A folder in memory that outlives the log. It dies when `left` bytes are written; names cost a byte, too."""

    def __init__(self):
        self.files = {}
        self.left = 1 << 20
        self.written = 0

    def names(self):
        return sorted(self.files)

    def read(self, name, offset=0, size=-1):
        data = self.files.get(name, b"")
        return data[offset:] if size < 0 else data[offset : offset + size]

    def append(self, name, data):
        self._create(name)
        for byte in data:
            self._spend()
            self.files[name] += bytes((byte,))

    def replace(self, name, data):
        new = name + ".new"
        self.files.pop(new, None)
        self.append(new, data)
        self._spend()
        self.files[name] = self.files.pop(new)

    def remove(self, name):
        self._spend()
        del self.files[name]

    def _create(self, name):
        if name not in self.files:
            self._spend()
            self.files[name] = b""

    def _spend(self):
        if self.left <= 0:
            raise PowerCutError
        self.left -= 1
        self.written += 1


def body(number):
    return bytes((number & 255, number >> 8)) + b"twelve bytes"


def contents(log):
    return [log.read(number) for number in range(log.first, log.next)]


def story(log, told, done):
    """What a board does in its life: writes, is fetched from, cleared. `told` counts the whole appends."""
    for number in range(log.next, 23):
        assert log.append(4, body(number))
        told.append(number)
        if number in (9, 16):
            log.clear(number - 1)
            done.append(number - 1)


def test_a_power_cut_at_every_byte_loses_nothing_that_was_written():
    whole = Flash()
    story(FlashLog(whole, 6, 4), [], [])
    cuts = whole.written
    assert cuts > 500
    for cut in range(cuts):
        flash = Flash()
        flash.left = cut
        told, done = [], []
        try:
            story(FlashLog(flash, 6, 4), told, done)
            raise AssertionError("the cut did not come")
        except PowerCutError:
            pass
        flash.left = 1 << 20
        log = FlashLog(flash, 6, 4)
        wrote = told[-1] + 1 if told else 0
        assert log.next in (wrote, wrote + 1), cut  # the last may be whole though nobody was told
        cleared = done[-1] if done else 0
        assert log.first <= max(cleared, 15 if wrote > 15 else 8 if wrote > 8 else 0), cut
        assert contents(log) == [(4, body(number)) for number in range(log.first, log.next)], cut
        story(log, [], [])
        assert log.next == 23
        assert contents(log) == [(4, body(number)) for number in range(log.first, 23)], cut


def test_a_second_cut_while_it_mends_itself_does_no_harm():
    for cut in range(0, 120, 7):
        flash = Flash()
        flash.left = 230 + cut % 30
        try:
            story(FlashLog(flash, 6, 4), [], [])
        except PowerCutError:
            pass
        for second in range(0, 40, 3):
            flash.left = second
            try:
                log = FlashLog(flash, 6, 4)
                before = log.next
                log.append(4, body(before))
            except PowerCutError:
                pass
        flash.left = 1 << 20
        log = FlashLog(flash, 6, 4)
        assert contents(log) == [(4, body(number)) for number in range(log.first, log.next)]
        assert log.append(4, body(log.next))


def test_a_full_log_takes_no_more_until_it_is_cleared():
    log = FlashLog(Flash(), 3, 4)
    for number in range(12):
        assert log.append(4, body(number))
    assert log.full and not log.append(4, body(12))
    assert (log.first, log.next) == (0, 12)
    log.clear(3)
    assert log.full  # the oldest segment still has one that nobody fetched
    log.clear(4)
    assert not log.full and log.append(4, body(12))
    assert (log.first, log.next) == (4, 13)
    assert log.read(3) is None and log.read(13) is None


def test_numbers_go_on_after_everything_was_cleared_and_a_restart():
    flash = Flash()
    log = FlashLog(flash, 3, 4)
    for number in range(8):
        log.append(4, body(number))
    log.clear(1000)
    assert (log.first, log.next) == (8, 8)
    again = FlashLog(flash, 3, 4)
    assert (again.first, again.next, again.identity) == (8, 8, log.identity)
    assert again.append(4, body(8)) and again.read(8) == (4, body(8))


def test_a_flipped_bit_ends_a_segment_and_is_never_given_out():
    flash = Flash()
    log = FlashLog(flash, 4, 8)
    for number in range(8):
        log.append(4, body(number))
    name = next(iter([name for name in flash.files if name.endswith(".log")]))
    data = flash.files[name]
    at = len(data) * 5 // 8 + 3
    flash.files[name] = data[:at] + bytes((data[at] ^ 4,)) + data[at + 1 :]
    again = FlashLog(flash, 4, 8)
    assert contents(again) == [(4, body(number)) for number in range(5)]
    assert again.append(4, body(5)) and contents(again)[-1] == (4, body(5))


def clean():
    try:
        for entry in os.ilistdir(FOLDER):
            os.remove(FOLDER + "/" + entry[0])
        os.rmdir(FOLDER)
    except OSError:
        pass


def test_in_real_files():
    clean()
    log = FlashLog(Storage(FOLDER), 3, 4)
    for number in range(10):
        assert log.append(4, body(number))
    log.clear(5)
    again = FlashLog(Storage(FOLDER), 3, 4)
    assert (again.first, again.next, again.identity) == (5, 10, log.identity)
    assert contents(again) == [(4, body(number)) for number in range(5, 10)]
    clean()


def rep(number):
    return Rep(1, number, 1000, 90, 130, 210, 90, 112, 0)


def test_sets_and_reps_are_kept_only_while_no_host_takes_them():
    flash = Flash()
    sets = SetLog(FlashLog(flash))
    sets.rep("bridge", rep(1), keep=False)
    assert sets.log.next == 0
    sets.uptime_s = 60
    sets.rep("bridge", rep(2), keep=True)
    sets.uptime_s = 63
    sets.rep("bridge", rep(3), keep=True)
    sets.end()
    kinds = [kind for kind, _ in contents(sets.log)]
    assert kinds == [ENTRY_BOOT, ENTRY_SET, ENTRY_NAME, ENTRY_REP, ENTRY_REP, ENTRY_SET_END]
    assert sets.log.read(2)[1] == b"bridge" + bytes(8)
    assert sets.log.read(4)[1] == bytes((3, 0, 63, 0, 130, 0, 210, 0, 90, 0, 112, 0, 0, 0))
    assert sets.recent == [("bridge", 3)]
    assert sets.boot == 1
    later = SetLog(FlashLog(flash))
    later.rep("single-leg-bridge", rep(1), keep=True)
    assert later.boot == 2
    names = [value for kind, value in contents(later.log) if kind == ENTRY_NAME][1:]
    assert b"".join(names).rstrip(b"\x00") == b"single-leg-bridge"


def test_a_rep_told_over_the_air_is_kept_until_the_host_has_newer_samples():
    sets = SetLog(FlashLog(Flash()))
    for number in range(1, 5):
        sets.told("bridge", rep(number), 1000 * number)
    sets.arrived(2000)  # it has sample 1999; the second rep was told when 2000 was the next
    sets.arrived(2001)
    assert sets.log.next == 0
    sets.host_gone()
    kept = [value[0] for kind, value in contents(sets.log) if kind == ENTRY_REP]
    assert kept == [3, 4]
    sets.told("bridge", rep(5), 9000)
    sets.end()  # nobody will say any more
    kept = [value[0] for kind, value in contents(sets.log) if kind == ENTRY_REP]
    assert kept == [3, 4, 5]
    assert sets.recent == [("bridge", 5)]


def test_reps_stay_in_order_where_one_that_was_told_is_still_open():
    sets = SetLog(FlashLog(Flash()))
    sets.told("bridge", rep(1), 1000)
    sets.rep("bridge", rep(2), keep=True)
    assert [value[0] for kind, value in contents(sets.log) if kind == ENTRY_REP] == [1, 2]


def test_what_has_no_room_is_counted():
    sets = SetLog(FlashLog(Flash(), 1, 4))
    for number in range(1, 6):
        sets.rep("bridge", rep(number), keep=True)
    assert sets.lost == 4 and sets.log.next == 4


def test_flash_that_fails_is_a_fault_and_no_crash():
    class Broken(Flash):
        def append(self, name, data):
            raise OSError(28)

    class Log(FlashLog):
        def _keep(self, name, number):
            pass

    sets = SetLog(Log(Broken()))
    sets.rep("bridge", rep(1), keep=True)
    assert sets.fault == 8 and sets.lost == 1
    assert SetLog(None).fault == 8
