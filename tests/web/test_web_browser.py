"""The live page in real Chromium, with its default autoplay policy, against the real server and a virtual wearer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from repband.exercise import load_exercise, load_safety
from repband.web.serve import lan_address
from repband.workout import Routine, SetTask
from web_watch import reaches, three_bridges, until

Put = Callable[..., Any]


def number(page: Any) -> int:
    return int(page.inner_text("#number"))


def test_a_whole_plan_of_three_sets_from_get_ready_to_summary(stage: Put, open_page: Put) -> None:
    on = stage()
    page = open_page(on)
    reaches(page, "idle")
    assert page.evaluate("repband.audio") == "none"  # nothing sounds before a gesture
    page.click("#start-button")
    reaches(page, "ready")
    assert "Get into" in page.inner_text("#number")
    for which in (1, 2, 3):
        reaches(page, "set", f"repband.state.set.index === {which} && repband.state.said >= 1")
        assert page.inner_text("#which") == f"set {which} of 3"
        if which < 3:
            reaches(page, "rest")
            assert re.fullmatch(r"0:\d\d", page.inner_text("#left"))
            page.click("#effort button:nth-child(5)")
            if which == 1:
                page.click("#pain button:nth-child(1)")
    reaches(page, "closing")
    page.click("#effort button:nth-child(6)")
    page.click("#pain button:nth-child(2)")
    reaches(page, "done")
    assert page.inner_text("#done-title") == "12 reps in 3 sets"
    rows = [row.inner_text().split("\t") for row in page.query_selector_all("#summary tbody tr")]
    assert [(row[1], row[4], row[5]) for row in rows] == [
        ("4 of 4", "4", "0"),
        ("4 of 4", "4", "not answered"),
        ("4 of 4", "5", "1"),
    ]
    played = page.evaluate("repband.played")
    assert played.count("set-done") == 3
    assert played.count("rep") + played.count("half-way") + played.count("last-two") == 12
    assert {"go", "tick", "last-two", "workout-done"} <= {*played}


def test_sound_runs_after_the_start_tap_and_is_heard_when_a_rep_is_counted(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(reps=6)))
    reaches(page, "idle")
    page.click("#start-button")
    until(page, "repband.audio === 'running'")
    reaches(page, "set", "repband.state.said === 0")
    until(page, "repband.peak < 0.001")
    page.evaluate(
        "() => { window.loudest = 0; const at = repband.played.length;"
        " const look = () => { if (repband.played.slice(at).includes('rep'))"
        " window.loudest = Math.max(window.loudest, repband.peak); requestAnimationFrame(look); }; look(); }"
    )
    reaches(page, "set", "repband.state.said >= 1")
    until(page, "window.loudest > 0.05", 5.0)
    assert not page.is_visible("#silence")


PITCHES = """
window.pitches = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.pitches.push(this.frequency.value); start.apply(this, at); };
"""


def test_every_tone_can_be_tried_and_none_sounds_like_another(stage: Put, open_page: Put) -> None:
    page = open_page(stage(), script=PITCHES)
    reaches(page, "idle")
    page.click("#sound-button")
    heard = []
    for button in page.query_selector_all("#tests button"):
        page.evaluate("window.pitches = []")
        button.click()
        until(page, "window.pitches.length > 0")
        heard.append(tuple(page.evaluate("window.pitches")))
    assert len(heard) >= 8
    assert len({*heard}) == len(heard)
    page.fill("#volume", "30")
    page.reload()
    reaches(page, "idle")
    assert page.input_value("#volume") == "30"  # kept for the next time


def test_the_metronome_ticks_only_when_it_is_wanted(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(reps=6), speed=4.0), script=PITCHES)
    ticks = "window.pitches.filter((hz) => hz === 2400 || hz === 1800).length"
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "set", "repband.state.said >= 1")
    assert page.evaluate(ticks) == 0
    page.click("#sound-button")
    page.check("#metronome")
    page.keyboard.press("Escape")
    reaches(page, "set", "repband.state.said >= 3")
    assert page.evaluate(ticks) >= 3


def test_the_screen_is_kept_awake_from_the_start(stage: Put, open_page: Put) -> None:
    script = "window.locks = []; navigator.wakeLock.request = async (kind) => { window.locks.push(kind); return {}; };"
    page = open_page(stage(), script=script)
    reaches(page, "idle")
    assert page.evaluate("window.locks") == []
    page.click("#start-button")
    until(page, "window.locks.length === 1")
    assert page.evaluate("window.locks") == ["screen"]
    assert not page.is_visible("#awake")


def test_a_count_in_is_shown_as_large_as_the_reps(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(count_in_s=10.0), speed=2.0))
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "count-in", "repband.state.left_s < 9")
    assert 1 <= number(page) <= 9
    reaches(page, "set")
    until(page, "repband.played.filter((name) => name === 'tick').length === 3")


def test_silence_is_shown_loudly_and_one_tap_ends_it(stage: Put, open_page: Put) -> None:
    on = stage()
    page = open_page(on)
    reaches(page, "idle")
    on.driver.ask("start")  # somebody else started: this page had no gesture
    reaches(page, "ready")
    until(page, "!document.getElementById('silence').hidden")
    assert "sound is off" in page.inner_text("#silence").lower()
    page.click("#silence-button")
    until(page, "repband.audio === 'running'")
    assert not page.is_visible("#silence")
    page.keyboard.press("m")
    assert page.is_visible("#silence")
    assert page.inner_text("#sound-text") == "Sound off"


def test_undo_and_add_keep_both_numbers(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(reps=8)))
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "set", "repband.state.said >= 2")
    page.click("#undo")
    until(page, "repband.state.said === repband.state.counted - 1")
    assert number(page) == page.evaluate("repband.state.said")
    assert page.inner_text("#corrected") == f"counted {page.evaluate('repband.state.counted')}, corrected by you"
    page.click("#add")
    until(page, "repband.state.said === repband.state.counted")
    assert not page.is_visible("#corrected")


def test_a_lost_link_is_said_and_so_is_its_return(stage: Put, open_page: Put) -> None:
    on = stage(three_bridges(reps=8), speed=6.0)
    page = open_page(on)
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "set", "repband.state.said >= 1")
    on.wearer.lose_link(24.0)
    until(page, "repband.state.sensor.state === 'lost'")
    assert "Sensor lost" in page.inner_text("#sensor")
    assert "No news from the sensor" in page.inner_text("#say")
    until(page, "repband.state.sensor.state === 'ok'")
    until(page, "repband.played.includes('lost') && repband.played.includes('back')")
    until(page, "repband.state.sensor.missing > 0")  # said once it is sure that nothing more will come


def test_a_late_page_gets_the_whole_state_and_plays_nothing_of_the_past(stage: Put, open_page: Put) -> None:
    on = stage(three_bridges(reps=8))
    first = open_page(on)
    reaches(first, "idle")
    first.click("#start-button")
    reaches(first, "set", "repband.state.said >= 3")
    late = open_page(on)
    reaches(late, "set", "repband.state.said >= 3")
    assert late.evaluate("repband.state.trace.t_s.length") >= 0
    assert late.evaluate("repband.state.reps.length") >= 2
    assert late.evaluate("repband.state.sounds.length") > 1
    assert late.evaluate("repband.played.filter((name) => name === 'go')") == []


def test_a_second_steering_page_is_refused_until_it_takes_over(stage: Put, open_page: Put) -> None:
    on = stage()
    first, second = open_page(on), None
    reaches(first, "idle")
    second = open_page(on)
    reaches(second, "idle")
    assert second.is_visible("#watching")
    assert second.is_disabled("#start-button")
    second.keyboard.press("Space")  # past the disabled button, by the keyboard
    until(second, "!document.getElementById('refused').hidden")
    assert on.session.state.name == "IDLE"
    second.click("#steer-button")
    until(second, "repband.state.steers")
    until(first, "!repband.state.steers")
    second.click("#start-button")
    reaches(first, "ready")


def test_a_seventh_tab_explains_itself(stage: Put, open_page: Put) -> None:
    on = stage()
    tabs = [open_page(on)]
    reaches(tabs[0], "idle")
    for _ in range(6):
        tabs.append(open_page(on, alike=tabs[0]))
    for tab in tabs[:4]:
        reaches(tab, "idle")
    for tab in tabs[4:]:
        until(tab, "document.body.dataset.state === 'full'", 10.0)
        assert "open in enough tabs" in tab.inner_text("#full")
    tabs[1].close()
    tabs[6].click("#full-button")
    reaches(tabs[6], "idle")


def test_the_keyboard_alone_leads_through_a_session(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(reps=12)))
    reaches(page, "idle")
    page.keyboard.press("Space")
    until(page, "repband.audio === 'running'")
    reaches(page, "set", "repband.state.said >= 1")
    page.keyboard.press("Space")
    reaches(page, "paused")
    page.keyboard.press("Space")
    reaches(page, "set")
    page.keyboard.press("ArrowUp")
    until(page, "repband.state.set.target === 13")
    page.keyboard.press("ArrowDown")
    until(page, "repband.state.set.target === 12")
    said = page.evaluate("repband.state.said - repband.state.counted")
    page.keyboard.press("+")
    until(page, f"repband.state.said - repband.state.counted === {said + 1}")
    page.keyboard.press("u")
    until(page, f"repband.state.said - repband.state.counted === {said}")
    page.keyboard.press("ArrowRight")
    reaches(page, "rest")
    page.focus("#effort button:nth-child(1)")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "repband.state.questions?.effort === 1")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    reaches(page, "ready")


def test_pain_of_six_shows_the_safety_text_with_the_red_flags(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(reps=12)))
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "set", "repband.state.said >= 1")
    page.click("#hurts")
    page.click("#hurts-scale button:nth-child(8)")
    reaches(page, "stopped")
    shown = page.inner_text("#stopped")
    for sign in load_safety().red_flags.signs:
        assert sign in shown
    assert load_safety().red_flags.act in page.inner_text("#loud")
    assert load_safety().sources[0].where in (page.text_content("#sources") or "")
    assert not page.is_visible("#stopped-next")  # no other exercise is left
    page.click("#stopped-end")
    reaches(page, "done")


def test_a_new_sensor_is_tried_out_before_the_start(stage: Put, open_page: Put) -> None:
    on = stage(three_bridges(reps=2))
    page = open_page(on)
    reaches(page, "idle")
    on.driver.ask("check", asks=True)
    reaches(page, "check")
    assert "the line moves" in page.inner_text("#check-title")
    until(page, "repband.state.check?.step === 'ask'")
    assert page.evaluate("repband.played").count("rep") == 3
    until(page, "document.querySelector('#check-title').innerText === '3 practice reps counted. Did you do three?'")
    page.click("#check-choices >> text=No")
    page.click("#check-choices >> text=4")
    until(page, "document.querySelectorAll('#check-more li').length === 4")
    page.click("#check-choices >> text=On to the set")
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "set", "repband.state.set.index === 1 && repband.state.said >= 1")


def test_a_change_of_side_waits_for_the_wearer(stage: Put, open_page: Put) -> None:
    clam = load_exercise("clamshell")
    tasks = tuple(
        SetTask(clam, "Clamshell", 3, clam.tempo_s, 1, 1, side, rest_after_s=4.0) for side in ("left", "right")
    )
    page = open_page(stage(Routine("Sides", tasks, load_safety().pain, guided=True)))
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "side")
    assert page.inner_text("#side-title") == "Move the sensor to your right thigh"
    page.wait_for_timeout(500)
    assert page.evaluate("repband.state.state") == "side"
    page.click("#side-button")
    reaches(page, "set", "repband.state.set.side === 'right'")


def test_the_first_run_shows_what_needs_a_doctor(stage: Put, open_page: Put) -> None:
    on = stage(first_run=True)
    page = open_page(on)
    until(page, "document.getElementById('safety-dialog').open")
    assert load_safety().red_flags.signs[0] in page.inner_text("#safety-dialog")
    assert load_safety().limits in page.inner_text("#safety-dialog")
    page.click("#safety-read")
    assert on.safety_read.wait(5.0)


def test_a_phone_joins_once_by_its_code_and_is_told_that_its_screen_may_go_dark(stage: Put, open_page: Put) -> None:
    address = lan_address()
    if address is None or address.startswith("127."):
        pytest.skip("this machine has no network address of its own")
    on = stage(lan_hosts=(address,))
    laptop = open_page(on)
    reaches(laptop, "idle")
    code = on.gate.join_url()
    phone = open_page(on, url=code, viewport={"width": 360, "height": 640}, has_touch=True)
    reaches(phone, "idle")
    assert code not in phone.url  # the code is not left in the address
    phone.tap("#steer-button")
    until(phone, "repband.state.steers")
    phone.tap("#start-button")
    reaches(laptop, "ready")
    until(phone, "repband.audio === 'running'")
    assert phone.is_visible("#awake")
    laptop.click("#help-button")
    until(laptop, "document.getElementById('qr').naturalWidth > 0")
    stranger = open_page(on, url=code)
    assert "scan the one shown now" in stranger.inner_text("body")


def test_a_page_that_was_cut_off_comes_back_with_the_whole_state(stage: Put, open_page: Put) -> None:
    on = stage(three_bridges(reps=60), speed=6.0)  # so many that the set outlasts the cut on a busy machine
    page = open_page(on)
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "set", "repband.state.said >= 1")
    on.board.close()  # ends every stream
    until(page, "!document.getElementById('offline').hidden")
    on.board.closed = False
    said = page.evaluate("repband.state.said")
    reaches(page, "set", f"repband.state.said > {said}")
    assert not page.is_visible("#offline")
    assert page.evaluate("repband.state.steers")


def test_nothing_is_loaded_from_elsewhere(stage: Put, open_page: Put, chromium: Any) -> None:
    on = stage()
    context = chromium.new_context()
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(on.url)
    reaches(page, "idle")
    page.click("#start-button")
    reaches(page, "ready")
    assert all(url.startswith((on.url, "data:")) for url in asked)
    context.close()


def test_spoken_and_screen_reader_words_say_the_number(stage: Put, open_page: Put) -> None:
    page = open_page(stage(three_bridges(reps=6), speed=4.0))  # so slow that no message holds two reps
    reaches(page, "idle")
    page.evaluate(
        "() => { window.said = []; const live = document.getElementById('live');"
        " new MutationObserver(() => window.said.push(live.textContent.trim()))"
        ".observe(live, { childList: true, characterData: true, subtree: true }); }"
    )
    page.click("#start-button")
    reaches(page, "set", "repband.state.said >= 3")
    said = page.evaluate("window.said")
    assert [text for text in said if text in ("1", "2", "3")] == ["1", "2", "3"]
    assert any("Get into position" in text for text in said)
    assert "Go." in said


@pytest.mark.parametrize(
    ("size", "scheme"),
    [((360, 640), "light"), ((360, 640), "dark"), ((1280, 800), "dark"), ((1920, 1080), "light")],
    ids=["small-light", "small-dark", "laptop-dark", "large-light"],
)
def test_every_state_fits_and_is_accessible(stage: Put, open_page: Put, size: tuple[int, int], scheme: str) -> None:
    window = {"width": size[0], "height": size[1]}
    page = open_page(stage(three_bridges(reps=3)), viewport=window, color_scheme=scheme, reduced_motion="reduce")
    reaches(page, "idle")
    check(page, "idle")
    for button, dialog in (("#sound-button", "#sound-dialog"), ("#help-button", "#help-dialog")):
        page.click(button)
        check(page, dialog)
        page.keyboard.press("Escape")
    page.click("#start-button")
    reaches(page, "ready")
    check(page, "ready")
    reaches(page, "set", "repband.state.said >= 1")
    check(page, "set")
    assert page.evaluate("document.getElementById('number').getBoundingClientRect().height") > 0.15 * size[1]
    reaches(page, "rest")
    check(page, "rest")
    page.click("#pain button:nth-child(8)")
    reaches(page, "stopped")
    check(page, "stopped")
    page.click("#stopped-end")
    reaches(page, "done")
    check(page, "done")


def check(page: Any, state: str) -> None:
    """Nothing sticks out of the window sideways, and axe finds nothing serious."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{state}: {wide} px too wide"
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert serious == [], f"{state}: " + "; ".join(
        f"{v['id']}: {v['nodes'][0]['html'][:100]} {v['nodes'][0].get('failureSummary', '')[:300]}" for v in serious
    )


def test_closing_ends_at_once_although_pages_are_open(stage: Put, open_page: Put) -> None:
    on = stage()
    pages = [open_page(on), open_page(on)]
    for page in pages:
        reaches(page, "idle")
    begun_s = time.monotonic()
    on.__exit__(None, None, None)
    assert time.monotonic() - begun_s < 5.0
    assert not on.running
    for page in pages:
        reaches(page, "done")
        assert not page.is_visible("#offline")
