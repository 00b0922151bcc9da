"""The device's own counter, in MicroPython."""

import gc

import micropython
from repband_device.counter import Counter
from repband_device.ring import Ring

TABLE = b"\x02\x01\x2c\x01\x00\x04\xd2\x0a\x96\x00\x0a\x06bridge"
RATE_CHZ = 5200
REP = 52 * 6  # samples
REPS = 6


def put(data, at, x, y, z):
    """One sample, int16 little endian."""
    for value in (x, y, z):
        data[at] = value & 255
        data[at + 1] = value >> 8 & 255
        at += 2


def angle(i):
    """A smooth way out (2 s), a hold (1 s), a way back (2 s) and a rest (1 s), 0 to 1000."""
    t = i % REP
    if t > 3 * 52:
        t = max(5 * 52 - t, 0)
    share = min(t * 1000 // 104, 1000)
    return share * share * (3000 - 2 * share) // 1000000


def samples(count, lead=156):
    """A thigh that rests, then does reps of 20 degrees, with a little noise."""
    data = bytearray(6 * count)
    for i in range(count):
        a = 0 if i < lead or i >= lead + REPS * REP else angle(i - lead)
        noise = (i * 7919 % 41) - 20
        put(data, 6 * i, 8192 * (1000 - a * 60 // 1000) // 1000 + noise, 2800 * a // 1000 - noise, 300 + noise)
    return data


def locked(counter, data, count):
    """Feeds in blocks of three with the heap locked; gives the reps."""
    reps = 0
    feed = counter.feed
    micropython.heap_lock()
    try:
        for at in range(0, count - 2, 3):
            reps += feed(data, at * 6, 3, 6)
    finally:
        micropython.heap_unlock()
    return reps


def locked_holes(counter, data, count):
    """The same with holes of every kind."""
    feed, skip = counter.feed, counter.skip
    micropython.heap_lock()
    try:
        for at in range(0, count - 2, 3):
            feed(data, at * 6, 3, 6)
            if at == 300:
                skip(5)
            if at == 900:
                skip(200)
            if at == 1500:
                skip(2000)
    finally:
        micropython.heap_unlock()
    return counter.next_index


def test_no_sample_costs_memory():
    count = 156 + REPS * REP + 210
    data = samples(count)
    counter = Counter(TABLE, RATE_CHZ, 4)
    assert locked(counter, data, count) == REPS == counter.count == counter.measured
    counter = Counter(TABLE, 1250, 4)  # several frames a sample
    locked(counter, data, count)


def test_holes_cost_no_memory():
    count = 156 + REPS * REP + 210
    counter = Counter(TABLE, RATE_CHZ, 4)
    assert locked_holes(counter, samples(count), count) == count // 3 * 3 + 2205


def test_confirmed_reps_cost_no_memory():
    count = 156 + REPS * REP + 210
    counter = Counter(
        b"\x02\x00\xc3\x01\x00\x04\x66\x00\x00\x00\x00\x00", RATE_CHZ, 4
    )  # surer than 1.4 degrees is nobody
    assert locked(counter, samples(count), count) == REPS
    assert counter.rep(REPS).number == REPS


def test_the_lock_does_find_an_allocation():
    counter = Counter(TABLE, RATE_CHZ, 4)
    counter._grid._on_frame = lambda x, y, z: [x, y, z]
    try:
        locked(counter, samples(300), 300)
    except MemoryError:
        return
    raise AssertionError("heap_lock finds nothing")


def test_reps_say_what_was_done():
    count = 156 + REPS * REP + 210
    data = samples(count)
    counter = Counter(TABLE, RATE_CHZ, 4)
    for at in range(count):
        if counter.feed(data, at * 6, 1):
            assert at == counter.rep(counter.count).announced
    rep = counter.rep(4)
    begun = 156 + 3 * REP
    assert abs(rep.start - begun) < 16, rep.start
    assert abs(rep.index - begun - 260) < 16, rep.index
    assert begun + 98 < rep.turn < begun + 162, rep.turn
    assert abs(rep.excursion - 200) < 10, rep.excursion
    # A cubic step needs 0.426 of its length from 20 to 80 %, minimum jerk 0.347: it is taken for one of 2.46 s.
    assert abs(rep.out - 246) < 12 and abs(rep.back - 246) < 12, (rep.out, rep.hold, rep.back)
    assert rep.flags == 0


def test_follows_a_ring_over_its_seam_and_its_gaps():
    count = 156 + REPS * REP + 210
    data = samples(count)
    straight = Counter(TABLE, RATE_CHZ, 4)
    ring = Ring(6 * 400)
    counter = Counter(TABLE, RATE_CHZ, 4)
    reps = 0
    for i in range(count):
        if i == 1000:
            ring.skip(3, 1)
            straight.skip(3)
        at = ring.slot()
        ring.data[at : at + 6] = data[6 * i : 6 * i + 6]
        ring.commit()
        straight.feed(data, 6 * i, 1)
        if i % 7 == 0:
            reps += counter.follow(ring)
    reps += counter.follow(ring)
    assert reps == REPS == straight.count
    assert counter.next_index == ring.head == straight.next_index
    assert [counter.rep(n).index for n in range(3, 7)] == [straight.rep(n).index for n in range(3, 7)]


def test_following_a_ring_costs_no_memory():
    ring = Ring(6 * 400)
    data = samples(700)
    ring.data[:] = data[: len(ring.data)]
    for _ in range(300):
        ring.commit()
    counter = Counter(TABLE, RATE_CHZ, 4)
    follow, commit, skip = counter.follow, ring.commit, ring.skip
    skip(3, 1)
    micropython.heap_lock()
    try:
        for _ in range(300):
            commit()
            follow(ring)
    finally:
        micropython.heap_unlock()
    assert counter.next_index == 603


def test_what_the_ring_no_longer_has_is_a_hole():
    ring = Ring(6 * 100)
    counter = Counter(TABLE, RATE_CHZ, 4)
    for _ in range(350):
        ring.commit()
    counter.follow(ring)
    assert counter.next_index == ring.head == 350


def test_reset_begins_a_new_count():
    count = 156 + REPS * REP + 210
    data = samples(count)
    counter = Counter(TABLE, RATE_CHZ, 4)
    counter.feed(data, 0, count)
    first = [counter.rep(n).index for n in range(3, 7)]
    counter.reset(1000)
    assert counter.count == counter.measured == 0
    assert counter.next_index == 1000
    assert counter.rep(3).number == 0
    counter.feed(data, 0, count)
    assert [counter.rep(n).index - 1000 for n in range(3, 7)] == first


def test_a_wrong_table_is_refused():
    for table in (b"", TABLE[:-1], TABLE + b"x", b"\x01" + TABLE[1:], TABLE[:1] + b"\x03" + TABLE[2:]):
        try:
            Counter(table, RATE_CHZ, 4)
        except ValueError as error:
            assert "compile it anew" in str(error)
            continue
        raise AssertionError(table)


def test_state_stays_below_18_kb_of_64_bit_words():
    gc.collect()
    before = gc.mem_alloc()
    counter = Counter(TABLE, RATE_CHZ, 4)
    gc.collect()
    assert gc.mem_alloc() - before < 18000
    assert counter.count == 0
